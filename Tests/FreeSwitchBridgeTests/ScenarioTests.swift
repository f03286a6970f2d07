import BridgeCore
import CallCenter
import Testing

@testable import FreeSwitchBridge

/// Flows that were not recorded: transfers to a queue, outside, by the phone itself, and what goes wrong in them.
@Suite struct ScenarioTests {
    @Test func whoIsSentOnWhileWaitingHasNotGivenUp() {
        var scene = Scene()
        scene.caller(0, "a")
        scene.joins(0, "a")
        scene.leaves(3_000, "a", "BREAK_OUT")
        scene.dial(3_020, "p", "104", from: "a")
        scene.rings(3_020, "p")
        scene.answers(4_000, "p")
        scene.bridge(4_020, "a", "p")
        scene.ends(6_000, "a", "recv_bye")
        #expect(
            scene.told == [
                "0 call.offered from=09012345678 to=5000", "0 call.queued queue=support",
                "3000 call.dequeued queue=support reason=overflow",
                "3020 call.ringing operator=104 device=user/104@default", "4000 call.answered operator=104",
                "6000 call.ended by=caller cause=NORMAL_CLEARING",
            ])
    }

    @Test func whoGivesUpWhileAPhoneRingsLeavesNoMissedRing() {
        var scene = Scene()
        scene.caller(0, "a")
        scene.joins(0, "a")
        scene.offer(100, "p", "101", to: "a")
        scene.rings(100, "p")
        scene.leaves(2_000, "a", "BREAK_OUT", isGone: true)
        scene.ends(2_000, "p", "send_cancel", cause: "ORIGINATOR_CANCEL")
        scene.ends(2_020, "a", "recv_bye")
        scene.settle(9_000)
        #expect(scene.told.last == "2020 call.ended by=caller cause=NORMAL_CLEARING")
        #expect(!scene.told.contains { $0.contains("unanswered") || $0.contains("dequeued") })
    }

    @Test func whoHungUpIsKnownWhicheverLegIsToldFirst() {
        var scene = Scene.talking()
        scene.ends(5_000, "a", "send_bye")
        scene.ends(5_020, "p", "recv_bye")
        #expect(scene.told == ["5000 call.ended by=operator cause=NORMAL_CLEARING"])
        scene = Scene.talking()
        scene.ends(5_000, "a", "send_bye", cause: "MANAGER_REQUEST")
        scene.ends(5_020, "p", "send_bye", cause: "MANAGER_REQUEST")
        #expect(scene.told == ["5000 call.ended by=system cause=MANAGER_REQUEST"])
    }

    @Test func aQueueIsATransfersTarget() {
        var scene = Scene.talking()
        scene.ends(3_000, "p", "send_bye")
        scene.unbridge(3_000, "a", "p", to: "6000")
        scene.joins(3_020, "a", "sales", member: "m2")
        // The first queue's end comes late, and is not the second's.
        scene.leaves(3_040, "a", "NONE", cause: "Terminated")
        scene.leaves(3_040, "a", "NONE")
        scene.offer(3_100, "q", "102", to: "a")
        scene.rings(3_100, "q")
        scene.answers(4_000, "q")
        #expect(
            scene.told == [
                "3000 call.transferred queue=sales kind=blind", "3020 call.queued queue=sales",
                "3100 operator.login operator=102", "3100 call.ringing operator=102 device=user/102@default",
                "4000 call.answered operator=102",
            ])
    }

    @Test func aNumberOutsideIsATransfersTarget() {
        var scene = Scene.talking()
        scene.ends(3_000, "p", "send_bye")
        scene.unbridge(3_000, "a", "p", to: "0312345678")
        scene.dial(3_020, "l", "0312345678", from: "a")
        scene.rings(3_020, "l")
        scene.answers(5_000, "l")
        scene.bridge(5_020, "a", "l")
        scene.ends(8_000, "l", "recv_bye")
        scene.ends(8_020, "a", "send_bye")
        #expect(
            scene.told == [
                "3000 call.transferred to=0312345678 kind=blind", "8020 call.ended by=system cause=NORMAL_CLEARING",
            ])
    }

    @Test func aTransferThatArrivesNowhereIsTold() {
        var scene = Scene.talking()
        scene.ends(3_000, "p", "send_bye")
        scene.unbridge(3_000, "a", "p", to: "7000")
        scene.settle(3_600)
        scene.ends(6_000, "a", "recv_bye")
        #expect(
            scene.told == [
                "3000 call.transferred to=7000 kind=blind", "6000 call.ended by=caller cause=NORMAL_CLEARING",
            ])
    }

    @Test func aColleagueWhoRefusesLeavesTheTwoAsTheyWere() {
        var scene = Scene.talking()
        scene.dial(3_000, "c", "104", from: "p")
        scene.rings(3_000, "c")
        scene.ends(4_000, "c", "recv_refuse", cause: "USER_BUSY")
        scene.ends(6_000, "a", "recv_bye")
        #expect(
            scene.told == [
                "3000 call.held", "3000 operator.busy operator=104", "4000 operator.free operator=104",
                "4000 call.resumed", "6000 call.ended by=caller cause=NORMAL_CLEARING",
            ])
    }

    /// The phone holds the caller, calls the colleague, and joins the two (REFER with Replaces).
    @Test func aPhoneHandsOnByItself() {
        var scene = Scene.talking()
        scene.event(2_000, "CHANNEL_HOLD", ["Unique-ID": "p"])
        scene.phone(2_500, "x", "101", dials: "104")
        scene.dial(2_520, "c", "104", from: "x")
        scene.rings(2_520, "c")
        scene.answers(3_000, "c")
        scene.answers(3_020, "x")
        scene.bridge(3_020, "x", "c")
        scene.unbridge(6_000, "a", "p")
        scene.unbridge(6_000, "x", "c")
        scene.bridge(6_020, "c", "a")
        scene.ends(6_040, "p", "send_bye")
        scene.ends(6_040, "x", "send_bye")
        scene.ends(9_000, "c", "recv_bye")
        scene.ends(9_020, "a", "send_bye")
        #expect(
            scene.told == [
                "2000 call.held", "2520 operator.busy operator=101", "2520 operator.busy operator=104",
                "6000 call.transferred operator=104 kind=attended", "6020 operator.free operator=104",
                "6040 operator.free operator=101", "9020 call.ended by=operator cause=NORMAL_CLEARING",
            ])
    }

    @Test func aColleagueTakesARingingCall() {
        var scene = Scene()
        scene.caller(0, "a", dials: "101")
        scene.dial(20, "p", "101", from: "a")
        scene.rings(20, "p")
        scene.phone(1_000, "x", "102", dials: "*8")
        scene.answers(1_000, "x")
        scene.bridge(1_020, "x", "a")
        scene.ends(1_040, "p", "send_cancel", cause: "PICKED_OFF")
        scene.ends(5_000, "x", "recv_bye")
        scene.ends(5_020, "a", "send_bye")
        scene.settle(9_000)
        #expect(
            scene.told == [
                "0 call.offered from=09012345678 to=101", "20 call.ringing operator=101 device=user/101@default",
                "1020 call.answered operator=102", "5020 call.ended by=operator cause=NORMAL_CLEARING",
            ])
    }

    @Test func aRingGroupEndsWithTheOneWhoPicksUp() {
        var scene = Scene()
        scene.caller(0, "a", dials: "600")
        for (leg, who) in [("p", "101"), ("q", "102")] {
            scene.dial(20, leg, who, from: "a")
            scene.rings(20, leg)
        }
        scene.answers(2_000, "q")
        scene.ends(2_020, "p", "send_cancel", cause: "LOSE_RACE")
        scene.bridge(2_020, "a", "q")
        scene.settle(9_000)
        #expect(scene.told.last == "2000 call.answered operator=102")
        #expect(scene.told.count == 4)
    }

    @Test func whoHasToPressAKeyAnswersByTheBridge() {
        var scene = Scene()
        scene.caller(0, "a", dials: "600")
        scene.dial(20, "p", "101", from: "a", ["variable_group_confirm_key": "1"])
        scene.rings(20, "p")
        scene.answers(2_000, "p")
        scene.bridge(4_000, "a", "p")
        #expect(scene.told.last == "4000 call.answered operator=101")
    }

    @Test func aDialedCallIsHandedOnToAColleague() {
        var scene = Scene()
        scene.phone(0, "p", "101", dials: "0312345678")
        scene.dial(20, "l", "0312345678", from: "p")
        scene.answers(2_000, "l")
        scene.bridge(2_020, "p", "l")
        scene.ends(5_000, "p", "send_bye")
        scene.unbridge(5_000, "l", "p", to: "104")
        scene.dial(5_020, "q", "104", from: "l")
        scene.rings(5_020, "q")
        scene.answers(6_000, "q")
        scene.bridge(6_020, "l", "q")
        scene.ends(9_000, "l", "recv_bye")
        scene.ends(9_020, "q", "send_bye")
        #expect(
            scene.told == [
                "0 call.dialed operator=101 to=0312345678", "2000 call.answered",
                "5000 call.transferred operator=104 kind=blind",
                "5020 call.ringing operator=104 device=user/104@default", "6000 call.answered operator=104",
                "9000 call.ended by=caller cause=NORMAL_CLEARING",
            ])
        #expect(scene.translator.legs.isEmpty && scene.translator.calls.isEmpty)
    }

    @Test func anOperatorWhoCallsAQueueIsNoCaller() {
        var scene = Scene()
        scene.phone(0, "x", "103", dials: "6000")
        scene.joins(20, "x")
        scene.offer(100, "p", "101", to: "x")
        scene.rings(100, "p")
        scene.answers(1_000, "p")
        scene.ends(3_000, "p", "recv_bye")
        scene.ends(3_020, "x", "send_bye")
        #expect(
            scene.told == [
                "20 operator.busy operator=103", "100 operator.login operator=101", "100 operator.busy operator=101",
                "3000 operator.free operator=101", "3020 operator.free operator=103",
            ])
    }

    @Test func whoWaitsWhenFreeSwitchStopsHasNotGivenUp() {
        var scene = Scene()
        scene.caller(0, "a")
        scene.joins(0, "a")
        scene.ends(3_000, "a", "send_bye", cause: "SYSTEM_SHUTDOWN")
        #expect(scene.told.last == "3000 pbx.snapshot calls=0 operators=0")
    }

    @Test func anAgentsNameNeedNotBeThePhones() {
        var scene = Scene()
        scene.caller(0, "a")
        scene.joins(0, "a")
        scene.offer(100, "p", "5d1c3c0e", to: "a", phone: "103")
        scene.rings(100, "p")
        scene.ends(1_000, "a", "recv_bye")
        scene.told = []
        scene.caller(5_000, "b", dials: "103")
        scene.dial(5_020, "q", "103", from: "b")
        scene.rings(5_020, "q")
        #expect(scene.told.last == "5020 call.ringing operator=5d1c3c0e device=user/103@default")
    }

    @Test func aCallersEndWhileAColleagueIsAskedEndsTheCall() {
        var scene = Scene.talking()
        scene.dial(3_000, "c", "104", from: "p")
        scene.answers(3_500, "c")
        scene.bridge(3_520, "p", "c")
        scene.ends(5_000, "a", "recv_bye")
        scene.ends(7_000, "c", "recv_bye")
        scene.ends(7_020, "p", "send_bye")
        #expect(
            scene.told == [
                "3000 call.held", "3500 operator.busy operator=104",
                "5000 call.ended by=caller cause=NORMAL_CLEARING", "5000 operator.busy operator=101",
                "7000 operator.free operator=104", "7020 operator.free operator=101",
            ])
    }

    /// A bridge runs for months.
    @Test func nothingIsLeftOfCallsThatAreOver() {
        var scene = Scene()
        for i in 0..<200 {
            let at = Int64(i) * 1_000, a = "a\(i)", p = "p\(i)"
            scene.caller(at, a)
            scene.joins(at, a, member: "m\(i)")
            scene.offer(at + 100, p, "101", to: a)
            scene.rings(at + 100, p)
            if i % 3 > 0 {
                scene.answers(at + 300, p)
                scene.bridge(at + 320, a, p)
            } else {
                scene.leaves(at + 380, a, "BREAK_OUT", member: "m\(i)", isGone: true)
            }
            scene.ends(at + 400, p, "send_bye")
            scene.ends(at + 420, a, "recv_bye")
        }
        scene.settle(1_000_000)
        let translator = scene.translator
        #expect(scene.told.filter { $0.contains("call.ended") }.count == 200)
        #expect(translator.legs.isEmpty && translator.calls.isEmpty && translator.busy.isEmpty)
        #expect(translator.callOfParty.isEmpty && translator.callOfPhone.isEmpty && translator.callOfTalk.isEmpty)
        #expect(translator.callOfTarget.isEmpty && translator.undecided.isEmpty && translator.due.count == 0)
        #expect(translator.agents.count == 1 && translator.phoneOwners.count == 1)
    }

    // MARK: Agents

    private static func lists(_ agents: [String], tiers: [String]) -> SwitchLists {
        var lists = SwitchLists()
        lists.agents =
            SwitchLists.rows(
                "name|contact|status|wrap_up_time|uuid\n" + agents.joined(separator: "\n") + "\n+OK\n") ?? []
        lists.tiers =
            SwitchLists.rows("queue|agent|state|level|position\n" + tiers.joined(separator: "\n") + "\n+OK\n") ?? []
        return lists
    }

    @Test func whatHasNoEventIsFoundByAsking() {
        var translator = Translator(options: .init())
        let now = Timestamp(ms: 1_795_000_000_000)
        func words(_ events: [BridgeEvent]) -> [String] { Floor.words(events, from: 1_795_000_000) }
        let one = ["101@default|[leg_timeout=5]user/101@default|Available|5|"]
        _ = translator.resync(Self.lists(one, tiers: ["support@default|101@default|Ready|1|1"]), arrivedAt: now)
        let both = Self.lists(
            one, tiers: ["support@default|101@default|Ready|1|1", "sales@default|101@default|Ready|1|1"])
        #expect(
            words(translator.poll(both, arrivedAt: now)) == [
                "0 operator.login operator=101 device=user/101@default queues=sales,support"
            ])
        #expect(translator.poll(both, arrivedAt: now).isEmpty)
        #expect(words(translator.poll(Self.lists([], tiers: []), arrivedAt: now)) == ["0 operator.logout operator=101"])
    }

    @Test func afterCallWorkIsCountedFromTheEndOfTheTalk() {
        var scene = Scene.talking()
        _ = scene.translator.poll(
            Self.lists(["101@default|user/101@default|Available|5|"], tiers: []),
            arrivedAt: Timestamp(ms: 1_795_000_001_500))
        scene.ends(4_000, "p", "recv_bye")
        scene.ends(4_020, "a", "send_bye")
        scene.settle(8_900)
        #expect(!scene.told.contains { $0.contains("ready") })
        scene.settle(9_100)
        #expect(scene.told.last == "9000 operator.ready operator=101")
    }

    @Test func aRowThatACallerForgedIsLeftOut() {
        let text = """
            queue|uuid|session_uuid|cid_number|state
            support@default|m1|s1|0901|Waiting
            support@default|m2|s2|0912|park|Waiting
            x
            +OK
            """
        #expect(SwitchLists.rows(text)?.map { $0["uuid"] } == ["m1"])
        #expect(SwitchLists.rows("-ERR no reply\n") == nil)
        #expect(SwitchLists.channels(Array("{\"row_count\": 0}\n".utf8))?.isEmpty == true)
        #expect(SwitchLists.channels(Array("-ERR\n".utf8)) == nil)
    }
}
