/// What the core wants done. It does nothing itself.
///
/// Indirect: a pop or a call is a kilobyte, and effects are handed on more often than they are read.
public indirect enum Effect: Equatable, Sendable {
    case pop(Pop, PopChange)
    case popWithdrawn(PopWithdrawn)
    case alert(SupervisorAlert)
    /// An operator's state is another.
    case operatorChanged(OperatorStatus)
    /// Something belongs into the history: of what comes again, the newest counts.
    case history(HistoryEntry)
}

/// What goes into the history.
public indirect enum HistoryEntry: Equatable, Sendable {
    /// A call that is over, at its end and with each change after it: its customer's history knows at once.
    case ended(Call)
    /// The same call as it left memory, for good.
    case call(Call)
    /// `seq` is the place in the log of the event that told it.
    case touchpoint(seq: Int64, customer: Int64, Touchpoint)
    /// Written of a call that is in the history already.
    case remark(Remark, of: CallKey)
    /// Of intervals that are days old.
    case figures(PastFigures)
}

/// What an operator does, from when on.
public struct OperatorStatus: Equatable, Sendable {
    public var `operator`: String
    public var name: String?
    public var state: OperatorState
    public var since: Timestamp
    public var reason: String?
    /// When after-call work ends by itself.
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

/// A pop is to leave an operator's screen.
public struct PopWithdrawn: Equatable, Sendable, Codable {
    public enum Reason: String, Equatable, Sendable, Codable {
        case answeredElsewhere = "answered_elsewhere"
        case unanswered
        case leftQueue = "left_queue"
        case abandoned
        case ended
        case transferred
        /// The caller was identified, and another operator is to take the call.
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
    /// Milliseconds.
    public var waited: Int64
    public var text: String
}
