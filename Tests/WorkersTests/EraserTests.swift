import CallCenter
import Engine
import EventWire
import Foundation
import Logging
import PhoneNumbers
import Synchronization
import Testing

@testable import Storage
@testable import Workers

/// An erase on files: it fails at each step in turn, and is finished by the next attempt or the next start.
@Suite struct EraserTests {
    struct Refused: Error {}

    /// Jobs one after the other, as on the daemon's loop.
    final class Loop: EngineThread {
        private let queue = DispatchQueue(label: "loop")
        func perform(_ job: @escaping @Sendable () -> Void) { queue.async(execute: job) }
        func perform(after milliseconds: Int, _ job: @escaping @Sendable () -> Void) {
            queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds), execute: job)
        }
    }

    /// A wrap-up that ends by the clock while a slow machine runs other tests would change the figures compared here.
    static let policy: Policy = {
        var support = QueuePolicy(), policy = Policy()
        support.wrapUpLimit = 86_400_000
        policy.queues["support"] = support
        return policy
    }()

    /// The parts of a daemon that keep and erase.
    final class Centre {
        let directory: String
        let engine: Engine
        let records: CustomerStore
        let history: HistoryWriter
        let writer: RecordWriter

        init(_ directory: String) throws {
            self.directory = directory
            let files = try StateFiles.open(directory: directory), logger = LogLines().logger
            let records = files.records, identity = files.identity, checkpoint = files.checkpoint
            self.records = records
            history = HistoryWriter(store: records, logger: logger, closed: { _ in })
            engine = Engine(on: Loop())
            var parts = Engine.Parts(
                policy: EraserTests.policy,
                log: EngineLogOnSQLite(
                    files.log, identity: identity, checkpoint: checkpoint, directory: directory, logger: logger),
                directory: try CustomerDirectory(
                    directory: directory, rules: NumberRulesInForce(NumberRules(region: "JP")), logger: logger),
                history: history, retention: 90 * 86_400_000, onAlert: { _, _ in },
                beside: { work in Thread.detachNewThread(work) })
            parts.erasures = try records.unfinishedErasures().map { ($0.seq, $0.erasure) }
            try engine.start(parts)
            writer = RecordWriter(records, log: ChangeLogOnEngine(engine))
        }

        func send(_ lines: [String]) async throws {
            for line in lines {
                let isAccepted: Bool = await withCheckedContinuation { continuation in
                    var batch = EventBatch(readAt: Engine.now()) { reply in
                        continuation.resume(returning: reply.text.contains(#""ok":true"#))
                    }
                    Array(line.utf8).withUnsafeBytes { batch.append(.line($0), defaultSource: "pbx") }
                    if !engine.submit(batch) { continuation.resume(returning: false) }
                }
                #expect(isAccepted, "\(line)")
            }
        }

        func eraser(failingAt step: Eraser.Step?) -> Eraser {
            Eraser(
                records: records, engine: engine, history: history, directory: directory,
                logger: LogLines().logger, before: { now in if now == step { throw Refused() } })
        }

        /// The figures of the state now.
        func figures() async throws -> [String] {
            try #require(
                await engine.ask { centre, now in
                    figureLines(centre.stats(from: now - 86_400_000, to: now + 86_400_000, now: Timestamp(ms: 0)))
                })
        }
    }

    static func remains(_ directory: String) throws -> [String] {
        let words = ["消去 太郎", "9000000001", "090-0000-0001", "me@example.net", "太郎のメモ", "TARO"]
        return try FileManager.default.contentsOfDirectory(atPath: directory).filter { !$0.hasSuffix("-shm") }
            .flatMap { name -> [String] in
                let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + name))
                return words.filter { data.range(of: Data($0.utf8)) != nil }.map { "\(name) \($0)" }
            }
    }

    static func person() -> CustomerFields {
        var fields = CustomerFields(name: "消去 太郎")
        fields.phones = [PhoneEntry(raw: "090-0000-0001", e164: "+819000000001", display: "090-0000-0001")]
        fields.email = "me@example.net"
        return fields
    }

    static let lines = [
        #"{"type":"operator.login","operator":"101"}"#,
        #"{"type":"call.offered","call":"c1","from":"09000000001","to":"0300000000","name":"TARO"}"#,
        #"{"type":"call.queued","call":"c1","queue":"support"}"#,
        #"{"type":"call.answered","call":"c1","operator":"101"}"#,
        #"{"type":"call.ended","call":"c1"}"#,
        #"{"type":"call.offered","call":"c2","from":"09000000001","to":"0300000000","name":"TARO"}"#,
        #"{"type":"call.queued","call":"c2","queue":"support"}"#,
    ]

    @Test(arguments: [nil] + Eraser.Step.allCases.map(Optional.some), [false, true])
    func whatFailsIsFinishedLater(_ step: Eraser.Step?, restarts: Bool) async throws {
        let directory = try StateDirectory()
        var centre = try Centre(directory.path)
        let one = try centre.writer.create(Self.person(), by: .command, at: Engine.now())
        try await centre.send(Self.lines)
        let note = Event(
            source: "pbx", time: Engine.now(),
            body: .remark(call: "c1", RemarkEvent(by: "101", what: .final(.note("太郎のメモ")))))
        _ = await centre.engine.record(note)
        let before = try await centre.figures()
        #expect(try !Self.remains(directory.path).isEmpty)
        _ = try centre.writer.erase(one.id, reason: nil, by: .command, at: Engine.now())
        let erase = try #require(try centre.records.unfinishedErasures().first)
        #expect(erase.calls.map(\.key.call) == ["c1", "c2"])
        if let step {
            await #expect(throws: Refused.self) { try await centre.eraser(failingAt: step).finish(erase) }
        }
        if restarts {
            await centre.engine.stop()
            centre = try Centre(directory.path)
        }
        for left in try centre.records.unfinishedErasures() {
            try await centre.eraser(failingAt: nil).finish(left)
        }
        #expect(try Self.remains(directory.path) == [], "\(step.map { "\($0)" } ?? "none")")
        #expect(try await centre.figures() == before)
        let line = try #require(try centre.records.erased(one.id))
        #expect(line.doneAt != nil && line.counts.calls == 2)

        // The live state is that of the log.
        let live = try #require(await centre.engine.checkpoint())
        var replay = LogReplay(policies: [], from: nil, rules: Self.policy)
        try LogFile.open(path: directory.path + "/events.db").replay(after: 0) { entry in
            let line = LoggedLine(entry)
            if let event = line.event {
                replay.apply(
                    event, seq: line.seq, readAt: line.readAt,
                    entry.facts.isEmpty ? nil : LookupBytes.decode(entry.facts))
            }
            return true
        }
        #expect(replay.centre.checkpoint.differences(from: live.state) == [])
        await centre.engine.stop()
    }
}

/// Figures, as text to compare.
func figureLines(_ stats: Stats) -> [String] {
    let sets =
        [("centre", stats.centre)] + stats.queues.sorted { $0.key < $1.key } + stats.tiers.sorted { $0.key < $1.key }
    return sets.map {
        "\($0.0) \($0.1.figures) \($0.1.service) \($0.1.waiting) \($0.1.ringing) \($0.1.longestWait) "
            + "\($0.1.callbacksDue)"
    } + stats.operators.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.figures) \($0.value.calls)" }
}
