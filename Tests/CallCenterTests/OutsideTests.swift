import Testing

@testable import CallCenter

@Suite("What look-ups outside say")
struct OutsideTests {
    static let crm = OutsideSource(name: "crm", label: "The CRM")

    static func policy(_ sources: OutsideSource...) -> Policy {
        var policy = Policy()
        policy.outside = sources
        return policy
    }

    static func said(
        _ state: OutsideAnswer.State, _ text: String? = nil, by lookup: String = "crm", isOld: Bool = false,
        at ms: Int64
    ) -> Event {
        event(
            .outside(
                call: "a",
                OutsideAnswer(
                    lookup: lookup, state: state, at: morning + ms - 500, took: 40, text: text, isOld: isOld)), at: ms)
    }

    static func ringing(_ policy: Policy, from: String? = "+815000000001") -> Floor {
        var floor = Floor(policy: policy)
        floor.apply([login("101"), offered("a", from: from, at: 0)])
        floor.apply(call("a", .ringing(operator: "101", device: nil), at: 100))
        return floor
    }

    static func shown(_ floor: Floor) -> PopOutside? {
        floor.effects.compactMap { if case .pop(let pop, _) = $0 { pop.outside } else { nil } }.last
    }

    @Test("comes after the pop, which says that it is partial") func twoPhases() throws {
        var floor = Self.ringing(Self.policy(Self.crm))
        let first = try #require(Self.shown(floor))
        #expect(!first.isComplete)
        #expect(first.sources.map(\.state) == [.pending])
        #expect(first.sources[0].label == "The CRM")

        floor.apply(Self.said(.found, "会社: 例示\nRank: A: B\nno field", at: 700))
        #expect(floor.pops == ["pop.update 101 ringing"])
        let full = try #require(Self.shown(floor))
        #expect(full.isComplete)
        let fields = [
            PopOutside.Field(label: "会社", value: "例示"), PopOutside.Field(label: "Rank", value: "A: B"),
        ]
        #expect(full.sources[0].fields == fields)
        #expect(full.sources[0].age == 500)
    }

    @Test("that it is late or away replaces no answer") func noAnswerIsLost() throws {
        var floor = Self.ringing(Self.policy(Self.crm))
        floor.apply(Self.said(.late, at: 600))
        #expect(Self.shown(floor)?.sources.map(\.state) == [.late])
        #expect(Self.shown(floor)?.isComplete == false)
        floor.apply(Self.said(.found, "Name: X", isOld: true, at: 700))
        #expect(Self.shown(floor)?.sources.map(\.isOld) == [true])
        for state in [OutsideAnswer.State.late, .failed] {
            floor.apply(Self.said(state, at: 800))
            #expect(floor.pops == [], "an old answer is better than none")
        }
        floor.apply(Self.said(.found, "Name: Y", at: 900))
        #expect(Self.shown(floor)?.sources[0].fields.map(\.value) == ["Y"])
        #expect(Self.shown(floor)?.sources.map(\.isOld) == [false])
    }

    @Test("is expected for a while, and then not any more") func expectation() throws {
        let floor = Self.ringing(Self.policy(Self.crm, OutsideSource(name: "other", label: "Other")))
        let call = try #require(floor.centre.call(CallKey(source: "pbx", call: "a")))
        let later = try #require(PopOutside(call, floor.centre.policy.outside, at: morning + 3_600_000))
        #expect(later.isComplete)
        #expect(later.sources.map(\.state) == [.failed, .failed])
    }

    @Test("is on no pop of a centre without look-ups, and of a withheld number") func nothingToSay() {
        #expect(Self.shown(Self.ringing(Policy())) == nil)
        var floor = Floor(policy: Self.policy(Self.crm))
        floor.apply([
            login("101"), call("a", .offered(.init(from: nil, queue: "support", presentation: .restricted)), at: 0),
        ])
        floor.apply(call("a", .ringing(operator: "101", device: nil), at: 100))
        #expect(floor.pops == ["pop 101 ringing"])
        #expect(Self.shown(floor) == nil)
    }

    @Test("is asked for a number, and for digits that may be one", arguments: [
        ("+81-90-0000-0001", true), ("09000000001", true), ("1001", false), ("0900 alice", false),
        ("1234567890123456", false), ("", false),
    ]) func whatIsAskedFor(raw: String, isAsked: Bool) {
        #expect(CallerNumber(kind: .notANumber, raw: raw, display: raw).isAskedOutside == isAsked)
        #expect(!CallerNumber(kind: .withheld, raw: raw, display: "").isAskedOutside)
    }

    @Test("of a call that is not known or is over shows nothing") func otherCalls() {
        var floor = Floor(policy: Self.policy(Self.crm))
        floor.apply(Self.said(.found, "Name: X", at: 100))
        #expect(floor.effects.isEmpty)
        floor = Self.ringing(Self.policy(Self.crm))
        floor.apply(call("a", .ended(by: .caller, cause: nil), at: 200))
        floor.apply(Self.said(.found, "Name: X", at: 300))
        #expect(floor.pops == [])
    }

    @Test("is asked for after a restart where it is missing") func missing() {
        var floor = Self.ringing(Self.policy(Self.crm))
        #expect(floor.centre.callsWithoutOutside.map(\.call.call) == ["a"])
        floor.apply(Self.said(.notFound, at: 300))
        #expect(floor.centre.callsWithoutOutside.isEmpty)
    }

    @Test("is bounded for each call") func bounded() throws {
        var floor = Self.ringing(Self.policy(Self.crm))
        for number in 0..<40 { floor.apply(Self.said(.found, by: "l\(number)", at: 300 + Int64(number))) }
        let call = try #require(floor.centre.call(CallKey(source: "pbx", call: "a")))
        #expect(call.outside.count == Call.outsideMax)
    }
}
