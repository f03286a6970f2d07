import Glibc
import SQLite
import Storage

/// Makes a state directory from a backup, as it was at the backup's end or at a moment before.
///
/// For a moment the log is cut behind the last entry that had been read then. Checkpoint and records are those of the
/// newest backup that know nothing later; the daemon applies the rest of the log at its start. The restored log has an
/// identity of its own, in every file: its next positions will mean other events than those of the original, and files
/// of both must not be mixed.
public struct Restore: Sendable {
    /// A backup, or a folder of several.
    public var path: String
    /// The directory that is made. One that is there is renamed first, and never deleted.
    var stateDirectory: String
    /// The moment whose state is restored; nil for everything that was backed up.
    public var moment: UTCTime?
    /// The file with age's private key.
    public var identity: String?
    /// Nobody is asked, and a folder that is no state directory is replaced, too.
    public var isForced = false
    /// Asked between two steps and within long ones, from any thread. With true the restore ends with
    /// `BackupError.stopped`, and the directory that was there is in its place.
    var isStopped: @Sendable () -> Bool = { Interruption.isAsked }

    /// A restore of everything that the newest backup has; `run` checks the paths.
    public init(path: String, stateDirectory: String) {
        self.path = path
        self.stateDirectory = stateDirectory
    }

    /// What was restored, for the administrator.
    public struct Report: Equatable, Sendable {
        /// The path of the new state directory.
        public var stateDirectory: String
        /// Where the state directory that was there is now.
        public var aside: String?
        /// The backup that the log is from, and the one that checkpoint and records are from; nil for none.
        public var source: String
        /// The backup that checkpoint and records are from; nil when none fits, and the daemon rebuilds them from the
        /// log.
        public var base: String?
        /// The newest position, and when it was read.
        public var last: Int64
        /// When the entry at `last` was read; nil for a log without entries.
        public var lastAt: UTCTime?
        /// How many entries of the backup's log were left out as later.
        public var cut: Int64
        /// The new identity of the log; nil for a log of an older version, which gets one at the daemon's start.
        public var log: String?
        /// Sentences for the administrator.
        public var notices: [String]
    }

    /// - Parameter confirm: asked before a state directory is renamed; gets its path and the new one.
    public func run(
        _ progress: BackupProgress, confirm: (_ state: String, _ aside: String) -> Bool = { _, _ in true }
    ) throws(BackupError) -> Report {
        let path = Files.real(path)
        guard Files.isFolder(path) else { throw .file(path, "read", ENOENT) }
        let backups = try backups(in: path)
        let target = try StateTarget(stateDirectory, at: .now, isForced: isForced)
        guard path != target.path, !path.hasPrefix(target.path + "/") else {
            throw BackupError(
                .usage,
                "the backup is inside of \(target.path), which would be renamed: move the backup elsewhere first")
        }
        return try target.locked { () throws(BackupError) in
            let source = try RestorePlan.source(backups, at: moment)
            if let aside = target.aside, !isForced, !confirm(target.path, aside) {
                throw BackupError(.stopped, "nothing was changed")
            }
            do throws(BackupError) {
                try Files.makeFolder(target.building)
                let report = try build(target, from: source, backups, progress)
                if isStopped() { throw .stopped }
                try target.moveIntoPlace()
                return report
            } catch {
                Files.remove(target.building)
                throw error
            }
        }
    }

    /// The centre's time zone, as the newest backup knows it; nil when none does.
    public static func timezone(of path: String) -> String? {
        (try? Restore(path: path, stateDirectory: "").backups(in: Files.real(path)))?.last?.manifest.timezone
    }

    private func backups(in path: String) throws(BackupError) -> [BackupFolder.Entry] {
        if BackupFolder.isBackup(path) { return [.init(path: path, manifest: try Manifest.read(from: path))] }
        let found = try BackupFolder(path: path).entries()
        if found.complete.isEmpty {
            throw BackupError(found.unreadable.first?.reason ?? "there is no backup in \(path)")
        }
        return found.complete
    }

    private func build(
        _ target: StateTarget, from source: BackupFolder.Entry, _ backups: [BackupFolder.Entry],
        _ progress: BackupProgress
    ) throws(BackupError) -> Report {
        guard let log = source.manifest.file(FileCheck.log) else {
            throw BackupError("\(source.path) has no \(FileCheck.log): restore another backup")
        }
        try place(log, from: source, in: target.building, progress)
        let logPath = "\(target.building)/\(FileCheck.log)"
        let cut = try cutPosition(logPath, source), base = try base(backups, source, logPath, cut)
        for (file, entry) in RestorePlan.files(source: source, base: base) where file.name != FileCheck.log {
            try place(file, from: entry, in: target.building, progress)
        }
        progress(.checking, FileCheck.log, 0)
        let count: Int64
        do throws(LogError) { count = try LogCopy.openForChanges(path: logPath).cut(behind: cut) } catch {
            throw .log(error, logPath)
        }
        let renamed = try rename(in: target.building)
        try check(target.building)
        let facts = try FileCheck.logFacts(logPath)
        var report = Report(
            stateDirectory: target.path, aside: target.aside, source: source.path, last: facts.last,
            lastAt: facts.lastReadAt.map(UTCTime.init(ms:)), cut: count, log: renamed?.text, notices: [])
        if case .backup(let entry) = base { report.base = entry.path }
        report.notices = notices(source, base, cut: cut, hasRecords: facts.hasRecords)
        return report
    }

