import Foundation

/// What a connection is for: the JSON object on its first line.
public enum Purpose: Equatable, Sendable {
    /// The bursts after a position, as frames, from the leader.
    case follow(node: String, after: Int64)
    /// HTTP to the leader's own interface; `isLocal`: as if it had come on its Unix socket.
    case api(isLocal: Bool)
    /// The event protocol; the follower has decided the default source.
    case events(source: String?)
    /// A consistent copy of the state directory, from any node.
    case snapshot(node: String)
    /// Says to any node that another one leads, since an epoch of the log.
    case leader(Peer, epoch: Int64)

    private struct Fields: Codable {
        var `for`: String
        var node: String?
        var after: Int64?
        var local: Bool?
        var source: String?
        var address: String?
        var epoch: Int64?
    }

    /// Why a line is no purpose. The code of the answer.
    enum Fault: String, Error {
        /// No JSON object, or one with a member that is missing, has the wrong type or is out of range.
        case malformed
        /// Of a newer version, maybe.
        case unknown = "unknown_purpose"
    }

    /// - Parameter line: without the line break.
    init(line: some Collection<UInt8>) throws(Fault) {
        guard line.count <= LinkLimits.lineBytesMax,
            let fields = try? JSONDecoder().decode(Fields.self, from: Data(line))
        else { throw .malformed }
        switch fields.for {
        case "follow":
            guard let node = fields.node, Purpose.isName(node), let after = fields.after, after >= 0 else {
                throw .malformed
            }
            self = .follow(node: node, after: after)
        case "api":
            guard let isLocal = fields.local else { throw .malformed }
            self = .api(isLocal: isLocal)
        case "events":
            guard fields.source.map(Purpose.isName) ?? true else { throw .malformed }
            self = .events(source: fields.source)
        case "snapshot":
            guard let node = fields.node, Purpose.isName(node) else { throw .malformed }
            self = .snapshot(node: node)
        case "leader":
            guard let node = fields.node, Purpose.isName(node), let address = fields.address,
                (try? HostPort(address)) != nil, let epoch = fields.epoch, epoch > 0
            else { throw .malformed }
            self = .leader(Peer(node: node, address: address), epoch: epoch)
        default: throw .unknown
        }
    }

    /// The line, with its line break.
    var line: [UInt8] {
        let fields =
            switch self {
            case .follow(let node, let after): Fields(for: "follow", node: node, after: after)
            case .api(let isLocal): Fields(for: "api", local: isLocal)
            case .events(let source): Fields(for: "events", source: source)
            case .snapshot(let node): Fields(for: "snapshot", node: node)
            case .leader(let peer, let epoch):
                Fields(for: "leader", node: peer.node, address: peer.address, epoch: epoch)
            }
        return JSONLine.bytes(of: fields)
    }

    private static func isName(_ text: String) -> Bool {
        (1...LinkLimits.nameBytesMax).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}

/// The answer to a purpose, on a line too: `{"ok":true}`, or `{"error":"…"}`.
struct LinkAnswer: Codable, Equatable, Sendable {
    var ok: Bool?
    /// `not_leader`, `malformed`, `unknown_purpose`, `busy`, `unavailable`.
    var error: String?
    /// Who leads, where the node that answers does not.
    var leader: String?

    static let yes = LinkAnswer(ok: true)
    static func no(_ code: String, leader: String? = nil) -> LinkAnswer { LinkAnswer(error: code, leader: leader) }

    /// nil for what is no answer.
    init?(line: some Collection<UInt8>) {
        guard let read = try? JSONDecoder().decode(LinkAnswer.self, from: Data(line)),
            read.ok == true || read.error != nil
        else { return nil }
        self = read
    }

    private init(ok: Bool? = nil, error: String? = nil, leader: String? = nil) {
        self.ok = ok
        self.error = error
        self.leader = leader
    }

    var line: [UInt8] { JSONLine.bytes(of: self) }
}

/// A JSON object on a line.
enum JSONLine {
    static func bytes(of value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings, numbers and truth values can always be encoded.
        guard let data = try? encoder.encode(value) else { return [0x0A] }
        return Array(data) + [0x0A]
    }
}
