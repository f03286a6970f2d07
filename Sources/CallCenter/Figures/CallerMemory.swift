/// Recent callers by number: for the repeat rate, repeat callers, and due callbacks.
public struct CallerMemory: Equatable, Sendable {
    /// metrics.md: "calls whose caller also called within the last 24 h".
    static let repeatWindow: Int64 = 24 * 3_600_000
    /// How long a caller who gave up is listed to be called back. Who asked for it is listed until reached.
    /// Milliseconds: a week.
    static let callbackWindow: Int64 = 7 * 24 * 3_600_000

    /// One call from a number.
    public struct Entry: Equatable, Sendable {
        /// The call's own number.
        var call: Int64
        /// When the call began. Event time.
        var start: Timestamp
        var outcome = Outcome()

        /// A caller who gave up or asked to be called back: when, in which queue, after how long.
        public struct Lost: Equatable, Sendable {
            /// Whether the caller gave up, or asked.
            var kind: Callback.Kind
            /// When the caller gave up, or asked. Event time.
            var at: Timestamp
            /// The queue in which the caller waited.
            var queue: String
            /// The caller's tier at that time.
            var tier: String
            /// Milliseconds.
            var waited: Int64
        }
    }

    /// The results of a call's visits that matter for calling back. Most calls have one visit: the arrays are then
    /// empty and need no heap memory.
    struct Outcome: Equatable, Sendable {
        /// The newest visit of which the caller gave up or asked to be called back.
        var lost: Entry.Lost?
        /// Those before it, oldest first.
        var lostBefore: [Entry.Lost] = []
        /// When it was answered first.
        var answeredAt: Timestamp?
        /// Answer times of its later visits.
        var answeredAgain: [Timestamp] = []

        var allLost: [Entry.Lost] { lost.map { lostBefore + [$0] } ?? [] }
    }

    struct Caller: Equatable, Sendable {
        /// By start.
        var calls: [Entry] = []
        /// Calls that operators dialed to this number, by start.
        var tries: [Callback.Try] = []
        /// Times at which the caller was reached on another channel, or reported as reached; ascending.
        var reached: [Timestamp] = []
        var customer: Int64?
        /// Which operator calls back.
        var claim: Callback.Claim?
    }

    /// A contact with a customer. It counts as reaching all callers that are this customer, whatever number they called
    /// from.
    struct Contact: Equatable, Sendable {
        var customer: Int64
        var at: Timestamp
    }

    private(set) var callers: [UInt64: Caller] = [:]
    /// By id: the number of a dialed call, or the negative log position of another contact.
    private(set) var contacts: [Int64: Contact] = [:]
    private var contactsOf: [Int64: Set<Int64>] = [:]
    /// Exactly the callers with a lost call: due callbacks are found without a search through all callers.
    private var abandoners: Set<UInt64> = []

    /// The digits of an E.164 number as an integer, and the key of what stands in place of an erased one; nil for
    /// anything else.
    static func key(_ e164: String) -> UInt64? {
        guard e164.utf8.first == UInt8(ascii: "+"), 2...16 ~= e164.utf8.count else { return ErasedCaller.key(e164) }
        var text = e164
        return text.withUTF8 { text in
            var key: UInt64 = 0
            for i in 1..<text.count {
                guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= text[i] else { return nil }
                key = key &* 10 &+ UInt64(text[i] &- UInt8(ascii: "0"))
            }
            return key
        }
    }

    /// The number, or what stands in its place.
    private static func text(_ key: UInt64) -> String {
        ErasedCaller.isOne(key) ? ErasedCaller.text(key: key) : "+\(key)"
    }

    /// Gives what is known of a caller another key. What the other key has already stays.
    mutating func move(_ old: UInt64, to new: UInt64) {
        guard let caller = callers.removeValue(forKey: old) else { return }
        if abandoners.remove(old) != nil { abandoners.insert(new) }
        guard var known = callers[new] else { return callers[new] = caller }
        known.calls = (known.calls + caller.calls).sorted { ($0.start, $0.call) < ($1.start, $1.call) }
        known.tries = (known.tries + caller.tries).sorted { $0.at < $1.at }
        known.reached = Array(Set(known.reached + caller.reached)).sorted()
        known.customer = caller.customer ?? known.customer
        known.claim = caller.claim ?? known.claim
        callers[new] = known
    }

    /// Inserts a caller that was stored in a checkpoint.
    mutating func restore(_ caller: Caller, _ key: UInt64) {
        callers[key] = caller
        noteAbandoner(key)
    }

