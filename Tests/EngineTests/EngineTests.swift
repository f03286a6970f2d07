import CallCenter
import EventWire
import Testing

@testable import Engine

/// The engine with its thread.
@Suite struct EngineTests {
    func start(_ log: sending MemoryLog = MemoryLog()) throws -> Engine {
        let engine = Engine()
        try engine.start(.init(policy: Policy(), log: log, directory: World(), history: Kept(), retention: 86_400_000, told: { _, _ in }))
        return engine
    }

    @Test func whatWasSentBeforeAQuestionIsAnsweredBeforeIt() async throws {
        let engine = try start(), answers = Answers()
        for i in 0..<500 { #expect(engine.submit(batch([#"{"type":"operator.login","operator":"o\#(i)"}"#], to: answers))) }
        #expect(await engine.ask { centre, _ in centre.operators.count } == 500)
        #expect(answers.lines.count == 500)
        let places = try #require(await engine.places())
        #expect((places.last, places.committed) == (500, 500))
        #expect(engine.isLogWritable)
        engine.stop()
    }

    @Test func aStoppedEngineTakesNothingAndKeepsNobodyWaiting() async throws {
        let engine = try start(), answers = Answers()
        #expect(engine.submit(batch([#"{"type":"operator.login","operator":"101"}"#], to: answers)))
        engine.stop()
        // What was taken is finished.
        #expect(answers.lines.count == 1)
        #expect(!engine.submit(batch([#"{"type":"ping"}"#], to: answers)))
        #expect(await engine.ask { centre, _ in centre.operators.count } == nil)
        #expect(await engine.watch(.everybody, lastID: nil) == nil)
        #expect(await engine.places() == nil)
        engine.stop()
    }

    @Test func aWatcherSeesWhatHappensAfterItCame() async throws {
        let engine = try start(), answers = Answers()
        let watcher = try #require(await engine.watch(.own("101"), lastID: nil))
        #expect(engine.streams.count == 1)
        #expect(engine.submit(batch([#"{"type":"operator.login","operator":"101"}"#], to: answers)))
        #expect(await next(watcher)?.contains("event: operator\n") == true)
        await engine.restart(watcher)
        #expect(await next(watcher)?.contains("event: reset\n") == true)
        engine.streams.detach(watcher, nowS: 0)
        #expect(engine.streams.count == 0)
        engine.stop()
    }

    /// The next frames that are no heartbeat.
    private func next(_ watcher: Subscription) async -> String? {
        while case .frames(let frames) = await watcher.next() {
            let text = frames.map { String(decoding: $0, as: UTF8.self) }.filter { !$0.hasPrefix(":") }.joined()
            if !text.isEmpty { return text }
        }
        return nil
    }

    @Test func theMailboxIsBounded() throws {
        let box = Mailbox(), answers = Answers()
        var large = EventBatch(readAt: morning) { answers.take($0) }
        let line = Array(#"{"type":"ping","x":"\#(String(repeating: "y", count: 60_000))"}"#.utf8)
        for _ in 0..<350 { line.withUnsafeBytes { large.take(.line($0), defaultSource: "pbx") } }
        #expect(box.put(.events(large)))
        #expect(box.put(.events(large)))
        #expect(box.put(.events(large)))
        // The fourth is beyond it; the sender keeps it and stops reading.
        #expect(!box.put(.events(large)))
        #expect(box.takeAll(within: 0)?.count == 3)
        #expect(box.takeAll(within: 0)?.count == 0)
        #expect(box.put(.events(large)))
        box.close()
        #expect(!box.put(.events(large)))
        #expect(box.takeAll(within: 0)?.count == 1)
        #expect(box.takeAll(within: 0) == nil)
    }
}
