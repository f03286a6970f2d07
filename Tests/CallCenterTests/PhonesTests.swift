import Testing

@testable import CallCenter

/// Several phones of one operator, calls that a colleague takes, parking, and phones that are in use by something else.
@Suite struct PhonesTests {
    private func ring(_ who: String, _ device: String? = nil, at ms: Int64) -> Event {
        call("a", .ringing(operator: who, device: device), at: ms)
    }
    private func stop(_ who: String, _ device: String? = nil, _ reason: UnansweredReason?, at ms: Int64) -> Event {
        call("a", .unanswered(operator: who, device: device, reason: reason), at: ms)
    }
    private var queued: [Event] {
        [
            login("101"), login("102"), offered("a", at: 0),
            call("a", .queued(queue: "support", position: nil, priority: nil), at: 0),
        ]
    }

    @Test("an operator rings until the last of the phones stops") func devices() {
        var floor = Floor()
        floor.apply(queued + [ring("101", "PJSIP/101", at: 1_000), ring("101", "PJSIP/101b", at: 1_010)])
        floor.apply(stop("101", "PJSIP/101b", .busy, at: 1_500))
        #expect(floor.pops.isEmpty && floor.centre.operators["101"]?.state == .ringing)
        floor.apply(stop("101", "PJSIP/101", .timeout, at: 9_000))
        #expect(floor.pops == ["withdrawn 101 unanswered"] && floor.centre.operators["101"]?.state == .available)
        #expect(floor.stats(after: 10_000).operators["101"]?.figures.unanswered == 1)
    }

    @Test("a phone that refuses while the other rings is no missed ring when that one answers") func secondAnswers() {
        var floor = Floor()
        floor.apply(
            queued + [
                ring("101", "PJSIP/101", at: 1_000), ring("101", "PJSIP/101b", at: 1_010),
                stop("101", "PJSIP/101", .rejected, at: 1_500),
                call("a", .answered(operator: "101"), at: 4_000),
            ])
        #expect(floor.stats(after: 10_000).operators["101"]?.figures.unanswered == 0)
        #expect(floor.stats(after: 10_000).operators["101"]?.state == .talking)
    }

    @Test("without a device all of them stopped") func allStop() {
        var floor = Floor()
        floor.apply(
            queued + [
                ring("101", "PJSIP/101", at: 1_000), ring("101", "PJSIP/101b", at: 1_010),
                stop("101", nil, .timeout, at: 5_000),
            ])
        #expect(floor.stats(after: 6_000).operators["101"]?.state == .available)
        #expect(floor.stats(after: 6_000).operators["101"]?.figures.unanswered == 1)
    }

    @Test("what a colleague took is no missed ring, whichever is told first", arguments: [true, false])
    func elsewhere(answerFirst: Bool) {
        var floor = Floor()
        let answer = call("a", .answered(operator: "102"), at: 3_000)
        let stopped = stop("101", nil, .elsewhere, at: answerFirst ? 3_001 : 2_999)
        floor.apply(
            queued + [ring("101", at: 1_000), ring("102", at: 1_000)]
                + (answerFirst ? [answer, stopped] : [stopped, answer]))
        #expect(floor.stats(after: 6_000).operators["101"]?.figures.unanswered == 0)
        #expect(floor.stats(after: 6_000).operators["102"]?.figures.answered == 1)
    }

    @Test("a bare end of the ring after a colleague's answer is none either") func afterTheAnswer() {
        var floor = Floor()
        floor.apply(
            queued + [
                ring("101", at: 1_000), ring("102", at: 1_000), call("a", .answered(operator: "102"), at: 3_000),
                stop("101", nil, nil, at: 3_010),
            ])
        #expect(floor.stats(after: 6_000).operators["101"]?.figures.unanswered == 0)
    }

