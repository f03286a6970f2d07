import Foundation
import HTTPTypes
import Logging
import NIOCore
import NIOEmbedded
import NIOPosix
import Testing

@testable import Storage
@testable import Web

/// What clients may have open at once. Above it there is a clear answer, and those who are connected go on.
@Suite struct LimitTests {
    // MARK: Streams

    @Test func streamsAreLimitedAltogetherAndByClient() throws {
        let streams = OpenStreams(limits: .init(all: 4, ofAccount: 2, ofToken: 2, events: 1))
        func enter(_ kind: OpenStreams.Kind, _ owner: String?) -> Int? {
            streams.enter(StreamClient(), kind, of: owner) { true }
        }
        let one = enter(.pops, "token a"), two = enter(.figures, "token a")
        #expect(one != nil && two != nil)
        #expect(throws: Problem.self) { try streams.checkRoom(for: .pops, of: "token a") }
        #expect(enter(.pops, "token a") == nil, "others came first since the check")
        let local = enter(.events, nil)
        #expect(local != nil && enter(.events, "account 101") == nil)
        #expect(enter(.pops, "account 101") != nil)
        #expect(enter(.pops, nil) == nil && streams.count == 4)
        #expect(streams.count(of: .pops) == 2 && streams.count(of: .events) == 1)
        if let one { streams.leave(one) }
        if let one { streams.leave(one) }
        if let local { streams.leave(local) }
        #expect(streams.count == 2 && streams.count(of: .events) == 0)
        try streams.checkRoom(for: .pops, of: "token a")
        #expect(streams.refusedCount == 1)
    }

    @Test func oneStreamTooManyIsAProblem() async throws {
        let routes = try Routes {
            $0.openStreams = OpenStreams(limits: .init(all: 3, ofAccount: 1, ofToken: 1, events: 0))
        }
        let token = try routes.token(.supervisor), client = StreamClient()
        let known = try #require(routes.parts.tokens.list().first)
        let place = routes.parts.openStreams.enter(client, of: "token \(known.id)") { true }
        #expect(place != nil)
        let refused = try await routes.ask(.get, "/v1/stream?operator=101", token: token)
        #expect(refused.status == 429 && refused.headers[.retryAfter] == "10")
        #expect(refused.headers[.contentType] == "application/problem+json" && refused.detail.contains("1 streams"))
        // Another client, and the one that is connected, are served.
        #expect(try await routes.response(.get, "/v1/stream?operator=101").status == .ok)
        #expect(throws: Problem.self) { try routes.parts.openStreams.checkRoom(for: .events, of: nil) }
        let metrics = try await routes.ask(.get, "/metrics").text
        #expect(metrics.contains("screenpop_refused_total{what=\"streams\"} 2\n"))
        #expect(metrics.contains("screenpop_event_streams 0\n"))
    }

    @Test func aStreamNamesSomeOperators() async throws {
        let routes = try Routes()
        func names(_ count: Int) -> String { (0..<count).map { "\($0)" }.joined(separator: ",") }
        #expect(try await routes.response(.get, "/v1/stream?operator=\(names(200))").status == .ok)
        let answer = try await routes.ask(.get, "/v1/stream?operator=\(names(201))")
        #expect(answer.status == 400 && answer.detail.contains("operator=all"))
        let long = String(repeating: "9", count: 200)
        #expect(try await routes.ask(.get, "/v1/stream?operator=\(long)").status == 400)
    }

    // MARK: Replays

    @Test func someReplaysRunAtOnce() async throws {
        let gate = ReplayGate(), mayEnd = Mutexed(false), begun = Mutexed(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<ReplayGate.most {
                group.addTask {
                    try await gate.run {
                        begun.change { $0 += 1 }
                        while !mayEnd.value { try await Task.sleep(for: .milliseconds(1)) }
                    }
                }
            }
            while begun.value < ReplayGate.most { await Task.yield() }
            do {
                try await gate.run {}
                Issue.record("one too many was run")
            } catch let problem as Problem {
                #expect(problem.status == .serviceUnavailable && problem.headers[.retryAfter] == "10")
            }
            mayEnd.change { $0 = true }
            try await group.waitForAll()
        }
        try await gate.run {}
        #expect(gate.refusedCount == 1)
    }

