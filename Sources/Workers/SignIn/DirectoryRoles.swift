import CRMLookup
import Settings
import Storage

/// What the groups of a person make of them; pure.
struct DirectoryRoles: Sendable {
    private let roles: [(role: Role, groups: Set<String>)]

    init(_ settings: Settings.SignIn.Directory) {
        let order: [(Settings.SignIn.Who, Role)] = [
            (.admin, .admin), (.supervisor, .supervisor), (.operator, .operator),
        ]
        roles = order.map { who, role in (role, Set(settings.roles[who, default: []].map(DirectoryRoles.folded))) }
    }

    /// The highest role that one of the groups has; nil for none.
    ///
    /// - Parameter groups: by their DNs, or by their names alone.
    func role(of groups: [String]) -> Role? {
        let names = Set(groups.flatMap { [$0, DirectoryRoles.name(of: $0)] }.map(DirectoryRoles.folded))
        return roles.first { !$0.groups.isDisjoint(with: names) }?.role
    }

    /// The value of a DN's first part: `leads` of `cn=leads,ou=groups,dc=example`; of another text, itself.
    static func name(of dn: String) -> String {
        var value = "", isEscaped = false, isBehindEquals = false
        for character in dn {
            if isEscaped {
                if isBehindEquals { value.append(character) }
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == "=", !isBehindEquals {
                isBehindEquals = true
            } else if character == "," || character == "+", isBehindEquals {
                break
            } else if isBehindEquals {
                value.append(character)
            }
        }
        return isBehindEquals ? value : dn
    }

    /// Directories compare names without regard to case and to spaces around commas.
    private static func folded(_ text: String) -> String {
        text.lowercased().split(separator: ",").map { part in
            part.drop { $0 == " " }
        }.joined(separator: ",")
    }

    /// A filter with its places filled, in which nothing typed can be syntax.
    static func filled(_ filter: String, user: String, dn: String = "") -> String {
        // By hand: what one place brings in is no place of another.
        var out = "", rest = filter[...]
        while let next = rest.first {
            if rest.hasPrefix("{user}") {
                out += LookupText.filterValue(user)
                rest = rest.dropFirst(6)
            } else if rest.hasPrefix("{dn}") {
                out += LookupText.filterValue(dn)
                rest = rest.dropFirst(4)
            } else {
                out.append(next)
                rest = rest.dropFirst()
            }
        }
        return out
    }
}
