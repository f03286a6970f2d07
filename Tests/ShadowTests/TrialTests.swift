import CallCenter
import Engine
import Testing

@testable import Shadow

/// What is compared with what, and what is known of it.
@Suite struct TrialTests {
    static let number = "+815000000001"
    static let shorter = Policy.with { $0.routing.vipWaitForOperator = 10_000 }

    /// A VIP is sent to the own operator, who answers.
    static func answeredAfter(_ ms: Int64) -> Recording {
        Recording(
            [
                login("101"), offered("c", at: 1_000), ringing("c", "101", at: 1_500),
                answered("c", "101", at: 1_000 + ms), ended("c", at: 200_000),
            ], world: [number: customer(tier: "vip", owner: "101")])
    }

    /// Only the wait differs: until the shorter one is over everything would have been the same.
    @Test func aWaitThatWasNotUsedUpChangesNothing() throws {
        let soon = Self.answeredAfter(9_000).trial(Self.shorter), late = Self.answeredAfter(12_000).trial(Self.shorter)
        #expect(soon.pairs.map(\.difference) == [.wait] && late.pairs.map(\.difference) == [.wait])
        #expect(soon.tally.unknown.isEmpty && late.tally.unknown == [.wait: 1])
        #expect(soon.support()?.standing.answered == 1 && late.support()?.standing.answered == 0)
        #expect(late.support()?.new.answered == 1)
        let vips = soon.tally.vips.real
        #expect(vips.reached == 1 && vips.reachedStands == 1 && vips.unknown == 0)
        #expect(late.tally.vips.real.reached == 1 && late.tally.vips.real.reachedStands == 0)
    }

    /// What the phones did is never made up: by the new rules too the call was answered by whoever answered.
    @Test func recordedFactsStayWhatTheyAre() throws {
        let tried = RuleTests.busyOwner(
            tier: "vip",
            then: [ringing("c", "101", at: 70_000), answered("c", "101", at: 75_000), ended("c", at: 99_000)]
        ).trial(.with { $0.routing.vipWaitForOperator = 0 })
        let support = try #require(tried.support())
        #expect(support.real == support.new && support.real.answered == 2 && support.standing.answered == 1)
    }

    /// A repeated offer gets the first answer, and is no second decision.
    @Test func aRepeatedOfferIsOneDecision() {
        let recording = Recording([login("101"), offered("c", at: 1_000), offered("c", at: 1_200)])
        let tried = recording.trial(.with { $0.tiers["unknown"] = TierPolicy(rank: 9, vip: false) })
        #expect(tried.tally.decisions == 1)
    }

    /// A caller who is identified is routed again: two decisions, one VIP.
    @Test func anIdentifiedCallerIsDecidedAgain() {
        var recording = Recording([login("101"), offered("c", at: 1_000)])
        let identified = call("c", .identified(.customer(7)), at: 5_000)
        recording.lines.append(
            .init(
                event: identified, readAt: identified.time,
                lookup: Lookup(caller: .unavailable, candidates: [customer(7, tier: "vip", owner: "101")])))
        let tried = recording.trial(.with { $0.routing.vipWaitForOperator = 5_000 })
        #expect(tried.tally.decisions == 2 && tried.tally.alike == 1)
        #expect(tried.pairs.first?.real.matchedBy == .customer && tried.pairs.first?.difference == .wait)
        #expect(tried.tally.vips.real.calls == 1)
    }

    /// Each decision is compared with the rules of its moment.
    @Test func theRulesMayHaveChangedMeanwhile() {
        let before = Policy.with { $0.routing.unavailableBoost = 1 }
        let recording = RuleTests.busyOwner(tier: "regular", then: [offered("d", at: 70_000)])
        let count = Int64(recording.lines.count)
        let tried = recording.trial(Policy(), real: [(0, before), (count - 1, Policy())])
        #expect(tried.pairs.map(\.call.call) == ["c"] && tried.figures.changes == 1)
        #expect(tried.figures.rules.real == Policy())
    }

    /// Decisions and warnings outside of the period are not counted, and the state before it is there.
    @Test func thePeriodIsWhatCounts() {
        let recording = RuleTests.busyOwner(tier: "regular", then: [offered("d", at: 4_000_000)])
        let rules = Policy.with { $0.routing.unavailableBoost = 7 }
        let first = recording.trial(rules, period: morning..<(morning + 900_000))
        let second = recording.trial(rules, period: (morning + 3_600_000)..<(morning + 7_200_000))
        #expect(first.pairs.map(\.call.call) == ["c"] && first.tally.decisions == 2)
        #expect(second.pairs.map(\.call.call) == ["d"] && second.tally.decisions == 1)
        #expect(second.pairs.first?.new.route.priority == 7)
    }

