import CallCenter
import Testing

@testable import Storage

/// metrics.md, "Opening a figure": the list behind a figure has exactly as many lines as the figure says, wherever the
/// calls are.
@Suite struct BehindFiguresTests {
    static let hour: Int64 = 3_600_000

    /// A centre over some days with everything that moves a count: late events, calls of days, visits to a queue that
    /// was visited before.
    struct Days {
        var random: Seeded
        var centre: Centre
        var past: [PastFigures] = []
        var ended: [Int64: Call] = [:]
        let store: CustomerStore
        var seq: Int64 = 0

        init(_ name: String, _ store: CustomerStore) {
            random = Seeded(name)
            self.store = store
            var policy = Policy()
            policy.queues["support"] = QueuePolicy()
            policy.queues["support"]?.shortAbandon = 9_000
            policy.queues["sales"] = QueuePolicy()
            policy.queues["sales"]?.shortAbandon = 3_000
            policy.queues["sales"]?.excludeShortAbandons = true
            policy.queues["sales"]?.serviceLevelThreshold = 9_000
            policy.queues["sales"]?.wrapUpLimit = 0
            policy.grain = 300_000
            policy.dispositions = [.init(code: "resolved"), .init(code: "complaint", isComplaint: true)]
            centre = Centre(policy: policy)
        }

        mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        mutating func who() -> String { "\(Int.random(in: 101...105, using: &random))" }

