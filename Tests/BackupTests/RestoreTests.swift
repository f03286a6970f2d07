import Foundation
import Glibc
import SQLite
import Testing

@testable import Backup
@testable import Storage

/// State directories from backups.
@Suite struct RestoreTests {
    let centre: TestState
    var restored: String { centre.folder.path + "/restored" }

    init() throws { centre = try TestState() }

    @Test func allOfABackupIsThereUnderAnIdentityOfItsOwn() throws {
        try centre.work(10, from: 0)
        try centre.addCustomer("山田")
        let backup = try centre.backUp().entry, report = try centre.restore()
        #expect(report.last == 10 && report.cut == 0 && report.aside == nil && report.base == report.source)
        #expect(
            try centre.names(restored) == ["access.db", "accounts.db", "checkpoint", "customers.db", "events.db"])
        #expect(try mode(restored) == 0o700)
        for name in try centre.names(restored) { #expect(try mode(restored + "/" + name) == 0o600, "\(name)") }
        let new = try #require(report.log.flatMap(LogIdentity.init))
        #expect(new.text != backup.manifest.log.identity)
        #expect(CheckpointFile(directory: restored).read() == .init(seq: 10, log: new, state: [1, 2, 3]))
        #expect(try entries(restored) == entries(centre.state))
        let files = try StateFiles.open(directory: restored)
        #expect(files.identity == new && files.notices == [] && files.log.lastSeq == 10)
        #expect(try files.records.logMark() == LogMark(log: new, newest: 10, through: 10))
        #expect(try centre.customers(in: restored) == ["山田"])
        _ = consume files
        // A database of the original beside it is refused.
        for end in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: restored + "/customers.db\(end)")
        }
        try FileManager.default.copyItem(
            atPath: centre.state + "/customers.db", toPath: restored + "/customers.db")
        #expect(throws: StateFilesError.self) { _ = try StateFiles.open(directory: restored) }
    }

    @Test func whatWasThereIsRenamedAndSaid() throws {
        try centre.work(10, from: 0)
        try centre.backUp()
        try centre.work(5, from: 100)
        let report = try centre.restore(into: centre.state)
        let aside = try #require(report.aside)
        #expect(aside.hasPrefix(Files.real(centre.state) + ".before-restore-"))
        #expect(try entries(aside).count == 15)
        #expect(try entries(centre.state).count == 10)
        // An empty folder is filled and not renamed.
        try FileManager.default.createDirectory(atPath: restored, withIntermediateDirectories: true)
        chmod(restored, 0o750)
        #expect(try centre.restore().aside == nil)
        #expect(try mode(restored) == 0o750)
        #expect(try entries(restored).count == 10)
    }

    /// Rows of four entries, read at 0, 1, 2, …: each moment is cut exactly, in rows and between them.
    @Test(arguments: 0...11) func aMomentIsRestoredInTheMiddleOfARow(second: Int64) throws {
        try centre.work(12, from: 0, keepsCheckpoint: false)
        try centre.backUp()
        let report = try centre.restore(at: second)
        #expect(report.last == second + 1 && report.cut == 11 - second)
        #expect(report.lastAt == UTCTime(ms: morning + second * 1_000))
        #expect(try entries(restored) == Array(entries(centre.state).prefix(Int(second) + 1)))
        let files = try StateFiles.open(directory: restored)
        #expect(files.log.lastSeq == second + 1 && files.identity.text == report.log)
        // The history knows later calls, unless nothing was cut: it is replayed from the whole log.
        #expect((report.base == nil) == (second < 11))
        #expect(try files.records.historyThrough() == (second < 11 ? 0 : 12))
    }

    @Test func recordsAndCheckpointAreThoseOfTheNewestBackupOfBefore() throws {
        try centre.work(10, from: 0)
        try centre.addCustomer("一")
        let monday = try centre.backUp().entry.path
        try centre.work(10, from: 100)
        try centre.addCustomer("二")
        let tuesday = try centre.backUp().entry.path
        try centre.work(10, from: 200)
        try centre.addCustomer("三")
        let wednesday = try centre.backUp().entry.path
        for (second, last, base, customers) in [
            (209, 30, wednesday, ["一", "二", "三"]), (205, 26, tuesday, ["一", "二"]), (109, 20, tuesday, ["一", "二"]),
            (105, 16, monday, ["一"]), (50, 10, monday, ["一"]),
        ] as [(Int64, Int64, String, [String])] {
            let into = centre.folder.path + "/at \(second)", report = try centre.restore(into: into, at: second)
            #expect(report.last == last && report.base == base, "\(second): \(report)")
            #expect(try centre.customers(in: into) == customers)
            let files = try StateFiles.open(directory: into)
            #expect(files.notices == [] && files.log.lastSeq == last)
            #expect(files.checkpoint.read()?.seq == (base == monday ? 10 : base == tuesday ? 20 : 30))
        }
        // Before the first backup's records the log alone would lose the customers.
        let error = #expect(throws: BackupError.self) { _ = try centre.restore(at: 5) }
        #expect(
            error?.description.contains("the earliest moment possible is \(UTCTime(ms: morning + 9_000))") == true,
            "\(error?.description ?? "")")
        #expect(!FileManager.default.fileExists(atPath: restored))
    }

    @Test func aLogWithoutItsBeginningIsNotReplayed() throws {
        try centre.work(12, from: 0)
        try LogCutter.open(directory: centre.state).cutAll(through: 8)
        try centre.backUp()
        let error = #expect(throws: BackupError.self) { _ = try centre.restore(at: 10) }
        #expect(
            error?.description.contains("the log no longer has its beginning") == true,
            "\(error?.description ?? "")")
        let remedy = "moment possible is \(UTCTime(ms: morning + 11_000)). With older backups beside it, name"
        #expect(error?.description.contains(remedy) == true)
        #expect(try centre.restore().last == 12)
    }

    @Test func aRunningDaemonIsNotDisturbed() throws {
        try centre.work(4, from: 0)
        try centre.backUp()
        let lock = try StateLock(directory: centre.state)
        let error = #expect(throws: BackupError.self) { _ = try centre.restore(into: centre.state, force: true) }
        #expect(error?.description.contains("screenpopd runs on \(Files.real(centre.state)) (pid \(getpid()))") == true)
        #expect(error?.description.contains("systemctl stop screenpop-events.socket") == true)
        withExtendedLifetime(lock) {}
        #expect(try centre.names(centre.folder.path) == ["backups", "state"])
    }

    @Test func anotherFolderIsReplacedByForceAlone() throws {
        try centre.work(4, from: 0)
        try centre.backUp()
        try FileManager.default.createDirectory(atPath: restored, withIntermediateDirectories: true)
        try "mine".write(toFile: restored + "/diary", atomically: true, encoding: .utf8)
        let error = #expect(throws: BackupError.self) { _ = try centre.restore() }
        #expect(error?.kind == .usage && error?.description.contains("is not empty and no state directory") == true)
        let report = try centre.restore(force: true)
        #expect(try centre.names(#require(report.aside)).contains("diary"))
    }

    @Test func aBackupInsideOfTheStateDirectoryIsMovedFirst() throws {
        try centre.work(4, from: 0)
        let path = try centre.backUp().entry.path
        try FileManager.default.moveItem(atPath: path, toPath: centre.state + "/backup")
        let error = #expect(throws: BackupError.self) {
            _ = try centre.restore(centre.state + "/backup", into: centre.state)
        }
        #expect(error?.description.hasSuffix("move the backup elsewhere first") == true)
    }

    @Test(arguments: ["events.db", "customers.db", "checkpoint"]) func damageChangesNothing(name: String) throws {
        try centre.work(40, from: 0)
        let path = try centre.backUp().entry.path
        try damage(path + "/" + name)
        let error = #expect(throws: BackupError.self) { _ = try centre.restore(into: centre.state) }
        #expect(error?.description.contains("\(name) is damaged: its checksum") == true, "\(error?.description ?? "")")
        #expect(try centre.names(centre.folder.path) == ["backups", "state"])
        #expect(try entries(centre.state).count == 40)
    }

    @Test func whoSaysNoChangesNothing() throws {
        try centre.work(4, from: 0)
        try centre.backUp()
        var restore = Restore(path: centre.backups, stateDirectory: centre.state), asked: [String] = []
        let answer = { (state: String, aside: String) in
            asked = [state, aside]
            return false
        }
        let error = #expect(throws: BackupError.self) { _ = try restore.run({ _, _, _ in }, confirm: answer) }
        #expect(error?.description == "nothing was changed" && asked.count == 2 && asked[0] == Files.real(centre.state))
        #expect(try centre.names(centre.folder.path) == ["backups", "state"])
        restore.isStopped = { true }
        let stopped = #expect(throws: BackupError.self) { _ = try restore.run { _, _, _ in } }
        #expect(stopped?.kind == .stopped)
        #expect(try centre.names(centre.folder.path) == ["backups", "state"])
    }

    @Test func aLogOfAnOlderVersionGetsItsIdentityFromTheDaemon() throws {
        try centre.work(8, from: 0)
        try Connection(path: centre.state + "/events.db").run("DELETE FROM identity")
        try Connection(path: centre.state + "/customers.db").run("UPDATE identity SET log=NULL")
        try "screenpop checkpoint 8 1\nx".write(
            toFile: centre.state + "/checkpoint", atomically: true, encoding: .utf8)
        try centre.backUp()
        let report = try centre.restore()
        #expect(report.log == nil && report.last == 8)
        #expect(try StateFiles.open(directory: restored).notices == [])
    }

    @Test func theZoneIsThatOfTheBackup() throws {
        try centre.work(4, from: 0)
        let path = try centre.backUp().entry.path
        #expect(Restore.timezone(of: path) == "Asia/Tokyo" && Restore.timezone(of: centre.backups) == "Asia/Tokyo")
        #expect(Restore.timezone(of: "/nowhere") == nil)
    }
}

extension LogCutter {
    /// Deletes every row up to a position.
    consuming func cutAll(through seq: Int64) throws { while try cut(through: seq, before: .max) {} }
}