    /// Records a call. Returns the calls whose repeat flag may have changed, this one first.
    mutating func note(call: Int64, from key: UInt64, at start: Timestamp) -> [(call: Int64, isRepeat: Bool)] {
        var caller = Caller(), hadLost = false
        if let at = callers.index(forKey: key) { swap(&callers.values[at], &caller) }
        caller.calls.removeAll { entry in
            guard entry.call == call else { return false }
            hadLost = entry.outcome.lost != nil
            return true
        }
        let i = caller.calls.firstIndex { $0.start > start } ?? caller.calls.count
        caller.calls.insert(Entry(call: call, start: start), at: i)
        var changed = [(call: call, isRepeat: isRepeat(caller, i))]
        if i + 1 < caller.calls.count { changed.append((caller.calls[i + 1].call, isRepeat(caller, i + 1))) }
        callers[key] = caller
        if hadLost { noteAbandoner(key) }
        return changed
    }

    /// After one of the caller's calls may have been lost no longer.
    private mutating func noteAbandoner(_ key: UInt64) {
        let isOne = callers[key]?.calls.contains { $0.outcome.lost != nil } ?? false
        if isOne { abandoners.insert(key) } else { abandoners.remove(key) }
    }

    private func isRepeat(_ caller: Caller, _ i: Int) -> Bool {
        i > 0 && caller.calls[i].start - caller.calls[i - 1].start <= CallerMemory.repeatWindow
    }

    mutating func note(_ outcome: Outcome, ofCall call: Int64, from key: UInt64) {
        guard let at = callers.index(forKey: key),
            let i = callers.values[at].calls.lastIndex(where: { $0.call == call })
        else { return }
        let wasLost = callers.values[at].calls[i].outcome.lost != nil
        callers.values[at].calls[i].outcome = outcome
        if outcome.lost != nil { abandoners.insert(key) } else if wasLost { noteAbandoner(key) }
    }

    /// Records a dialed call, or its result.
    mutating func note(_ made: Callback.Try, to key: UInt64) {
        var caller = Caller()
        if let at = callers.index(forKey: key) { swap(&callers.values[at], &caller) }
        caller.tries.removeAll { $0.call == made.call }
        let i = caller.tries.firstIndex { $0.at > made.at } ?? caller.tries.count
        caller.tries.insert(made, at: i)
        callers[key] = caller
    }

    /// Sets or removes the claim of an operator.
    mutating func note(_ claim: Callback.Claim?, of key: UInt64) {
        guard let at = callers.index(forKey: key) else { return }
        callers.values[at].claim = claim
    }

    /// Records that the caller was reached. The calls of this number may not be known yet, as their events may be late.
    mutating func noteReached(_ key: UInt64, at time: Timestamp) {
        var times = callers[key]?.reached ?? []
        if times.contains(time) { return }
        times.insert(time, at: times.firstIndex { $0 > time } ?? times.count)
        callers[key, default: Caller()].reached = times
    }

    mutating func noteCustomer(_ customer: Int64?, of key: UInt64) {
        guard let at = callers.index(forKey: key) else { return }
        callers.values[at].customer = customer
    }

    /// Records a contact with a customer, replacing the one with the same id; nil removes it.
    mutating func note(_ contact: Contact?, id: Int64) {
        let before = contacts.updateOptional(contact, forKey: id)
        if before == contact { return }
        if let before {
            contactsOf[before.customer]?.remove(id)
            if contactsOf[before.customer]?.isEmpty == true { contactsOf[before.customer] = nil }
        }
        if let contact { contactsOf[contact.customer, default: []].insert(id) }
    }

    /// How many calls this number made in the 24 h up to `time`, the one at `time` included.
    func calls(from key: UInt64, upTo time: Timestamp) -> Int {
        callers[key].map {
            $0.calls.lazy.filter { $0.start <= time && time - $0.start <= CallerMemory.repeatWindow }.count
        } ?? 0
    }

    /// The newest lost call of this number, if nobody has reached the caller since.
    func due(from key: UInt64) -> Entry.Lost? { abandoners.contains(key) ? callers[key].flatMap(due) : nil }

    /// The calls of this number that were lost in the 24 h up to `time` and since the caller was last reached, oldest
    /// first.
    func lost(from key: UInt64, upTo time: Timestamp) -> [Entry.Lost] {
        guard let caller = callers[key] else { return [] }
        let reached = lastReached(caller)
        return lostCalls(caller).map(\.lost).filter { lost in
            lost.at <= time && time - lost.at <= CallerMemory.repeatWindow && reached.map { lost.at > $0 } ?? true
        }
    }

    private func lostCalls(_ caller: Caller) -> [(call: Int64, lost: Entry.Lost)] {
        caller.calls.flatMap { entry in entry.outcome.allLost.map { (entry.call, $0) } }
    }

    private func due(_ caller: Caller) -> Entry.Lost? {
        guard let last = lostCalls(caller).max(by: { $0.lost.at < $1.lost.at })?.lost else { return nil }
        return lastReached(caller).map { $0 >= last.at } == true ? nil : last
    }

    /// When the caller was reached, in either direction.
    private func reaches(_ caller: Caller) -> [Timestamp] {
        var times = caller.calls.compactMap(\.outcome.answeredAt)
        for entry in caller.calls { times += entry.outcome.answeredAgain }
        times += caller.tries.compactMap(\.reachedAt)
        times += caller.reached
        if let customer = caller.customer, let ids = contactsOf[customer] {
            times += ids.compactMap { contacts[$0]?.at }
        }
        return times
    }

