import Testing

@testable import CallCenter

/// protocol.md, `call.identified`: "While the call is not answered the route is decided again".
@Suite struct IdentificationTests {
    private static let owned = CustomerCard(id: 1, name: "佐藤", owner: "101")
    private static let vip = CustomerCard(id: 2, name: "山田", tier: "vip", owner: "102")

    private func floor() -> Floor {
        var floor = Floor(world: ["+815000000001": [Self.owned], "+815000000002": [Self.vip]])
        floor.apply([login("101"), login("102")])
        return floor
    }
    private func identified(_ customer: Int64, at ms: Int64) -> Event {
        call("a", .identified(.customer(customer)), at: ms)
    }

    @Test("the route follows the identification while nobody has answered") func again() {
        var floor = floor()
        #expect(floor.apply(offered("a", at: 0))?.route?.reason == .assignedOperator)
        #expect(floor.pops == ["pop 101 offered"])
        floor.apply(call("a", .queued(queue: "support", position: nil, priority: nil), at: 1_000))
        let answer = floor.apply(identified(2, at: 5_000))
        guard case .operator("102", _, _, _)? = answer?.route?.action else {
            Issue.record("\(String(describing: answer))")
            return
        }
        #expect(answer?.customer?.id == 2 && answer?.alerts.contains(.vip) == true)
        #expect(
            floor.pops == ["withdrawn 101 rerouted", "pop 102 offered"] || floor.pops.first == "withdrawn 101 rerouted")
        #expect(floor.effects.contains { if case .alert(let alert) = $0 { alert.kind == .vip } else { false } })
        // The one who was kept for the call is free again.
        #expect(floor.centre.operators["101"]?.reservedFor == nil)
        let call = floor.centre.call(CallKey(source: "pbx", call: "a"))
        #expect(call?.given.compactMap(\.decision).map(\.route.reason) == [.assignedOperator, .assignedOperator])
    }

    @Test("an event that comes again is answered as the first time") func duplicate() {
        var floor = floor()
        let first = floor.apply(offered("a", at: 0)), firstSeq = floor.seq
        let second = floor.apply(identified(2, at: 5_000)), secondSeq = floor.seq
        let key = CallKey(source: "pbx", call: "a")
        #expect(floor.centre.answer(of: key, at: firstSeq) == first && first?.customer?.id == 1)
        #expect(floor.centre.answer(of: key, at: secondSeq) == second && second?.customer?.id == 2)
    }

    @Test("once somebody has answered there is nothing to route") func answered() {
        var floor = floor()
        floor.apply([offered("a", at: 0), call("a", .answered(operator: "101"), at: 2_000)])
        let answer = floor.apply(identified(2, at: 5_000))
        #expect(answer?.route == nil && answer?.customer?.id == 2)
        #expect(floor.pops == ["pop.update 101 answered"])
    }

    @Test("many identifications keep the first answer and the newest") func bounded() {
        var floor = floor()
        floor.apply(offered("a", at: 0))
        for n in 0..<40 { floor.apply(identified(Int64(n % 2 + 1), at: Int64(n) * 10)) }
        let given = floor.centre.call(CallKey(source: "pbx", call: "a"))?.given
        #expect(given?.count == GivenAnswer.keptMax && given?.first?.seq == 3 && given?.last?.seq == floor.seq)
    }
}
