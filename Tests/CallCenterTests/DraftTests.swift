import Testing

@testable import CallCenter

/// A draft becomes a note when its author's part in the call ends, without any button.
@Suite("What was typed and not finished")
struct DraftTests {
    static let key = CallKey(source: "pbx", call: "a")
    static let wrapUp: Int64 = 30_000

    static func draft(_ text: String?, by who: String? = "101", whole: Bool = false, at ms: Int64) -> Event {
        event(.remark(call: "a", RemarkEvent(by: who, what: .draft(text), spent: 500, isWhole: whole)), at: ms)
    }
    static func note(_ text: String, by who: String? = "101", whole: Bool = false, at ms: Int64) -> Event {
        event(.remark(call: "a", RemarkEvent(by: who, what: .final(.note(text)), isWhole: whole)), at: ms)
    }
    static func policy(limit: Int64 = wrapUp) -> Policy {
        var policy = Policy()
        policy.queueDefault.wrapUpLimit = limit
        return policy
    }
    /// 101 talks with the call and has typed something.
    static func typing(limit: Int64 = wrapUp) -> Floor {
        var floor = Floor(policy: policy(limit: limit))
        floor.apply([
            login("101"), login("102"), offered("a", at: 0), call("a", .answered(operator: "101"), at: 1_000),
            draft("asks for the invoice", at: 2_000),
        ])
        return floor
    }
    static let ended = call("a", .ended(by: .caller, cause: nil), at: 5_000)

    /// `state author text` of all that is written.
    static func written(_ floor: Floor) -> [String] { written(floor.centre) }
    static func written(_ centre: Centre) -> [String] {
        centre.call(key)?.writings.map { "\($0.state.rawValue) \($0.by ?? "-") \($0.text)" } ?? []
    }
    static let unfinished = ["unfinished 101 asks for the invoice"]

    @Test("stays a draft while its author is at it") func stays() {
        var floor = Self.typing()
        #expect(Self.written(floor) == ["draft 101 asks for the invoice"])
        floor.apply(Self.ended)
        #expect(Self.written(floor) == ["draft 101 asks for the invoice"])
        #expect(floor.centre.call(Self.key)?.noteDraft == "asks for the invoice")
    }

    @Test(
        "becomes a note however after-call work ends",
        arguments: [
            agent("101", .ready, at: 9_000), agent("101", .logout, at: 9_000),
            agent("101", .paused(reason: "lunch"), at: 9_000),
            call("b", .ringing(operator: "101", device: nil), at: 9_000),
            call("c", .dialed(.init(operator: "101", to: "+815000000009")), at: 9_000),
        ]) func ways(_ end: Event)
    {
        var floor = Self.typing()
        floor.apply([Self.ended, end])
        #expect(Self.written(floor) == Self.unfinished)
        let call = floor.centre.call(Self.key)
        #expect(call?.noteDraft == nil)
        #expect(call?.remarks.first?.at == morning + 2_000, "the time at which it was typed on last")
        #expect(call?.remarks.first?.spent == 500)
        #expect(call?.touchpoint(at: morning).summary == "asks for the invoice")
    }

    @Test("becomes a note when the limit has passed") func limit() {
        var floor = Self.typing()
        floor.apply(Self.ended)
        _ = floor.stats(after: 5_000 + Self.wrapUp - 1)
        #expect(Self.written(floor) == ["draft 101 asks for the invoice"])
        var effects: [Effect] = []
        floor.centre.settle(morning + 5_000 + Self.wrapUp, effects: &effects)
        #expect(Self.written(floor) == Self.unfinished)
        let kept = effects.compactMap { if case .history(.ended(let one)) = $0 { one.call.notes } else { nil } }
        #expect(kept == [["asks for the invoice"]], "its customer's history knows at once")
    }

