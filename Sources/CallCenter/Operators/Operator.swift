/// An operator's figures in one interval. Times in milliseconds.
public struct OperatorFigures: Equatable, Sendable, Codable {
    /// Talks that began, counted where the answer was.
    public var answered = 0
    /// Rings that ended without an answer, counted where they ended.
    public var unanswered = 0
    /// Talks that the operator handed on, counted where they ended.
    public var transfersOut = 0
    /// In state `talking`.
    public var talk: Int64 = 0
    /// In state `holding`.
    public var hold: Int64 = 0
    /// In state `wrapUp`.
    public var wrapUp: Int64 = 0
    /// In state `paused`.
    public var paused: Int64 = 0
    /// In any state but `loggedOut`.
    public var loggedIn: Int64 = 0
    /// Storage of `outbound`; nil when empty. Checkpoints of older versions have none.
    private var outside: OutboundFigures?
    private var busyTime: Int64?
    /// Storage of `outcomes`; nil when empty.
    private var given: OutcomeFigures?

    /// Nothing was counted.
    public init() {}

    /// What of it belongs to calls that the operator dialed.
    public var outbound: OutboundFigures {
        get { outside ?? OutboundFigures() }
        set { outside = newValue == OutboundFigures() ? nil : newValue }
    }
    /// In state `busy`. Milliseconds.
    public var busy: Int64 {
        get { busyTime ?? 0 }
        set { busyTime = newValue == 0 ? nil : newValue }
    }

    /// Remarks about calls that this operator answered. Booked by the ledger, which counts calls.
    public internal(set) var outcomes: OutcomeFigures {
        get { given ?? OutcomeFigures() }
        set { given = newValue.isEmpty ? nil : newValue }
    }

    /// All values as numbers, for storage.
    package var numbers: [Int64] {
        let counts = [Int64(answered), Int64(unanswered), Int64(transfersOut)]
        return counts + [talk, hold, wrapUp, paused, loggedIn] + outbound.numbers + [busy] + outcomes.numbers
    }

    /// Reads what `numbers` wrote; nil for anything else.
    package init?(numbers: [Int64]) {
        // 8 were kept before there was outbound.
        guard numbers.count == 8 || numbers.count >= 14 else { return nil }
        (answered, unanswered, transfersOut) = (
            Int(truncatingIfNeeded: numbers[0]), Int(truncatingIfNeeded: numbers[1]),
            Int(truncatingIfNeeded: numbers[2])
        )
        (talk, hold, wrapUp, paused, loggedIn) = (numbers[3], numbers[4], numbers[5], numbers[6], numbers[7])
        guard numbers.count >= 14 else { return }
        outbound = OutboundFigures(numbers: numbers[8..<13])
        busy = numbers[13]
        var rest = numbers[14...]
        guard let outcomes = OutcomeFigures(taking: &rest), rest.isEmpty else { return nil }
        self.outcomes = outcomes
    }

    package static func += (a: inout OperatorFigures, b: OperatorFigures) {
        a.answered += b.answered
        a.unanswered += b.unanswered
        a.transfersOut += b.transfersOut
        a.talk += b.talk
        a.hold += b.hold
        a.wrapUp += b.wrapUp
        a.paused += b.paused
        a.loggedIn += b.loggedIn
        if b.outside != nil { a.outbound += b.outbound }
        if b.busyTime != nil { a.busy += b.busy }
        if b.given != nil { a.outcomes += b.outcomes }
    }

    mutating func spend(_ ms: Int64, in state: OperatorState) {
        guard state != .loggedOut else { return }
        loggedIn += ms
        switch state {
        case .talking: talk += ms
        case .holding: hold += ms
        case .wrapUp: wrapUp += ms
        case .paused: paused += ms
        case .dialing: outbound.dialing += ms
        case .busy: busy += ms
        case .available, .ringing, .loggedOut: break
        }
    }

