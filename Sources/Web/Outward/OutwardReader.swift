import CallCenter
import Engine
import Settings
import Storage
import Synchronization

/// Reads events for others from the log, in bounded pieces.
public struct OutwardReader: Sendable {
    private let window: LogWindow
    private let records: CustomerStore
    private let fields: [Settings.CustomField]
    private let engine: Engine
    private let history: any CallHistory

    /// - Parameters:
    ///   - directory: the state directory.
    ///   - fields: the centre's own fields, with who sees them.
    public init(
        directory: String, records: CustomerStore, fields: [Settings.CustomField], engine: Engine,
        history: any CallHistory
    ) {
        window = LogWindow(directory: directory)
        self.records = records
        self.fields = fields
        self.engine = engine
        self.history = history
    }

    /// The events that follow a position. Blocks the thread.
    ///
    /// What an erase has not replaced yet is not read: the batch is held, with nothing in it.
    ///
    /// - Parameters:
    ///   - types: only these; nil for all.
    ///   - seer: whose fields are shown.
    ///   - limit: so many entries of the log at most.
    /// - Throws: `LogWindowError.cutOff` when entries that followed are not kept any more.
    public func read(
        after seq: Int64, types: Set<String>?, for seer: Settings.CustomField.Seer, limit: Int = LogWindow.entriesMax
    ) throws -> OutwardBatch {
        var batch = OutwardBatch(reached: seq)
        if let held = try records.erasingThrough(), seq < held {
            batch.isHeld = true
            return batch
        }
        let piece = try window.read(after: seq, limit: limit)
        let encoder = OutwardEncoder(hidden: OutwardReader.hidden(fields, from: seer))
        for entry in piece.entries { batch.events += encoder.events(entry, types) }
        batch.reached = piece.reached
        return batch
    }

    /// The position of the newest entry that is on disk. Blocks the thread.
    public func last() throws -> Int64 { try window.last() }

    /// The centre's own fields that somebody does not see.
    static func hidden(_ fields: [Settings.CustomField], from seer: Settings.CustomField.Seer) -> Set<String> {
        let ranks = Settings.CustomField.Seer.allCases
        func rank(_ one: Settings.CustomField.Seer) -> Int { ranks.firstIndex(of: one) ?? 0 }
        return Set(fields.filter { rank($0.seenBy) > rank(seer) }.map(\.name))
    }

    /// What is known of calls: those in memory, and those that left it.
    public func calls(_ keys: Set<CallKey>) async -> [CallKey: OutwardCall] {
        guard !keys.isEmpty else { return [:] }
        let live = await engine.ask { centre, _ in
            keys.reduce(into: [CallKey: OutwardCall]()) { found, key in
                if let call = centre.call(key) { found[key] = OutwardCall(call) }
            }
        }
        var known = live ?? [:]
        for key in keys where known[key] == nil {
            guard let calls = try? history.calls(id: key.call) else { continue }
            if let call = calls.first(where: { $0.key == key }) { known[key] = OutwardCall(call) }
        }
        return known
    }
}

extension OutwardCall {
    fileprivate init(_ call: Call) {
        self.init(
            queue: call.life.visits.last?.queue ?? call.offered?.queue, tier: call.tier, customer: call.customer?.id)
    }
}

/// Waits for new entries of the log. Those who wait ask the engine together, some times a second: an event is behind
/// its commit by that much, and the engine knows nothing of who follows its log.
public final class LogTail: Sendable {
    private let engine: Engine
    private let known = Mutex<(committed: Int64, askedAt: ContinuousClock.Instant)?>(nil)
    private static let every = Duration.milliseconds(50)

    init(_ engine: Engine) { self.engine = engine }

    /// The newest position that is on disk; nil when the engine has stopped.
    public func committed() async -> Int64? { await engine.places()?.committed }

    /// Waits until there is an entry behind a position.
    ///
    /// - Returns: false when there is none after that time, or the daemon stops.
    public func wait(after seq: Int64, atMost time: Duration) async -> Bool {
        let began = ContinuousClock.now
        while !Task.isCancelled, !engine.streams.haveEnded {
            if await newest() > seq { return true }
            guard began.duration(to: .now) < time else { return false }
            try? await Task.sleep(for: LogTail.every)
        }
        return false
    }

    private func newest() async -> Int64 {
        let now = ContinuousClock.now
        if let known = known.withLock({ $0 }), known.askedAt.duration(to: now) < LogTail.every {
            return known.committed
        }
        guard let committed = await committed() else { return 0 }
        known.withLock { $0 = (committed, now) }
        return committed
    }
}
