import CallCenter
import Dispatch
import Engine
import Foundation
import PhoneNumbers
import Synchronization
import Testing

@testable import Storage
@testable import Workers

/// Changes of records through the engine of a node that leads, whose database goes away: the whole way of a change.
@Suite struct ChangesWithoutDatabaseTests {
    /// The shared log, in memory.
    final class Database: LogAuthority {
        private struct State {
            var isAway = false
            var isLost = false
            var rows: [LogRow] = []
        }
        private let state = Mutex(State())
        var last: Int64? { state.withLock { $0.rows.last?.last } }

        func goAway() { state.withLock { $0.isAway = true } }
        func comeBack(lost: Bool = false) {
            state.withLock { state in
                state.isLost = lost
                state.isAway = false
            }
        }
        func append(_ rows: [LogRow]) throws(LogError) -> [LogRow] {
            while state.withLock({ $0.isAway }) { usleep(2_000) }
            let isKept = state.withLock { state in
                if !state.isLost { state.rows += rows }
                return !state.isLost
            }
            guard isKept else { throw .notLeading("somebody else leads") }
            return rows
        }
        func copied(_ rows: [LogRow]) {}
        func failed(_ error: LogError) {}
    }

    let path: String
    let database = Database()
    let engine: Engine
    let records: CustomerStore
    let writer: RecordWriter

    init() async throws {
        path = NSTemporaryDirectory() + "screenpop-changes-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let files = try StateFiles.open(directory: path), logger = LogLines().logger
        let records = files.records, identity = files.identity, checkpoint = files.checkpoint
        self.records = records
        engine = Engine(on: EraserTests.Loop())
        try engine.start(
            Engine.Parts(
                policy: EraserTests.policy,
                log: EngineLogOnSQLite(
                    files.log, identity: identity, checkpoint: checkpoint, directory: path, authority: database,
                    logger: logger),
                directory: try CustomerDirectory(
                    directory: path, rules: NumberRulesInForce(NumberRules(region: "JP")), logger: logger),
                history: HistoryWriter(store: records, logger: logger, closed: { _ in }), role: .follows,
                retention: 90 * 86_400_000, onAlert: { _, _ in },
                // A thread of its own: an append waits for the database, and other tests fill the shared pool.
                beside: { work in Thread.detachNewThread(work) }))
        writer = RecordWriter(records, log: ChangeLogOnEngine(engine), answering: .milliseconds(150))
        try #require(try await engine.lead(epoch: 1, EraserTests.policy))
    }

    private func soon(_ condition: () throws -> Bool) async throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if try condition() { return true }
            try await Task.sleep(for: .milliseconds(5))
        }
        // Other tests can keep this one from its thread for longer than that: what has come meanwhile counts.
        return try condition()
    }

    @Test func aChangeIsAppliedOnceWhenTheDatabaseIsBack() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let one = try writer.create(CustomerFields(name: "A"), by: .command, at: morning)
        database.goAway()
        #expect(throws: EditError.log(.undecided)) {
            try writer.save(one.id, CustomerFields(name: "B"), expected: 1, by: .command, at: morning + 1)
        }
        #expect(try records.customer(one.id)?.fields.name == "A")
        // The state of calls is answered about as always.
        #expect(await engine.ask { centre, _ in centre.operators.isEmpty } == true)
        // From a second on nothing is taken any more; before, it waits behind the first.
        #expect(try await soon { engine.logState == .late })
        #expect(throws: EditError.log(.behind)) {
            try writer.create(CustomerFields(name: "C"), by: .command, at: morning + 2)
        }
        database.comeBack()
        #expect(try await soon { try records.customer(one.id)?.fields.name == "B" })
        #expect(try records.changesThrough() == database.last)
        let saved = try writer.save(one.id, CustomerFields(name: "D"), expected: 2, by: .command, at: morning + 3)
        #expect(saved.version == 3)
        #expect(try records.changesThrough() == database.last)
        await engine.stop()
    }

    @Test func aNodeThatLosesTheLeadSaysThatItIsNotKnown() async throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let one = try writer.create(CustomerFields(name: "A"), by: .command, at: morning)
        let patient = RecordWriter(records, log: ChangeLogOnEngine(engine), answering: .seconds(20))
        database.goAway()
        let told = Mutex<EditError?>(nil), beside = DispatchQueue(label: "test")
        beside.async {
            do throws(EditError) {
                _ = try patient.save(one.id, CustomerFields(name: "B"), expected: 1, by: .command, at: morning + 1)
            } catch { told.withLock { $0 = error } }
        }
        #expect(try await soon { engine.logState == .late })
        database.comeBack(lost: true)
        beside.sync {}
        guard case .log(let error)? = told.withLock({ $0 }) else {
            Issue.record("it was kept, or refused otherwise")
            return
        }
        #expect(error.kind == .unknown)
        #expect(try records.customer(one.id)?.fields.name == "A")
        await engine.stop()
    }
}
