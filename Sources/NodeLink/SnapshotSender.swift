import Crypto
import Glibc
import Logging
import NIOCore
import NIOPosix

/// Sends a snapshot over a connection, one piece after the other, and closes it.
struct SnapshotSender: Sendable {
    let channel: any Channel
    let snapshot: @Sendable () async throws -> (folder: String, done: @Sendable () -> Void)
    let logger: Logger

    func run() async {
        do {
            let made = try await ticking(snapshot)
            defer { made.done() }
            let threads = NIOThreadPool(numberOfThreads: 1)
            threads.start()
            do { try await send(made.folder, threads) } catch { failed(error) }
            try? await threads.shutdownGracefully()
        } catch {
            failed(error)
            try? await send(line: SnapshotFiles.Head(files: 0, bytes: 0, error: "\(error)"))
        }
        try? await channel.close()
    }

    private func failed(_ error: any Error) {
        logger.warning("a snapshot for another node was not sent to its end", metadata: ["ERROR": "\(error)"])
    }

    /// Sends a blank line every second meanwhile.
    private func ticking<Value: Sendable>(_ work: @Sendable () async throws -> Value) async throws -> Value {
        let ticks = channel.eventLoop.scheduleRepeatedTask(
            initialDelay: LinkLimits.snapshotTick, delay: LinkLimits.snapshotTick
        ) { [channel] _ in channel.writeAndFlush(ByteBuffer(string: "\n"), promise: nil) }
        let result: Result<Value, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        // On the loop, so that no blank line comes afterwards.
        try await channel.eventLoop.submit { ticks.cancel() }.get()
        return try result.get()
    }

    private func send(line: some Encodable) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: JSONLine.bytes(of: line))).get()
    }

    private func send(_ folder: String, _ threads: NIOThreadPool) async throws {
        let files = try await threads.runIfActive { try SnapshotFiles.list(folder) }
        guard files.count <= LinkLimits.filesMax else { throw FileFault(folder, "it has too many files") }
        try await send(line: SnapshotFiles.Head(files: files.count, bytes: files.reduce(0) { $0 + $1.bytes }))
        for file in files { try await send(file, of: folder, threads) }
        try await send(line: SnapshotFiles.Last(whole: true))
    }

    private func send(_ file: SnapshotFiles.File, of folder: String, _ threads: NIOThreadPool) async throws {
        let path = folder + "/" + file.name
        let descriptor = try await threads.runIfActive {
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard descriptor >= 0 else { throw FileFault(path) }
            return descriptor
        }
        defer { close(descriptor) }
        try await send(line: file)
        var left = file.bytes, hash = SHA256()
        while left > 0 {
            let count = Int(min(left, Int64(LinkLimits.pieceBytesMax)))
            let (piece, next) = try await threads.runIfActive { [hash] in
                let piece = try SnapshotSender.read(descriptor, count, path)
                var next = hash
                piece.withUnsafeReadableBytes { next.update(bufferPointer: $0) }
                return (piece, next)
            }
            hash = next
            left -= Int64(count)
            try await channel.writeAndFlush(piece).get()
        }
        try await send(line: SnapshotFiles.End(sha256: SnapshotFiles.hex(hash.finalize())))
    }

    private static func read(_ descriptor: CInt, _ count: Int, _ path: String) throws -> ByteBuffer {
        var piece = ByteBufferAllocator().buffer(capacity: count)
        while piece.readableBytes < count {
            let missing = count - piece.readableBytes
            let got = piece.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) { room in
                max(0, Glibc.read(descriptor, room.baseAddress, missing))
            }
            guard got > 0 else { throw FileFault(path, "it is shorter than it was, or cannot be read") }
        }
        return piece
    }
}
