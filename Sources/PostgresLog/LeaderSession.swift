import Synchronization

/// The leader's session: it holds the lock, and has an epoch that nobody else has.
///
/// Calls block, and one after another when several threads call; `abandon` wakes them. After `unavailable` or `fenced`
/// the session is over. Whoever was leader has to lead again with the next epoch, and learns from the head that comes
/// with it whether the last append is in the log: position and epoch of the newest burst say so.
public final class LeaderSession: Sendable {
    /// The number of this leadership: greater than that of every one before it, and written with each burst.
    public let epoch: Int64
    /// The server's process of this session.
    public let pid: Int32
    private let session: Mutex<State>
    private let cut: SocketCut

    private struct State {
        var session: Session?
        var fenced: LogHead?
    }

    init(_ session: sending Session, epoch: Int64, pid: Int32, cut: SocketCut) {
        self.epoch = epoch
        self.pid = pid
        self.cut = cut
        self.session = Mutex(State(session: session))
    }

    /// Gets the lock and the next epoch. Returns when this epoch is committed, and with it all that earlier leaders
    /// appended.
    ///
    /// - Parameter pid: of a leader that is silent (`LogHead.pid`): its session is ended if it holds the lock, and the
    ///   lock is waited for, 3 s at most. An earlier session of this same node is ended without being named.
    /// - Returns: the head with the new epoch. Its `newestEpoch` is an earlier leader's.
    /// - Throws: `held`; `refused` when there is no log yet (`LogTable.create`).
    public static func lead(_ place: PostgresPlace, ending pid: Int32?) throws(PostgresError)
        -> (session: LeaderSession, head: LogHead)
    {
        let session = try Session(place)
        try LeaderLock.acquire(session, ending: pid)
        let head = try nextEpoch(session, node: place.node)
        let (own, cut) = (session.pid, session.cut)
        return (LeaderSession(session, epoch: head.epoch, pid: own, cut: cut), head)
    }

    // The update waits for an append that is not committed yet, and then returns the position after it. An append that
    // comes later finds another epoch. The second statement has a snapshot of its own, from after that wait.
    private static let advance = Statement.once(
        """
        UPDATE screenpop_log SET epoch = epoch + 1, node = $1::text, leader_pid = pg_backend_pid() WHERE one
        RETURNING identity, epoch, last, behind
        """)
    private static let newest = Statement.once(
        "SELECT coalesce((SELECT epoch FROM screenpop_burst ORDER BY first DESC LIMIT 1), 0)")

    static func nextEpoch(_ session: Session, node: String) throws(PostgresError) -> LogHead {
        let answers = try session.run([advance { $0.add(node) }, newest()], within: Limits.epoch)
        guard answers[0].rows == 1 else { throw .refused("there is no log yet: the first node has to create it") }
        return LogHead(
            identity: try answers[0].text(0, 0), epoch: try answers[0].integer(0, 1),
            last: try answers[0].integer(0, 2), behind: try answers[0].integer(0, 3), node: node, pid: session.pid,
            newestEpoch: try answers[1].integer(0, 0))
    }

    // MARK: Appending

    private static let append = Statement(
        "append",
        """
        WITH fence AS (
          UPDATE screenpop_log SET last = $3::bigint WHERE one AND epoch = $1::bigint AND last = $2::bigint
          RETURNING epoch)
        INSERT INTO screenpop_burst (first, last, epoch, read_at, changes, entries)
        SELECT r.first, r.last, fence.epoch, r.read_at, r.changes, r.entries
        FROM fence, unnest($4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bytea[])
          AS r(first, last, read_at, changes, entries)
        """)

    /// Appends rows in one round trip and one transaction. Returns when the server has committed, which with a
    /// synchronous standby takes as long as that is away: no limit, see `abandon`.
    ///
    /// - Parameters:
    ///   - rows: without gaps, of this session's epoch.
    ///   - last: the position before the first of them, which has to be the log's newest one.
    /// - Throws: `fenced`: nothing was appended. `unavailable`: the fate is not known. `refused`: nothing was appended.
    public func append(_ rows: [BurstRow], expecting last: Int64) throws(PostgresError) {
        guard let newest = rows.last?.last else { return }
        try check(rows, after: last)
        let call = LeaderSession.append {
            $0.reserve(rows.reduce(0) { $0 + $1.entries.count + 48 } + 256)
            $0.add(epoch)
            $0.add(last)
            $0.add(newest)
            $0.add(rows.lazy.map(\.first))
            $0.add(rows.lazy.map(\.last))
            $0.add(rows.lazy.map(\.readAt))
            $0.add(rows.lazy.map(\.changes))
            $0.add(rows.lazy.map(\.entries))
        }
        try run(call, writing: Int64(rows.count))
    }

    private func check(_ rows: [BurstRow], after last: Int64) throws(PostgresError) {
        var next = last + 1
        for row in rows {
            guard row.first == next, row.last >= row.first, row.epoch == epoch else {
                throw .refused(
                    "an append of positions \(row.first) to \(row.last), epoch \(row.epoch), where position \(next) of "
                        + "epoch \(epoch) follows")
            }
            next = row.last + 1
        }
    }

    /// - Parameter rows: how many rows the statement writes; with none the fence has held it off.
    private func run(_ call: Call, writing rows: Int64) throws(PostgresError) {
        try session.withLock { (state) throws(PostgresError) in
            if let head = state.fenced { throw .fenced(head) }
            guard let session = state.session else { throw .unavailable("the session was closed") }
            let written = try session.run(call, within: nil).written
            if written == rows { return }
            guard written == 0, let head = try LogHead(try session.run(LogHead.read(), within: Limits.statement)) else {
                throw .refused("the log's row was removed")
            }
            state.fenced = head
            throw .fenced(head)
        }
    }

    // MARK: The end

    // The hint that nobody leads is no part of the promise, so nothing waits for it.
    private static let unhurried = Statement.once("SELECT set_config('synchronous_commit', 'off', true)")
    private static let resign = Statement.once(
        "UPDATE screenpop_log SET node = NULL, leader_pid = NULL WHERE one AND epoch = $1::bigint")
    private static let unlock = Statement.once("SELECT pg_advisory_unlock_all()")

    /// Ends the session in order: nobody leads from then on, the lock is free, and the next leader need not wait. 2 s
    /// at most, after which the connection is closed all the same. It waits for an append of another thread: `abandon`
    /// that before, if it may not end.
    public func close() {
        session.withLock { state in
            guard let session = state.session else { return }
            state.session = nil
            let calls = [
                LeaderSession.unhurried(), LeaderSession.resign { $0.add(epoch) }, LeaderSession.unlock(),
            ]
            _ = try? session.run(calls, within: Limits.close)
        }
    }

    /// Ends an append that waits, with `unavailable` and from any thread. The server is not told and cancels nothing:
    /// only the socket is shut, and a commit that waits there goes on, with the lock, until its standby confirms it or
    /// `lead` ends that session. Nothing can be appended afterwards.
    public func abandon() { cut.cut() }
}
