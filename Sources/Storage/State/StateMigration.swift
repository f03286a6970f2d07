import Foundation
import Glibc
import SQLite

/// Migrates the files of an earlier version on copies: the files themselves are untouched until it has worked.
///
/// The copies are made and migrated in `migrating`. When all is done and on disk, a mark is written there; from then on
/// the copies count, and moving them into place can be interrupted and continued. The files of the earlier version stay
/// in `before-migration-N`.
enum StateMigration {
    /// The databases, as an earlier version may have them.
    static let databases = ["events.db", "customers.db", "access.db", "accounts.db"]
    private static let marks = ["", "-wal"]
    private static let workName = "migrating"
    private static let doneName = "done"

    /// Whether a database was made by an earlier version. New directories need no migration, and a damaged file is
    /// reported by whoever opens it.
    static func isNeeded(_ directory: String) throws(StoreError) -> Bool {
        for (name, newest) in [
            ("events.db", LogDisk.migrations.newest), ("customers.db", CustomersDatabase.version),
        ] {
            let path = directory + "/" + name
            guard access(path, F_OK) == 0 else { continue }
            do throws(SQLiteError) {
                let version = try Connection(path: path).integer("PRAGMA user_version") ?? 0
                if version > 0, version < newest { return true }
            } catch where error.kind == .damaged { continue } catch { throw StoreError(error, path: path) }
        }
        return false
    }

    /// Migrates where it is needed, and finishes a migration that was interrupted.
    ///
    /// - Parameters:
    ///   - migrate: opens the files of a directory, which migrates them, and closes them again.
    ///   - working: called repeatedly while it takes long.
    /// - Returns: a sentence for the administrator; nil when there was nothing to do.
    static func run(
        _ directory: String, working: @Sendable () -> Void, migrate: (String) throws -> Void
    ) throws -> String? {
        let work = directory + "/" + workName, done = work + "/" + doneName
        if access(done, F_OK) != 0 {
            try? FileManager.default.removeItem(atPath: work)
            guard try isNeeded(directory) else { return nil }
            do {
                try copy(from: directory, to: work, working)
                try migrate(work)
                try sync(work)
                try Data().write(to: URL(fileURLWithPath: done))
                try sync(work)
            } catch {
                try? FileManager.default.removeItem(atPath: work)
                throw StateFilesError(refusal: .migration("\(error)"), directory: directory)
            }
        }
        let before = try moveIntoPlace(work, directory)
        return """
            the files of an earlier version were migrated. They are as they were in \(before): delete that folder when \
            this version has worked for some days
            """
    }

    private static func copy(from directory: String, to work: String, _ working: () -> Void) throws {
        try FileManager.default.createDirectory(
            atPath: work, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for name in databases.flatMap({ name in marks.map { name + $0 } }) + ["checkpoint"] {
            let from = directory + "/" + name
            guard access(from, F_OK) == 0 else { continue }
            working()
            try copy(from, to: work + "/" + name, working)
        }
    }

    /// Bytes copied between two reports.
    private static let pieceBytes = 16 << 20

    private static func copy(_ from: String, to path: String, _ working: () -> Void) throws {
        guard let source = FileHandle(forReadingAtPath: from) else { throw CocoaError(.fileReadNoPermission) }
        let attributes = try FileManager.default.attributesOfItem(atPath: from)
        let mode = attributes[.posixPermissions] ?? 0o600
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: mode]),
            let target = FileHandle(forWritingAtPath: path)
        else { throw CocoaError(.fileWriteNoPermission) }
        while let piece = try source.read(upToCount: pieceBytes), !piece.isEmpty {
            try target.write(contentsOf: piece)
            working()
        }
        try target.close()
    }

    /// Writes the files of a directory, and the directory, to disk.
    private static func sync(_ directory: String) throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory)
        for path in names.map({ directory + "/" + $0 }) + [directory] {
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
            defer { close(file) }
            guard fsync(file) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        }
    }

    /// Moves the files of the earlier version aside and the migrated ones into their place. A file that is still in
    /// `work` has not been moved: so it continues where it was interrupted.
    ///
    /// - Returns: where the files of the earlier version are.
    private static func moveIntoPlace(_ work: String, _ directory: String) throws -> String {
        let before = try beforeFolder(work, directory)
        let files = FileManager.default
        let names = try files.contentsOfDirectory(atPath: work).filter { $0 != doneName && !$0.hasSuffix("-shm") }
        for name in names.sorted() {
            // Its write-ahead log belongs to it, and must not stay beside the migrated one.
            for old in [name + "-wal", name + "-shm", name] where access(directory + "/" + old, F_OK) == 0 {
                try rename(directory + "/" + old, before + "/" + old)
            }
            try rename(work + "/" + name, directory + "/" + name)
        }
        try sync(before)
        try syncFolder(directory)
        try files.removeItem(atPath: work)
        return before
    }

    /// The folder for the files of the earlier version: named in the mark, so that an interrupted move goes on with it.
    private static func beforeFolder(_ work: String, _ directory: String) throws -> String {
        let done = work + "/" + doneName
        let known = String(decoding: FileManager.default.contents(atPath: done) ?? Data(), as: UTF8.self)
        if !known.isEmpty { return known }
        var number = 1
        while access("\(directory)/before-migration-\(number)", F_OK) == 0 { number += 1 }
        let before = "\(directory)/before-migration-\(number)"
        try FileManager.default.createDirectory(
            atPath: before, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        try Data(before.utf8).write(to: URL(fileURLWithPath: done))
        try sync(work)
        return before
    }

    private static func rename(_ from: String, _ to: String) throws {
        guard Glibc.rename(from, to) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }

    private static func syncFolder(_ directory: String) throws {
        let file = open(directory, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
    }
}
