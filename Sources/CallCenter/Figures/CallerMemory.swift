/// Who called lately, by number: for the repeat rate, repeat callers, and the callbacks that are due.
public struct CallerMemory: Equatable, Sendable {
    /// metrics.md: "calls whose caller also called within the last 24 h".
    static let repeatWindow: Int64 = 24 * 3_600_000
    /// How long an abandoned caller is remembered as not called back. Milliseconds: a week.
    static let callbackWindow: Int64 = 7 * 24 * 3_600_000

    /// One call from a number.
    public struct Entry: Equatable, Sendable {
        public var call: Int64
        public var start: Timestamp
        var outcome = Outcome()

        /// When a call was abandoned, in which queue, after how long.
        public struct Abandoned: Equatable, Sendable {
            public var at: Timestamp
            public var queue: String
            public var tier: String
            public var waited: Int64
        }
    }

    /// How a call ended, as far as calling back is concerned.
    struct Outcome: Equatable, Sendable {
        var abandoned: Entry.Abandoned?
        var answeredAt: Timestamp?
    }

    struct Caller: Equatable, Sendable {
        /// By start.
        var calls: [Entry] = []
        /// Reached on another channel, or called back.
        var reachedAt: Timestamp?
        var customer: Int64?
    }

    private(set) var callers: [UInt64: Caller] = [:]
    /// Callers with an abandoned call, so that what is due is found without asking all of them.
    private var abandoners: Set<UInt64> = []

    /// The digits of an E.164 number as an integer; nil for anything else.
    static func key(_ e164: String) -> UInt64? {
        let text = e164.utf8
        guard text.first == UInt8(ascii: "+"), 2...16 ~= text.count else { return nil }
        var key: UInt64 = 0
        for digit in text.dropFirst() {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            key = key * 10 + UInt64(digit - UInt8(ascii: "0"))
        }
        return key
    }

    /// Takes a caller back that was kept.
    mutating func restore(_ caller: Caller, _ key: UInt64) {
        callers[key] = caller
        if caller.calls.contains(where: { $0.outcome.abandoned != nil }) { abandoners.insert(key) }
    }

    /// Notes a call. Returns the calls whose being a repeat may have changed, this one first.
    mutating func note(call: Int64, from key: UInt64, at start: Timestamp) -> [(call: Int64, isRepeat: Bool)] {
        var caller = Caller()
        if let at = callers.index(forKey: key) { swap(&callers.values[at], &caller) }
        caller.calls.removeAll { $0.call == call }
        let i = caller.calls.firstIndex { $0.start > start } ?? caller.calls.count
        caller.calls.insert(Entry(call: call, start: start), at: i)
        var changed = [(call: call, isRepeat: isRepeat(caller, i))]
        if i + 1 < caller.calls.count { changed.append((caller.calls[i + 1].call, isRepeat(caller, i + 1))) }
        callers[key] = caller
        return changed
    }

    private func isRepeat(_ caller: Caller, _ i: Int) -> Bool {
        i > 0 && caller.calls[i].start - caller.calls[i - 1].start <= CallerMemory.repeatWindow
    }

    mutating func note(_ outcome: Outcome, ofCall call: Int64, from key: UInt64) {
        guard let at = callers.index(forKey: key),
            let i = callers.values[at].calls.lastIndex(where: { $0.call == call })
        else { return }
        callers.values[at].calls[i].outcome = outcome
        if outcome.abandoned != nil { abandoners.insert(key) }
    }

    mutating func noteReached(_ key: UInt64, at time: Timestamp) {
        guard let at = callers.index(forKey: key) else { return }
        callers.values[at].reachedAt = max(callers.values[at].reachedAt ?? time, time)
    }

    mutating func noteCustomer(_ customer: Int64, of key: UInt64) {
        guard let at = callers.index(forKey: key) else { return }
        callers.values[at].customer = customer
    }

    /// A contact with a customer reaches the callers that are this customer.
    mutating func noteReached(customer: Int64, at time: Timestamp) {
        for key in abandoners where callers[key]?.customer == customer { noteReached(key, at: time) }
    }

    /// How many calls this number made in the 24 h up to `time`, the one at `time` included.
    func calls(from key: UInt64, upTo time: Timestamp) -> Int {
        callers[key].map { $0.calls.lazy.filter { $0.start <= time && time - $0.start <= CallerMemory.repeatWindow }.count } ?? 0
    }

    /// The newest abandoned call of this number, if nobody has reached the caller since.
    func due(from key: UInt64) -> Entry.Abandoned? { callers[key].flatMap(due) }

    private func due(_ caller: Caller) -> Entry.Abandoned? {
        guard let last = caller.calls.last(where: { $0.outcome.abandoned != nil })?.outcome.abandoned else { return nil }
        return lastReached(caller).map { $0 >= last.at } == true ? nil : last
    }

    /// When the caller was last reached, in either direction.
    private func lastReached(_ caller: Caller) -> Timestamp? { (caller.calls.compactMap(\.outcome.answeredAt) + (caller.reachedAt.map { [$0] } ?? [])).max() }

    /// Callers abandoned and not reached since, with the oldest abandon of each.
    func allDue() -> [Entry.Abandoned] {
        abandoners.compactMap { key in callers[key].flatMap(due) }
    }

    /// Who waits to be called back, with every try since the caller was last reached: the one that waits longest first.
    func callbacks() -> [Callback] {
        abandoners.compactMap { key in
            guard let caller = callers[key], due(caller) != nil else { return nil }
            let reached = lastReached(caller)
            let tries = caller.calls.compactMap { entry -> Callback.Try? in
                guard let abandoned = entry.outcome.abandoned, reached.map({ abandoned.at > $0 }) ?? true else { return nil }
                return Callback.Try(call: entry.call, at: abandoned.at, queue: abandoned.queue, tier: abandoned.tier, waited: abandoned.waited)
            }
            return Callback(e164: "+\(key)", customer: caller.customer, tries: tries)
        }.sorted { ($0.tries.first?.at.ms ?? 0, $0.e164) < ($1.tries.first?.at.ms ?? 0, $1.e164) }
    }

    /// The customer that a number was last known to be.
    func customer(of key: UInt64) -> Int64? { callers[key]?.customer }

    /// Forgets what no figure needs any more.
    mutating func forget(now: Timestamp) {
        var kept: [UInt64: Caller] = [:]
        var keptAbandoners: Set<UInt64> = []
        for (key, var caller) in callers {
            let isDue = due(caller).map { now - $0.at <= CallerMemory.callbackWindow } ?? false
            if !isDue { caller.calls.removeAll { now - $0.start > CallerMemory.repeatWindow } }
            if caller.calls.isEmpty { continue }
            kept[key] = caller
            if caller.calls.contains(where: { $0.outcome.abandoned != nil }) { keptAbandoners.insert(key) }
        }
        callers = kept
        abandoners = keptAbandoners
    }
}
