import CallCenter
import Foundation
import Settings
import Synchronization
import Testing

@testable import Storage
@testable import Workers

/// A webhook in a cluster: the node that leads sends, and the next one goes on where it was.
@Suite struct WebhookTakeOverTests {
    /// The log that machines share.
    final class Shared: Sendable {
        struct State {
            var leader = "a"
            var entries: [EventLog.Entry] = []
            var events: [OutwardEvent] = []
        }
        let state = Mutex(State())

        /// So many calls end.
        func add(_ count: Int64) {
            state.withLock { state in
                for seq in (state.events.last?.seq ?? 0) + 1...(state.events.last?.seq ?? 0) + count {
                    state.events.append(
                        OutwardEvent(
                            seq: seq, part: 0, type: "call.ended", at: morning, order: "c\(seq)",
                            call: CallKey(source: "pbx", call: "c\(seq)"), json: Array(#"{"seq":\#(seq)}"#.utf8)))
                }
            }
        }

        var source: OutwardSource {
            OutwardSource(
                read: { after, _, _, limit in
                    let next = self.state.withLock { $0.events.drop { $0.seq <= after }.prefix(limit) }
                    var batch = OutwardBatch(reached: next.last?.seq ?? after)
                    batch.events = Array(next)
                    return batch
                },
                calls: { _ in [:] }, committed: { self.state.withLock { $0.events.last?.seq ?? 0 } },
                wait: { _, _ in try? await Task.sleep(for: .milliseconds(5)) })
        }
    }

    /// The shared log, as one machine appends to it.
    final class Own: ChangeLog {
        let shared: Shared
        let name: String

        init(_ shared: Shared, _ name: String) {
            self.shared = shared
            self.name = name
        }

        func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
            let seq: Int64? = shared.state.withLock { [name] state in
                guard state.leader == name else { return nil }
                let seq = Int64(state.entries.count + 1)
                state.entries.append(
                    EventLog.Entry(seq: seq, readAt: 0, source: kind.source ?? "", line: entry, facts: []))
                return seq
            }
            guard let seq else { throw ChangeLogError("\(name) does not lead", .following) }
            return seq
        }
    }

    final class Machine: Sendable {
        private let path = NSTemporaryDirectory() + "screenpop-hooks-\(UUID().uuidString)"
        let store: CustomerStore
        let writer: RecordWriter
        let runner: WebhookRunner
        let shared: Shared
        private let term = Mutex<Int64?>(nil)

        init(_ shared: Shared, _ name: String, _ receiver: HTTPReceiver) throws {
            self.shared = shared
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            store = try CustomerStore.open(directory: path)
            writer = RecordWriter(store, log: Own(shared, name))
            var settings = Settings.Webhook(), pace = WebhookRunner.Pace()
            settings.name = "crm"
            settings.url = receiver.url
            settings.timeout = 2_000
            (pace.firstPause, pace.pauseMax, pace.storeEvery) = (5, 40, 20)
            runner = WebhookRunner(
                try OutwardRequest(settings, version: "9"), source: shared.source, writer: writer, pace: pace,
                logger: LogLines().logger, now: { morning })
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        /// Applies what other machines have appended.
        func follow() throws {
            let through = try store.changesThrough() ?? 0
            let rest = shared.state.withLock { $0.entries.filter { $0.seq > through } }
            if !rest.isEmpty { _ = try store.follow(rest) }
        }
        func lead(_ term: Int64?) { self.term.withLock { $0 = term } }
        func start() -> Task<Void, Never> { Task { await runner.run(term: { self.term.withLock { $0 } }) } }
        func position() throws -> Int64? { try store.position(ofWebhook: "crm") }
    }

    private func poll(_ what: String, _ isSo: () throws -> Bool) async throws {
        // Tests that block their threads for minutes on a busy machine run beside this one.
        let deadline = ContinuousClock.now + .seconds(900)
        while try !isSo() {
            guard ContinuousClock.now < deadline else {
                Issue.record("\(what) did not come")
                return
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The lead passes from one machine to another, as the log has it.
    private func pass(_ shared: Shared, from one: Machine, to other: Machine, _ name: String, term: Int64) throws {
        one.lead(nil)
        shared.state.withLock { $0.leader = name }
        try other.follow()
        other.lead(term)
    }

    @Test func theNextLeaderGoesOnWhereTheFormerOneWas() async throws {
        let shared = Shared(), receiver = try HTTPReceiver()
        let a = try Machine(shared, "a", receiver), b = try Machine(shared, "b", receiver)
        shared.add(4)
        a.lead(1)
        let tasks = [a.start(), b.start()]
        try await poll("a's beginning") { try a.position() == 4 }
        shared.add(30)
        try await poll("what a sends") { try a.position() == 34 }
        #expect(try b.runner.status(leads: false).delivered == 0 && b.position() == nil)

        try pass(shared, from: a, to: b, "b", term: 2)
        shared.add(10)
        try await poll("what b sends") { try b.position() == 44 }
        #expect(try b.runner.status(leads: true).delivered == 10)
        #expect(try a.runner.status(leads: false).delivered == 30, "who does not lead sends nothing")

        try pass(shared, from: b, to: a, "a", term: 3)
        shared.add(6)
        try await poll("what a sends again") { try a.position() == 50 }
        #expect(receiver.accepted.compactMap { Int($0) }.sorted() == Array(5...50), "each one once")
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    /// A leader that lost the lead and has it again within a moment: another one sent meanwhile.
    @Test func aLeadershipBeginsWhereTheLogIsAndNotWhereThisMachineWas() async throws {
        let shared = Shared(), receiver = try HTTPReceiver()
        let a = try Machine(shared, "a", receiver), b = try Machine(shared, "b", receiver)
        shared.add(4)
        a.lead(1)
        let task = a.start()
        try await poll("a's beginning") { try a.position() == 4 }
        shared.add(30)
        try await poll("what a sends") { try a.position() == 34 }
        // As the log has it, b led, and sent ten that this machine has not seen yet.
        shared.state.withLock { $0.leader = "b" }
        try b.follow()
        try b.writer.note(webhook: "crm", at: 44, now: morning)
        try a.follow()
        shared.state.withLock { $0.leader = "a" }
        a.lead(3)
        // Its loop has seen the new leadership before there is more to send.
        try await poll("a's new beginning") { try a.runner.status(leads: true).position == 44 }
        shared.add(20)
        try await poll("what a sends now") { try a.position() == 54 }
        #expect(receiver.accepted.compactMap { Int($0) }.sorted() == Array(5...34) + Array(45...54))
        task.cancel()
        await task.value
    }
}