        /// A call's events with their times.
        mutating func call(_ id: String, _ start: Int64) -> [(at: Int64, event: Event)] {
            var at = start, events: [(at: Int64, event: Event)] = []
            func add(_ body: CallEvent, _ random: inout Seeded, within most: Int64 = 15_000) {
                at += Int64.random(in: 1...most, using: &random)
                events.append((at, Event(source: "pbx", time: morning + at, body: .call(id, body))))
            }
            let long = chance(3) ? 30 * BehindFiguresTests.hour : 15_000
            let line = ["+81300000000", "+81300000001", nil].randomElement(using: &random)!
            if chance(15) {
                let one = who()
                add(
                    .dialed(.init(operator: one, to: "+8190\(Int.random(in: 0..<30, using: &random))", from: line)),
                    &random)
                if chance(60) { add(.answered(operator: chance(50) ? one : nil), &random) }
                if chance(30) { add(.transferred(to: .operator(who()), kind: .attended), &random) }
                add(.ended(by: .operator, cause: nil), &random)
                return events
            }
            if chance(90) {
                add(
                    .offered(
                        .init(
                            from: chance(80) ? "+8190\(Int.random(in: 0..<30, using: &random))" : nil, to: line,
                            queue: "support")), &random)
            }
            // Some give up at once: short abandons are too few otherwise to be there in every run.
            if chance(10) {
                add(.queued(queue: "support", position: nil, priority: nil), &random, within: 1_000)
                add(.ended(by: .caller, cause: nil), &random, within: 5_000)
                return events
            }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                if chance(80) {
                    add(.queued(queue: chance(50) ? "support" : "sales", position: nil, priority: nil), &random)
                }
                let one = who(), other = who()
                if chance(70) { add(.ringing(operator: one, device: chance(30) ? "a" : nil), &random, within: 6_000) }
                if chance(30) {
                    add(
                        .unanswered(
                            operator: chance(50) ? one : other, device: chance(20) ? "a" : nil, reason: .timeout),
                        &random)
                }
                switch Int.random(in: 0..<6, using: &random) {
                case 0: add(.dequeued(queue: nil, reason: chance(50) ? .callback : .overflow), &random, within: long)
                case 1: break
                default:
                    add(.answered(operator: one), &random, within: 20_000)
                    if chance(40) { add(.held, &random) }
                    if chance(40) { add(.resumed, &random) }
                    if chance(15) { add(.parked(operator: one, slot: "701"), &random) }
                    if chance(15) { add(.retrieved(operator: other, slot: "701"), &random) }
                    if chance(40) {
                        add(
                            .transferred(
                                to: chance(50) ? .operator(other) : .queue("sales"),
                                kind: chance(50) ? .blind : .attended), &random)
                    }
                }
            }
            if chance(95) { add(.ended(by: .caller, cause: nil), &random, within: long) }
            // Some is written long after the call has left memory.
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                at += Int64.random(in: 1_000...(chance(20) ? 5 * BehindFiguresTests.hour : 60_000), using: &random)
                let what: Remark.What =
                    chance(30) ? .note("n") : .disposition(chance(50) ? "resolved" : "complaint")
                let remark = RemarkEvent(by: who(), what: .final(what))
                events.append((at, Event(source: "pbx", time: morning + at, body: .remark(call: id, remark))))
            }
            return events
        }

        mutating func run(calls: Int) throws {
            var events: [(at: Int64, event: Event)] = (101...105).map {
                (
                    0,
                    Event(
                        source: "pbx", time: morning,
                        body: .operator("\($0)", .login(name: nil, device: nil, queues: nil)))
                )
            }
            for n in 0..<calls {
                events += call("c\(n)", Int64.random(in: 1_000...40 * BehindFiguresTests.hour, using: &random))
            }
            for n in 0..<calls / 3 {
                let at = Int64.random(in: 1_000...40 * BehindFiguresTests.hour, using: &random)
                events.append(
                    (
                        at,
                        Event(source: "pbx", time: morning + at, body: .operator(who(), chance(50) ? .ready : .resumed))
                    ))
                if n % 20 == 0 {
                    let snapshot = PBXSnapshot(
                        calls: [.init(call: "s\(n)", state: .queued, offered: .init(from: nil), queue: "support")],
                        operators: [])
                    events.append((at, Event(source: "pbx", time: morning + at, body: .snapshot(snapshot))))
                }
            }
            // Some come a moment late, a few much later.
            let arrivals = events.map { one in
                (
                    at: one.at
                        + (chance(3)
                            ? Int64.random(in: 0...400_000, using: &random)
                            : Int64.random(in: 0...900, using: &random)),
                    event: one.event
                )
            }
            for (at, event) in arrivals.sorted(by: { $0.at < $1.at }) {
                if chance(20) { try tick(morning + at) }
                try apply(event, at: morning + at)
            }
            // Days later figures have left memory, and so have most calls.
            if chance(50) {
                try apply(
                    Event(source: "pbx", time: morning + 100 * BehindFiguresTests.hour, body: .pbxConnected),
                    at: morning + 100 * BehindFiguresTests.hour)
            }
        }

        /// The clock evicts calls as well, so its effects belong to the history like those of events.
        mutating func tick(_ now: Timestamp) throws {
            var effects: [Effect] = []
            centre.tick(now, effects: &effects)
            try record(effects)
        }

        mutating func apply(_ event: Event, at now: Timestamp) throws {
            seq += 1
            var effects: [Effect] = [], lookup: Lookup?
            let question = Centre.lookupQuestion(event)
            let asked: String?? =
                if case .number(let raw, _)? = question { raw } else if case .dialed(let raw)? = question { raw } else {
                    nil
                }
            if let raw = asked {
                let card = raw.map {
                    CustomerCard(id: Int64($0.utf8.count), name: "n", tier: $0.hasSuffix("7") ? "vip" : "regular")
                }
                lookup =
                    raw.map {
                        Lookup(
                            caller: CallerNumber(kind: .number, raw: $0, e164: $0, display: $0),
                            candidates: $0.hasSuffix("3") ? [] : [Candidate(customer: card!)])
                    }
                    ?? Lookup(caller: .withheld)
            }
            _ = centre.apply(event, seq: seq, now: centre.moment(now), lookup: lookup, effects: &effects)
            try record(effects)
        }

        private mutating func record(_ effects: [Effect]) throws {
            for case .history(let entry) in effects {
                switch entry {
                case .ended(let one), .call(let one): ended[one.number] = one.call
                case .figures(let gone): past.append(gone)
                case .remark(let remark, let key):
                    try write()
                    try store.write([(remark: remark, of: key)])
                case .touchpoint: break
                }
            }
            if ended.count > 40 { try write() }
        }

        mutating func write() throws {
            try store.write(calls: ended.values.map { CallRow($0) }, touchpoints: [])
            ended = [:]
        }

        /// The calls that a list looks at: those in memory, and those in the store alone.
        func calls(from: Timestamp, to: Timestamp) throws -> [Call] {
            let live = centre.callsInMemory.numbers
            var found = Array(centre.callsInMemory)
            try store.calls(below: nil, CallSpan(lastedUntil: from, beganBefore: to, isOfMoments: true), customer: nil)
            {
                if !live.contains($0.number) { found.append($0) }
                return true
            }
            return found
        }
    }

    @Test(arguments: 1...4) func aFigureAndTheListBehindItAgree(_ run: Int) throws {
        let directory = try StateDirectory()
        var days = Days("aFigureAndTheListBehindItAgree \(run)", try directory.store())
        try days.run(calls: 150)
        let now = morning + 101 * Self.hour
        try days.tick(now)
        try days.write()
        var seen = 0, listed: Set<Countable> = []
        for round in 0..<16 {
            // All of it once, then windows of any length on the boundaries of intervals.
            let first = Int64.random(in: -2...500, using: &days.random) * 300_000
            let from = round == 0 ? morning - Self.hour : morning + first
            let to =
                round == 0 ? now : from + 300_000 * Int64.random(in: 1...(round < 8 ? 6 : 200), using: &days.random)
            let calls = try days.calls(from: from, to: to)
            let memory = days.centre.figuresInMemory(from: from, to: to, now: now)
            for grouping in FiguresReport.Grouping.allCases {
                var report = FiguresReport(
                    policy: days.centre.policy, by: grouping, filter: .init(), bounds: [from, to])
                for gone in days.past + [memory, try days.store.lateOutcomes(from: from, to: to)] { report.add(gone) }
                report.add(waiting: days.centre.waitingVisits(from: from, to: to))
                for row in report.rows {
                    var filter = FiguresReport.Filter()
                    switch grouping {
                    case .centre: break
                    case .queue: filter.queue = row.key
                    case .tier: filter.tier = row.key
                    case .line: filter.line = row.key
                    case .operator: filter.operator = row.key
                    }
                    for (what, count, sum) in Self.figures(row, days.centre.policy.complaints) {
                        let behind = Behind(what, filter, from: from, to: to)
                        let lines = calls.flatMap { behind.counts(of: $0, days.centre.policy, now: now) }
                        #expect(lines.count == count, "\(what) of \(grouping) \(row.key), \(from.ms)…\(to.ms)")
                        if let sum {
                            #expect(lines.compactMap(\.ms).reduce(0, +) == sum, "\(what) of \(grouping) \(row.key)")
                        }
                        seen += count
                        if count > 0 { listed.insert(what) }
                    }
                }
            }
        }
        #expect(seen > 3_000)
        // Nothing is agreed on because it never happened.
        let never = Set(Countable.allCases).subtracting(listed).subtracting([
            .blocked, .notQueued, .waitingRinging, .waitingVIP, .worked,
        ])
        #expect(never.isEmpty, "\(never)")
    }

    /// What a row says of each thing that is counted, and the sum of its milliseconds.
    static func figures(_ row: FiguresReport.Row, _ complaints: Set<String>) -> [(Countable, Int, Int64?)] {
        func outcomes(_ one: OutcomeFigures) -> [(Countable, Int, Int64?)] {
            [
                (.answeredCalls, one.answeredCalls, nil), (.documented, one.documented, nil),
                (.undocumented, one.answeredCalls - one.documented, nil),
                (.withoutDisposition, one.answeredCalls - one.withDisposition, nil),
                (.dispositions, one.withDisposition, nil), (.complaints, one.complaints(complaints), nil),
            ]
        }
        switch row.figures {
        case .operator(let one):
            return [
                (.answered, one.answered, nil), (.unanswered, one.unanswered, nil),
                (.transfersOut, one.transfersOut, nil), (.dialed, one.outbound.dialed, nil),
                (.reached, one.outbound.reached, nil),
            ] + outcomes(one.outcomes)
        case .visits(let set):
            let f = set.figures, s = set.service
            return [
                (.offered, f.offered, nil), (.answered, f.answered, nil), (.abandoned, f.abandoned, nil),
                (.shortAbandoned, f.shortAbandoned, nil),
                (.overflowed, f.overflowed, nil), (.callback, f.callback, nil), (.blocked, f.blocked, nil),
                (.unknown, f.unknown, nil),
                (.waiting, set.waiting, nil), (.handled, f.handled, f.talk + f.hold + f.wrapUp),
                (.transfers, f.transfers, nil), (.holds, f.holds, nil),
                (.knownNumber, f.callsKnown, nil), (.repeats, f.callsRepeat, nil),
                (.endedTimed, f.endedTimed, f.endedWait),
                (.answeredTimed, s.answered, f.answeredWait), (.answeredWithin, s.answeredWithin, nil),
                (.abandonedTimed, s.abandoned, nil),
                (.abandonedWithin, s.abandonedWithin, nil), (.shortTimed, s.short, nil),
            ] + outcomes(f.outcomes)
        }
    }
}
