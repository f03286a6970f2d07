import NIOCore
import NIOEmbedded
import Testing

@testable import NodeLink

@Suite struct LastWritesTests {
    /// A socket without room: what is written waits.
    final class FullSocket: ChannelOutboundHandler {
        typealias OutboundIn = ByteBuffer
        private(set) var waiting: [EventLoopPromise<Void>?] = []
        private(set) var closed = 0
        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            waiting.append(promise)
        }
        func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
            closed += 1
            promise?.succeed()
        }
    }

    @Test func theLastBytesAreWrittenBeforeTheEnd() throws {
        let socket = FullSocket()
        let channel = EmbeddedChannel(handlers: [socket, LastWritesHandler()])
        channel.write(ByteBuffer(string: "answer"), promise: nil)
        channel.write(ByteBuffer(string: "the end of TLS"), promise: nil)
        let closed = channel.close()
        var isClosed = false
        closed.assumeIsolated().whenComplete { _ in isClosed = true }
        #expect(socket.closed == 0)
        socket.waiting[0]?.succeed()
        #expect(socket.closed == 0 && !isClosed)
        socket.waiting[1]?.succeed()
        #expect(socket.closed == 1 && isClosed)
    }

    /// A connection that breaks fails what is written, and is closed.
    @Test func writesThatFailEndTheWait() throws {
        let socket = FullSocket()
        let channel = EmbeddedChannel(handlers: [socket, LastWritesHandler()])
        channel.write(ByteBuffer(string: "answer"), promise: nil)
        channel.close(promise: nil)
        #expect(socket.closed == 0)
        socket.waiting[0]?.fail(ChannelError.ioOnClosedChannel)
        #expect(socket.closed == 1)
    }

    @Test func whatIsWrittenDoesNotHoldTheEndUp() throws {
        let socket = FullSocket()
        let channel = EmbeddedChannel(handlers: [socket, LastWritesHandler()])
        channel.write(ByteBuffer(string: "answer"), promise: nil)
        socket.waiting[0]?.succeed()
        channel.close(promise: nil)
        #expect(socket.closed == 1)
    }
}
