import CSystemd
import Glibc

/// The listening sockets that the service manager opened for the daemon (`sd_listen_fds(3)`), by purpose.
///
/// Each purpose may have several, since a socket unit may have several `ListenStream=` lines.
public struct ActivatedSockets: Sendable, Equatable {
    /// What a socket is for. The raw value is its `FileDescriptorName=`.
    public enum Purpose: String, Sendable, CaseIterable {
        /// Events of the PBX, a Unix socket.
        case events
        /// The HTTP interface on TCP.
        case http
        /// The HTTP interface for local programs, a Unix socket.
        case api

        var isUnix: Bool { self != .http }
    }

    /// Paths from the settings, by which sockets without a name are recognised.
    public struct KnownPaths: Sendable {
        /// Of the socket for events; nil: it is recognised by its name alone.
        public var events: String?
        /// Of the HTTP interface's socket for local programs; nil: it is recognised by its name alone.
        public var api: String?

        /// Absolute paths, as they are in the settings.
        public init(events: String? = nil, api: String? = nil) {
            self.events = events
            self.api = api
        }
    }

    private var byPurpose: [Purpose: [CInt]] = [:]

    /// The descriptors for one purpose; empty when the daemon has to open that socket itself.
    public subscript(purpose: Purpose) -> [CInt] { byPurpose[purpose] ?? [] }

    /// Nothing was passed.
    public var isEmpty: Bool { byPurpose.isEmpty }

    /// Takes over what was passed. The environment is cleared, so that no child takes it for its own: call it once,
    /// before the daemon has threads, because changing the environment is not safe beside readers of it.
    public static func inherit(knownPaths: KnownPaths = .init()) throws(ActivatedSocketsError) -> ActivatedSockets {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(1, &names)
        guard count >= 0 else { throw .unreadable(errno: -count) }
        defer { free(names) }
        var passed: [(descriptor: CInt, name: String)] = []
        for index in 0..<count {
            let name = names?[Int(index)]
            passed.append((SD_LISTEN_FDS_START + index, name.map { String(cString: $0) } ?? ""))
            free(name)
        }
        return try ActivatedSockets(passed, knownPaths: knownPaths)
    }

    init(_ passed: [(descriptor: CInt, name: String)], knownPaths: KnownPaths) throws(ActivatedSocketsError) {
        for (descriptor, name) in passed {
            guard let socket = ListeningSocket(descriptor: descriptor) else {
                throw .notListening(descriptor: descriptor, name: name)
            }
            let purpose = try Self.purpose(of: socket, descriptor: descriptor, name: name, knownPaths: knownPaths)
            byPurpose[purpose, default: []].append(descriptor)
        }
    }

    private static func purpose(
        of socket: ListeningSocket, descriptor: CInt, name: String, knownPaths: KnownPaths
    ) throws(ActivatedSocketsError) -> Purpose {
        guard isUnnamed(name) else {
            guard let purpose = Purpose(rawValue: name) else { throw .unknownName(descriptor: descriptor, name: name) }
            switch socket.address {
            case .inet where !purpose.isUnix, .unix where purpose.isUnix: return purpose
            default: throw .wrongFamily(descriptor: descriptor, purpose: purpose)
            }
        }
        switch socket.address {
        case .inet: return .http
        case .unix(let path):
            if path == knownPaths.events { return .events }
            if path == knownPaths.api { return .api }
            // Only the file's own name is looked at: a folder may be called anything.
            let file = path.split(separator: "/").last ?? ""
            switch (file.contains("events"), file.contains("api")) {
            case (true, false): return .events
            case (false, true): return .api
            default: throw .unrecognised(descriptor: descriptor, path: path)
            }
        case .other: throw .wrongFamily(descriptor: descriptor, purpose: .http)
        }
    }

    /// systemd names a socket after its unit, and systemd-socket-activate calls it "unknown", when nobody named it.
    private static func isUnnamed(_ name: String) -> Bool {
        name.isEmpty || name == "unknown" || name.hasSuffix(".socket")
    }
}
