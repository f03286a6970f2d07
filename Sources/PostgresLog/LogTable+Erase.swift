/// Erases: the one case in which rows of the log are written again.
extension LogTable {
    private static let isErased = Statement("erased", "SELECT 1 FROM screenpop_erasure WHERE seq = $1::bigint")

    /// Whether the log before the erase at this position is free of the customer.
    public func isErased(at seq: Int64) throws(PostgresError) -> Bool {
        try run([LogTable.isErased { $0.add(seq) }], within: Limits.statement)[0].rows > 0
    }

    private static let replace = Statement(
        "replace",
        """
        UPDATE screenpop_burst b SET entries = r.entries
        FROM unnest($2::bigint[], $3::bigint[], $4::bytea[]) AS r(first, epoch, entries)
        WHERE b.first = r.first AND b.epoch = r.epoch
          AND EXISTS (SELECT FROM screenpop_log l WHERE l.one AND l.epoch = $1::bigint)
        """)

    /// Writes rows again, with other entries of the same positions. Positions and epochs stay.
    ///
    /// - Parameter epoch: of the leader who does so. With a later leader nothing is written.
    public func replace(_ rows: [BurstRow], epoch: Int64) throws(PostgresError) {
        let call = LogTable.replace {
            $0.reserve(rows.reduce(0) { $0 + $1.entries.count + 32 } + 128)
            $0.add(epoch)
            $0.add(rows.lazy.map(\.first))
            $0.add(rows.lazy.map(\.epoch))
            $0.add(rows.lazy.map(\.entries))
        }
        _ = try run([call], within: Limits.epoch)
    }

    private static let noteErased = Statement(
        "note erased",
        """
        INSERT INTO screenpop_erasure (seq) SELECT $2::bigint FROM screenpop_log l WHERE l.one AND l.epoch = $1::bigint
        ON CONFLICT (seq) DO NOTHING
        """)

    /// Notes that the log before the erase at this position is free of the customer.
    ///
    /// - Parameter epoch: of the leader who has replaced it. With a later leader nothing is noted.
    public func noteErased(at seq: Int64, epoch: Int64) throws(PostgresError) {
        let call = LogTable.noteErased {
            $0.add(epoch)
            $0.add(seq)
        }
        _ = try run([call], within: Limits.epoch)
    }

    /// Frees the old versions of rows that were written again; the server writes other rows over them later. Beside
    /// appends and readers. A quarter of an hour at most.
    public func vacuum() throws(PostgresError) {
        _ = try run([Statement.once("VACUUM screenpop_burst")()], within: Limits.vacuum)
    }
}
