import Crypto
import Foundation
import Glibc

/// What is done with files here: read, copied, synced, counted. Modes are those of secrets: 0600 and 0700.
enum Files {
    /// Bytes that are read at a time.
    private static let piece = 1 << 20
    /// Bytes between two syncs of a file that is being written: what waits for the disk stays little, and the daemon's
    /// commits do not wait behind gigabytes.
    private static let syncEvery = 8 << 20

    /// The absolute path without links; the path as it is when it does not exist.
    static func real(_ path: String) -> String {
        guard let found = realpath(path, nil) else { return path }
        defer { free(found) }
        return String(cString: found)
    }

    /// A path as its folder and its name: `a/b/` is `a` and `b`, `b` is `.` and `b`, `/b` is `/` and `b`.
    ///
    /// Foundation's own ends the program for a path of one letter (`String._startOfLastPathComponent`, Swift 6.3).
    static func split(_ path: String) -> (folder: String, name: String) {
        let path = trimmed(path[...])
        guard let slash = path.lastIndex(of: "/") else { return (".", String(path)) }
        let folder = trimmed(path[..<slash])
        return (folder.isEmpty ? "/" : String(folder), String(path[path.index(after: slash)...]))
    }

    /// Without slashes at the end, unless it is nothing else.
    private static func trimmed(_ path: Substring) -> Substring {
        var path = path
        while path.utf8.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return path
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func status(_ path: String) -> stat? {
        var found = stat()
        return stat(path, &found) == 0 ? found : nil
    }

    /// Bytes; 0 for a file that is not there.
    static func size(_ path: String) -> Int64 { status(path).map { Int64($0.st_size) } ?? 0 }

    static func isFolder(_ path: String) -> Bool { status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    /// The names in a folder, sorted.
    static func names(_ folder: String) throws(BackupError) -> [String] {
        guard let opened = opendir(folder) else { throw .file(folder, "read") }
        defer { closedir(opened) }
        var names: [String] = []
        while let entry = readdir(opened) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func makeFolder(_ path: String) throws(BackupError) {
        guard mkdir(path, 0o700) == 0 else { throw .file(path, "made") }
    }

    /// Makes a folder and those above it; nothing when it is there.
    static func makeFolders(_ path: String) throws(BackupError) {
        if isFolder(path) { return }
        let above = split(path).folder
        if above != path, above != "." { try makeFolders(above) }
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .file(path, "made") }
        guard isFolder(path) else { throw BackupError("\(path) is no folder: name another") }
    }

    static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

    static func sync(_ path: String) throws(BackupError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .file(path, "read") }
        defer { close(file) }
        guard fsync(file) == 0 else { throw .file(path, "written") }
    }

    /// A new file that only its owner may read.
    static func create(_ path: String) throws(BackupError) -> CInt {
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .file(path, "made") }
        return file
    }

    /// Writes a new file and syncs it.
    static func write(_ bytes: [UInt8], to path: String) throws(BackupError) {
        let file = try create(path)
        defer { close(file) }
        try write(bytes[...], file, path)
        guard fsync(file) == 0 else { throw .file(path, "written") }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, _ file: CInt, _ path: String) throws(BackupError) {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { throw .file(path, "written") }
            rest = rest.dropFirst(count)
        }
    }

    static func read(_ path: String) throws(BackupError) -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try pieces(of: path) { piece throws(BackupError) in bytes += piece }
        return bytes
    }

    /// A file's checksum and length.
    struct Sum: Equatable {
        /// SHA-256, 64 hexadecimal digits.
        var sha256: String
        var bytes: Int64
    }

    /// - Parameter each: called with the number of bytes that were read so far.
    static func sum(_ path: String, each: (Int64) throws(BackupError) -> Void = { _ in }) throws(BackupError) -> Sum {
        var hash = SHA256(), done: Int64 = 0
        let bytes = try pieces(of: path) { piece throws(BackupError) in
            hash.update(data: piece)
            done += Int64(piece.count)
            try each(done)
        }
        return Sum(sha256: hexadecimal(hash.finalize()), bytes: bytes)
    }

    static func sum(of bytes: [UInt8]) -> Sum {
        Sum(sha256: hexadecimal(SHA256.hash(data: bytes)), bytes: Int64(bytes.count))
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Copies a file to a new one, syncs it, and returns the checksum of what was copied.
    static func copy(_ from: String, to path: String, each: (Int64) throws(BackupError) -> Void) throws(BackupError)
        -> Sum
    {
        let file = try create(path)
        defer { close(file) }
        var hash = SHA256(), done: Int64 = 0, unsynced = 0
        _ = try pieces(of: from) { piece throws(BackupError) in
            hash.update(data: piece)
            try write(piece, file, path)
            done += Int64(piece.count)
            unsynced += piece.count
            if unsynced >= syncEvery {
                fdatasync(file)
                unsynced = 0
            }
            try each(done)
        }
        guard fsync(file) == 0 else { throw .file(path, "written") }
        return Sum(sha256: hexadecimal(hash.finalize()), bytes: done)
    }

    /// - Returns: how many bytes the file has.
    private static func pieces(
        of path: String, _ handle: (ArraySlice<UInt8>) throws(BackupError) -> Void
    ) throws(BackupError) -> Int64 {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .file(path, "read") }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: piece), all: Int64 = 0
        while true {
            let count = buffer.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            if count < 0 { throw .file(path, "read") }
            if count == 0 { return all }
            all += Int64(count)
            try handle(buffer[..<count])
        }
    }

    /// Bytes that are free for this user where a folder is; nil when nobody knows.
    static func freeBytes(in folder: String) -> Int64? {
        var found = statvfs()
        guard statvfs(folder, &found) == 0 else { return nil }
        let (bytes, isTooMuch) = UInt64(found.f_bavail).multipliedReportingOverflow(by: UInt64(found.f_frsize))
        return isTooMuch ? nil : Int64(clamping: bytes)
    }
}

/// `12.3 MiB`, for messages.
public func mebibytes(_ bytes: Int64) -> String {
    let tenths = bytes * 10 / 1_048_576
    return "\(tenths / 10).\(tenths % 10) MiB"
}
