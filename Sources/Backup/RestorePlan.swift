/// Which backups a restore is made from: one has the log, and the same one or an older one has what the log was made
/// into. A value without files, so that a test can try every combination.
enum RestorePlan {
    /// Files that are made from the log. Others, such as the log of who saw what, are those of the backup that has the
    /// log.
    static let projections: Set = ["customers.db", "access.db", "accounts.db"]

    /// The backup whose log is used.
    ///
    /// - Parameters:
    ///   - backups: oldest first.
    ///   - moment: nil for everything that was backed up.
    static func source(_ backups: [BackupFolder.Entry], at moment: UTCTime?) throws(BackupError) -> BackupFolder.Entry {
        guard let newest = backups.last else { throw BackupError("there is no backup that can be read") }
        guard let moment else { return newest }
        // The newest log. After a restore another one goes on, whose positions mean other events.
        let timeline = backups.filter { $0.manifest.log.identity == newest.manifest.log.identity }
        guard moment <= newest.manifest.log.reach else {
            throw BackupError(
                "the newest backup reaches to \(newest.manifest.log.reach) only: leave --at out to restore all of it")
        }
        // The oldest that reaches so far: the longer ago it was made, the older is what its log begins with.
        let source = timeline.first { $0.manifest.log.reach >= moment } ?? newest
        guard let begins = source.manifest.log.firstAt else {
            throw BackupError("the log of \(source.path) has no event: leave --at out to restore it as it is")
        }
        guard begins <= moment else {
            throw BackupError("no backup here reaches back so far: the earliest moment possible is \(begins)")
        }
        return source
    }

    /// From where checkpoint and projections are taken.
    enum Base: Equatable {
        case backup(BackupFolder.Entry)
        /// From nowhere: the log has everything, and the daemon makes them from it at its start.
        case replay
    }

    /// Why there is no base: the position from which on there would be one; nil when no backup has one at all.
    struct NoBase: Error, Equatable {
        var earliest: Int64?
        var takenAt: UTCTime?
    }

    /// - Parameters:
    ///   - source: the backup that has the log.
    ///   - cut: the newest position that stays.
    ///   - hasRecords: whether changes of records are in the log up to there. From then on they begin with all records
    ///     that there were, and records of before, which no change of the log was applied to, are not used with them.
    static func base(
        _ backups: [BackupFolder.Entry], source: BackupFolder.Entry, cut: Int64, hasRecords: Bool
    ) throws(NoBase) -> Base {
        let log = source.manifest.log
        let usable = backups.filter { entry in
            entry.manifest.log.identity == log.identity && joins(entry.manifest, log)
                && (!hasRecords || entry.manifest.file(FileCheck.records)?.facts?.changes != nil)
        }
        if let newest = usable.last(where: { mark($0.manifest) <= cut }) { return .backup(newest) }
        let hasCustomers = source.manifest.file(FileCheck.records)?.facts?.hasCustomers ?? false
        if log.isWhole, hasRecords || !hasCustomers { return .replay }
        let nearest = usable.min { mark($0.manifest) < mark($1.manifest) }
        throw NoBase(earliest: nearest.map { mark($0.manifest) }, takenAt: nearest?.manifest.log.takenAt)
    }

    /// The newest position that a backup's checkpoint or projections know.
    static func mark(_ manifest: Manifest) -> Int64 {
        let marks = manifest.files.filter { projections.contains($0.name) }.compactMap { $0.facts?.mark }
        return max(manifest.checkpoint ?? 0, marks.max() ?? 0)
    }

    /// Whether a log begins where a backup's checkpoint ends, or before: what was deleted from it is in the checkpoint
    /// and in the projections, which were copied after the checkpoint.
    private static func joins(_ manifest: Manifest, _ log: Manifest.Log) -> Bool {
        log.isWhole || (manifest.checkpoint ?? log.behind) >= (log.first ?? 0) - 1
    }

    /// The files of a restored state directory, each with the backup that it is from.
    static func files(source: BackupFolder.Entry, base: Base) -> [(file: Manifest.File, from: BackupFolder.Entry)] {
        var found: [(Manifest.File, BackupFolder.Entry)] = []
        for file in source.manifest.files where !isMade(file.name) { found.append((file, source)) }
        switch base {
        case .backup(let entry):
            for file in entry.manifest.files where isMade(file.name) { found.append((file, entry)) }
        case .replay:
            // A database of an older version that does not know the log cannot be made from it.
            for file in source.manifest.files
            where projections.contains(file.name) && file.name != FileCheck.records && file.facts?.mark == nil {
                found.append((file, source))
            }
        }
        return found
    }

    private static func isMade(_ name: String) -> Bool { name == FileCheck.checkpoint || projections.contains(name) }
}
