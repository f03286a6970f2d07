import CallCenter
import Logging
import Storage
import Synchronization
import Testing

@testable import Workers

/// What ended is on disk soon, and is read from the moment at which it ended; what cannot be written is not lost.
@Suite struct HistoryWriterTests {
    private struct Records {
        let directory: StateDirectory
        let store: ScriptedStore
        let queue = ManualQueue()
        let lines = LogLines()
        let writer: HistoryWriter
        let closed = Closed()

        init(heldMax: Int = 1_000) throws {
            directory = try StateDirectory()
            store = try ScriptedStore(directory)
            writer = HistoryWriter(
                store: store, logger: lines.logger, queue: queue, heldMax: heldMax, closed: closed.append)
        }

        /// The ids of all calls, as a list shows them: newest first.
        func listed() throws -> [String] {
            try writer.calls(CallFilter(), below: nil, without: [], limit: 1_000).map(\.key.call)
        }
    }

    private final class Closed: Sendable {
        let entries = Mutex<[HistoryEntry]>([])
        func append(_ some: [HistoryEntry]) { entries.withLock { $0 += some } }
    }

    /// So many calls that are over, as the engine tells of them.
    private static func ended(_ count: Int, leavesMemory: Bool = false) -> [HistoryEntry] {
        var day = Day()
        for number in 1...count { day.answeredCall("c\(number)", at: Int64(number) * 1_000) }
        if leavesMemory { day.apply(.pbxConnected, 3_600_000) }
        return day.history.filter { entry in
            if case .call = entry { leavesMemory } else if case .ended = entry { !leavesMemory } else { false }
        }
    }

    private static func call(_ entry: HistoryEntry) throws -> Call {
        let call: Call? = if case .ended(let one) = entry { one.call } else { nil }
        return try #require(call)
    }

    // MARK: When it is written

    @Test func aFewAreOnDiskAsSoonAsNothingMoreComes() throws {
        let records = try Records()
        records.writer.enqueue(Self.ended(3))
        #expect(records.writer.backlog == 3 && records.store.writes == 0)
        records.queue.advance(by: HistoryWriter.calm)
        #expect(records.writer.backlog == 0 && records.store.writes == 1)
        #expect(try records.listed() == ["c3", "c2", "c1"])
    }

    /// Each write takes a processor from the calls.
    @Test func aStormIsWaitedForButNotWithoutEnd() throws {
        let records = try Records(), storm = Self.ended(HistoryWriter.storm + 50)
        var waited: Int64 = 0
        while records.store.writes == 0, waited < 20_000 {
            records.writer.enqueue(storm)
            records.queue.advance(by: 100)
            waited += 100
        }
        #expect((HistoryWriter.patience...HistoryWriter.patience + 300).contains(waited), "\(waited)")
    }

    @Test func fewThatGoOnComingAreWrittenPromptly() throws {
        let records = try Records(), calls = Self.ended(20)
        var waited: Int64 = 0
        while records.store.writes == 0, waited < 20_000 {
            records.writer.enqueue([calls[Int(waited / 100) % 20]])
            records.queue.advance(by: 100)
            waited += 100
        }
        #expect((HistoryWriter.promptness...HistoryWriter.promptness + 300).contains(waited), "\(waited)")
    }

    // MARK: Up to where it is complete

    /// What left the live state is passed on after a write; a start writes and passes on what may not have been. So a
    /// position is stored with the write that follows.
    @Test func aPositionIsStoredWithTheNextWrite() throws {
        let records = try Records(), calls = Self.ended(3)
        records.writer.enqueue([calls[0]], through: 7)
        records.queue.advance(by: HistoryWriter.calm)
        let first = try records.writer.through
        #expect(first == nil || first == 0)
        records.writer.enqueue([calls[1]], through: 9)
        records.queue.advance(by: HistoryWriter.calm)
        #expect(try records.writer.through == 7)
        records.writer.enqueue([calls[2]], through: 12)
        records.queue.advance(by: HistoryWriter.calm)
        #expect(try records.writer.through == 9)
        // A checkpoint of an earlier position takes nothing back.
        try records.writer.flush(through: 8)
        #expect(try records.writer.through == 9)
    }

    @Test func whatIsMissingStopsThePosition() throws {
        let records = try Records(heldMax: 4), calls = Self.ended(10)
        records.store.setFailing(true)
        records.writer.enqueue(Array(calls[..<4]), through: 4)
        records.writer.enqueue([calls[4]], through: 5)
        records.queue.advance(by: HistoryWriter.calm)
        records.store.setFailing(false)
        records.queue.advance(by: HistoryWriter.again)
        #expect(records.writer.lacksEntries && records.writer.backlog == 0)
        for n in 5..<8 {
            records.writer.enqueue([calls[n]], through: Int64(n + 1))
            records.queue.advance(by: HistoryWriter.calm)
        }
        #expect(try records.writer.through == 4)
        // A replay that failed has not brought them.
        records.writer.beginReplay()
        records.writer.replayFailed()
        records.writer.enqueue([calls[8]], through: 9)
        records.queue.advance(by: HistoryWriter.calm)
        #expect(records.writer.lacksEntries)
        #expect(try records.writer.through == 4)
    }

