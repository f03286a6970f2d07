import CallCenter
import Engine
import EventWire
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Storage

/// Customers and what belongs to them as a file: import with progress and a report, export.
struct CustomerFileRoutes {
    let engine: Engine
    let writer: RecordWriter
    let settings: WebSettings
    let now: @Sendable () -> Timestamp
    let logger: Logger

    /// Bytes of one file: ten million customers.
    static let fileBytesMax = 4 << 30

    func add(to router: GuardedRouter) {
        router.post("v1/customers/import", may: .admin, use: importFile)
        router.post("v1/imports", may: .admin, use: importFile)
        router.post("v1/imports/preview", may: .admin, use: previewFile)
        router.get("v1/customers/export", may: .admin, use: exportFile)
    }

    // MARK: Import

    /// The whole file is received first: its encoding is only known at its end, and a client that disconnects half-way
    /// changes nothing.
    private func importFile(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let options = try await options(query)
        let spool = try await spool(request.body)
        let by = context.who.author.who, name = query.text("file")
        guard (name?.utf8.count ?? 0) <= WireLimits.stringBytesMax else {
            throw Problem.bad("file is the file's name, in \(WireLimits.stringBytesMax) bytes at most.")
        }
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: .init { writer in
                // Inside the body's closure: for a client that left before the headers were written, nothing is
                // imported.
                let stopped = Stopped()
                defer { stopped.stop() }
                for await line in run(spool, options, by: by, name: name, stopped) { try await writer.write(line) }
                try await writer.finish(nil)
            })
    }

    private func options(_ query: Query) async throws -> CustomerImport.Options {
        let isDryRun = try query.flag("dry_run")
        var encoding: TextEncoding?
        if let said = query.text("encoding") {
            guard let known = TextEncoding(named: said) else {
                throw Problem.bad(
                    "encoding is one of \(TextEncoding.names.joined(separator: ", ")); without it, it is guessed.")
            }
            encoding = known
        }
        let map = try CustomerFileRoutes.map(query)
        guard let rules = await engine.ask({ centre, _ in Set(centre.policy.tiers.keys) }) else {
            throw Problem.stopping
        }
        var options = CustomerImport.Options(
            tiers: rules, customFields: Set(settings.customFields), fieldRules: settings.customFieldRules,
            numbers: settings.numbers(), isDryRun: isDryRun, encoding: encoding, map: map)
        options.kind = try CustomerFileRoutes.kind(query)
        if options.kind == .queueLog {
            options.queueLog = try await QueueLogOptions(engine: engine, settings: settings).rules(query)
        } else if query.text("source") != nil || query.text("zone") != nil {
            throw Problem.bad("source and zone are of kind=queue_log.")
        }
        if query.text("remembered") != nil { options.isRemembering = try query.flag("remembered") }
        options.items.states = settings.purchases.states
        options.items.currency = settings.lists().currency
        if let periods = settings.periods { options.items.clock = { periods.time(atClock: $0) } }
        return options
    }

    /// What the rows of a file are; customers where nobody says.
    private static func kind(_ query: Query) throws(Problem) -> ImportKind {
        guard let word = query.text("kind") else { return .customers }
        guard let kind = ImportKind(word: word) else {
            throw .bad("kind is one of \(ImportKind.allCases.map(\.word).joined(separator: ", ")).")
        }
        return kind
    }

    /// The first rows of a file and what its headings are, so that somebody can say what the others are.
    private func previewFile(_ request: Request, _ context: WebContext) async throws -> Response {
        let options = try await options(Query(request))
        guard ImportKind.tables.contains(options.kind) else {
            throw Problem.bad("A queue log has no headings; ask for a dry run of the import.")
        }
        let spool = try await spool(request.body)
        let fields = options.kind == .customers ? settings.customFields : [], records = writer.store
        let preview = try await BlockingThreads.files.run {
            do throws(ImportError) {
                return try ImportPreview(descriptor: spool.descriptor, options, records: records)
            } catch { throw Problem(.unprocessableContent, "\(error).") }
        }
        return .json { out in
            out.object { out in
                out.field("kind", options.kind.word)
                out.field("encoding", preview.encoding?.rawValue)
                out.field("sheet", preview.sheet)
                out.key("columns")
                out.array { out in
                    for one in preview.columns {
                        out.object { out in
                            out.field("heading", one.heading)
                            out.field("column", one.column)
                            out.field("from", one.source?.rawValue)
                        }
                    }
                }
                out.key("rows")
                out.array { out in for row in preview.rows { out.value(row) } }
                out.field("mapped_by", preview.mappedBy)
                out.field("problem", preview.problem.map { "\($0)." })
                out.field("known_columns", options.kind.columns)
                out.field("custom_fields", fields)
            }
        }
    }

    /// Which heading of the file is which column, as somebody says.
    private static func map(_ query: Query) throws -> [String: String] {
        guard let text = query.text("map") else { return [:] }
        guard text.utf8.count <= 64 << 10,
            let map = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        else {
            throw Problem.bad(
                #"map is a JSON object of headings and columns, such as {"お名前":"name","備考":""}; "" leaves one out."#)
        }
        return map
    }

    /// Imports on a separate thread: minutes of work, which no request should wait for.
    ///
    /// - Returns: the lines of the response as they are produced.
    private func run(
        _ spool: ImportSpool, _ options: CustomerImport.Options, by who: String?, name: String?, _ stopped: Stopped
    ) -> AsyncStream<ByteBuffer> {
        let (lines, output) = AsyncStream.makeStream(of: ByteBuffer.self)
        let writer = self.writer, logger = self.logger
        BlockingThreads.files.submit {
            defer { output.finish() }
            let begun = self.now()
            var run = CustomerImport(into: writer, options: options, by: who, name: name)
            do throws(ImportError) {
                let report = try run.run(descriptor: spool.descriptor, now: begun) { progress in
                    output.yield(
                        line { out in
                            out.key("progress")
                            out.object { out in
                                out.field("bytes", progress.bytes)
                                out.field("bytes_total", progress.bytesTotal)
                                out.field("rows", progress.rows)
                            }
                        })
                } isCancelled: {
                    stopped.isStopped
                }
                output.yield(
                    line { out in
                        out.key("report")
                        self.report(report, options, ms: self.now() - begun, into: &out)
                    })
                let counts = "\(report.created) new, \(report.updated) changed, \(report.unchanged) unchanged"
                let left = "\(report.rejected) refused, \(report.badCells) cells left out"
                logger.info("\(options.kind.word) imported: \(counts), \(left)")
            } catch {
                let problem = Problem(.unprocessableContent, "\(error).")
                output.yield(
                    line { out in
                        out.key("error")
                        problem.write(into: &out)
                    })
            }
            // What was written before an error counts too.
            let moves = run.moves, engine = self.engine
            if !moves.isEmpty { Task { await engine.tiersChanged(moves, isUndo: false) } }
        }
        return lines
    }

    /// Whether the client has gone.
    private final class Stopped: Sendable {
        private let flag = Mutexed(false)
        var isStopped: Bool { flag.value }
        func stop() { flag.change { $0 = true } }
    }

    private func spool(_ body: RequestBody) async throws -> ImportSpool {
        try await .receive(
            body, in: settings.stateDirectory, bytesMax: CustomerFileRoutes.fileBytesMax,
            tooLong: "The file is larger than 4 GiB; split it.")
    }

    private func line(_ write: (inout ByteBuilder) -> Void) -> ByteBuffer {
        var out = ByteBuilder(capacity: 128)
        out.object(write)
        out.append(UInt8(ascii: "\n"))
        return ByteBuffer(out)
    }

    private func report(
        _ report: CustomerImport.Report, _ options: CustomerImport.Options, ms: Int64, into out: inout ByteBuilder
    ) {
        out.object { out in
            out.field("import", report.importID)
            out.field("kind", options.kind.word)
            out.field("rows", report.rows)
            out.field("created", report.created)
            out.field("updated", report.updated)
            out.field("unchanged", report.unchanged)
            out.field("rejected", report.rejected)
            out.field("bad_cells", report.badCells)
            out.field("zeros_restored", report.zerosRestored)
            out.field("encoding", report.encoding?.rawValue)
            out.field("sheet", report.sheet)
            out.field("unknown_columns", report.unknownColumns)
            out.field("mapped_by", report.mappedBy)
            out.key("errors")
            out.array { out in
                for bad in report.bad {
                    out.object { out in
                        self.problem(bad.problem, into: &out)
                        out.field("lost", bad.isRow ? "row" : "cell")
                    }
                }
            }
            out.field("errors_left_out", report.rejected + report.badCells - report.bad.count)
            out.key("warnings")
            out.array { out in for one in report.warnings { out.object { self.problem(one, into: &$0) } } }
            out.field("warnings_left_out", report.warningCount - report.warnings.count)
            out.field("dry_run", options.isDryRun)
            out.field("ms", ms)
        }
    }

    private func problem(_ problem: CustomerImport.Report.Problem, into out: inout ByteBuilder) {
        out.field("line", problem.line)
        out.field("column", problem.column)
        out.field("message", problem.message)
    }

    // MARK: Export

    private func exportFile(_ request: Request, _ context: WebContext) async throws -> Response {
        let kind = try CustomerFileRoutes.kind(Query(request)), format = try CustomerFileRoutes.format(request)
        guard ImportKind.tables.contains(kind) else {
            throw Problem.bad("Calls are listed by GET /v1/calls, and exported by GET /v1/log.")
        }
        context.reader(.export).sees(RecordView.everybody)
        let fields = settings.customFields, store = writer.store
        return Response(
            status: .ok,
            headers: [
                .contentType: format.type,
                .contentDisposition: "attachment; filename=\"\(kind.word).\(format.rawValue)\"",
            ],
            body: .init { writer in
                try await withTaskExecutorPreference(BlockingThreads.files) {
                    switch (format, kind) {
                    case (.jsonl, _):
                        var pieces = JSONLinesExport(of: kind, from: store, customFields: fields)
                        while let piece = try pieces.next() { try await writer.write(ByteBuffer(piece)) }
                    case (.csv, .customers):
                        var pieces = CustomerExport(from: store, customFields: fields)
                        while let piece = try pieces.next() { try await writer.write(ByteBuffer(bytes: piece)) }
                    case (.csv, .queueLog): break
                    case (.csv, .items(let kind)):
                        var pieces = ItemExport(of: kind, from: store) { RFC3339.string($0) }
                        while let piece = try pieces.next() { try await writer.write(ByteBuffer(bytes: piece)) }
                    }
                }
                try await writer.finish(nil)
            })
    }

    private enum Format: String {
        case csv, jsonl

        var type: String {
            switch self {
            case .csv: "text/csv; charset=utf-8"
            case .jsonl: "application/x-ndjson"
            }
        }
    }

    /// As `format` says or, without it, `Accept`; CSV where neither does.
    private static func format(_ request: Request) throws(Problem) -> Format {
        guard let word = Query(request).text("format") else {
            let accepted = request.headers[values: .accept].joined(separator: ",").lowercased()
            return ["application/x-ndjson", "application/jsonl"].contains(where: accepted.contains) ? .jsonl : .csv
        }
        guard let format = Format(rawValue: word) else { throw .bad("format is csv or jsonl.") }
        return format
    }
}
