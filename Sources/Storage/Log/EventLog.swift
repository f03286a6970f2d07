/// The log: every acknowledged event and every change of the records, in one sequence without gaps. Everything else is
/// computed from it.
///
/// `append` collects in memory, a commit writes to disk; no event may be acknowledged before its commit. Used by the
/// engine's thread alone, except for a running `Commit`.
public struct EventLog: ~Copyable {
    /// The newest version of the schema.
    public static let version = LogDisk.migrations.newest

    /// One entry, as it is read back.
    public struct Entry: Equatable, Sendable {
        /// Its log position.
        public var seq: Int64
        /// When the daemon read it, in milliseconds since 1970.
        public var readAt: Int64
        /// The source an event has that names none.
        public var source: String
        /// The line as it came.
        public var line: [UInt8]
        /// The result of the look-up; empty when there was none.
        public var facts: [UInt8]

        /// Copies its arguments.
        public init(seq: Int64, readAt: Int64, source: String, line: [UInt8], facts: [UInt8]) {
            self.seq = seq
            self.readAt = readAt
            self.source = source
            self.line = line
            self.facts = facts
        }
    }

    /// The same, with its bytes where they were read: valid until the function returns that it was passed to.
    public struct EntryInPlace {
        /// Its log position.
        public var seq: Int64
        /// Milliseconds since 1970.
        public var readAt: Int64
        /// The source an event has that names none; that of a change says its kind.
        public var source: String
        /// The line as it came, or the bytes of a change.
        public var line: UnsafeRawBufferPointer
        /// Empty when there was no look-up.
        public var facts: UnsafeRawBufferPointer
    }

    private let disk: LogDisk
    /// Appended, and not part of a commit yet.
    private var collected: [Burst]
    /// Policies that go with the next commit, each with the position behind which it applies.
    private var policiesToWrite: [(after: Int64, policy: [UInt8])] = []
    /// In the running commit.
    private var underWay: [LogRow] = []
    /// Which leadership the next entries are of; 0 on a machine that shares its log with no other.
    public var epoch: Int64 = 0
    /// The log position of the newest entry that is on disk.
    public private(set) var committedSeq: Int64
    /// The log position of the newest entry that is on disk or collected; 0 when there is none.
    public private(set) var lastSeq: Int64

    /// Which log it is; nil for one that an older version made.
    public private(set) var identity: LogIdentity?
    /// Whether it has no entry.
    let isEmpty: Bool

    static func path(_ directory: String) -> String { directory + "/events.db" }

    /// Opens the log in a state directory, and creates it if missing.
    ///
    /// - Parameter working: called repeatedly during a migration of an older file.
    public static func open(directory: String, working: @escaping @Sendable () -> Void = {}) throws(LogError)
        -> EventLog
    {
        let opened = try LogDisk.open(path: path(directory), working: working)
        return EventLog(opened.disk, last: opened.last, try opened.disk.identity())
    }

    private init(_ disk: LogDisk, last: Int64, _ identity: (log: LogIdentity, behind: Int64)?) {
        self.disk = disk
        self.identity = identity?.log
        isEmpty = last == 0
        lastSeq = max(last, identity?.behind ?? 0)
        committedSeq = lastSeq
        collected = [Burst(first: lastSeq + 1)]
    }

    /// Stores the log's identity. The next position is the one after `behind`, as positions up to there belong to
    /// another log.
    mutating func claim(_ identity: LogIdentity, behind: Int64) throws(LogError) {
        try disk.claim(identity, behind: behind)
        self.identity = identity
        lastSeq = max(lastSeq, behind)
        committedSeq = lastSeq
        collected = [Burst(first: lastSeq + 1)]
    }

    // MARK: Writing

    /// Collects an entry at the next position.
    public mutating func append(readAt: Int64, source: String, line: UnsafeRawBufferPointer, facts: [UInt8]) {
        if collected[collected.count - 1].isFull { collected.append(Burst(first: lastSeq + 1)) }
        collected[collected.count - 1].append(readAt: readAt, source: source, line: line, facts: facts)
        lastSeq += 1
    }

    /// Collects a change of the records, or of who may sign in, at the next position.
    public mutating func append(change bytes: UnsafeRawBufferPointer, kind: EntryKind, readAt: Int64) {
        if collected[collected.count - 1].isFull { collected.append(Burst(first: lastSeq + 1)) }
        collected[collected.count - 1].append(change: bytes, kind: kind, readAt: readAt)
        lastSeq += 1
    }

