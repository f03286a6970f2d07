import CallCenter

/// An agent of mod_callcenter.
struct Agent {
    /// `101@default`.
    var name: String
    /// `user/101@default`, without the settings before it.
    var device: String?
    var queues: Set<String> = []
    /// Milliseconds; nil while unknown.
    var wrapUpMs: Int64?
    var status: Status?
    /// It was set on break because it did not pick up, at this time.
    var failedAt: Timestamp?
    /// When its after-call work ends.
    var readyAt: Timestamp?

    enum Status: Equatable {
        case available, onBreak, loggedOut

        init?(_ text: String?) {
            switch text {
            case "Available", "Available (On Demand)": self = .available
            case "On Break": self = .onBreak
            case "Logged Out": self = .loggedOut
            default: return nil
            }
        }
    }

    /// The operator: what is before the `@`.
    var id: String { Agent.id(name) }

    static func id(_ name: String) -> String { String(name.prefix { $0 != "@" }) }

    /// `user/101@default` of `[leg_timeout=5]user/101@default`; `{…}` and `<…>` come in the same place.
    static func device(ofContact contact: String) -> String? {
        var rest = Substring(contact)
        let ends: [Character: Character] = ["[": "]", "{": "}", "<": ">"]
        while let first = rest.first, let end = ends[first], let at = rest.firstIndex(of: end) {
            rest = rest[rest.index(after: at)...]
        }
        return rest.isEmpty || rest.utf8.count > 128 ? nil : String(rest)
    }

    /// `101` of `user/101@default`, `sofia/internal/101@192.0.2.1` and `loopback/101/default`.
    static func phone(ofDevice device: String) -> String? {
        let parts = device.split(separator: "/")
        guard parts.count >= 2 else { return nil }
        let part = parts[0] == "sofia" ? parts.count > 2 ? parts[2] : parts[1] : parts[1]
        let user = part.prefix { $0 != "@" && $0 != "%" && $0 != ";" }
        return user.isEmpty ? nil : String(user)
    }
}
