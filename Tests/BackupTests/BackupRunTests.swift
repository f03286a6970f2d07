import Foundation
import Glibc
import SQLite
import Synchronization
import Testing

@testable import Backup
@testable import Storage

/// Making backups, and keeping some.
@Suite struct BackupRunTests {
    let centre: TestState

    init() throws { centre = try TestState() }

    @Test func aBackupIsCompleteCheckedAndForItsOwnerAlone() throws {
        try centre.work(10, from: 0)
        // What a later version keeps is copied without being known.
        try Connection(path: centre.state + "/views.db").run("CREATE TABLE view(x); INSERT INTO view VALUES(1)")
        let report = try centre.backUp(), path = report.entry.path, manifest = report.entry.manifest
        #expect(try centre.names(centre.backups) == [(path as NSString).lastPathComponent])
        #expect(
            try centre.names(path) == [
                "SHA256SUMS", "access.db", "accounts.db", "checkpoint", "customers.db", "events.db", "manifest.json",
                "views.db",
            ])
        // The checkpoint before what is made from the log, the log last.
        #expect(
            manifest.files.map(\.name) == [
                "checkpoint", "access.db", "accounts.db", "customers.db", "views.db", "events.db",
            ])
        #expect(try mode(centre.backups) == 0o700)
        #expect(try mode(path) == 0o700)
        for name in try centre.names(path) { #expect(try mode(path + "/" + name) == 0o600, "\(name)") }
        #expect(manifest.log.first == 1 && manifest.log.last == 10 && manifest.log.isWhole && manifest.checkpoint == 10)
        #expect(manifest.log.firstAt == UTCTime(ms: morning) && manifest.log.lastAt == UTCTime(ms: morning + 9_000))
        #expect(manifest.log.identity == manifest.file("customers.db")?.facts?.log)
        #expect(manifest.file("customers.db")?.facts?.mark == 10 && manifest.timezone == "Asia/Tokyo")
        #expect(try Manifest.read(from: path) == manifest)
        let results = try centre.verify()
        #expect(results.map(\.problems) == [[]] && results[0].isDeep)
        #expect(report.removed == [] && report.notices == [])
        // The checksums are those of sha256sum.
        let check = Process()
        check.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
        check.arguments = ["--check", "--strict", "--quiet", "SHA256SUMS"]
        check.currentDirectoryURL = URL(fileURLWithPath: path)
        try check.run()
        check.waitUntilExit()
        #expect(check.terminationStatus == 0)
    }

    /// What is acknowledged while the files are copied is in the log at least, and everything fits together.
    @Test func aBackupBesideAWriterFitsTogether() throws {
        try centre.work(200, from: 0)
        var files = try StateFiles.open(directory: centre.state)
        var failure: (any Error)?, count = 0
        let report = try centre.run().run { step, _, _ in
            guard step == .copying else { return }
            count += 1
            do {
                Array("{}".utf8).withUnsafeBytes {
                    files.log.append(readAt: morning + 300_000, source: "pbx", line: $0, facts: [])
                }
                try files.log.commit()
                try files.records.noteHistory(through: files.log.lastSeq)
                try files.checkpoint.write([9], at: files.log.lastSeq, of: files.identity)
            } catch { failure = error }
        }
        #expect(failure == nil && count > 5)
        let manifest = report.entry.manifest
        let checkpoint = try #require(manifest.checkpoint)
        let mark = try #require(manifest.file("customers.db")?.facts?.mark)
        #expect(checkpoint < mark && mark < manifest.log.last)
        #expect(try centre.verify()[0].problems == [])
        // A start goes on from it as after a crash: nothing is replayed into the history again.
        _ = try centre.restore()
        let again = try StateFiles.open(directory: centre.folder.path + "/restored")
        #expect(again.notices == [] && again.log.lastSeq == manifest.log.last)
    }

    @Test func theNewestStayAndLeftoversGo() throws {
        try centre.work(4, from: 0)
        let first = try centre.backUp(), second = try centre.backUp()
        #expect(first.entry.path != second.entry.path, "two in one second have two names")
        let left = centre.backups + "/20200101T000000Z.partial", other = centre.backups + "/notes"
        for folder in [left, other] {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        // Without a number nothing is removed, and what is left over is said.
        let third = try centre.backUp()
        #expect(third.removed == [] && third.notices.count == 1 && third.notices[0].contains(left))
        let fourth = try centre.backUp { $0.keep = 2 }
        #expect(Set(fourth.removed) == [left, first.entry.path, second.entry.path])
        let kept = [third, fourth].map { ($0.entry.path as NSString).lastPathComponent }
        #expect(try centre.names(centre.backups) == (kept + ["notes"]).sorted())
    }

    /// Nothing older goes before the new one is there.
    @Test func aBackupThatFailsRemovesNothing() throws {
        try centre.work(4, from: 0)
        let old = try centre.backUp()
        for n in 0..<40 { try centre.addCustomer("customer \(n)") }
        try Connection(path: centre.state + "/customers.db").run("PRAGMA wal_checkpoint(TRUNCATE)")
        let path = centre.state + "/customers.db"
        let table = try #require(try integer("SELECT rootpage FROM sqlite_schema WHERE name='customer'", in: path))
        try damage(path, at: Int(table - 1) * 4_096 + 1)
        let error = #expect(throws: BackupError.self) { _ = try centre.backUp { $0.keep = 1 } }
        #expect(error?.description.contains("customers.db is damaged") == true, "\(error?.description ?? "")")
        #expect(try centre.names(centre.backups) == [(old.entry.path as NSString).lastPathComponent])
    }

    @Test(arguments: [0, 1, 3, 5]) func oneThatIsStoppedLeavesNothing(after: Int) throws {
        try centre.work(4, from: 0)
        let asked = Mutex(0)
        let error = #expect(throws: BackupError.self) {
            _ = try centre.backUp {
                $0.isStopped = {
                    asked.withLock { count in
                        count += 1
                        return count > after
                    }
                }
            }
        }
        #expect(error?.kind == .stopped && error?.description == "stopped; nothing is left behind")
        #expect(try centre.names(centre.backups) == [])
    }

    @Test func twoDoNotWriteIntoOneFolder() throws {
        try centre.work(4, from: 0)
        try FileManager.default.createDirectory(atPath: centre.backups, withIntermediateDirectories: true)
        let lock = try FolderLock(centre.backups)
        let error = #expect(throws: BackupError.self) { try centre.backUp() }
        #expect(error?.description.hasPrefix("another backup is being written into") == true)
        #expect(try centre.names(centre.backups) == [])
        withExtendedLifetime(lock) {}
    }

    @Test func whatCannotBeBackedUpIsSaid() throws {
        func refusal(_ change: (inout BackupRun) -> Void) -> BackupError? {
            #expect(throws: BackupError.self) { try centre.backUp(change) }
        }
        #expect(refusal { _ in }?.description.contains("has no events.db") == true)
        #expect(refusal { $0.stateDirectory = "/nowhere" }?.description.contains("name the daemon's with") == true)
        try centre.work(4, from: 0)
        let inside = refusal { $0.folder = centre.state + "/backups" }
        #expect(inside?.kind == .usage && inside?.description.contains("name a folder elsewhere") == true)
        #expect(!FileManager.default.fileExists(atPath: centre.state + "/backups"))
        try "".write(toFile: centre.state + "/old.db-wal", atomically: true, encoding: .utf8)
        #expect(refusal { _ in }?.description.contains("old.db is missing") == true)
        try FileManager.default.removeItem(atPath: centre.state + "/old.db-wal")
        try "no checkpoint".write(toFile: centre.state + "/checkpoint", atomically: true, encoding: .utf8)
        #expect(refusal { _ in }?.description.contains("checkpoint is damaged: move it away") == true)
        #expect(try centre.names(centre.backups) == [])
    }

    @Test func filesThatDoNotBelongTogetherAreNoBackup() throws {
        try centre.work(4, from: 0)
        try Connection(path: centre.state + "/customers.db").run("UPDATE identity SET newest=99")
        let error = #expect(throws: BackupError.self) { try centre.backUp() }
        #expect(error?.description.contains("customers.db knows events up to 99, but the log ends at 4") == true)
        #expect(try centre.names(centre.backups) == [])
    }

    @Test(arguments: [
        ("20261126T140300Z", true), ("20261126T140300Z-2", true), ("20261126T140300Zx", false), ("2026", false),
        ("20261126140300Z00", false), ("notes", false), ("2026112xT140300Z", false),
    ]) func namesOfBackups(name: String, isName: Bool) { #expect(BackupFolder.isName(name) == isName) }
}
