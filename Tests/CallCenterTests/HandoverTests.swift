import Testing

@testable import CallCenter

@Suite("Handovers")
struct HandoverTests {
    private static let world: World = [
        "+815000000001": [
            CustomerCard(id: 1, name: "Hanako", tier: "regular"), CustomerCard(id: 2, name: "Taro", tier: "regular"),
        ]
    ]

    private static func identified(_ customer: Int64 = 1, at ms: Int64) -> Event {
        call("a", .identified(.customer(customer)), at: ms)
    }

    private static func note(_ text: String, by who: String, at ms: Int64) -> Event {
        RemarkTests.note(text, by: who, at: ms)
    }

    /// 101 answers at 1 s and hands on at 10 s; 102 answers at 12 s.
    private static func handedOn(_ more: [Event], _ after: [Event] = []) throws -> Call {
        var floor = Floor(world: world)
        floor.apply([login("101"), login("102"), login("103"), offered("a", at: 0)])
        floor.apply(call("a", .answered(operator: "101"), at: 1_000))
        floor.apply(more.filter { $0.time < morning + 10_000 })
        floor.apply(call("a", .transferred(to: .operator("102"), kind: .blind), at: 10_000))
        floor.apply(call("a", .answered(operator: "102"), at: 12_000))
        floor.apply(more.filter { $0.time >= morning + 10_000 } + after)
        return try #require(floor.centre.call(CallKey(source: "pbx", call: "a")))
    }

    @Test("are from who handed on to who answered then") func whoHadIt() throws {
        let call = try Self.handedOn([])
        #expect(
            call.handovers == [
                Handover(
                    from: "101", to: "102", at: morning + 12_000, isIdentifiedAgain: false, isNoteRewritten: false)
            ])
        #expect(call.handovers.first?.isAskedAgain == false)
    }

    @Test("that nobody answers, and those back to the same operator, are none") func none() throws {
        var floor = Floor(world: Self.world)
        floor.apply([login("101"), login("102"), offered("a", at: 0), call("a", .answered(operator: "101"), at: 1_000)])
        floor.apply(call("a", .transferred(to: .operator("102"), kind: .blind), at: 10_000))
        floor.apply(call("a", .answered(operator: "101"), at: 12_000))
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 13_000))
        #expect(try #require(floor.centre.call(CallKey(source: "pbx", call: "a"))).handovers.isEmpty)
    }

    @Test("ask again when who is calling is said a second time") func identification() throws {
        let again = try Self.handedOn([Self.identified(at: 5_000), Self.identified(at: 15_000)])
        #expect(again.identifiedAt == [morning + 5_000, morning + 15_000])
        #expect(again.handovers.map(\.isIdentifiedAgain) == [true])
        // Said once, by whichever of them, is as it should be.
        #expect(try Self.handedOn([Self.identified(at: 5_000)]).handovers.map(\.isIdentifiedAgain) == [false])
        #expect(try Self.handedOn([Self.identified(at: 15_000)]).handovers.map(\.isIdentifiedAgain) == [false])
        // Before the other one has answered, it is still the first one's.
        let early = try Self.handedOn([Self.identified(at: 5_000), Self.identified(2, at: 11_000)])
        #expect(early.handovers.map(\.isIdentifiedAgain) == [false])
        // A record that is corrected after the call asks nobody.
        let late = try Self.handedOn(
            [Self.identified(at: 5_000)],
            [call("a", .ended(by: .caller, cause: nil), at: 20_000), Self.identified(2, at: 25_000)])
        #expect(late.handovers.map(\.isIdentifiedAgain) == [false])
        // Taking it back is no identification.
        let undone = try Self.handedOn([Self.identified(at: 5_000), call("a", .identified(.nobody), at: 15_000)])
        #expect(undone.identifiedAt.count == 1 && undone.handovers.map(\.isIdentifiedAgain) == [false])
    }

    @Test("each have their own time") func twice() throws {
        let call = try Self.handedOn(
            [Self.identified(at: 5_000)],
            [
                call("a", .transferred(to: .operator("103"), kind: .blind), at: 20_000),
                call("a", .answered(operator: "103"), at: 22_000), Self.identified(2, at: 30_000),
            ])
        #expect(call.handovers.map(\.from) == ["101", "102"] && call.handovers.map(\.to) == ["102", "103"])
        #expect(call.handovers.map(\.isIdentifiedAgain) == [false, true])
    }

    @Test("write again what is there already", arguments: [
        ("請求書の再発行を希望、宛名は山田", "請求書の再発行をご希望。宛名は山田様", true),
        ("Wants the invoice again, to Yamada", "wants the invoice again to yamada; will pay on Friday", true),
        ("Wants the invoice again, to Yamada", "Friday", false),
        ("Wants the invoice again", "The machine leaks in the hall", false),
        ("OK", "OK", false),
    ]) func notes(first: String, second: String, isRewritten: Bool) throws {
        let call = try Self.handedOn([
            Self.note(first, by: "101", at: 5_000), Self.note(second, by: "102", at: 15_000),
        ])
        #expect(call.handovers.map(\.isNoteRewritten) == [isRewritten])
        #expect(call.handovers.map(\.isAskedAgain) == [isRewritten])
    }

    @Test("are not rewritten by the operator who wrote first") func ownNotes() throws {
        let text = "Wants the invoice again, to Yamada"
        let own = try Self.handedOn([Self.note(text, by: "101", at: 5_000), Self.note(text, by: "101", at: 15_000)])
        #expect(own.handovers.map(\.isNoteRewritten) == [false])
        let early = try Self.handedOn([Self.note(text, by: "102", at: 5_000), Self.note(text, by: "102", at: 15_000)])
        #expect(early.handovers.map(\.isNoteRewritten) == [false])
    }

    @Test("remember so many identifications, whatever their order") func bounded() {
        var one = Call(key: CallKey(source: "pbx", call: "a"), number: 1, heard: morning), other = one
        let times = (0..<50).map { morning + Int64($0) }
        for time in times { one.noteIdentification(at: time) }
        for time in times.reversed() { other.noteIdentification(at: time) }
        #expect(one.identifiedAt == other.identifiedAt && one.identifiedAt.count == Call.identificationsMax)
    }
}
