import CallCenter
import Engine
import EventWire
import Hummingbird
import NIOCore
import Storage

/// The log: replayed and compared with the live state, and exported.
struct LogRoutes {
    let engine: Engine
    let past: any PastStates
    let replays: ReplayGate
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.post("v1/log/replay", may: .supervisor, use: replay)
        router.get("v1/log", may: .admin, use: export)
    }

    /// Rebuilds the state from the first event on, and compares it with the live state.
    private func replay(_ request: Request, _ context: WebContext) async throws -> Response {
        let until = try Query(request).time("until")
        let began = self.now()
        guard let live = await engine.checkpoint() else { throw Problem.stopping }
        let past = try await replays.run {
            try await self.past.state(until: until, through: until == nil ? live.seq : nil)
        }
        let now = until ?? past.last ?? began
        var told = past.centre, alive = Centre(live.state), effects: [Effect] = []
        // Both at the same moment: after-call work may have ended meanwhile.
        told.settle(live.at, effects: &effects)
        alive.settle(live.at, effects: &effects)
        let isEqual: Bool? = until == nil && past.isWhole ? told.checkpoint == alive.checkpoint : nil
        let different = isEqual == false ? told.checkpoint.differences(from: alive.checkpoint) : []
        let state = past.centre
        return .json { out in
            out.object { out in
                out.field("until", now)
                out.field("events", past.events)
                out.field("log_begins", past.begins)
                out.field("whole", past.isWhole)
                out.field("ms", self.now() - began)
                out.field("open_calls", state.open.count)
                out.field("operators_logged_in", state.operators.values.count { $0.isLoggedIn })
                out.key("equal")
                if let isEqual { out.value(isEqual) } else { out.null() }
                out.field("differences", different)
            }
        }
    }

    /// Every event that is kept, one a line, as it can be sent to another daemon.
    private func export(_ request: Request, _ context: WebContext) async throws -> Response {
        let isPseudonymous = try Query(request).flag("pseudonymise")
        // Numbers, names and notes, as the PBXs and the desks sent them.
        if !isPseudonymous { context.reader(.export).sees(RecordView.everybody) }
        return Response(
            status: .ok, headers: [.contentType: "application/x-ndjson"],
            body: .init { writer in
                try await withTaskExecutorPreference(BlockingThreads.files) {
                    try await write(isPseudonymous, to: &writer)
                }
                try await writer.finish(nil)
            })
    }

    private func write(_ isPseudonymous: Bool, to writer: inout any ResponseBodyWriter) async throws {
        let numbers = settings.numberReader
        var exporter = LogExporter(pseudonyms: isPseudonymous ? Pseudonyms { numbers.reading(raw: $0) } : nil)
        var place: Int64 = 0
        // Page by page; the next one is read when the one before was sent, so a slow client needs no memory.
        while true {
            let page = try await self.past.entries(after: place, limit: LogRoutes.page)
            guard let last = page.last else { return }
            place = last.seq
            var buffer = ByteBuffer()
            for line in page { if let text = exporter.line(line) { buffer.writeString(text + "\n") } }
            try await writer.write(buffer)
        }
    }

    /// Lines that are read at once.
    private static let page = 1_000
}