    private func cutPosition(_ log: String, _ source: BackupFolder.Entry) throws(BackupError) -> Int64 {
        guard let moment else { return source.manifest.log.last }
        let copy = try open(log)
        do throws(LogError) { return try copy.position(at: moment.ms) } catch { throw .log(error, log) }
    }

    private func base(
        _ backups: [BackupFolder.Entry], _ source: BackupFolder.Entry, _ path: String, _ cut: Int64
    ) throws(BackupError) -> RestorePlan.Base {
        // All of a backup fits together.
        if moment == nil { return .backup(source) }
        let log = try open(path), hasRecords: Bool
        do throws(LogError) { hasRecords = try log.hasRecords(upTo: cut) } catch { throw .log(error, path) }
        do throws(RestorePlan.NoBase) {
            return try RestorePlan.base(backups, source: source, cut: cut, hasRecords: hasRecords)
        } catch {
            let at = error.earliest.flatMap { seq in (try? log.readAt(seq)).flatMap { $0 } }
            let refusal = noBase(at.map(UTCTime.init(ms:)) ?? error.takenAt, isWhole: source.manifest.log.isWhole)
            if backups.count > 1 { throw refusal }
            throw BackupError("\(refusal). With older backups beside it, name the folder that has them all")
        }
    }

    private func open(_ path: String) throws(BackupError) -> LogCopy {
        do throws(LogError) { return try LogCopy.open(path: path) } catch { throw .log(error, path) }
    }

    private func noBase(_ earliest: UTCTime?, isWhole: Bool) -> BackupError {
        let reason =
            isWhole
            ? "the log of that time has no records, and every backup's customers are of later"
            : "the log no longer has its beginning, and every backup's records are of later"
        let remedy = earliest.map { "the earliest moment possible is \($0)" } ?? "restore an older backup"
        return BackupError("nothing can be restored for that moment: \(reason); \(remedy)")
    }

    /// Puts a file of a backup into the new directory, and compares it with the manifest.
    private func place(
        _ file: Manifest.File, from entry: BackupFolder.Entry, in folder: String, _ progress: BackupProgress
    ) throws(BackupError) {
        let stored = "\(entry.path)/\(file.stored)", path = "\(folder)/\(file.name)", isStopped = isStopped
        let sum: Files.Sum
        if entry.manifest.encrypted {
            guard let identity else {
                throw BackupError(
                    .usage, "\(entry.path) is encrypted: name the file with the private key with --age-identity")
            }
            progress(.decrypting, file.name, 0)
            try Age.decrypt(stored, to: path, identity: identity, isStopped: isStopped)
            sum = try Files.sum(path)
        } else {
            sum = try Files.copy(stored, to: path) { done throws(BackupError) in
                if isStopped() { throw .stopped }
                progress(.copying, file.name, Double(done) / Double(max(1, file.bytes)))
            }
        }
        guard sum == Files.Sum(sha256: file.sha256, bytes: file.bytes) else {
            throw BackupError(
                "\(stored) is damaged: its checksum is not the manifest's. screenpop backup verify says which backups "
                    + "are whole; name one of those")
        }
    }

    /// Gives the log another identity, in every file that names it.
    private func rename(in folder: String) throws(BackupError) -> LogIdentity? {
        guard let old = try FileCheck.logFacts("\(folder)/\(FileCheck.log)").identity else { return nil }
        let new = LogIdentity()
        for name in try Files.names(folder) where FileCheck.isDatabase(name) {
            let path = "\(folder)/\(name)"
            do throws(SQLiteError) {
                let database = try Connection(path: path)
                try database.run("PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF")
                try DatabaseFacts.rename(database, from: old.text, to: new.text)
            } catch { throw .database(error, path) }
            try Files.sync(path)
        }
        let checkpoint = CheckpointFile(directory: folder)
        if let kept = checkpoint.read() {
            do throws(LogError) { try checkpoint.write(kept.state, at: kept.seq, of: new) } catch {
                throw .log(error, folder)
            }
        }
        return new
    }

    private func check(_ folder: String) throws(BackupError) {
        let log = "\(folder)/\(FileCheck.log)"
        let problems =
            try FileCheck.logProblems(log)
            + FileCheck.problems(
                in: folder, try Files.names(folder), isDeep: false, isStopped: isStopped, each: { _ in })
        guard problems.isEmpty else {
            throw BackupError("what was restored does not fit together, and is not used: \(problems[0])")
        }
    }

    private func notices(
        _ source: BackupFolder.Entry, _ base: RestorePlan.Base, cut: Int64, hasRecords: Bool
    ) -> [String] {
        switch base {
        case .replay:
            return [
                "no backup has a checkpoint and records of before that moment: the daemon makes them from the log "
                    + "at its start, which takes some seconds for each million events"
            ]
        case .backup(let entry):
            guard RestorePlan.mark(entry.manifest) < cut, entry.path != source.path, !hasRecords else { return [] }
            return [
                "customers, accounts and tokens are as of \(entry.manifest.log.takenAt): the log of that version does "
                    + "not have their later changes"
            ]
        }
    }
}
