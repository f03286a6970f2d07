import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import NIOCore
import Settings
import Storage

/// `GET /v1/events/stream`: all events of the log for integrators, from any position on.
struct EventStreamRoutes {
    let engine: Engine
    let reader: OutwardReader
    let tail: LogTail

    /// A comment is sent when nothing was for so long.
    private static let heartbeatEvery = Duration.seconds(15)
    /// A client that reads nothing for so long is cut off; it comes back, and goes on where it was.
    private static let patience = TimeAmount.seconds(30)
    /// Bytes that are written at once, about.
    private static let bufferMax = 128 << 10

    func add(to router: GuardedRouter) { router.get("v1/events/stream", may: .supervisor, use: stream) }

    private func stream(_ request: Request, _ context: WebContext) async throws -> Response {
        let types = try types(request), start = try await start(request)
        let seer: Settings.CustomField.Seer = context.who.may(.admin) ? .admin : .supervisor
        if engine.streams.haveEnded { throw Problem.stopping }
        do { _ = try reader.read(after: start, types: [], for: seer, limit: 1) } catch
            LogWindowError.cutOff(let first)
        { throw EventStreamRoutes.cutOff(first) }
        // Numbers, names and notes, as the PBXs and the desks sent them.
        context.reader(.export).sees(RecordView.everybody)
        let channel = context.channel
        return try .events(.events, context) { client, writer in
            let isGone = Mutexed(false)
            client.whenGone { isGone.change { $0 = true } }
            // With it the headers are sent.
            try await write(EventStreamRoutes.heartbeat(nil), channel, &writer)
            do { try await follow(from: start, types, seer, isGone, channel, &writer) } catch is LogWindowError {
                // What follows was deleted meanwhile: the client comes back, and learns what there is.
            }
        }
    }

    /// Some frames, and how far the log was read for them.
    private struct Piece: Sendable {
        var buffers: [ByteBuffer]
        var reached: Int64
        var last: Int64?
        var isHeld: Bool
    }

    private func follow(
        from start: Int64, _ types: Set<String>?, _ seer: Settings.CustomField.Seer, _ isGone: Mutexed<Bool>,
        _ channel: any Channel, _ writer: inout any ResponseBodyWriter
    ) async throws {
        var place = start, sent = start
        while !isGone.value, !engine.streams.haveEnded, !Task.isCancelled {
            let after = place
            let piece = try await BlockingThreads.followers.run { [reader] in
                let batch = try reader.read(after: after, types: types, for: seer)
                return Piece(
                    buffers: EventStreamRoutes.buffers(batch.events), reached: batch.reached,
                    last: batch.events.last?.seq, isHeld: batch.isHeld)
            }
            for buffer in piece.buffers { try await write(buffer, channel, &writer) }
            place = piece.reached
            sent = piece.last ?? sent
            guard place == after else { continue }
            try await Task.sleep(for: .milliseconds(piece.isHeld ? 500 : 20))
            if await tail.wait(after: place, atMost: EventStreamRoutes.heartbeatEvery) { continue }
            if isGone.value || engine.streams.haveEnded { return }
            try await write(EventStreamRoutes.heartbeat(place == sent ? nil : place), channel, &writer)
            sent = place
        }
    }

    private func write(
        _ buffer: ByteBuffer, _ channel: any Channel, _ writer: inout any ResponseBodyWriter
    ) async throws {
        let cut = channel.eventLoop.scheduleTask(in: EventStreamRoutes.patience) { channel.close(promise: nil) }
        defer { cut.cancel() }
        try await writer.write(buffer)
    }

    // MARK: Frames

    /// The id is that of the log. Of an entry with several events the last one has it, so that a client that comes back
    /// gets the whole entry or nothing of it.
    static func buffers(_ events: [OutwardEvent]) -> [ByteBuffer] {
        var buffers: [ByteBuffer] = [], out = ByteBuilder(capacity: 4_096)
        for (i, event) in events.enumerated() {
            if i + 1 == events.count || events[i + 1].seq != event.seq {
                out.append("id: ")
                out.append(decimal: event.seq)
                out.append(UInt8(ascii: "\n"))
            }
            out.append("event: ")
            out.append(utf8: event.type)
            out.append("\ndata: ")
            event.json.withUnsafeBufferPointer { out.append($0) }
            out.append("\n\n")
            guard out.count >= bufferMax || i + 1 == events.count else { continue }
            buffers.append(ByteBuffer(out))
            out.removeAll()
        }
        return buffers
    }

    /// - Parameter place: how far the log was read, where that is behind the last event that was sent: a client that
    ///   waits for rare events does not come back with a position that is not kept any more.
    private static func heartbeat(_ place: Int64?) -> ByteBuffer {
        var out = ByteBuilder(capacity: 64)
        SSEFrame.comment(into: &out)
        if let place {
            out.append("id: ")
            out.append(decimal: place)
            out.append("\n\n")
        }
        return ByteBuffer(out)
    }

    // MARK: The question

    private func types(_ request: Request) throws(Problem) -> Set<String>? {
        let asked = request.uri.queryParameters.getAll("type").flatMap { text in
            text.split(separator: ",").map { $0.filter { $0 != " " } }
        }
        let unknown = asked.first { !OutwardTypes.all.contains($0) }
        if let unknown {
            throw .bad(
                "There is no type \"\(unknown.prefix(64))\"; docs/integrator.md lists them, and call.ended is one.")
        }
        return asked.isEmpty ? nil : Set(asked)
    }

    /// Behind which position it begins: the one that the client was at, the one that it asks for, or now.
    private func start(_ request: Request) async throws(Problem) -> Int64 {
        if let text = request.headers[.lastEventID], !text.isEmpty {
            guard let seq = Int64(text) else { throw .bad("Last-Event-ID is a position of the log: a whole number.") }
            return try Bounded.id.checked(seq, "Last-Event-ID")
        }
        if let seq = try Query(request).number("after", in: .id) { return seq }
        guard let newest = await tail.committed() else { throw .stopping }
        return newest
    }

    private static func cutOff(_ first: Int64) -> Problem {
        Problem(
            .gone, "Events before \(first) are not kept any more; ask with after=\(first - 1) for all that are.",
            members: { $0.field("first", first) })
    }
}
