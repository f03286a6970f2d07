import CallCenter
import SQLite
import Testing

@testable import Storage

/// Lists that somebody works through: who is in them, and what is done with their entries.
@Suite struct ListTests {
    static let day: Int64 = 86_400_000
    static let today = morning.ms / day
    static let rules = ListRules(
        notCounted: ["returned"], complaints: ["angry"], longWait: 60_000, currency: "JPY")
    static let clock = ListClock(
        now: morning, today: today, dormantBefore: morning - 180 * day, expiringDays: 60,
        riskSince: morning - 90 * day,
        cases: CaseClock(now: morning, stalledBefore: morning - 3 * day, riskBefore: morning + 1_000), best: 5,
        againBefore: morning - 90 * day)

    let directory: StateDirectory
    let store: CustomerStore
    let log = MemoryChangeLog()
    let writer: RecordWriter

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        writer = RecordWriter(store, log: log)
    }

    // MARK: Making customers

    func customer(_ name: String, _ change: (inout CustomerFields) -> Void = { _ in }) throws -> Int64 {
        try writer.create(fields(name, change), by: .command, at: morning).id
    }

    func buy(
        _ customer: Int64, _ amount: String, daysAgo: Int64, state: String = "ordered", _ what: String = "p"
    ) throws {
        var one = Purchase(at: DayOrTime(days: Int(Self.today - daysAgo)), product: what, state: state)
        one.amount = ItemTests.decimal(amount)
        one.currency = "JPY"
        _ = try writer.add(.purchase(one), to: customer, by: .command, at: morning)
    }

    func agree(_ customer: Int64, endsIn days: Int64, _ renews: Contract.Renewal? = nil) throws {
        var one = Contract(service: "保守")
        one.expires = DayOrTime(days: Int(Self.today + days))
        one.renews = renews
        _ = try writer.add(.contract(one), to: customer, by: .command, at: morning)
    }

    /// A call as the history writes it.
    func call(
        _ customer: Int64, daysAgo: Int64, _ outcome: String = "answered", waited: Int64 = 1_000, _ code: String = "",
        id: Int64 = .random(in: 1...1_000_000_000)
    ) throws {
        let at = (morning - daysAgo * Self.day).ms, answered = outcome == "answered" ? "\(at + waited)" : "NULL"
        try store.with { state throws(SQLiteError) in
            try state.database.run(
                """
                INSERT INTO touchpoint(customer, at, id, channel, direction, answered_at, summary, outcome) \
                VALUES(\(customer), \(at), \(id), 'phone', 'inbound', \(answered), '\(code)', '\(outcome)')
                """)
        }
    }

    func refresh() throws { while try store.refreshFacts(Self.rules, count: 3) {} }

    func customers(_ list: BuiltInList, order: ListOrder? = nil, days: Int64? = nil) throws -> [Int64] {
        try refresh()
        return try store.entries(
            of: .builtIn(list), Self.clock, order: order, days: days, limit: 100
        ).map(\.customer)
    }

    // MARK: The built-in lists

    @Test func dormantCustomersAreSortedInThreeWays() throws {
        let old = try customer("A"), middle = try customer("B"), new = try customer("C"), none = try customer("D")
        try call(old, daysAgo: 400)
        for days in [200, 210, 220] { try call(middle, daysAgo: Int64(days)) }
        try call(new, daysAgo: 179)
        try buy(old, "100", daysAgo: 300)
        #expect(try customers(.dormant) == [old, middle], "the longest silence first")
        #expect(try customers(.dormant, order: .spend) == [old, middle])
        #expect(try customers(.dormant, order: .frequency) == [middle, old])
        // A contact ends it, and a note is none.
        _ = try writer.add(.note(Note(at: morning, text: "x")), to: middle, by: .command, at: morning)
        #expect(try customers(.dormant) == [old, middle])
        _ = try writer.add(.contact(Contact(at: morning, channel: "visit")), to: old, by: .command, at: morning)
        #expect(try customers(.dormant) == [middle])
        #expect(try store.facts(of: none) == nil)
    }

    @Test func contractsThatEndAreThere() throws {
        let soon = try customer("A"), today = try customer("B"), late = try customer("C"), past = try customer("D")
        let renewed = try customer("E")
        try agree(soon, endsIn: 12)
        try agree(soon, endsIn: 50)
        try agree(today, endsIn: 0, .no)
        try agree(late, endsIn: 61)
        try agree(past, endsIn: -1)
        try agree(renewed, endsIn: 5, .yes)
        #expect(try customers(.expiring) == [today, soon])
        #expect(try customers(.expiring, days: 61) == [today, soon, late])
        #expect(try customers(.expiring, days: 11) == [today])
        let entry = try #require(try store.entry(of: soon, in: .builtIn(.expiring), Self.clock))
        #expect(entry.key == Self.today + 12 && entry.service == "保守")
        let item = try #require(try store.items(.contract, of: today, below: nil, limit: 1).first)
        try writer.delete(item: item.id, .contract, of: today, expected: nil, by: .command, at: morning)
        #expect(try customers(.expiring) == [soon])
    }

    @Test func anExpectedPurchaseThatDidNotComeIsMissed() throws {
        let late = try customer("A"), later = try customer("B"), fine = try customer("C")
        for days in [100, 70, 40] { try buy(late, "10", daysAgo: Int64(days)) }
        for days in [400, 300] { try buy(later, "10", daysAgo: Int64(days)) }
        for days in [40, 10] { try buy(fine, "10", daysAgo: Int64(days)) }
        #expect(try customers(.overduePurchase) == [late, later], "the one that was missed last first")
        #expect(try store.facts(of: late)?.expected == Self.today - 10)
        // One that was returned is none.
        try buy(late, "10", daysAgo: 1, state: "returned")
        #expect(try customers(.overduePurchase) == [late, later])
        try buy(late, "10", daysAgo: 0)
        #expect(try customers(.overduePurchase) == [later])
    }

    @Test func whoIsAtRiskIsThereWithTheReasons() throws {
        let angry = try customer("A"), late = try customer("B"), lost = try customer("C"), fine = try customer("D")
        let again = try customer("E")
        try call(angry, daysAgo: 3, "answered", waited: 61_000, "angry · said so")
        _ = try writer.open(
            .promise, "折り返す", of: late, owner: "101", due: morning - 1, by: nil, author: .command,
            at: morning - 5 * Self.day)
        _ = try writer.open(
            .case, "故障", of: late, owner: nil, due: nil, by: nil, author: .command, at: morning - 5 * Self.day)
        try call(lost, daysAgo: 2, "abandoned")
        try call(fine, daysAgo: 91, "answered", waited: 1_000, "angry")
        try call(again, daysAgo: 5, "abandoned")
        try call(again, daysAgo: 4)
        #expect(try customers(.atRisk) == [angry, late, lost])
        func risks(_ customer: Int64) throws -> Risks {
            Risks(rawValue: try #require(try store.entry(of: customer, in: .builtIn(.atRisk), Self.clock)).key)
        }
        #expect(try risks(angry) == [.complaint, .longWait])
        #expect(try risks(late) == [.overdue, .unansweredCase])
        #expect(try risks(lost) == .unansweredCall)
        for one in try store.openCases(of: late) { _ = try store.close(one.id, by: nil, at: morning) }
        #expect(try customers(.atRisk) == [angry, lost])
    }

    @Test func theBestAreThoseWhoSpentMost() throws {
        var all: [Int64] = []
        for n in 1...7 {
            let one = try customer("\(n)") { $0.tier = n > 4 ? "vip" : "regular" }
            all.append(one)
            try buy(one, "\(n)000.50", daysAgo: 10, n > 4 ? "machine" : "filters")
        }
        #expect(try customers(.best) == [7, 6, 5, 4, 3].map { all[$0 - 1] })
        let list = ListSource.builtIn(.best)
        // Page by page it is the same.
        let first = try store.entries(of: list, Self.clock, limit: 2)
        let second = try store.entries(of: list, Self.clock, after: first.last?.place, limit: 9)
        #expect(try customers(.best) == (first + second).map(\.customer))
        #expect(DecimalSum(micros: first[0].facts.spent).text == "7000.5")
        let traits = try store.traits(of: list, Self.clock, hidden: [], notCounted: [], limit: 4)
        #expect(traits.size == 5 && traits.restSize == 2 && !traits.isSample)
        #expect(
            traits.traits.first { $0.field == "product" && $0.value == "machine" }
                == SharedTrait(field: "product", value: "machine", count: 3, restCount: 0))
        #expect(traits.traits.contains { $0.field == "tier" && $0.value == "vip" && $0.count == 3 })
    }

    /// What SQL finds by the kept facts is what the pure rules say of each customer.
    @Test(arguments: 0..<6) func listsAreWhatTheRulesSay(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let ids = try (0..<12).map { try customer("c\($0)") }
        for step in 0..<80 {
            let who = ids[Int.random(in: 0..<ids.count, using: &random)]
            let days = Int64.random(in: 0...400, using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0, 1:
                let outcome = ["answered", "abandoned"].randomElement(using: &random) ?? ""
                try call(
                    who, daysAgo: days, outcome, waited: .random(in: 0...120_000, using: &random),
                    Bool.random(using: &random) ? "angry" : "", id: Int64(step + 1))
            case 2, 3: try buy(who, "\(step)", daysAgo: days, state: step % 5 == 0 ? "returned" : "ordered")
            case 4: try agree(who, endsIn: days - 200)
            default:
                let kind = CustomerItem.Kind.allCases[step % 4]
                let item = try store.items(kind, of: who, below: nil, limit: 9).randomElement(using: &random)
                guard let item else { break }
                try writer.delete(item: item.id, kind, of: who, expected: nil, by: .command, at: morning)
            }
            if step % 20 == 0 { try refresh() }
        }
        try refresh()
        var facts: [Int64: CustomerFacts] = [:], ends: [Int64: Int64] = [:]
        for who in ids {
            var purchases: [Purchase] = []
            for item in try store.items(.purchase, of: who, below: nil, limit: 999) {
                if case .purchase(let one) = item.content { purchases.append(one) }
            }
            for item in try store.items(.contract, of: who, below: nil, limit: 999) {
                guard case .contract(let one) = item.content else { continue }
                guard let end = ContractEnd(item: item.id, one) else { continue }
                guard (Self.today...Self.today + 60).contains(end.ends) else { continue }
                ends[who] = min(ends[who] ?? .max, end.ends)
            }
            let contacts = try answered(who)
            facts[who] = CustomerFacts(contacts: contacts, purchases: purchases, Self.rules)
            let kept = try store.facts(of: who)
            // A moment at midnight is kept as the day.
            #expect(kept?.expected == facts[who]?.expected && kept?.spent ?? 0 == facts[who]?.spent)
            #expect(kept?.lastContact == facts[who]?.lastContact && kept?.complainedAt == facts[who]?.complainedAt)
            #expect(kept?.unansweredAt == facts[who]?.unansweredAt && kept?.waitedAt == facts[who]?.waitedAt)
            #expect(kept?.contacts ?? 0 == facts[who]?.contacts && kept?.purchases ?? 0 == facts[who]?.purchases)
        }
        func those(_ condition: (CustomerFacts) -> Bool) -> Set<Int64> {
            Set(facts.filter { condition($0.value) }.keys)
        }
        let clock = Self.clock
        let dormant = those { $0.lastContact.map { $0 < clock.dormantBefore } ?? false }
        let missed = those { $0.expected.map { $0 < Self.today } ?? false }
        let atRisk = those { one in
            [one.complainedAt, one.unansweredAt, one.waitedAt].contains { time in
                time.map { $0 >= clock.riskSince } ?? false
            }
        }
        #expect(try Set(customers(.dormant)) == dormant)
        #expect(try Set(customers(.overduePurchase)) == missed)
        #expect(try Set(customers(.atRisk)) == atRisk)
        #expect(try customers(.expiring) == ends.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key))
        let spent = facts.filter { $0.value.spent > 0 }.sorted { ($0.value.spent, $0.key) > ($1.value.spent, $1.key) }
        #expect(try customers(.best) == spent.prefix(5).map(\.key))
    }

    /// The contacts of a customer with when they were answered, newest first.
    private func answered(_ customer: Int64) throws -> [CustomerFacts.Contact] {
        try store.with { state throws(SQLiteError) in
            let all = try state.database.prepare(
                """
                SELECT at, channel, direction, operator, line, summary, duration, outcome, tier, answered_at \
                FROM touchpoint WHERE customer=? ORDER BY at DESC, id DESC
                """)
            try all.bind(customer, 1)
            var found: [CustomerFacts.Contact] = []
            while try all.step() {
                found.append(
                    .init(
                        touchpoint: Touchpoint(all), answeredAt: all.isNull(9) ? nil : Timestamp(ms: all.int(9))))
            }
            return found
        }
    }

    @Test func otherRulesMakeAllFactsOutdated() throws {
        let one = try customer("A")
        try buy(one, "10", daysAgo: 3, state: "returned")
        #expect(try customers(.best) == [])
        var rules = Self.rules
        rules.notCounted = []
        while try store.refreshFacts(rules, count: 1) {}
        #expect(try store.entries(of: .builtIn(.best), Self.clock, limit: 9).map(\.customer) == [one])
        #expect(try store.outdatedFacts(limit: 9) == 0)
    }
}
