import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Logging
import Storage

/// `/v1/imports`: which files were imported, and undoing one as a whole.
struct ImportRoutes {
    let engine: Engine
    let writer: RecordWriter
    let now: @Sendable () -> Timestamp
    let logger: Logger

    func add(to router: GuardedRouter) {
        router.get("v1/imports", may: .admin, use: list)
        router.get("v1/imports/{id}", may: .admin, use: one)
        router.post("v1/imports/{id}/undo", may: .admin, use: undo)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let all = try writer.store.imports(limit: try Query(request).limit(default: 100, max: 1_000))
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in for run in all { out.object { ImportRoutes.fields(of: run, into: &$0) } } }
                out.field("next", String?.none)
            }
        }
    }

    private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let run = try run(context)
        return .json { out in out.object { ImportRoutes.fields(of: run, into: &$0) } }
    }

    private func undo(_ request: Request, _ context: WebContext) async throws -> Response {
        let run = try run(context), writer = self.writer, by = context.who.author.who, now = self.now()
        let undone = try await BlockingThreads.files.run {
            try Problem.edited { () throws(EditError) in try writer.undoImport(run.id, by: by, at: now) }
        }
        let counts = "\(undone.deleted) deleted, \(undone.restored) put back, \(undone.keptInPart) in part"
        logger.notice("import \(run.id) undone: \(counts)")
        await engine.tiersChanged(undone.moves, isUndo: true)
        return .json { out in
            out.object { out in
                out.field("import", run.id)
                out.field("deleted", undone.deleted)
                out.field("restored", undone.restored)
                out.field("kept_in_part", undone.keptInPart)
            }
        }
    }

    private func run(_ context: WebContext) throws -> ImportRun {
        let id = try context.segment("id")
        guard let number = Int64(id), let run = try writer.store.importRun(number) else {
            throw Problem.notFound("There is no import \(id); GET /v1/imports lists them.")
        }
        return run
    }

    private static func fields(of run: ImportRun, into out: inout ByteBuilder) {
        out.field("id", run.id)
        out.field("kind", run.kind.word)
        out.field("file", run.file)
        out.field("by", run.by)
        out.field("started_at", run.startedAt)
        out.field("ended_at", run.endedAt)
        out.field("rows", run.rows)
        out.field("created", run.created)
        out.field("updated", run.updated)
        out.field("undone_at", run.undoneAt)
    }
}
