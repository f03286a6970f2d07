import Glibc

/// Checks whether a backup can be restored: each file is there and is what was written, the databases are whole, the
/// log is without a gap, and the files belong together.
public struct Verification: Sendable {
    /// The file with age's private key; nil: of an encrypted backup only the checksums are compared.
    public var identity: String?
    /// Asked between two files and within long ones, from any thread. With true the check ends with
    /// `BackupError.stopped`.
    var isStopped: @Sendable () -> Bool = { Interruption.isAsked }

    /// Copies its argument.
    public init(identity: String? = nil) { self.identity = identity }

    /// What became of one backup.
    public struct Result: Equatable, Sendable {
        /// The path of the backup's own folder.
        public var path: String
        /// nil when it cannot be read.
        public var manifest: Manifest?
        /// What is wrong, in plain words; empty when it can be restored.
        public var problems: [String]
        /// Whether the contents were looked at, and not only the checksums.
        public var isDeep: Bool
    }

    /// - Parameter path: a backup, or a folder of several.
    public func run(_ path: String, _ progress: BackupProgress) throws(BackupError) -> [Result] {
        let path = Files.real(path)
        // One that lost its manifest is named as such by its name.
        if BackupFolder.isBackup(path) || BackupFolder.isName(Files.split(path).name) {
            return [try check(path, progress)]
        }
        guard Files.isFolder(path) else { throw .file(path, "read", ENOENT) }
        let found = try BackupFolder(path: path).entries()
        guard !found.complete.isEmpty || !found.unreadable.isEmpty else {
            throw BackupError("there is no backup in \(path)")
        }
        var results = found.unreadable.map {
            Result(path: $0.path, manifest: nil, problems: [$0.reason], isDeep: false)
        }
        for entry in found.complete { results.append(try check(entry.path, progress)) }
        return results.sorted { $0.path < $1.path }
    }

    private func check(_ folder: String, _ progress: BackupProgress) throws(BackupError) -> Result {
        let manifest: Manifest
        do throws(BackupError) { manifest = try Manifest.read(from: folder) } catch {
            if error.kind == .stopped { throw error }
            return Result(path: folder, manifest: nil, problems: [error.description], isDeep: false)
        }
        var result = Result(path: folder, manifest: manifest, problems: [], isDeep: false)
        for file in manifest.files {
            progress(.checking, file.stored, 0)
            result.problems += try checksumProblems(file, in: folder, progress)
        }
        guard result.problems.isEmpty, !manifest.encrypted || identity != nil else { return result }
        result.isDeep = true
        result.problems = try withPlain(manifest, folder, progress) { plain throws(BackupError) in
            try contentProblems(manifest, plain, progress)
        }
        return result
    }

    private func checksumProblems(_ file: Manifest.File, in folder: String, _ progress: BackupProgress)
        throws(BackupError) -> [String]
    {
        let path = "\(folder)/\(file.stored)", isStopped = isStopped
        guard Files.exists(path) else { return ["\(file.stored) is missing"] }
        let sum = try Files.sum(path) { done throws(BackupError) in
            if isStopped() { throw .stopped }
            progress(.checking, file.stored, Double(done) / Double(max(1, file.storedBytes)))
        }
        if sum.bytes != file.storedBytes {
            return ["\(file.stored) has \(sum.bytes) bytes instead of \(file.storedBytes)"]
        }
        return sum.sha256 == file.storedSha256 ? [] : ["\(file.stored) has another checksum than when it was written"]
    }

    private func contentProblems(_ manifest: Manifest, _ folder: String, _ progress: BackupProgress)
        throws(BackupError) -> [String]
    {
        let names = manifest.files.map(\.name)
        guard names.contains(FileCheck.log) else { return ["\(FileCheck.log) is missing"] }
        let found = try FileCheck.problems(in: folder, names, isDeep: true, isStopped: isStopped) {
            progress(.checking, $0, 0)
        }
        guard found.isEmpty else { return found }
        let log = Manifest.Log(try FileCheck.logFacts("\(folder)/\(FileCheck.log)"), takenAt: manifest.log.takenAt)
        return log == manifest.log ? [] : ["the log is not the one of the manifest"]
    }

    /// Calls `work` with a folder that has the plain files. Those of an encrypted backup are there as long as it runs,
    /// in the folder for temporary files and not beside the backup.
    private func withPlain<Made>(
        _ manifest: Manifest, _ folder: String, _ progress: BackupProgress,
        _ work: (String) throws(BackupError) -> Made
    ) throws(BackupError) -> Made {
        guard manifest.encrypted, let identity else { return try work(folder) }
        let above = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
        var template = Array("\(above)/screenpop-verify-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .file(above, "written") }
        let plain = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { Files.remove(plain) }
        for file in manifest.files {
            progress(.decrypting, file.stored, 0)
            try Age.decrypt(
                "\(folder)/\(file.stored)", to: "\(plain)/\(file.name)", identity: identity, isStopped: isStopped)
            guard try Files.sum("\(plain)/\(file.name)").sha256 == file.sha256 else {
                throw BackupError("\(folder)/\(file.stored) has another content than was encrypted")
            }
        }
        return try work(plain)
    }
}
