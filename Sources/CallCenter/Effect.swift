/// An action that the core requests; the core itself does no I/O.
///
/// Indirect: a pop or a call is about a kilobyte, and effects are moved more often than they are read.
public indirect enum Effect: Equatable, Sendable {
    case pop(Pop, PopChange)
    case popWithdrawn(PopWithdrawn)
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
    public var `operator`: String
    public var name: String?
    public var state: OperatorState
    public var since: Timestamp
    public var reason: String?
    /// When after-call work will end by its limit; nil otherwise.
    public var wrapUpEnds: Timestamp?

    public init(of one: borrowing Operator) {
        `operator` = one.id
        name = one.name
        state = one.state
        since = one.since
        reason = one.pauseReason
        wrapUpEnds = one.state == .wrapUp ? one.pendingWrapUp?.due : nil
    }
}

public enum PopChange: String, Equatable, Sendable { case new = "pop", update = "pop.update" }

/// A pop has to be removed from an operator's screen.
public struct PopWithdrawn: Equatable, Sendable, Codable {
    public enum Reason: String, Equatable, Sendable, Codable {
        case answeredElsewhere = "answered_elsewhere"
        case unanswered
        case leftQueue = "left_queue"
        case abandoned
        case ended
        case transferred
        /// The caller was identified, and the call is routed to another operator.
        case rerouted
    }
    public var id: String
    public var `operator`: String
    public var call: String
    public var source: String
    public var reason: Reason
    /// Who answered.
    public var by: String?
}

/// A warning to the supervisors.
public struct SupervisorAlert: Equatable, Sendable, Codable {
    public var kind: AlertKind
    public var call: String
    public var source: String
    public var queue: String?
    public var `operator`: String?
    public var from: CallerNumber
    public var customer: CustomerCard?
    public var tier: String
    /// Time waited so far. Milliseconds.
    public var waited: Int64
    public var text: String
}
