/// Who changed a record, and through what (customers.md, "Every change is kept").
public struct Author: Equatable, Sendable {
    /// By what means a change came.
    public enum Through: String, Equatable, Sendable, CaseIterable {
        /// Somebody who is signed in at the desk.
        case desk
        /// A program with a token.
        case api
        /// A program on the same machine, over the Unix socket: the command line.
        case command
        /// A row of an imported file.
        case `import`
        /// Two records were made one.
        case merge
        /// A rule of the configuration: an escalation, or a case that opens again.
        case rule
        /// An import or a merge was undone.
        case undo
        /// An earlier version of the daemon, which did not keep changes.
        case earlier
    }

    /// The operator's number; the id of a token that belongs to nobody; nil for a program over the Unix socket.
    public var who: String?
    /// By what means it came.
    public var through: Through

    /// Copies its arguments.
    public init(_ who: String?, through: Through) {
        self.who = who
        self.through = through
    }

    /// A program on the same machine.
    public static let command = Author(nil, through: .command)
}
