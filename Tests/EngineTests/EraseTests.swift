import CallCenter
import EventWire
import Synchronization
import Testing

@testable import Engine

/// An erase on the engine's thread: at its position, on a disk that may refuse, and after a rebuild of the state.
@Suite struct EraseTests {
    static let number = "+815000000001"
    static let erasure = Erasure(customer: 5, numbers: [number: ErasedCaller.text(7)])

    static func offered(_ call: String, _ at: Int64) -> String {
        #"{"type":"call.offered","call":"\#(call)","from":"\#(number)","to":"0300000000","queue":"support","#
            + #""name":"Taro","time":"\#(time(at))"}"#
    }

    static func erase(_ bench: inout Bench) -> EventReply? {
        let reply = Held()
        bench.core.process([
            EventBatch(
                erasing: .init(erasure: erasure, entry: { calls in Array("erased \(calls.map(\.number))".utf8) }),
                readAt: morning + 5_000
            ) { answer in reply.value.withLock { $0 = answer } }
        ])
        bench.core.finish()
        return reply.value.withLock { $0 }
    }

    private final class Held: Sendable { let value = Mutex<EventReply?>(nil) }

    static func ready() throws -> Bench {
        var bench = try Bench()
        bench.world.cards[number] = [CustomerCard(id: 5, name: "山田", tier: "vip", owner: "101")]
        bench.send(#"{"type":"operator.login","operator":"101","time":"\#(time(0))"}"#, offered("c1", 1_000))
        return bench
    }

    @Test func theStateAndWhatComesBehindIt() async throws {
        var bench = try Self.ready()
        guard case .accepted(let seq?, _, _)? = Self.erase(&bench) else {
            Issue.record("it was refused")
            return
        }
        #expect(seq == 3 && bench.log.lines[2].line.isChange)
        #expect(String(decoding: bench.log.lines[2].line.line, as: UTF8.self) == "erased [8192]")
        let call = try #require(bench.core.centre.call(CallKey(source: "pbx", call: "c1")))
        #expect(call.customer?.isErased == true && call.customer?.tier == "vip" && call.offered?.name == nil)
        #expect(call.offered?.from.map(ErasedCaller.isOne) == true)
        // The records may show the customer for a moment: the log does not have it.
        bench.send(Self.offered("c2", 6_000))
        #expect(bench.log.lines[3].lookup?.candidates.isEmpty == true && bench.log.lines[3].lookup?.matches == 0)
        #expect(bench.core.centre.call(CallKey(source: "pbx", call: "c2"))?.isRepeat == false, "somebody new")
    }

    @Test func aStateThatIsMadeAgainIsErasedAtTheSamePosition() throws {
        var bench = try Self.ready()
        _ = Self.erase(&bench)
        bench.send(Self.offered("c2", 6_000))
        let live = bench.core.centre.checkpoint
        bench.log.refusesCommits = true
        bench.send(Self.offered("c3", 7_000))
        bench.log.heal()
        bench.restore()
        #expect(bench.core.centre.checkpoint.differences(from: live) == [])
        // A start with the erase left to finish.
        var parts = Engine.Parts(
            policy: Policy(), log: bench.log, directory: bench.world, history: Kept(), retention: 86_400_000,
            onAlert: { _, _ in }, beside: { $0() })
        parts.erasures = [(3, Self.erasure)]
        let started = try EngineCore(parts, streams: Streams(epoch: 8))
        #expect(started.centre.checkpoint.differences(from: live) == [])
    }

    @Test func aFollowerErasesAtTheSamePosition() throws {
        var leader = try Self.ready()
        let caller = leader.world.lookup(.number(Self.number, .allowed))
        _ = Self.erase(&leader)
        leader.send(Self.offered("c2", 6_000))
        var bench = try Bench(role: .follows)
        // The erase's entry itself means nothing to the state.
        let nothing = #"{"type":"ping"}"#, lines = [SharedLogTests.login("101"), Self.offered("c1", 1_000), nothing]
        let nobody = try #require(leader.log.lines[3].lookup)
        var rows = FollowedRows(
            SharedRow(lines + [Self.offered("c2", 6_000)], after: 0), lookups: [2: caller, 4: nobody])
        rows.erasures = [3: Self.erasure]
        #expect(bench.core.beginFollowing(rows.rows) {} == nil)
        try bench.core.finishFollowing(rows)
        #expect(bench.snapshot(at: morning + 7_000) == leader.snapshot(at: morning + 7_000))
        #expect(bench.core.erasures.map(\.seq) == [3] && bench.core.erased.map(\.customer) == [5])
        let call = try #require(bench.core.centre.call(CallKey(source: "pbx", call: "c1")))
        #expect(call.customer?.isErased == true && call.offered?.from.map(ErasedCaller.isOne) == true)
    }

    @Test func aDiskThatRefusesErasesNothing() throws {
        var bench = try Self.ready()
        let before = bench.core.centre.checkpoint
        bench.log.refusesCommits = true
        guard case .notKept(.untaken, _)? = Self.erase(&bench) else {
            Issue.record("it was accepted")
            return
        }
        bench.log.heal()
        bench.restore()
        #expect(bench.core.centre.checkpoint.differences(from: before) == [])
        #expect(bench.core.erasures.isEmpty && bench.core.erased.isEmpty)
    }
}
