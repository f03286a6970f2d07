import CallCenter
import Engine
import EventWire
import Hummingbird
import Settings
import Storage

/// What notes cost, field by field: `GET /v1/reports/note-cost`, and what the desk reports for it.
struct NoteCostRoutes {
    let engine: Engine
    let writer: RecordWriter
    let history: any CallHistory
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    /// A report of so many days at most: it reads the calls of the period.
    static let daysMax: Int64 = 100
    /// Fields in one request of the desk.
    static let usesMax = 100
    /// What is counted from what was written; of these the desk reports reads alone.
    static let written: Set<String> = ["note", "disposition", "customer_note", "promise", "case", "task"]
    /// Reading the calls of weeks delays no call.
    private static let threads = BlockingThreads(1, niceness: 10)

    func add(to router: GuardedRouter) {
        router.get("v1/reports/note-cost", may: .operator, use: report)
        router.post("v1/field-uses", may: .operator, use: uses)
    }

    // MARK: What the desk reports

    private struct Uses: Decodable {
        struct Use: Decodable {
            var field: String
            var queue: String?
            var filled, timed, spent_ms, shown, opened: Int64?
        }
        var items: [Use]
    }

    private static let count = Bounded(0...10_000)

    private func uses(_ request: Request, _ context: WebContext) async throws -> Response {
        let body: Uses = try await request.json()
        guard body.items.count <= NoteCostRoutes.usesMax else {
            throw Problem.bad("items has more than \(NoteCostRoutes.usesMax): send them in several requests.")
        }
        let now = now(), day = settings.days(at: now), person = context.who.ownOperator ?? context.who.person ?? ""
        let all = try body.items.map { use throws(Problem) in
            FieldUse(
                .init(
                    day: day, queue: try NoteCostRoutes.word(use.queue ?? "", "queue", from: 0), operator: person,
                    field: try NoteCostRoutes.word(use.field, "field", from: 1)),
                try NoteCostRoutes.counts(use))
        }
        try Problem.edited { () throws(EditError) in try writer.add(all, by: context.who.author, at: now) }
        return Response(status: .noContent)
    }

    private static func word(_ text: String, _ name: String, from least: Int) throws(Problem) -> String {
        let isWord = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        guard isWord, (least...128).contains(text.utf8.count) else {
            throw .bad("\(name) is \(least) to 128 bytes without control characters.")
        }
        return text
    }

    private static func counts(_ use: Uses.Use) throws(Problem) -> FieldCounts {
        let counts = FieldCounts(
            filled: try count.checked(ifAny: use.filled, "filled") ?? 0,
            timed: try count.checked(ifAny: use.timed, "timed") ?? 0,
            spent: try Bounded.spentMs.checked(ifAny: use.spent_ms, "spent_ms") ?? 0,
            shown: try count.checked(ifAny: use.shown, "shown") ?? 0,
            opened: try count.checked(ifAny: use.opened, "opened") ?? 0)
        guard counts.timed <= counts.filled else { throw .bad("timed is how many of filled were measured.") }
        if written.contains(use.field), counts.filled > 0 || counts.spent > 0 {
            throw .bad(
                "What is written in \(use.field) is counted already: send filled, timed and spent_ms of other fields.")
        }
        return counts
    }

    // MARK: The report

    private struct Asked {
        var from, to: Timestamp
        var grouping: NoteCost.Grouping
        var queue, person: String?
        var isCSV: Bool
    }

