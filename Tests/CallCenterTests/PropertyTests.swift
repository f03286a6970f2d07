import CallCenter
import Testing

@Suite struct PropertyTests {
    /// Random traffic: every kind of life a call can have, at a handful of operators.
    static func traffic(_ random: inout Seeded, calls: Int) -> [Event] {
        var events = (101...106).map { login("\($0)", at: 0) }
        for n in 0..<calls {
            var t = Int64.random(in: 1_000...3_600_000, using: &random)
            func later(_ range: ClosedRange<Int64>, _ random: inout Seeded) -> Int64 {
                t += Int64.random(in: range, using: &random)
                return t
            }
            let id = "c\(n)", who = "\(Int.random(in: 101...106, using: &random))"
            let from = "+8150000\(10_000 + Int.random(in: 0..<200, using: &random))"
            if Int.random(in: 0..<5, using: &random) == 0 {
                events += PropertyTests.outbound(id, by: who, to: from, at: t, &random)
                continue
            }
            if Int.random(in: 0..<12, using: &random) == 0 {
                events.append(agent(who, .busy(reason: nil), at: t))
                events.append(agent(who, .free, at: later(1...60_000, &random)))
            }
            events.append(offered(id, from: from, at: t))
            events.append(
                call(id, .queued(queue: "support", position: nil, priority: nil), at: later(1...400, &random)))
            switch Int.random(in: 0..<8, using: &random) {
            case 0: events.append(call(id, .ended(by: .caller, cause: nil), at: later(1...60_000, &random)))
            case 1:
                events.append(call(id, .dequeued(queue: "support", reason: .overflow), at: later(1...20_000, &random)))
                events.append(
                    call(id, .queued(queue: "sales", position: nil, priority: nil), at: later(1...100, &random)))
                events.append(call(id, .ended(by: .caller, cause: nil), at: later(1...20_000, &random)))
            case 2:
                events.append(call(id, .dequeued(queue: "support", reason: .callback), at: later(1...20_000, &random)))
                events.append(call(id, .ended(by: .caller, cause: nil), at: later(1...20_000, &random)))
            case 3:
                let other = "\(Int.random(in: 101...106, using: &random))"
                for device in ["a", "b"] {
                    events.append(call(id, .ringing(operator: who, device: device), at: later(1...300, &random)))
                }
                events.append(call(id, .ringing(operator: other, device: nil), at: later(1...300, &random)))
                events.append(
                    call(id, .unanswered(operator: who, device: "a", reason: .busy), at: later(1...900, &random)))
                events.append(call(id, .answered(operator: other), at: later(1...9_000, &random)))
                if who != other {
                    events.append(
                        call(
                            id, .unanswered(operator: who, device: "b", reason: .elsewhere), at: later(0...20, &random))
                    )
                }
                events.append(call(id, .parked(operator: other, slot: "701"), at: later(1...30_000, &random)))
                if Bool.random(using: &random) {
                    events.append(call(id, .retrieved(operator: who, slot: "701"), at: later(1...30_000, &random)))
                }
                events.append(call(id, .ended(by: .caller, cause: "16"), at: later(1...30_000, &random)))
            default:
                events.append(call(id, .ringing(operator: who, device: nil), at: later(1...20_000, &random)))
                if Bool.random(using: &random) {
                    events.append(
                        call(
                            id, .unanswered(operator: who, device: nil, reason: .timeout), at: later(1...5_000, &random)
                        ))
                    events.append(call(id, .ringing(operator: who, device: nil), at: later(1...5_000, &random)))
                }
                events.append(call(id, .answered(operator: who), at: later(1...9_000, &random)))
                if Bool.random(using: &random) {
                    events.append(call(id, .held, at: later(1...9_000, &random)))
                    events.append(call(id, .resumed, at: later(1...9_000, &random)))
                }
                events += PropertyTests.written(id, by: who, after: t, &random)
                events.append(call(id, .ended(by: .operator, cause: nil), at: later(1...90_000, &random)))
                if Bool.random(using: &random) { events.append(agent(who, .ready, at: later(1...20_000, &random))) }
            }
        }
        return events.sorted { $0.time < $1.time }
    }

    /// What is written of a call, some of it minutes after its end; never before it arrived.
    static func written(_ id: String, by who: String, after start: Int64, _ random: inout Seeded) -> [Event] {
        var t = start + 2_000
        return (0..<Int.random(in: 0...2, using: &random)).map { _ in
            t += Int64.random(in: 1...400_000, using: &random)
            let what: Remark.What =
                switch Int.random(in: 0..<4, using: &random) {
                case 0: .note("n")
                case 1: .disposition("complaint")
                default: .disposition("resolved")
                }
            return event(.remark(call: id, RemarkEvent(by: who, what: .final(what))), at: t)
        }
    }

