import NIOCore

/// Another node.
public struct Peer: Hashable, Sendable, CustomStringConvertible {
    /// Its name, unique in the cluster.
    public var node: String
    /// `host:port`, an IPv6 address in brackets.
    public var address: String

    /// Copies its arguments; the address is checked when it is connected to.
    public init(node: String, address: String) {
        self.node = node
        self.address = address
    }

    public var description: String { "node \(node) (\(address))" }
}

/// A host and a port, as an address in the configuration names them.
struct HostPort: Equatable, Sendable {
    var host: String
    var port: Int

    /// - Parameter text: `host:port`; an IPv6 address is in brackets. A port of 0 is for listening alone.
    init(_ text: String) throws(LinkError) {
        let bad = LinkError.badAddress(text)
        guard let colon = text.lastIndex(of: ":") else { throw bad }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits),
            port <= 65_535
        else { throw bad }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":") else { throw bad }
        } else if host.contains(":") {
            throw bad
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5B && $0 != 0x5D }) else {
            throw bad
        }
        self.host = String(host)
        self.port = port
    }

    /// The address itself, where the host is one and no name.
    var literal: SocketAddress? { try? SocketAddress(ipAddress: host, port: port) }
}
