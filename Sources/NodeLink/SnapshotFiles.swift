import Foundation
import Glibc

/// The files of a snapshot: what they may be called, and the lines around them on the wire.
///
/// On the wire: blank lines while the snapshot is made; a `Head`; for each file a `File`, its bytes, and an `End`; a
/// `Last`. All but the bytes are JSON objects on lines.
enum SnapshotFiles {
    struct Head: Codable, Equatable, Sendable {
        var files: Int
        var bytes: Int64
        /// Why there is no snapshot; the rest is 0 then.
        var error: String?
    }
    struct File: Codable, Equatable, Sendable {
        /// A path in the folder, its parts separated by slashes.
        var name: String
        var bytes: Int64
    }
    struct End: Codable, Equatable, Sendable {
        /// Of the file's bytes, in hexadecimal.
        var sha256: String
    }
    struct Last: Codable, Equatable, Sendable { var whole: Bool }

    /// Whether a name is a path that stays in its folder: no part of it is empty, `.` or `..`, and none has bytes that
    /// no file of a state directory has in its name.
    static func isSafe(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.isEmpty, parts.count <= LinkLimits.depthMax, name.utf8.count <= 1_024 else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 255
                && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        }
    }

    /// The regular files in a folder and in the folders in it, in the order of their names. Links are left out.
    ///
    /// - Throws: when the folder cannot be read.
    static func list(_ folder: String) throws -> [File] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().compactMap { name in
            var found = stat()
            guard lstat(folder + "/" + name, &found) == 0, found.st_mode & S_IFMT == S_IFREG else { return nil }
            return File(name: name, bytes: Int64(found.st_size))
        }
    }

    static func isEmpty(_ folder: String) throws -> Bool {
        try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty
    }

    static func text(of errorNumber: CInt) -> String { String(cString: strerror(errorNumber)) }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}

/// A system call on a file failed.
struct FileFault: Error, CustomStringConvertible {
    var file: String
    var reason: String
    var description: String { "\(file): \(reason)" }

    init(_ file: String, _ reason: String? = nil) {
        self.file = file
        self.reason = reason ?? SnapshotFiles.text(of: errno)
    }
}
