import CallCenter
import EventWire
import Glibc
import Synchronization

/// The thread that owns all live state, as the engine needs it. If the sockets of events and streams are on the same
/// thread, an event changes its thread nowhere between the ringing phone and the screen.
public protocol EngineThread: Sendable {
    /// Runs `job` on the thread, after the jobs before it and never within this call.
    func perform(_ job: @escaping @Sendable () -> Void)
    /// Runs `job` on the thread after a delay. Milliseconds.
    func perform(after milliseconds: Int, _ job: @escaping @Sendable () -> Void)
}

/// What a log does with new events.
public enum LogState: UInt8, AtomicRepresentable, Sendable {
    /// They are written and acknowledged.
    case writable
    /// The database of a shared log does not answer. Calls are decided on and pop; their events are acknowledged when
    /// it is back.
    case late
    /// They are refused.
    case refuses
}

/// Owns all live state and the log's connection, on one thread.
public final class Engine: Sendable {
    /// Interval of ticks, which apply what happens by time alone. Milliseconds.
    static let tickEvery = 100

    private let thread: any EngineThread
    private let mailbox = Mailbox()
    private let progressed = Atomic<UInt64>(0)
    private let reportedLogState = Atomic<LogState>(.writable)
    private let run = Mutex<Run?>(nil)
    /// The streams to clients.
    public let streams: Streams
    /// Who is told as well that what is to be done changed: other nodes.
    let onWork = Mutex<(@Sendable (WorkConcerned) -> Void)?>(nil)

    /// Incremented while the thread makes progress; the watchdog reads it.
    public var progress: UInt64 { progressed.load(ordering: .relaxed) }
    /// What new events meet now. To be read on any thread.
    public var logState: LogState { reportedLogState.load(ordering: .relaxed) }
    /// Whether new events are written and acknowledged. To be read on any thread.
    public var isLogWritable: Bool { logState == .writable }

    /// An engine without a state: what is submitted waits until `start`.
    public init(on thread: any EngineThread) {
        self.thread = thread
        streams = Streams(epoch: Engine.now().ms)
    }

    /// The parts of an engine; the log and the directory belong to its thread from then on.
    public struct Parts {
        /// The rules that apply from the start on; past events are replayed by those in the log.
        public var policy: Policy
        /// Open for appending; used by the engine alone.
        public var log: any EngineLog
        /// Where callers are looked up that a batch has no look-up of.
        public var directory: any CallerDirectory
        /// Where what ended is added.
        public var history: any HistorySink
        /// Whether this machine may append to the log. With another role than `alone` the log is a `SharedEngineLog`.
        public var role: LogRole
        /// How long events stay in the log after a checkpoint covers them. Milliseconds.
        public var retention: Int64
        /// Called with each alert to supervisors and its log position, on the engine's thread.
        public var onAlert: @Sendable (SupervisorAlert, Int64) -> Void
        /// Called with the caller of each new call, on the engine's thread, and must not block; nil: nobody is to
        /// know.
        public var onCaller: (@Sendable (CallerSeen) -> Void)?
        /// Runs work that takes seconds on another thread.
        public var beside: @Sendable (_ work: @escaping @Sendable () -> Void) -> Void
        /// Erases that are in the log, and that its events before them may not show yet.
        public var erasures: [(seq: Int64, erasure: Erasure)] = []
        /// Called while a start reads the log, with the number of entries read and the total.
        public var report: (_ done: Int64, _ of: Int64) -> Void

        /// Copies its values. `beside` must not run its work on the engine's thread.
        public init(
            policy: Policy, log: any EngineLog, directory: any CallerDirectory, history: any HistorySink,
            role: LogRole = .alone, retention: Int64,
            onAlert: @escaping @Sendable (SupervisorAlert, Int64) -> Void,
            beside: @escaping @Sendable (_ work: @escaping @Sendable () -> Void) -> Void,
            report: @escaping (_ done: Int64, _ of: Int64) -> Void = { _, _ in }
        ) {
            self.beside = beside
            self.report = report
            self.policy = policy
            self.log = log
            self.directory = directory
            self.history = history
            self.role = role
            self.retention = retention
            self.onAlert = onAlert
        }
    }

