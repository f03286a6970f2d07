import CallCenter
import Testing

@Suite struct RoutingTests {
    static let number = "+815000000001"
    static func customer(_ tier: String, owner: String? = "101", doNotPair: [String] = []) -> CustomerCard {
        CustomerCard(id: 17, name: "見本 太郎", tier: tier, owner: owner, doNotPair: doNotPair)
    }
    static func floor(_ card: CustomerCard?, queues: [String]? = nil) -> Floor {
        var policy = Policy()
        policy.groups["veterans"] = ["103", "104"]
        var floor = Floor(policy: policy, world: card.map { [number: [$0]] } ?? [:])
        floor.apply([login("101", queues: queues), login("103", at: 10), login("104", at: 5)])
        return floor
    }

    @Test func assignedOperatorWithVeteransBehind() {
        var floor = RoutingTests.floor(RoutingTests.customer("vip"))
        let answer = floor.apply(offered("a", at: 1_000))
        #expect(
            answer?.route
                == Route(
                    action: .operator(
                        "101", device: "PJSIP/101", waitS: 20,
                        fallback: .group("veterans", operators: ["104", "103"], devices: ["PJSIP/104", "PJSIP/103"])),
                    priority: 10, reason: .assignedOperator))
        #expect(answer?.alerts == [.vip])
        #expect(floor.pops == ["pop 101 offered"])
    }

    @Test func twoCallsAreNotGivenToTheSameFreeOperator() {
        var floor = RoutingTests.floor(RoutingTests.customer("regular"))
        #expect(floor.apply(offered("a", at: 1_000))?.route?.reason == .assignedOperator)
        let second = floor.apply(offered("b", at: 1_000))
        #expect(second?.route == Route(action: .queue("support"), priority: 5, reason: .operatorUnavailable))
        #expect(floor.apply(offered("c", at: 11_001))?.route?.reason == .assignedOperator)
    }

    @Test func aBusyOperatorIsWaitedForByAVIP() {
        var floor = RoutingTests.floor(RoutingTests.customer("vip"))
        floor.apply([call("x", .answered(operator: "101"), at: 500)])
        let route = floor.apply(offered("a", at: 1_000))?.route
        guard case .operator("101", _, 20, _)? = route?.action else {
            Issue.record("not waited for: \(String(describing: route))")
            return
        }
    }

    @Test(
        arguments: [
            (["sales"], [String](), RoutingStep.Unfit.notInQueue), (nil, ["101"], .doNotPair),
        ] as [([String]?, [String], RoutingStep.Unfit)])
    func whoCannotTakeItIsPassedOver(queues: [String]?, doNotPair: [String], why: RoutingStep.Unfit) {
        var floor = RoutingTests.floor(RoutingTests.customer("regular", doNotPair: doNotPair), queues: queues)
        #expect(floor.apply(offered("a", at: 1_000))?.route?.reason == .operatorUnavailable)
        let steps = floor.centre.call(CallKey(source: "pbx", call: "a"))?.decision?.steps.map(\.finding) ?? []
        #expect(steps.contains(.cannotTake("101", why)))
    }

    @Test func theOperatorWhoLastSpokeWithTheCustomer() {
        var floor = RoutingTests.floor(RoutingTests.customer("regular", owner: nil))
        floor.apply([
            offered("a", at: 1_000), call("a", .answered(operator: "103"), at: 2_000),
            call("a", .ended(by: nil, cause: nil), at: 3_000),
            agent("103", .ready, at: 3_500),
        ])
        let answer = floor.apply(offered("b", at: 60_000))
        #expect(answer?.route?.reason == .lastOperator)
    }

    @Test func strangersAndTheWithheldGoToTheQueue() {
        var floor = RoutingTests.floor(nil)
        #expect(floor.apply(offered("a", at: 1_000))?.route?.reason == .noMatch)
        #expect(floor.apply(offered("b", from: nil, at: 1_000))?.route?.reason == .anonymous)
    }

    @Test func aTransferPopsAtTheNextOperator() {
        var floor = RoutingTests.floor(RoutingTests.customer("regular"))
        floor.apply([offered("a", at: 1_000)])
        floor.apply(call("a", .ringing(operator: "101", device: nil), at: 2_000))
        #expect(floor.pops == ["pop.update 101 ringing"])
        floor.apply(call("a", .ringing(operator: "103", device: nil), at: 2_000))
        floor.apply(call("a", .answered(operator: "101"), at: 3_000))
        #expect(floor.pops == ["pop.update 101 answered", "withdrawn 103 answered_elsewhere"])
        floor.apply(call("a", .transferred(to: .operator("104"), kind: .blind), at: 4_000))
        #expect(floor.pops == ["pop.update 101 ended", "pop 104 transferred"])
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 5_000))
        #expect(floor.pops == ["withdrawn 104 ended"])
    }
}
