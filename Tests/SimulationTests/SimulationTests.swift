import CallCenter
import EventWire
import Simulation
import Testing

/// The figures against a centre that knows what really happened in it.
@Suite struct SimulationTests {
    static let start = Timestamp(ms: 1_795_392_000_000)

    /// The events as lines of the protocol, taken by the core in the order given.
    static func centre(_ events: [SimulatedEvent], policy: Policy = Policy()) throws -> Centre {
        try centre(events, policy: policy, kept: false).centre
    }

    /// - Parameter kept: also the calls that left memory meanwhile.
    static func centre(_ events: [SimulatedEvent], policy: Policy, kept: Bool) throws -> (centre: Centre, gone: [Call])
    {
        var centre = Centre(policy: policy), effects: [Effect] = [], gone: [Call] = []
        centre.audience = .operators([])
        for (i, event) in events.enumerated() {
            let time = start + event.at
            let line = Array(event.line(source: "sim", run: "r", time: RFC3339.string(time)).utf8)
            let decoded = try line.withUnsafeBytes { try EventDecoder.decode($0, defaultSource: "sim", readAt: time) }
            effects.removeAll(keepingCapacity: true)
            let number: CallerNumber? =
                if case .call(_, .offered(let offered)) = decoded.event.body {
                    offered.from.map { CallerNumber(kind: .number, raw: $0, e164: "+81" + $0.dropFirst(), display: $0) }
                        ?? .withheld
                } else { nil }
            _ = centre.apply(
                decoded.event, seq: Int64(i + 1), now: time, lookup: number.map { Lookup(caller: $0) },
                effects: &effects)
            if kept { for case .history(.call(let one)) in effects { gone.append(one.call) } }
        }
        return (centre, gone)
    }

    static func shuffled(_ events: [SimulatedEvent], within ms: Int64, seed: UInt64) -> [SimulatedEvent] {
        var random = SeededRandom(seed: seed)
        return events.map { ($0.at + Int64.random(in: 0...ms, using: &random), $0) }.sorted {
            ($0.0, $0.1.number) < ($1.0, $1.1.number)
        }.map(\.1)
    }