    @Test("a pick-up names who has it now") func pickUp() {
        var floor = Floor()
        floor.apply(queued + [ring("101", at: 1_000)])
        floor.apply(call("a", .answered(operator: "102"), at: 3_000))
        #expect(floor.pops == ["pop 102 answered", "withdrawn 101 answered_elsewhere"])
        #expect(floor.stats(after: 6_000).operators["101"]?.figures.unanswered == 0)
    }

    // MARK: Parking

    @Test("parked and taken off by a colleague: one visit, two talks") func parked() {
        var floor = Floor()
        floor.apply(queued + [call("a", .answered(operator: "101"), at: 2_000)])
        floor.apply(call("a", .parked(operator: "101", slot: "701"), at: 10_000))
        #expect(floor.pops == ["pop.update 101 ended"])
        #expect(floor.centre.call(CallKey(source: "pbx", call: "a"))?.life.state == .parked)
        floor.apply(call("a", .retrieved(operator: "102", slot: "701"), at: 25_000))
        #expect(floor.pops == ["pop 102 answered"])
        if case .pop(let pop, _)? = floor.effects.first { #expect(pop.transferredFrom == "101") }
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 35_000))
        floor.apply([agent("101", .ready, at: 36_000), agent("102", .ready, at: 37_000)])
        let stats = floor.stats(after: 60_000), figures = stats.queues["support"]?.figures
        #expect(figures?.offered == 1 && figures?.answered == 1 && figures?.talk == 18_000 && figures?.transfers == 0)
        #expect(stats.operators["102"]?.figures.talk == 10_000)
        // Taken off, not answered.
        #expect(stats.operators["102"]?.figures.answered == 0 && stats.operators["101"]?.figures.answered == 1)
    }

    @Test("a caller who hangs up on the parking place was answered") func hangUp() {
        var floor = Floor()
        floor.apply(
            queued + [
                call("a", .answered(operator: "101"), at: 2_000),
                call("a", .parked(operator: "101", slot: nil), at: 10_000),
                call("a", .ended(by: .caller, cause: nil), at: 30_000),
            ])
        let figures = floor.stats(after: 90_000).queues["support"]?.figures
        #expect(figures?.answered == 1 && figures?.abandoned == 0 && figures?.talk == 8_000)
    }

    @Test("back at the one who parked it, by its time-out") func timeOut() {
        var floor = Floor()
        floor.apply(
            queued + [
                call("a", .answered(operator: "101"), at: 2_000),
                call("a", .parked(operator: "101", slot: "701"), at: 10_000),
                ring("101", at: 40_000),
            ])
        #expect(floor.centre.operators["101"]?.state == .ringing)
        floor.apply([
            call("a", .answered(operator: "101"), at: 42_000), call("a", .ended(by: .caller, cause: nil), at: 50_000),
        ])
        let figures = floor.stats(after: 120_000).queues["support"]?.figures
        #expect(figures?.offered == 1 && figures?.answered == 1 && figures?.talk == 16_000)
    }

    @Test("first seen on its way off the parking place, it is partial and answered") func partial() {
        var floor = Floor()
        floor.apply([
            call("x", .parked(operator: "101", slot: "701"), at: 0),
            call("x", .retrieved(operator: "102", slot: "701"), at: 1_000),
        ])
        let figures = floor.stats(after: 5_000).queues["direct"]?.figures
        #expect(figures?.answered == 1 && figures?.answeredTimed == 0)
    }

    // MARK: Busy

    @Test("nobody is routed to a phone that is in use") func busy() {
        let owned = CustomerCard(id: 1, name: "佐藤", owner: "101")
        var floor = Floor(world: ["+815000000001": [owned]])
        floor.apply([login("101"), agent("101", .busy(reason: "102"), at: 1_000)])
        #expect(floor.centre.operators["101"]?.state == .busy && floor.centre.operators["101"]?.pauseReason == "102")
        #expect(floor.apply(offered("a", at: 2_000))?.route?.reason == .operatorUnavailable)
        floor.apply(agent("101", .free, at: 5_000))
        #expect(floor.apply(offered("b", at: 6_000))?.route?.reason == .assignedOperator)
        #expect(floor.stats(after: 10_000).operators["101"]?.figures.busy == 4_000)
    }

    @Test("a busy phone logs nobody in, and a consultation leaves the talk a talk") func consultation() {
        var floor = Floor()
        floor.apply(agent("205", .busy(reason: nil), at: 0))
        #expect(floor.centre.operators["205"]?.state == .loggedOut)
        floor.apply([
            login("101"), offered("a", at: 0), call("a", .answered(operator: "101"), at: 1_000),
            call("a", .held, at: 2_000),
            agent("101", .busy(reason: "102"), at: 3_000),
        ])
        #expect(floor.centre.operators["101"]?.state == .holding)
        floor.apply([call("a", .ended(by: .caller, cause: nil), at: 4_000)])
        #expect(floor.centre.operators["101"]?.state == .busy)
    }

    // MARK: Snapshots in parts

    @Test("a snapshot in parts is whole with the last of them, in any order", arguments: [[0, 1, 2], [2, 0, 1]])
    func parts(_ order: [Int]) {
        var floor = Floor()
        floor.apply(queued + [offered("b", at: 10), offered("c", at: 20), offered("d", at: 30)])
        func live(_ id: String) -> PBXSnapshot.LiveCall { .init(call: id, state: .offered, offered: .init(from: nil)) }
        let parts = [
            PBXSnapshot(
                calls: [live("a")], operators: [.init(operator: "101", state: .available)],
                part: .init(number: 1, of: 3)),
            PBXSnapshot(calls: [live("b")], operators: [], part: .init(number: 2, of: 3)),
            PBXSnapshot(calls: [live("c")], operators: [], part: .init(number: 3, of: 3)),
        ]
        for (n, i) in order.enumerated() {
            #expect(floor.centre.open.count == 4, "before part \(n)")
            floor.apply(event(.snapshot(parts[i]), at: 60_000))
            floor.centre = Centre(floor.centre.checkpoint)
        }
        #expect(floor.centre.open.count == 3)
        #expect(floor.centre.call(CallKey(source: "pbx", call: "d"))?.life.isOver == true)
        #expect(floor.centre.operators["102"]?.isLoggedIn == false && floor.centre.operators["101"]?.isLoggedIn == true)
    }

    @Test("a snapshot that begins anew forgets the parts before") func begunAnew() {
        var floor = Floor()
        floor.apply(queued)
        let half = PBXSnapshot(calls: [], operators: [], part: .init(number: 1, of: 2))
        floor.apply([event(.snapshot(half), at: 50_000), event(.snapshot(half), at: 60_000)])
        #expect(floor.centre.open.count == 1)
    }

    @Test("a live dialed call and a parked one are taken up from a snapshot") func liveOnes() {
        var floor = Floor()
        let snapshot = PBXSnapshot(
            calls: [
                .init(
                    call: "o", state: .answered, offered: .init(from: nil, to: "+815000000009"), operator: "101",
                    isOutbound: true),
                .init(call: "d", state: .dialing, offered: .init(from: nil, to: "+815000000008"), operator: "103"),
                .init(call: "p", state: .parked, offered: .init(from: "+815000000001"), operator: "102", slot: "701"),
            ], operators: [.init(operator: "104", state: .busy)])
        floor.apply([login("104"), event(.snapshot(snapshot), at: 60_000)])
        func call(_ id: String) -> Call? { floor.centre.call(CallKey(source: "pbx", call: id)) }
        #expect(call("o")?.life.isOutbound == true && call("o")?.life.state == .talking && call("o")?.life.visits == [])
        #expect(call("d")?.life.state == .dialing)
        #expect(call("p")?.life.state == .parked)
        #expect(floor.centre.operators["101"]?.state == .talking && floor.centre.operators["103"]?.state == .dialing)
        #expect(floor.centre.operators["104"]?.state == .busy)
    }
}