    /// (talk + hold + wrap-up + dialing) / (logged in − paused); nil when the denominator is 0.
    public var occupancy: Double? {
        present > 0 ? Double(occupied) / Double(present) : nil
    }
    /// The numerator of occupancy. Milliseconds.
    public var occupied: Int64 { talk + hold + wrapUp + outbound.dialing }
    /// Logged in and not paused: the denominator of occupancy. Milliseconds.
    public var present: Int64 { loggedIn - paused }
    /// Of the calls that came in. Milliseconds; nil without an answered call.
    public var averageHandle: Double? {
        answered > 0 ? Double(handle) / Double(answered) : nil
    }
    /// Talk, hold and after-call work of the calls that came in. Milliseconds.
    public var handle: Int64 { talk + hold + wrapUp - outbound.talk - outbound.hold }
}

/// One operator: who, where, in which state, with the figures of each interval.
///
/// The newest marks are kept, so that one that comes late is inserted at its position and the state is recomputed from
/// there. Older ones are folded into `base` for good; a mark older than those takes effect where `base` ends.
public struct Operator: Equatable, Sendable, Codable {
    /// Bounds what a late mark costs and an operator's memory: about a hundred calls, a busy operator's working day.
    static let marksMax = 512

    public let id: String
    /// The name of the newest login that gave one; nil when none did.
    public internal(set) var name: String?
    /// What the PBX dials, `PJSIP/101`.
    public internal(set) var device: String?
    /// nil: every queue.
    public internal(set) var queues: [String]?
    /// The source of the newest login.
    public internal(set) var source: String?
    /// Time of the newest login; older logins do not change the profile.
    var profileAt = Timestamp(ms: .min)
    /// The call for which a routing decision reserves this operator; `reservedUntil` is in daemon time.
    var reservedFor: Int64?
    var reservedUntil = Timestamp(ms: 0)

    private(set) var life = OperatorLife()
    private var base = OperatorLife()
    private var baseTime = Timestamp(ms: .min)
    private var marks: [OperatorMark] = []
    private var baseFigures: [Timestamp: OperatorFigures] = [:]
    private var figures: [Timestamp: OperatorFigures] = [:]
    /// The state after some of the marks, so that a late mark near the end does not need a replay of the whole day.
    private var waypoint = Waypoint()

    private struct Waypoint: Equatable, Sendable, Codable {
        /// A cache, and no part of the state: its content depends on when time was checked.
        static func == (_: Waypoint, _: Waypoint) -> Bool { true }

        /// How many marks it includes; 0: the state begins at `base`.
        var count = 0
        var life = OperatorLife()
        var figures: [Timestamp: OperatorFigures] = [:]
    }
    /// Marks that are applied again at most for one that is late by less than they are.
    static let waypointEvery = 64

    /// A state that lasts longer is booked for its last days alone. Milliseconds.
    static let spentMax = (Centre.daysKept + 1) * 86_400_000

    init(id: String) { self.id = id }

    /// What the operator does now.
    public var state: OperatorState { life.state }
    /// Since when the operator is in this state. Event time.
    public var since: Timestamp { life.since }
    /// Why this operator is paused or busy, as the PBX said.
    public var pauseReason: String? {
        switch life.state {
        case .paused: life.pauseReason
        case .busy: life.busy?.reason
        default: nil
        }
    }
    /// Whether calls may be offered, apart from pauses and calls.
    public var isLoggedIn: Bool { life.isLoggedIn }
    /// Whether a pause goes on; one that began during a call counts from the call's end.
    public var isPaused: Bool { life.isPaused }
    /// The phone is in use by something that is no customer's call.
    public var isBusy: Bool { life.busy != nil }
    /// Numbers of the calls that ring at or are held by this operator.
    public var activeCalls: [Int64] { life.active.map(\.call) }
    /// Their ids at the PBX, by the id of each.
    func callIDs(_ id: (Int64) -> String?) -> [String] {
        var ids: [String] = []
        for one in life.active { if let id = id(one.call) { ids.append(id) } }
        return ids
    }
    var pendingWrapUp: OperatorLife.WrapUp? { life.wrapUp }
    /// The number of the call whose after-call work goes on; nil when none does.
    public var wrapUpCall: Int64? { life.wrapUp?.call }