    /// A replay goes on while what it has enqueued is written.
    @Test func aWriteIsStartedAndNotWaitedFor() throws {
        let records = try Records()
        records.writer.enqueue(Self.ended(3), through: 7)
        try records.writer.writeBeside()
        #expect(records.store.writes == 0)
        records.queue.advance(by: 0)
        #expect(records.store.writes == 1 && records.writer.backlog == 0)
        records.store.setFailing(true)
        records.writer.enqueue(Self.ended(1), through: 8)
        try records.writer.writeBeside()
        records.queue.advance(by: 0)
        #expect(throws: StoreError.self) { try records.writer.writeBeside() }
    }

    // MARK: What is read

    @Test func whatWaitsIsReadAsIfItWereOnDisk() throws {
        let records = try Records(), calls = Self.ended(3)
        records.writer.enqueue([calls[0]])
        records.queue.advance(by: HistoryWriter.calm)
        records.writer.enqueue(Array(calls[1...]))
        #expect(try records.listed() == ["c3", "c2", "c1"])
        #expect(try records.writer.calls(id: "c2").count == 1)
        let numbers = try calls.map { try Self.call($0).number }
        #expect(try records.writer.call(number: numbers[1])?.key.call == "c2")
        let found = try records.writer.calls(CallFilter(), below: numbers[2], without: [numbers[0]], limit: 9)
        #expect(found.map(\.number) == [numbers[1]])
    }

    /// Each call once, as it was told last.
    @Test func theNewestOfACallReplacesWhatWasThere() throws {
        let records = try Records(), first = Self.ended(1)
        var call = try Self.call(first[0])
        records.writer.enqueue(first)
        records.queue.advance(by: HistoryWriter.calm)
        call.write(Remark(seq: 9, at: morning, by: "101", what: .note("called about the invoice")))
        records.writer.enqueue([.ended(SharedCall(call))])
        #expect(try records.writer.call(number: call.number)?.notes == ["called about the invoice"])
        records.queue.advance(by: HistoryWriter.calm)
        #expect(try records.listed() == ["c1"])
        #expect(try records.writer.call(number: call.number)?.notes == ["called about the invoice"])
    }

    @Test func whatLeftTheLiveStateIsToldWhenItIsWritten() throws {
        let records = try Records()
        records.writer.enqueue(Self.ended(2))
        records.queue.advance(by: HistoryWriter.calm)
        #expect(records.closed.entries.withLock { $0 } == [])
        let closed = Self.ended(2, leavesMemory: true)
        records.writer.enqueue(closed)
        records.queue.advance(by: HistoryWriter.calm)
        #expect(records.closed.entries.withLock { $0 } == closed)
    }

    // MARK: A disk that refuses

    @Test func whatCannotBeWrittenStaysAndIsTriedAgain() throws {
        let records = try Records()
        records.store.setFailing(true)
        records.writer.enqueue(Self.ended(2))
        records.queue.advance(by: HistoryWriter.calm)
        #expect(records.writer.backlog == 2)
        #expect(try records.listed() == ["c2", "c1"])
        #expect(throws: StoreError.self) { try records.writer.flush(through: 7) }
        for _ in 0..<3 { records.queue.advance(by: HistoryWriter.again) }
        #expect(records.lines.all.count == 1, "a failure that goes on is told once")
        records.store.setFailing(false)
        records.queue.advance(by: HistoryWriter.again)
        #expect(records.writer.backlog == 0)
        try records.writer.flush(through: 7)
        #expect(try records.writer.through == 7)
    }

    /// What comes meanwhile is newer than what could not be written.
    @Test func aFailedWriteDoesNotComeBackOverWhatIsNewer() throws {
        let records = try Records(), first = Self.ended(1)
        var call = try Self.call(first[0])
        records.store.setFailing(true)
        records.writer.enqueue(first)
        records.queue.advance(by: HistoryWriter.calm)
        call.write(Remark(seq: 9, at: morning, by: "101", what: .note("newer")))
        records.writer.enqueue([.ended(SharedCall(call))])
        records.store.setFailing(false)
        records.queue.advance(by: HistoryWriter.again)
        #expect(try records.writer.call(number: call.number)?.notes == ["newer"])
    }

    /// Memory has an end: what is removed is replayed from the log, and until then no checkpoint relies on it.
    @Test func tooManyThatWaitAreLetGoOfAndAskedForAgain() throws {
        let records = try Records(heldMax: 10), calls = Self.ended(12)
        records.store.setFailing(true)
        records.writer.enqueue(Array(calls[..<8]))
        records.writer.enqueue(Array(calls[8...]))
        #expect(records.writer.backlog == 8)
        #expect(records.lines.all.count == 1)
        records.queue.advance(by: HistoryWriter.calm)
        #expect(!records.writer.lacksEntries, "there is no room for them yet")
        records.store.setFailing(false)
        records.queue.advance(by: HistoryWriter.again)
        #expect(records.writer.lacksEntries)
        #expect(throws: (any Error).self) { try records.writer.flush(through: 12) }
        records.writer.beginReplay()
        records.writer.enqueue(Array(calls[8...]))
        try records.writer.flush(through: 12)
        #expect(!records.writer.lacksEntries)
        #expect(try records.listed().count == 12)
    }
}

extension HistoryWriter {
    /// Of events whose positions do not matter.
    fileprivate func enqueue(_ entries: [HistoryEntry]) { enqueue(entries, through: 0) }
}
