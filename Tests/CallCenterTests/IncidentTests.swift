import Testing

@testable import CallCenter

/// Incidents that go on are in the pops of the calls that they concern.
@Suite struct IncidentTests {
    private static let caller = CallerNumber(
        kind: .number, raw: "0300000001", e164: "+81300000001", display: "03-0000-0001", region: "JP", place: "東京都")

    private func incident(_ id: Int64, _ change: (inout OpenIncident) -> Void = { _ in }) -> OpenIncident {
        var one = OpenIncident(id: id, title: "No. \(id)", openedAt: morning)
        change(&one)
        return one
    }

    /// Each list alone: what fits, and what does not.
    @Test func eachListIsCompared() {
        func concerns(_ change: (inout OpenIncident) -> Void) -> Bool {
            incident(1, change).concerns(queue: "support", line: "0300000000", caller: Self.caller, customer: 17)
        }
        #expect(concerns { _ in })
        #expect(concerns { $0.queues = ["sales", "support"] } && !concerns { $0.queues = ["sales"] })
        #expect(concerns { $0.lines = ["0300000000"] } && !concerns { $0.lines = ["0300000009"] })
        for place in ["東京", "+813", "JP"] { #expect(concerns { $0.regions = [place] }) }
        #expect(!concerns { $0.regions = ["大阪", "+816"] })
        #expect(concerns { $0.customers = [16, 17] } && !concerns { $0.customers = [16] })
        #expect(!concerns { $0.customers = [] })
        let stranger = incident(1) { $0.customers = [17] }
        #expect(!stranger.concerns(queue: nil, line: nil, caller: .withheld, customer: nil))
        let half = concerns { one in
            one.queues = ["support"]
            one.lines = ["0300000009"]
        }
        #expect(!half, "all of them have to fit")
    }

    private func shown(_ effects: [Effect]) -> [[Int64]] {
        effects.compactMap { if case .pop(let pop, _) = $0 { pop.incidents.map(\.id) } else { nil } }
    }

    @Test func aPopHasThoseOfItsCall() {
        var centre = Centre(policy: Policy()), effects: [Effect] = []
        var lookup = Lookup(caller: Self.caller)
        lookup.incidents = [
            incident(9) { $0.queues = ["support"] }, incident(8) { $0.queues = ["sales"] }, incident(7),
            incident(6) { $0.customers = [17] },
        ]
        _ = centre.apply(offered("a", at: 0), seq: 1, now: morning, lookup: lookup, effects: &effects)
        _ = centre.apply(
            call("a", .ringing(operator: "101", device: nil), at: 10), seq: 2, now: morning + 10, lookup: nil,
            effects: &effects)
        #expect(shown(effects) == [[9, 7]])
        // Who is identified brings what concerns the customer, and what was known stays.
        effects = []
        var found = Lookup(
            caller: .unavailable, candidates: [Candidate(customer: CustomerCard(id: 17, name: "Hanako Example"))])
        found.incidents = [incident(6) { $0.customers = [17] }]
        _ = centre.apply(
            call("a", .identified(.customer(17)), at: 20), seq: 3, now: morning + 20, lookup: found, effects: &effects)
        #expect(shown(effects).last?.sorted() == [6, 7, 9])
        // Another queue has its own.
        effects = []
        _ = centre.apply(
            call("a", .queued(queue: "sales", position: nil, priority: nil), at: 30), seq: 4, now: morning + 30,
            lookup: nil, effects: &effects)
        #expect(centre.livePops(of: "101", at: morning + 31).first?.incidents.map(\.id).sorted() == [6, 7, 8])
    }

    @Test func twoLookupsOfACallAreOne() {
        let newer = [incident(2) { $0.customers = [5] }, incident(3)]
        let older = [incident(1), incident(2) { $0.customers = [4, 5] }]
        let merged = OpenIncident.merged(newer, older)
        #expect(merged?.map(\.id) == [2, 3, 1] && merged?.first?.customers == [5, 4])
        #expect(OpenIncident.merged(nil, older) == older && OpenIncident.merged(newer, nil) == newer)
        #expect(OpenIncident.merged(nil, nil) == nil)
    }
}
