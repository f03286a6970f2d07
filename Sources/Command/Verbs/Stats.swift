import ArgumentParser
import Foundation

/// `screenpop stats`: the figures.
struct Stats: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The figures of today: waiting, answered, abandoned, service level, operators.",
        discussion: """
            Times are the centre's. docs/supervisor.md says what each figure means. Every count opens to its calls: \
            screenpop calls --queue support --outcome abandoned --today

              screenpop stats
              screenpop stats --watch
              screenpop stats --at '2026-11-20 14:03'
              screenpop stats --json | jq .centre.service_level
              screenpop stats --receipt abandon_rate --queue support
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Flag(help: "Redraw when something changes; Ctrl-C ends.") var watch = false
    @Option(help: ArgumentHelp("From this time on, on an interval's boundary.", valueName: "'2026-11-20 09:00'"))
    var from: String?
    @Option(help: ArgumentHelp("Up to this time.", valueName: "time")) var to: String?
    @Option(help: ArgumentHelp("The board as it was then, told again from the log.", valueName: "'2026-11-20 14:03'"))
    var at: String?

    @Option(
        help: ArgumentHelp(
            "One figure with its definition, its threshold and the calls that make it up.", valueName: "figure"))
    var receipt: String?
    @Option(help: "With --receipt: of this queue.") var queue: String?
    @Option(help: "With --receipt: of customers of this tier.") var tier: String?
    @Option(help: "With --receipt: of calls to this number.") var line: String?
    @Option(name: .customLong("operator"), help: "With --receipt: of this operator.") var operatorID: String?
    @Option(help: "With --receipt service_level: negative, ignore, positive, answered or short.") var variant: String?

    func validate() throws {
        for (name, text) in [("--at", at), ("--from", from), ("--to", to)] where WrittenTime.isWrong(text) {
            throw ValidationError("\(name) is a time such as '2026-11-20 14:03'.")
        }
        if receipt == nil, queue ?? tier ?? line ?? operatorID ?? variant != nil {
            throw ValidationError("--queue, --tier, --line, --operator and --variant say of what a --receipt is.")
        }
        if receipt != nil, watch || at != nil {
            throw ValidationError("--receipt is of figures as they are now: leave --watch and --at out.")
        }
        if at != nil, watch || from != nil || to != nil {
            throw ValidationError("--at shows the day of its moment: leave --watch, --from and --to out.")
        }
    }

    func run() async throws {
        try await global.run {
            if watch { return try await follow() }
            let centre = try await global.centreTime()
            let data = try await global.client.ask(
                .init(
                    path: path(
                        ["v1", "stats"],
                        [
                            ("from", try from.map { try centre.moment($0) }),
                            ("to", try to.map { try centre.moment($0, isEnd: true) }),
                            ("at", try at.map { try centre.moment($0) }), ("receipt", receipt == nil ? nil : "true"),
                            ("figure", receipt), ("queue", queue), ("tier", tier),
                            ("line", line), ("operator", operatorID), ("variant", variant),
                            ("lang", global.speech.rawValue),
                        ])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            if receipt != nil {
                return say(ReceiptText(language: global.speech, clock: centre.clock).text(try APIClient.decode(data)))
            }
            say(board(centre.clock).text(try APIClient.decode(data)))
        }
    }

    private func board(_ clock: CivilClock) -> StatsBoard {
        StatsBoard(terminal: global.terminal, language: global.speech, clock: clock)
    }

    private func follow() async throws {
        endOnInterrupt()
        let terminal = global.terminal, board = board(try await global.centreTime().clock)
        var parser = SSEParser()
        try await global.client.ask(.init(path: "/v1/stats/stream")) { piece in
            parser.feed(piece.readableBytesView) { event in
                guard event.name == "stats" else { return }
                if output.json { return say(event.data) }
                guard let figures: Figures = try? APIClient.decode(Data(event.data.utf8)) else { return }
                say((terminal.isTerminal ? "\u{1B}[H\u{1B}[2J" : "") + board.text(figures))
            }
            return true
        }
    }
}

/// `GET /v1/stats`.
struct Figures: Decodable {
    struct Set: Decodable {
        struct Level: Decodable {
            var thresholdMs: Int64
            var variant: String
            var negative, ignore, positive, answered, short: Double?

            var chosen: Double? {
                switch variant {
                case "ignore": ignore
                case "positive": positive
                case "answered": answered
                case "short": short
                default: negative
                }
            }
        }
        var offered, answered, abandoned, shortAbandoned, overflowed, callback, blocked, unknown: Int
        var waiting, waitingRinging, waitingVip: Int
        var longestWaitMs: Int64
        var asaMs, ahtMs, waitP90Ms: Int64?
        var abandonRate: Double?
        var serviceLevel: Level
        var callbacksDue: Int
        /// Absent in what older daemons say, as the two after it.
        var dispositions: [String: Int]?
        var complaintRate, documentedRate: Double?
        var incomplete: Bool
        /// Absent in what older daemons say.
        var marks: [FigureMark]?
        /// Of the centre alone.
        var outbound: Outbound?
    }
    /// Calls that operators dialed.
    struct Outbound: Decodable {
        var dialed, reached: Int
        var talkMs: Int64
    }
    struct Operator: Decodable {
        var name: String?
        var state: String
        var since: String?
        var reason: String?
        var answered, unanswered: Int
        var talkMs, holdMs, wrapUpMs: Int64
        var occupancy: Double?
        var outbound: Outbound?
    }
    var at: String
    var from: String
    var centre: Set
    var queues: [String: Set]
    var tiers: [String: Set]
    var operators: [String: Operator]
}

/// The figures as a board.
struct StatsBoard {
    let terminal: Terminal
    let language: Language
    /// The centre's.
    let clock: CivilClock

    func text(_ figures: Figures) -> String {
        let period =
            "\(clock.shown(figures.at))  \(language.say("本日", "today, since")) \(clock.shown(figures.from))  "
                + "\(safe(clock.name))"
        var parts = [terminal.styled(period, .dim)]
        var table = Table(
            [
                language.say("キュー", "queue"), language.say("待ち", "waiting"), "VIP", language.say("最長", "longest"),
                language.say("着信", "offered"),
                language.say("応答", "answered"), language.say("放棄", "abandoned"), language.say("短時間放棄", "short"),
                language.say("あふれ", "overflow"), language.say("放棄率", "abandon"),
                language.say("サービスレベル", "SL"), "ASA", "AHT", language.say("要折返し", "callbacks"),
            ], right: Swift.Set(1...13))
        func add(_ name: String, _ one: Figures.Set) {
            table.add([
                name + (one.incomplete ? language.say(" (不完全)", " (incomplete)") : ""), String(one.waiting),
                String(one.waitingVip), language.duration(one.longestWaitMs),
                String(one.offered), String(one.answered), String(one.abandoned), String(one.shortAbandoned),
                String(one.overflowed + one.callback),
                language.percent(one.abandonRate), language.percent(one.serviceLevel.chosen),
                language.duration(one.asaMs), language.duration(one.ahtMs),
                String(one.callbacksDue),
            ])
        }
        for (name, one) in figures.queues.sorted(by: { $0.key < $1.key }) { add(safe(name), one) }
        add(language.say("全体", "centre"), figures.centre)
        for (name, one) in figures.tiers.sorted(by: { $0.key < $1.key }) where one.offered + one.waiting > 0 {
            add("  " + language.tier(name), one)
        }
        parts.append(table.text(on: terminal))
        if let outcomes = outcomes(figures.centre) { parts.append(outcomes) }
        for mark in figures.centre.marks ?? [] { parts.append("! " + mark.line(clock)) }
        if figures.centre.offered == 0, figures.centre.waiting == 0 {
            parts.append(
                language.say(
                    "本日の着信はまだありません。",
                    "No calls yet today. Push one: screenpop send --type call.offered --call a1 --from 09012345678 "
                        + "--to 0300000000 --queue support"
                ))
        }
        if let outbound = figures.centre.outbound, outbound.dialed > 0 { parts.append(text(outbound)) }
        parts.append(operators(figures))
        return parts.joined(separator: "\n")
    }

    /// How calls came out, most often first; nil when nobody said so of any.
    private func outcomes(_ one: Figures.Set) -> String? {
        guard let counts = one.dispositions, !counts.isEmpty else { return nil }
        let each = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\(safe($0.key)) \($0.value)" }
        return language.say("結果: ", "dispositions: ") + each.joined(separator: ", ") + "  "
            + language.say("苦情率 ", "complaints ") + language.percent(one.complaintRate) + "  "
            + language.say("記録率 ", "documented ") + language.percent(one.documentedRate)
    }

    private func text(_ one: Figures.Outbound) -> String {
        language.say(
            "発信 \(one.dialed)  応答あり \(one.reached)  通話 \(language.duration(one.talkMs))",
            "outbound: dialed \(one.dialed), reached \(one.reached), talk \(language.duration(one.talkMs))")
    }

    private func operators(_ figures: Figures) -> String {
        if figures.operators.isEmpty { return language.say("オペレーターはまだいません。", "No operator has been seen yet.") }
        var table = Table(
            [
                language.say("オペレーター", "operator"), language.say("名前", "name"), language.say("状態", "state"),
                language.say("応答", "answered"),
                language.say("不応答", "unanswered"), language.say("通話", "talk"), language.say("保留", "hold"),
                language.say("後処理", "wrap-up"),
                language.say("発信", "dialed"), language.say("応答あり", "reached"), language.say("稼働率", "occupancy"),
                language.say("理由", "reason"),
            ], right: [3, 4, 5, 6, 7, 8, 9, 10])
        for (id, one) in figures.operators.sorted(by: { $0.key < $1.key }) {
            table.add([
                safe(id), one.name.map(safe) ?? "", language.state(one.state), String(one.answered),
                String(one.unanswered), language.duration(one.talkMs),
                language.duration(one.holdMs), language.duration(one.wrapUpMs), String(one.outbound?.dialed ?? 0),
                String(one.outbound?.reached ?? 0), language.percent(one.occupancy), one.reason.map(safe) ?? "",
            ])
        }
        return "\n" + table.text(on: terminal)
    }
}