    private func lastReached(_ caller: Caller) -> Timestamp? { reaches(caller).max() }

    /// Callers lost and not reached since, with the newest lost call of each.
    func allDue() -> [Entry.Lost] {
        abandoners.compactMap { key in callers[key].flatMap(due) }
    }

    /// The due callbacks, the longest waiting first.
    func callbacks() -> [Callback] { callbacks { due($0) != nil } }

    /// Who was called back or reached otherwise after `time`, the oldest lost call first.
    func callbacksDone(after time: Timestamp) -> [Callback] {
        callbacks { caller in doneAt(caller).map { $0 > time } ?? false }
    }

    /// When a caller who had been lost was reached; nil for one who was not lost, or is due. What came after it is
    /// another matter.
    private func doneAt(_ caller: Caller) -> Timestamp? {
        guard let newest = lostCalls(caller).map(\.lost.at).max() else { return nil }
        return reaches(caller).filter { $0 >= newest }.min()
    }

    private func callbacks(where isWanted: (Caller) -> Bool) -> [Callback] {
        abandoners.compactMap { key in
            guard let caller = callers[key], isWanted(caller) else { return nil }
            return callback(caller, key)
        }.sorted { ($0.calls.first?.at.ms ?? 0, $0.e164) < ($1.calls.first?.at.ms ?? 0, $1.e164) }
    }

    /// The lost calls since the caller was last reached, with what was done about them; of one who was reached, those
    /// before that.
    private func callback(_ caller: Caller, _ key: UInt64) -> Callback? {
        let times = reaches(caller).sorted()
        guard let newest = lostCalls(caller).map(\.lost.at).max() else { return nil }
        let reachedAt = times.first { $0 >= newest }
        let before = times.last { $0 < newest }
        let calls = lostCalls(caller).filter { one in before.map { one.lost.at > $0 } ?? true }.map { one in
            Callback.Lost(
                kind: one.lost.kind, call: one.call, at: one.lost.at, queue: one.lost.queue, tier: one.lost.tier,
                waited: one.lost.waited)
        }.sorted { ($0.at, $0.call) < ($1.at, $1.call) }
        guard let first = calls.first else { return nil }
        let tries = caller.tries.filter { $0.at >= first.at && (reachedAt == nil || $0.at <= (reachedAt ?? $0.at)) }
        let claim = caller.claim.flatMap { claim in claim.since >= first.at ? claim : nil }
        return Callback(
            e164: CallerMemory.text(key), customer: caller.customer, calls: calls, tries: tries, claim: claim,
            reachedAt: reachedAt)
    }

    /// The callback of this number that is due; nil when none is.
    func callback(from key: UInt64) -> Callback? {
        guard let caller = callers[key], due(caller) != nil else { return nil }
        return callback(caller, key)
    }

    /// The customer that a number was last known to be.
    func customer(of key: UInt64) -> Int64? { callers[key]?.customer }

    /// Whether the caller asked to be called back, and was not reached since: it is a promise, however old.
    private func wasPromised(_ caller: Caller) -> Bool {
        let reached = lastReached(caller)
        return lostCalls(caller).contains { one in
            one.lost.kind == .requested && reached.map { one.lost.at > $0 } ?? true
        }
    }

    /// Removes entries that no figure needs any more.
    mutating func evict(now: Timestamp) {
        var kept: [UInt64: Caller] = [:]
        var keptAbandoners: Set<UInt64> = []
        for (key, var caller) in callers {
            let isDue =
                due(caller).map { now - $0.at <= CallerMemory.callbackWindow || wasPromised(caller) } ?? false
            // Who was called back is listed for a day from then on, however long before that the call was lost.
            let isDoneLately = doneAt(caller).map { now - $0 <= CallerMemory.repeatWindow } ?? false
            if !isDue, !isDoneLately {
                caller.calls.removeAll { now - $0.start > CallerMemory.repeatWindow }
                caller.tries.removeAll { now - $0.at > CallerMemory.repeatWindow }
                caller.reached.removeAll { now - $0 > CallerMemory.repeatWindow }
            }
            if caller.calls.isEmpty, caller.tries.isEmpty, caller.reached.isEmpty { continue }
            kept[key] = caller
            if caller.calls.contains(where: { $0.outcome.lost != nil }) { keptAbandoners.insert(key) }
        }
        callers = kept
        abandoners = keptAbandoners
        for (id, contact) in contacts where now - contact.at > CallerMemory.callbackWindow { note(nil, id: id) }
    }
}

extension Dictionary {
    /// Sets or removes; returns what was there.
    fileprivate mutating func updateOptional(_ value: Value?, forKey key: Key) -> Value? {
        guard let value else { return removeValue(forKey: key) }
        return updateValue(value, forKey: key)
    }
}
