import CallCenter
import Crypto
import Foundation
import Intake
import Settings
import Synchronization

/// The intakes with their secrets, and the last requests of each.
public final class IntakeBook: Sendable {
    struct Entry: Sendable {
        var name: String
        var settings: Settings.Intake
        var zone: IntakeZone
        /// The token and the key; nil where the file names none.
        var token, key: String?
        /// Why no request is accepted, in a sentence; nil where all is well.
        var fault: String?
    }

    /// A request as it came, and what it was answered.
    struct Seen: Sendable {
        var at: Timestamp
        /// Without its token.
        var request: IntakeRequest
        var status: Int
        var answer: String
    }

    /// Requests of each intake that are remembered, and bytes of each.
    static let seenMax = 50, bytesMax = 8_192

    private let entries: [String: Entry]
    private let seen = Mutex<[String: [Seen]]>([:])

    /// Of a daemon without intakes.
    public static let none = IntakeBook([:], centre: "UTC")

    /// - Parameter centre: the centre's time zone.
    public init(_ intakes: [String: Settings.Intake], centre: String) {
        var entries: [String: Entry] = [:]
        for (name, settings) in intakes {
            var entry = Entry(name: name, settings: settings, zone: settings.zone(centre: centre))
            if !settings.tokenFile.isEmpty { entry.token = IntakeBook.secret(settings.tokenFile, &entry.fault) }
            if !settings.signatureFile.isEmpty { entry.key = IntakeBook.secret(settings.signatureFile, &entry.fault) }
            entries[name] = entry
        }
        self.entries = entries
    }

    /// What keeps intakes from accepting requests, in sentences for the daemon's log.
    public var faults: [String] {
        entries.values.compactMap { one in one.fault.map { "[intake.\(one.name)] \($0)" } }.sorted()
    }

    private static func secret(_ path: String, _ fault: inout String?) -> String? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            fault = "\(path) cannot be read: let the daemon's user read it, and restart the daemon"
            return nil
        }
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        if secret.utf8.count < 8 { fault = "\(path) has fewer than 8 characters: write a longer secret, and restart" }
        return secret
    }

    subscript(_ name: String) -> Entry? { entries[name] }

    func note(_ one: Seen, in name: String) {
        var one = one
        one.request.body = Array(one.request.body.prefix(IntakeBook.bytesMax))
        one.answer = String(decoding: one.answer.utf8.prefix(IntakeBook.bytesMax), as: UTF8.self)
        seen.withLock { seen in
            var all = seen[name] ?? []
            all.append(one)
            if all.count > IntakeBook.seenMax { all.removeFirst(all.count - IntakeBook.seenMax) }
            seen[name] = all
        }
    }

    /// The newest first.
    func requests(of name: String) -> [Seen] { seen.withLock { ($0[name] ?? []).reversed() } }
}

extension IntakeBook.Entry {
    /// Why a request is not of whom it says; nil where it is.
    ///
    /// - Parameter token: what it carries.
    func refusal(_ request: IntakeRequest, token: String?) -> String? {
        if let wanted = self.token {
            guard let token else { return "The request has no token: add ?token=… to its address." }
            // In a time that does not depend on where they differ.
            guard SHA256.hash(data: Data(token.utf8)) == SHA256.hash(data: Data(wanted.utf8)) else {
                return "The token is another one than the intake's."
            }
        }
        if let key {
            guard let header = request.headers[settings.signatureHeader.lowercased()] else {
                return "The request has no header \(settings.signatureHeader)."
            }
            guard header.hasPrefix(settings.signaturePrefix),
                let code = bytes(String(header.dropFirst(settings.signaturePrefix.count))),
                HMAC<SHA256>.isValidAuthenticationCode(
                    code, authenticating: request.body, using: SymmetricKey(data: Data(key.utf8)))
            else { return "The signature in \(settings.signatureHeader) is not that of the body." }
        }
        return nil
    }

    private func bytes(_ text: String) -> [UInt8]? {
        switch settings.signatureEncoding {
        case .base64: return Data(base64Encoded: text).map { [UInt8]($0) }
        case .hex:
            let digits = text.compactMap(\.hexDigitValue)
            guard digits.count == text.count, digits.count.isMultiple(of: 2) else { return nil }
            return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
        }
    }
}
