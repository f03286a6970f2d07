import Glibc

/// A folder of backups: each is a folder in it, named by the time when it began.
public struct BackupFolder: Sendable {
    /// The path of the folder, without symbolic links where it exists.
    let path: String

    /// A backup of it.
    public struct Entry: Equatable, Sendable {
        /// The path of the backup's own folder.
        public var path: String
        /// What its `manifest.json` says.
        public var manifest: Manifest
        /// The last part of its path: the time when it began, `20261126T140300Z`.
        public var name: String { Files.split(path).name }
        /// Bytes that it takes.
        public var bytes: Int64 { manifest.files.reduce(0) { $0 + $1.storedBytes } }
    }

    static let partial = ".partial"

    /// Looks at nothing yet; the folder need not exist.
    public init(path: String) { self.path = Files.real(path) }

    /// Whether a folder is one backup, and not a folder of several.
    static func isBackup(_ path: String) -> Bool { Files.exists("\(path)/\(Manifest.name)") }

    /// Names of backups: `20261126T140300Z`, and with `-2` for the second in a second.
    static func isName(_ name: some StringProtocol) -> Bool {
        let name = Array(name.utf8)
        guard name.count >= 16, name[8] == UInt8(ascii: "T"), name[15] == UInt8(ascii: "Z") else { return false }
        return (name[..<8] + name[9..<15]).allSatisfy { (48...57).contains($0) }
            && (name.count == 16 || name[16] == UInt8(ascii: "-"))
    }

    /// The complete backups, oldest first, and those that cannot be read, with the reason.
    public func entries() throws(BackupError) -> (complete: [Entry], unreadable: [(path: String, reason: String)]) {
        guard Files.isFolder(path) else { throw .file(path, "read", ENOENT) }
        var complete: [Entry] = [], unreadable: [(String, String)] = []
        for name in try Files.names(path) where BackupFolder.isName(name) && !name.hasSuffix(BackupFolder.partial) {
            let folder = "\(path)/\(name)"
            guard Files.isFolder(folder) else { continue }
            do throws(BackupError) {
                complete.append(Entry(path: folder, manifest: try Manifest.read(from: folder)))
            } catch { unreadable.append((folder, error.description)) }
        }
        complete.sort { ($0.manifest.log.takenAt, $0.path) < ($1.manifest.log.takenAt, $1.path) }
        return (complete, unreadable)
    }

    /// What backups that were interrupted left behind, and one that is running.
    public func leftovers() throws(BackupError) -> [String] {
        try Files.names(path).filter {
            $0.hasSuffix(BackupFolder.partial) && BackupFolder.isName($0.dropLast(BackupFolder.partial.count))
        }.map { "\(path)/\($0)" }
    }

    /// Makes the folder of a backup that begins: `<time>.partial`.
    ///
    /// - Returns: its path, and the one that it will have when it is complete.
    func begin(at time: UTCTime) throws(BackupError) -> (partial: String, complete: String) {
        for number in 1...1_000 {
            let complete = "\(path)/\(time.compact)\(number == 1 ? "" : "-\(number)")"
            let partial = complete + BackupFolder.partial
            if Files.exists(complete) || Files.exists(partial) { continue }
            try Files.makeFolder(partial)
            return (partial, complete)
        }
        throw BackupError("\(path) has a thousand backups of this second: is the clock right?")
    }

    /// Removes backups, except the newest ones, and what interrupted ones left. Only for who holds the lock.
    ///
    /// - Returns: the paths of what was removed.
    func retain(newest count: Int) throws(BackupError) -> [String] {
        let leftovers = try leftovers()
        leftovers.forEach(Files.remove)
        let old = try entries().complete.dropLast(count).map(\.path)
        for one in old {
            // Without its name first: a removal that is interrupted must not leave a backup that seems complete.
            let away = one + BackupFolder.partial
            if rename(one, away) == 0 { Files.remove(away) }
        }
        return leftovers + old
    }
}

/// The lock of a folder of backups: one backup at a time writes into it. It ends with the process.
struct FolderLock: ~Copyable {
    private let file: CInt

    init(_ path: String) throws(BackupError) {
        let opened = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { throw .file(path, "read") }
        // A file system without locks has none to wait for.
        if flock(opened, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
            close(opened)
            throw BackupError("another backup is being written into \(path): wait for its end, or name another folder")
        }
        file = opened
    }

    deinit { close(file) }
}