    /// Restores the state from the log on the calling thread, then starts the engine's thread. Throws when the log
    /// cannot be read.
    public func start(_ parts: sending Parts) throws {
        let beside = parts.beside
        let made = Run(engine: self, core: try EngineCore(parts, streams: streams), beside: beside)
        run.withLock { $0 = made }
        thread.perform {
            made.open()
            made.tick()
        }
    }

    /// False when the engine cannot keep up, or has stopped: the caller keeps the batch and stops reading.
    public func submit(_ batch: EventBatch) -> Bool { enqueue(.events(batch)) }

    func enqueue(_ message: Mailbox.Message) -> Bool {
        switch mailbox.enqueue(message) {
        case .refused: return false
        case .first:
            if let run = run.withLock({ $0 }) { thread.perform { run.open() } }
            return true
        case .behind: return true
        }
    }

    /// Runs a query on the state, on the engine's thread; nil when the engine has stopped or too many queries wait.
    public func ask<Answer: Sendable>(_ question: @escaping @Sendable (Centre, Timestamp) -> Answer) async -> Answer? {
        await inTurn { core in
            let now = Engine.now()
            return question(core.settled(now), now)
        }
    }

    /// The figures of a period now; nil when the engine has stopped or too many queries wait.
    ///
    /// - Parameter period: from when to when, both on interval boundaries, at the given time; nil for no figures.
    public func stats(
        _ period: @escaping @Sendable (_ now: Timestamp) -> Range<Timestamp>?
    ) async -> Stats?? {
        await inTurn { core in
            let now = Engine.now()
            return period(now).map { core.stats($0, now: now) }
        }
    }

    /// Subscribes a client; nil when the engine has stopped.
    public func watch(_ watch: Watch, lastID: String?) async -> Subscription? {
        await inTurn { [streams] core in
            core.showAll()
            return streams.attach(watch, lastID: lastID, now: Engine.now(), centre: core.centre)
        } ?? nil
    }

    /// Sends a client that was too slow a `reset` and the live state.
    public func restart(_ subscription: Subscription) async {
        _ = await inTurn { [streams] core in
            core.showAll()
            streams.restart(subscription, isNew: false, now: Engine.now(), centre: core.centre)
        }
    }

    /// Applies a changed policy. Throws when it cannot be written to the log.
    public func adopt(_ policy: Policy) async throws {
        let failure: (any Error)? = await withCheckedContinuation { continuation in
            let isAsked = enqueue(
                .question { core in core.adopt(policy) { continuation.resume(returning: $0) } })
            // An engine that has stopped has no rules.
            if !isAsked { continuation.resume(returning: nil) }
        }
        if let failure { throw failure }
    }

    /// Where the log is: the newest position assigned, and the newest on disk.
    public func places() async -> (last: Int64, committed: Int64)? { await inTurn { ($0.lastSeq, $0.committedSeq) } }