    private func report(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked = try asked(Query(request), context)
        let settings = settings
        let cost = NoteCost(
            by: asked.grouping, queue: asked.queue, operator: asked.person, from: asked.from, to: asked.to
        ) { settings.date(at: $0) }
        // A note may be written a day after its call began.
        let from = asked.from - 86_400_000
        guard let all = await engine.ask({ centre, _ in centre.callsInMemory }) else { throw Problem.stopping }
        let kept = try history.kept(from: from, to: asked.to), store = writer.store
        let first = settings.days(at: asked.from), last = settings.days(at: asked.to - 1)
        let whole = try await NoteCostRoutes.threads.run {
            var cost = cost
            let live = all.filter { call in
                !call.remarks.isEmpty && (call.startedAt.map { from <= $0 && $0 < asked.to } ?? false)
            }
            let numbers = Set(live.map(\.number))
            for call in live { cost.add(call, queue: DispositionRules.queue(of: call)) }
            while try kept.nextPage({ call in
                if !numbers.contains(call.number) { cost.add(call, queue: DispositionRules.queue(of: call)) }
            }) {}
            try store.written(from: asked.from, to: asked.to) { field, at, person, spent in
                cost.add(field, at: at, queue: "", by: person, spent: spent)
            }
            for use in try store.fieldUses(from: first, to: last) {
                cost.add(use, day: DayOrTime(days: Int(use.key.day)).text)
            }
            return cost
        }
        return asked.isCSV ? csv(whole.rows, asked) : json(whole.rows, asked)
    }

    /// An operator sees its own figures.
    private func asked(_ query: Query, _ context: WebContext) throws(Problem) -> Asked {
        let from = try bound(query, "from", { $0.start }) ?? settings.dayStart(now())
        let to = try bound(query, "to", { $0.end }) ?? StatsFeed.end(of: now(), settings.interval)
        guard from < to else { throw .bad("from is not before to.") }
        guard to - from <= NoteCostRoutes.daysMax * 86_400_000 + 7_200_000 else {
            throw .bad("These are more than \(NoteCostRoutes.daysMax) days: ask for a shorter time.")
        }
        guard let grouping = NoteCost.Grouping(rawValue: query.text("by") ?? "field") else {
            throw .bad("by is one of \(NoteCost.Grouping.allCases.map(\.rawValue).joined(separator: ", ")).")
        }
        var person = query.text("operator")
        if let own = context.who.ownOperator {
            guard person ?? own == own else { throw .forbidden(.supervisor) }
            person = own
        }
        let format = query.text("format") ?? "json"
        guard ["json", "csv"].contains(format) else { throw .bad("format is json or csv.") }
        return Asked(
            from: from, to: to, grouping: grouping, queue: query.text("queue"), person: person,
            isCSV: format == "csv")
    }

    /// A day, or a time.
    private func bound(
        _ query: Query, _ name: String, _ edge: ((start: Timestamp, end: Timestamp)) -> Timestamp
    ) throws(Problem) -> Timestamp? {
        if let day = query.text(name).flatMap({ settings.periods?.day($0) }) { return edge(day) }
        return try query.time(name)
    }

    private func json(_ rows: [NoteCost.Row], _ asked: Asked) -> Response {
        .json { out in
            out.object { out in
                out.field("from", asked.from)
                out.field("to", asked.to)
                out.field("by", asked.grouping.rawValue)
                out.key("items")
                out.array { out in
                    for row in rows { out.object { out in NoteCostRoutes.write(row, asked.grouping, into: &out) } }
                }
                out.field("next", String?.none)
            }
        }
    }

    private func csv(_ rows: [NoteCost.Row], _ asked: Asked) -> Response {
        var table = CSVSink()
        for row in rows {
            table.beginRow()
            NoteCostRoutes.write(row, asked.grouping, into: &table)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8", .contentDisposition: "attachment; filename=\"note-cost.csv\"",
            ],
            body: .init(byteBuffer: ByteBuffer(string: table.text)))
    }

    private static func write(
        _ row: NoteCost.Row, _ grouping: NoteCost.Grouping, into out: inout some FiguresSink
    ) {
        let part = row.key.part.isEmpty ? nil : row.key.part
        switch grouping {
        case .field: break
        case .day: out.figure("day", part)
        case .queue: out.figure("queue", part)
        case .operator: out.figure("operator", part)
        }
        out.figure("field", row.key.field)
        out.figure("filled", row.counts.filled)
        out.figure("timed", row.counts.timed)
        out.figure("unknown", row.counts.unknown)
        out.figure("spent_ms", row.counts.timed == 0 ? nil : row.counts.spent)
        out.figure("average_ms", row.counts.averageSpent)
        out.figure("share", row.share)
        out.figure("shown", row.counts.shown)
        out.figure("opened", row.counts.opened)
        out.figure("reads_per_filled", row.counts.readsPerFilled)
        out.figure("costly", row.isCostly)
    }
}
