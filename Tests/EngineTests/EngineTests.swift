import CallCenter
import Dispatch
import EventWire
import Testing

@testable import Engine

/// The engine with its thread.
@Suite struct EngineTests {
    func start(
        _ log: sending MemoryLog = MemoryLog(),
        beside: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void = { $0() }
    ) throws -> Engine {
        let engine = Engine(on: QueueThread())
        try engine.start(
            .init(
                policy: Policy(), log: log, directory: World(), history: Kept(), retention: 86_400_000,
                onAlert: { _, _ in }, beside: beside))
        return engine
    }

    @Test func whatWasSentBeforeAQuestionIsAppliedBeforeIt() async throws {
        let engine = try start(), answers = Answers()
        for i in 0..<500 {
            #expect(engine.submit(batch([#"{"type":"operator.login","operator":"o\#(i)"}"#], to: answers)))
        }
        #expect(await engine.ask { centre, _ in centre.operators.count } == 500)
        #expect(try #require(await engine.places()).last == 500)
        #expect(engine.isLogWritable)
        await engine.stop()
        #expect(answers.lines.count == 500)
    }

    @Test func aStoppedEngineTakesNothingAndKeepsNobodyWaiting() async throws {
        let engine = try start(), answers = Answers()
        #expect(engine.submit(batch([#"{"type":"operator.login","operator":"101"}"#], to: answers)))
        await engine.stop()
        // What was taken is finished.
        #expect(answers.lines.count == 1)
        #expect(!engine.submit(batch([#"{"type":"ping"}"#], to: answers)))
        #expect(await engine.ask { centre, _ in centre.operators.count } == nil)
        #expect(await engine.watch(.everybody, lastID: nil) == nil)
        #expect(await engine.places() == nil)
        await engine.stop()
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
        await engine.stop()
    }

    /// A replay takes seconds. The thread serves streams and questions meanwhile, and refuses events.
    @Test func theThreadGoesOnWhileAStateIsMadeAnew() async throws {
        let log = MemoryLog(), disk = FailingDisk(), held = HeldWork()
        log.disk = disk
        let engine = try start(log, beside: held.append), answers = Answers()
        let watcher = try #require(await engine.watch(.own("101"), lastID: nil))
        func login(_ who: String) -> Bool {
            engine.submit(batch([#"{"type":"operator.login","operator":"\#(who)"}"#], to: answers))
        }
        #expect(login("101"))
        try await until { answers.lines.count == 1 }
        disk.refuses.store(true, ordering: .relaxed)
        #expect(login("102"))
        try await until { held.isWaiting }
        disk.refuses.store(false, ordering: .relaxed)
        #expect(!engine.isLogWritable)
        #expect(await engine.ask { centre, _ in centre.operators["101"] != nil } == true)
        #expect(await engine.checkpoint() == nil, "what may not be so is compared with nothing")
        #expect(login("103"))
        try await until { answers.lines.count == 3 }
        #expect(answers.lines.dropFirst().allSatisfy { $0.contains("unavailable") })
        held.run()
        try await until { await engine.checkpoint() != nil }
        #expect(await engine.ask { centre, _ in centre.operators.keys.sorted() } == ["101"])
        #expect(login("104"))
        try await until { engine.isLogWritable }
        var seen = ""
        while !seen.contains("event: reset") { seen += try #require(await next(watcher)) }
        await engine.stop()
    }

    @Test func aDiskThatDoesNotComeBackIsNoProgress() async throws {
        let log = MemoryLog(), disk = SlowDisk()
        log.slow = disk
        let engine = try start(log), answers = Answers()
        let watcher = try #require(await engine.watch(.everybody, lastID: nil))
        #expect(engine.submit(batch([#"{"type":"operator.login","operator":"101"}"#], to: answers)))
        // The thread itself ticks on.
        try await until {
            let before = engine.progress
            try await Task.sleep(for: .milliseconds(5 * Engine.tickEvery))
            return engine.progress == before
        }
        #expect(await engine.ask { centre, _ in centre.operators.count } == 1)
        #expect(disk.isWaiting)
        #expect(answers.lines.isEmpty)
        let before = engine.progress
        disk.comeBack()
        try await until { answers.lines.count == 1 && engine.progress > before }
        engine.streams.detach(watcher, nowS: 0)
        await engine.stop()
    }

    private func until(_ isSo: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(600)
        while try await !isSo() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// The next frames that are no heartbeat.
    private func next(_ watcher: Subscription) async -> String? {
        while case .frames(let frames, _, _) = await watcher.next() {
            let text = frames.map { String(decoding: $0, as: UTF8.self) }.filter { !$0.hasPrefix(":") }.joined()
            if !text.isEmpty { return text }
        }
        return nil
    }

    @Test func theMailboxIsBounded() throws {
        let box = Mailbox(), answers = Answers()
        var large = EventBatch(readAt: morning) { answers.append($0) }
        let line = Array(#"{"type":"ping","x":"\#(String(repeating: "y", count: 60_000))"}"#.utf8)
        for _ in 0..<350 { line.withUnsafeBytes { large.append(.line($0), defaultSource: "pbx") } }
        #expect(box.enqueue(.events(large)) == .first)
        #expect(box.enqueue(.events(large)) == .behind)
        #expect(box.enqueue(.events(large)) == .behind)
        // The fourth is beyond it; the sender keeps it and stops reading.
        #expect(box.enqueue(.events(large)) == .refused)
        #expect(!box.isEmpty)
        #expect(box.drain().count == 3)
        #expect(box.isEmpty)
        #expect(box.enqueue(.events(large)) == .first)
        box.close()
        #expect(box.enqueue(.events(large)) == .refused)
        #expect(box.drain().count == 1)
        #expect(box.drain().isEmpty)
    }
}

/// A thread of the tests' own.
private struct QueueThread: EngineThread {
    let queue = DispatchQueue(label: "engine")

    func perform(_ job: @escaping @Sendable () -> Void) { queue.async(execute: job) }
    func perform(after milliseconds: Int, _ job: @escaping @Sendable () -> Void) {
        queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: job)
    }
}
