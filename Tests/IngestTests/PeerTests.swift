import EventWire
import NIOCore
import NIOEmbedded
import Testing

@testable import Ingest

/// Who may push events, and for which source.
@Suite struct PeerTests {
    private static let rules = PeerRules(
        ownUser: Client.owner, users: [5_000], groups: [600], sources: [5_000: "pbx1", 7_000: "pbx7"])

    @Test(arguments: [
        (0, 0, true), (Client.owner, 0, true), (5_000, 1, true), (6_000, 600, true), (6_000, 601, false),
        (7_000, 1, false), (UInt32.max, UInt32.max, false),
    ] as [(UInt32, UInt32, Bool)])
    func whoMayPush(user: UInt32, group: UInt32, may: Bool) throws {
        let client = try Client(user: user, group: group, rules: Self.rules)
        try client.send(ended("c1") + "\n")
        #expect(client.engine.lines == [may ? ended("c1") : "refused: forbidden"])
        #expect(client.isOpen, "a refusal is an answer")
    }

    /// `echo '{"type":"ping"}' | socat` works for whoever may open the socket.
    @Test func anybodyMayAskForASignOfLife() throws {
        let client = try Client(user: 9_999, rules: Self.rules)
        try client.send(#"{"type":"ping"}"# + "\n")
        #expect(client.engine.lines == [#"{"type":"ping"}"#])
    }

    @Test func eventsHaveTheSourceOfTheirUser() throws {
        let client = try Client(user: 5_000, rules: Self.rules), other = try Client(rules: Self.rules)
        try client.send(ended("c1") + "\n")
        try other.send(ended("c1") + "\n")
        func source(_ client: Client) -> String? {
            guard case .event(let decoded, let named, _, _)? = client.engine.batches.first?.items.first else {
                return nil
            }
            return decoded.event.source == named ? named : nil
        }
        #expect(source(client) == "pbx1")
        #expect(source(other) == "default")
    }

    @Test func whoHasASourceSpeaksForNoOther() throws {
        let client = try Client(user: 5_000, rules: Self.rules)
        func line(_ source: String) -> String { #"{"type":"call.ended","call":"c1","source":"\#(source)"}"# }
        try client.send(line("pbx2") + "\n" + line("pbx1") + "\n")
        #expect(client.engine.lines == ["refused: forbidden", line("pbx1")])
    }

    @Test func whoHasNoSourceMayNameAny() throws {
        let client = try Client(rules: Self.rules), line = #"{"type":"call.ended","call":"c1","source":"pbx9"}"#
        try client.send(line + "\n")
        #expect(client.engine.lines == [line])
    }

    /// What is no socket has no peer, and nobody may push nothing.
    @Test func withoutAnAnswerOfTheKernelItIsNobody() {
        let channel = EmbeddedChannel()
        #expect(Peer(of: channel) == .unknown)
        #expect(!PeerRules(ownUser: 1).mayPush(user: Peer.unknown.user, group: Peer.unknown.group))
    }

    // MARK: How many

    @Test func connectionsAreCountedWhileTheyAreOpen() throws {
        let count = ConnectionCount()
        let first = try Client(connections: count), second = try Client(connections: count)
        #expect(count.now == 2)
        first.channel.close(promise: nil)
        #expect(count.now == 1)
        second.closeInput()
        second.channel.embeddedEventLoop.run()
        #expect(count.now == 0)
    }

    @Test func oneTooManyIsToldWhyAndClosed() throws {
        let count = ConnectionCount(most: 2)
        let first = try Client(connections: count), second = try Client(connections: count)
        let third = try Client(connections: count)
        #expect(try third.received().contains(#""code":"unavailable","message":"2 connections"#))
        #expect(!third.isOpen && third.reads.count == 0)
        #expect(first.isOpen && second.isOpen && count.now == 2)
        first.channel.close(promise: nil)
        let fourth = try Client(connections: count)
        try fourth.send(ended("c1") + "\n")
        #expect(fourth.engine.lines == [ended("c1")])
    }
}
