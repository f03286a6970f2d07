import Testing

@testable import CallCenter

@Suite("What is written of a call")
struct RemarkTests {
    static func note(_ text: String, by who: String? = "101", at ms: Int64) -> Event {
        event(.remark(call: "a", RemarkEvent(by: who, what: .final(.note(text)))), at: ms)
    }
    static func draft(_ text: String?, by who: String? = "101", at ms: Int64) -> Event {
        event(.remark(call: "a", RemarkEvent(by: who, what: .draft(text))), at: ms)
    }

    static func talking() -> Floor {
        var floor = Floor()
        floor.apply([login("101"), login("102"), offered("a", at: 0), call("a", .answered(operator: "101"), at: 1_000)])
        return floor
    }

    @Test("reaches the next operator, half-typed words included") func handedOn() throws {
        var floor = Self.talking()
        floor.apply(Self.note("asks for the invoice", at: 2_000))
        floor.apply(Self.draft("wants a disc", at: 3_000))
        floor.apply(call("a", .transferred(to: .operator("102"), kind: .blind), at: 4_000))
        let shown = floor.effects.compactMap {
            if case .pop(let pop, _) = $0, pop.operator == "102" { pop } else { nil }
        }
        #expect(shown.last?.noteDraft == "asks for the invoice\nwants a disc")
    }

    @Test("is not sent back to who is typing, but to the others") func notEchoed() {
        var floor = Self.talking()
        floor.apply(Self.draft("w", at: 2_000))
        #expect(floor.pops == [])
        floor.apply(Self.note("from the supervisor", by: nil, at: 3_000))
        #expect(floor.pops == ["pop.update 101 answered"])
    }

    @Test("ends the draft, and the newest disposition holds") func final() {
        var floor = Self.talking()
        floor.apply(Self.draft("w", at: 2_000))
        floor.apply(Self.note("wants", at: 3_000))
        for word in ["open", "resolved"] {
            floor.apply(event(.remark(call: "a", RemarkEvent(by: "101", what: .final(.disposition(word)))), at: 4_000))
        }
        let found = floor.centre.call(CallKey(source: "pbx", call: "a"))
        #expect(found?.noteDraft == nil)
        #expect(found?.notes == ["wants"])
        #expect(found?.disposition == "resolved")
        #expect(found?.touchpoint(at: morning).summary == "resolved · wants")
    }

    @Test("of a call that left memory goes into the history") func late() {
        var floor = Self.talking()
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 5_000))
        floor.apply(event(.pbxConnected, at: Centre.lingerMax + 10_000))
        #expect(floor.centre.call(CallKey(source: "pbx", call: "a")) == nil)
        floor.apply(Self.note("called back", at: Centre.lingerMax + 20_000))
        let kept = floor.effects.compactMap {
            if case .history(.remark(let remark, let key)) = $0 { "\(key.call) \(remark.what)" } else { nil }
        }
        #expect(kept == [#"a note("called back")"#])
        #expect(floor.centre.call(CallKey(source: "pbx", call: "a")) == nil, "a note makes no call")
        floor.apply(Self.draft("typed days later", at: Centre.lingerMax + 30_000))
        let typed = floor.effects.compactMap {
            if case .history(.remark(let remark, _)) = $0 { remark.isUnfinished } else { nil }
        }
        #expect(typed == [true], "nobody is at work on it, so it is a note at once")
        floor.apply(Self.draft(nil, at: Centre.lingerMax + 40_000))
        #expect(floor.effects.isEmpty)
    }

    @Test("is the same after a checkpoint") func kept() throws {
        var floor = Self.talking()
        floor.apply([Self.note("wants", at: 2_000), Self.draft("more", at: 3_000)])
        #expect(Centre(floor.centre.checkpoint).checkpoint == floor.centre.checkpoint)
        #expect(Centre(floor.centre.checkpoint).call(CallKey(source: "pbx", call: "a"))?.remarks.count == 1)
    }
}

@Suite("Callers who wait to be called back")
struct CallbackTests {
    static func abandon(_ id: String, from: String, at ms: Int64, after: Int64 = 5_000) -> [Event] {
        [
            offered(id, from: from, at: ms), call(id, .queued(queue: "support", position: nil, priority: nil), at: ms),
            call(id, .ended(by: .caller, cause: nil), at: ms + after),
        ]
    }

    @Test("are listed with every try since they were reached, the one who waits longest first") func listed() {
        var floor = Floor(world: ["+815000000002": [CustomerCard(id: 7, name: "山田")]])
        floor.apply(
            Self.abandon("a", from: "+815000000001", at: 10_000)
                + Self.abandon("b", from: "+815000000002", at: 20_000, after: 3_000)
                + Self.abandon("c", from: "+815000000001", at: 30_000))
        let due = floor.centre.callbacks
        #expect(due.map(\.e164) == ["+815000000001", "+815000000002"])
        #expect(due[0].calls.map(\.waited) == [5_000, 5_000])
        #expect(due[1].customer == 7)
        #expect(due[1].calls.map(\.at) == [morning + 23_000])
        #expect(floor.stats(after: 60_000).centre.callbacksDue == due.count)
    }

    @Test("leave the list when they are answered, and their earlier tries with it") func answered() {
        var floor = Floor()
        floor.apply(Self.abandon("a", from: "+815000000001", at: 10_000))
        floor.apply([
            offered("b", from: "+815000000001", at: 20_000), call("b", .answered(operator: "101"), at: 21_000),
            call("b", .ended(by: .caller, cause: nil), at: 25_000),
        ])
        #expect(floor.centre.callbacks.isEmpty)
        floor.apply(Self.abandon("c", from: "+815000000001", at: 30_000))
        #expect(floor.centre.callbacks.first?.calls.map(\.at) == [morning + 35_000])
    }

    @Test("leave the list by hand; with a note it is a contact of the customer") func done() {
        var floor = Floor(world: ["+815000000002": [CustomerCard(id: 7, name: "山田")]])
        floor.apply(Self.abandon("a", from: "+815000000002", at: 10_000))
        floor.apply(
            event(.callbackDone(CallbackDone(from: "+815000000002", by: "101", note: "sent the invoice")), at: 60_000))
        #expect(floor.centre.callbacks.isEmpty)
        #expect(floor.stats(after: 70_000).centre.callbacksDue == 0)
        let contacts = floor.effects.compactMap {
            if case .history(.touchpoint(_, let customer, let contact)) = $0 {
                "\(customer) \(contact.operator ?? "") \(contact.summary)"
            } else {
                nil
            }
        }
        #expect(contacts == ["7 101 sent the invoice"])
    }
}
