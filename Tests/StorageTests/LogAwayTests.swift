import CallCenter
import Dispatch
import Synchronization
import Testing

@testable import Storage

/// A log whose database may be away: changes wait then, or are refused at once.
final class AwayLog: ChangeLog {
    enum Manner: Sendable { case answers, waits, refuses(ChangeLogError) }
    private struct State {
        var manner = Manner.answers
        var last: Int64 = 0
        var waiting: [(change: PendingChange, entry: [UInt8], kind: EntryKind, calls: [ErasedCall])] = []
        var entries: [EventLog.Entry] = []

        mutating func add(_ entry: [UInt8], _ kind: EntryKind) -> Int64 {
            last += 1
            entries.append(EventLog.Entry(seq: last, readAt: 0, source: kind.source ?? "", line: entry, facts: []))
            return last
        }
    }
    private let state = Mutex(State())

    static let late = ChangeLogError("the database is away", .late)

    var entries: [EventLog.Entry] { state.withLock { $0.entries } }
    func become(_ manner: Manner) { state.withLock { $0.manner = manner } }

    /// The database is back: what waited is in the log, in its order.
    func comeBack() {
        let decided = state.withLock { state in
            state.manner = .answers
            defer { state.waiting = [] }
            return state.waiting.map { one in
                (one.change, PendingChange.Fate.kept(seq: state.add(one.entry, one.kind), calls: one.calls))
            }
        }
        for (change, fate) in decided { change.decide(fate) }
    }

    /// This machine has lost the right to append.
    func lose(_ error: ChangeLogError) {
        let waiting = state.withLock { state in
            state.manner = .refuses(error)
            defer { state.waiting = [] }
            return state.waiting.map(\.change)
        }
        for change in waiting { change.decide(.refused(error)) }
    }

    func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
        try begin(entry, kind).kept().seq
    }

    func begin(_ entry: [UInt8], _ kind: EntryKind) -> PendingChange {
        let change = PendingChange()
        let fate: PendingChange.Fate? = state.withLock { state in
            switch state.manner {
            case .answers: return .kept(seq: state.add(entry, kind), calls: [])
            case .refuses(let error): return .refused(error)
            case .waits:
                state.waiting.append((change, entry, kind, []))
                return nil
            }
        }
        if let fate { change.decide(fate) }
        return change
    }

    func begin(erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]) -> PendingChange {
        begin(entry([]), .records)
    }
}

