import Foundation
import NIOCore
import NIOPosix

extension LinkClient {
    /// Copies a snapshot of another node's state directory, which need not lead, into an empty folder. Every file is
    /// compared with the hash that the other node computed, and is on disk when this returns.
    ///
    /// - Parameters:
    ///   - folder: empty, or not there. After an error it is as it was.
    ///   - progress: called with the bytes that have arrived, and the bytes of all files.
    /// - Throws: `LinkError`.
    public func snapshot(
        _ peer: Peer, into folder: String, progress: @Sendable (Int64, Int64) -> Void
    ) async throws {
        let (channel, parts) = try await open(peer, .snapshot(node: node), of: ByteBuffer.self)
        defer { channel.close(promise: nil) }
        let threads = NIOThreadPool(numberOfThreads: 1)
        threads.start()
        let copied: Result<Void, any Error>
        do {
            var source = SnapshotSource(channel: channel, parts: parts, peer: peer)
            copied = .success(try await copy(&source, into: folder, threads, progress))
        } catch { copied = .failure(error) }
        try? await threads.shutdownGracefully()
        try copied.get()
    }

    private func copy(
        _ source: inout SnapshotSource, into folder: String, _ threads: NIOThreadPool,
        _ progress: @Sendable (Int64, Int64) -> Void
    ) async throws {
        let peer = source.peer
        let head: SnapshotFiles.Head = try await source.object(skippingBlanks: true)
        if let why = head.error { throw LinkError.ended(peer, reason: "it could not make a snapshot: \(why)") }
        guard head.bytes >= 0, (0...LinkLimits.filesMax).contains(head.files) else {
            throw LinkError.ended(peer, reason: "what it says of its snapshot cannot be")
        }
        let writer = try await threads.runIfActive { try SnapshotWriter(folder) }
        do {
            var left = head.bytes
            for _ in 0..<head.files {
                let file: SnapshotFiles.File = try await source.object()
                guard SnapshotFiles.isSafe(file.name) else { throw LinkError.badName(peer, name: file.name) }
                guard file.bytes >= 0, file.bytes <= left else { throw LinkError.damaged(peer, file: file.name) }
                try await threads.runIfActive { try writer.begin(file.name) }
                var leftOfFile = file.bytes
                while leftOfFile > 0 {
                    let piece = try await source.bytes(upTo: leftOfFile)
                    try await threads.runIfActive { try writer.write(piece) }
                    leftOfFile -= Int64(piece.readableBytes)
                    left -= Int64(piece.readableBytes)
                    progress(head.bytes - left, head.bytes)
                }
                let hash = try await threads.runIfActive { try writer.end() }
                let end: SnapshotFiles.End = try await source.object()
                guard end.sha256 == hash else { throw LinkError.damaged(peer, file: file.name) }
            }
            let last: SnapshotFiles.Last = try await source.object()
            guard last.whole, left == 0 else { throw LinkError.damaged(peer, file: "the snapshot") }
            try await threads.runIfActive { try writer.finish() }
        } catch {
            _ = await Task { try? await threads.runIfActive { writer.discard() } }.value
            throw error
        }
    }
}

/// The bytes of a snapshot as they arrive.
struct SnapshotSource {
    let channel: any Channel
    let parts: NIOLoopBound<PullHandler<ByteBuffer>>
    let peer: Peer
    private var held = ByteBuffer()

    init(channel: any Channel, parts: NIOLoopBound<PullHandler<ByteBuffer>>, peer: Peer) {
        self.channel = channel
        self.parts = parts
        self.peer = peer
    }

    /// Reads once more.
    private mutating func more() async throws {
        let peer = self.peer, channel = self.channel, parts = self.parts
        let silence = channel.eventLoop.scheduleTask(in: LinkLimits.snapshotTimeout) { channel.close(promise: nil) }
        defer { silence.cancel() }
        let ended = LinkError.ended(peer, reason: "it closed the connection within a snapshot")
        let read = try await withTaskCancellationHandler {
            try await channel.eventLoop.flatSubmit { parts.value.next() }.get()
        } onCancel: {
            channel.close(promise: nil)
        }
        guard var next = read else { throw ended }
        held.discardReadBytes()
        held.writeBuffer(&next)
    }

    /// A JSON object on a line.
    mutating func object<Value: Decodable>(skippingBlanks: Bool = false) async throws -> Value {
        while true {
            guard let newline = held.readableBytesView.firstIndex(of: 0x0A) else {
                guard held.readableBytes <= LinkLimits.fileLineBytesMax else { throw unreadable() }
                try await more()
                continue
            }
            let line = held.readBytes(length: newline - held.readerIndex) ?? []
            held.moveReaderIndex(forwardBy: 1)
            if line.isEmpty, skippingBlanks { continue }
            guard let value = try? JSONDecoder().decode(Value.self, from: Data(line)) else { throw unreadable() }
            return value
        }
    }

    private func unreadable() -> LinkError { .ended(peer, reason: "what it sent is no part of a snapshot") }

    /// Some bytes, one at least.
    mutating func bytes(upTo count: Int64) async throws -> ByteBuffer {
        while held.readableBytes == 0 { try await more() }
        return held.readSlice(length: Int(min(count, Int64(held.readableBytes)))) ?? ByteBuffer()
    }
}
