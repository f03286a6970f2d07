import CallCenter
import Engine
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Ingest

/// Reads that wait until their callers are looked up elsewhere.
@Suite struct WaitingTests {
    private final class Elsewhere: Sendable {
        private let waiting = Mutex<[@Sendable () -> Void]>([])

        /// Reads with an offer wait, others do not.
        func begin(_ batch: EventBatch, _ done: @escaping @Sendable (EventBatch) -> Void) -> Bool {
            guard !batch.offers.isEmpty else { return false }
            waiting.withLock { $0.append { done(batch) } }
            return true
        }
        func finish(_ number: Int) { waiting.withLock { $0[number] }() }
    }

    private static func offered(_ call: String) -> String {
        #"{"type":"call.offered","call":"\#(call)","from":"0300000101","to":null}"#
    }

    @Test func whatWasReadBehindOneThatWaitsKeepsItsPlace() throws {
        let engine = ScriptedEngine(), elsewhere = Elsewhere(), channel = EmbeddedChannel()
        var parts = EventSocket.Parts(
            submit: engine.submit, rules: { PeerRules(ownUser: Client.owner) }, connections: ConnectionCount(),
            orders: PBXOrders(), clock: { .init(ms: 0) }, lookup: { _ in nil }, rest: {})
        parts.peer = { _ in Peer(user: Client.owner, group: 0) }
        parts.waiting = { batch, done in elsewhere.begin(batch, done) }
        try channel.pipeline.syncOperations.addHandler(EventConnection(parts))
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/events.sock"), promise: nil)
        func send(_ line: String) throws {
            try channel.writeInbound(ByteBuffer(string: line + "\n"))
            channel.embeddedEventLoop.run()
        }
        func finish(_ number: Int) {
            elsewhere.finish(number)
            channel.embeddedEventLoop.run()
        }
        try send(ended("before"))
        #expect(engine.lines == [ended("before")], "what has no caller waits for nobody")
        try send(Self.offered("a"))
        try send(ended("behind"))
        try send(Self.offered("b"))
        #expect(engine.lines == [ended("before")])
        finish(1)
        #expect(engine.lines == [ended("before")], "the order is that of the connection")
        finish(0)
        #expect(engine.lines == [ended("before"), Self.offered("a"), ended("behind"), Self.offered("b")])
        try send(ended("after"))
        #expect(engine.lines.last == ended("after"))
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    @Test func aConnectionThatClosesItsSideIsAnsweredToTheEnd() throws {
        let engine = ScriptedEngine(), elsewhere = Elsewhere(), channel = EmbeddedChannel()
        var parts = EventSocket.Parts(
            submit: engine.submit, rules: { PeerRules(ownUser: Client.owner) }, connections: ConnectionCount(),
            orders: PBXOrders(), clock: { .init(ms: 0) }, lookup: { _ in nil }, rest: {})
        parts.peer = { _ in Peer(user: Client.owner, group: 0) }
        parts.waiting = { batch, done in elsewhere.begin(batch, done) }
        try channel.pipeline.syncOperations.addHandler(EventConnection(parts))
        channel.connect(to: try SocketAddress(unixDomainSocketPath: "/events.sock"), promise: nil)
        try channel.writeInbound(ByteBuffer(string: Self.offered("a") + "\n"))
        channel.embeddedEventLoop.run()
        channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        channel.embeddedEventLoop.run()
        #expect(channel.isActive && engine.lines.isEmpty)
        elsewhere.finish(0)
        channel.embeddedEventLoop.run()
        #expect(engine.lines == [Self.offered("a")] && channel.isActive)
        engine.answer(0)
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
    }
}
