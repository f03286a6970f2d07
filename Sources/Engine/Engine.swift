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

    /// Goes up while the thread makes progress: what the watchdog is fed by.
    public var progress: UInt64 { progressed.load(ordering: .relaxed) }
    public var isLogWritable: Bool { !unwritable.load(ordering: .relaxed) }

    public init() {}

    /// Restores the state from the log, on this thread, and starts the engine's own.
    ///
    /// - Parameters:
    ///   - make: makes the log and the directory, which from then on belong to the engine's thread.
    ///   - deliver: takes what the core wants shown, before the commit; called on the engine's thread.
    public func start(
        policy: Policy, log: sending any EngineLog, directory: sending any CallerDirectory,
        deliver: @escaping @Sendable ([Effect], Int64) -> Void
    ) throws {
        let core = try EngineCore(policy: policy, log: log, directory: directory, deliver: deliver)
        let run = Run(engine: self, core: core)
        let started = pthread_create_running { run.loop() }
        thread.withLock { $0 = started }
    }

    /// False when the engine cannot keep up, or has stopped: the caller keeps the batch and stops reading.
    public func submit(_ batch: EventBatch) -> Bool { mailbox.put(.events(batch)) }

    /// Asks the state something, on the engine's thread.
    public func ask<Answer: Sendable>(_ question: @escaping @Sendable (inout Centre) -> Answer) async -> Answer? {
        await withCheckedContinuation { continuation in
            let taken = mailbox.put(.question { centre in continuation.resume(returning: question(&centre)) })
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

/// Starts a thread with a name that shows in `top -H`.
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