    // MARK: Connections

    @Test func connectionsAreCountedUntilTheyClose() throws {
        let all = HTTPConnections(limits: .init(all: 2, ofAddress: 1, answered: 1))
        let channels = (0..<5).map { _ in EmbeddedChannel() }
        #expect(all.admit(channels[0], address: "192.0.2.1") == .served)
        #expect(all.admit(channels[1], address: "192.0.2.1") == .refused)
        #expect(all.refusal(of: channels[1])?.status == .tooManyRequests && all.refusal(of: channels[0]) == nil)
        #expect(all.admit(channels[2], address: nil) == .served)
        #expect(all.admit(channels[3], address: nil) == .closed, "one is being answered already")
        _ = try channels[1].finish(acceptAlreadyClosed: true)
        channels[1].embeddedEventLoop.run()
        #expect(all.refusal(of: channels[1]) == nil)
        #expect(all.admit(channels[4], address: nil) == .refused)
        #expect(all.refusal(of: channels[4])?.status == .serviceUnavailable)
        _ = try channels[0].finish(acceptAlreadyClosed: true)
        channels[0].embeddedEventLoop.run()
        #expect(all.count == 1 && all.refusedCount == 3)
    }

    /// Over a socket: the one too many reads its answer, and the one before is served still.
    @Test(.timeLimit(.minutes(2))) func aConnectionTooManyIsAnswered() async throws {
        let routes = try Routes(), logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let path = NSTemporaryDirectory() + "limits-\(UInt32.random(in: 0 ... .max))"
        let connections = HTTPConnections(limits: .init(all: 1, ofAddress: 1, answered: 8))
        let listener = try await WebListener.listen(
            .path(path), responder: routes.responder, group: MultiThreadedEventLoopGroup.singleton, logger: logger,
            connections: connections)
        let running = Task { await listener.run() }
        let first = try await TextClient(path), question = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        #expect(try await first.ask(question).hasPrefix("HTTP/1.1 200"))
        let second = try await TextClient(path), refused = try await second.ask(question)
        #expect(refused.hasPrefix("HTTP/1.1 503") && refused.lowercased().contains("retry-after: 5"))
        #expect(refused.contains("application/problem+json") && refused.contains("connections are open already"))
        #expect(try await first.ask(question).hasPrefix("HTTP/1.1 200"))
        try await first.close()
        while connections.count > 0 { try await Task.sleep(for: .milliseconds(2)) }
        let third = try await TextClient(path)
        #expect(try await third.ask(question).hasPrefix("HTTP/1.1 200"))
        try await third.close()
        await listener.close()
        running.cancel()
        await running.value
    }
}

/// A connection that sends and reads text.
private final class TextClient: Sendable {
    private final class Reading: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let text: Mutexed<String>
        init(_ text: Mutexed<String>) { self.text = text }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let more = String(buffer: unwrapInboundIn(data))
            text.change { $0 += more }
        }
    }
    private let text = Mutexed("")
    private let channel: any Channel

    init(_ path: String) async throws {
        let text = self.text
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Reading(text))
                }
            }
            .connect(unixDomainSocketPath: path).get()
    }

    /// The answer, with its body; polls for it.
    func ask(_ question: String) async throws -> String {
        text.change { $0 = "" }
        try await channel.writeAndFlush(ByteBuffer(string: question))
        let deadline = ContinuousClock.now.advanced(by: .seconds(20))
        while ContinuousClock.now < deadline {
            let said = text.value
            if said.contains("\r\n\r\n"), said.contains("}") { return said }
            try await Task.sleep(for: .milliseconds(2))
        }
        return text.value
    }

    func close() async throws { try await channel.close() }
}
