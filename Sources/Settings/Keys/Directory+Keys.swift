extension Settings.SignIn {
    /// `[sign_in.ldap]`: a directory whose people sign in with their own passwords.
    public struct Directory: Equatable, Sendable {
        /// `ldaps://HOST`, or `ldap://HOST` with `startTLS`; several with spaces between.
        public var url = ""
        /// Whether an `ldap://` connection is encrypted before anything is sent (RFC 4511, 4.14).
        public var startTLS = false
        /// The file with the authorities' certificates; empty for the system's.
        public var authorities = ""
        /// Where people are looked for.
        public var base = ""
        /// Who somebody is: `{user}` stands for what was typed.
        public var filter = "(uid={user})"
        /// Who looks for them, and the file with that one's password; both empty: nobody.
        public var user = ""
        /// Absolute path of the file with the password of `user`.
        public var secretFile = ""
        /// The attribute with the operator's number; empty: what was typed is it.
        public var `operator` = "employeeNumber"
        /// The attribute with the name.
        public var name = "displayName"
        /// The attribute that names the groups of a person; used where there is no `groupBase`.
        public var memberOf = "memberOf"
        /// Where groups are looked for; empty for `memberOf`.
        public var groupBase = ""
        /// The groups of a person: `{dn}` and `{user}` stand for them.
        public var groupFilter = "(member={dn})"
        /// Which groups have which role; a group by its name or its whole DN.
        public var roles: [Who: [String]] = [:]
        /// For all questions of one attempt together. Milliseconds.
        public var timeout: Int64 = 3_000

        /// The defaults of the file; without an address, which it needs.
        public init() {}
    }

    static let directoryTable = Key<Settings.SignIn>(name: "ldap", leaves: []) {
        node, signIn throws(SettingsError) in
        var directory = Directory()
        try node.read(into: &directory, keys: Directory.keys)
        if let fault = directory.fault { throw SettingsError(node.place, "[sign_in.ldap] \(fault)") }
        signIn.directory = directory
    }
}

extension Settings.SignIn.Directory {
    fileprivate static let keys: [Key<Self>] = [
        .text("url", \.url) { text, _ throws(SettingsError) in text },
        .yesNo("starttls", \.startTLS),
        .text("ca_file", \.authorities) { path, node throws(SettingsError) in try path.absoluteOrEmpty(node) },
        .text("base", \.base) { text, _ throws(SettingsError) in text },
        .text("filter", \.filter) { text, _ throws(SettingsError) in text },
        .text("user", \.user) { text, _ throws(SettingsError) in text },
        .text("secret_file", \.secretFile) { path, node throws(SettingsError) in try path.absoluteOrEmpty(node) },
        .text("operator", \.operator) { text, _ throws(SettingsError) in text },
        .text("name", \.name) { text, _ throws(SettingsError) in text },
        .text("member_of", \.memberOf) { text, _ throws(SettingsError) in text },
        .text("group_base", \.groupBase) { text, _ throws(SettingsError) in text },
        .text("group_filter", \.groupFilter) { text, _ throws(SettingsError) in text },
        .duration("timeout", \.timeout, 100...10 * DurationText.second),
        Key(name: "roles", leaves: []) { node, directory throws(SettingsError) in
            for entry in try node.entries(example: "sign_in.ldap.roles") {
                guard let role = Settings.SignIn.Who(rawValue: entry.name) else {
                    throw entry.node.wrong("roles are operator, supervisor and admin; write groups for one of them")
                }
                directory.roles[role] = try entry.node.list { element throws(SettingsError) -> String in
                    try element.text()
                }
            }
        },
    ]

    /// What is wrong with it, and what to write; nil for nothing.
    fileprivate var fault: String? {
        let addresses = url.lowercased().split(separator: " ")
        guard !addresses.isEmpty, addresses.allSatisfy({ $0.hasPrefix("ldap://") || $0.hasPrefix("ldaps://") }) else {
            return #"needs url; write the directory's address, such as "ldaps://ldap.example""#
        }
        guard startTLS || addresses.allSatisfy({ $0.hasPrefix("ldaps://") || isHere($0) }) else {
            return "would send passwords unencrypted; write starttls = true, or ldaps:// addresses"
        }
        guard !startTLS || addresses.allSatisfy({ $0.hasPrefix("ldap://") }) else {
            return "has starttls and an ldaps:// address, which is encrypted anyway; write one of the two"
        }
        if base.isEmpty { return #"needs base; write where people are, such as "ou=people,dc=example,dc=com""# }
        guard isFilter(filter), filter.contains("{user}") else {
            return #"has a filter that asks for nobody; write one such as "(uid={user})""#
        }
        let namesPerson = groupFilter.contains("{dn}") || groupFilter.contains("{user}")
        guard groupBase.isEmpty || (isFilter(groupFilter) && namesPerson) else {
            return #"has a group_filter that asks for nobody; write one such as "(member={dn})""#
        }
        guard user.isEmpty == secretFile.isEmpty else {
            return "has one of user and secret_file; write both, or neither to search without a name"
        }
        guard !groupBase.isEmpty || !memberOf.isEmpty else { return "knows no groups; write member_of or group_base" }
        guard roles.values.contains(where: { !$0.isEmpty }) else {
            return #"needs roles; write which groups may sign in, such as roles = { operator = ["cti"] }"#
        }
        return nil
    }

    /// Whether an address is this machine, where nobody listens on the way.
    private func isHere(_ address: Substring) -> Bool {
        ["ldap://127.0.0.1", "ldap://[::1]"].contains { here in
            address.hasPrefix(here) && [nil, ":", "/"].contains(address.dropFirst(here.count).first)
        }
    }

    private func isFilter(_ text: String) -> Bool {
        text.hasPrefix("(") && text.hasSuffix(")")
            && text.count(where: { $0 == "(" }) == text.count(where: { $0 == ")" })
    }
}

extension String {
    fileprivate func absoluteOrEmpty(_ node: Node) throws(SettingsError) -> String {
        guard isEmpty || hasPrefix("/") else { throw node.wrong("write an absolute path, one that begins with /") }
        return self
    }
}
