import Synchronization

/// A session for reading the log, without the leader's lock. It also makes the tables, and removes old rows.
///
/// Calls block, each with a limit on the time, and one after another when several threads call. After `unavailable` the
/// session is over: open another one.
public final class LogTable: Sendable {
    private let session: Mutex<Session?>

    /// Connects, and makes or migrates the tables. Some seconds at most for each host of the conninfo; half a minute
    /// when another node migrates at the same time.
    public static func open(_ place: PostgresPlace) throws(PostgresError) -> LogTable {
        try open(place, schema: .current)
    }

    static func open(_ place: PostgresPlace, schema: Schema) throws(PostgresError) -> LogTable {
        let session = try Session(place)
        try schema.migrate(session)
        return LogTable(session)
    }

    private init(_ session: sending Session) { self.session = Mutex(session) }

    /// Closes the connection. Every later call throws `unavailable`.
    public func close() { session.withLock { $0 = nil } }

    func run(_ calls: [Call], within limit: Duration) throws(PostgresError) -> [Answer] {
        try session.withLock { (session) throws(PostgresError) in
            guard let session else { throw .unavailable("the session was closed") }
            return try session.run(calls, within: limit)
        }
    }

    private func run(_ call: Call, within limit: Duration = Limits.statement) throws(PostgresError) -> Answer {
        try run([call], within: limit)[0]
    }

    var isEncrypted: Bool { session.withLock { $0?.isEncrypted ?? false } }

    // MARK: The log

    /// - Returns: nil when there is no log yet.
    public func head() throws(PostgresError) -> LogHead? { try LogHead(try run(LogHead.read())) }

    private static let create = Statement(
        "create",
        """
        INSERT INTO screenpop_log (one, identity, epoch, last, behind)
        VALUES (true, $1::text, 0, $2::bigint, $2::bigint)
        ON CONFLICT (one) DO NOTHING
        """)

    /// Begins a log; when there is one meanwhile, it is left as it is.
    ///
    /// - Parameters:
    ///   - identity: the log's name.
    ///   - behind: the first entry gets the position after this one.
    /// - Returns: the log that is there now. Compare its identity.
    public func create(identity: String, behind: Int64) throws(PostgresError) -> LogHead {
        let create = LogTable.create {
            $0.add(identity)
            $0.add(behind)
        }
        // Its commit may wait for a standby.
        _ = try run(create, within: Limits.epoch)
        guard let head = try head() else { throw .refused("the log's row was removed while it was created") }
        return head
    }

    private static let rows = Statement(
        "rows",
        """
        SELECT first, last, epoch, read_at, changes, entries FROM (
          SELECT b.*, octet_length(b.entries) AS size,
            sum(octet_length(b.entries)) OVER (ORDER BY b.first ROWS UNBOUNDED PRECEDING) AS upto
          FROM screenpop_burst b
          WHERE b.first >= coalesce((
            SELECT c.first FROM (
              SELECT d.first, d.last FROM screenpop_burst d WHERE d.first <= $1::bigint ORDER BY d.first DESC LIMIT 1) c
            WHERE c.last > $1::bigint), $1::bigint + 1)
          ORDER BY b.first LIMIT 4096) r
        WHERE upto = size OR upto <= $2::bigint ORDER BY first
        """)

    /// The rows with entries after a position, in order and whole.
    ///
    /// - Parameter bytesMax: of their entries together. One row is returned if there is one, whatever its size; 4,096
    ///   at most.
    public func rows(after seq: Int64, bytesMax: Int) throws(PostgresError) -> [BurstRow] {
        let read = LogTable.rows {
            $0.add(seq)
            $0.add(Int64(bytesMax))
        }
        let answer = try run(read, within: Limits.rows)
        var rows: [BurstRow] = []
        rows.reserveCapacity(Int(answer.rows))
        for row in 0..<answer.rows {
            rows.append(
                BurstRow(
                    first: try answer.integer(row, 0), last: try answer.integer(row, 1),
                    epoch: try answer.integer(row, 2), readAt: try answer.integer(row, 3),
                    changes: try answer.integer(row, 4), entries: try answer.bytes(row, 5)))
        }
        return rows
    }

    private static let oldest = Statement("oldest", "SELECT min(first) FROM screenpop_burst")

    /// The first position that is still in the table; nil for an empty one.
    public func oldest() throws(PostgresError) -> Int64? { try run(LogTable.oldest()).integerIfAny(0, 0) }

    private static let epochOf = Statement(
        "epoch",
        """
        SELECT r.epoch FROM (
          SELECT last, epoch FROM screenpop_burst WHERE first <= $1::bigint ORDER BY first DESC LIMIT 1) r
        WHERE r.last = $1::bigint
        """)

    /// The epoch of the burst whose last entry has this position. Nil: no burst ends there, or it was removed by age. A
    /// mirror with another epoch there is not of this log.
    public func epoch(ofBurstEndingAt seq: Int64) throws(PostgresError) -> Int64? {
        try run(LogTable.epochOf { $0.add(seq) }).integerIfAny(0, 0)
    }

    // MARK: Age

    /// Rows of one transaction, so that no transaction is long: a long one keeps dead versions of the head's row.
    private static let rowsCut = 1_000

    private static let cut = Statement(
        "cut",
        """
        DELETE FROM screenpop_burst WHERE first = ANY (ARRAY(
          SELECT b.first FROM screenpop_burst b
          WHERE b.last < $1::bigint AND b.first < (SELECT max(first) FROM screenpop_burst)
          ORDER BY b.first LIMIT \(rowsCut)))
        """)
    // Nothing waits for old rows to be gone on a standby. For this transaction only.
    private static let unhurried = Statement("unhurried", "SELECT set_config('synchronous_commit', 'off', true)")

    /// Removes rows whose entries are all before a position, in pieces of 1,000. The newest row stays: its epoch is
    /// part of the head.
    public func cut(before first: Int64) throws(PostgresError) {
        while true {
            let calls = [LogTable.unhurried(), LogTable.cut { $0.add(first) }]
            if try run(calls, within: Limits.rows)[1].written < Int64(LogTable.rowsCut) { return }
        }
    }
}
