import Foundation
import Testing

@testable import CallCenter

/// Who is preferred of those who spoke with a customer, and what keeps one operator from having all of them.
@Suite struct AffinityTests {
    private static let dayMs: Int64 = 86_400_000
    private static let now = morning + 3_600_000

    /// Operators who are logged in and free, the first one idle for longest.
    private func free(_ ids: [String]) -> [String: Operator] {
        var floor = Floor()
        for (n, id) in ids.enumerated() { floor.apply(login(id, at: Int64(n) * 1_000)) }
        return floor.centre.operators
    }

    private func talks(_ all: [(who: String, daysAgo: Int64)]) -> [Candidate.Talk] {
        all.map { .init(operator: $0.who, at: Self.now - $0.daysAgo * Self.dayMs) }
    }

    private func someone(owner: String? = nil, tier: String = "regular") -> Candidate {
        Candidate(customer: CustomerCard(id: 17, name: "見本 太郎", tier: tier, owner: owner))
    }

    private func decide(
        _ candidate: Candidate, _ operators: [String: Operator], at time: Timestamp = AffinityTests.now,
        _ change: (inout Policy) -> Void = { _ in }
    ) -> Decision {
        var policy = Policy()
        change(&policy)
        let caller = CallerNumber(kind: .number, raw: "1", e164: "+81300000001", display: "1")
        let question = Router.Question(
            caller: caller, candidate: candidate, matches: 1, blocked: false, queue: "support", line: nil,
            abandoned: nil, matchedBy: .number, time: time)
        return Router(policy: policy, operators: operators, now: time).decide(question)
    }

    private func chosen(_ decision: Decision) -> String? {
        if case .operator(let who, _, _, _) = decision.route.action { who } else { nil }
    }

    // MARK: Weight

    @Test func aTalkLosesHalfItsWeightWithEachHalfLife() {
        var policy = AffinityPolicy()
        #expect(policy.weight(ofAge: 400 * Self.dayMs) == 1_000_000, "off")
        policy.halfLife = 10 * Self.dayMs
        let found = [-5, 0, 5, 10, 15, 20, 30, 300].map { policy.weight(ofAge: $0 * Self.dayMs) }
        #expect(found == [1_000_000, 1_000_000, 750_000, 500_000, 375_000, 250_000, 125_000, 0])
        var random = Seeded(1)
        for _ in 0..<500 {
            policy.halfLife = Int64.random(in: 1...3_650 * Self.dayMs, using: &random)
            let age = Int64.random(in: 0...4_000 * Self.dayMs, using: &random)
            let weight = policy.weight(ofAge: age), later = policy.weight(ofAge: age + 1_000)
            #expect((0...1_000_000).contains(weight) && later <= weight, "\(policy.halfLife) \(age)")
        }
    }

    @Test func whoSpokeMoreIsPreferredToWhoSpokeLast() {
        var one = someone()
        one.talks = talks([("102", 1), ("101", 2), ("101", 3), ("101", 4)])
        let all = free(["101", "102"])
        #expect(chosen(decide(one, all)) == "102")
        let weighed = decide(one, all) { $0.routing.affinity.halfLife = 7 * Self.dayMs }
        #expect(chosen(weighed) == "101" && weighed.route.reason == .lastOperator)
        let said = Reasoning(language: .en).text(weighed)
        #expect(said.contains("101 weighs most (3 talks, 2.36 of one of now)."), "\(said)")
        // With a short half-life, the newest talk is nearly all that counts.
        #expect(chosen(decide(one, all) { $0.routing.affinity.halfLife = Self.dayMs / 2 }) == "102")
    }

