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

    /// The number the caller dialled, which all of it is split by; empty when nobody knows it.
    var line = ""
    var start: Start?
    var end: End?
    var handle: Handle?
    var moves: Moves?
}

/// What a call itself, and not its visits, adds to the figures.
struct CallEntry: Equatable {
    var line: String
    var tier: String
    var at: Timestamp
    var isRepeat: Bool
}

/// The figures of every queue, tier, inbound line and interval.
///
/// The cost of an event is a few dictionary accesses, however many calls the day has had.
public struct Ledger: Equatable, Sendable, Codable {
    public struct Place: Hashable, Sendable, Codable {
        /// When its interval begins.
        public var start: Timestamp
        public var queue: String
        public var tier: String
        public var line: String

        package init(start: Timestamp, queue: String, tier: String, line: String) {
            self.start = start
            self.queue = queue
            self.tier = tier
            self.line = line
        }
    }
    /// The pseudo-queue under which calls, not visits, are counted.
    public static let wholeCentre = ""

    public private(set) var cells: [Place: QueueFigures] = [:]

    mutating func replace(_ old: VisitEntry, by new: VisitEntry, policy: Policy) {
        let moved = old.line != new.line
        if moved || old.start != new.start {
            if let start = old.start { book(start, old.line, -1, policy) }
            if let start = new.start { book(start, new.line, 1, policy) }
        }
        if moved || old.end != new.end {
            if let end = old.end { book(end, old.line, -1, policy) }
            if let end = new.end { book(end, new.line, 1, policy) }
        }
        if moved || old.handle != new.handle {
            if let handle = old.handle { book(handle, old.line, -1, policy) }
            if let handle = new.handle { book(handle, new.line, 1, policy) }
        }
        if moved || old.moves != new.moves {
            if let moves = old.moves { book(moves, old.line, -1, policy) }
            if let moves = new.moves { book(moves, new.line, 1, policy) }
        }
    }

    /// Counts a call itself, under the whole centre.
    mutating func bookCall(_ call: CallEntry, sign: Int, policy: Policy) {
        let place = Place(start: call.at.interval(policy.grain), queue: Ledger.wholeCentre, tier: call.tier, line: call.line)
        cells[place, default: .init()].callsKnown += sign
        if call.isRepeat { cells[place, default: .init()].callsRepeat += sign }
    }

    private mutating func book(_ start: VisitEntry.Start, _ line: String, _ sign: Int, _ policy: Policy) {
        let place = Place(start: start.at.interval(policy.grain), queue: start.queue, tier: start.tier, line: line)
        func add(_ cell: inout QueueFigures) {
            cell.offered += sign
            if start.countsCall {
                cell.callsKnown += sign
                if start.isRepeat { cell.callsRepeat += sign }
            }
        }
        add(&cells[place, default: .init()])
    }

    private mutating func book(_ end: VisitEntry.End, _ line: String, _ sign: Int, _ policy: Policy) {
        let place = Place(start: end.at.interval(policy.grain), queue: end.queue, tier: end.tier, line: line)
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

    private mutating func book(_ handle: VisitEntry.Handle, _ line: String, _ sign: Int, _ policy: Policy) {
        let place = Place(start: handle.at.interval(policy.grain), queue: handle.queue, tier: handle.tier, line: line)
        func add(_ cell: inout QueueFigures) {
            cell.handled += sign
            cell.talk += handle.talk * Int64(sign)
            cell.hold += handle.hold * Int64(sign)
            cell.wrapUp += handle.wrapUp * Int64(sign)
        }
        add(&cells[place, default: .init()])
    }

    private mutating func book(_ moves: VisitEntry.Moves, _ line: String, _ sign: Int, _ policy: Policy) {
        let place = Place(start: moves.at.interval(policy.grain), queue: moves.queue, tier: moves.tier, line: line)
        func add(_ cell: inout QueueFigures) {
            cell.transfers += moves.transfers * sign
            cell.holds += moves.holds * sign
        }
        add(&cells[place, default: .init()])
    }

    /// Lets go of the intervals that begin before `start`, and tells what was in them.
    mutating func forget(before start: Timestamp) -> [Place: QueueFigures] {
        let gone = cells.filter { $0.key.start < start }
        if !gone.isEmpty { cells = cells.filter { $0.key.start >= start } }
        return gone.filter { !$0.value.isEmpty }
    }
}
