import Glibc

/// Where the database is, and as whom it is reached.
public struct PostgresPlace: Sendable {
    /// In libpq's own syntax: an address or keywords, with one host or several.
    public var conninfo: String
    /// The name of this node, unique in the centre: 1 to 48 printable ASCII characters without spaces. The server shows
    /// it as `screenpop/NODE`.
    public var node: String
    /// A file with the password and nothing else, such as a systemd credential. It is read at each connection. Without
    /// it libpq finds a password by itself: `~/.pgpass`, `PGPASSFILE`, `PGPASSWORD`.
    public var passwordFile: String?
    /// What sessions have found out; the same for all copies of this place.
    let known = KnownHost()

    /// Copies its arguments; nothing is connected or read.
    public init(conninfo: String, node: String, passwordFile: String?) {
        self.conninfo = conninfo
        self.node = node
        self.passwordFile = passwordFile
    }

    /// The systemd credential with the password, `database-password`, when the unit has one.
    ///
    /// - Parameter environment: the process's variables.
    public static func credential(in environment: [String: String]) -> String? {
        guard let folder = environment["CREDENTIALS_DIRECTORY"] else { return nil }
        let file = folder + "/database-password"
        return access(file, F_OK) == 0 ? file : nil
    }

    /// Bounds on the time after which a connection without an answer is given up. The conninfo may say otherwise.
    ///
    /// They find a machine or a network that is gone. They do not find a server that is stopped: its kernel answers.
    static let defaults: [(keyword: String, value: String)] = [
        // Only a server that takes writes: with several hosts libpq tries each.
        ("target_session_attrs", "read-write"),
        // Seconds, for each host: the least that libpq knows.
        ("connect_timeout", "2"),
        // Seconds: a probe after 2 without a byte, then one each second.
        ("keepalives", "1"), ("keepalives_idle", "2"), ("keepalives_interval", "1"), ("keepalives_count", "3"),
        // Milliseconds until sent bytes have to be acknowledged.
        ("tcp_user_timeout", "3000"),
    ]

    /// What libpq is given, in this order: of a keyword that is there twice the later one counts.
    func parameters() throws(PostgresError) -> [(keyword: String, value: String)] {
        // The server shortens a longer name and replaces other characters, so two nodes could look like one.
        guard (1...48).contains(node.utf8.count), node.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .refused("the node's name has to have 1 to 48 printable ASCII characters and no spaces: \(node)")
        }
        var all = PostgresPlace.defaults
        // libpq expands a conninfo in the place of the database's name.
        all.append(("dbname", conninfo))
        all += known.order(conninfo)
        if let passwordFile { all.append(("password", try PostgresPlace.password(file: passwordFile))) }
        all.append(("application_name", "screenpop/" + node))
        all.append(("client_encoding", "UTF8"))
        return all
    }

    private static let passwordBytesMax = 4_096

    private static func password(file: String) throws(PostgresError) -> String {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw .refused("cannot read the password file \(file): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: passwordBytesMax + 1)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            }
            if got == 0 { break }
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else {
                throw .refused("cannot read the password file \(file): \(String(cString: strerror(errno)))")
            }
            count += got
        }
        bytes.removeLast(bytes.count - count)
        while let last = bytes.last, last == UInt8(ascii: "\n") || last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty, bytes.count <= passwordBytesMax, !bytes.contains(0) else {
            throw .refused(
                "the password file \(file) has to hold the password alone: 1 to \(passwordBytesMax) bytes of text")
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
