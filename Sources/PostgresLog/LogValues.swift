/// A packed row of the log, as it is in the table and in every node's mirror.
public struct BurstRow: Equatable, Sendable {
    /// Positions of the first and the last entry.
    public var first, last: Int64
    /// The epoch of the leader who wrote it. A burst is identified by `first` and `epoch`.
    public var epoch: Int64
    /// When the newest of its entries was read. Milliseconds since 1970.
    public var readAt: Int64
    /// How many of its entries are no events.
    public var changes: Int64
    /// The packed entries: bytes that PostgreSQL never looks into.
    public var entries: [UInt8]

    /// Copies its arguments.
    public init(first: Int64, last: Int64, epoch: Int64, readAt: Int64, changes: Int64, entries: [UInt8]) {
        self.first = first
        self.last = last
        self.epoch = epoch
        self.readAt = readAt
        self.changes = changes
        self.entries = entries
    }
}

/// The one row that every append is compared with.
public struct LogHead: Equatable, Sendable {
    /// The log's name, the same in all that belongs to it.
    public var identity: String
    /// How often a leader began. Each lock takes the next one.
    public var epoch: Int64
    /// The newest position.
    public var last: Int64
    /// The log begins after this position.
    public var behind: Int64
    /// Who leads, or led last; nil when nobody did, or a leader stopped in order.
    public var node: String?
    /// The server's process of the leader's session, for `LeaderSession.lead(_:ending:)`; nil as `node`.
    public var pid: Int32?
    /// The epoch of the newest burst; 0 without one.
    public var newestEpoch: Int64

    /// Copies its arguments.
    public init(
        identity: String, epoch: Int64, last: Int64, behind: Int64, node: String?, pid: Int32?, newestEpoch: Int64
    ) {
        self.identity = identity
        self.epoch = epoch
        self.last = last
        self.behind = behind
        self.node = node
        self.pid = pid
        self.newestEpoch = newestEpoch
    }
}

extension LogHead {
    /// One snapshot: position and newest burst belong together.
    static let read = Statement(
        "head",
        """
        SELECT l.identity, l.epoch, l.last, l.behind, l.node, l.leader_pid,
          coalesce((SELECT b.epoch FROM screenpop_burst b ORDER BY b.first DESC LIMIT 1), 0)
        FROM screenpop_log l WHERE l.one
        """)

    /// - Parameter answer: of `read`; without a row there is no log yet.
    init?(_ answer: Answer) throws(PostgresError) {
        guard answer.rows > 0 else { return nil }
        self.init(
            identity: try answer.text(0, 0), epoch: try answer.integer(0, 1), last: try answer.integer(0, 2),
            behind: try answer.integer(0, 3), node: answer.textIfAny(0, 4),
            pid: answer.integerIfAny(0, 5).map { Int32(truncatingIfNeeded: $0) },
            newestEpoch: try answer.integer(0, 6))
    }
}
