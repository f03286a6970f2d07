import CallCenter
import Testing

@testable import Storage

/// Calls that are over, as the core evicts them.
func archived(_ count: Int, customer card: CustomerCard?, from start: Timestamp = morning) -> [Call] {
    var centre = Centre(policy: Policy()), effects: [Effect] = [], seq: Int64 = 0
    func lookup() -> Lookup {
        Lookup(
            caller: CallerNumber(
                kind: .number, raw: "09000000001", e164: "+819000000001", display: "090-0000-0001", region: "JP"),
            candidates: card.map { [Candidate(customer: $0)] } ?? [])
    }
    func apply(_ body: Event.Body, at ms: Int64, _ lookup: Lookup? = nil) {
        seq += 1
        _ = centre.apply(
            Event(source: "pbx", time: start + ms, body: body), seq: seq, now: start + ms, lookup: lookup,
            effects: &effects)
    }
    apply(.operator("101", .login(name: nil, device: nil, queues: nil)), at: 0)
    for i in 0..<Int64(count) {
        let id = "c\(i)", at = 1_000 + i * 60_000
        apply(.call(id, .offered(.init(from: "09000000001", to: "+81300000000", queue: "support"))), at: at, lookup())
        apply(.call(id, .queued(queue: "support", position: nil, priority: nil)), at: at + 100)
        if i % 3 != 0 {
            apply(.call(id, .ringing(operator: "101", device: nil)), at: at + 200)
            apply(.call(id, .answered(operator: "101")), at: at + 5_200)
        }
        apply(.call(id, .ended(by: .caller, cause: nil)), at: at + 20_000)
    }
    apply(.pbxConnected, at: Int64(count) * 60_000 + Centre.lingerMax + 60_000)
    return effects.compactMap { if case .history(.call(let gone)) = $0 { gone.call } else { nil } }
}

/// Everything that is shown of a call, to compare.
struct Shown: Equatable {
    var key: CallKey
    var number: Int64
    var facts: [CallFact]
    var visits: [Visit]
    var legs: [Leg]
    var endedAt: Timestamp?
    var endedBy: EndedBy?
    var outcome: Outcome?
    var flags: [Bool]
    var offered: CallEvent.Offered?
    var lookup: Lookup?
    var customer: CustomerCard?
    var ranking: [Int]
    var decision: Decision?
    var alerts: [AlertKind]
    var texts: [String?]

    init(_ call: Call) {
        key = call.key
        number = call.number
        facts = call.facts
        visits = call.life.visits
        legs = call.life.legs
        endedAt = call.life.endedAt
        endedBy = call.life.endedBy
        outcome = call.life.outcome
        flags = [call.isPartial, call.life.isOver, call.life.openVisit == nil]
        offered = call.offered
        lookup = call.lookup
        customer = call.customer
        ranking = call.ranking
        decision = call.decision
        alerts = call.alerts
        texts = [call.tier, call.transferredFrom, call.noteDraft]
    }
}

