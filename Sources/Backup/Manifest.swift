import Foundation

/// What a backup consists of: `manifest.json`, written last. A folder without one is no complete backup.
public struct Manifest: Equatable, Sendable, Codable {
    /// The newest form of the file.
    public static let version = 1
    static let name = "manifest.json"
    /// The checksums of all files, the manifest's too, as `sha256sum -c` reads them.
    static let sums = "SHA256SUMS"

    /// The form of the file, at most `Manifest.version`: a greater one is refused.
    var version: Int
    /// The version of the program that made it.
    public var program: String
    /// When the backup began, and when every file was copied.
    public var begunAt: UTCTime
    /// When the last file was copied. UTC.
    public var endedAt: UTCTime
    /// The centre's time zone, where it was known. IANA name.
    public var timezone: String?
    /// Which part of the log is in the backup.
    public var log: Log
    /// The log position of the checkpoint; nil when there is none.
    public var checkpoint: Int64?
    /// Whether the stored files are encrypted with age; the manifest itself is plain.
    public var encrypted: Bool
    /// The files that are in the backup, without the manifest and the checksums.
    var files: [File]

    /// The log as it was copied.
    public struct Log: Equatable, Sendable, Codable {
        /// nil for a log of an older version.
        public var identity: String?
        /// The position before the log's first one ever.
        public var behind: Int64
        /// The oldest position and the newest; nil and `behind` for a log without entries.
        public var first: Int64?
        /// The newest position.
        public var last: Int64
        /// When those were read.
        public var firstAt: UTCTime?
        /// When the entry at `last` was read; nil for a log without entries.
        var lastAt: UTCTime?
        /// The moment of its snapshot: what was acknowledged before is in it.
        public var takenAt: UTCTime
        /// Whether changes of records are in it, too.
        public var hasRecords: Bool

        /// Whether no entry was deleted before.
        public var isWhole: Bool { first.map { $0 == behind + 1 } ?? true }
        /// The latest moment that can be restored from it.
        public var reach: UTCTime { max(takenAt, lastAt ?? takenAt) }
    }

    /// A file of the backup, as it was and as it is stored.
    public struct File: Equatable, Sendable, Codable {
        /// Its name in the state directory.
        public var name: String
        /// Its name in the backup.
        public var stored: String
        /// Its size in a state directory. Bytes.
        var bytes: Int64
        /// SHA-256 of the file as it is in a state directory.
        public var sha256: String
        /// The same of what is stored, when it is encrypted.
        public var storedBytes: Int64
        /// SHA-256 of the file as it is stored, in hexadecimal.
        var storedSha256: String
        /// What a database says of the log that it belongs to.
        public var facts: DatabaseFacts?
    }

    /// The file with this name in the state directory; nil when the backup has none.
    func file(_ name: String) -> File? { files.first { $0.name == name } }

    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    /// Writes manifest and checksums into the folder of a backup.
    func write(into folder: String) throws(BackupError) {
        guard let data = try? Manifest.encoder.encode(self) else { throw BackupError("the manifest cannot be encoded") }
        let bytes = Array(data) + [10]
        var sums = files.map { "\($0.storedSha256)  \($0.stored)\n" }
        sums.append("\(Files.sum(of: bytes).sha256)  \(Manifest.name)\n")
        try Files.write(Array(sums.joined().utf8), to: "\(folder)/\(Manifest.sums)")
        try Files.write(bytes, to: "\(folder)/\(Manifest.name)")
    }

    /// Reads the manifest of a backup.
    ///
    /// - Throws: when it is not there, is damaged, or is of a newer version.
    static func read(from folder: String) throws(BackupError) -> Manifest {
        let path = "\(folder)/\(Manifest.name)"
        guard Files.exists(path) else {
            throw BackupError("\(folder) is no backup: it has no \(Manifest.name). Was the backup interrupted?")
        }
        let bytes = try Files.read(path), sums = try checksums(folder)
        guard sums[Manifest.name] == Files.sum(of: bytes).sha256 else {
            throw BackupError("\(path) is damaged: its checksum is not the one in \(Manifest.sums)")
        }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        struct Form: Decodable { var version: Int }
        if let form = try? decoder.decode(Form.self, from: Data(bytes)), form.version > version {
            throw BackupError("\(path) was made by a newer screenpop (form \(form.version)): use that version or newer")
        }
        do {
            let manifest = try decoder.decode(Manifest.self, from: Data(bytes))
            let listed = Set(manifest.files.map(\.stored) + [Manifest.name])
            guard Set(sums.keys) == listed, listed.allSatisfy({ !$0.contains("/") }) else {
                throw BackupError("\(folder)/\(Manifest.sums) does not list the files of the manifest")
            }
            guard manifest.files.allSatisfy({ sums[$0.stored] == $0.storedSha256 }) else {
                throw BackupError("\(folder)/\(Manifest.sums) and \(Manifest.name) differ: one of them is damaged")
            }
            return manifest
        } catch let error as BackupError { throw error } catch {
            throw BackupError("\(path) is damaged: it is not a manifest that this version writes")
        }
    }

    private static func checksums(_ folder: String) throws(BackupError) -> [String: String] {
        let path = "\(folder)/\(Manifest.sums)"
        guard Files.exists(path) else { throw BackupError("\(path) is missing: the backup is damaged") }
        var sums: [String: String] = [:]
        for line in String(decoding: try Files.read(path), as: UTF8.self).split(separator: "\n") {
            let sum = line.prefix(64), rest = line.dropFirst(64)
            guard rest.hasPrefix("  "), sum.utf8.count == 64 else {
                throw BackupError("\(path) is damaged: a line of it is no checksum")
            }
            sums[String(rest.dropFirst(2))] = String(sum)
        }
        return sums
    }
}
