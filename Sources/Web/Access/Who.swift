import Storage

/// The authenticated caller of a request, as far as it matters for its rights.
enum Who: Equatable, Sendable {
    case nobody
    /// Over the Unix socket.
    case local
    case token(id: String, role: Role, operator: String?, source: String?)
    /// Signed in at the desk.
    case person(String, Role)
    /// Signed in with the password alone, where the role needs a second factor that is not there yet. May do nothing
    /// but set it up.
    case enrolling(String, Role)

    init(_ token: Token) {
        self = .token(id: token.id, role: token.role, operator: token.operator, source: token.source)
    }

    /// The right that a route needs (http-api.md, "Who may do what"); docs/integrator.md has the table of all routes.
    enum Right: Sendable {
        /// Without a token or session too.
        case anyone
        /// Any token or session.
        case known
        /// Push events: `ingest`, `admin`.
        case ingest
        /// See customers, and one's own pops and calls: `operator`, `supervisor`, `admin`.
        case `operator`
        /// See all calls, figures and operators, and change what routing goes by: `supervisor`, `admin`.
        case supervisor
        /// Tokens, import, export, the block list: `admin`.
        case admin
    }

    func may(_ right: Right) -> Bool {
        switch (right, role) {
        case (.anyone, _): true
        case (.known, _) where isEnrolling: true
        case (_, nil): false
        case (.known, _): true
        case (.ingest, let role): role == .ingest || role == .admin
        case (.operator, let role): role == .operator || role == .supervisor || role == .admin
        case (.supervisor, let role): role == .supervisor || role == .admin
        case (.admin, let role): role == .admin
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
        case .nobody, .enrolling: nil
        }
    }

    /// Whom a change of a record is attributed to.
    var author: Author {
        switch self {
        case .person(let who, _): Author(who, through: .desk)
        case .token(let id, _, let who, _): Author(who ?? id, through: .api)
        case .local, .nobody, .enrolling: .command
        }
    }

    var isEnrolling: Bool { if case .enrolling = self { true } else { false } }

    /// The account that is signed in; nil for tokens and local programs.
    var account: String? {
        switch self {
        case .person(let who, _), .enrolling(let who, _): who
        default: nil
        }
    }

    /// The operator who sent the request, whatever the role; nil for programs.
    var person: String? {
        switch self {
        case .person(let who, _): who
        case .token(_, .operator, let who, _): who
        default: nil
        }
    }
}
