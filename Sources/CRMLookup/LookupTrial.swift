/// What a look-up was asked and what it answered, for the administrator who sets it up.
public struct LookupTrial: Equatable, Sendable {
    /// One request.
    public struct Step: Equatable, Sendable {
        /// The notation that was tried; nil for a further request.
        public var notation: NumberNotation?
        /// Without secrets: `…` stands for them.
        public var call: LookupCall
        /// nil when nothing came.
        public var status: Int?
        /// The beginning of the answer.
        public var answer: String
        /// What it means, in a part of a sentence.
        public var meaning: String
        /// Milliseconds.
        public var took: Int64

        /// Copies its values.
        public init(
            notation: NumberNotation?, call: LookupCall, status: Int?, answer: String, meaning: String, took: Int64
        ) {
            self.notation = notation
            self.call = call
            self.status = status
            self.answer = answer
            self.meaning = meaning
            self.took = took
        }
    }

    /// How a trial ended. The raw values are those of the HTTP interface.
    public enum State: String, Equatable, Sendable {
        /// Somebody has the number; `record` is set.
        case found
        /// The CRM says that nobody has it.
        case notFound = "not_found"
        /// It could not be asked, or its answer could not be read; `problem` is set.
        case failed
    }

    /// The configuration's name of the look-up.
    public var name: String
    /// What it is called on the screen.
    public var label: String
    /// `failed` until an answer was read.
    public var state = State.failed
    /// Why it failed, in a part of a sentence.
    public var problem: String?
    /// All requests together. Milliseconds.
    public var took: Int64 = 0
    /// In the order they were made.
    public var steps: [Step] = []
    /// What would be on the card.
    public var record: LookupRecord?

    /// A trial that has asked nothing yet.
    public init(name: String, label: String) {
        self.name = name
        self.label = label
    }

    /// Characters of an answer that are shown.
    public static let answerMax = 4_000
}

/// How a look-up does, since the start of the daemon.
public struct LookupStatus: Equatable, Sendable {
    /// The configuration's name of the look-up.
    public var name: String
    /// What it is called on the screen.
    public var label: String
    /// Whether it is asked.
    public var state = LookupBreaker.State.closed
    /// Callers that were asked for.
    public var callers: Int64 = 0
    /// Of these: answered by what was kept.
    public var kept: Int64 = 0
    /// Requests made.
    public var requests: Int64 = 0
    /// Of the callers that it was asked for: somebody had the number.
    public var found: Int64 = 0
    /// Nobody had the number.
    public var missing: Int64 = 0
    /// It gave no answer, or none that could be read.
    public var failed: Int64 = 0
    /// Answers that were not there within the budget.
    public var late: Int64 = 0
    /// Answers that are kept.
    public var entries = 0
    /// What went wrong last, in a part of a sentence; nil when the last request succeeded.
    public var problem: String?

    /// All counts are 0.
    public init(name: String, label: String) {
        self.name = name
        self.label = label
    }
}
