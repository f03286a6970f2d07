import PostgresLog
import Storage

/// Erasing a customer from the shared log (docs/decisions/0039).
extension ClusterNode {
    /// Returns when the shared log up to a position is free of a customer whom this node's copy of it is free of: the
    /// node that leads writes its own rows over those of the database, and the others wait for that.
    ///
    /// Blocks the caller's thread while it reads and writes: for a thread of the caller's own.
    ///
    /// - Throws: `PostgresError` when the database is away or refuses, `LogError` when this node's copy cannot be
    ///   read: to be tried again.
    public func erase(through seq: Int64, in directory: String) async throws {
        let work = ShareErase(place: place, directory: directory, logger: logger)
        while try !work.run(through: seq, epoch: leading.epoch) { try await Task.sleep(for: .seconds(1)) }
    }
}