    @Test func whoWeighsTooLittleIsNotPreferred() {
        var one = someone()
        one.talks = talks([("101", 25)])
        let all = free(["101"])
        #expect(chosen(decide(one, all)) == "101")
        let weighed = decide(one, all) { $0.routing.affinity.halfLife = 7 * Self.dayMs }
        #expect(weighed.route.action == .queue("support") && weighed.route.reason == .noMatch)
        #expect(Reasoning(language: .en).text(weighed).contains("which is too little"))
        let least = decide(one, all) {
            $0.routing.affinity.halfLife = 7 * Self.dayMs
            $0.routing.affinity.leastWeight = 5
        }
        #expect(chosen(least) == "101")
    }

    // MARK: Share

    @Test func nobodyHasMoreThanTheShareWhileOthersAreFree() {
        var one = someone()
        one.talks = talks([("101", 1), ("101", 2), ("102", 3), ("101", 4), ("101", 5)])
        func share(_ percent: Int, _ operators: [String: Operator]) -> Decision {
            decide(one, operators) { $0.routing.affinity.share = percent }
        }
        let all = free(["103", "102", "101"])
        #expect(chosen(share(100, all)) == "101" && chosen(share(80, all)) == "101")
        let other = share(60, all)
        #expect(chosen(other) == "103" && other.route.reason == .anotherOperator, "the longest idle of the others")
        let said = Reasoning(language: .en).text(other)
        #expect(said.contains("who had 3 of the last 4 talks; one more is over 60 %: another is offered."), "\(said)")
        // Nobody else is free.
        let alone = share(60, free(["101"]))
        #expect(chosen(alone) == "101" && alone.route.reason == .lastOperator)
        #expect(Reasoning(language: .ja).text(alone).contains("他に空いている人がいない"))
    }

