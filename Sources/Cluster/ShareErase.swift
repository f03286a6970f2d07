import Logging
import PostgresLog
import Storage

/// Brings an erase from this node's copy of the log into the shared one: rows that differ are written there as they are
/// here. Blocks.
///
/// Nodes replace a number by words of their own. A leader that goes on with the work of an earlier one therefore
/// compares every row, and the shared log ends with the words of one node.
struct ShareErase: Sendable {
    let place: PostgresPlace
    let directory: String
    let logger: Logger

    /// Bytes of rows that are read and compared at once.
    private static let pieceMax = 4 << 20

    /// - Parameters:
    ///   - seq: the position of the erase's entry.
    ///   - epoch: of this node's leadership; nil when it does not lead.
    /// - Returns: whether the shared log up to the position is free of the customer.
    func run(through seq: Int64, epoch: Int64?) throws -> Bool {
        let table = try LogTable.open(place)
        defer { table.close() }
        if try table.isErased(at: seq) { return true }
        guard let epoch else { return false }
        let copy = try LogRewriter.open(directory: directory)
        var at: Int64 = 0, replaced = 0
        while at < seq {
            let rows = try table.rows(after: at, bytesMax: ShareErase.pieceMax)
            guard let first = rows.first, let newest = rows.last else { break }
            let own = try copy.rows(in: first.first...newest.first)
            let changed = rows.compactMap { row -> BurstRow? in
                guard row.first <= seq, let mine = own[row.first], mine.epoch == row.epoch,
                    mine.entries != row.entries
                else { return nil }
                var new = row
                new.entries = mine.entries
                return new
            }
            if !changed.isEmpty { try table.replace(changed, epoch: epoch) }
            replaced += changed.count
            at = newest.last
        }
        try table.noteErased(at: seq, epoch: epoch)
        // Another node may lead by now: then nothing was noted.
        guard try table.isErased(at: seq) else { return false }
        logger.notice("the shared log up to position \(seq) is free of an erased customer: \(replaced) rows")
        do throws(PostgresError) { try table.vacuum() } catch {
            logger.warning("old versions of rows stay in the database until it vacuums by itself: \(error)")
        }
        return true
    }
}
