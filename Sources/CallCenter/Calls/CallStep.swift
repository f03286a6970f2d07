/// One step in the life of a call, without what only the pop needs.
public enum CallStep: Equatable, Sendable, Codable {
    /// It came in, for this queue where one was named.
    case offered(queue: String?)
    /// Our reply to the offer was `reject`.
    case rejected
    /// This operator dialed it.
    case dialed(String)
    /// It entered this queue: the wait starts, or goes on in another visit.
    case queued(String)
    /// The operator's phone rings; without a device the PBX named none.
    case ringing(String, device: String? = nil)
    /// Without a device, all of the operator's devices stopped.
    case unanswered(String, UnansweredReason?, device: String? = nil)
    /// This operator answered.
    case answered(String)
    /// The far end of a dialed call answered.
    case reached
    /// This operator put it on a parking place.
    case parked(String, slot: String? = nil)
    /// This operator took it off its parking place.
    case retrieved(String, slot: String? = nil)
    /// The operator who talks put it on hold.
    case held
    /// The hold ended.
    case resumed
    /// It leaves the operator who has it.
    case transferred(TransferTarget, TransferKind)
    /// It left the queue unanswered; without a name, the one it was in.
    case dequeued(String?, DequeueReason)
    /// It is over. An open visit ends abandoned.
    case ended(EndedBy?, cause: String? = nil)
    /// Not listed in a snapshot: it ended without an event.
    case vanished
    /// Found alive in a snapshot that says since when.
    case alive

    /// The order of steps that carry the same time of the PBX: a call is offered before it can ring, a transfer comes
    /// before the queue it leads to, and the end comes last.
    var rank: UInt8 {
        switch self {
        case .offered, .dialed: 0
        case .rejected: 1
        case .alive: 2
        case .dequeued: 3
        case .transferred, .parked: 4
        case .queued: 5
        case .ringing: 6
        case .unanswered: 7
        case .answered, .reached, .retrieved: 8
        case .held: 9
        case .resumed: 10
        case .vanished: 11
        case .ended: 12
        }
    }
}

/// A step with its place in the call's history.
///
/// Facts of a call are kept in one order whatever the order of their arrival, so that every figure is a function of the
/// events and their times alone.
public struct CallFact: Equatable, Sendable, Codable {
    /// When it happened: the PBX's time, or the time of reading where the PBX gave none.
    public var time: Timestamp
    /// `CallStep.rank` where the PBX gave the time; 0 where the order of arrival is all we know.
    package var rank: UInt8
    /// The log position of the event that reported it.
    public var seq: Int64
    /// What happened.
    public var step: CallStep

    init(time: Timestamp, timeIsGiven: Bool, seq: Int64, step: CallStep) {
        self.time = time
        self.rank = timeIsGiven ? step.rank : 0
        self.seq = seq
        self.step = step
    }

    /// As it was stored.
    package init(time: Timestamp, rank: UInt8, seq: Int64, step: CallStep) {
        self.time = time
        self.rank = rank
        self.seq = seq
        self.step = step
    }

    func precedes(_ other: CallFact) -> Bool {
        if time != other.time { return time < other.time }
        if rank != other.rank { return rank < other.rank }
        return seq < other.seq
    }
}
