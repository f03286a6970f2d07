import Glibc
import SQLite

/// Copies a database of a state directory while its daemon writes it.
///
/// The copy is one snapshot, made over a read transaction: no commit waits for it, and however many there are it ends.
/// It is written in steps, each synced and followed by a pause: gigabytes that wait for the disk would make the
/// daemon's commits wait, too.
struct DatabaseCopier: Sendable {
    let isStopped: @Sendable () -> Bool
    var now: @Sendable () -> UTCTime = { .now }

    /// Pages in a step: 2 MiB, some milliseconds.
    private static let pagesPerStep: Int32 = 512
    /// The pause after a step is as long as the step, but no longer than this. Microseconds.
    private static let pauseMax: Int64 = 50_000

    /// SQLITE_INTERRUPT.
    private static let interrupted: Int32 = 9

    /// What a copy was like.
    struct Copied: Equatable {
        /// The moment of the snapshot.
        var takenAt: UTCTime
        /// How long the snapshot was held. Milliseconds.
        var heldMs: Int64
        /// By how much the write-ahead log grew meanwhile. Bytes.
        var grownBy: Int64
    }

    /// - Parameters:
    ///   - path: the database; it is not changed.
    ///   - copy: the new file.
    ///   - each: called after each step with the share that is done.
    func copy(_ path: String, to copy: String, each: (Double) -> Void) throws(BackupError) -> Copied {
        close(try Files.create(copy))
        let logBefore = Files.size(path + "-wal"), copied: Copied
        do throws(SQLiteError) {
            let source = try Connection(path: path, readOnly: true)
            // Pages that are read once need no cache.
            try source.run("PRAGMA cache_size=-512")
            let destination = try Connection(path: copy)
            try destination.run("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF")
            // Before the snapshot: what was committed by then is in it.
            let begun = now(), clock = ContinuousClock.now
            try source.beginReading()
            let isComplete = try copyPages(from: source, to: destination, path: copy, each: each)
            source.endReading()
            if !isComplete { throw SQLiteError(code: DatabaseCopier.interrupted, message: "stopped") }
            copied = Copied(
                takenAt: begun, heldMs: Int64((ContinuousClock.now - clock) / .milliseconds(1)),
                grownBy: max(0, Files.size(path + "-wal") - logBefore))
        } catch { throw .database(error, error.code & 0xFF == BackupError.full ? copy : path) }
        try DatabaseCopier.endWriteAheadLogging(copy)
        try Files.sync(copy)
        return copied
    }

    /// - Returns: false when it was stopped.
    private func copyPages(
        from source: borrowing Connection, to destination: borrowing Connection, path: String, each: (Double) -> Void
    ) throws(SQLiteError) -> Bool {
        let pages = try PageCopy(from: source, to: destination)
        // Closing it releases SQLite's locks on the file; nobody else has it open.
        let file = open(path, O_RDWR | O_CLOEXEC)
        defer { close(file) }
        while true {
            let begun = ContinuousClock.now
            let isMore = try pages.step(pages: DatabaseCopier.pagesPerStep)
            fdatasync(file)
            let all = pages.pageCount
            each(all == 0 ? 1 : Double(all - pages.pagesLeft) / Double(all))
            if !isMore { return true }
            if isStopped() { return false }
            let took = Int64((ContinuousClock.now - begun) / .microseconds(1))
            usleep(UInt32(min(took, DatabaseCopier.pauseMax)))
        }
    }

    /// Makes the copy a database with a rollback journal, which is read without a file beside it. The daemon switches
    /// write-ahead logging on when it opens it. The two bytes are the versions for writing and reading in the header
    /// (sqlite.org/fileformat2.html, 1.3); nothing is in a write-ahead log of a copy that nobody has opened.
    private static func endWriteAheadLogging(_ path: String) throws(BackupError) {
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw .file(path, "written") }
        defer { close(file) }
        var versions: [UInt8] = [0, 0]
        guard pread(file, &versions, 2, 18) == 2 else { return }
        if versions == [2, 2] {
            let journal: [UInt8] = [1, 1]
            guard pwrite(file, journal, 2, 18) == 2 else { throw .file(path, "written") }
        }
    }
}
