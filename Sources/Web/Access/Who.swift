import Storage

/// Who asks, as far as it matters for what they may do.
enum Who: Equatable, Sendable {
    case nobody
    /// Over the Unix socket.
    case local
    case token(id: String, role: Role, operator: String?, source: String?)
    /// Signed in at the desk.
    case person(String, Role)

    /// http-api.md, "Who may do what".
    enum Right: Sendable {
        /// Push events.
        case ingest
        /// See customers, and one's own pops and calls.
        case serve
        /// See all calls, figures and operators.
        case supervise
        /// Tokens, import, export, the block list.
        case administer
    }

    func may(_ right: Right) -> Bool {
        switch self {
        case .nobody: false
        case .local: true
        case .token(_, let role, _, _), .person(_, let role):
            switch right {
            case .ingest: role == .ingest || role == .admin
            case .serve: role == .operator || role == .supervisor || role == .admin
            case .supervise: role == .supervisor || role == .admin
            case .administer: role == .admin
            }
        }
    }

    /// The operator whose own screen this is; nil for supervisors and local programs.
    var ownOperator: String? {
        switch self {
        case .token(_, .operator, let who, _): who
        case .person(let who, .operator): who
        default: nil
        }
    }

    var role: Role? {
        switch self {
        case .token(_, let role, _, _), .person(_, let role): role
        case .local: .admin
        case .nobody: nil
        }
    }

    /// The operator who asks, whatever the role; nil for programs.
    var person: String? {
        switch self {
        case .person(let who, _): who
        case .token(_, .operator, let who, _): who
        default: nil
        }
    }
}
