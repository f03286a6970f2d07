import CallCenter
import Engine
import Foundation
import Logging
import Storage
import Synchronization
import Testing

@testable import Workers

/// The embedded log as the engine uses it, on files of a directory.
@Suite struct EmbeddedLogTests {
    private final class Files {
        let directory: StateDirectory
        let lines = LogLines()
        let log: EngineLogOnSQLite

        /// - Parameter checkpointFolder: where the checkpoint is kept; nil for the state directory.
        init(checkpointFolder: String? = nil) throws {
            directory = try StateDirectory()
            let files = try StateFiles.open(directory: directory.path)
            let identity = files.identity
            let checkpoint = checkpointFolder.map { CheckpointFile(directory: $0) } ?? files.checkpoint
            log = EngineLogOnSQLite(
                files.log, identity: identity, checkpoint: checkpoint, directory: directory.path, logger: lines.logger)
        }

        func append(_ call: String) throws {
            let text = #"{"type":"call.ended","call":"\#(call)"}"#
            try Array(text.utf8).withUnsafeBytes {
                try log.append(readAt: morning, source: "pbx", line: $0, lookup: nil)
            }
        }

        /// Begins to keep a state that relies on nothing.
        func writeCheckpoint(_ state: Checkpoint, at seq: Int64) -> Bool {
            log.writeCheckpoint(state, at: seq, after: {})
        }

        /// The calls of the events that are on disk, by a connection of its own.
        func onDisk() throws -> [String] {
            var calls: [String] = []
            try log.opening().replay(after: 0, stateFrom: 0) { entry in
                if case .call(let call, _)? = entry.event?.body { calls.append(call) }
            }
            return calls
        }
    }

    @Test func whatIsCommittedIsOnDiskAndNothingElse() throws {
        let files = try Files()
        try files.append("a")
        #expect(files.log.lastSeq == 1 && files.log.committedSeq == 0)
        #expect(try files.onDisk() == [])
        try files.log.commit()
        #expect(files.log.committedSeq == 1)
        try files.append("b")
        files.log.rollback()
        #expect(files.log.lastSeq == 1)
        #expect(try files.onDisk() == ["a"])
    }

    @Test func aCommitBesideTheEnginesThreadTakesNoMoreThanWasThereWhenItBegan() throws {
        let files = try Files(), isDone = Mutex(false)
        try files.append("a")
        files.log.beginCommit { isDone.withLock { $0 = true } }
        try files.append("b")
        try files.log.finishCommit()
        let deadline = ContinuousClock.now + .seconds(10)
        while !isDone.withLock({ $0 }), ContinuousClock.now < deadline { sched_yield() }
        #expect(isDone.withLock { $0 })
        #expect(files.log.committedSeq == 1 && files.log.lastSeq == 2)
        #expect(try files.onDisk() == ["a"])
    }

    @Test func aLineIsReadBackFromMemoryAndFromDisk() throws {
        let files = try Files()
        try files.append("a")
        try files.log.commit()
        try files.append("b")
        func call(_ seq: Int64) -> String? {
            if case .call(let call, _)? = files.log.line(seq)?.event?.body { call } else { nil }
        }
        #expect(call(1) == "a" && call(2) == "b" && call(3) == nil)
    }

    @Test func rulesStandWhereTheyBeganToHold() throws {
        let files = try Files()
        var later = Policy()
        later.alerts.dormantDays = 7
        try files.log.adopt(Policy(), after: 0)
        try files.append("a")
        try files.log.commit()
        try files.log.adopt(later, after: 1)
        let rules = try files.log.opening().policies()
        #expect(rules.map(\.after) == [0, 1] && rules.map(\.policy) == [Policy(), later])
    }

    // MARK: Checkpoints

    @Test func aCheckpointIsKeptBesideTheEnginesThreadAndReadAtAStart() throws {
        let files = try Files(), state = Centre(policy: Policy()).checkpoint
        #expect(files.writeCheckpoint(state, at: 7))
        files.log.finishCheckpoint()
        #expect(files.log.checkpoints.checkpointedSeq == 7 && files.log.checkpoints.problem == nil)
        #expect(try files.log.opening().checkpoint()?.seq == 7)
    }

    /// The history that a checkpoint relies on has to be complete first.
    @Test func aCheckpointThatMayNotBeKeptYetIsToldOfOnceAndTheMarkStays() throws {
        struct NotYet: Error, CustomStringConvertible { let description = "the history lacks calls" }
        let files = try Files(), state = Centre(policy: Policy()).checkpoint
        for _ in 0..<2 {
            let begins = files.log.writeCheckpoint(state, at: 7, after: { throw NotYet() })
            files.log.finishCheckpoint()
            #expect(begins)
        }
        #expect(files.log.checkpoints.failures == 2 && files.log.checkpoints.checkpointedSeq == 0)
        #expect(files.log.checkpoints.problem == "the history lacks calls")
        #expect(files.lines.all.map(\.level) == [.error])
        #expect(files.writeCheckpoint(state, at: 8))
        files.log.finishCheckpoint()
        #expect(files.log.checkpoints.checkpointedSeq == 8 && files.log.checkpoints.problem == nil)
        #expect(files.lines.messages.last == "the checkpoint is kept again")
    }

    @Test func aFolderThatIsGoneIsAProblemAndNoEnd() throws {
        let files = try Files(checkpointFolder: "/nonexistent-\(UUID().uuidString)")
        #expect(files.writeCheckpoint(Centre(policy: Policy()).checkpoint, at: 7))
        files.log.finishCheckpoint()
        #expect(files.log.checkpoints.failures == 1 && files.log.checkpoints.problem != nil)
    }

    /// One that cannot be read is left aside: the log says everything.
    @Test func aCheckpointOfAnotherFormIsLeftAside() throws {
        let directory = try StateDirectory(), lines = LogLines()
        let files = try StateFiles.open(directory: directory.path)
        try files.checkpoint.write(Array("{}".utf8), at: 7, of: files.identity)
        let reader = try StoredLogReader(directory: directory.path, logger: lines.logger)
        #expect(try reader.checkpoint() == nil)
        #expect(lines.all.map(\.level) == [.warning])
    }

    // MARK: The end of the log

    @Test func oldEventsAreCutOffButNeverTheNewest() throws {
        let files = try Files()
        for call in ["a", "b", "c"] {
            try files.append(call)
            try files.log.commit()
        }
        let deadline = ContinuousClock.now + .seconds(10)
        while files.log.cut(through: 3, before: morning + 1), ContinuousClock.now < deadline { sched_yield() }
        #expect(try files.onDisk() == ["c"])
        let past = try StoredPastLog(directory: files.directory.path)
        #expect(try past.isWhole() == false)
    }
}
