import CallCenter
import Dispatch
import Engine
import Foundation
import Storage
import Synchronization

/// The embedded log at the engine's seam.
final class EngineLogOnSQLite: EngineLog {
    private var log: EventLog
    private let file: CheckpointFile
    private let keeping = Keeping()
    private let aside = Aside()

    init(directory: String) throws(LogError) {
        log = try EventLog.open(directory: directory)
        file = CheckpointFile(directory: directory)
    }

    var lastSeq: Int64 { log.lastSeq }
    var committedSeq: Int64 { log.committedSeq }

    func append(readAt: Timestamp, source: String, line: UnsafeRawBufferPointer, lookup: Lookup?) throws {
        log.append(readAt: readAt.ms, source: source, line: line, facts: lookup.map(LookupBytes.encode) ?? [])
    }
    func beginCommit(_ done: @escaping @Sendable () -> Void) {
        if let commit = log.beginCommit() { aside.begin(commit, done) } else { done() }
    }
    func finishCommit() throws {
        try aside.finish()
        log.endCommit()
    }
    func commit() throws { try log.commit() }
    func rollback() { log.rollback() }

    func line(_ seq: Int64) -> LoggedLine? {
        if let entry = try? log.pending(seq) { return LoggedLine(entry) }
        aside.wait()
        return (try? log.entry(seq)).flatMap { $0 }.map(LoggedLine.init)
    }

    func replay(after seq: Int64, stateFrom: Int64, _ tell: (LoggedLine, Lookup?) -> Void) throws {
        try log.replay(after: seq) { entry in
            tell(LoggedLine(entry), entry.seq > stateFrom && !entry.facts.isEmpty ? LookupBytes.decode(entry.facts) : nil)
        }
    }

    // MARK: Rules

    func adopt(_ policy: Policy, after seq: Int64) throws {
        try log.adopt(policy: [UInt8](try JSONEncoder().encode(policy)), after: seq)
    }
    func policies() throws -> [(after: Int64, policy: Policy)] {
        try log.policies().map { ($0.after, try JSONDecoder().decode(Policy.self, from: Data($0.policy))) }
    }

    // MARK: Checkpoints

    /// A checkpoint of another form is left aside: the log says everything it says.
    func checkpoint() throws -> (seq: Int64, state: Checkpoint)? {
        guard let kept = file.read(), kept.seq <= log.lastSeq,
            let state = try? JSONDecoder().decode(Checkpoint.self, from: Data(kept.state)), state.isCurrent
        else { return nil }
        keeping.note(kept.seq)
        return (kept.seq, state)
    }

    var keptSeq: Int64 { keeping.seq }
    func cut(through seq: Int64, before time: Timestamp) throws -> Bool { try log.cut(through: seq, before: time.ms) }

    func keep(_ state: Checkpoint, at seq: Int64, after ready: @escaping @Sendable () throws -> Void) -> Bool {
        keeping.begin { [file, keeping] in
            // Without room for it the log alone still says everything; the next attempt is made when more has happened.
            guard (try? ready()) != nil, let bytes = try? JSONEncoder().encode(state), (try? file.write([UInt8](bytes), at: seq)) != nil else { return }
            keeping.note(seq)
        }
    }
    func finishKeeping() { keeping.finish() }

    /// One commit at a time, beside the engine's thread.
    private final class Aside: Sendable {
        private let queue = DispatchQueue(label: "commit", qos: .userInteractive)
        private let running = DispatchGroup()
        private let failure = Mutex<LogError?>(nil)

        func begin(_ commit: EventLog.Commit, _ done: @escaping @Sendable () -> Void) {
            running.enter()
            queue.async { [self] in
                do throws(LogError) { try commit.run() } catch { failure.withLock { [error] in $0 = error } }
                running.leave()
                done()
            }
        }
        func wait() { running.wait() }
        func finish() throws(LogError) {
            wait()
            if let failed = failure.withLock({ $0.take() }) { throw failed }
        }
    }

    /// One checkpoint at a time, beside the engine's thread.
    private final class Keeping: Sendable {
        private let queue = DispatchQueue(label: "checkpoint")
        private let free = DispatchSemaphore(value: 1)
        private let kept = Mutex<Int64>(0)

        /// The place of the newest state on disk.
        var seq: Int64 { kept.withLock { $0 } }
        func note(_ seq: Int64) { kept.withLock { $0 = seq } }

        func begin(_ work: @escaping @Sendable () -> Void) -> Bool {
            guard free.wait(timeout: .now()) == .success else { return false }
            queue.async { [free] in
                work()
                free.signal()
            }
            return true
        }
        func finish() { queue.sync {} }
    }
}

extension LoggedLine {
    init(_ entry: EventLog.Entry) {
        self.init(seq: entry.seq, readAt: Timestamp(ms: entry.readAt), source: entry.source, line: entry.line)
    }
}
