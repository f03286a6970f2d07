/// `[cluster]`: the database that machines share the log in, and this machine's place among them.
extension Settings.Cluster {
    static let keys: [Key<Settings.Cluster>] = [
        .text("database", \.database) { text, node throws(SettingsError) in
            guard !hasPassword(text) else {
                throw node.wrong("leave the password out; put it into a pgpass file or a systemd credential")
            }
            return text
        },
        .text("node", \.node) { _, node throws(SettingsError) in
            let name = try node.name()
            guard name.utf8.count <= 32, name.utf8.allSatisfy(isBareKeyByte) else {
                throw node.wrong("write a name of a to z, A to Z, 0 to 9, _ and -, at most 32 bytes")
            }
            return name
        },
        .text("address", \.address) { text, node throws(SettingsError) in
            if let address = ListenAddress(text), address.port > 0 { return address }
            throw node.wrong(#"write HOST:PORT where other nodes reach this one, such as "10.0.0.1:8791""#)
        },
        Key(name: "peers", leaves: ["peers"]) { node, cluster throws(SettingsError) in
            let texts = try node.list { element throws(SettingsError) -> String in
                let text = try element.text()
                if let address = ListenAddress(text), address.port > 0 { return text }
                throw element.wrong(#"write each node's HOST:PORT as in its own `address`, such as "10.0.0.2:8791""#)
            }
            cluster.peers = texts.compactMap { ListenAddress($0) }
        },
        .text("secret_file", \.secretFile) { path, node throws(SettingsError) in
            guard path.hasPrefix("/") else { throw node.wrong("write an absolute path, one that begins with /") }
            return path
        },
    ]

    /// Whether a connection string of libpq's has a password: as a URI's user part or parameter, or as a keyword.
    static func hasPassword(_ text: String) -> Bool {
        if text.lowercased().split(whereSeparator: { " ?&\t\n".contains($0) }).contains(where: { part in
            part.hasPrefix("password=") || part.hasPrefix("password =") || part == "password"
        }) {
            return true
        }
        guard let scheme = text.range(of: "://") else { return false }
        let authority = text[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return false }
        return authority[..<at].contains(":")
    }
}
