/// The contribution of one visit to the figures. A change is booked by subtracting the old value and adding the new
/// one.
struct VisitEntry: Equatable {
    struct Start: Equatable {
        var at: Timestamp
        /// The call's number is known, and this is its first visit there.
        var countsCall: Bool
        var isRepeat: Bool
    }
    struct End: Equatable {
        var at: Timestamp
        var outcome: Outcome
        var wait: Int64
        var partial: Bool
    }
    struct Handle: Equatable {
        var at: Timestamp
        var talk: Int64
        var hold: Int64
        var wrapUp: Int64
    }
    /// Counted where the answer was.
    struct Moves: Equatable {
        var at: Timestamp
        var transfers: Int
        var holds: Int
    }

    /// The dimensions by which it is split.
    var queue = ""
    var tier = ""
    /// The number the caller dialled; empty when nobody knows it.
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
    /// What a cell of the figures is of.
    public struct Place: Hashable, Sendable, Codable {
        /// When its interval begins.
        public var start: Timestamp
        /// The queue's name, or `Ledger.wholeCentre`.
        public var queue: String
        /// The caller's tier; `unknown` when nobody matches.
        public var tier: String
        /// The number called; empty when it is not known.
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

    /// What was counted, by interval, queue, tier and line.
    private(set) var cells: [Place: QueueFigures] = [:]
    /// What was written of the calls that an operator answered, by the start of the interval; nil where a checkpoint of
    /// an older version knew of none.
    private var written: [String: [Timestamp: OutcomeFigures]]? = [:]

    /// A checkpoint of an older version knows nothing of what was written: the calls in memory are still to be booked.
    var isWithoutOutcomes: Bool { written == nil }

    static func += (a: inout Ledger, b: Ledger) {
        for (place, cell) in b.cells { a.cells[place, default: .init()] += cell }
        for (who, parts) in b.written ?? [:] {
            for (start, part) in parts { a.written?[who, default: [:]][start, default: .init()] += part }
        }
    }

    mutating func replace(_ old: VisitEntry, by new: VisitEntry, policy: Policy) {
        let moved = old.queue != new.queue || old.tier != new.tier || old.line != new.line
        func place(_ entry: VisitEntry, _ at: Timestamp) -> Place {
            Place(start: at.interval(policy.grain), queue: entry.queue, tier: entry.tier, line: entry.line)
        }
        if moved || old.start != new.start {
            if let start = old.start { cells[place(old, start.at), default: .init()].add(start, -1) }
            if let start = new.start { cells[place(new, start.at), default: .init()].add(start, 1) }
        }
        if moved || old.end != new.end {
            if let end = old.end { cells[place(old, end.at), default: .init()].add(end, -1, policy.queue(old.queue)) }
            if let end = new.end { cells[place(new, end.at), default: .init()].add(end, 1, policy.queue(new.queue)) }
        }
        if moved || old.handle != new.handle {
            if let handle = old.handle { cells[place(old, handle.at), default: .init()].add(handle, -1) }
            if let handle = new.handle { cells[place(new, handle.at), default: .init()].add(handle, 1) }
        }
        if moved || old.moves != new.moves {
            if let moves = old.moves { cells[place(old, moves.at), default: .init()].add(moves, -1) }
            if let moves = new.moves { cells[place(new, moves.at), default: .init()].add(moves, 1) }
        }
    }

    /// Updates the remarks of a call.
    mutating func replace(_ old: OutcomeEntry?, by new: OutcomeEntry?, policy: Policy) {
        if old == nil, new == nil { return }
        if let old, let new, old == new { return }
        if written == nil { written = [:] }
        if let old { book(old, sign: -1, policy: policy) }
        if let new { book(new, sign: 1, policy: policy) }
    }

    private mutating func book(_ entry: OutcomeEntry, sign: Int, policy: Policy) {
        for answer in entry.answers {
            let start = answer.at.interval(policy.grain)
            let place = Place(start: start, queue: answer.queue, tier: entry.tier, line: entry.line)
            cells[place, default: .init()].outcomes.add(entry, sign)
        }
        for part in entry.operators {
            let start = part.at.interval(policy.grain)
            var figures = written?[part.operator]?[start] ?? OutcomeFigures()
            figures.add(entry, sign)
            written?[part.operator, default: [:]][start] = figures.isEmpty ? nil : figures
        }
    }

