import CallCenter
import Engine
import EventWire
import Hummingbird
import NIOCore

/// Appends the events of one request to the log, one piece at a time.
///
/// The engine's thread sends the pops of all operators, so a request must not occupy it for longer than a read of the
/// event socket does: each piece is decoded and looked up on a separate thread, and the next one follows when the piece
/// before is on disk.
struct EventPieces {
    let engine: Engine
    let callerLookup: CallerLookup
    let now: @Sendable () -> Timestamp
    /// The only source that the sender may push for; nil for any.
    let source: String?

    /// Bytes of a piece: about a hundred events, half a millisecond of the engine's thread.
    static let pieceBytes = 16 << 10
    /// The longest wait for a full mailbox. Milliseconds.
    private static let patienceMs = 10_000
    /// Interval between attempts while the mailbox is full. Milliseconds.
    private static let retryMs = 5

    private struct Piece: Sendable {
        var framer: LineFramer
        var batch: EventBatch
    }

    /// - Parameter body: lines, one event each.
    /// - Returns: a reply for each event, in order, once all accepted ones are on disk.
    /// - Throws: `Problem` 503 when the daemon can accept none of them.
    func process(_ body: ByteBuffer) async throws -> ByteBuffer {
        var body = body, replies = ByteBuffer(), framer = LineFramer(), isRefused = false
        while true {
            let isLast = body.readableBytes <= EventPieces.pieceBytes
            let part = body.readSlice(length: min(body.readableBytes, EventPieces.pieceBytes)) ?? ByteBuffer()
            let (answers, answer) = AsyncStream.makeStream(of: ByteBuilder.self, bufferingPolicy: .bufferingOldest(1))
            let batch = EventBatch(readAt: now()) {
                answer.yield($0)
                answer.finish()
            }
            let piece = try await BlockingThreads.posts.run { [framer] in
                decode(part, isLast: isLast, Piece(framer: framer, batch: batch))
            }
            framer = piece.framer
            if !piece.batch.items.isEmpty {
                if !isRefused { isRefused = try await !submit(piece.batch) }
                if isRefused {
                    if replies.readableBytes == 0 { throw EventPieces.unavailable }
                    let refusals = piece.batch.refusals(
                        "The daemon cannot take events just now; send it again in a moment.")
                    replies.writeImmutableBuffer(ByteBuffer(refusals))
                } else {
                    for await one in answers { replies.writeImmutableBuffer(ByteBuffer(one)) }
                }
            }
            if isLast { return replies }
        }
    }

    private static let unavailable = Problem(
        .serviceUnavailable, "The daemon cannot take events just now; send them again in a moment.")

    private func decode(_ part: ByteBuffer, isLast: Bool, _ piece: Piece) -> Piece {
        var piece = piece
        let source = source
        func decode(_ line: LineFramer.Line) {
            piece.batch.append(
                line, defaultSource: source ?? "default", refusal: { EventPieces.refusal($0, source) },
                lookup: callerLookup.lookUp)
        }
        var framer = piece.framer
        part.withUnsafeReadableBytes { framer.feed($0, decode) }
        if isLast { framer.finish(decode) }
        callerLookup.end()
        piece.framer = framer
        return piece
    }

    /// False when the mailbox stayed full for the longest wait.
    private func submit(_ batch: EventBatch) async throws -> Bool {
        for _ in 0..<(EventPieces.patienceMs / EventPieces.retryMs) {
            if engine.submit(batch) { return true }
            try await Task.sleep(for: .milliseconds(EventPieces.retryMs))
        }
        return false
    }

    private static func refusal(_ decoded: DecodedEvent, _ source: String?) -> WireError? {
        guard let source, decoded.event.source != source else { return nil }
        if case .ping = decoded.event.body { return nil }
        return WireError(
            .forbidden, field: "source",
            message: "This token pushes for its own source alone; leave source out, or use another token.",
            id: decoded.event.id, call: decoded.call)
    }
}
