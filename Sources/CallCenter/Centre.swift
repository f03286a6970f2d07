/// The call centre: all live state, and the figures.
///
/// A value: `apply` gets an event, the time at which the daemon read it and the result of the look-up, and returns what
/// has to be done. It does no I/O, reads no clock and uses no randomness; applying the same log again gives the same
/// state.
public struct Centre: Sendable {
    /// How long a call that ended is kept for late events. Milliseconds of daemon time.
    public static let lingerMax: Int64 = 15 * 60_000
    /// How many ended calls are kept for late events: 4 to 7 KB each.
    public static let lingeringMax = 4_096
    /// How many days of intervals are kept live: today, yesterday for late events, and one for time zones.
    static let daysKept: Int64 = 3

    /// The rules and thresholds that hold now; `adopt` replaces them.
    public internal(set) var policy: Policy
    /// Every operator of whom an event was received, by id.
    public internal(set) var operators: [String: Operator] = [:]
    /// The figures that are in memory, by interval.
    var ledger = Ledger()
    /// Recent callers by number, with the callbacks that are due.
    var callers = CallerMemory()
    /// Periods in which a source had no connection to its PBX.
    public internal(set) var gaps: [LinkGap] = []
    /// Periods in which the clock of a source differed from ours.
    public internal(set) var skews: [ClockSkew] = []
    /// The comparison of clocks, by source.
    var clocks: [SourceClock] = []
    /// At most so many sources are compared: each costs every event a comparison.
    static let clocksMax = 64

    /// Incomplete snapshots, by source.
    var partialSnapshots: [String: PartialSnapshot] = [:]

    /// By call number.
    var calls = CallTable()
    var callIndex = CallIndex()
    /// Numbers of the calls that are not over.
    public internal(set) var open: Set<Int64> = []
    /// Numbers of the calls of which an operator has a pop.
    var onScreen: [String: Set<Int64>] = [:]
    /// Numbers of calls that are over, oldest first; `lingeringFrom` is where the ones still kept begin.
    var lingering: [Int64] = []
    var lingeringFrom = 0
    /// Before this time no ended call is old enough to be evicted.
    private var evictDue = Timestamp(ms: .min)
    /// The current ledger entries of each call, by call number.
    var booked: [Int64: Booking] = [:]
    /// Calls in memory by customer, for the history of the last minutes.
    var byCustomer: [Int64: [Int64]] = [:]
    /// Alerts that were sent to supervisors. Not stored: after a restart they are sent again.
    var sentAlerts: Set<String> = []
    var forgottenAt = Timestamp(ms: 0)
    /// Calls that the current event ended, or changed after their end; empty between two events.
    var ended: [Int64] = []
    /// After-call work that will end by its limit.
    var wrapUpsDue = WrapUpsDue()
    /// The newest time at which time alone, without an event, changed the state: the next event is applied no earlier
    /// (`moment`).
    public internal(set) var aheadOfLog: Timestamp?
    /// Incremented with each change that figures may show; starts at 0 with the daemon.
    public internal(set) var changes: Int64 = 0

    /// The operators whose pops and states are told. Not part of the state: what no client receives need not be made.
    public var audience = Audience.everybody

    /// Set while an event is applied by a centre that follows another one's decisions. Not part of the state.
    var following: Following?

    /// A centre before its first event.
    public init(policy: Policy) { self.policy = policy }

    /// For whom pops are made.
    public enum Audience: Equatable, Sendable {
        /// For every operator; so a replay makes the same pops as the daemon that had streams open.
        case everybody
        /// For these operators alone, by id.
        case operators(Set<String>)

        func includes(_ who: String) -> Bool {
            switch self {
            case .everybody: true
            case .operators(let some): some.contains(who)
            }
        }
    }

    /// A time in which a source had no connection to its PBX: events may be missing, and figures of it are marked.
    public struct LinkGap: Equatable, Sendable, Codable {
        /// The source whose PBX was away.
        public var source: String
        /// When the connection was lost. Event time.
        public var from: Timestamp
        /// When it was back; nil while it lasts.
        public var to: Timestamp?

        /// Copies its arguments.
        public init(source: String, from: Timestamp, to: Timestamp?) {
            self.source = source
            self.from = from
            self.to = to
        }
    }

