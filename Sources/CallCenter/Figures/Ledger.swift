/// What one visit adds to the figures. Two values are compared, so a change takes back what it changes and adds it anew.
struct VisitEntry: Equatable {
    struct Start: Equatable {
        var queue: String
        var tier: String
        var at: Timestamp
        /// The call's number is known, and this is its first visit there.
        var countsCall: Bool
        var isRepeat: Bool
    }
    struct End: Equatable {
        var queue: String
        var tier: String
        var at: Timestamp
        var outcome: Outcome
        var wait: Int64
        var partial: Bool
    }
    struct Handle: Equatable {
        var queue: String
        var tier: String
        var at: Timestamp
        var talk: Int64
        var hold: Int64
        var wrapUp: Int64
    }
    /// Counted where the answer was.
    struct Moves: Equatable {
        var queue: String
        var tier: String
        var at: Timestamp
        var transfers: Int
        var holds: Int
    }

    var start: Start?
    var end: End?
    var handle: Handle?
    var moves: Moves?
}

/// The figures of every queue, tier and interval.
///
/// The cost of an event is a few dictionary accesses, however many calls the day has had.
public struct Ledger: Equatable, Sendable, Codable {
    public struct Place: Hashable, Sendable, Codable {
        public var interval: Int64
        public var queue: String
        public var tier: String
    }
    /// The pseudo-queue under which calls, not visits, are counted.
    public static let wholeCentre = ""

    public private(set) var cells: [Place: QueueFigures] = [:]

    mutating func replace(_ old: VisitEntry, by new: VisitEntry, policy: Policy) {
        if old.start != new.start {
            if let start = old.start { book(start, -1, policy) }
            if let start = new.start { book(start, 1, policy) }
        }
        if old.end != new.end {
            if let end = old.end { book(end, -1, policy) }
            if let end = new.end { book(end, 1, policy) }
        }
        if old.handle != new.handle {
            if let handle = old.handle { book(handle, -1, policy) }
            if let handle = new.handle { book(handle, 1, policy) }
        }
        if old.moves != new.moves {
            if let moves = old.moves { book(moves, -1, policy) }
            if let moves = new.moves { book(moves, 1, policy) }
        }
    }

    /// Counts a call itself, under the whole centre.
    mutating func bookCall(tier: String, at: Timestamp, isRepeat: Bool, sign: Int, policy: Policy) {
        let place = Place(interval: at.interval(policy.grain), queue: Ledger.wholeCentre, tier: tier)
        cells[place, default: .init()].callsKnown += sign
        if isRepeat { cells[place, default: .init()].callsRepeat += sign }
    }

    private mutating func book(_ start: VisitEntry.Start, _ sign: Int, _ policy: Policy) {
        let place = Place(interval: start.at.interval(policy.grain), queue: start.queue, tier: start.tier)
        func add(_ cell: inout QueueFigures) {
            cell.offered += sign
            if start.countsCall {
                cell.callsKnown += sign
                if start.isRepeat { cell.callsRepeat += sign }
            }
        }
        add(&cells[place, default: .init()])
    }

    private mutating func book(_ end: VisitEntry.End, _ sign: Int, _ policy: Policy) {
        let place = Place(interval: end.at.interval(policy.grain), queue: end.queue, tier: end.tier)
        let within = end.wait <= policy.queue(end.queue).serviceLevelThreshold ? sign : 0
        func add(_ cell: inout QueueFigures) {
            switch end.outcome {
            case .answered: cell.answered += sign
            case .abandoned: cell.abandoned += sign
            case .shortAbandoned: cell.shortAbandoned += sign
            case .overflowed: cell.overflowed += sign
            case .callback: cell.callback += sign
            case .blocked: cell.blocked += sign
            case .unknown: cell.unknown += sign
            }
            guard !end.partial else { return }
            cell.endedTimed += sign
            cell.endedWait += end.wait * Int64(sign)
            if sign > 0 { cell.longest.add(end.wait) } else { cell.longest.remove(end.wait) }
            switch end.outcome {
            case .answered:
                cell.answeredTimed += sign
                cell.answeredWithin += within
                cell.answeredWait += end.wait * Int64(sign)
                cell.waits.add(end.wait, times: Int32(sign))
            case .abandoned:
                cell.abandonedTimed += sign
                cell.abandonedWithin += within
            case .shortAbandoned:
                cell.shortTimed += sign
                cell.shortWithin += within
            case .overflowed, .callback, .blocked, .unknown: break
            }
        }
        add(&cells[place, default: .init()])
    }

    private mutating func book(_ handle: VisitEntry.Handle, _ sign: Int, _ policy: Policy) {
        let place = Place(interval: handle.at.interval(policy.grain), queue: handle.queue, tier: handle.tier)
        func add(_ cell: inout QueueFigures) {
            cell.handled += sign
            cell.talk += handle.talk * Int64(sign)
            cell.hold += handle.hold * Int64(sign)
            cell.wrapUp += handle.wrapUp * Int64(sign)
        }
        add(&cells[place, default: .init()])
    }

    private mutating func book(_ moves: VisitEntry.Moves, _ sign: Int, _ policy: Policy) {
        let place = Place(interval: moves.at.interval(policy.grain), queue: moves.queue, tier: moves.tier)
        func add(_ cell: inout QueueFigures) {
            cell.transfers += moves.transfers * sign
            cell.holds += moves.holds * sign
        }
        add(&cells[place, default: .init()])
    }

    /// Forgets intervals before `interval`.
    mutating func forget(before interval: Int64) { cells = cells.filter { $0.key.interval >= interval } }
}
