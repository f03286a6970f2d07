import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Settings
import Storage

/// `GET /v1/intervals`: past figures, step by step.
struct IntervalRoutes {
    let engine: Engine
    let history: any CallHistory
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    /// Maximum of steps in one response: a month of quarters of an hour, a year of hours.
    static let stepsMax = 10_000

    func add(to router: GuardedRouter) { router.get("v1/intervals", may: .supervisor, use: intervals) }

    private func intervals(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked = try Asked(Query(request), self.settings, request.language, now: self.now())
        guard
            let live = await engine.ask({ centre, now in
                (
                    policy: centre.policy, figures: centre.figuresInMemory(from: asked.from, to: asked.to, now: now),
                    waiting: centre.waitingVisits(from: asked.from, to: asked.to),
                    forgottenAt: centre.figuresForgottenAt
                )
            })
        else { throw Problem.stopping }
        var report = FiguresReport(policy: live.policy, by: asked.grouping, filter: asked.filter, bounds: asked.bounds)
        let kept =
            try history.figures(from: asked.from, to: asked.to, forgottenThrough: live.forgottenAt) + [
                live.figures
            ]
        if asked.isRecount {
            report.add(try await recount(asked, live.policy, gaps: kept.flatMap(\.gaps), skews: kept.flatMap(\.skews)))
        } else {
            for past in kept { report.add(past) }
        }
        for past in kept { report.addOutbound(of: past) }
        report.add(waiting: live.waiting)
        return asked.isCSV ? csv(report, asked) : json(report, asked)
    }

    /// The visits themselves, by the thresholds that hold now. A visit may have ended a day after its call began.
    private func recount(_ asked: Asked, _ policy: Policy, gaps: [Centre.LinkGap], skews: [ClockSkew]) async throws
        -> PastFigures
    {
        let from = asked.from - 86_400_000, to = asked.to
        guard let all = await engine.ask({ centre, _ in centre.callsInMemory }) else { throw Problem.stopping }
        let live = all.filter { call in call.startedAt.map { from <= $0 && $0 < to } ?? false }
        return try await Recounting.figures(
            live, try history.kept(from: from, to: to), policy: policy, gaps: gaps, skews: skews)
    }

    /// What a request asks for.
    private struct Asked {
        let from: Timestamp
        let to: Timestamp
        let step: String
        let bounds: [Timestamp]
        let grouping: FiguresReport.Grouping
        let filter: FiguresReport.Filter
        let isCSV: Bool
        let isRecount: Bool
        /// Of the marks' reasons.
        let language: Language

        init(_ query: Query, _ settings: WebSettings, _ usualLanguage: Language?, now: Timestamp) throws(Problem) {
            func day(_ name: String) -> (start: Timestamp, end: Timestamp)? {
                query.text(name).flatMap { settings.periods?.day($0) }
            }
            if let day = day("from") {
                from = day.start
            } else {
                from = try query.time("from") ?? settings.dayStart(now)
            }
            if let day = day("to") {
                to = day.end
            } else {
                to = try query.time("to") ?? StatsFeed.end(of: now, settings.interval)
            }
            for (name, time) in [("from", from), ("to", to)] where time.ms % settings.interval != 0 {
                throw .bad(
                    "\(name) is not on an interval's boundary; intervals are \(settings.interval / 60_000) minutes "
                        + "long."
                )
            }
            guard from < to else { throw .bad("from is not before to.") }
            var filter = FiguresReport.Filter()
            filter.queue = query.text("queue")
            filter.tier = query.text("tier")
            filter.line = query.text("line")
            filter.operator = query.text("operator")
            self.filter = filter
            let usual: FiguresReport.Grouping =
                filter.operator != nil
                ? .operator
                : filter.queue != nil ? .queue : filter.tier != nil ? .tier : filter.line != nil ? .line : .centre
            guard let grouping = query.text("by").map(FiguresReport.Grouping.init) ?? usual else {
                throw .bad("by is one of \(FiguresReport.Grouping.allCases.map(\.rawValue).joined(separator: ", ")).")
            }
            self.grouping = grouping
            step = query.text("step") ?? "\(settings.intervalMinutes)m"
            guard let cut = PeriodStep(step) else { throw .bad("step is 15m, 30m, 1h, 1d, 1w or 1mo.") }
            if case .minutes(let minutes) = cut, Int64(minutes) * 60_000 < settings.interval {
                throw .bad("step is at least the interval of \(settings.interval / 60_000) minutes.")
            }
            guard let bounds = settings.periods?.bounds(from: from, to: to, by: cut, most: IntervalRoutes.stepsMax)
            else {
                throw .bad(
                    "These are more than \(IntervalRoutes.stepsMax) steps: ask for a larger step or a shorter time.")
            }
            self.bounds = bounds
            isRecount = try query.flag("recount")
            language = try query.language ?? usualLanguage ?? settings.language
            if isRecount, grouping == .operator {
                throw .bad("recount counts visits; operators' times have no threshold.")
            }
            switch query.text("format") {
            case nil, "json": isCSV = false
            case "csv": isCSV = true
            default: throw .bad("format is json or csv.")
            }
        }
    }

    private func json(_ report: FiguresReport, _ asked: Asked) -> Response {
        .json { out in
            out.object { out in
                out.field("from", asked.from)
                out.field("to", asked.to)
                out.field("timezone", self.settings.timezone)
                out.field("step", asked.step)
                out.field("by", asked.grouping.rawValue)
                if asked.grouping != .operator {
                    out.key("wait_bounds_ms")
                    out.array { out in for bound in StatsEncoder.waitBounds { out.value(bound) } }
                }
                out.key("intervals")
                out.array { out in
                    for row in report.rows {
                        out.object { out in
                            write(row, asked, report.complaints, into: &out)
                            guard case .visits(let set) = row.figures else { return }
                            out.key("waits_up_to")
                            out.array { out in
                                for count in set.figures.waits(upTo: StatsEncoder.waitBounds) {
                                    out.value(Int64(count))
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    private func csv(_ report: FiguresReport, _ asked: Asked) -> Response {
        var table = CSVSink()
        for row in report.rows {
            table.beginRow()
            write(row, asked, report.complaints, into: &table)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"intervals.csv\"",
            ],
            body: .init(byteBuffer: ByteBuffer(string: table.text)))
    }

    private func write(
        _ row: FiguresReport.Row, _ asked: Asked, _ complaints: Set<String>, into out: inout some FiguresSink
    ) {
        out.figure("from", row.from)
        out.figure("to", row.to)
        switch asked.grouping {
        case .centre: break
        case .queue: out.figure("queue", row.key)
        case .tier: out.figure("tier", row.key)
        case .line: out.figure("line", row.key)
        case .operator: out.figure("operator", row.key)
        }
        switch row.figures {
        case .visits(let set):
            StatsEncoder.figures(set, complaints, asked.language, isLive: false, into: &out)
            if let outbound = row.outbound { out.group("outbound") { StatsEncoder.outbound(outbound, into: &$0) } }
        case .operator(let figures):
            StatsEncoder.figures(figures, complaints, row.marks, asked.language, into: &out)
        }
    }
}
