import AMI
import CallCenter
import EventWire
import Testing

@testable import AsteriskBridge

/// Orders to the PBX, and its responses.
@Suite struct OrderTests {
    static let now = ResyncTests.now

    /// 101 sits in two queues, in one of them by a Local channel.
    static func translator() -> Translator {
        var translator = ResyncTests.live()
        _ = translator.resync(
            ResyncTests.lists([
                ResyncTests.member("101", "support"),
                ResyncTests.frame(
                    "Event: QueueMember", "Queue: sales", "Name: Agent 101", "Location: Local/101@agents/n",
                    "StateInterface: PJSIP/101", "Penalty: 3", "Paused: 0",
                    "PausedReason: "),
            ]), arrivedAt: now)
        return translator
    }
    static func asked(_ actions: [AMIAction]) -> [String] {
        actions.map { ([$0.name] + $0.headers.map { "\($0.name)=\($0.value)" }).joined(separator: " ") }
    }
    static func actions(_ translator: inout Translator, _ order: PBXOrder, dialContext: String? = nil) throws
        -> [AMIAction]
    {
        try translator.actions(for: order, id: "o", dialContext: dialContext, ringMs: 30_000)
    }

    @Test func aPauseIsForEveryInterfaceTheOperatorSitsAt() throws {
        var translator = Self.translator()
        let pause = try Self.actions(&translator, PBXOrder(id: "1", action: .pause, operator: "101", reason: "lunch"))
        #expect(
            Self.asked(pause) == [
                "QueuePause Interface=Local/101@agents/n Paused=true Reason=lunch",
                "QueuePause Interface=PJSIP/101 Paused=true Reason=lunch",
            ])
        #expect(pause.map(\.id) == ["o.0", "o.1"])
        let resume = try Self.actions(&translator, PBXOrder(id: "2", action: .resume, operator: "101"))
        #expect(Self.asked(resume).allSatisfy { $0.hasSuffix("Paused=false") } && resume.count == 2)
        #expect(throws: OrderRefusal.isNoMember) {
            try Self.actions(&translator, PBXOrder(id: "3", action: .pause, operator: "102"))
        }
    }

    @Test func whoLogsInAgainSitsAsBefore() throws {
        var translator = Self.translator()
        let out = try Self.actions(&translator, PBXOrder(id: "1", action: .logout, operator: "101"))
        #expect(
            Self.asked(out) == [
                "QueueRemove Queue=sales Interface=Local/101@agents/n", "QueueRemove Queue=support Interface=PJSIP/101",
            ])
        // The last login stays as it was, so that the next one knows the queues.
        let told = ["sales Local/101@agents/n", "support PJSIP/101"].flatMap { seat in
            let parts = seat.split(separator: " ")
            return translator.translate(
                .frame(
                    ResyncTests.frame(
                        "Event: QueueMemberRemoved", "Queue: \(parts[0])", "MemberName: Agent 101",
                        "Interface: \(parts[1])", "StateInterface: PJSIP/101")),
                arrivedAt: Self.now)
        }
        #expect(told.map(\.type) == ["operator.logout"])
        let back = try Self.actions(
            &translator,
            PBXOrder(
                id: "2", action: .login, operator: "101", device: "PJSIP/101", name: "Sato",
                queues: ["support", "sales"]))
        #expect(
            Self.asked(back) == [
                "QueueAdd Queue=sales Interface=Local/101@agents/n Paused=false MemberName=Sato "
                    + "StateInterface=PJSIP/101 Penalty=3",
                "QueueAdd Queue=support Interface=PJSIP/101 Paused=false MemberName=Sato",
            ])
    }

    @Test func aLoginThatLacksSomethingSaysWhat() throws {
        var translator = ResyncTests.live()
        #expect(throws: OrderRefusal.queuesAreNotKnown) {
            try Self.actions(&translator, PBXOrder(id: "1", action: .login, operator: "105", device: "PJSIP/105"))
        }
        #expect(throws: OrderRefusal.deviceIsNotKnown) {
            try Self.actions(&translator, PBXOrder(id: "1", action: .login, operator: "105", queues: ["support"]))
        }
        let first = try Self.actions(
            &translator, PBXOrder(id: "1", action: .login, operator: "105", device: "PJSIP/105", queues: ["support"]))
        #expect(Self.asked(first) == ["QueueAdd Queue=support Interface=PJSIP/105 Paused=false"])
    }

    @Test func aLogoutThatWasNotTakenIsTakenBack() throws {
        var translator = Self.translator()
        let order = PBXOrder(id: "1", action: .logout, operator: "101")
        _ = try Self.actions(&translator, order)
        let removed = translator.translate(
            .frame(
                ResyncTests.frame(
                    "Event: QueueMemberRemoved", "Queue: sales", "Interface: Local/101@agents/n",
                    "StateInterface: PJSIP/101")), arrivedAt: Self.now)
        #expect(removed.isEmpty)
        #expect(
            ResyncTests.lines(translator.gaveUp(order, at: Self.now)).first?.contains(#""queues":["support"]"#) == true)
    }

    @Test func aNumberIsDialledWhereTheDialplanSaysSo() throws {
        var translator = Self.translator()
        let order = PBXOrder(id: "1", action: .dial, operator: "101", to: "0300000000")
        #expect(throws: OrderRefusal.nothingIsDialled) { try Self.actions(&translator, order) }
        #expect(
            Self.asked(try Self.actions(&translator, order, dialContext: "from-agents")) == [
                #"Originate Channel=PJSIP/101 Context=from-agents Exten=0300000000 Priority=1 Timeout=30000 "#
                    + #"CallerID="0300000000" <101> Async=true"#
            ])
    }

    // MARK: What the PBX says

    static func response(_ id: String, _ result: String, _ message: String) -> AMIFrame {
        ResyncTests.frame("Response: \(result)", "ActionID: \(id)", "Message: \(message)")
    }

    static func progress(_ action: PBXOrder.Action, _ said: AMIFrame..., actions: Int = 1) -> OrderLine? {
        var progress = OrderProgress(
            PBXOrder(id: "7", action: action, operator: "101"), (0..<actions).map { AMIAction("X", id: "o.\($0)") })
        return said.compactMap { progress.advance($0) }.last
    }

    @Test func anOrderIsDoneWhenEveryActionIs() {
        #expect(
            Self.progress(.pause, Self.response("o.0", "Success", "Interface paused successfully"), actions: 2) == nil)
        #expect(
            Self.progress(.pause, Self.response("o.0", "Success", ""), Self.response("o.1", "Success", ""), actions: 2)
                == .done(id: "7"))
        #expect(
            Self.progress(
                .pause, Self.response("o.0", "Success", ""), Self.response("o.1", "Error", "Interface not found"),
                actions: 2)
                == .refused(id: "7", reason: "Interface not found"))
        #expect(Self.progress(.pause, Self.response("else.0", "Success", "")) == nil)
    }

    @Test func whatIsSoAlreadyIsDone() {
        #expect(
            Self.progress(.login, Self.response("o.0", "Error", "Unable to add interface: Already there"))
                == .done(id: "7"))
        #expect(
            Self.progress(.logout, Self.response("o.0", "Error", "Unable to remove interface: Not there"))
                == .done(id: "7"))
        #expect(
            Self.progress(.login, Self.response("o.0", "Error", "Permission denied"))
                == .refused(id: "7", reason: "Permission denied; in manager.conf: write = call,agent"))
    }

    @Test func aCallIsDialledOnceThePhoneIsPickedUp() {
        let queued = Self.response("o.0", "Success", "Originate successfully queued")
        #expect(Self.progress(.dial, queued) == nil)
        func ended(_ result: String, _ reason: String) -> AMIFrame {
            ResyncTests.frame(
                "Event: OriginateResponse", "Privilege: call,all", "ActionID: o.0", "Response: \(result)",
                "Reason: \(reason)",
                "ChanVariable(PJSIP/101-00000008): CALLERID(pres)=allowed_not_screened",
                "ChanVariable(PJSIP/101-00000008): CTI_DID=")
        }
        #expect(Self.progress(.dial, queued, ended("Success", "4")) == .done(id: "7"))
        #expect(
            Self.progress(.dial, queued, ended("Failure", "3"))
                == .refused(id: "7", reason: "the phone was not picked up"))
        #expect(Self.progress(.dial, queued, ended("Failure", "5")) == .refused(id: "7", reason: "the phone is busy"))
    }

    /// Two queues joined within a millisecond are two events.
    @Test func eventsOfOneMillisecondHaveIDsOfTheirOwn() {
        var translator = ResyncTests.live()
        let ids = ["support", "sales", "support"].flatMap { queue in
            translator.translate(
                .frame(
                    ResyncTests.frame(
                        "Event: QueueMemberAdded", "Queue: \(queue)", "MemberName: A", "Interface: PJSIP/101",
                        "StateInterface: PJSIP/101", "Paused: 0")),
                arrivedAt: Self.now)
        }.map(\.id)
        #expect(ids.count == 2 && Set(ids).count == 2)
    }
}
