import Glibc
import SQLite
import Storage

/// What a backup or a restore is doing, for whoever watches.
public enum BackupStep: Equatable, Sendable {
    /// What is done with a file; a backup has the first three, in this order.
    case copying, checking, encrypting, decrypting
}

/// Called with what is done with which file, and the share of it between 0 and 1.
public typealias BackupProgress = (BackupStep, _ file: String, _ share: Double) -> Void

/// Makes a backup of a state directory, beside a running daemon or without one.
///
/// The order of the copies makes them fit together: first the checkpoint, then the projections, last the log. So the
/// log reaches at least as far as everything that was made from it, which is what a crash leaves, and a start goes on
/// from there. The checkpoint comes before the history, as the daemon keeps one only when the history is complete up
/// to it: the other way round a start would replay the whole log into the history.
///
/// Everything is written into `<time>.partial` and checked there; it gets its name when it is complete and on disk.
public struct BackupRun: Sendable {
    /// The directory that is copied. It may be that of a running daemon.
    var stateDirectory: String
    /// The folder that gets the backup.
    public var folder: String
    /// How many complete backups stay; nil: nothing is removed.
    public var keep: Int?
    /// For whom the copies are encrypted with age; nil: they are plain.
    var recipients: AgeRecipients?
    /// The version of the program, for the manifest.
    public var program: String
    /// The centre's time zone, for the manifest.
    public var timezone: String?
    /// Asked between two steps and within long ones, from any thread. With true the work ends with
    /// `BackupError.stopped`.
    public var isStopped: @Sendable () -> Bool = { Interruption.isAsked }
    /// Whether the folder may be in the state directory: for a copy that is used and removed at once.
    public var mayBeInside = false
    var now: @Sendable () -> UTCTime = { .now }

    /// Copies its arguments; `run` checks them.
    public init(
        stateDirectory: String, folder: String, keep: Int? = nil, recipients: AgeRecipients? = nil, program: String,
        timezone: String? = nil
    ) {
        self.stateDirectory = stateDirectory
        self.folder = folder
        self.keep = keep
        self.recipients = recipients
        self.program = program
        self.timezone = timezone
    }

    /// What a backup that is complete has done.
    public struct Report: Equatable, Sendable {
        /// The backup that was made.
        public var entry: BackupFolder.Entry
        /// Paths of older backups and of left-overs that were removed.
        public var removed: [String] = []
        /// Sentences for the administrator.
        public var notices: [String] = []
    }

    /// A write-ahead log that grew by more than this while a snapshot was held is said. Bytes.
    private static let growthNoticed: Int64 = 256 << 20

    /// Makes the backup. Blocks, until every file is checked and on disk; what an interrupted one has made is removed.
    /// - Throws: `BackupError`; `.usage` for folders that do not fit together, `.stopped` when `isStopped` says so.
    public func run(_ progress: BackupProgress) throws(BackupError) -> Report {
        let state = Files.real(stateDirectory)
        let names = try filesToCopy(state)
        if let recipients { try Age.check(recipients) }
        let isThere = Files.exists(folder)
        try Files.makeFolders(folder)
        let backups = BackupFolder(path: folder)
        guard backups.path != state, mayBeInside || !backups.path.hasPrefix(state + "/") else {
            if !isThere { rmdir(backups.path) }
            throw BackupError(
                .usage,
                "\(backups.path) is in the state directory, and would be lost with it: name a folder elsewhere, best "
                    + "on another disk")
        }
        let lock = try FolderLock(backups.path)
        return try withExtendedLifetime(lock) { () throws(BackupError) in
            try write(names, from: state, into: backups, progress)
        }
    }

    /// With the lock of the folder held.
    private func write(
        _ names: [String], from state: String, into backups: BackupFolder, _ progress: BackupProgress
    ) throws(BackupError) -> Report {
        let begun = now()
        let leftovers = try backups.leftovers()
        try checkRoom(names, state, backups.path)
        let place = try backups.begin(at: begun)
        do throws(BackupError) {
            var report = try copy(names, from: state, into: place.partial, begun: begun, progress)
            try finish(place)
            report.entry.path = place.complete
            if let keep {
                report.removed = try backups.retain(newest: keep)
            } else if !leftovers.isEmpty {
                report.notices.append(
                    "interrupted backups are left, such as \(leftovers[0]): remove them, or give --keep")
            }
            return report
        } catch {
            Files.remove(place.partial)
            throw error
        }
    }

    /// The checkpoint first, the log last.
    private func filesToCopy(_ state: String) throws(BackupError) -> [String] {
        guard Files.isFolder(state) else {
            throw BackupError("there is no state directory \(state): name the daemon's with --state-dir")
        }
        let names = try Files.names(state)
        guard names.contains(FileCheck.log) else {
            throw BackupError(
                "\(state) has no \(FileCheck.log), and so is no state directory: name the daemon's with --state-dir")
        }
        for name in names where name.hasSuffix(".db-wal") && !names.contains(String(name.dropLast(4))) {
            throw BackupError(
                "\(state)/\(name.dropLast(4)) is missing, but \(name) is there, which has what was written last: "
                    + "put them together first")
        }
        let databases = names.filter { FileCheck.isDatabase($0) && $0 != FileCheck.log }
        return names.filter { $0 == FileCheck.checkpoint } + databases + [FileCheck.log]
    }