    struct Booking {
        var visits: [VisitEntry] = []
        var call: CallEntry?
        /// nil for a call that was not answered.
        var written: OutcomeEntry?
        /// What the caller's memory knows of it.
        var outcome = CallerMemory.Outcome()
    }

    // MARK: Events

    /// Applies one event.
    ///
    /// The result depends on the events before it and on `now`, for example for after-call work that has ended. Both
    /// are in the log, so a replay gives the same.
    ///
    /// - Parameters:
    ///   - seq: the event's log position.
    ///   - now: when the daemon read it, and never before `moment`.
    ///   - lookup: the result of the look-up, for events with a `lookupQuestion`.
    ///   - effects: what has to be done is appended here.
    /// - Returns: the reply to an event that asks who is calling (`call.offered`, `call.dialed`, `call.identified`);
    ///   nil for anything else.
    public mutating func apply(
        _ event: Event, seq: Int64, now: Timestamp, lookup: Lookup?, effects: inout [Effect]
    ) -> OfferAnswer? {
        var answer: OfferAnswer?
        changes += 1
        settleDue(now, effects: &effects)
        // Before the event and not behind it: between events the clock may have evicted them already.
        evict(now: now, effects: &effects)
        if let ahead = aheadOfLog, now >= ahead { aheadOfLog = nil }
        compareClocks(event, now: now)
        switch event.body {
        case .call(let id, let body):
            answer = apply(body, to: id, event, seq: seq, now: now, lookup: lookup, effects: &effects)
        case .operator(let id, let body):
            apply(body, to: id, event, seq: seq, effects: &effects)
        case .snapshot(let snapshot):
            apply(snapshot, event, seq: seq, now: now, effects: &effects)
        case .pbxDisconnected:
            if !gaps.contains(where: { $0.source == event.source && $0.to == nil }) {
                gaps.append(LinkGap(source: event.source, from: event.time, to: nil))
            }
        case .pbxConnected:
            if let i = gaps.lastIndex(where: { $0.source == event.source && $0.to == nil }) {
                gaps[i].to = max(event.time, gaps[i].from)
            }
        case .touchpoint(let touchpoint):
            apply(touchpoint, event, seq: seq, lookup: lookup, effects: &effects)
        case .popSeen(let pop, let who):
            markSeen(pop: pop, by: who, at: event.time)
        case .remark(let id, let remark):
            apply(remark, to: id, event, seq: seq, effects: &effects)
        case .callbackDone(let done):
            apply(done, event, seq: seq, effects: &effects)
        case .callbackClaim(let claim):
            apply(claim, event)
        case .outside(let id, let answer):
            apply(answer, to: id, event, effects: &effects)
        case .ping:
            break
        }
        // A late fact may have begun after-call work whose limit has passed since.
        settleDue(now, effects: &effects)
        emitHistory(&effects)
        if now - forgottenAt > 3_600_000 { evictFigures(now: now, effects: &effects) }
        return answer
    }

    /// Appends history entries for ended calls that have changed.
    mutating func emitHistory(_ effects: inout [Effect]) {
        for number in ended { if let call = calls.shared(number) { effects.append(.history(.ended(call))) } }
        ended.removeAll(keepingCapacity: true)
    }

    /// What has to be looked up before an event is applied; nil when nothing.
    public static func lookupQuestion(_ event: Event) -> LookupQuestion? {
        switch event.body {
        case .call(_, .offered(let offered)): .number(offered.from, offered.presentation)
        case .call(_, .identified(let who)):
            switch who {
            case .customer(let id): .customer(id)
            case .externalID(let id): .externalID(id)
            case .account(let account): .account(account)
            case .email(let email): .email(email)
            case .from(let number): .number(number, .allowed)
            case .nobody: nil
            }
        case .call(_, .dialed(let dialed)): .dialed(dialed.to)
        case .touchpoint(let touchpoint):
            switch touchpoint.who {
            case .customer(let id): .customer(id)
            case .from(let number): .number(number, .allowed)
            case .email(let email): .email(email)
            case .account(let account): .account(account)
            }
        default: nil
        }
    }