    struct WrapUpEnded: Equatable {
        var call: Int64
        var leg: Int
        var ms: Int64
        var at: Timestamp
    }

    /// Books the results of the fold.
    private struct Book: OperatorLife.Listener {
        let grain: Int64
        var figures: [Timestamp: OperatorFigures]
        var wrapUps: [WrapUpEnded] = []

        /// State time is split at the boundaries of the intervals.
        mutating func spent(_ state: OperatorState, from: Timestamp, to: Timestamp) {
            guard state != .loggedOut else { return }
            // Older intervals are not kept anyway, and a mark of the year 1 would create a million of them.
            var from = max(from, to - Operator.spentMax)
            while from < to {
                let interval = from.interval(grain)
                let end = min(to, interval + grain)
                figures[interval, default: .init()].spend(end - from, in: state)
                from = end
            }
        }
        mutating func counted(_ kind: OperatorMark.Kind, at time: Timestamp) {
            let interval = time.interval(grain)
            switch kind {
            case .talk: figures[interval, default: .init()].answered += 1
            case .unanswered: figures[interval, default: .init()].unanswered += 1
            case .leave(_, _, transferred: true): figures[interval, default: .init()].transfersOut += 1
            case .dial: figures[interval, default: .init()].outbound.dialed += 1
            case .reach: figures[interval, default: .init()].outbound.reached += 1
            case .leaveOutbound(let talk, let hold, let transferred):
                figures[interval, default: .init()].outbound.talk += talk
                figures[interval, default: .init()].outbound.hold += hold
                if transferred { figures[interval, default: .init()].transfersOut += 1 }
            default: break
            }
        }
        mutating func wrapUpEnded(call: Int64, leg: Int, ms: Int64, at time: Timestamp) {
            wrapUps.append(WrapUpEnded(call: call, leg: leg, ms: ms, at: time))
        }
    }

    /// Inserts a mark at its position. Wrap-ups that it ended, or that now end otherwise, are appended to `ended`.
    mutating func add(_ mark: OperatorMark, grain: Int64, ended: inout [WrapUpEnded]) {
        var mark = mark
        if mark.time < baseTime { mark.time = baseTime }
        let isLate = marks.last.map(mark.precedes) ?? false
        // After-call work that ended by its limit on our clock may in fact have ended earlier.
        if isLate || mark.time < life.since {
            var i = marks.count
            while i > 0, mark.precedes(marks[i - 1]) { i -= 1 }
            marks.insert(mark, at: i)
            if i < waypoint.count { waypoint = Waypoint() }
            recompute(grain: grain, ended: &ended)
        } else {
            marks.append(mark)
            apply(mark, grain: grain, ended: &ended)
        }
        if marks.count > Operator.marksMax {
            fold(grain: grain)
        } else if marks.count - waypoint.count >= 2 * Operator.waypointEvery {
            moveWaypoint(grain: grain)
        }
    }

    /// Removes the marks of a call, before its life is recomputed. `recompute` has to follow.
    ///
    /// - Returns: how many there were; folded ones stay.
    mutating func remove(call: Int64) -> Int {
        guard let first = marks.firstIndex(where: { $0.call == call }) else { return 0 }
        if first < waypoint.count { waypoint = Waypoint() }
        let count = marks.count
        marks.removeAll { $0.call == call }
        return count - marks.count
    }

    /// The time of the newest mark that is folded for good; nil when none is.
    var foldedUntil: Timestamp? { baseTime > Timestamp(ms: .min) ? baseTime : nil }