    /// A commit, which another thread may run. Until `endCommit` only `append` and `pending` may be called.
    public struct Commit: Sendable {
        fileprivate let disk: LogDisk
        /// What it writes.
        public let rows: [LogRow]
        fileprivate var policies: [(after: Int64, policy: [UInt8])] = []

        /// On an error no entry of it is on disk.
        public func run() throws(LogError) { try disk.write(rows, policies: policies) }

        /// The same entries as another leadership's rows.
        public func with(_ rows: [LogRow]) -> Commit { Commit(disk: disk, rows: rows, policies: policies) }
    }

    /// The appended entries and policies as a commit; nil when there are none.
    public mutating func beginCommit() -> Commit? {
        guard collected[0].count > 0 || !policiesToWrite.isEmpty else { return nil }
        underWay = collected.filter { $0.count > 0 }.map { LogRow($0, epoch: epoch) }
        collected = [Burst(first: lastSeq + 1)]
        defer { policiesToWrite = [] }
        return Commit(disk: disk, rows: underWay, policies: policiesToWrite)
    }

    /// The started commit has succeeded.
    public mutating func endCommit() {
        committedSeq = underWay.last?.last ?? committedSeq
        underWay = []
    }

    /// Rows that another machine has appended to the log that it shares with this one, as a commit.
    ///
    /// - Returns: nil when they do not continue this log: their first position is not the next one, or entries were
    ///   appended here.
    public mutating func beginFollowing(_ rows: [LogRow]) -> Commit? {
        guard underWay.isEmpty, collected[0].count == 0, let first = rows.first, first.first == committedSeq + 1 else {
            return nil
        }
        for (row, next) in zip(rows, rows.dropFirst()) where row.last + 1 != next.first { return nil }
        underWay = rows
        return Commit(disk: disk, rows: rows)
    }

    /// The commit of another machine's rows has succeeded.
    public mutating func endFollowing() {
        endCommit()
        lastSeq = committedSeq
        collected = [Burst(first: lastSeq + 1)]
    }

    /// Writes the collected events to disk, on this thread. On an error nothing of it is.
    public mutating func commit() throws(LogError) {
        guard let commit = beginCommit() else { return }
        do throws(LogError) { try commit.run() } catch {
            rollback()
            throw error
        }
        endCommit()
    }

    /// Discards appended entries, and those of a failed commit.
    public mutating func rollback() {
        underWay = []
        policiesToWrite = []
        lastSeq = committedSeq
        collected = [Burst(first: lastSeq + 1)]
    }

    // MARK: Reading

    /// The entry at a position that is not on disk yet; nil when there is none.
    public borrowing func pending(_ seq: Int64) throws(LogError) -> Entry? {
        for row in underWay where row.first <= seq && seq <= row.last {
            return try disk.entry(seq, in: row.entries, first: row.first)
        }
        for burst in collected where burst.first <= seq && seq <= burst.last {
            return try disk.entry(seq, in: burst.bytes, first: burst.first)
        }
        return nil
    }

    /// The entry at a position; nil when it was deleted.
    public borrowing func entry(_ seq: Int64) throws(LogError) -> Entry? {
        if let found = try pending(seq) { return found }
        return try disk.entry(seq)
    }

    /// Calls `handle` with every entry on disk after `seq`, in order.
    public borrowing func replay(after seq: Int64, _ handle: (Entry) -> Void) throws(LogError) {
        try disk.replay(after: seq, handle)
    }

    // MARK: Policies

    /// Collects the policy that applies to the entries after `seq`: it is written with the next commit.
    public mutating func append(policy: [UInt8], after seq: Int64) { policiesToWrite.append((seq, policy)) }

    /// Stores the policy that applies to the entries after `seq`.
    public borrowing func adopt(policy: [UInt8], after seq: Int64) throws(LogError) {
        try disk.adopt(policy: policy, after: seq)
    }

    /// Commits do not wait for the disk's own medium any more: the entries are safe on other machines.
    public borrowing func relax() throws(LogError) { try disk.relax() }

    /// The newest row on disk, without its entries; nil when there is none.
    public borrowing func newestRow() throws(LogError) -> LogRow? { try disk.newestRow() }

    /// All policies that ever applied, oldest first.
    public borrowing func policies() throws(LogError) -> [(after: Int64, policy: [UInt8])] { try disk.policies() }
}

extension EventLog.Entry {
    /// A copy that stays valid.
    public init(_ entry: EventLog.EntryInPlace) {
        self.init(
            seq: entry.seq, readAt: entry.readAt, source: entry.source, line: [UInt8](entry.line),
            facts: [UInt8](entry.facts))
    }
}
