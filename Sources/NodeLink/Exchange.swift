import NIOCore
import NIOHTTP1
import Synchronization

/// One HTTP request over a link, and its answer.
final class Exchange: Sendable {
    private struct State {
        var sending: Task<Sent, Never>?
        var isKeptAlive = false
        var isDone = false
        var trailers: HTTPHeaders?
    }
    private enum Sent: Sendable {
        case whole
        /// The answer came first, or the connection ended.
        case inPart
        /// The request's body could not be read, or was not as long as announced.
        case failed(any Error)
    }

    /// Why the request broke off. The sending task has it, which must not hold the exchange.
    private final class Breakage: Sendable {
        private let error = Mutex<(any Error)?>(nil)
        var value: (any Error)? { error.withLock { $0 } }
        func set(_ error: any Error) { self.error.withLock { $0 = error } }
    }

    private let connection: IdleConnections.Connection
    private let peer: Peer
    private let idle: IdleConnections
    private let key: IdleConnections.Key
    private let state = Mutex(State())
    private let breakage = Breakage()

    init(
        _ connection: IdleConnections.Connection, _ peer: Peer, _ idle: IdleConnections, _ key: IdleConnections.Key
    ) {
        self.connection = connection
        self.peer = peer
        self.idle = idle
        self.key = key
    }

    deinit {
        if state.withLock({ !$0.isDone }) { connection.channel.cut() }
    }

    var trailers: HTTPHeaders? { state.withLock { $0.trailers } }

    /// Sends the request, and returns the head of the answer, which may come before everything was sent.
    func begin<Body: AsyncSequence & Sendable>(
        _ head: HTTPRequestHead, _ body: Body
    ) async throws -> HTTPResponseHead where Body.Element == ByteBuffer {
        let channel = connection.channel
        let sending = Task { [breakage] in
            await Exchange.send(head, body, on: channel) { error in
                if Task.isCancelled { return .inPart }
                breakage.set(error)
                channel.cut()
                return .failed(error)
            }
        }
        state.withLock { $0.sending = sending }
        do {
            guard case .head(let answer)? = try await part() else {
                throw LinkError.ended(peer, reason: "it closed the connection before it answered")
            }
            // The answer to a request that broke off says nothing.
            if let error = breakage.value { throw error }
            state.withLock { $0.isKeptAlive = answer.isKeepAlive }
            return answer
        } catch {
            if case .failed(let cause) = await abort() { throw cause }
            throw error
        }
    }

    /// The next piece of the answer's body; nil at its end.
    func next() async throws -> ByteBuffer? {
        if state.withLock({ $0.isDone }) { return nil }
        do {
            switch try await part() {
            case .body(let bytes): return bytes
            case .end(let trailers):
                await finish(trailers)
                return nil
            case .head, nil: throw LinkError.ended(peer, reason: "it closed the connection within its answer")
            }
        } catch {
            _ = await abort()
            throw error
        }
    }

    private func part() async throws -> HTTPClientResponsePart? {
        let connection = self.connection
        return try await withTaskCancellationHandler {
            try await connection.channel.eventLoop.flatSubmit { connection.parts.value.next() }.get()
        } onCancel: {
            connection.channel.cut()
        }
    }

    private func finish(_ trailers: HTTPHeaders?) async {
        let (sending, isKeptAlive) = state.withLock { state in
            state.isDone = true
            state.trailers = trailers
            return (state.sending, state.isKeptAlive)
        }
        // The body's reader has to be gone before the caller goes on: it is the connection of the client.
        sending?.cancel()
        if case .whole? = await sending?.value, isKeptAlive {
            idle.hold(connection, key)
        } else {
            connection.channel.close(promise: nil)
        }
    }

    private func abort() async -> Sent {
        let sending = state.withLock { state in
            state.isDone = true
            return state.sending
        }
        connection.channel.cut()
        sending?.cancel()
        return await sending?.value ?? .inPart
    }

    // MARK: Sending

    private static func send<Body: AsyncSequence & Sendable>(
        _ head: HTTPRequestHead, _ body: Body, on channel: any Channel, _ broken: (any Error) -> Sent
    ) async -> Sent where Body.Element == ByteBuffer {
        var head = head
        let announced = head.headers.first(name: "content-length").flatMap { Int($0) }
        if announced == nil {
            head.headers.remove(name: "content-length")
            head.headers.replaceOrAdd(name: "transfer-encoding", value: "chunked")
        }
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        // An answer may depend on the head alone.
        channel.flush()
        var count = 0
        do {
            for try await piece in body {
                count += piece.readableBytes
                do { try await channel.writeAndFlush(HTTPClientRequestPart.body(.byteBuffer(piece))).get() } catch {
                    return .inPart
                }
            }
        } catch {
            return broken(error)
        }
        // A reader that is cancelled ends too: the request must not look whole.
        if Task.isCancelled { return .inPart }
        if let announced, announced != count { return broken(BodyLengthFault(announced: announced, sent: count)) }
        do { try await channel.writeAndFlush(HTTPClientRequestPart.end(nil)).get() } catch { return .inPart }
        return .whole
    }
}

/// A request's body had another length than its head says.
struct BodyLengthFault: Error, Equatable, CustomStringConvertible {
    var announced, sent: Int
    var description: String { "the body has \(sent) bytes, and not \(announced)" }
}

extension Channel {
    /// Closes a link below its TLS, at once: the other side sees that the connection broke, and not that this side has
    /// sent everything and still reads.
    func cut() {
        eventLoop.execute {
            let context = try? self.pipeline.syncOperations.context(handlerType: LastWritesHandler.self)
            if let context { context.close(promise: nil) } else { self.close(promise: nil) }
        }
    }
}