/// Waits for what another thread does soon.
func soon(_ condition: () throws -> Bool) async rethrows -> Bool {
    let deadline = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < deadline {
        if try condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return try condition()
}

/// The database of the log goes away while a change of a record is on its way: nobody waits for its lock, and the
/// change is there once when the database is back.
@Suite struct RecordsWithoutLogTests {
    let directory: StateDirectory
    let store: CustomerStore
    let log = AwayLog()
    let writer: RecordWriter
    let one: CustomerRecord

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        writer = RecordWriter(store, log: log, answering: .milliseconds(150))
        one = try writer.create(fields("A", phones: ["090-0000-0001"]), by: .command, at: morning)
    }

    /// A change that was on its way when the database went away.
    private func rename(_ name: String) throws {
        log.become(.waits)
        #expect(throws: EditError.log(.undecided)) {
            try writer.save(one.id, fields(name), expected: 1, by: .command, at: morning + 1)
        }
    }

    private func isSettled() async throws -> Bool {
        try await soon { try store.changesThrough() == log.entries.last?.seq }
    }

    @Test func readsGoOnAndTheNextChangeIsRefused() async throws {
        try rename("B")
        #expect(try store.customer(one.id)?.fields.name == "A", "the log does not have it yet")
        #expect(try store.find(number: "+819000000001", limit: 9).matches == 1)
        let began = ContinuousClock.now
        for step in 2..<22 as Range<Int64> {
            #expect(throws: EditError.log(.behind)) {
                try writer.create(fields("C"), by: .command, at: morning + step)
            }
        }
        #expect(began.duration(to: .now) < .seconds(2), "nobody waits longer than the first one")
        #expect(log.entries.count == 1)
    }

    @Test func theChangeIsThereOnceWhenTheLogIsBack() async throws {
        try rename("B")
        log.comeBack()
        #expect(try await isSettled())
        #expect(try store.customer(one.id)?.fields.name == "B")
        #expect(try store.customer(one.id)?.version == 2)
        // The next one is validated against it.
        #expect(throws: EditError.self) {
            try writer.save(one.id, fields("C"), expected: 1, by: .command, at: morning + 9)
        }
        #expect(try writer.save(one.id, fields("C"), expected: 2, by: .command, at: morning + 9).version == 3)
        #expect(log.entries.count == 3)
        // And the same records are made of the log.
        let rebuilt = try StateDirectory(), copy = try rebuilt.store()
        for entry in log.entries { try copy.apply([entry]) }
        #expect(try RebuiltRecordsTests.rows(rebuilt) == RebuiltRecordsTests.rows(directory))
    }

    @Test func aWriterThatComesAtOnceFindsTheChangeBeforeIt() throws {
        try rename("B")
        log.comeBack()
        #expect(try writer.save(one.id, fields("C"), expected: 2, by: .command, at: morning + 2).version == 3)
        #expect(log.entries.map(\.seq) == [1, 2, 3])
        #expect(try store.changesThrough() == 3)
    }

    @Test func whoWaitsStillIsAnsweredWithTheRecord() async throws {
        let patient = RecordWriter(store, log: log, answering: .seconds(20))
        log.become(.waits)
        let id = one.id
        let saved = Mutex<Result<CustomerRecord, EditError>?>(nil), thread = BesideThread()
        thread.run {
            do throws(EditError) {
                let record = try patient.save(id, fields("B"), expected: 1, by: .command, at: morning + 1)
                saved.withLock { $0 = .success(record) }
            } catch { saved.withLock { $0 = .failure(error) } }
        }
        // Its lock is free after a moment.
        let isFree = await soon { store.state.withLockIfAvailable { $0.onTheWay != nil } == true }
        #expect(isFree)
        log.comeBack()
        thread.join()
        #expect(try saved.withLock { try $0?.get() }?.version == 2)
        #expect(try store.customer(one.id)?.fields.name == "B")
    }

    @Test func aChangeThatTheLogRefusesIsForgotten() async throws {
        try rename("B")
        let gone = ChangeLogError("another node leads", .unknown)
        log.lose(gone)
        log.become(.answers)
        #expect(try writer.save(one.id, fields("C"), expected: 1, by: .command, at: morning + 2).version == 2)
        #expect(try store.customer(one.id)?.fields.name == "C")
    }

    /// The node lost the lead, and gets the change as a row of the log.
    @Test func aFollowerAppliesWhatComesOnce() throws {
        try rename("B")
        let other = try StateDirectory(), leader = RecordWriter(try other.store(), log: log)
        // It was in the log after all, and another node went on from there.
        log.comeBack()
        for entry in log.entries { try leader.store.apply([entry]) }
        _ = try leader.save(one.id, fields("C"), expected: 2, by: .command, at: morning + 5)
        let rest = log.entries.dropFirst(2)
        #expect(rest.map(\.seq) == [3])
        _ = try store.follow(Array(rest))
        #expect(try RebuiltRecordsTests.rows(directory) == RebuiltRecordsTests.rows(other))
        #expect(try store.changesThrough() == 3)
    }

    @Test func anEraseIsDoneWithTheSameWordsWhenTheLogIsBack() async throws {
        log.become(.waits)
        #expect(throws: EditError.log(.undecided)) {
            try writer.erase(one.id, reason: nil, by: .command, at: morning + 1)
        }
        #expect(try store.customer(one.id) != nil && store.unfinishedErasures().isEmpty)
        #expect(throws: EditError.log(.behind)) {
            try writer.erase(one.id, reason: nil, by: .command, at: morning + 2)
        }
        let words = store.state.withLock { $0.onTheWay?.erases?.work.erasure.numbers }
        log.comeBack()
        #expect(try await isSettled())
        #expect(try store.customer(one.id) == nil)
        #expect(try store.unfinishedErasures().map(\.erasure.numbers) == [words])
        #expect(try writer.erase(one.id, reason: nil, by: .command, at: morning + 3).wasErased)
    }
}

/// A thread of a test, which may wait for a lock.
final class BesideThread: Sendable {
    private let queue = DispatchQueue(label: "test")
    func run(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }
    func join() { queue.sync {} }
}