    /// What was written of operators' calls, by the start of the interval.
    var outcomesOfOperators: [String: [Timestamp: OutcomeFigures]] { written ?? [:] }

    /// What was written of an operator's calls, in the intervals that begin from `from` up to `to`.
    func outcomes(of who: String, from: Timestamp, to: Timestamp) -> [Timestamp: OutcomeFigures] {
        written?[who]?.filter { from <= $0.key && $0.key < to } ?? [:]
    }

    /// Adds what was written of an operator's calls in the intervals that begin within `wanted`.
    func addOutcomes(of who: String, in wanted: Range<Timestamp>, to figures: inout OperatorFigures) {
        guard let parts = written?[who] else { return }
        for (start, part) in parts where wanted.contains(start) { figures.outcomes += part }
    }

    /// By what the figures of a period are split.
    struct Split: Hashable {
        var queue: String
        var tier: String
    }

    /// The figures of the intervals that begin within `wanted`, without those in which nothing was counted.
    func sums(of wanted: Range<Timestamp>) -> [Split: QueueFigures] {
        var sums: [Split: QueueFigures] = [:]
        for i in cells.indices where wanted.contains(cells.keys[i].start) && !cells.values[i].isEmpty {
            sums[Split(queue: cells.keys[i].queue, tier: cells.keys[i].tier), default: .init()] += cells.values[i]
        }
        return sums
    }

    /// Removes what was written of operators' calls in the intervals that begin before `start`, and returns it.
    mutating func removeOutcomes(before start: Timestamp) -> [String: [Timestamp: OutcomeFigures]] {
        guard let written else { return [:] }
        let gone = written.mapValues { $0.filter { $0.key < start } }.filter { !$0.value.isEmpty }
        if !gone.isEmpty {
            self.written = written.mapValues { $0.filter { $0.key >= start } }.filter { !$0.value.isEmpty }
        }
        return gone
    }

    /// Counts a call itself, under the whole centre.
    mutating func bookCall(_ call: CallEntry, sign: Int, policy: Policy) {
        let place = Place(
            start: call.at.interval(policy.grain), queue: Ledger.wholeCentre, tier: call.tier, line: call.line)
        cells[place, default: .init()].callsKnown += sign
        if call.isRepeat { cells[place, default: .init()].callsRepeat += sign }
    }

    /// Removes the intervals that begin before `start`, and returns their contents.
    mutating func removeIntervals(before start: Timestamp) -> [Place: QueueFigures] {
        let gone = cells.filter { $0.key.start < start }
        if !gone.isEmpty { cells = cells.filter { $0.key.start >= start } }
        return gone.filter { !$0.value.isEmpty }
    }
}

extension QueueFigures {
    fileprivate mutating func add(_ start: VisitEntry.Start, _ sign: Int) {
        offered += sign
        guard start.countsCall else { return }
        callsKnown += sign
        if start.isRepeat { callsRepeat += sign }
    }

    fileprivate mutating func add(_ end: VisitEntry.End, _ sign: Int, _ queue: QueuePolicy) {
        switch end.outcome {
        case .answered: answered += sign
        case .abandoned: abandoned += sign
        case .shortAbandoned: shortAbandoned += sign
        case .overflowed: overflowed += sign
        case .callback: callback += sign
        case .blocked: blocked += sign
        case .unknown: unknown += sign
        }
        guard !end.partial else { return }
        let within = end.wait <= queue.serviceLevelThreshold ? sign : 0
        endedTimed += sign
        endedWait += end.wait * Int64(sign)
        if sign > 0 { longest.add(end.wait) } else { longest.remove(end.wait) }
        switch end.outcome {
        case .answered:
            answeredTimed += sign
            answeredWithin += within
            answeredWait += end.wait * Int64(sign)
            waits.add(end.wait, times: Int32(sign))
        case .abandoned:
            abandonedTimed += sign
            abandonedWithin += within
        case .shortAbandoned:
            shortTimed += sign
            shortWithin += within
        case .overflowed, .callback, .blocked, .unknown: break
        }
    }

    fileprivate mutating func add(_ handle: VisitEntry.Handle, _ sign: Int) {
        handled += sign
        talk += handle.talk * Int64(sign)
        hold += handle.hold * Int64(sign)
        wrapUp += handle.wrapUp * Int64(sign)
    }

    fileprivate mutating func add(_ moves: VisitEntry.Moves, _ sign: Int) {
        transfers += moves.transfers * sign
        holds += moves.holds * sign
    }
}
