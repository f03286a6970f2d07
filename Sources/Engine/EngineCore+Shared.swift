import CallCenter
import EventWire

/// Whether a machine may append to the log.
public enum LogRole: Equatable, Sendable {
    /// The log is this machine's own.
    case alone
    /// The log is shared, and this machine appends to it.
    case leads
    /// The log is shared, and another machine appends to it.
    case follows
}

/// A log that several machines share (docs/decisions/0040): following it, leading it, and commits that are late.
extension EngineCore {
    /// A commit that lasts longer is late: the events that wait for it are answered without acknowledgement, so that
    /// the PBX has its route. Microseconds.
    static let lateAfter: Int64 = 1_000_000
    private static let whyLate =
        "The log cannot be written at the moment. Send this event again in a moment, with the same id."
    private static let whyTooLate =
        "The database of the log does not answer; nothing was taken. Send it again in a moment."
    fileprivate static let whyPending = """
        It is not known yet whether this was kept: the log does not answer. When it does, it is there once, or not at \
        all. Look before you do it again.
        """
    static let whyUnknown = """
        It is not known whether this was kept: this node lost the lead of the cluster while it was written. Look \
        before you make it again.
        """
    private static let whyFollowing = "This node does not lead; nothing was taken. Send it again in a moment."

    /// The log as one that machines share.
    private var shared: (any SharedEngineLog)? { log as? any SharedEngineLog }

    // MARK: Commits that are late

    /// Whether the running commit lasts too long: the database is away.
    var isLate: Bool { isCommitUnderWay && Engine.microseconds() - commitBegan > EngineCore.lateAfter }

    /// The batches that may be applied now; the others are refused.
    mutating func admitShared(_ batches: [EventBatch]) -> [EventBatch] {
        guard role == .leads else {
            refuse(batches, EngineCore.whyFollowing, .following)
            return []
        }
        guard isLate else { return batches }
        var waiting = (owed?.bytes ?? 0) + (underWay?.bytes ?? 0)
        return batches.filter { batch in
            // A connection's replies keep their order: one that waits already goes on waiting.
            if let sender = batch.sender, waitingSenders.contains(sender) { return true }
            guard batch.isResendable, waiting + batch.bytes.count <= waitingBytesMax else {
                refuse([batch], EngineCore.whyTooLate, .late)
                return false
            }
            waiting += batch.bytes.count
            return true
        }
    }

    /// Answers what waits for a late commit without acknowledgement, if its sender can send it again safely, and what
    /// somebody at the interface waits for. What cannot be sent again waits, and so does what its connection sent after
    /// it.
    mutating func answerEarly() {
        guard isLate else { return }
        showAll()
        underWay?.answerEarly(&waitingSenders, EngineCore.whyLate)
        owed?.answerEarly(&waitingSenders, EngineCore.whyLate)
    }

    // MARK: Following

    /// Starts to write what the leader has appended to this machine's copy. `finishFollowing` has to follow.
    ///
    /// - Returns: why not; nil when it was started, and `done` will be called.
    mutating func beginFollowing(_ rows: [SharedRow], _ done: @escaping @Sendable () -> Void) -> FollowRefusal? {
        guard role == .follows, let shared else { return .leads }
        if isLost || isOwing { return .restoring }
        return shared.beginFollowing(rows, done) ? nil : .gap(committed: log.committedSeq)
    }

    /// Applies the written rows to the state, and shows what follows from them.
    mutating func finishFollowing(_ rows: FollowedRows) throws {
        try shared?.finishFollowing()
        centre.audience = streams.audience
        effects.removeAll(keepingCapacity: true)
        var bytes = 0
        for entry in rows.entries {
            if let key = entry.key { seen.note(key, at: .init(seq: entry.seq, line: entry.hash)) }
            if let policy = rows.policies[entry.seq] {
                centre.adopt(policy)
                rulesInLog = policy
            }
            if let erasure = rows.erasures[entry.seq] { erase(erasure, at: entry.seq) }
            guard let event = entry.event else { continue }
            bytes += entry.length
            newestMoment = max(newestMoment, entry.readAt)
            _ = centre.apply(event, seq: entry.seq, now: entry.readAt, lookup: entry.lookup, effects: &effects)
        }
        upkeep.note(events: Int64(rows.entries.count), bytes: bytes)
        show(atOnce: true)
        remember(effects)
    }

    // MARK: Leading

    /// This machine appends from now on. Its copy has everything that the log has.
    ///
    /// - Returns: false while the state is being rebuilt.
    mutating func lead(epoch: Int64, _ policy: Policy) throws -> Bool {
        guard role == .follows, let shared, !isLost, !isOwing else { return false }
        shared.lead(epoch: epoch)
        role = .leads
        perform(.tookOver)
        try adoptShared(policy)
        return true
    }

    /// This machine appends no more: new events are refused. A running commit ends as the log says, and what waits
    /// behind it will be refused by the log.
    mutating func stepDown() { if role == .leads { role = .follows } }

    /// Rules are an entry of a shared log, so that every machine applies them at the same position.
    mutating func adoptShared(_ policy: Policy) throws {
        guard role == .leads, let shared, rulesInLog != policy, !isLost else { return }
        if owed == nil { owed = Owed(before: log.lastSeq) }
        try shared.append(policy: policy, readAt: max(centre.moment(Engine.now()), notBefore))
        rulesInLog = policy
        centre.adopt(policy)
        perform(.applied)
    }
}

extension EngineCore.Owed {
    fileprivate mutating func answerEarly(_ waiting: inout Set<ObjectIdentifier>, _ why: String) {
        // A batch whose replies are not there yet is decided on later.
        for index in decided..<max(decided, replies.count) {
            let batch = batches[index]
            let waits = batch.sender.map { waiting.contains($0) } ?? false
            if batch.isResendable, !waits {
                batch.replyUnacknowledged(replies[index], why)
                answeredEarly.insert(index)
            } else if batch.isOwnEvent {
                batch.replyUnknown(EngineCore.whyPending)
                answeredEarly.insert(index)
            } else if let sender = batch.sender {
                waiting.insert(sender)
            }
        }
        decided = replies.count
    }
}

/// Why rows of a shared log were not applied here.
public enum FollowRefusal: Error, Equatable, Sendable {
    /// This machine leads, or its log is its own.
    case leads
    /// The state is being rebuilt: try again in a moment.
    case restoring
    /// They do not continue the copy, which ends here.
    case gap(committed: Int64)
    /// The copy cannot be written.
    case disk(String)
    /// The engine has stopped.
    case stopped
}

/// Rows of a shared log with their decoded entries.
public struct FollowedRows: Sendable {
    /// In the order of the log, without gaps.
    public var rows: [SharedRow]
    /// Every entry of the rows, in order.
    public var entries: [LoggedEvent]
    /// The rules among the entries, by their position.
    public var policies: [Int64: Policy]
    /// The erases among the entries, by their position.
    public var erasures: [Int64: Erasure]

    /// Copies its values, which have to belong to the same rows.
    public init(
        rows: [SharedRow], entries: [LoggedEvent], policies: [Int64: Policy], erasures: [Int64: Erasure] = [:]
    ) {
        self.rows = rows
        self.entries = entries
        self.policies = policies
        self.erasures = erasures
    }
}
