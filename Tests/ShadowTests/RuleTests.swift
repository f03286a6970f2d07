import CallCenter
import Testing

@testable import Shadow

/// Each rule, changed alone: the difference that one finds by hand.
@Suite struct RuleTests {
    static let number = "+815000000001"

    /// Operator 101 talks with somebody else when the customer calls at 60 s.
    static func busyOwner(tier: String, then more: [Event] = []) -> Recording {
        Recording(
            [
                login("101"), login("102"), offered("other", from: "+815000000009", at: 1_000),
                queued("other", at: 1_100), ringing("other", "101", at: 2_000), answered("other", "101", at: 5_000),
                offered("c", from: number, at: 60_000),
            ] + more, world: [number: customer(tier: tier, owner: "101")])
    }

    @Test func howLongAVIPWaits() throws {
        let tried = Self.busyOwner(tier: "vip").trial(.with { $0.routing.vipWaitForOperator = 0 })
        let pair = try #require(tried.pairs.last)
        #expect(tried.pairs.count == 1 && pair.difference == [.destination, .reason])
        #expect(pair.real.route.action == .operator("101", device: "PJSIP/101", waitS: 20, fallback: .queue("support")))
        #expect(pair.real.route.reason == .assignedOperator)
        #expect(pair.new.route.action == .queue("support") && pair.new.route.reason == .vipQueue)
        #expect(pair.real.steps.contains { $0.finding == .waits("101", .talking, waitS: 20) })
        #expect(pair.new.steps.contains { $0.finding == .busy("101", .talking) })
        #expect(tried.tally.operators["101"]?.alone == Both(real: 1, new: 0))
        #expect(tried.tally.queues["support"]?.atOnce == Both(real: 1, new: 2))
        #expect(tried.tally.vips.real.sent == Both(real: 1, new: 0) && tried.tally.vips.real.calls == 1)
    }

    @Test func veterans() throws {
        let recording = Recording(
            [login("101"), login("102", at: 10), login("103", at: 20), offered("c", at: 1_000)],
            world: [Self.number: customer(tier: "vip")])
        let tried = recording.trial(.with { $0.groups["veterans"] = ["103", "102"] })
        let pair = try #require(tried.pairs.first)
        #expect(pair.real.route.reason == .vipQueue && pair.new.route.reason == .veteran)
        // The longest idle first.
        let devices = ["PJSIP/102", "PJSIP/103"]
        #expect(pair.new.route.action == .group("veterans", operators: ["102", "103"], devices: devices))
        #expect(tried.tally.operators["102"]?.inGroup == Both(real: 0, new: 1))
        #expect(tried.tally.unknown == [.destination: 1])
    }

    @Test func daysOfTheLastOperator() throws {
        var known = customer()
        known.talks = [.init(operator: "101", at: morning - 10 * 86_400_000)]
        let recording = Recording([login("101"), offered("c", at: 1_000)], world: [Self.number: known])
        let pair = try #require(recording.trial(.with { $0.routing.lastOperatorDays = 7 }).pairs.first)
        #expect(pair.real.route.reason == .lastOperator && pair.new.route.reason == .noMatch)
        #expect(pair.known == Both(real: ["101"], new: []))
        #expect(recording.trial(.with { $0.routing.lastOperatorDays = 11 }).pairs.isEmpty)
    }

    @Test func fairness() throws {
        var known = customer()
        known.talks = (1...4).map { .init(operator: "101", at: morning - Int64($0) * 86_400_000) }
        known.complaints = [Complaint(at: morning - 86_400_000, about: "101")]
        let recording = Recording(
            [login("101"), login("102", at: 10), offered("c", at: 1_000)], world: [Self.number: known])
        let rules: [(String, (inout Policy) -> Void)] = [
            ("routing.operator_share", { $0.routing.affinity.share = 60 }),
            ("routing.complaint_days", { $0.routing.affinity.complaintDays = 30 }),
        ]
        for (key, change) in rules {
            let tried = recording.trial(.with(change))
            let pair = try #require(tried.pairs.first)
            #expect(pair.real.route.reason == .lastOperator && pair.new.route.reason == .anotherOperator)
            #expect(tried.tally.operators["101"]?.alone == Both(real: 1, new: 0))
            #expect(tried.tally.operators["102"]?.alone == Both(real: 0, new: 1))
            #expect(RuleChange.all(from: Policy(), to: .with(change)).map(\.key) == [key])
        }
        // All talks are the same operator's: who weighs most is who spoke last.
        #expect(recording.trial(.with { $0.routing.affinity.halfLife = 7 * 86_400_000 }).pairs.isEmpty)
        let short = recording.trial(.with { $0.routing.affinity.halfLife = 3_600_000 })
        #expect(short.pairs.first?.new.route.reason == .noMatch)
    }

    @Test func boostOfTheOwnersCustomers() throws {
        let tried = Self.busyOwner(tier: "regular").trial(.with { $0.routing.unavailableBoost = 9 })
        let pair = try #require(tried.pairs.first)
        #expect(pair.difference == .priority && pair.real.route.priority == 5 && pair.new.route.priority == 9)
        #expect(tried.tally.unknown == [.priority: 1] && tried.tally.changes.isEmpty)
    }

    /// Two customers of 101 within 15 s, and the phone rings for neither in that time.
    @Test func reservations() throws {
        let recording = Recording(
            [
                login("101"), offered("a", at: 1_000), offered("b", from: "+815000000002", at: 16_000),
                offered("c", from: "+815000000003", at: 40_000),
            ],
            world: [
                Self.number: customer(1, owner: "101"), "+815000000002": customer(2, owner: "101"),
                "+815000000003": customer(3, owner: "101"),
            ])
        let tried = recording.trial(.with { $0.routing.reservation = 20_000 })
        // The third calls 24 s after the second, for whom 101 was really reserved.
        let pair = try #require(tried.pairs.first)
        #expect(tried.pairs.count == 1 && pair.call.call == "b")
        #expect(pair.real.route.reason == .assignedOperator && pair.new.route.reason == .operatorUnavailable)
        #expect(recording.trial(.with { $0.routing.reservation = 30_000 }).pairs.map(\.call.call) == ["b", "c"])
    }

