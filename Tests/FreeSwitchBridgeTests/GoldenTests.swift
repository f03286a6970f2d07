import BridgeCore
import CallCenter
import Testing

/// Recordings of a real FreeSWITCH, compared with the phones' SIP traces.
@Suite struct GoldenTests {
    /// FreeSWITCH's clock for events has steps of 20 ms.
    static let nearMs: Int64 = 50

    /// FreeSWITCH was killed: nothing was told of the ends.
    static let killed: Set = ["kill-and-restart"]
    /// The callers' numbers hinder the phones as well: not every call is one there.
    static let hostile: Set = ["hostile-numbers"]

    @Test(arguments: Floor.names + ["mixed"]) func everyEventIsTakenByTheWire(name: String) throws {
        let floor = try Floor(name)
        #expect(floor.refused == [])
        #expect(!floor.lines.isEmpty)
        #expect(floor.counts.refused == 0 && floor.counts.events > 0)
    }

    @Test(arguments: Floor.names) func callersAreWhatThePhonesSaw(name: String) throws {
        let floor = try Floor(name), truth = try Truth("\(Floor.folder)/\(name).md")
        let start = Int64((truth.start * 1_000).rounded())
        func isNear(_ time: Timestamp?, _ ms: Int64?) -> Bool {
            guard let time, let ms else { return time == nil && ms == nil }
            return abs(time.ms - start - ms) <= GoldenTests.nearMs
        }
        let callers = truth.legs.filter(\.isCaller).sorted { $0.invite < $1.invite }
        let calls = floor.calls.filter { !$0.life.isOutbound }
        #expect(calls.count == callers.count, "\(name): \(calls.map(\.key.call))")
        for (call, caller) in zip(calls, callers) {
            let who = "\(name) \(caller.name)"
            #expect(isNear(call.startedAt, caller.invite), "\(who): offered at \(call.startedAt as Any)")
            #expect(call.offered?.to == caller.dialled, "\(who)")
            #expect(call.life.isOver, "\(who)")
            if GoldenTests.killed.contains(name), call.life.endedBy == nil { continue }
            #expect(isNear(call.life.endedAt, caller.ended), "\(who): ended at \(call.life.endedAt as Any)")
            let isByCaller = caller.how.hasSuffix("by the phone")
            #expect((call.life.endedBy == .caller) == isByCaller, "\(who): by \(call.life.endedBy as Any)")
        }
    }

