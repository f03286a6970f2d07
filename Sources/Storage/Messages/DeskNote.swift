import CallCenter

/// A message between desks, as it is kept: from whom, to whom, about whom.
public struct DeskNote: Equatable, Sendable {
    /// Whom a message is for.
    public enum Audience: Equatable, Sendable {
        /// This operator.
        case `operator`(String)
        /// Everybody.
        case all
        /// Every supervisor.
        case supervisors

        init?(word: String, _ recipient: String?) {
            switch (word, recipient) {
            case ("operator", let recipient?): self = .operator(recipient)
            case ("all", nil): self = .all
            case ("supervisors", nil): self = .supervisors
            default: return nil
            }
        }

        var word: String {
            switch self {
            case .operator: "operator"
            case .all: "all"
            case .supervisors: "supervisors"
            }
        }

        var operatorID: String? { if case .operator(let who) = self { who } else { nil } }

        /// As the interface names it: an operator's number, `all`, `supervisors`.
        public var text: String { operatorID ?? word }
    }

    public var id: Int64
    /// Whom it is for.
    public var to: Audience
    /// The operator who wrote it; nil for a program.
    public var from: String?
    /// The writer's name, as it was then; nil when it is not known.
    public var fromName: String?
    /// What it says.
    public var text: String
    /// The id of the call that it is about.
    public var call: String?
    /// The customer whom it is about; nil for none.
    public var customer: Int64?
    /// The case that it is about; nil for none.
    public var caseID: Int64?
    /// The message that it answers.
    public var replyTo: Int64?

    /// Copies its arguments; an id of 0 is replaced by the next one when it is kept.
    public init(
        id: Int64 = 0, to: Audience, from: String?, fromName: String?, text: String, call: String? = nil,
        customer: Int64? = nil, caseID: Int64? = nil, replyTo: Int64? = nil
    ) {
        self.id = id
        self.to = to
        self.from = from
        self.fromName = fromName
        self.text = text
        self.call = call
        self.customer = customer
        self.caseID = caseID
        self.replyTo = replyTo
    }
}

/// A message with what became of it.
public struct KeptMessage: Equatable, Sendable {
    /// Who read it, and when.
    public struct Reading: Equatable, Sendable {
        /// The operator who read it.
        public var by: String
        /// When it was read first.
        public var at: Timestamp
    }

    /// What was written, and to whom.
    public var note: DeskNote
    /// When it was written.
    public var at: Timestamp
    /// The name of the customer whom it is about, as the record has it now; nil for none.
    public var customerName: String?
    /// Who answered it; nil while nobody did.
    public var answer: Answer?
    /// In the order in which they read it.
    public var readings: [Reading] = []

    /// Who answered, when, and with which message.
    public struct Answer: Equatable, Sendable {
        /// The operator who answered.
        public var by: String
        /// When it was answered.
        public var at: Timestamp
        /// The id of the message that is the answer.
        public var message: Int64

        /// Copies its arguments.
        init(by: String, at: Timestamp, message: Int64) {
            self.by = by
            self.at = at
            self.message = message
        }
    }

    public var id: Int64 { note.id }
}

/// Whose messages are listed.
public struct MessageReader: Equatable, Sendable {
    /// The operator's number.
    public var who: String
    /// Gets what is for supervisors.
    public var isSupervisor: Bool

    /// Copies its arguments.
    public init(who: String, isSupervisor: Bool) {
        self.who = who
        self.isSupervisor = isSupervisor
    }
}

/// Which messages are listed.
public struct MessageFilter: Equatable, Sendable {
    /// Only what this one wrote or gets; nil: all.
    public var reader: MessageReader?
    /// Only what the reader gets and has not read.
    public var isUnread = false
    /// Only those about this customer; nil for all.
    public var customer: Int64?
    /// Only those about this case; nil for all.
    public var caseID: Int64?
    /// Only what supervisors were asked and nobody has answered.
    public var isWaiting = false

    /// All messages.
    public init() {}
}