    private func checkRoom(_ names: [String], _ state: String, _ folder: String) throws(BackupError) {
        let sizes = names.map { Files.size("\(state)/\($0)") + Files.size("\(state)/\($0)-wal") }
        // Of an encrypted backup one plain copy at a time is there as well.
        let needed = sizes.reduce(0, +) + (recipients == nil ? 0 : sizes.max() ?? 0)
        guard let free = Files.freeBytes(in: folder), free < needed else { return }
        throw BackupError(
            "a backup takes up to \(mebibytes(needed)), and \(folder) has \(mebibytes(free)) free: free some space, "
                + "use a folder on another disk, or keep fewer with --keep")
    }

    private func copy(
        _ names: [String], from state: String, into folder: String, begun: UTCTime, _ progress: BackupProgress
    ) throws(BackupError) -> Report {
        var files: [Manifest.File] = [], notices: [String] = [], taken = begun, log: LogCopy.Facts?
        var kept: StateContents.Checkpoint?, databases: [String: DatabaseFacts] = [:]
        let copier = DatabaseCopier(isStopped: isStopped, now: now)
        for name in names {
            let from = "\(state)/\(name)", path = "\(folder)/\(name)"
            progress(.copying, name, 0)
            if name == FileCheck.checkpoint {
                // Replaced by renaming, so what is opened once is read as a whole. It may be gone by now.
                guard Files.exists(from) else { continue }
                try Files.write(try Files.read(from), to: path)
                guard let found = CheckpointFile(directory: folder).read() else {
                    throw BackupError(
                        "\(from) is damaged: move it away, and the daemon replays the log at its next start")
                }
                kept = .init(seq: found.seq, log: found.log?.text)
            } else {
                let copied = try copier.copy(from, to: path) { progress(.copying, name, $0) }
                if copied.grownBy > BackupRun.growthNoticed {
                    notices.append(
                        "\(name)-wal grew by \(mebibytes(copied.grownBy)) in the \(copied.heldMs / 1_000) s of its "
                            + "copy; it keeps that length until the daemon's next start")
                }
                taken = copied.takenAt
                progress(.checking, name, 0)
                let damage = try FileCheck.integrity(path, isStopped: isStopped)
                guard damage.isEmpty else {
                    throw BackupError("\(from) is damaged: \(damage[0]). The older backups are untouched")
                }
                if name == FileCheck.log {
                    let problems = try FileCheck.logProblems(path)
                    guard problems.isEmpty else { throw BackupError("\(from): \(problems[0])") }
                    log = try FileCheck.logFacts(path)
                } else {
                    databases[name] = try FileCheck.facts(path)
                }
            }
            if isStopped() { throw .stopped }
            files.append(try store(name, in: folder, facts: databases[name], progress))
        }
        guard let log else { throw BackupError("\(state) has no \(FileCheck.log)") }
        let problems = StateContents(log: log, checkpoint: kept, databases: databases).problems
        guard problems.isEmpty else {
            throw BackupError("the files of \(state) do not belong together: \(problems[0])")
        }
        let manifest = Manifest(
            version: Manifest.version, program: program, begunAt: begun, endedAt: now(), timezone: timezone,
            log: Manifest.Log(log, takenAt: taken), checkpoint: kept?.seq, encrypted: recipients != nil, files: files)
        try manifest.write(into: folder)
        return Report(entry: .init(path: folder, manifest: manifest), notices: notices)
    }

    /// Counts and encrypts a plain file that was copied.
    private func store(_ name: String, in folder: String, facts: DatabaseFacts?, _ progress: BackupProgress)
        throws(BackupError) -> Manifest.File
    {
        let path = "\(folder)/\(name)", plain = try Files.sum(path), isStopped = isStopped
        guard let recipients else {
            return Manifest.File(
                name: name, stored: name, bytes: plain.bytes, sha256: plain.sha256, storedBytes: plain.bytes,
                storedSha256: plain.sha256, facts: facts)
        }
        progress(.encrypting, name, 0)
        let stored = name + Age.suffix
        try Age.encrypt(path, to: "\(folder)/\(stored)", recipients, isStopped: isStopped)
        Files.remove(path)
        guard !Files.exists(path) else { throw .file(path, "removed", EIO) }
        let secret = try Files.sum("\(folder)/\(stored)")
        return Manifest.File(
            name: name, stored: stored, bytes: plain.bytes, sha256: plain.sha256, storedBytes: secret.bytes,
            storedSha256: secret.sha256, facts: facts)
    }

    /// Gives a backup its name, when all of it is on disk.
    private func finish(_ place: (partial: String, complete: String)) throws(BackupError) {
        if isStopped() { throw .stopped }
        try Files.sync(place.partial)
        guard rename(place.partial, place.complete) == 0 else { throw .file(place.complete, "made") }
        try Files.sync(Files.split(place.complete).folder)
    }
}

extension Manifest.Log {
    init(_ facts: LogCopy.Facts, takenAt: UTCTime) {
        self.init(
            identity: facts.identity?.text, behind: facts.behind, first: facts.first, last: facts.last,
            firstAt: facts.firstReadAt.map(UTCTime.init(ms:)), lastAt: facts.lastReadAt.map(UTCTime.init(ms:)),
            takenAt: takenAt, hasRecords: facts.hasRecords)
    }
}