    @Test(
        "becomes a note at the call's end where there is no after-call work",
        arguments: [
            [ended], [call("a", .transferred(to: .operator("102"), kind: .blind), at: 5_000)],
            [agent("101", .logout, at: 4_000), ended],
            [event(.snapshot(PBXSnapshot(calls: [], operators: [])), at: 5_000)],
        ]) func noWrapUp(_ events: [Event])
    {
        var floor = Self.typing(limit: 0)
        floor.apply(events)
        #expect(Self.written(floor) == Self.unfinished)
    }

    @Test("of a call dialed in vain becomes a note at its end") func dialed() {
        var floor = Floor(policy: Self.policy())
        floor.apply([
            login("101"), call("a", .dialed(.init(operator: "101", to: "+815000000001")), at: 0),
            Self.draft("not there", at: 1_000),
        ])
        #expect(Self.written(floor) == ["draft 101 not there"])
        floor.apply(Self.ended)
        #expect(Self.written(floor) == ["unfinished 101 not there"])
    }

    @Test("of somebody without a part in the call becomes a note at its end") func others() {
        var floor = Self.typing()
        floor.apply(Self.draft("helped", by: "900", at: 3_000))
        floor.apply(Self.draft("by a program", by: nil, at: 4_000))
        floor.apply(Self.ended)
        #expect(
            Self.written(floor) == [
                "draft 101 asks for the invoice", "unfinished 900 helped", "unfinished - by a program",
            ])
    }

    @Test("of two operators is two texts") func two() {
        var floor = Self.typing()
        floor.apply([
            call("a", .transferred(to: .operator("102"), kind: .blind), at: 3_000),
            call("a", .answered(operator: "102"), at: 4_000),
            Self.draft("wants a disc", by: "102", at: 4_500), Self.draft("asks for the invoice of May", at: 4_600),
        ])
        #expect(Self.written(floor) == ["draft 102 wants a disc", "draft 101 asks for the invoice of May"])
        floor.apply(Self.note("wants a disc.", by: "102", at: 4_700))
        #expect(Self.written(floor) == ["draft 101 asks for the invoice of May", "finished 102 wants a disc."])
        floor.apply(agent("101", .ready, at: 4_800))
        #expect(Self.written(floor) == ["unfinished 101 asks for the invoice of May", "finished 102 wants a disc."])
    }

    @Test("goes into the history with a call that leaves memory") func evicted() throws {
        var floor = Self.typing(limit: 2 * Centre.lingerMax)
        floor.apply([Self.ended, event(.pbxConnected, at: Centre.lingerMax + 10_000)])
        let gone = floor.effects.compactMap { if case .history(.call(let gone)) = $0 { gone.call } else { nil } }
        #expect(try #require(gone.first).writings.map(\.state) == [.unfinished])
    }

    // MARK: Typing on

    @Test("is typed on after it became a note, and finished: one note") func typedOn() {
        var floor = Self.typing()
        floor.apply([Self.ended, agent("101", .ready, at: 9_000)])
        floor.apply(Self.draft("asks for the invoice of", at: 9_500))
        #expect(Self.written(floor) == ["unfinished 101 asks for the invoice of"])
        floor.apply(Self.draft("asked for it", whole: true, at: 9_600))
        #expect(Self.written(floor) == ["unfinished 101 asked for it"])
        floor.apply(Self.note("asked for the invoice", whole: true, at: 9_700))
        #expect(Self.written(floor) == ["finished 101 asked for the invoice"])
    }

    @Test("is not lost to another note of the same author that does not have it") func both() {
        var floor = Self.typing()
        floor.apply([Self.ended, agent("101", .ready, at: 9_000), Self.note("called back", at: 10_000)])
        #expect(Self.written(floor) == ["unfinished 101 asks for the invoice", "finished 101 called back"])
        floor.apply(Self.note("asks for the invoice of May", at: 11_000))
        #expect(Self.written(floor) == ["finished 101 called back", "finished 101 asks for the invoice of May"])
    }

    @Test("that was thrown away is none") func thrownAway() {
        var floor = Self.typing()
        floor.apply([Self.draft(nil, at: 3_000), Self.ended, agent("101", .ready, at: 9_000)])
        #expect(Self.written(floor) == [])
    }

    @Test("that was written of again in the history does not come back") func idempotent() {
        var floor = Self.typing()
        floor.apply([Self.ended, agent("101", .ready, at: 9_000)])
        guard var kept = floor.centre.call(Self.key), let draft = kept.remarks.first else {
            return #expect(Bool(false))
        }
        kept.write(Remark(seq: 99, at: morning, by: "101", what: .note("done"), isWhole: true))
        kept.write(draft)
        #expect(kept.notes == ["done"])
    }

    // MARK: A function of the log

    /// Random calls, drafts and ends of after-call work, some facts late. Whatever the moments of ticks and kills, the
    /// same notes are stored, and no newest draft is lost.
    @Test(arguments: 0..<60 as Range<UInt64>) func theSameAfterKills(seed: UInt64) throws {
        var random = Seeded(seed)
        var events: [Event] = [login("101"), login("102"), offered("a", at: 0)]
        var at: Int64 = 100
        var last: [String: String] = [:]
        for i in 0..<30 {
            at += Int64.random(in: 1...12_000, using: &random)
            let who = ["101", "102"].randomElement(using: &random) ?? "101"
            // Some events come late: their time is behind that of others.
            let when = max(0, at - (Bool.random(using: &random) ? 0 : Int64.random(in: 0...4_000, using: &random)))
            switch Int.random(in: 0..<9, using: &random) {
            case 0: events.append(call("a", .ringing(operator: who, device: nil), at: when))
            case 1: events.append(call("a", .answered(operator: who), at: when))
            case 2: events.append(call("a", .transferred(to: .operator(who), kind: .blind), at: when))
            case 3 where i > 15: events.append(call("a", .ended(by: .caller, cause: nil), at: when))
            case 4: events.append(agent(who, .ready, at: when))
            case 5: events.append(call("b\(i)", .ringing(operator: who, device: nil), at: when))
            case 6: events.append(call("b\(i - 1)", .ended(by: .caller, cause: nil), at: when))
            default:
                last[who] = "text \(i)"
                events.append(Self.draft("text \(i)", by: who, whole: true, at: at))
            }
        }
        events.append(call("a", .ended(by: .caller, cause: nil), at: at + 1))
        events.append(event(.pbxConnected, at: at + 2 * Self.wrapUp))

        var plain = Floor(policy: Self.policy())
        var killed = Floor(policy: Self.policy())
        // Time of the daemon only goes forward.
        var now: Int64 = 0
        for event in events {
            now = max(now, event.time - morning)
            plain.now = morning + now
            killed.now = morning + now
            plain.apply(event)
            killed.apply(event)
            if Bool.random(using: &random) { _ = killed.stats(after: now) }
            if Int.random(in: 0..<4, using: &random) == 0 { killed.centre = Centre(killed.centre.checkpoint) }
        }
        _ = plain.stats(after: now)
        _ = killed.stats(after: now)
        #expect(Self.written(plain) == Self.written(killed), "seed \(seed)")
        #expect(plain.centre.call(Self.key) == killed.centre.call(Self.key), "seed \(seed)")
        let kept = Set(Self.written(plain))
        for (who, text) in last {
            #expect(kept.contains("unfinished \(who) \(text)"), "seed \(seed): \(kept.sorted())")
        }
    }
}