    /// Recomputes the state from the marks kept, as far back as it has to.
    mutating func recompute(grain: Int64, ended: inout [WrapUpEnded]) {
        life = waypoint.count > 0 ? waypoint.life : base
        var book = Book(grain: grain, figures: waypoint.figures)
        for mark in marks[waypoint.count...] { life.advance(mark, &book) }
        figures = book.figures
        ended += book.wrapUps
    }

    private mutating func moveWaypoint(grain: Int64) {
        let end = marks.count - Operator.waypointEvery
        var there = waypoint.count > 0 ? waypoint.life : base
        var book = Book(grain: grain, figures: waypoint.figures)
        for mark in marks[waypoint.count..<end] { there.advance(mark, &book) }
        waypoint = Waypoint(count: end, life: there, figures: book.figures)
    }

    /// Ends after-call work whose limit has passed at `now`.
    mutating func settle(_ now: Timestamp, grain: Int64, ended: inout [WrapUpEnded]) {
        var book = Book(grain: grain, figures: [:])
        swap(&book.figures, &figures)
        life.settle(now, &book)
        swap(&book.figures, &figures)
        ended += book.wrapUps
    }

    private mutating func apply(_ mark: OperatorMark, grain: Int64, ended: inout [WrapUpEnded]) {
        var book = Book(grain: grain, figures: [:])
        swap(&book.figures, &figures)
        life.advance(mark, &book)
        swap(&book.figures, &figures)
        ended += book.wrapUps
    }

    private mutating func fold(grain: Int64) { fold(marks.count / 2, grain: grain) }

    /// Folds the marks before `time`, where no mark can come any more. What ended by its limit until then stays ended.
    mutating func fold(before time: Timestamp, grain: Int64) {
        let count = marks.firstIndex { $0.time >= time } ?? marks.count
        guard count > 0 else { return }
        fold(count, grain: grain)
        var again: [WrapUpEnded] = []
        settle(time, grain: grain, ended: &again)
    }

    private mutating func fold(_ count: Int, grain: Int64) {
        var book = Book(grain: grain, figures: [:])
        swap(&book.figures, &baseFigures)
        for mark in marks[..<count] { base.advance(mark, &book) }
        swap(&book.figures, &baseFigures)
        baseTime = marks[count - 1].time
        marks.removeFirst(count)
        waypoint = Waypoint()
        var again: [WrapUpEnded] = []
        recompute(grain: grain, ended: &again)
    }

    /// The figures from `from` to `to`, the state that still lasts included up to `now`.
    public func figures(from: Timestamp, to: Timestamp, now: Timestamp, grain: Int64) -> OperatorFigures {
        var sum = OperatorFigures()
        let wanted = from.interval(grain)..<max(from.interval(grain), (to - 1).interval(grain) + grain)
        for (interval, part) in baseFigures where wanted.contains(interval) { sum += part }
        for (interval, part) in figures where wanted.contains(interval) { sum += part }
        let start = max(from, life.since), end = min(to, now)
        if end > start { sum.spend(end - start, in: life.state) }
        return sum
    }

    /// What is known of each interval that begins from `from` up to `to`, without the state that still lasts.
    func intervals(from: Timestamp, to: Timestamp) -> [Timestamp: OperatorFigures] {
        var parts = baseFigures.filter { from <= $0.key && $0.key < to }
        for (start, part) in figures where from <= start && start < to { parts[start, default: .init()] += part }
        return parts
    }

    /// Removes the intervals that begin before `start` and are folded for good, and returns their contents.
    mutating func removeIntervals(before start: Timestamp) -> [Timestamp: OperatorFigures] {
        let gone = baseFigures.filter { $0.key < start }
        if !gone.isEmpty { baseFigures = baseFigures.filter { $0.key >= start } }
        return gone
    }
}

extension Timestamp {
    /// The start of the interval that contains it. Intervals have `grain` milliseconds and are counted from 1970.
    public func interval(_ grain: Int64) -> Timestamp {
        let rest = ms % grain
        return self - (rest < 0 ? rest + grain : rest)
    }
}
