import CallCenter
import Engine
import EventWire
import Hummingbird
import Settings
import Storage

/// `GET /v1/reports/before-after`: what came of calls and lists in two periods, before and after a measure. The calls
/// behind each figure are at `calls_before` and `calls_after`.
struct BeforeAfterRoutes {
    let engine: Engine
    let records: CustomerStore
    let history: any CallHistory
    let settings: WebSettings

    func add(to router: GuardedRouter) { router.get("v1/reports/before-after", may: .supervisor, use: show) }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let before = try period("before", query), after = try period("after", query)
        var filter = FiguresReport.Filter()
        filter.queue = query.text("queue")
        filter.operator = query.text("operator")
        filter.tier = query.text("tier")
        guard filter.operator == nil || filter.tier == nil && filter.queue == nil else {
            throw Problem.bad("operator goes without queue and tier: what an operator did is in no queue's figures.")
        }
        let first = try await outcomes(before, filter), second = try await outcomes(after, filter)
        let isWhole = filter.queue == nil && filter.operator == nil && filter.tier == nil
        // Who works through a list does so for the centre, and not for a queue.
        let results = isWhole ? (try records.listResults(in: before), try records.listResults(in: after)) : ([], [])
        let report = BeforeAfter(
            before: first.figures, after: second.figures, complaints: second.complaints, results: results)
        let split = [("queue", filter.queue), ("operator", filter.operator), ("tier", filter.tier)]
        return .json(capacity: 4_096) { out in
            out.object { out in
                for (name, period) in [("before", before), ("after", after)] {
                    out.key(text: name)
                    out.object { out in
                        out.field("from", period.from)
                        out.field("to", period.to)
                    }
                }
                for (name, value) in split {
                    out.key(text: name)
                    if let value { out.value(value) } else { out.null() }
                }
                out.key("items")
                out.array { out in
                    for line in report.lines {
                        BeforeAfterRoutes.write(line, before, after, split, into: &out)
                    }
                }
                out.key("lists")
                out.array { out in
                    for line in report.lists {
                        out.object { out in
                            out.field("list", line.list)
                            out.field("result", line.result)
                            out.field("before", line.before)
                            out.field("after", line.after)
                            out.field("difference", line.after - line.before)
                        }
                    }
                }
                out.field("next", String?.none)
            }
        }
    }

    private func outcomes(
        _ period: TimeSpan, _ filter: FiguresReport.Filter
    ) async throws -> (figures: OutcomeFigures, complaints: Set<String>) {
        let asked = await engine.ask { centre, now in
            (
                policy: centre.policy, figures: centre.figuresInMemory(from: period.from, to: period.to, now: now),
                forgottenAt: centre.figuresForgottenAt
            )
        }
        guard let live = asked else { throw Problem.stopping }
        let grouping: FiguresReport.Grouping =
            filter.operator != nil ? .operator : filter.queue != nil ? .queue : filter.tier != nil ? .tier : .centre
        var report = FiguresReport(
            policy: live.policy, by: grouping, filter: filter, bounds: [period.from, period.to])
        let kept = try history.figures(from: period.from, to: period.to, forgottenThrough: live.forgottenAt)
        for past in kept + [live.figures] { report.add(past) }
        let found = report.rows.first.map { row in
            switch row.figures {
            case .operator(let figures): figures.outcomes
            case .visits(let set): set.figures.outcomes
            }
        }
        return (found ?? OutcomeFigures(), live.policy.complaints)
    }

    /// Days, the last one included, or times on a boundary of an interval.
    private func period(_ name: String, _ query: Query) throws(Problem) -> TimeSpan {
        let from = try bound(query, "\(name)_from", { $0.start }), to = try bound(query, "\(name)_to", { $0.end })
        guard from < to else { throw .bad("\(name)_from is not before \(name)_to.") }
        return TimeSpan(from: from, to: to)
    }

    private func bound(
        _ query: Query, _ name: String, _ edge: ((start: Timestamp, end: Timestamp)) -> Timestamp
    ) throws(Problem) -> Timestamp {
        if let day = query.text(name).flatMap({ settings.periods?.day($0) }) { return edge(day) }
        guard let time = try query.time(name) else {
            throw .bad("\(name) is missing: a day such as 2026-11-01.")
        }
        guard time.ms % settings.interval == 0 else {
            throw .bad("\(name) is a day, or a time on a boundary of \(settings.interval / 60_000) minutes.")
        }
        return time
    }

    private static func write(
        _ line: BeforeAfter.Line, _ before: TimeSpan, _ after: TimeSpan, _ split: [(String, String?)],
        into out: inout ByteBuilder
    ) {
        out.object { out in
            out.field("figure", line.figure)
            if case .ratio = line.before { out.field("unit", "ratio") } else { out.field("unit", "count") }
            write("before", line.before, into: &out)
            write("after", line.after, into: &out)
            write("difference", line.before.difference(to: line.after) ?? .ratio(nil), into: &out)
            out.field("share_before", line.shareBefore)
            out.field("share_after", line.shareAfter)
            for (name, period) in [("calls_before", before), ("calls_after", after)] {
                out.key(text: name)
                out.value(address(line.figure, period, split))
            }
        }
    }

    private static func write(_ name: String, _ value: BeforeAfter.Value, into out: inout ByteBuilder) {
        out.key(text: name)
        switch value {
        case .count(let number): out.value(number)
        case .ratio(let share?): out.value(share)
        case .ratio(nil): out.null()
        }
    }

    /// Where the calls behind a figure are.
    private static func address(_ figure: String, _ period: TimeSpan, _ split: [(String, String?)]) -> String {
        let parts = [
            ("figure", figure), ("from", RFC3339.string(period.from)), ("to", RFC3339.string(period.to)),
        ]
        let all = parts + split.compactMap { name, value in value.map { (name, $0) } }
        return "/v1/calls?" + all.map { "\($0)=\(percentEncoded($1))" }.joined(separator: "&")
    }

    /// What is no letter, digit, `-`, `.`, `_` or `~` as RFC 3986 writes it.
    private static func percentEncoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default: out += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
            }
        }
        return out
    }
}
