/// Why a directory was not asked, in parts of sentences.
public enum DirectoryError: Error, Equatable, Sendable, CustomStringConvertible {
    /// It cannot be reached, or the connection broke.
    case unreachable(String)
    /// No answer within the time.
    case timeout
    /// It knows nobody with this name and this password, or will not say.
    case wrongCredentials
    /// A name or a password that is empty: a server takes that for an anonymous bind, and says yes (RFC 4513, 5.1.2).
    case emptyCredentials
    /// It says no, with its reason.
    case refused(String)

    public var description: String {
        switch self {
        case .unreachable(let why): "the directory cannot be asked: \(why)"
        case .timeout: "the directory did not answer in time"
        case .wrongCredentials: "the directory refuses the name or the password"
        case .emptyCredentials: "a name and a password are needed: an empty one would be an anonymous bind"
        case .refused(let why): "the directory refuses: \(why)"
        }
    }
}

/// An entry that was found.
public struct DirectoryEntry: Equatable, Sendable {
    /// The distinguished name (RFC 4514), as the server writes it; to bind as this entry.
    public var dn: String
    /// By the attribute's name as it was asked for; values that are no UTF-8, such as pictures, are left out.
    public var values: [String: [String]]

    init(dn: String, values: [String: [String]]) {
        self.dn = dn
        self.values = values
    }
}

/// Where a directory is.
public struct DirectoryPlace: Equatable, Sendable {
    /// `ldap://HOST` or `ldaps://HOST`; several with spaces between are tried in this order.
    public var url: String
    /// Whether an `ldap://` connection is encrypted before anything is sent.
    public var startTLS: Bool
    /// The file with the authorities' certificates; empty for the system's.
    public var authorities: String

    /// Copies its values; nothing is connected yet.
    public init(url: String, startTLS: Bool, authorities: String) {
        self.url = url
        self.startTLS = startTLS
        self.authorities = authorities
    }
}