@Suite struct HistoryTests {
    let directory: StateDirectory
    let store: CustomerStore

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
    }

    func all(
        below: Int64? = nil, from: Timestamp? = nil, to: Timestamp? = nil, customer: Int64? = nil, limit: Int = .max
    ) throws -> [Shown] {
        var found: [Shown] = []
        try store.calls(below: below, CallSpan(lastedUntil: from, beganBefore: to), customer: customer) {
            found.append(Shown($0))
            return found.count < limit
        }
        return found
    }

    @Test func keepingTwiceIsKeepingOnce() throws {
        let one = try store.create(fields("山田", phones: ["090-0000-0001"]), at: morning)
        let calls = archived(9, customer: one.card)
        #expect(calls.count == 9)
        let contact = TouchpointEntry(
            id: 4_095, customer: one.id, touchpoint: Touchpoint(at: morning - 5, channel: "email", summary: "件名"))
        try store.write(calls: calls.map { CallRow($0) }, touchpoints: [contact])
        let reader = try CustomerReader(directory: directory.path)
        let history = try store.history(customer: one.id, limit: 100),
            candidates = try reader.candidates(customer: one.id)
        for _ in 0..<2 { try store.write(calls: calls.map { CallRow($0) }, touchpoints: [contact]) }
        #expect(try all() == calls.reversed().map(Shown.init))
        #expect(try store.history(customer: one.id, limit: 100) == history)
        #expect(history.count == 10)
        #expect(history.last == contact.touchpoint)
        #expect(try reader.candidates(customer: one.id) == candidates)
        // The calls that were answered, newest first.
        let talks = try #require(candidates.first?.talks)
        #expect(talks.count == 5)
        #expect(talks.map(\.at) == talks.map(\.at).sorted(by: >))
        #expect(
            talks.first
                == .init(
                    operator: "101", at: morning + 1_000 + 8 * 60_000 + 5_200, line: "+81300000000",
                    number: "+819000000001"))
    }

    /// Figures may be written again after a crash; later figures of the same interval are added.
    @Test func figuresAreKeptOnceAndAddedUp() throws {
        func past(_ answered: Int64, at forgottenAt: Timestamp) throws -> PastFigures {
            var numbers = QueueFigures().numbers
            (numbers[0], numbers[1], numbers[24]) = (answered, answered, -7)
            let place = Ledger.Place(start: morning, queue: "support", tier: "vip", line: "0300000000")
            var past = PastFigures(
                forgottenAt: forgottenAt, queues: [place: try #require(QueueFigures(numbers: numbers))])
            past.operators["101"] = [
                morning: try #require(OperatorFigures(numbers: [answered, 0, 0, 60_000, 0, 0, 0, 90_000]))
            ]
            past.gaps = [
                .init(source: "pbx", from: morning - 5, to: morning + 5),
                .init(source: "other", from: morning, to: nil),
            ]
            return past
        }
        let first = try past(3, at: morning + 10), second = try past(4, at: morning + 20)
        for _ in 0..<2 { try store.write([first, second]) }
        func read(
            from: Timestamp = morning, to: Timestamp = morning + 1, through: Timestamp = morning + 99,
            without: Set<Timestamp> = []
        ) throws -> PastFigures {
            try store.figures(from: from, to: to, forgottenThrough: through, without: without)
        }
        let all = try read()
        #expect(all.queues.count == 1)
        #expect(all.queues.keys.first == first.queues.keys.first)
        #expect(all.queues.values.first?.answered == 7)
        #expect(all.queues.values.first?.wrapUp == -14)
        #expect(all.operators["101"]?[morning]?.talk == 120_000)
        #expect(Set(all.gaps.map(\.source)) == ["pbx", "other"])
        #expect(try read(through: morning + 10).queues == first.queues)
        #expect(try read(without: [morning + 10]).queues == second.queues)
        #expect(try read(from: morning + 1, to: morning + 2).queues.isEmpty)
    }

    @Test func aCallComesBackAsItWas() throws {
        let calls = archived(4, customer: CustomerCard(id: 7, name: "山田"))
        try store.write(calls: calls.map { CallRow($0) }, touchpoints: [])
        for call in calls { #expect(try store.calls(id: call.key.call).map(Shown.init) == [Shown(call)]) }
        #expect(try store.calls(id: "none").isEmpty)
        #expect(try CustomerStore.open(directory: directory.path).calls(id: "c2").map(Shown.init) == [Shown(calls[2])])
    }

    @Test func pagesHaveEveryCallOnce() throws {
        let calls = archived(1_203, customer: nil)
        try store.write(calls: calls.map { CallRow($0) }, touchpoints: [])
        let newestFirst = calls.reversed().map(Shown.init)
        #expect(try all() == newestFirst)
        #expect(try all(limit: 1_001).count == 1_001)
        var paged: [Shown] = [], below: Int64?
        while true {
            let page = try all(below: below, limit: 250)
            if page.isEmpty { break }
            paged += page
            below = page.last?.number
        }
        #expect(paged == newestFirst)
    }

    @Test func filtersLeaveTheOthersOut() throws {
        let known = archived(6, customer: CustomerCard(id: 7, name: "山田"))
        try store.write(calls: known.map { CallRow($0) }, touchpoints: [])
        #expect(try all(customer: 7).count == 6)
        #expect(try all(customer: 8) == [])
        let from = try #require(known[2].startedAt), to = try #require(known[4].startedAt)
        // From is within, to is not.
        #expect(try all(from: from, to: to) == [known[3], known[2]].map(Shown.init))
        #expect(try all(below: known[2].number) == [known[1], known[0]].map(Shown.init))
    }

    /// A start after a crash writes remarks again: what was replaced meanwhile does not come back.
    @Test func whatIsFinishedLaterReplacesWhatWasNot() throws {
        let customer = try store.create(fields("山田", phones: ["090-0000-0001"]), at: morning)
        var card = CustomerCard(id: customer.id, name: "山田")
        card.tier = "regular"
        let call = try #require(archived(1, customer: card).first)
        try store.write(calls: [CallRow(call)], touchpoints: [])
        func remark(_ seq: Int64, _ text: String, unfinished: Bool, whole: Bool) -> (remark: Remark, of: CallKey) {
            (
                Remark(seq: seq, at: morning, by: "101", what: .note(text), isUnfinished: unfinished, isWhole: whole),
                call.key
            )
        }
        let typed = remark(50, "half", unfinished: true, whole: false),
            more = remark(51, "half a note", unfinished: true, whole: false)
        let done = remark(52, "done", unfinished: false, whole: true),
            other = remark(53, "another", unfinished: false, whole: false)
        try store.write([typed, more])
        #expect(try store.calls(id: call.key.call).first?.notes == ["half a note"])
        #expect(try store.calls(id: call.key.call).first?.writings.map(\.state) == [.unfinished])
        try store.write([done, other])
        try store.write([typed, more, done])
        #expect(try store.calls(id: call.key.call).first?.notes == ["done", "another"])
        #expect(try store.history(customer: customer.id, limit: 9).map(\.summary) == ["done · another"])
    }

    @Test func aNoteIsNoContact() throws {
        let customer = try store.create(fields("山田", phones: ["090-0000-0001"]), at: morning)
        func entry(_ seq: Int64, _ channel: String) -> TouchpointEntry {
            let touchpoint = Touchpoint(
                at: morning + seq, channel: channel, operator: "101", summary: "\(channel) \(seq)")
            return TouchpointEntry(id: TouchpointEntry.id(seq: seq), customer: customer.id, touchpoint: touchpoint)
        }
        try store.write(
            calls: [], touchpoints: [entry(1, "visit"), entry(2, Touchpoint.note), entry(3, Touchpoint.note)])
        #expect(try store.customer(customer.id)?.lastContact == morning + 1)
        #expect(try store.history(customer: customer.id, limit: 9).count == 3)
        #expect(
            try store.notes(on: customer.id, below: nil, limit: 9).map(\.touchpoint.summary) == ["note 3", "note 2"])
        let third = ItemPlace(at: (morning + 3).ms, id: TouchpointEntry.id(seq: 3))
        #expect(
            try store.notes(on: customer.id, below: third, limit: 9).map(\.touchpoint.summary) == ["note 2"])
    }

    @Test func anUnknownCallerLeavesNoContact() throws {
        try store.write(calls: archived(3, customer: nil).map { CallRow($0) }, touchpoints: [])
        #expect(try all().count == 3)
        #expect(try store.history(customer: 0, limit: 10) == [])
    }

    /// Written at its end, and again when it turns out to be somebody else's or to have begun earlier: one record has
    /// it, once.
    @Test func aCallThatChangesMovesToWhereItBelongs() throws {
        let one = try store.create(fields("山田", phones: ["090-0000-0001"]), at: morning)
        let other = try store.create(fields("鈴木", phones: ["090-0000-0002"]), at: morning)
        let first = try #require(archived(1, customer: one.card).first),
            moved = try #require(archived(1, customer: other.card).first)
        let earlier = try #require(archived(1, customer: other.card, from: morning - 60_000).first)
        #expect(first.number == moved.number && first.number == earlier.number)
        for _ in 0..<2 { try store.write(calls: [CallRow(first)], touchpoints: []) }
        #expect(try store.history(customer: one.id, limit: 9).count == 1)
        for _ in 0..<2 { try store.write(calls: [CallRow(moved)], touchpoints: []) }
        #expect(
            try store.history(customer: one.id, limit: 9).isEmpty
                && store.history(customer: other.id, limit: 9).count == 1)
        try store.write(calls: [CallRow(earlier)], touchpoints: [])
        #expect(try store.history(customer: other.id, limit: 9).map(\.at) == [morning - 59_000])
        #expect(try all().count == 1)
    }
}
