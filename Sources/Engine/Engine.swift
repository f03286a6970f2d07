import CallCenter
import EventWire
import Glibc
import Synchronization

/// The one thread that owns all live state and the log's connection.
public final class Engine: Sendable {
    /// Between two looks at what time alone brings about. Milliseconds.
    static let tickEvery = 100

    private let mailbox = Mailbox()
    private let progressed = Atomic<UInt64>(0)
    private let unwritable = Atomic<Bool>(false)
    private let thread = Mutex<pthread_t?>(nil)
    /// Who watches.
    public let streams: Streams

    /// Goes up while the thread makes progress: what the watchdog is fed by.
    public var progress: UInt64 { progressed.load(ordering: .relaxed) }
    public var isLogWritable: Bool { !unwritable.load(ordering: .relaxed) }

    public init() { streams = Streams(epoch: Engine.now().ms) }

    /// What the engine is made of; the log and the directory belong to its thread from then on.
    public struct Parts {
        public var policy: Policy
        public var log: any EngineLog
        public var directory: any CallerDirectory
        public var history: any HistoryKeeper
        /// How long events stay in the log once a kept state covers them. Milliseconds.
        public var retention: Int64
        /// Told of each alert to supervisors with the place in the log, on the engine's thread.
        public var told: @Sendable (SupervisorAlert, Int64) -> Void

        public init(
            policy: Policy, log: any EngineLog, directory: any CallerDirectory, history: any HistoryKeeper, retention: Int64,
            told: @escaping @Sendable (SupervisorAlert, Int64) -> Void
        ) {
            self.policy = policy
            self.log = log
            self.directory = directory
            self.history = history
            self.retention = retention
            self.told = told
        }
    }

    /// Restores the state from the log, on this thread, and starts the engine's own.
    public func start(_ parts: sending Parts) throws {
        let core = try EngineCore(parts, streams: streams)
        let run = Run(engine: self, core: core)
        let started = pthread_create_running { run.loop() }
        thread.withLock { $0 = started }
    }

    /// False when the engine cannot keep up, or has stopped: the caller keeps the batch and stops reading.
    public func submit(_ batch: EventBatch) -> Bool { mailbox.put(.events(batch)) }

    /// Asks the state something, on the engine's thread; nil when the engine has stopped.
    public func ask<Answer: Sendable>(_ question: @escaping @Sendable (Centre, Timestamp) -> Answer) async -> Answer? {
        await run { core in
            let now = Engine.now()
            return question(core.settled(now), now)
        }
    }

    /// Lets a client watch; nil when the engine has stopped.
    public func watch(_ watch: Watch, lastID: String?) async -> Subscription? {
        await run { [streams] core in
            streams.attach(watch, lastID: lastID, now: Engine.now(), centre: core.centre)
        } ?? nil
    }

    /// Gives a client that fell behind what is alive.
    public func restart(_ subscription: Subscription) async {
        _ = await run { [streams] core in
            streams.restart(subscription, isNew: false, now: Engine.now(), centre: core.centre)
        }
    }

    /// Takes rules that were configured anew. Throws what the log throws when it cannot be written.
    public func adopt(_ policy: Policy) async throws {
        let failure: (any Error)?? = await run { core in
            do { try core.adopt(policy) } catch { return error }
            return nil
        }
        if let failure, let failure { throw failure }
    }

    /// Where the log is: the newest place given out, and the newest on disk.
    public func places() async -> (last: Int64, committed: Int64)? { await run { ($0.lastSeq, $0.committedSeq) } }

    private func run<Answer: Sendable>(_ question: @escaping @Sendable (inout EngineCore) -> Answer) async -> Answer? {
        await withCheckedContinuation { continuation in
            let taken = mailbox.put(.question { core in continuation.resume(returning: question(&core)) })
            if !taken { continuation.resume(returning: nil) }
        }
    }

    /// Takes no more, finishes what waits, keeps a checkpoint, and returns when the thread has ended.
    public func stop() {
        mailbox.close()
        if let running = thread.withLock({ $0.take() }) { pthread_join(running, nil) }
    }

    /// `@unchecked Sendable`: handed to the new thread before it runs, and touched by that thread alone from then on.
    private final class Run: @unchecked Sendable {
        let engine: Engine
        var core: EngineCore

        init(engine: Engine, core: EngineCore) {
            self.engine = engine
            self.core = core
        }

        func loop() {
            nameThread("engine")
            while let letters = engine.mailbox.takeAll(within: Engine.tickEvery) {
                var batches: [EventBatch] = []
                for letter in letters {
                    switch letter {
                    case .events(let batch): batches.append(batch)
                    case .question(let question):
                        // What was sent before a question is answered before it.
                        core.take(batches)
                        batches.removeAll()
                        core.ask(question)
                    }
                }
                if !batches.isEmpty { core.take(batches) }
                core.tick(Engine.now())
                core.keepCheckpoint()
                if letters.isEmpty { core.cutLog(Engine.now()) }
                engine.unwritable.store(core.isUnwritable, ordering: .relaxed)
                engine.progressed.wrappingAdd(1, ordering: .relaxed)
            }
            core.keepCheckpoint(always: true)
        }
    }

    /// The daemon's clock.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(ms: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}

/// The calling thread's name, as `top -H` and `perf` show it; pthread_setname_np is not there for Swift.
private func nameThread(_ name: StaticString) {
    let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    write(file, name.utf8Start, name.utf8CodeUnitCount)
    close(file)
}

/// Starts a thread.
private func pthread_create_running(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(body))
    pthread_create(&thread, nil, { raw in
        if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().body() }
        return nil
    }, box.toOpaque())
    return thread
}
