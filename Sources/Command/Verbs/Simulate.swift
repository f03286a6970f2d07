import ArgumentParser
import Foundation
import Simulation

/// `screenpop simulate`: a simulated call centre, for demonstrations, load, and checking the figures.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make up a call centre, and push its calls.",
        discussion: """
            Callers come at random, wait, lose patience; operators answer, put on hold, hand on, take breaks. The same \
            seed gives the same day.

              screenpop simulate                                   a centre, live, until Ctrl-C
              screenpop simulate --speed 10 --calls-per-hour 600   ten times as fast
              screenpop simulate --history --calls 10000           a day that has just ended, at once
              screenpop simulate --history --calls 10000 --check   and are the figures what really happened?

            --check compares every figure with what the simulation knows, by queue and by operator; it needs a daemon \
            with default queues, whose
            figures have nothing else in that time. Events are sent again, under their ids, when the daemon was away: \
            none is lost, none
            counted twice. The exit status is 1 when a figure differs.

            Never into a centre that works: its figures would count these calls.
            """)

    @OptionGroup var global: GlobalOptions
    @Option(
        name: .customLong("events-socket"),
        help: ArgumentHelp("(env: SCREENPOP_EVENTS_SOCKET; default: /run/screenpop/events.sock)", valueName: "path"))
    var eventsSocket: String?
    @Option(help: "How many callers in all. (default: 1000; live 10000)") var calls: Int?
    @Option(help: "Callers per hour, when it is busiest.") var callsPerHour = 240.0
    @Option(name: .customLong("operators"), help: "How many answer. (default: as many as it takes)") var operatorCount:
        Int?
    @Option(help: "The queues callers come to.") var queues = "support,sales"
    @Option(help: "The same number gives the same day. (default: another each time)") var seed: UInt64?
    @Option(help: "Live: so many times as fast as life.") var speed = 1.0
    @Flag(help: "At once, with the times of the hours that have just passed.") var history = false
    @Flag(help: "Then compare the figures with what really happened.") var check = false
    @Option(help: "Send events up to so many milliseconds late, in another order.") var shuffle = 0
    @Option(help: ArgumentHelp("Send so many of them twice.", valueName: "share")) var duplicates = 0.0

    func validate() throws {
        guard 0.01...100_000 ~= callsPerHour, 0.01...10_000 ~= speed, 0...1 ~= duplicates else {
            throw ValidationError(
                "--calls-per-hour is from 0.01 to 100000, --speed from 0.01 to 10000, --duplicates from 0 to 1.")
        }
        guard 1...10_000_000 ~= calls ?? 1, 1...100_000 ~= operatorCount ?? 1, 0...86_400_000 ~= shuffle else {
            throw ValidationError(
                "--calls is from 1 to 10000000, --operators from 1 to 100000, --shuffle at most a day, 86400000.")
        }
        guard !check || history else { throw ValidationError("--check goes with --history.") }
    }

    private var plan: SimulatedCentre.Plan {
        var plan = SimulatedCentre.Plan()
        plan.seed = seed ?? UInt64.random(in: 1 ... .max)
        plan.calls = calls ?? (history ? 1_000 : 10_000)
        plan.callsPerHour = callsPerHour
        plan.queues = queues.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
            !$0.isEmpty
        }
        // Three and a half minutes a call, and one in ten to spare.
        plan.operators = operatorCount ?? max(2, Int((callsPerHour * 210 / 3_600 * 1.1).rounded(.up)))
        return plan
    }

    func run() async throws {
        try await global.run {
            let plan = plan, run = "s\(plan.seed % 100_000_000)-\(Int(Date().timeIntervalSince1970) % 1_000_000)"
            let (events, truth) = SimulatedCentre.run(plan)
            let socket =
                eventsSocket ?? ProcessInfo.processInfo.environment["SCREENPOP_EVENTS_SOCKET"]
                ?? "/run/screenpop/events.sock"
            if history {
                try await pushHistory(events, truth, plan, run, socket)
            } else {
                try await pushLive(events, plan, run, socket)
            }
        }
    }

    // MARK: Live

    private func pushLive(_ events: [SimulatedEvent], _ plan: SimulatedCentre.Plan, _ run: String, _ socket: String)
        async throws
    {
        endOnInterrupt()
        let l = global.speech
        complain(
            l.say(
                "シード \(plan.seed)、オペレーター \(plan.operators) 人。Ctrl-C で終わります。",
                "Seed \(plan.seed), \(plan.operators) operators. Ctrl-C ends it."))
        let start = ContinuousClock.now, speed = speed, waits = events.map { Double($0.at) / 1_000 / speed }
        var next = 0
        // What is due goes together; the daemon says when.
        while next < events.count {
            try await Task.sleep(until: start + .seconds(waits[next]))
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            var due: [String] = []
            while next < events.count, waits[next] <= elapsed {
                due.append(events[next].line(source: "simulation", run: run, time: nil))
                next += 1
            }
            try await Resender(socket: socket).send(due)
        }
    }

    // MARK: History

    private func pushHistory(
        _ events: [SimulatedEvent], _ truth: SimulatedTruth, _ plan: SimulatedCentre.Plan, _ run: String,
        _ socket: String
    )
        async throws
    {
        let l = global.speech
        let length = events.map(\.at).max() ?? 0
        // Ends now, and begins on the boundary of any interval.
        let startS = start(length: length / 1_000) / 3_600 * 3_600
        let start = Date(timeIntervalSince1970: Double(startS))
        var random = SeededRandom(seed: plan.seed &+ 1)
        var timed = events.map {
            (due: $0.at + (shuffle > 0 ? Int64.random(in: 0...Int64(shuffle), using: &random) : 0), event: $0)
        }
        for event in events where duplicates > 0 && Double.random(in: 0..<1, using: &random) < duplicates {
            timed.append((due: event.at + Int64.random(in: 0...Int64(max(shuffle, 1)), using: &random), event: event))
        }
        timed.sort { ($0.due, $0.event.number) < ($1.due, $1.event.number) }
        // A Date of Foundation's is a Double, which is a millisecond off now and then.
        func time(_ ms: Int64) -> String {
            let second = Date(timeIntervalSince1970: Double(startS + ms / 1_000)).formatted(.iso8601).dropLast(),
                rest = String(ms % 1_000)
            return second + "." + String(repeating: "0", count: 3 - rest.count) + rest + "Z"
        }
        let lines = timed.map { $0.event.line(source: "simulation", run: run, time: time($0.event.at)) }
        try await Resender(socket: socket, showsProgress: true).send(lines)
        complain(
            l.say(
                "\(truth.calls) 呼、\(lines.count) イベント（シード \(plan.seed)）。",
                "\(truth.calls) calls in \(lines.count) events (seed \(plan.seed))."))
        if check {
            try await compare(
                truth, from: start,
                to: Date(timeIntervalSince1970: Double((startS + length / 1_000 + 2 * 3_600) / 3_600 * 3_600)))
        }
    }

    /// When the hours begin. What is compared is asked for as one month's, so they are moved off its ends, in any time
    /// zone. Seconds.
    private func start(length: Int64) -> Int64 {
        let now = Int64(Date().timeIntervalSince1970), start = now - length - 1, day: Int64 = 86_400
        let calendar = CivilClock(timezone: "UTC").calendar
        func month(_ time: Int64) -> Date {
            calendar.dateInterval(of: .month, for: Date(timeIntervalSince1970: Double(time)))?.start ?? .distantPast
        }
        let last = month(now + day + 2 * 3_600)
        guard check, month(start - day) != last else { return start }
        return Int64(last.timeIntervalSince1970) - day - length - 3 * 3_600
    }

    private func compare(_ truth: SimulatedTruth, from: Date, to: Date) async throws {
        func ask(_ by: String) async throws -> [String: Intervals.Row] {
            let answer: Intervals = try await global.client.ask(
                .init(
                    path: path(
                        ["v1", "intervals"],
                        [
                            ("from", from.formatted(.iso8601)), ("to", to.formatted(.iso8601)), ("by", by),
                            ("step", "1mo"),
                        ])))
            guard Set(answer.intervals.compactMap(\.key)).count == answer.intervals.count else {
                throw ClientError.local(
                    "The hours that were simulated are in two months, whose figures are not added up here; try again "
                        + "in some hours."
                )
            }
            return Dictionary(uniqueKeysWithValues: answer.intervals.map { ($0.key ?? "", $0) })
        }
        let differences = FigureCheck.differences(
            truth, queues: try await ask("queue"), operators: try await ask("operator"))
        let l = global.speech
        guard !differences.isEmpty else {
            return say(l.say("すべての数字が実際と一致しました。", "Every figure is what really happened."))
        }
        for difference in differences { say(difference) }
        complain(
            l.say("\(differences.count) 個の数字が実際と違います。", "\(differences.count) figures are not what really happened."))
        throw ExitCode(Exit.refused)
    }
}