    /// A copy of the whole state, its log position and time; nil when the engine has stopped.
    public func checkpoint() async -> (seq: Int64, state: Checkpoint, at: Timestamp)? {
        let asked = ContinuousClock.now
        while true {
            // The copy must not contain events that are not on disk, and the engine's thread does not wait for them.
            let answer = await inTurn { core in core.isLost ? StateCopies.Answer.unequal : core.stateOnDisk() }
            switch answer {
            case .copy(let copy)?: return (copy.seq, copy.state, copy.at)
            case .unequal?, nil: return nil
            case .later?:
                if asked.duration(to: .now) > .seconds(5) || Task.isCancelled {
                    _ = await inTurn { core in core.copies.drop() }
                    return nil
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// Batches of events and queries that wait for the thread.
    public var depth: Int { mailbox.count }

    /// Measurements since the start; nil when the engine has stopped.
    public func health() async -> EngineHealth? { await inTurn { $0.health } }

    func inTurn<Answer: Sendable>(_ question: @escaping @Sendable (inout EngineCore) -> Answer) async -> Answer? {
        await withCheckedContinuation { continuation in
            let taken = enqueue(.question { core in continuation.resume(returning: question(&core)) })
            if !taken { continuation.resume(returning: nil) }
        }
    }

    /// Refuses new events, finishes the waiting ones, writes a checkpoint, and then returns.
    public func stop() async {
        mailbox.close()
        guard let run = run.withLock({ $0.take() }) else { return }
        await withCheckedContinuation { continuation in
            thread.perform {
                run.end()
                continuation.resume()
            }
        }
    }

    /// The work on the engine's thread.
    ///
    /// `@unchecked Sendable`: passed to that thread once, and used by that thread alone from then on.
    private final class Run: @unchecked Sendable {
        private let engine: Engine
        private var core: EngineCore
        /// A commit is running, or will start soon.
        private var isCommitDue = false
        /// Start of the running commit.
        private var commitBegan: Timestamp?
        private var hasEnded = false
        private let beside: @Sendable (_ work: @escaping @Sendable () -> Void) -> Void
        /// When the next attempt to rebuild the state is due.
        private var restoreDue = Timestamp(ms: 0)

        init(
            engine: Engine, core: EngineCore,
            beside: @escaping @Sendable (_ work: @escaping @Sendable () -> Void) -> Void
        ) {
            self.engine = engine
            self.core = core
            self.beside = beside
        }

        /// Applies and shows the waiting events. The commit starts after the pops were written to their sockets.
        func open() {
            var batches: [EventBatch] = []
            for message in engine.mailbox.drain() {
                switch message {
                case .events(let batch): batches.append(batch)
                case .question(let question):
                    // Events that were sent before a query are applied before it.
                    core.process(batches)
                    batches.removeAll()
                    core.ask(question)
                }
            }
            core.process(batches)
            scheduleCommit()
        }

        /// Makes sure that the applied events are committed and answered.
        private func scheduleCommit() {
            if core.isOwing, !isCommitDue {
                isCommitDue = true
                engine.thread.perform { self.commit() }
            }
            restore()
            report()
        }

        /// A commit failed: rebuilds the state on another thread. Meanwhile this one refuses events and serves
        /// everything else.
        private func restore() {
            guard Engine.now() >= restoreDue, let work = core.beginRestoring() else { return }
            beside { [engine] in
                let result = Result { try work() }
                engine.thread.perform { self.restored(result) }
            }
        }

        private func restored(_ result: Result<Restored, any Error>) {
            core.endRestoring(result)
            restoreDue = Engine.now() + 1_000
            scheduleCommit()
        }

        private func commit() {
            core.checkpointIfDue()
            core.commit { [engine] in engine.thread.perform { self.committed() } }
            isCommitDue = core.isOwing
            commitBegan = core.isOwing ? Engine.now() : nil
            report()
        }

        private func report() {
            engine.reportedLogState.store(core.logState, ordering: .relaxed)
            // A write that does not return is no progress, although this thread still runs. A shared log is on other
            // machines: waiting for those is no fault of this process.
            if core.role == .alone, let commitBegan, Engine.now() - commitBegan > 1_000 { return }
            engine.progressed.wrappingAdd(1, ordering: .relaxed)
        }

        private func committed() {
            core.completeCommit()
            isCommitDue = false
            commitBegan = nil
            scheduleCommit()
        }

        func tick() {
            guard !hasEnded else { return }
            core.tick(Engine.now())
            core.repairHistory()
            if !core.isOwing {
                core.checkpointIfDue()
                if engine.mailbox.isEmpty { core.cutLog(Engine.now()) }
            }
            scheduleCommit()
            engine.thread.perform(after: Engine.tickEvery) { self.tick() }
        }

        func end() {
            open()
            core.finish()
            core.checkpointIfDue(always: true)
            hasEnded = true
        }
    }

    /// A monotonic clock. Microseconds.
    public static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// The daemon's clock.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(ms: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