    /// A customer calls again and again while everybody is free.
    @Test func ofFiveCallsInARowNobodyHasMoreThanTheShare() {
        for seed in 0..<60 as Range<UInt64> {
            var random = Seeded(seed)
            let ids = (0..<Int.random(in: 5...8, using: &random)).map { "\(101 + $0)" }
            let share = [20, 40, 60, 80].randomElement(using: &random) ?? 60, all = free(ids)
            let isOwned = Bool.random(using: &random)
            var one = someone(owner: isOwned ? ids.randomElement(using: &random) : nil), time = Self.now
            var taken: [String] = []
            for _ in 0..<25 {
                time = time + Int64.random(in: 1_000...Self.dayMs, using: &random)
                let decision = decide(one, all, at: time) {
                    $0.routing.affinity.share = share
                    if seed % 2 == 0 { $0.routing.affinity.halfLife = 7 * Self.dayMs }
                    $0.routing.affinity.leastWeight = 0
                }
                let who = chosen(decision) ?? ids[0]
                taken.append(who)
                one.talks = [.init(operator: who, at: time)] + one.talks.prefix(4)
                let window = taken.suffix(5), most = max(1, 5 * share / 100)
                #expect(
                    ids.allSatisfy { id in window.count { $0 == id } <= most }, "seed \(seed), \(share) %: \(taken)")
            }
            #expect(Set(taken).count > 1)
        }
    }

    // MARK: Complaint

    @Test func aComplaintAboutAnOperatorOffersAnother() {
        var one = someone(owner: "101")
        one.complaints = [Complaint(at: Self.now - 10 * Self.dayMs, about: "101")]
        let all = free(["101", "102"])
        #expect(chosen(decide(one, all)) == "101", "off")
        #expect(chosen(decide(one, all) { $0.routing.affinity.complaintDays = 9 }) == "101", "long ago")
        let other = decide(one, all) { $0.routing.affinity.complaintDays = 30 }
        #expect(chosen(other) == "102" && other.route.reason == .anotherOperator)
        #expect(
            Reasoning(language: .en).text(other).contains(
                "The assigned operator is 101, about whom the customer complained 10 days ago: another is offered."))
        let alone = decide(one, free(["101"])) { $0.routing.affinity.complaintDays = 30 }
        #expect(alone.route.action == .queue("support") && alone.route.reason == .operatorUnavailable)
        #expect(alone.steps.contains { $0.finding == .notApplicable(.nobodyFree) })
        // A complaint that names nobody keeps nobody away.
        one.complaints = [Complaint(at: Self.now - Self.dayMs)]
        #expect(chosen(decide(one, all) { $0.routing.affinity.complaintDays = 30 }) == "101")
    }

    @Test func whoWasComplainedAboutIsNoVeteranForThem() {
        var one = someone(owner: "101", tier: "vip")
        one.complaints = [Complaint(at: Self.now - Self.dayMs, about: "101")]
        let decision = decide(one, free(["101", "102", "103"])) {
            $0.groups["veterans"] = ["101", "103"]
            $0.routing.affinity.complaintDays = 30
        }
        #expect(decision.route.action == .group("veterans", operators: ["103"], devices: ["PJSIP/103"]))
    }

    /// Whom a decision may send a call to.
    private func named(_ action: Route.Action?) -> [String] {
        switch action {
        case .operator(let who, _, _, let fallback)?: [who] + named(fallback)
        case .group(_, let members, _)?: members
        case .queue?, .reject?, nil: []
        }
    }

    private func candidate(_ random: inout Seeded) -> Candidate {
        func who() -> String { "\(Int.random(in: 101...105, using: &random))" }
        var one = someone(
            owner: Bool.random(using: &random) ? who() : nil, tier: Bool.random(using: &random) ? "vip" : "regular")
        var spoken: [(who: String, daysAgo: Int64)] = []
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            spoken.append((who(), Int64.random(in: 0...40, using: &random)))
        }
        one.talks = talks(spoken).sorted { $0.at > $1.at }
        if Bool.random(using: &random) {
            let at = Self.now - Int64.random(in: 0...60, using: &random) * Self.dayMs
            one.complaints = [Complaint(at: at, about: who())]
        }
        return one
    }

    @Test func noDecisionNamesWhoWasComplainedAbout() {
        var random = Seeded(7)
        let all = free(["101", "102", "103", "104", "105"])
        for _ in 0..<1_000 {
            let one = candidate(&random)
            let decision = decide(one, all) {
                $0.groups["veterans"] = ["103", "104", "105"]
                $0.routing.affinity.complaintDays = 30
                $0.routing.affinity.share = [40, 100].randomElement(using: &random) ?? 100
            }
            let away = (one.complaints ?? []).filter { Self.now - $0.at <= 30 * Self.dayMs }.compactMap(\.about)
            #expect(!named(decision.route.action).contains(where: away.contains), "\(one) \(decision)")
            #expect(Reasoning(language: .ja).sentences(decision).count == decision.steps.count)
        }
    }

    /// Rules that are not configured change nothing, and leave no step.
    @Test func withoutTheRulesNothingIsDifferent() {
        var random = Seeded(8)
        let all = free(["101", "102", "103", "104", "105"])
        for _ in 0..<500 {
            var one = candidate(&random)
            let with = decide(one, all)
            one.complaints = nil
            #expect(decide(one, all) == with)
            let isNew = with.steps.contains { step in
                switch step.finding {
                case .weighs, .overShare, .complainedAbout: true
                default: step.rule == .anotherOperator
                }
            }
            #expect(!isNew)
        }
    }

    @Test func rulesOfAnOlderVersionHaveNone() throws {
        var policy = Policy()
        policy.routing.affinity.share = 60
        #expect(try JSONDecoder().decode(Policy.self, from: JSONEncoder().encode(policy)) == policy)
        var object = try #require(
            try JSONSerialization.jsonObject(with: JSONEncoder().encode(policy)) as? [String: Any])
        for (table, key) in [("routing", "fairness"), ("alerts", "complained")] {
            var old = try #require(object[table] as? [String: Any])
            #expect(old.removeValue(forKey: key) != nil, "\(key)")
            object[table] = old
        }
        let old = try JSONDecoder().decode(Policy.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(old.routing == RoutingPolicy() && old.alerts.complaintDays == 0)
    }
}
