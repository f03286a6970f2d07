/// The tables of the log, made and migrated by numbered steps.
///
/// Nodes are upgraded one after another, so tables of a newer version have to serve older programs for a while: each
/// version says in `needs` the oldest one whose programs may still use the tables.
struct Schema: Sendable {
    struct Step: Sendable {
        /// The oldest version of the tables that a program has to know to use these.
        let needs: Int64
        /// One statement each, without parameters.
        let statements: [String]
    }

    /// Oldest first. A released step is never changed.
    let steps: [Step]

    var newest: Int64 { Int64(steps.count) }

    static let current = Schema(steps: [
        Step(
            needs: 1,
            statements: [
                // One row, updated by each append. Room on its page for many versions of it, so that no index grows.
                """
                CREATE TABLE screenpop_log (
                  one boolean PRIMARY KEY CHECK (one), identity text NOT NULL, epoch bigint NOT NULL,
                  last bigint NOT NULL, behind bigint NOT NULL, node text, leader_pid integer, CHECK (last >= behind))
                WITH (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)
                """,
                """
                CREATE TABLE screenpop_burst (
                  first bigint PRIMARY KEY, last bigint NOT NULL CHECK (last >= first), epoch bigint NOT NULL,
                  read_at bigint NOT NULL, changes bigint NOT NULL, entries bytea NOT NULL)
                """,
                // The server's default takes longer for a large burst than no compression. One that was built without
                // lz4 keeps its default.
                """
                DO $$ BEGIN EXECUTE 'ALTER TABLE screenpop_burst ALTER entries SET COMPRESSION lz4';
                EXCEPTION WHEN feature_not_supported OR syntax_error THEN NULL; END $$
                """,
                // The erases whose entries before them have been replaced in `screenpop_burst`.
                "CREATE TABLE screenpop_erasure (seq bigint PRIMARY KEY, done timestamptz NOT NULL DEFAULT now())",
                // `clock_ms`: the node's clock without the server's. `started`: which process of that node it is.
                """
                CREATE TABLE screenpop_node (
                  node text PRIMARY KEY, address text NOT NULL, version text NOT NULL, state text NOT NULL,
                  seq bigint NOT NULL, beat bigint NOT NULL, seen timestamptz NOT NULL, clock_ms bigint,
                  started bigint NOT NULL)
                WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)
                """,
            ])
    ])

    private static let versions = Statement.once(
        "SELECT version, needs FROM screenpop_schema ORDER BY version DESC LIMIT 1")

    /// Runs the missing steps, all in one transaction.
    ///
    /// - Throws: `refused` for tables that this program is too old for.
    func migrate(_ session: Session) throws(PostgresError) {
        if try isCurrent(session) { return }
        let begin = [
            Statement.once("BEGIN")(),
            Statement.once("SELECT set_config('lock_timeout', '20s', true)")(),
            // Two nodes that start at the same time: the second one finds the first one's tables.
            Statement.once("SELECT pg_advisory_xact_lock(\(LockClass.migration), hashtext(current_schema()))")(),
            Statement.once(
                """
                CREATE TABLE IF NOT EXISTS screenpop_schema (
                  version bigint PRIMARY KEY, needs bigint NOT NULL, applied timestamptz NOT NULL DEFAULT now())
                """)(),
        ]
        _ = try session.run(begin, within: Limits.migration)
        let (version, _) = try usable(try session.run(Schema.versions(), within: Limits.statement))
        var calls: [Call] = []
        for (i, step) in steps.enumerated().dropFirst(Int(version)) {
            calls += step.statements.map { Statement.once($0)() }
            let noted = "INSERT INTO screenpop_schema (version, needs) VALUES (\(i + 1), \(step.needs))"
            calls.append(Statement.once(noted)())
        }
        calls.append(Statement.once("COMMIT")())
        _ = try session.run(calls, within: Limits.migration)
    }

    /// Without a lock: what nearly every start finds.
    private func isCurrent(_ session: Session) throws(PostgresError) -> Bool {
        let place = Statement.once("SELECT current_schema() IS NULL, to_regclass('screenpop_schema') IS NULL")
        let found = try session.run(place(), within: Limits.statement)
        guard try found.integer(0, 1) == 0 else {
            guard try found.integer(0, 0) == 0 else {
                throw .refused("no schema of search_path exists, so there is no place for tables: create one")
            }
            return false
        }
        return try usable(try session.run(Schema.versions(), within: Limits.statement)).version >= newest
    }

    private func usable(_ answer: Answer) throws(PostgresError) -> (version: Int64, needs: Int64) {
        guard answer.rows > 0 else { return (0, 0) }
        let (version, needs) = (try answer.integer(0, 0), try answer.integer(0, 1))
        guard needs <= newest else {
            throw .refused(
                "its tables are of version \(version), made by a newer screenpopd, and need one that knows version "
                    + "\(needs); this one knows \(newest): upgrade screenpopd on this node")
        }
        return (version, needs)
    }
}

/// The first half of the keys of our advisory locks; the second is the table, or the schema, that it is about.
enum LockClass {
    /// The leader's.
    static let leader: Int32 = 0x7363_706C
    static let migration: Int32 = 0x7363_706D
}
