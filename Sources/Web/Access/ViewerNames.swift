import Glibc
import Storage

/// Names of viewers, which the view log has the ids of: of accounts, of tokens, of users of this machine.
struct ViewerNames: Sendable {
    let tokens: TokenStore
    let accounts: AccountStore

    /// The names, read once for a page of lines.
    func all() -> Known {
        Known(
            tokens: Dictionary(tokens.list().map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first }),
            accounts: Dictionary(
                accounts.list().compactMap { one in one.name.map { (one.operator, $0) } },
                uniquingKeysWith: { first, _ in first }))
    }

    struct Known: Sendable {
        fileprivate let tokens: [String: String]
        fileprivate let accounts: [String: String]

        /// nil for a token that was revoked, and for whoever has no name.
        func name(of viewer: Viewer) -> String? {
            switch viewer {
            case .operator(let number): accounts[number]
            case .token(let id): tokens[id]
            case .local(let user): user.flatMap(ViewerNames.name(ofUser:))
            }
        }

        /// The ids that a text may stand for: itself, and the tokens with this name.
        func ids(_ text: String) -> Set<String> {
            Set([text] + tokens.filter { $0.value == text }.map(\.key))
        }

        /// Whether a viewer is meant by a text: an id, a token's name, `local`, or a user of this machine.
        func matcher(_ text: String) -> @Sendable (Viewer) -> Bool {
            let ids = ids(text), user = ViewerNames.id(ofUser: text)
            return { viewer in
                switch viewer {
                case .operator(let number): number == text
                case .token(let id): ids.contains(id)
                case .local(let own): text == "local" || text == viewer.text || own != nil && own == user
                }
            }
        }
    }

    private static func name(ofUser id: UInt32) -> String? {
        var entry = passwd(), found: UnsafeMutablePointer<passwd>?
        var room = [CChar](repeating: 0, count: 4_096)
        guard getpwuid_r(id, &entry, &room, room.count, &found) == 0, found != nil, let name = entry.pw_name else {
            return nil
        }
        return String(cString: name)
    }

    private static func id(ofUser name: String) -> UInt32? {
        var entry = passwd(), found: UnsafeMutablePointer<passwd>?
        var room = [CChar](repeating: 0, count: 4_096)
        guard getpwnam_r(name, &entry, &room, room.count, &found) == 0, found != nil else { return nil }
        return entry.pw_uid
    }
}
