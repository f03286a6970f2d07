/// How long each kind of statement may take until its session is given up. An append has no limit of its own: its
/// commit may wait for a standby, and that is never cancelled.
enum Limits {
    /// Reading a row or writing one that nothing waits for.
    static let statement: Duration = .seconds(5)
    /// Reading a piece of the log over a slow link.
    static let rows: Duration = .seconds(15)
    /// Changing the tables while another node does so too.
    static let migration: Duration = .seconds(30)
    /// A heartbeat: the next one is due four times a second.
    static let beat: Duration = .seconds(2)
    /// Waiting for the lock of a session that was ended.
    static let lock: Duration = .seconds(3)
    /// The commit of a new epoch, which a standby has to confirm. Later the session is given up; its commit goes on in
    /// the server, and the next attempt of the same node ends that session.
    static let epoch: Duration = .seconds(10)
    /// Freeing the old versions of rows, in a table of any size.
    static let vacuum: Duration = .seconds(900)
    /// A planned stop.
    static let close: Duration = .seconds(2)
    /// The second attempt at a connection, which learns why the first one failed.
    static let diagnosis: Duration = .seconds(2)
}