@Suite("Who is calling, chosen and chosen again")
struct ChoiceTests {
    static let one = CustomerCard(id: 1, name: "佐藤 一郎"), two = CustomerCard(id: 2, name: "佐藤 二郎"),
        other = CustomerCard(id: 3, name: "鈴木")
    static func floor() -> Floor {
        var floor = Floor(world: ["+815000000001": [one, two], "+815000000009": [other]])
        floor.apply([login("101"), offered("a", at: 0), call("a", .answered(operator: "101"), at: 1_000)])
        return floor
    }
    static func said(_ who: CallEvent.Identified, at ms: Int64 = 2_000) -> Event { call("a", .identified(who), at: ms) }
    static func pop(_ floor: Floor) -> Pop? {
        floor.effects.compactMap { if case .pop(let pop, _) = $0 { pop } else { nil } }.last
    }

    @Test("the others stay to choose from, and the choice can be changed") func changed() throws {
        var floor = Self.floor()
        for id in [2, 1, 2] as [Int64] {
            floor.apply(Self.said(.customer(id)))
            let pop = try #require(Self.pop(floor))
            #expect(pop.customer?.id == id && pop.candidates.map(\.id) == [3 - id] && pop.isIdentified)
        }
        floor.apply(Self.said(.customer(3)))
        #expect(Self.pop(floor)?.customer?.id == 3 && Self.pop(floor)?.candidates.map(\.id) == [1, 2])
        floor.apply(Self.said(.nobody))
        let pop = try #require(Self.pop(floor))
        #expect(pop.customer?.id == 1 && pop.candidates.map(\.id) == [2] && !pop.isIdentified)
    }

