import Glibc

/// The log of a machine as a copy of one that several machines share, before the daemon's parts use it.
extension EventLog {
    /// Opens the copy in a state directory; nil when the directory has no log yet.
    public static func openCopy(directory: String) throws(LogError) -> EventLog? {
        guard access(path(directory), F_OK) == 0 else { return nil }
        return try open(directory: directory)
    }

    /// Gives an empty log the identity of the shared one.
    ///
    /// - Parameter behind: the position before the shared log's first entry.
    public mutating func join(_ identity: LogIdentity, behind: Int64) throws(LogError) {
        precondition(isEmpty, "a log with entries has its identity")
        try claim(identity, behind: behind)
    }

    /// Appends rows of the shared log, on this thread.
    ///
    /// - Returns: false when they do not continue this log; nothing was written then.
    public mutating func follow(_ rows: [LogRow]) throws(LogError) -> Bool {
        guard let commit = beginFollowing(rows) else { return rows.isEmpty }
        do throws(LogError) { try commit.run() } catch {
            rollback()
            throw error
        }
        endFollowing()
        return true
    }
}
