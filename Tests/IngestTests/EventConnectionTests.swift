import EventWire
import NIOCore
import NIOEmbedded
import Testing

@testable import Engine
@testable import Ingest

/// One connection of the event socket, without a socket.
@Suite struct EventConnectionTests {
    // MARK: Lines over reads

    @Test(arguments: [1, 2, 3, 7, 64, 4_096]) func linesComeOutWholeHoweverTheyAreCut(size: Int) throws {
        let client = try Client()
        let lines = (1...20).map { ended("call-\($0)") }
        let bytes = Array((lines.joined(separator: "\n") + "\n").utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            try client.send(String(decoding: bytes[start..<min(bytes.count, start + size)], as: UTF8.self))
        }
        #expect(client.engine.lines == lines)
    }

    @Test func whatOneReadBringsIsOneBatch() throws {
        let client = try Client()
        try client.send(ended("c1") + "\n" + ended("c2") + "\n" + ended("c3"))
        try client.send("\n")
        #expect(client.engine.batches.map(\.items.count) == [2, 1])
    }

    @Test func aBadLineIsRefusedAndTheConnectionLivesOn() throws {
        let client = try Client()
        try client.send("{\"type\":\n" + ended("c1") + "\nnothing\n")
        #expect(client.engine.lines == ["refused: malformed", ended("c1"), "refused: malformed"])
        #expect(client.isOpen)
    }

    @Test func aLineThatIsTooLongIsRefusedOnceAndTheNextIsTaken() throws {
        let client = try Client()
        try client.send(ended("c1") + "\n")
        let long = String(repeating: "x", count: 8_000)
        for _ in 0..<9 { try client.send(long) }
        try client.send("\n" + ended("c2") + "\n")
        #expect(client.engine.lines == [ended("c1"), "refused: too_long", ended("c2")])
    }

    // MARK: Replies

    @Test func repliesGoOutAsTheEngineGivesThem() throws {
        let client = try Client()
        try client.send(ended("c1") + "\n")
        try client.send(ended("c2") + "\n")
        #expect(try client.received() == "")
        client.answer(0)
        #expect(try client.received() == "{\"ok\":true,\"seq\":0}\n")
        client.answer(1)
        #expect(try client.received() == "{\"ok\":true,\"seq\":1000}\n")
    }

    @Test func aClientThatClosesItsSideGetsTheRepliesItIsOwed() throws {
        let client = try Client()
        try client.send(ended("c1") + "\n" + ended("c2"))
        client.closeInput()
        #expect(client.engine.lines == [ended("c1"), ended("c2")], "a last line needs no end")
        #expect(client.isOpen)
        client.answer(0)
        #expect(client.isOpen, "one batch is not answered yet")
        client.answer(1)
        #expect(try client.received() == "{\"ok\":true,\"seq\":0}\n{\"ok\":true,\"seq\":1000}\n")
        #expect(!client.isOpen)
    }

    @Test func aClientThatClosesItsSideAndIsOwedNothingIsClosed() throws {
        let client = try Client()
        try client.send(ended("c1") + "\n")
        client.answer(0)
        client.closeInput()
        client.channel.embeddedEventLoop.run()
        #expect(!client.isOpen)
    }

    @Test func repliesForAClientThatHasGoneAreLetGoOf() throws {
        let client = try Client()
        try client.send(ended("c1") + "\n")
        client.channel.close(promise: nil)
        client.answer(0)
        #expect(try client.received() == "")
    }

    // MARK: Back-pressure

    @Test func aClientThatDoesNotReadItsRepliesIsNotReadFrom() throws {
        let client = try Client()
        for number in 1...EventConnection.owedMax { try client.send(ended("c\(number)") + "\n") }
        let read = client.reads.count
        #expect(read == EventConnection.owedMax, "one at the start and one behind each batch but the last")
        client.channel.pipeline.fireChannelReadComplete()
        #expect(client.reads.count == read)
        client.answer(0)
        #expect(client.reads.count == read + 1, "there is room for one batch again")
    }

    @Test func aSocketThatTakesNoMoreIsNotReadFrom() throws {
        let client = try Client()
        client.channel.isWritable = false
        let read = client.reads.count
        try client.send(ended("c1") + "\n")
        #expect(client.reads.count == read)
        client.channel.isWritable = true
        client.channel.pipeline.fireChannelWritabilityChanged()
        #expect(client.reads.count == read + 1)
    }

    @Test func whatTheEngineHasNoRoomForIsKeptInItsOrderAndTriedAgain() throws {
        let client = try Client()
        client.engine.setRoom(false)
        try client.send(ended("c1") + "\n")
        let read = client.reads.count
        try client.send(ended("c2") + "\n")
        #expect(client.reads.count == read, "nothing is read while a batch is kept")
        client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(20))
        #expect(client.engine.batches.isEmpty && client.engine.attempts > 2)
        client.engine.setRoom(true)
        client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(5))
        #expect(client.engine.lines == [ended("c1"), ended("c2")])
        #expect(client.reads.count > read)
    }

    @Test func aClientThatGoesWhileABatchIsKeptEndsTheAttempts() throws {
        let client = try Client()
        client.engine.setRoom(false)
        try client.send(ended("c1") + "\n")
        client.channel.close(promise: nil)
        client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(5))
        let attempts = client.engine.attempts
        client.channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
        #expect(client.engine.attempts == attempts)
    }

    // MARK: Storms

    /// A read of more than `decodedHereMax` bytes is decoded on another thread; what comes behind it waits for it.
    @Test(.timeLimit(.minutes(10))) func aBigReadIsDecodedBesideTheLoopAndKeepsItsPlace() async throws {
        let engine = ScriptedEngine(), channel = NIOAsyncTestingChannel()
        let lines = (1...400).map { ended("call-\($0)") }
        try await channel.testingEventLoop.submit {
            var parts = EventSocket.Parts(
                submit: engine.submit, rules: { PeerRules(ownUser: Client.owner) }, connections: ConnectionCount(),
                orders: PBXOrders(), clock: { .init(ms: 0) }, lookup: { _ in nil }, rest: {})
            parts.peer = { _ in Peer(user: Client.owner, group: 0) }
            try channel.pipeline.syncOperations.addHandler(EventConnection(parts))
        }.get()
        try await channel.connect(to: try SocketAddress(unixDomainSocketPath: "/events.sock"))
        let big = lines.joined(separator: "\n") + "\n"
        #expect(big.utf8.count > EventConnection.decodedHereMax)
        try await channel.writeInbound(ByteBuffer(string: big))
        try await channel.writeInbound(ByteBuffer(string: ended("behind") + "\n"))
        while engine.lines.count <= lines.count {
            await channel.testingEventLoop.run()
            await Task.yield()
        }
        #expect(engine.lines == lines + [ended("behind")])
        _ = try? await channel.finish(acceptAlreadyClosed: true)
    }
}