    /// 101 has been in after-call work for 10 s.
    @Test func afterCallWork() throws {
        let recording = Self.busyOwner(tier: "regular", then: [])
        var lines = recording.lines
        let end = Recording([ended("other", at: 50_000)]).lines[0]
        lines.insert(end, at: lines.count - 1)
        var changed = recording
        changed.lines = lines
        let pair = try #require(changed.trial(.with { $0.queueDefault.wrapUpLimit = 5_000 }).pairs.first)
        #expect(pair.real.route.reason == .operatorUnavailable && pair.new.route.reason == .assignedOperator)
        #expect(changed.trial(.with { $0.queueDefault.wrapUpLimit = 15_000 }).pairs.isEmpty)
    }

    @Test func whoIsAVIP() throws {
        let recording = Self.busyOwner(tier: "gold", then: [queued("c", at: 60_100), answered("c", "102", at: 90_000)])
        let tried = recording.trial(.with { $0.tiers["gold"] = TierPolicy(rank: 4, vip: true) })
        #expect(tried.tally.vips.real.calls == 0)
        let vips = tried.tally.vips.new
        // The call really went to the queue, and 102 answered, who does not know the customer.
        #expect(vips.calls == 1 && vips.sent == Both(real: 0, new: 1) && vips.reached == 0 && vips.unknown == 1)
        let pair = try #require(tried.pairs.first)
        #expect(pair.isVIP == Both(real: false, new: true) && pair.new.route.priority == 4)
        #expect(tried.tally.alerts[.vip] == Both(real: 0, new: 1))
        #expect(tried.tally.supervisors[.vip] == Both(real: 0, new: 1))
    }

    /// The recorded figures stay: whether the caller would have waited in the queue nobody knows.
    @Test func blockedCallers() throws {
        let recording = Recording(
            [login("101"), offered("c", at: 1_000), ended("c", at: 2_000)], blocked: [Self.number])
        let tried = recording.trial(
            .with {
                $0.queues["spam"] = QueuePolicy()
                $0.routing.blockedQueue = "spam"
            })
        let pair = try #require(tried.pairs.first)
        #expect(pair.real.route.action == .reject && pair.new.route.action == .queue("spam"))
        #expect(tried.support()?.real.blocked == 1 && tried.support()?.new.blocked == 1)
        #expect(tried.tally.unknown == [.destination: 1])
    }

    /// A caller who gave up after 4 s calls again: a short abandon is no wait in vain.
    @Test func shortAbandons() throws {
        let recording = Recording([
            offered("a", at: 1_000), queued("a", at: 1_000), ended("a", at: 5_000), offered("b", at: 60_000),
            queued("b", at: 60_000), ended("b", at: 90_000),
        ])
        let tried = recording.trial(.with { $0.queueDefault.shortAbandon = 5_000 })
        let pair = try #require(tried.pairs.first)
        #expect(pair.call.call == "b" && pair.difference == .priority)
        #expect(pair.real.route.priority == 1 && pair.new.route.priority == 0)
        #expect(tried.tally.alerts[.abandonedBefore] == Both(real: 1, new: 0))
        let support = try #require(tried.support())
        #expect([support.real.abandoned, support.real.shortAbandoned] == [2, 0])
        #expect([support.new.abandoned, support.new.shortAbandoned] == [1, 1])
        // Of the second call only the priority differs, and so its wait is not known.
        #expect([support.standing.offered, support.standing.shortAbandoned] == [1, 1])
    }

    @Test func creditsForAWaitInVain() throws {
        let recording = Recording([
            offered("a", at: 1_000), queued("a", at: 1_000), ended("a", at: 91_000), offered("b", at: 120_000),
        ])
        #expect(recording.trial(.with { $0.routing.creditStep = 10_000 }).pairs.map(\.new.route.priority) == [10])
        #expect(recording.trial(.with { $0.routing.abandonedCredit = 20_000 }).pairs.map(\.new.route.priority) == [0])
        #expect(recording.trial(Policy()).pairs.isEmpty)
    }

    @Test func warningsOfTheCaller() {
        let recording = Recording([offered("a", at: 1_000), offered("b", at: 20_000)])
        let tried = recording.trial(.with { $0.alerts.repeatCalls = 2 })
        #expect(tried.pairs.isEmpty && tried.tally.alerts[.repeatCaller] == Both(real: 0, new: 1))
        #expect(tried.tally.alerts[.unknownCaller] == Both(real: 2, new: 2))
    }

    @Test func warningsToSupervisors() {
        let recording = Recording(
            [
                login("101"), offered("a", at: 1_000), queued("a", at: 1_000), ringing("a", "101", at: 15_000),
                answered("a", "101", at: 20_000), ended("a", at: 90_000),
            ], world: [Self.number: customer(tier: "vip")])
        let tried = recording.trial(
            .with {
                $0.queueDefault.vipWaitAlert = 15_000
                $0.pop.vipSeenWithin = 4_000
            })
        #expect(tried.tally.supervisors[.vipWaiting] == Both(real: 0, new: 1))
        #expect(tried.tally.supervisors[.vipUnseen] == Both(real: 0, new: 1))
        #expect(tried.tally.supervisors[.vip] == Both(real: 1, new: 1) && tried.pairs.isEmpty)
    }
}
