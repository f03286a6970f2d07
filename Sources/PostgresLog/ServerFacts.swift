/// What the promise of an acknowledged event depends on in the server, for `screenpop doctor`.
public struct ServerFacts: Equatable, Sendable {
    /// A connection to which the server sends its log.
    public struct Standby: Equatable, Sendable {
        /// Its application_name: what `synchronous_standby_names` lists.
        public var name: String
        /// `streaming` when all is well; `startup`, `catchup`, `backup`, `stopping`.
        public var state: String
        /// `sync` or `quorum` counts for commits; `potential` might; `async` never.
        public var syncState: String
        /// How much of the log it has not yet on its disk. Bytes; nil when unknown.
        public var lagBytes: Int64?
        /// How much of it is not in its tables yet. Bytes; nil when unknown.
        public var replayLagBytes: Int64?

        /// Copies its arguments.
        init(
            name: String, state: String, syncState: String, lagBytes: Int64?, replayLagBytes: Int64? = nil
        ) {
            self.replayLagBytes = replayLagBytes
            self.name = name
            self.state = state
            self.syncState = syncState
            self.lagBytes = lagBytes
        }

        /// Whether commits wait for it, or may: `sync` or `quorum`.
        public var isSynchronous: Bool { syncState == "sync" || syncState == "quorum" }
    }

    /// `15.18 (Debian …)`.
    public var version: String
    /// As the leader's session has it: `on`, `off`, `local`, `remote_write`, `remote_apply`.
    public var synchronousCommit: String
    /// Empty: no commit waits for a standby.
    public var synchronousStandbyNames: String
    /// All standbys; nil when the role may not see them (it needs `pg_monitor` or `pg_read_all_stats`).
    public var syncStandbys: [Standby]?
    /// The server's setting `fsync`: without it a crash of the machine can lose acknowledged commits.
    public var fsync: Bool
    /// The server's setting `full_page_writes`: without it a crash of the machine can damage pages.
    public var fullPageWrites: Bool
    /// A standby.
    public var isInRecovery: Bool
    /// Of the synchronous standby that is furthest behind. Bytes; nil without one, and when the role may not see it.
    public var replicationLagBytes: Int64?
    /// Of a standby: what it has received and not applied yet. Bytes; nil on a primary.
    public var replayLagBytes: Int64?
    /// This machine's clock without the server's. Milliseconds.
    public var clockOffsetMs: Int64
    /// Whether this connection is encrypted.
    public var isEncrypted: Bool

    /// Copies its arguments; `replayLagBytes` is nil and is set afterwards.
    init(
        version: String, synchronousCommit: String, synchronousStandbyNames: String, syncStandbys: [Standby]?,
        fsync: Bool, fullPageWrites: Bool, isInRecovery: Bool, replicationLagBytes: Int64?, clockOffsetMs: Int64,
        isEncrypted: Bool
    ) {
        self.version = version
        self.synchronousCommit = synchronousCommit
        self.synchronousStandbyNames = synchronousStandbyNames
        self.syncStandbys = syncStandbys
        self.fsync = fsync
        self.fullPageWrites = fullPageWrites
        self.isInRecovery = isInRecovery
        self.replicationLagBytes = replicationLagBytes
        self.clockOffsetMs = clockOffsetMs
        self.isEncrypted = isEncrypted
    }
}

extension LogTable {
    private static let settings = Statement(
        "settings",
        """
        SELECT \(WallClock.server), current_setting('server_version'), current_setting('synchronous_commit'),
          current_setting('synchronous_standby_names'), current_setting('fsync')::boolean,
          current_setting('full_page_writes')::boolean, pg_is_in_recovery(),
          pg_has_role(current_user, 'pg_read_all_stats', 'USAGE'),
          pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::bigint
        """)
    // Without the permission the columns are NULL.
    private static let standbys = Statement(
        "standbys",
        """
        SELECT coalesce(application_name, ''), coalesce(state, ''), coalesce(sync_state, ''),
          CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn)::bigint END,
          CASE WHEN NOT pg_is_in_recovery() THEN pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::bigint END
        FROM pg_catalog.pg_stat_replication ORDER BY application_name
        """)

    /// Asks the server for its settings and standbys. Blocks; some seconds at most.
    /// - Throws: `unavailable` or `refused`; after `unavailable` the session is over.
    public func facts() throws(PostgresError) -> ServerFacts {
        // One statement: the clock is read within its round trip.
        let sent = WallClock.nowMs()
        let read = try run([LogTable.settings()], within: Limits.statement)[0]
        let received = WallClock.nowMs()
        let offset = WallClock.offsetMs(sent: sent, server: try read.integer(0, 0), received: received)
        var standbys: [ServerFacts.Standby]?
        if try read.integer(0, 7) == 1 {
            let answer = try run([LogTable.standbys()], within: Limits.statement)[0]
            var found: [ServerFacts.Standby] = []
            for row in 0..<answer.rows {
                found.append(
                    ServerFacts.Standby(
                        name: try answer.text(row, 0), state: try answer.text(row, 1),
                        syncState: try answer.text(row, 2), lagBytes: answer.integerIfAny(row, 3),
                        replayLagBytes: answer.integerIfAny(row, 4)))
            }
            standbys = found
        }
        var facts = ServerFacts(
            version: try read.text(0, 1), synchronousCommit: try read.text(0, 2),
            synchronousStandbyNames: try read.text(0, 3), syncStandbys: standbys, fsync: try read.integer(0, 4) == 1,
            fullPageWrites: try read.integer(0, 5) == 1, isInRecovery: try read.integer(0, 6) == 1,
            replicationLagBytes: standbys?.filter(\.isSynchronous).compactMap(\.lagBytes).max(),
            clockOffsetMs: offset, isEncrypted: isEncrypted)
        facts.replayLagBytes = read.integerIfAny(0, 8)
        return facts
    }
}
