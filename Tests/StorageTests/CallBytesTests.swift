import CallCenter
import Testing

@testable import Storage

@Suite struct CallBytesTests {
    /// Calls with every step there is, in any order, as the core evicts them.
    static func calls(_ random: inout Seeded, _ count: Int) -> [Call] {
        var policy = Policy()
        policy.groups = ["veterans": ["103", "104"]]
        var centre = Centre(policy: policy), effects: [Effect] = [], seq: Int64 = 0, now = morning
        func apply(_ body: Event.Body, _ lookup: Lookup? = nil) {
            seq += 1
            now = now + 1_000
            _ = centre.apply(
                Event(source: "pbx", time: now, body: body), seq: seq, now: now, lookup: lookup, effects: &effects)
        }
        for who in 101...104 { apply(.operator("\(who)", .login(name: nil, device: "PJSIP/\(who)", queues: nil))) }
        for n in 0..<count {
            let who = "\(Int.random(in: 101...104, using: &random))", id = "c\(n) 山"
            let card = CustomerCard(
                id: Int64(n), name: "客\(n)", tier: n % 3 == 0 ? "vip" : "regular", owner: n % 2 == 0 ? who : nil,
                doNotPair: n % 5 == 0 ? ["102"] : [])
            let candidates =
                n % 4 == 0 ? [] : [Candidate(customer: card), Candidate(customer: CustomerCard(id: -1, name: "別人"))]
            let number = CallerNumber(
                kind: .number, raw: "0900000000\(n % 10)", e164: "+8190000000\(n % 10)", display: "090")
            if n % 7 != 0 {
                let offered = CallEvent.Offered(
                    from: n % 6 == 0 ? nil : number.raw, to: "0300000000", queue: n % 2 == 0 ? "support" : nil,
                    name: "N")
                apply(
                    .call(id, .offered(offered)), Lookup(caller: number, candidates: candidates, blocked: n % 11 == 0))
            }
            let steps: [CallEvent] = [
                .queued(queue: "support", position: nil, priority: nil), .ringing(operator: who, device: nil),
                .unanswered(operator: who, device: nil, reason: .busy),
                .unanswered(operator: who, device: nil, reason: nil), .answered(operator: who), .held, .resumed,
                .transferred(to: .operator("102"), kind: .blind),
                .transferred(to: .queue("sales"), kind: .attended),
                .transferred(to: .number("0300000009"), kind: .blind),
                .dequeued(queue: "support", reason: .overflow), .dequeued(queue: nil, reason: .callback),
            ]
            for _ in 0..<Int.random(in: 0...9, using: &random) {
                apply(.call(id, steps.randomElement(using: &random)!))
            }
            if n % 3 == 0 {
                apply(
                    .remark(
                        call: id,
                        RemarkEvent(
                            by: n % 2 == 0 ? who : nil, what: .final(.note("一行目\n\(n)")),
                            spent: n % 2 == 0 ? Int64(n) : nil)))
            }
            if n % 4 == 0 { apply(.remark(call: id, RemarkEvent(by: nil, what: .final(.disposition("resolved"))))) }
            if n % 5 == 0 {
                apply(.remark(call: id, RemarkEvent(by: who, what: .draft("半分\(n)"), isWhole: n % 2 == 0)))
            }
            apply(.call(id, .ended(by: [nil, .caller, .operator, .system].randomElement(using: &random)!, cause: nil)))
        }
        now = now + Centre.lingerMax
        apply(.pbxConnected)
        return effects.compactMap { if case .history(.call(let gone)) = $0 { gone.call } else { nil } }
    }

    @Test func theRulesOfFairnessComeBack() throws {
        let findings: [RoutingStep.Finding] = [
            .weighs("101", permille: 2_357, talks: 3, isEnough: true),
            .weighs("1 山", permille: 0, talks: 0, isEnough: false), .complainedAbout("101", at: morning),
            .overShare("101", talks: 3, of: 4, percent: 60, othersFree: true),
            .overShare("101", talks: 3, of: 4, percent: 60, othersFree: false), .notApplicable(.nobodyFree),
            .cannotTake("101", .complaint), .chosen("102"),
        ]
        let route = Route(action: .queue("support"), priority: 3, reason: .anotherOperator)
        let made = Decision(
            at: morning, route: route, steps: findings.map { RoutingStep(.anotherOperator, $0) }, matchedBy: .number)
        var out = PackedWriter()
        CallBytes.write(made, &out)
        let back = try out.bytes.reading { from throws(Malformed) in
            try CallBytes.decision(&from, CallBytes.version)
        }
        #expect(back == made)
    }

    @Test func everyCallComesBackAsItIsShown() {
        var random = Seeded("everyCallComesBackAsItIsShown")
        let calls = Self.calls(&random, 400)
        #expect(calls.count == 400)
        for call in calls {
            let bytes = CallBytes.encode(call), kept = CallBytes.decode(bytes)
            #expect(kept.map(Shown.init) == Shown(call))
            #expect(kept.map(CallBytes.encode) == bytes)
            // With the first fact alone, all the rest is the same.
            let short = CallBytes.decode(bytes, onlyFirstFact: true)
            #expect(short?.facts == Array(call.facts.prefix(1)) && short?.startedAt == call.startedAt)
            #expect(
                short?.life == kept?.life && short?.lookup == kept?.lookup && short?.remarks == kept?.remarks
                    && short?.isRepeat == kept?.isRepeat)
        }
    }

    @Test func damagedBytesNeverCrash() {
        var random = Seeded("CallBytes damagedBytesNeverCrash")
        for call in Self.calls(&random, 40) {
            let whole = CallBytes.encode(call)
            for count in whole.indices where CallBytes.decode(Array(whole.prefix(count))) != nil {
                Issue.record("\(count) of \(whole.count) bytes were taken")
            }
            for _ in 0..<100 {
                var bytes = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: bytes.indices, using: &random)] = [
                        0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random),
                    ].randomElement(using: &random)!
                }
                // What can be read can be shown.
                if let kept = CallBytes.decode(bytes) { _ = Shown(kept) }
            }
        }
    }

    /// When somebody said who is calling is kept; a call in which nobody did has the bytes of before.
    @Test func identificationsAreKept() throws {
        var centre = Centre(policy: Policy()), effects: [Effect] = []
        func apply(_ seq: Int64, _ body: CallEvent, _ lookup: Lookup? = nil) {
            let event = Event(source: "pbx", time: morning + seq, body: .call("a", body))
            _ = centre.apply(event, seq: seq, now: event.time, lookup: lookup, effects: &effects)
        }
        let key = CallKey(source: "pbx", call: "a")
        apply(1, .offered(.init(from: nil, to: "0300000000", queue: "support")), Lookup(caller: .withheld))
        let plain = try #require(centre.call(key)), bytes = CallBytes.encode(plain)
        #expect(bytes[0] == 5 && CallBytes.decode(bytes)?.identifiedAt == [])
        let card = CustomerCard(id: 7, name: "Hanako")
        apply(2, .identified(.customer(7)), Lookup(caller: .unavailable, candidates: [Candidate(customer: card)]))
        apply(3, .identified(.customer(7)), Lookup(caller: .unavailable, candidates: [Candidate(customer: card)]))
        let identified = try #require(centre.call(key)), more = CallBytes.encode(identified)
        #expect(more[0] == CallBytes.version)
        #expect(CallBytes.decode(more)?.identifiedAt == [morning + 2, morning + 3])
    }
}
