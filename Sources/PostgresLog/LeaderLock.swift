/// The advisory lock of the leader: on a session, so the server releases it when the session ends, however it ends.
///
/// Its key is the log's table, so each schema of a database has a leader of its own.
enum LeaderLock {
    private struct Holder {
        var pid: Int32
        /// Of its connection, as the server shows it; nil where it does not.
        var application: String?
        /// An earlier session of this node.
        var isOwn: Bool
    }

    private static let key = "\(LockClass.leader), 'screenpop_log'::regclass::oid::int4"

    private static let attempt = Statement.once("SELECT pg_try_advisory_lock(\(key))")
    /// Bounded by `lock_timeout`.
    private static let wait = Statement.once("SELECT pg_advisory_lock(\(key))")

    private static let holder = Statement.once(
        """
        SELECT l.pid, a.application_name, coalesce(a.application_name = current_setting('application_name'), false)
        FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a USING (pid)
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 2 AND l.classid = \(LockClass.leader)::oid
          AND l.objid = 'screenpop_log'::regclass::oid
          AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
        """)
    private static let end = Statement.once("SELECT pg_terminate_backend($1::integer)")

    /// - Parameter pid: the session that may be ended, beside those of this node itself.
    static func acquire(_ session: Session, ending pid: Int32?) throws(PostgresError) {
        // A holder may leave between the attempt and the look at who it is.
        for _ in 0..<3 {
            if try session.run(attempt(), within: Limits.statement).integer(0, 0) == 1 { return }
            guard let found = try held(session) else { continue }
            guard found.isOwn || found.pid == pid else { throw .held(by: node(found.application)) }
            try replace(found, session)
            return
        }
        throw .held(by: nil)
    }

    private static func held(_ session: Session) throws(PostgresError) -> Holder? {
        let answer = try session.run(holder(), within: Limits.statement)
        guard answer.rows > 0 else { return nil }
        return Holder(
            pid: Int32(truncatingIfNeeded: try answer.integer(0, 0)), application: answer.textIfAny(0, 1),
            isOwn: try answer.integer(0, 2) == 1)
    }

    /// Ends a session that holds the lock, and waits for the lock.
    ///
    /// A commit that waits in it for a standby becomes visible by that without being confirmed. So the new leader
    /// relies on nothing before its own epoch is confirmed, which comes behind it in the same stream.
    private static func replace(_ found: Holder, _ session: Session) throws(PostgresError) {
        // A process that is gone already is worth a warning to the server.
        _ = try session.run(end { $0.add(found.pid) }, within: Limits.statement, writes: false)
        do throws(PostgresError) { _ = try session.run(wait(), within: Limits.lock + .seconds(2)) } catch {
            // Its process is stopped, or another candidate was first.
            if session.lastCode == SQLState.lockNotAvailable { throw .held(by: node(found.application)) }
            throw error
        }
    }

    private static func node(_ application: String?) -> String? {
        guard let application, application.hasPrefix("screenpop/") else { return application }
        return String(application.dropFirst("screenpop/".count))
    }
}