    @Test("a caller whom nobody knew is unknown again") func undone() throws {
        var floor = Floor(world: ["+815000000009": [Self.other]])
        floor.apply([
            login("101"), offered("a", at: 0), call("a", .answered(operator: "101"), at: 1_000),
            Self.said(.customer(3)),
        ])
        #expect(floor.centre.call(DraftTests.key)?.customerWithoutNumber == 3)
        floor.apply(Self.said(.nobody))
        #expect(
            Self.pop(floor)?.customer == nil && Self.pop(floor)?.alerts.map(\.kind).contains(.unknownCaller) == true)
        #expect(floor.centre.call(DraftTests.key)?.customerWithoutNumber == nil)
        #expect(Centre(floor.centre.checkpoint).checkpoint == floor.centre.checkpoint)
    }

    @Test("after its end too, and the screen can ask for it again") func afterTheEnd() throws {
        var floor = Self.floor()
        let id = try #require(Self.pop(floor)?.id), other = id.replacing(".101", with: ".102")
        floor.apply([call("a", .ended(by: .caller, cause: nil), at: 3_000), Self.said(.customer(2), at: 4_000)])
        let pop = try #require(floor.centre.pop(id, of: "101", in: .en, at: morning + 5_000))
        #expect(pop.phase == .ended && pop.customer?.id == 2 && pop.candidates.map(\.id) == [1])
        #expect(floor.centre.pop(other, of: "102", in: .en, at: morning + 5_000) == nil, "no call of theirs")
        let number = try #require(floor.centre.call(DraftTests.key)?.number)
        #expect(floor.centre.pop("\(number)-0.101", of: "101", in: .en, at: morning + 5_000) == nil, "another call's")
    }

    @Test("said before the offer was heard of, it holds") func early() throws {
        var floor = Floor(world: ["+815000000001": [Self.one, Self.two]])
        floor.apply([
            login("101"), Self.said(.customer(2), at: 0), offered("a", at: 1),
            call("a", .answered(operator: "101"), at: 1_000),
        ])
        let pop = try #require(Self.pop(floor))
        #expect(pop.customer?.id == 2 && pop.candidates.map(\.id) == [1] && pop.from.e164 == "+815000000001")
    }

    @Test("a note reaches nobody: who waits to be called back still does") func noteIsNoContact() {
        var floor = Floor(world: ["+815000000001": [Self.one]])
        floor.apply(CallbackTests.abandon("a", from: "+815000000001", at: 0))
        func recorded(_ channel: String, at ms: Int64) -> Event {
            event(.touchpoint(TouchpointRecorded(who: .customer(1), channel: channel, summary: "x")), at: ms)
        }
        floor.apply(recorded(Touchpoint.note, at: 60_000))
        #expect(floor.centre.callbacks.count == 1)
        floor.apply(recorded("visit", at: 70_000))
        #expect(floor.centre.callbacks.isEmpty)
    }
}
