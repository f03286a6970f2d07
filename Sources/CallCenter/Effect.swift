/// An action that the core requests; the core itself does no I/O.
///
/// Indirect: a pop or a call is about a kilobyte, and effects are moved more often than they are read.
public indirect enum Effect: Equatable, Sendable {
    /// A pop for an operator's screen: a new one, or a newer version of one that is there.
    case pop(Pop, PopChange)
    /// A pop has to be removed from a screen.
    case popWithdrawn(PopWithdrawn)
    /// A warning for supervisors, and for operators whom it names.
    case alert(SupervisorAlert)
    /// The state of an operator changed.
    case operatorChanged(OperatorStatus)
    /// An entry for the history. A newer entry about the same thing replaces the older one.
    case history(HistoryEntry)
}

/// An entry of the history.
public indirect enum HistoryEntry: Equatable, Sendable {
    /// An ended call, at its end and after each later change: its customer's history is complete at once.
    case ended(SharedCall)
    /// The call as it leaves memory: its final version.
    case call(SharedCall)
    /// `seq` is the log position of the event that reported it.
    case touchpoint(seq: Int64, customer: Int64, Touchpoint)
    /// A remark about a call that has left memory.
    case remark(Remark, of: CallKey)
    /// Figures of intervals that have left memory.
    case figures(PastFigures)
}

/// An operator's state, with its start.
public struct OperatorStatus: Equatable, Sendable {
    /// The operator's id.
    public var `operator`: String
    /// The name of the newest login; nil when none was given.
    public var name: String?
    /// What the operator does now.
    public var state: OperatorState
    /// Since when the operator is in this state. Event time.
    public var since: Timestamp
    /// Why the operator is paused or busy, as the PBX said; nil otherwise.
    public var reason: String?
    /// When after-call work will end by its limit; nil otherwise.
    public var wrapUpEnds: Timestamp?

    /// The status of an operator as it is now.
    public init(of one: borrowing Operator) {
        `operator` = one.id
        name = one.name
        state = one.state
        since = one.since
        reason = one.pauseReason
        wrapUpEnds = one.state == .wrapUp ? one.pendingWrapUp?.due : nil
    }
}

/// Whether a pop is the first of its id, or replaces it; the raw value is the type of the message to the screen.
public enum PopChange: String, Equatable, Sendable { case new = "pop", update = "pop.update" }

/// A pop has to be removed from an operator's screen.
public struct PopWithdrawn: Equatable, Sendable, Codable {
    /// Why it is removed; the raw value is in the API.
    public enum Reason: String, Equatable, Sendable, Codable {
        /// A colleague answered: `by` says who.
        case answeredElsewhere = "answered_elsewhere"
        /// The ring ended without an answer.
        case unanswered
        /// The call left the queue, and rings here no more.
        case leftQueue = "left_queue"
        /// The caller hung up before anybody answered.
        case abandoned
        /// The call is over.
        case ended
        /// The call was transferred to somebody else.
        case transferred
        /// The caller was identified, and the call is routed to another operator.
        case rerouted
    }
    public var id: String
    /// Whose screen it is on, by operator id.
    public var `operator`: String
    /// The PBX's id of the call.
    public var call: String
    /// The source of the call.
    public var source: String
    /// Why it is removed.
    public var reason: Reason
    /// Who answered.
    public var by: String?
}

/// A warning to the supervisors.
public struct SupervisorAlert: Equatable, Sendable, Codable {
    /// What it warns of.
    public var kind: AlertKind
    /// The PBX's id of the call; empty for a warning that is about no call.
    public var call: String
    /// The source of the call; empty for a warning that is about no call.
    public var source: String
    /// The queue that the call is in or was offered for; nil without one.
    public var queue: String?
    /// The operator concerned; nil when it concerns nobody alone.
    public var `operator`: String?
    /// Who calls; `unavailable` for a warning that is about no call.
    public var from: CallerNumber
    /// Whom it is about; nil when that is not known.
    public var customer: CustomerCard?
    /// The customer's tier; `unknown` when nobody matches.
    public var tier: String
    /// Time waited so far. Milliseconds.
    public var waited: Int64
    /// The warning in a sentence, in the centre's language.
    public var text: String
}
