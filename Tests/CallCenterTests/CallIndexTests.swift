import Testing

@testable import CallCenter

/// What finds calls without walking them finds what a walk would find, and goes with the calls.
@Suite struct CallIndexTests {
    /// Ten customers behind twenty numbers, some of them behind several, and some numbers with several customers.
    static let world: World = {
        var world: World = [:]
        for n in 0..<20 {
            let count = n % 4
            world["+8150000\(10_000 + n)"] = (0..<count).map { i in
                CustomerCard(id: Int64((n + i * 3) % 10 + 1), name: "顧客", tier: "standard")
            }
        }
        return world
    }()

    /// Random traffic of twenty callers, of two sources that give the same ids, with identifications.
    static func events(_ random: inout Seeded) -> [Event] {
        var events = PropertyTests.traffic(&random, calls: 150)
        for i in events.indices {
            if case .call(let id, .offered(let offered)) = events[i].body {
                var offered = offered
                offered.from = "+8150000\(10_000 + Int.random(in: 0..<20, using: &random))"
                events[i].body = .call(id, .offered(offered))
            }
            if Int.random(in: 0..<3, using: &random) == 0, case .call = events[i].body { events[i].source = "other" }
        }
        for n in 0..<60 {
            let at = Int64.random(in: 1_000...3_600_000, using: &random)
            let who = Int64.random(in: 1...10, using: &random)
            events.append(call("c\(n)", .identified(n % 5 == 0 ? .nobody : .customer(who)), at: at))
        }
        return events.sorted { $0.time < $1.time }
    }

    static func check(_ centre: Centre, _ comment: Comment) {
        let calls = Array(centre.callsInMemory)
        #expect(calls.count == centre.callsInMemory.count, comment)
        #expect(Set(calls.map(\.number)) == centre.callsInMemory.numbers, comment)
        for id in Set(calls.map(\.key.call)) {
            let walked = calls.filter { $0.key.call == id }.map(\.number).sorted()
            #expect(centre.calls(withID: id).map(\.number) == walked, comment)
        }
        for customer in Int64(1)...10 {
            let walked = calls.filter { call in
                call.lookup?.candidates.contains { $0.customer.id == customer } ?? false
            }
            #expect(
                centre.calls(withCandidate: customer).map(\.number).sorted() == walked.map(\.number).sorted(), comment)
            #expect(
                centre.operators(showing: customer) == walked.reduce(into: []) { $0.formUnion($1.operatorsWithIt) },
                comment)
        }
    }

    @Test(arguments: 1...8) func theIndexEqualsTheWalk(seed: UInt64) {
        var random = Seeded(seed)
        var floor = Floor(world: Self.world), hadFurther = false
        for (n, event) in Self.events(&random).enumerated() {
            floor.apply(event)
            guard n % 40 == 0 else { continue }
            Self.check(floor.centre, "seed \(seed), event \(n)")
            Self.check(Centre(floor.centre.checkpoint), "seed \(seed), event \(n), from a checkpoint")
            hadFurther = hadFurther || !floor.centre.callIndex.byFurther.isEmpty
        }
        Self.check(floor.centre, "seed \(seed), at the end")
        #expect(Centre(floor.centre.checkpoint).callIndex == floor.centre.callIndex, "seed \(seed)")
        #expect(hadFurther, "seed \(seed): no call had several customers")
    }

    /// An index is bounded as calls are.
    @Test(arguments: 1...4) func entriesGoWithTheirCalls(seed: UInt64) {
        var random = Seeded(seed)
        var floor = Floor(world: Self.world)
        floor.apply(Self.events(&random))
        // Calls that the traffic left open are ended; then their time passes.
        let late = floor.centre.callsInMemory.reduce(into: Int64(0)) { $0 = max($0, $1.lastHeard - morning) } + 1_000
        for source in ["pbx", "other"] {
            for call in floor.centre.callsInMemory where !call.life.isOver && call.key.source == source {
                floor.apply(
                    Event(
                        source: source, time: morning + late,
                        body: .call(call.key.call, .ended(by: .caller, cause: nil))))
            }
        }
        var effects: [Effect] = []
        floor.centre.tick(morning + late + Centre.lingerMax + 60_000, effects: &effects)
        #expect(floor.centre.callsInMemory.isEmpty, "seed \(seed)")
        #expect(floor.centre.callIndex == CallIndex(), "seed \(seed)")
    }

    /// A copy that is walked on another thread stays as it was.
    @Test func aCopyOfTheCallsDoesNotChange() {
        var floor = Floor(world: Self.world)
        for n in 0..<600 { floor.apply(offered("c\(n)", from: "+815000010003", at: 1_000)) }
        let copy = floor.centre.callsInMemory, before = copy.sorted { $0.number < $1.number }
        for n in 0..<300 { floor.apply(call("c\(n)", .ended(by: .caller, cause: nil), at: 2_000)) }
        for n in 600..<700 { floor.apply(offered("c\(n)", at: 3_000)) }
        #expect(copy.sorted { $0.number < $1.number } == before && copy.count == 600)
        #expect(floor.centre.callsInMemory.count == 700)
        #expect(floor.centre.callsInMemory.filter(\.life.isOver).count == 300)
    }
}
