import CallCenter
import Engine
import EventWire
import Hummingbird
import Storage

/// `GET /v1/quality`: how many answered calls have a note and a disposition, by operator and by queue. Each number
/// opens: `GET /v1/calls?figure=undocumented&operator=101`.
struct QualityRoutes {
    let engine: Engine
    let history: any CallHistory
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) { router.get("v1/quality", may: .supervisor, use: show) }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let period = try QualityRoutes.period(query, settings, now: now())
        let (from, to) = (period.lowerBound, period.upperBound)
        var filter = FiguresReport.Filter()
        filter.tier = query.text("tier")
        let asked = await engine.ask { centre, now in
            (
                policy: centre.policy, figures: centre.figuresInMemory(from: from, to: to, now: now),
                forgottenAt: centre.figuresForgottenAt, names: centre.operators.compactMapValues(\.name)
            )
        }
        guard let live = asked else { throw Problem.stopping }
        let kept = try history.figures(from: from, to: to, forgottenThrough: live.forgottenAt) + [live.figures]
        func rows(_ grouping: FiguresReport.Grouping) -> [Row] {
            var report = FiguresReport(policy: live.policy, by: grouping, filter: filter, bounds: [from, to])
            for past in kept { report.add(past) }
            return report.rows.compactMap(Row.init).sorted { ($1.lacking, $0.key) < ($0.lacking, $1.key) }
        }
        let isByTier = filter.tier != nil, operators = isByTier ? [] : rows(.operator), queues = rows(.queue)
        return .json { out in
            out.object { out in
                out.field("from", from)
                out.field("to", to)
                for (name, key, rows) in [("operators", "operator", operators), ("queues", "queue", queues)] {
                    out.key(text: name)
                    out.array { out in
                        for row in rows {
                            out.object { out in
                                out.key(text: key)
                                out.value(row.key)
                                if key == "operator" { out.field("name", live.names[row.key]) }
                                row.write(live.policy.complaints, into: &out)
                            }
                        }
                    }
                }
            }
        }
    }

    /// From `from` to `to` of a request; today, up to the end of the interval of now, where they are not said.
    static func period(_ query: Query, _ settings: WebSettings, now: Timestamp) throws -> Range<Timestamp> {
        let from = try bound(query, "from", settings) { $0.start } ?? settings.dayStart(now)
        let end = try bound(query, "to", settings) { $0.end }
        let to = end ?? StatsFeed.end(of: now, settings.interval)
        guard from < to else { throw Problem.bad("from is not before to.") }
        return from..<to
    }

    /// A day, or a time on the boundary of an interval.
    static func bound(
        _ query: Query, _ name: String, _ settings: WebSettings,
        _ edge: ((start: Timestamp, end: Timestamp)) -> Timestamp
    ) throws(Problem) -> Timestamp? {
        if let day = query.text(name).flatMap({ settings.periods?.day($0) }) { return edge(day) }
        guard let time = try query.time(name) else { return nil }
        guard time.ms % settings.interval == 0 else {
            throw .bad("\(name) is a day, or a time on a boundary of \(settings.interval / 60_000) minutes.")
        }
        return time
    }

    /// What was written of the calls of an operator, or of a queue.
    private struct Row {
        let key: String
        let outcomes: OutcomeFigures
        var lacking: Int { outcomes.answeredCalls - outcomes.documented }

        /// nil where nothing was answered.
        init?(_ row: FiguresReport.Row) {
            key = row.key
            switch row.figures {
            case .operator(let figures): outcomes = figures.outcomes
            case .visits(let set): outcomes = set.figures.outcomes
            }
            guard outcomes.answeredCalls > 0 else { return nil }
        }

        func write(_ complaints: Set<String>, into out: inout ByteBuilder) {
            out.field("answered_calls", outcomes.answeredCalls)
            out.field("documented", outcomes.documented)
            out.field("undocumented", lacking)
            out.field("without_disposition", outcomes.answeredCalls - outcomes.withDisposition)
            out.field("documented_rate", outcomes.documentedRate)
            out.field("complaint_rate", outcomes.complaintRate(complaints))
        }
    }
}
