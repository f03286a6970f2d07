import Foundation
import Glibc
import SQLite
import Testing

@testable import Backup
@testable import Storage

/// A Monday morning. Milliseconds since 1970.
let morning: Int64 = 1_795_392_000_000

/// A folder that is gone with the test; its name has a space and a letter that an address would have to escape.
final class TestFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "screenpop backup %\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A state directory as a daemon leaves it, and a folder for its backups.
final class TestState {
    let folder: TestFolder
    var state: String { folder.path + "/state" }
    var backups: String { folder.path + "/backups" }
    /// The clock of backups: half a second behind the newest entry.
    private(set) var clock = UTCTime(ms: morning)

    init() throws {
        folder = try TestFolder()
        try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
        for name in ["access.db", "accounts.db"] {
            try Connection(path: "\(state)/\(name)").run("PRAGMA journal_mode=WAL; CREATE TABLE secret(x)")
        }
    }

    /// Appends entries, `perCommit` in a row, read a second apart, and completes the history. A checkpoint says what is
    /// known, unless there is none.
    ///
    /// - Parameter from: when the first one is read. Seconds after `morning`.
    @discardableResult
    func work(_ count: Int, from: Int64, perCommit: Int = 4, keepsCheckpoint: Bool = true) throws -> Int64 {
        var files = try StateFiles.open(directory: state)
        for n in 0..<count {
            let line = Array(#"{"type":"ping","n":\#(n)}"#.utf8), readAt = morning + (from + Int64(n)) * 1_000
            line.withUnsafeBytes { files.log.append(readAt: readAt, source: "pbx", line: $0, facts: []) }
            if (n + 1) % perCommit == 0 || n == count - 1 { try files.log.commit() }
        }
        clock.ms = max(clock.ms, morning + (from + Int64(count)) * 1_000 - 500)
        let last = files.log.lastSeq
        try files.records.noteHistory(through: last)
        if keepsCheckpoint { try files.checkpoint.write([1, 2, 3], at: last, of: files.identity) }
        return last
    }

    func addCustomer(_ name: String) throws {
        let files = try StateFiles.open(directory: state)
        _ = consume files
        let write = try Connection(path: state + "/customers.db")
        let statement = try write.prepare(
            "INSERT INTO customer(name, tier, version, created_at, updated_at) VALUES(?,'regular',1,0,0)")
        try statement.bind(name, 1)
        try statement.run()
    }

    func customers(in state: String) throws -> [String] {
        let all = try Connection(path: state + "/customers.db")
        let names = try all.prepare("SELECT name FROM customer ORDER BY id")
        var found: [String] = []
        while try names.step() { found.append(names.text(0) ?? "") }
        return found
    }

    func run(_ change: (inout BackupRun) -> Void = { _ in }) -> BackupRun {
        var run = BackupRun(stateDirectory: state, folder: backups, program: "test", timezone: "Asia/Tokyo")
        run.isStopped = { false }
        run.now = { [clock] in clock }
        change(&run)
        return run
    }

    @discardableResult
    func backUp(_ change: (inout BackupRun) -> Void = { _ in }) throws -> BackupRun.Report {
        try run(change).run { _, _, _ in }
    }

    func restore(_ path: String? = nil, into: String? = nil, at: Int64? = nil, force: Bool = false) throws
        -> Restore.Report
    {
        var restore = Restore(path: path ?? backups, stateDirectory: into ?? folder.path + "/restored")
        restore.moment = at.map { UTCTime(ms: morning + $0 * 1_000) }
        restore.isForced = force
        restore.isStopped = { false }
        return try restore.run { _, _, _ in }
    }

    func verify(_ path: String? = nil, identity: String? = nil) throws -> [Verification.Result] {
        var verification = Verification(identity: identity)
        verification.isStopped = { false }
        return try verification.run(path ?? backups) { _, _, _ in }
    }

    /// Names in a folder.
    func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
}

/// The lines of a log, and where it ends.
func entries(_ state: String) throws -> [EventLog.Entry] {
    let file = try LogFile.open(path: state + "/events.db")
    var found: [EventLog.Entry] = []
    try file.replay(after: 0) { entry in
        found.append(entry)
        return true
    }
    return found
}

/// The first column of the first row.
func integer(_ sql: String, in path: String) throws -> Int64? { try Connection(path: path).integer(sql) }

func mode(_ path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
}

func isProgram(_ name: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
        access("\($0)/\(name)", X_OK) == 0
    }
}

/// Changes a byte in the middle of a file.
func damage(_ path: String, at place: Int? = nil) throws {
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    bytes[place ?? bytes.count / 2] ^= 0x5A
    try bytes.write(to: URL(fileURLWithPath: path))
}

/// Writes the manifest of a backup again, as if what its files are now had been backed up so.
func sign(_ folder: String, without missing: String? = nil, _ change: (inout Manifest) -> Void = { _ in }) throws {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    var manifest = try decoder.decode(
        Manifest.self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/manifest.json")))
    manifest.files.removeAll { $0.name == missing }
    for place in manifest.files.indices {
        let sum = try Files.sum(folder + "/" + manifest.files[place].stored)
        manifest.files[place].bytes = sum.bytes
        manifest.files[place].storedBytes = sum.bytes
        manifest.files[place].sha256 = sum.sha256
        manifest.files[place].storedSha256 = sum.sha256
    }
    change(&manifest)
    for name in ["manifest.json", "SHA256SUMS"] { try FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    try manifest.write(into: folder)
}