    @Test func aQueueAlone() {
        var recording = RuleTests.busyOwner(tier: "regular")
        let other = call(
            "e", .offered(.init(from: Self.number, to: "+81300000000", queue: "sales")), at: 80_000)
        recording.lines.append(.init(event: other, readAt: other.time, lookup: recording.lines.last?.lookup))
        let rules = Policy.with { $0.routing.unavailableBoost = 7 }
        #expect(recording.trial(rules).pairs.map(\.call.call) == ["c", "e"])
        let sales = recording.trial(rules, queue: "sales")
        #expect(sales.pairs.map(\.call.call) == ["e"] && sales.tally.queues["support"] == nil)
    }

    /// A long time before the period is replayed by the real rules alone; the result is the same as without it.
    @Test func whatWasLongBeforeChangesNothing() throws {
        let recording = RuleTests.busyOwner(tier: "vip")
        var long = recording
        let early = Recording([login("101", at: -30 * 86_400_000), login("102", at: -20 * 86_400_000)])
        long.lines = early.lines + recording.lines
        let rules = Policy.with { $0.routing.vipWaitForOperator = 0 }
        #expect(long.trial(rules).pairs.map(\.new.route) == recording.trial(rules).pairs.map(\.new.route))
    }

    @Test func differencesOfRoutes() {
        func route(_ action: Route.Action, _ priority: Int = 0, _ reason: Route.Reason = .vipQueue) -> Route {
            Route(action: action, priority: priority, reason: reason)
        }
        let direct = Route.Action.operator("101", device: nil, waitS: 20, fallback: .queue("a"))
        #expect(RouteDifference(route(direct), route(direct)) == [])
        let elsewhere = Route.Action.operator("101", device: "x", waitS: 20, fallback: .queue("b"))
        #expect(RouteDifference(route(direct), route(elsewhere)) == .wait)
        #expect(RouteDifference(route(direct), route(.queue("a"))) == .destination)
        let group = Route.Action.group("v", operators: ["1", "2"], devices: []),
            turned = Route.Action.group("v", operators: ["2", "1"], devices: [])
        #expect(RouteDifference(route(group), route(turned)) == .destination)
        #expect(RouteDifference(route(group, 1), route(group, 2, .veteran)) == [.priority, .reason])
        #expect(RouteDifference([.reason, .destination]).words == ["destination", "reason"])
    }

    @Test func keysThatDiffer() {
        let new = Policy.with {
            $0.queues["support"] = QueuePolicy()
            $0.queues["support"]?.shortAbandon = 5_000
            $0.groups["veterans"] = ["101"]
            $0.tiers["vip"]?.rank = 20
            $0.routing.reservation = 500
            $0.alerts.off = [.vip]
            $0.pop.url = "https://example.com"
        }
        #expect(
            RuleChange.all(from: Policy(), to: new) == [
                RuleChange(key: "queues.support.short_abandon", real: #""0s""#, new: #""5s""#),
                RuleChange(key: "groups.veterans.operators", real: "–", new: #"["101"]"#),
                RuleChange(key: "tiers.vip.rank", real: "10", new: "20"),
                RuleChange(key: "routing.reservation", real: #""10s""#, new: #""500ms""#),
                RuleChange(key: "alerts.off", real: "[]", new: #"["vip"]"#),
            ])
    }

    @Test func whatCannotBeKnownIsSaid() {
        let log = TrialReport.Log(begins: "a", ends: "b", whole: false, events: 1)
        let same = Unknown.all(Recording([login("101")]).trial(Policy()).figures, log, .en)
        #expect(same.map(\.about) == ["later_calls", "records", "people", "not_tried", "before_the_log"])
        let tried = Self.answeredAfter(12_000).trial(
            .with {
                $0.routing.vipWaitForOperator = 0
                $0.queueDefault.wrapUpLimit = 5_000
            })
        let some = Unknown.all(tried.figures, log, .ja)
        #expect(some.map(\.about).prefix(1) == ["wait"] && some.first?.calls == 1)
        #expect(some.contains { $0.about == "after_call_work" } && some.allSatisfy { !$0.text.isEmpty })
    }
}