    /// A call that an operator dials: reached or not, held, handed on.
    static func outbound(_ id: String, by who: String, to: String, at start: Int64, _ random: inout Seeded) -> [Event] {
        var t = start
        func later(_ range: ClosedRange<Int64>, _ random: inout Seeded) -> Int64 {
            t += Int64.random(in: range, using: &random)
            return t
        }
        var events = [call(id, .dialed(.init(operator: who, to: to)), at: t)]
        if Int.random(in: 0..<3, using: &random) > 0 {
            events.append(call(id, .answered(operator: nil), at: later(1...20_000, &random)))
            if Bool.random(using: &random) {
                events.append(call(id, .held, at: later(1...9_000, &random)))
                events.append(call(id, .resumed, at: later(1...9_000, &random)))
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                let next = who == "101" ? "102" : "101"
                events.append(
                    call(id, .transferred(to: .operator(next), kind: .attended), at: later(1...9_000, &random)))
            }
        }
        events.append(call(id, .ended(by: .operator, cause: nil), at: later(1...90_000, &random)))
        return events
    }

    static func snapshot(_ floor: inout Floor) -> [String] {
        let stats = floor.stats(after: 2 * 3_600_000)
        let sets = [("centre", stats.centre)] + stats.queues.sorted { $0.key < $1.key }
        return sets.map { "\($0.0) \($0.1.figures) \($0.1.service) \($0.1.waiting) \($0.1.callbacksDue)" }
            + stats.operators.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.state) \($0.value.figures)" }
            + ["\(stats.outbound)"]
            + floor.centre.callbacks.map {
                "\($0.e164) \($0.calls.map(\.at)) \($0.tries.map(\.at)) \($0.reachedAt as Any)"
            }
    }

    @Test(arguments: 1...12) func offeredIsTheSumOfOutcomesAndWaiting(seed: UInt64) {
        var random = Seeded(seed)
        var floor = Floor()
        for event in PropertyTests.traffic(&random, calls: 120) {
            floor.apply(event)
            let set = floor.centre.stats(from: morning - 86_400_000, to: morning + 86_400_000, now: event.time).centre
            let f = set.figures
            let outcomes =
                f.answered + f.abandoned + f.shortAbandoned + f.overflowed + f.callback + f.blocked + f.unknown
            #expect(f.offered == outcomes + set.waiting, "seed \(seed)")
        }
    }

    /// metrics.md: "in any order that a network could give them, give the same figures".
    @Test(arguments: 1...20) func figuresDoNotDependOnTheOrderOfArrival(seed: UInt64) {
        var random = Seeded(seed)
        let events = PropertyTests.traffic(&random, calls: 200)
        var straight = Floor(), shuffled = Floor()
        straight.apply(events)
        let arrival = events.map { ($0, $0.time + Int64.random(in: 0...2_000, using: &random)) }.sorted { $0.1 < $1.1 }
        shuffled.apply(arrival.map(\.0))
        #expect(PropertyTests.snapshot(&straight).count == PropertyTests.snapshot(&shuffled).count, "seed \(seed)")
        let differing = zip(PropertyTests.snapshot(&straight), PropertyTests.snapshot(&shuffled)).filter { $0 != $1 }
        #expect(
            differing.count == 0,
            "seed \(seed): \(differing.first.map { "\($0.0.prefix(900)) … \($0.1.prefix(900))" } ?? "")")
    }

    @Test(arguments: 1...10) func startFromACheckpointEqualsGoingOn(seed: UInt64) {
        var random = Seeded(seed)
        let events = PropertyTests.traffic(&random, calls: 150)
        let cut = Int.random(in: 0..<events.count, using: &random)
        var one = Floor()
        one.apply(Array(events[..<cut]))
        var other = one
        other.centre = Centre(one.centre.checkpoint)
        one.apply(Array(events[cut...]))
        other.apply(Array(events[cut...]))
        #expect(one.centre.checkpoint == other.centre.checkpoint, "seed \(seed)")
    }

    @Test(arguments: 1...10) func noPopAfterTheEnd(seed: UInt64) {
        var random = Seeded(seed)
        var floor = Floor()
        // Shuffled event times must not move the daemon's own clock: it would evict calls long before their time.
        floor.now = morning
        var over: Set<String> = []
        for event in PropertyTests.traffic(&random, calls: 150).shuffled(using: &random) {
            floor.apply(event)
            for case .pop(let pop, _) in floor.effects where over.contains(pop.call) {
                Issue.record("seed \(seed): \(pop.call)")
            }
            if case .call(let id, .ended) = event.body { over.insert(id) }
        }
    }
}