    /// By what the records are asked for a customer.
    public enum LookupQuestion: Equatable, Sendable {
        /// A number as the PBX gave it, nil for none, with whether the caller shows it.
        case number(String?, Presentation)
        /// A number as an operator dials it, prefixes included.
        case dialed(String)
        /// The customer's id in our records.
        case customer(Int64)
        /// The id that the centre's CRM has for the customer.
        case externalID(String)
        /// A mail address of the customer.
        case email(String)
        /// The centre's own account id of the customer.
        case account(String)
    }

    // MARK: Looking at it

    /// The call, if it is open or ended lately; nil for one that has left memory.
    public func call(_ key: CallKey) -> Call? { number(of: key).flatMap { calls[$0] } }
    /// Whether a call is known to have come in.
    public func isInbound(_ key: CallKey) -> Bool {
        call(key).map { $0.offered != nil && !$0.life.isOutbound } ?? false
    }
    /// The same by the call's own number.
    public func call(number: Int64) -> Call? { calls[number] }
    /// Whether any visit is without an outcome. Looks at each open call.
    public var isAnyoneWaiting: Bool { open.contains { calls[$0]?.life.openVisit != nil } }
    /// Calls in memory: those that are open, and those that ended lately.
    ///
    /// To walk them is no work for the engine's thread: take this from there, and walk it elsewhere.
    public var callsInMemory: CallTable { calls }

    // MARK: Forgetting

    /// Removes ended calls for which no late event is expected any more.
    @discardableResult
    mutating func evict(now: Timestamp, effects: inout [Effect]) -> Timestamp? {
        guard now >= evictDue || lingering.count - lingeringFrom > Centre.lingeringMax else { return nil }
        evictDue = Timestamp(ms: .min)
        var last: Timestamp?
        while lingeringFrom < lingering.count {
            let number = lingering[lingeringFrom], tooMany = lingering.count - lingeringFrom > Centre.lingeringMax
            guard let i = calls.place(of: number), !open.contains(number) else {
                lingeringFrom += 1
                continue
            }
            if !tooMany {
                let goesAt = calls[i].lastHeard + Centre.lingerMax
                guard now > goesAt else {
                    evictDue = goesAt
                    break
                }
                last = max(last ?? goesAt + 1, goesAt + 1)
            }
            lingeringFrom += 1
            var gone = calls.remove(at: i)
            if !gone.call.drafts.isEmpty, gone.call.settleDrafts(all: true) {
                ledger.replace(booked[number]?.written, by: gone.call.outcomeEntry, policy: policy)
            }
            unlink(gone.call)
            effects.append(.history(.call(gone)))
        }
        if lingeringFrom > Centre.lingeringMax {
            lingering.removeFirst(lingeringFrom)
            lingeringFrom = 0
        }
        return last
    }

    private mutating func unlink(_ call: borrowing Call) {
        let number = call.number
        for pop in call.pops { removePop(number, of: pop.operator) }
        callIndex.removeFurther(of: call)
        callIndex.remove(call.key, number: number)
        if let i = booked.index(forKey: number) { booked.remove(at: i) }
        guard let customer = call.customerID, let i = byCustomer.index(forKey: customer) else { return }
        byCustomer.values[i].removeAll { $0 == number }
        if byCustomer.values[i].isEmpty { byCustomer.remove(at: i) }
    }

    private mutating func evictFigures(now: Timestamp, effects: inout [Effect]) {
        forgottenAt = now
        let oldest = (now - Centre.daysKept * 86_400_000)
        var gone = PastFigures(forgottenAt: now, queues: ledger.removeIntervals(before: oldest.interval(policy.grain)))
        for id in operators.keys {
            gone.operators[id] = operators[id]?.removeIntervals(before: oldest.interval(policy.grain))
        }
        for (id, parts) in ledger.removeOutcomes(before: oldest.interval(policy.grain)) {
            for (start, part) in parts { gone.operators[id, default: [:]][start, default: .init()].outcomes += part }
        }
        gone.operators = gone.operators.filter { !$0.value.isEmpty }
        gone.gaps = gaps.filter { ($0.to ?? now) < oldest }
        gaps.removeAll { ($0.to ?? now) < oldest }
        gone.skews = skews.filter { ($0.to ?? now) < oldest }
        skews.removeAll { ($0.to ?? now) < oldest }
        if !gone.isEmpty { effects.append(.history(.figures(gone))) }
        callers.evict(now: now)
        sentAlerts.removeAll()
    }
}