    static func check(_ centre: Centre, _ truth: SimulatedTruth, end: Int64, seed: UInt64) throws {
        var centre = centre, effects: [Effect] = []
        let now = start + end + 3_600_000
        centre.settle(now, effects: &effects)
        let stats = centre.stats(from: start - 86_400_000, to: now + 86_400_000, now: now)
        for (name, true_) in truth.queues {
            let set = try #require(stats.queues[name], "\(name), seed \(seed)"), figures = set.figures
            let counted = [
                figures.offered, figures.answered, figures.abandoned, figures.overflowed, figures.callback,
                figures.transfers, figures.holds,
                set.waiting,
            ]
            #expect(
                counted == [
                    true_.offered, true_.answered, true_.abandoned, true_.overflowed, true_.callback, true_.transfers,
                    true_.holds, 0,
                ],
                "\(name), seed \(seed)")
            #expect(
                figures.talk == true_.talk && figures.hold == true_.hold && figures.wrapUp == true_.wrapUp,
                """
                \(name), seed \(seed): \(figures.talk) \(true_.talk), \(figures.hold) \(true_.hold), \
                \(figures.wrapUp) \(true_.wrapUp)
                """
            )
            #expect(
                figures.asa.map { Int64($0) } == true_.asa && figures.aht.map { Int64($0) } == true_.aht,
                "\(name), seed \(seed)")
            #expect(figures.maxWait == true_.longestWait, "\(name), seed \(seed)")
            #expect(
                set.service.level(.negative) == true_.serviceLevel(threshold: set.threshold), "\(name), seed \(seed)")
            for percent in [50, 90, 95, 99] where true_.answered > 0 {
                let told = Double(try #require(figures.waitPercentile(Double(percent)))),
                    real = Double(try #require(true_.wait(percent: percent)))
                #expect(
                    abs(told - real) <= max(1, real * 0.01),
                    "\(name) p\(percent), seed \(seed): \(told), really \(real)")
            }
        }
        for (id, true_) in truth.agents {
            let figures = try #require(stats.operators[id], "\(id), seed \(seed)").figures
            #expect(
                [figures.answered, figures.unanswered] == [true_.answered, true_.unanswered], "\(id), seed \(seed)")
            #expect(
                [figures.talk, figures.hold, figures.wrapUp, figures.paused, figures.loggedIn] == [
                    true_.talk, true_.hold, true_.wrapUp, true_.paused, true_.loggedIn,
                ], "\(id), seed \(seed)")
        }
    }

    @Test(arguments: [UInt64(1), 2, 3, .random(in: 4 ... .max)]) func everyFigureIsWhatReallyHappened(seed: UInt64)
        throws
    {
        var plan = SimulatedCentre.Plan()
        plan.seed = seed
        plan.calls = 2_000
        let (events, truth) = SimulatedCentre.run(plan)
        #expect(
            truth.queues.values.reduce(0) { $0 + $1.abandoned } > 20,
            "a centre without abandons proves little; seed \(seed)")
        #expect(truth.agents.values.reduce(0) { $0 + $1.unanswered } > 20, "seed \(seed)")
        try Self.check(try Self.centre(events), truth, end: events.last?.at ?? 0, seed: seed)
    }

    @Test(arguments: [UInt64(11), 12, .random(in: 13 ... .max)]) func theOrderOfArrivalChangesNothing(seed: UInt64)
        throws
    {
        var plan = SimulatedCentre.Plan()
        plan.seed = seed
        plan.calls = 1_000
        let (events, truth) = SimulatedCentre.run(plan)
        try Self.check(
            try Self.centre(Self.shuffled(events, within: 2_000, seed: seed)), truth, end: events.map(\.at).max() ?? 0,
            seed: seed)
    }

    /// Thresholds that come later, counted for the past: the same as if they had held from the beginning.
    @Test(arguments: [UInt64(21), .random(in: 22 ... .max)]) func whatIsCountedAnewIsWhatWouldHaveBeenCounted(
        seed: UInt64
    ) throws {
        var plan = SimulatedCentre.Plan()
        plan.seed = seed
        plan.calls = 600
        let events = SimulatedCentre.run(plan).events, end = Self.start + (events.map(\.at).max() ?? 0) + 3_600_000
        var then = Policy(), now = Policy()
        now.queues["support"] = QueuePolicy()
        now.queues["support"]?.serviceLevelThreshold = 5_000
        now.queues["support"]?.shortAbandon = 8_000
        now.queueDefault.shortAbandon = 3_000
        then.queues["sales"] = QueuePolicy()
        then.queues["sales"]?.shortAbandon = 20_000
        func rows(_ figures: PastFigures) -> [FiguresReport.Row] {
            var report = FiguresReport(
                policy: now, by: .queue, filter: .init(), bounds: [Self.start - 86_400_000, end])
            report.add(figures)
            return report.rows
        }
        var old = try Self.centre(events, policy: then, kept: true),
            fresh = try Self.centre(events, policy: now, kept: true)
        var effects: [Effect] = []
        fresh.centre.settle(end, effects: &effects)
        effects = []
        old.centre.settle(end, effects: &effects)
        // As the daemon does with calls that the clock evicts.
        for case .history(.call(let one)) in effects { old.gone.append(one.call) }
        var recount = Recount(policy: now)
        for call in old.gone + Array(old.centre.callsInMemory) { recount.add(call) }
        let counted = rows(recount.figures(gaps: [], skews: [])),
            real = rows(fresh.centre.figuresInMemory(from: Self.start - 86_400_000, to: end, now: end))
        #expect(counted.map(\.key) == real.map(\.key), "seed \(seed)")
        var short = 0
        for (a, b) in zip(counted, real) {
            guard case .visits(let a) = a.figures, case .visits(let b) = b.figures else { continue }
            #expect(a.figures == b.figures && a.service == b.service, "seed \(seed)")
            short += a.figures.shortAbandoned
        }
        #expect(short > 0, "seed \(seed): nothing to tell them apart by")
    }

    @Test func theSameSeedIsTheSameDay() {
        var plan = SimulatedCentre.Plan()
        plan.calls = 200
        let lines = { (seed: UInt64) in
            plan.seed = seed
            return SimulatedCentre.run(plan).events.map { $0.line(source: "sim", run: "r", time: nil) + "\($0.at)" }
        }
        #expect(lines(7) == lines(7))
        #expect(lines(7) != lines(8))
    }

    /// The mean of many is close to what was asked for: the logarithm of our own is one.
    @Test func callersComeAsOftenAsThePlanSays() {
        var plan = SimulatedCentre.Plan()
        plan.calls = 5_000
        plan.callsPerHour = 1_000
        plan.operators = 60
        let events = SimulatedCentre.run(plan).events
        let offered = events.filter { $0.type == "call.offered" }.map(\.at)
        // The third hour has the rate as it is.
        let inThird = offered.filter { 2 * 3_600_000..<3 * 3_600_000 ~= $0 }.count
        #expect(880...1_120 ~= inThird, "\(inThird) in the hour")
    }
}
