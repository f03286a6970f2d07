import Glibc

/// The changes of records at a start: what the log has and the records have not, and the other way round.
extension StateFiles {
    /// Entries of the log, and their bytes, that are applied in one transaction: each alone would wait for the disk.
    private static let appliedAtOnce = 256, bytesAtOnce = 1 << 20

    /// Applies to the records what the log has behind their mark; records of an earlier version, which are in no log
    /// yet, are written to it first.
    ///
    /// - Parameter working: called repeatedly while it takes long.
    /// - Returns: sentences for the administrator; none for an ordinary start.
    static func bringUp(
        _ records: CustomerStore, with log: inout EventLog, directory: String, working: @Sendable () -> Void
    ) throws -> [String] {
        if let through = try records.changesThrough() {
            try applyChanges(to: records, after: through, directory: directory, working)
            return []
        }
        let file = try LogFile.open(path: EventLog.path(directory))
        var hasChanges = false
        try file.changes(after: 0) { entry in
            hasChanges = entry.kind == .records
            return !hasChanges
        }
        guard hasChanges, try records.count() == 0 else {
            try adopt(records, into: &log, working)
            return []
        }
        // The file of the records is new: it is rebuilt from the log.
        try applyChanges(to: records, after: 0, directory: directory, working)
        try records.noteChanges(through: log.committedSeq)
        let from = try file.isWhole() ? "the log" : "what the log still has; older changes are in backups alone"
        return ["the records in \(directory)/customers.db are rebuilt from \(from)"]
    }

    private static func applyChanges(
        to records: CustomerStore, after seq: Int64, directory: String, _ working: @Sendable () -> Void
    ) throws {
        let file = try LogFile.open(path: EventLog.path(directory))
        var failure: (any Error)?, waiting: [EventLog.Entry] = [], bytes = 0
        try file.changes(after: seq) { entry in
            guard entry.kind == .records else { return true }
            waiting.append(entry)
            bytes += entry.line.count
            guard waiting.count >= appliedAtOnce || bytes >= bytesAtOnce else { return true }
            working()
            do { try records.apply(waiting) } catch { failure = error }
            waiting = []
            bytes = 0
            return failure == nil
        }
        if let failure { throw failure }
        try records.apply(waiting)
    }

    /// Writes the records of an earlier version to the log. Killed in between, the next start begins again: an entry
    /// says what a record is, so having it twice changes nothing.
    private static func adopt(
        _ records: CustomerStore, into log: inout EventLog, _ working: @Sendable () -> Void
    ) throws {
        var place = CustomerStore.AdoptionPlace.customers(after: 0)
        while let (entry, next) = try records.adoption(after: place) {
            working()
            let now = Int64(time(nil)) * 1_000
            entry.bytes.withUnsafeBytes { log.append(change: $0, kind: .records, readAt: now) }
            try log.commit()
            try records.apply(adopted: entry)
            place = next
        }
        try records.noteChanges(through: log.committedSeq)
    }
}