    /// Each ring and each talk happened at a phone, at the same times, and each of a phone was told.
    @Test(arguments: Floor.names.filter { !hostile.contains($0) }) func talksAreWhatThePhonesSaw(name: String) throws {
        let floor = try Floor(name), truth = try Truth("\(Floor.folder)/\(name).md")
        let start = Int64((truth.start * 1_000).rounded()), legs = floor.calls.flatMap(\.life.legs)
        func isNear(_ time: Timestamp?, _ ms: Int64?) -> Bool {
            time.flatMap { time in ms.map { abs(time.ms - start - $0) <= GoldenTests.nearMs } } ?? false
        }
        // An internal call, and a colleague who is asked, is no customer's talk until the customer is handed on.
        let phones = truth.legs.filter { $0.phone != nil }
        if name == "internal" {
            #expect(legs.isEmpty)
            return
        }
        for phone in phones {
            if name == "attended-transfer-app", phone.phone == "104" {
                let isToldOfHim = legs.contains { leg in
                    leg.operator == "104" && isNear(leg.answeredAt, 8_111) && isNear(leg.endedAt, 13_598)
                }
                #expect(isToldOfHim)
                continue
            }
            if let ringing = phone.ringing {
                #expect(
                    legs.contains { $0.operator == phone.phone && isNear($0.ringAt, ringing) },
                    "\(name): \(phone.name) rang at \(ringing)")
            }
            if let answered = phone.answered {
                #expect(
                    legs.contains {
                        $0.operator == phone.phone && isNear($0.answeredAt, answered)
                            && (phone.ended == nil || isNear($0.endedAt, phone.ended))
                    }, "\(name): \(phone.name) talked from \(answered) to \(phone.ended as Any)")
            }
        }
        let known = Set(phones.compactMap(\.phone))
        for leg in legs where leg.ringAt != nil && known.contains(leg.operator) {
            #expect(
                phones.contains { $0.phone == leg.operator && isNear(leg.ringAt, $0.ringing) },
                "\(name): told that \(leg.operator) rang at \(leg.ringAt as Any)")
            guard let answered = leg.answeredAt else { continue }
            let isSeen = phones.contains { $0.phone == leg.operator && isNear(answered, $0.answered) }
            #expect(isSeen, "\(name): \(answered)")
        }
    }

    @Test(arguments: Floor.names) func dialedCallsAreWhatThePhonesSaw(name: String) throws {
        let floor = try Floor(name), truth = try Truth("\(Floor.folder)/\(name).md")
        let start = Int64((truth.start * 1_000).rounded())
        let dialed = truth.legs.filter { leg in leg.dialer != nil && leg.dialled.count > 8 }
        let calls = floor.calls.filter(\.life.isOutbound)
        #expect(calls.count == dialed.count)
        for (call, leg) in zip(calls, dialed.sorted { $0.invite < $1.invite }) {
            let off = (call.startedAt?.ms ?? 0) - start - leg.invite
            #expect(abs(off) <= GoldenTests.nearMs, "\(name) \(leg.name): \(off) ms off")
            let end = (call.life.endedAt?.ms ?? 0) - start - (leg.ended ?? 0)
            #expect(abs(end) <= GoldenTests.nearMs, "\(name) \(leg.name): ended \(end) ms off")
            #expect((call.life.endedBy == .operator) == leg.how.hasSuffix("by the phone"), "\(name) \(leg.name)")
        }
    }

    @Test(arguments: Floor.names + ["mixed"]) func popsComeAndGo(name: String) throws {
        var shown: Set<String> = []
        for effect in try Floor(name).effects {
            switch effect {
            case .pop(let pop, .new): #expect(shown.insert(pop.id).inserted, "\(pop.id) came twice")
            case .pop(let pop, .update):
                #expect(shown.contains(pop.id))
                if pop.phase == .ended { shown.remove(pop.id) }
            case .popWithdrawn(let gone): #expect(shown.remove(gone.id) != nil)
            default: break
            }
        }
        #expect(shown.isEmpty, "\(name): still shown when all was over: \(shown)")
    }

    @Test(arguments: [
        ("abandoned-waiting", ["abandoned"]), ("agent-rejects-then-other", ["answered"]),
        ("attended-transfer-app", ["answered"]), ("exit-key", ["overflowed"]), ("queue-timeout", ["overflowed"]),
        ("redial-resume", ["abandoned", "answered", "answered"]), ("max-no-answer-on-break", ["abandoned"]),
        ("two-callers-one-agent", ["answered", "answered"]), ("wrap-up", ["answered", "answered"]),
        ("kill-and-restart", ["answered", "unknown", "unknown", "answered"]),
    ] as [(String, [String])]) func endsAs(name: String, outcomes: [String]) throws {
        let calls = try Floor(name).calls.filter { !$0.life.isOutbound }
        #expect(calls.map { $0.life.visits.first?.outcome?.rawValue ?? "-" } == outcomes, "\(name)")
    }

    /// The events as they were looked through by a person.
    @Test(arguments: Floor.names) func isTold(name: String) throws {
        let floor = try Floor(name), truth = try Truth("\(Floor.folder)/\(name).md")
        let expected = try String(contentsOfFile: "\(Floor.folder)/\(name).events", encoding: .utf8).split(
            separator: "\n"
        ).map(String.init)
        let told = Floor.words(floor.events, from: truth.start).map {
            $0.replacing(/[\r\n]+/, with: " ")
        }
        #expect(told == expected, "\(name)")
    }

    @Test func whatIsWithheldLeavesTheBridgeNowhere() throws {
        let floor = try Floor("withheld")
        let offers = floor.lines.filter { $0.contains(#""type":"call.offered""#) }
        #expect(offers.count == 8)
        let hidden = offers.filter { $0.contains(#""presentation":"restricted""#) }
        #expect(hidden.count == 6)
        #expect(hidden.allSatisfy { !$0.contains(#""from""#) && !$0.contains(#""name""#) })
        #expect(offers[5].contains(#""presentation":"unavailable""#))
        #expect(offers[7].contains(#""from":"+81398765432""#))
        #expect(floor.lines.allSatisfy { !$0.contains("09099998888") && !$0.contains("Sato") })
    }

    @Test func noCallerCanForgeAnEvent() throws {
        let floor = try Floor("hostile-numbers"), truth = try Truth("\(Floor.folder)/hostile-numbers.md")
        #expect(floor.calls.count == truth.legs.filter(\.isCaller).count)
        #expect(
            floor.calls.allSatisfy { call in
                call.life.visits.map(\.queue) == ["support"] && call.life.legs.allSatisfy { $0.operator == "101" }
            })
    }

    @Test func theSameRecordingGivesTheSameEvents() throws {
        let first = try Floor("attended-transfer-app"), second = try Floor("attended-transfer-app")
        #expect(first.lines == second.lines)
        let ids = first.lines.compactMap { $0.firstMatch(of: /"id":"([^"]+)"/).map { String($0.1) } }
        #expect(Set(ids).count == first.lines.count)
    }
}
