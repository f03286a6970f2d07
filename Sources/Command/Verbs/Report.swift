import ArgumentParser
import Foundation

/// `screenpop report`: what was in a time past.
struct Report: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The figures of a time past, what notes cost, and two periods side by side.",
        discussion: """
            Without one of the words below: the figures. 'screenpop report figures --help' has their options.

              screenpop report --from 2026-11-01 --to 2026-11-30 --step 1d
              screenpop report --from 2026-11-01 --format html > november.html
              screenpop report note-cost --from 2026-11-01
              screenpop report before-after --before 2026-10-01..2026-10-31 --after 2026-11-01..2026-11-26
            """,
        subcommands: [FiguresOfATime.self, NoteCostReport.self, BeforeAfterReport.self],
        defaultSubcommand: FiguresOfATime.self)
}

/// `screenpop report figures`: the figures of a time past.
struct FiguresOfATime: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figures",
        abstract: "The figures of a time past, step by step: as a table, CSV, JSON, or a page with charts.",
        discussion: """
            Dates and times are the centre's, a last day is included; with a zone of its own a time is written as \
            2026-11-20T09:00:00+09:00. \
            docs/supervisor.md says what each figure means.

              screenpop report --from 2026-11-01 --to 2026-11-30 --step 1d
              screenpop report --from 2026-11-23 --by queue --step 1h
              screenpop report --from 2026-11-01 --format csv > november.csv
              screenpop report --from 2026-11-01 --format html > november.html
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, csv, json, html }
    enum Grouping: String, ExpressibleByArgument, CaseIterable { case centre, queue, tier, line, `operator` }

    @OptionGroup var global: GlobalOptions
    @Option(help: ArgumentHelp("From this day or time on. (default: today)", valueName: "date")) var from: String?
    @Option(help: ArgumentHelp("To the end of this day, or up to this time. (default: now)", valueName: "date")) var to:
        String?
    @Option(help: "A row for each of these.") var by: Grouping?
    @Option(help: "Visits to this queue alone.") var queue: String?
    @Option(help: "15m, 30m, 1h, 1d, 1w or 1mo. (default: the centre's interval)") var step: String?
    @Option(help: "How to write it.") var format = Format.table
    @Flag(
        help: "Count the visits of that time anew, by the thresholds that hold now, instead of what was counted then.")
    var recount = false

    func validate() throws {
        for (name, text) in [("--from", from), ("--to", to)] where WrittenTime.isWrong(text) {
            throw ValidationError("\(name) is a day such as 2026-11-20, or a time such as '2026-11-20 14:00'.")
        }
        if recount, by == .operator {
            throw ValidationError("--recount counts visits; operators' times have no threshold.")
        }
        if format == .html, by == .operator {
            throw ValidationError("--format html shows no operators; use table, csv or json.")
        }
    }

    func run() async throws {
        try await global.run {
            let period = try await period()
            switch format {
            case .csv, .json:
                say(
                    String(
                        decoding: try await ask(period, by: by, step: step, format: format == .csv ? "csv" : nil),
                        as: UTF8.self), end: "")
            case .table:
                let intervals: Intervals = try APIClient.decode(await ask(period, by: by, step: step))
                say(ReportTable(terminal: global.terminal, language: global.speech).text(intervals))
            case .html:
                async let steps = ask(period, by: .centre, step: step)
                async let queues = ask(period, by: by == .centre || by == nil ? .queue : by, step: "1mo")
                async let hours = ask(period, by: .centre, step: "1h")
                let page = ReportPage(
                    language: global.speech, steps: try APIClient.decode(await steps),
                    parts: try APIClient.decode(await queues),
                    hours: try APIClient.decode(await hours))
                say(page.text)
            }
        }
    }

    /// Days are days of the centre's for the daemon, too; a time without a zone is made the moment that it means at the
    /// centre.
    private func period() async throws -> (from: String?, to: String?) {
        guard [from, to].contains(where: { $0.flatMap(CivilDay.init) == nil && $0 != nil }) else { return (from, to) }
        let centre = try await global.centreTime()
        func moment(_ text: String) throws -> String { CivilDay(text) == nil ? try centre.moment(text) : text }
        return (try from.map(moment), try to.map(moment))
    }

    private func ask(_ period: (from: String?, to: String?), by: Grouping?, step: String?, format: String? = nil)
        async throws -> Data
    {
        try await global.client.ask(
            .init(
                path: path(
                    ["v1", "intervals"],
                    [
                        ("from", period.from), ("to", period.to), ("by", by?.rawValue), ("queue", queue),
                        ("step", step), ("format", format),
                        ("recount", recount ? "true" : nil),
                    ])))
    }
}

/// `GET /v1/intervals`.
struct Intervals: Decodable {
    struct Row: Decodable {
        var from, to: String
        var queue, tier, line, `operator`: String?
        var answered: Int
        // Of visits.
        var offered, abandoned, shortAbandoned, overflowed, callback, blocked, unknown: Int?
        var averageWaitMs, asaMs, ahtMs, waitP50Ms, waitP90Ms, waitP95Ms, waitP99Ms, maxWaitMs: Int64?
        var abandonRate: Double?
        /// Of the answered calls with a disposition; absent in what older daemons say.
        var complaintRate: Double?
        var serviceLevel: Figures.Set.Level?
        var incomplete: Bool?
        var waitsUpTo: [Int]?
        // Of operators.
        var unanswered: Int?
        var talkMs, holdMs, wrapUpMs, pausedMs, loggedInMs, averageHandleMs: Int64?
        var occupancy: Double?
        var outbound: Figures.Outbound?
        /// Why they may be wrong; absent in what older daemons say.
        var marks: [FigureMark]?

        var begin: Date? { APITime.date(from) }
        /// Of whom it is; nil for the centre.
        var key: String? { queue ?? tier ?? line ?? self.operator }
        /// Whether a call came in, ended or went out.
        var isBusy: Bool { (offered ?? 0) + answered + lost + (outbound?.dialed ?? 0) > 0 }
        /// Who gave up, the short ones too.
        var lost: Int { (abandoned ?? 0) + (shortAbandoned ?? 0) }
    }
    var from, to, timezone, step, by: String
    /// What `waitsUpTo` of each row counts up to.
    var waitBoundsMs: [Int64]?
    var intervals: [Row]

    /// The centre's.
    var clock: CivilClock { CivilClock(timezone: timezone) }
    /// Why some of the figures may be wrong, each reason once.
    var reasons: [String] {
        var seen: Set<String> = []
        return intervals.flatMap { $0.marks ?? [] }.map { $0.line(clock) }.filter { seen.insert($0).inserted }
    }

    /// `2026-11-23`, or with the time of day where days are cut up or do not begin at midnight.
    func label(_ text: String) -> String {
        guard let date = APITime.date(text) else { return text }
        let clock = clock, day = CivilDay(clock.parts(date)).text, time = clock.timeOfDay(date)
        return ["1d", "1w", "1mo"].contains(step) && time == "00:00" ? day : "\(day) \(time)"
    }
}

/// A report as a table.
struct ReportTable {
    /// Reasons for marks that are told below the table.
    static let reasonsMax = 5

    let terminal: Terminal
    let language: Language

    func text(_ intervals: Intervals) -> String {
        let l = language
        let period =
            "\(intervals.label(intervals.from)) – \(intervals.label(intervals.to))  \(safe(intervals.clock.name))"
        let isOfOperators = intervals.by == "operator"
        let named = intervals.by != "centre"
        let heading =
            [l.say("開始", "from")] + (named ? [name(of: intervals.by)] : [])
            + (isOfOperators
                ? [
                    l.say("応答", "answered"), l.say("不応答", "unanswered"), l.say("通話", "talk"), l.say("保留", "hold"),
                    l.say("後処理", "wrap-up"),
                    l.say("離席", "paused"), l.say("ログイン", "logged in"), "AHT", l.say("稼働率", "occupancy"),
                    l.say("発信", "dialed"), l.say("応答あり", "reached"), l.say("発信通話", "talk out"),
                ]
                : [
                    l.say("着信", "offered"), l.say("応答", "answered"), l.say("放棄", "abandoned"),
                    l.say("短時間放棄", "short"), l.say("あふれ", "overflow"), l.say("放棄率", "abandon"),
                    l.say("サービスレベル", "SL"), "ASA", "p90", "AHT", l.say("苦情率", "complaints"),
                ] + (named ? [] : [l.say("発信", "dialed"), l.say("応答あり", "reached")]))
        var table = Table(heading, right: Set((named ? 2 : 1)..<heading.count))
        let busy = intervals.intervals.filter { isOfOperators || $0.isBusy }
        for row in busy {
            let figures =
                isOfOperators
                ? [
                    String(row.answered), String(row.unanswered ?? 0), l.duration(row.talkMs), l.duration(row.holdMs),
                    l.duration(row.wrapUpMs),
                    l.duration(row.pausedMs), l.duration(row.loggedInMs), l.duration(row.averageHandleMs),
                    l.percent(row.occupancy),
                    String(row.outbound?.dialed ?? 0), String(row.outbound?.reached ?? 0),
                    l.duration(row.outbound?.talkMs ?? 0),
                ]
                : [
                    String(row.offered ?? 0), String(row.answered), String(row.abandoned ?? 0),
                    String(row.shortAbandoned ?? 0), String((row.overflowed ?? 0) + (row.callback ?? 0)),
                    l.percent(row.abandonRate), l.percent(row.serviceLevel?.chosen), l.duration(row.asaMs),
                    l.duration(row.waitP90Ms), l.duration(row.ahtMs), l.percent(row.complaintRate),
                ] + (named ? [] : [String(row.outbound?.dialed ?? 0), String(row.outbound?.reached ?? 0)])
            let other = row.marks?.isEmpty == false ? " (!)" : ""
            let mark = row.incomplete == true ? l.say(" (不完全)", " (incomplete)") : other
            table.add([intervals.label(row.from) + mark] + (named ? [safe(row.key ?? "")] : []) + figures)
        }
        let nothing = l.say("この期間の記録はありません。", "Nothing happened in this time.")
        let reasons = intervals.reasons, hidden = reasons.count - ReportTable.reasonsMax
        let more = hidden > 0 ? ["! " + l.say("ほか \(hidden) 件", "and \(hidden) more")] : []
        let foot = reasons.prefix(ReportTable.reasonsMax).map { "\n! " + $0 } + more.map { "\n" + $0 }
        let shown = busy.isEmpty ? nothing : table.text(on: terminal)
        return terminal.styled(period, .dim) + "\n" + shown + foot.joined()
    }

    private func name(of grouping: String) -> String {
        switch grouping {
        case "queue": language.say("キュー", "queue")
        case "tier": language.say("区分", "tier")
        case "line": language.say("着信番号", "line")
        default: language.say("オペレーター", "operator")
        }
    }
}
