import CallCenter
import Foundation
import Synchronization
import Testing

@testable import Storage

/// A state directory of an earlier version is taken over on copies: its files are untouched until it has worked.
@Suite struct StateMigrationTests {
    /// A state directory of the version before changes of records were in the log.
    static func old() throws -> StateDirectory {
        let directory = try StateDirectory()
        let archive = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("OldState/before-changes.tar.gz")
        let tar = Process()
        tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        tar.arguments = ["tar", "-C", directory.path, "-xzf", archive.path]
        try tar.run()
        tar.waitUntilExit()
        try #require(tar.terminationStatus == 0)
        return directory
    }

    static func bytes(_ folder: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in ["events.db", "customers.db", "access.db", "accounts.db", "checkpoint"] {
            found[name] = FileManager.default.contents(atPath: folder + "/" + name)
        }
        return found
    }

    @Test func theRecordsOfAnEarlierVersionAreInTheLogAfterTheFirstStart() throws {
        let directory = try Self.old(), before = try Self.bytes(directory.path)
        do {
            let files = try StateFiles.open(directory: directory.path)
            #expect(files.notices.first?.contains("before-migration-1") == true)
            #expect(try files.records.everybody.map(\.fields.name) == ["山田 太郎", "鈴木 花子", "ONeil Example"])
            #expect(try files.records.everybody.map(\.version) == [1, 2, 1])
            let versions = try #require(try files.records.versions(of: 2, below: nil, limit: 9))
            #expect(versions.map(\.version) == [2] && versions[0].author.through == .earlier)
            #expect(try files.records.openCases(of: 1).map(\.title) == ["請求書を送る"])
            #expect(try files.records.blocked().map(\.display) == ["090-0000-0199"])
        }
        #expect(try Self.bytes(directory.path + "/before-migration-1") == before, "as they were")
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/migrating"))

        // What is in the log makes the records again.
        let made = try RebuiltRecordsTests.rows(directory)
        for name in ["customers.db", "customers.db-wal", "customers.db-shm"] {
            try? FileManager.default.removeItem(atPath: directory.path + "/" + name)
        }
        do {
            let files = try StateFiles.open(directory: directory.path)
            #expect(files.notices.contains { $0.contains("are rebuilt from the log") })
        }
        // Ids that the log gave to customers are kept free, whether or not the records have them.
        func records(_ rows: [String]) -> [String] { rows.filter { !$0.contains("customers_behind") } }
        #expect(records(try RebuiltRecordsTests.rows(directory)) == records(made))
        let again = try StateFiles.open(directory: directory.path)
        #expect(!again.notices.contains { $0.contains("rebuilt") })
    }

    /// Killed while the migrated files are moved into place: the next start goes on.
    @Test func anInterruptedMoveGoesOn() throws {
        let expected = try Self.old()
        do { _ = try StateFiles.open(directory: expected.path) }
        let rows = try RebuiltRecordsTests.rows(expected)
        for moved in 0...5 {
            let directory = try Self.old(), files = FileManager.default
            let work = directory.path + "/migrating", before = directory.path + "/before-migration-1"
            try files.createDirectory(atPath: work, withIntermediateDirectories: true)
            try files.createDirectory(atPath: before, withIntermediateDirectories: true)
            for name in ["events.db", "customers.db", "access.db", "accounts.db", "checkpoint"] {
                try files.copyItem(atPath: directory.path + "/" + name, toPath: work + "/" + name)
            }
            do { _ = try StateFiles.open(directory: work) }
            try? files.removeItem(atPath: work + "/before-migration-1")
            try before.write(toFile: work + "/done", atomically: true, encoding: .utf8)
            // The first of them are in place already, and the next one was only moved aside.
            let names = try files.contentsOfDirectory(atPath: work).filter { $0 != "done" }.sorted()
            for (n, name) in names.enumerated() where n <= moved {
                try? files.moveItem(atPath: directory.path + "/" + name, toPath: before + "/" + name)
                if n < moved { try files.moveItem(atPath: work + "/" + name, toPath: directory.path + "/" + name) }
            }
            do { _ = try StateFiles.open(directory: directory.path) }
            #expect(try RebuiltRecordsTests.rows(directory) == rows, "after \(moved) files")
            #expect(!files.fileExists(atPath: work))
        }
    }

    /// A copy that fails leaves everything as it was, and says so.
    @Test func whatCannotBeMigratedIsUntouched() throws {
        let directory = try Self.old()
        try Data(repeating: 0x41, count: 4_096).write(
            to: URL(fileURLWithPath: directory.path + "/checkpoint"))
        try SQLiteFile(directory.path + "/customers.db").run("DROP TABLE phone")
        let before = try Self.bytes(directory.path)
        let error = #expect(throws: StateFilesError.self) { _ = try StateFiles.open(directory: directory.path) }
        #expect(error?.description.contains("They are untouched") == true, "\(String(describing: error))")
        #expect(try Self.bytes(directory.path) == before)
        #expect(!FileManager.default.fileExists(atPath: directory.path + "/migrating"))
    }

    @Test func tokensAndAccountsAreRebuiltFromTheLog() throws {
        let directory = try Self.old()
        let files = try StateFiles.open(directory: directory.path), log = SharedLog(files.log)
        let secret = "sp_t0ujrJoukc9-ebf3pqXXrFXJ0e6-it4zrjOKEGA4Oxg"
        do {
            let tokens = try TokenStore.open(directory: directory.path, log: log)
            #expect(tokens.verify(secret, now: morning)?.name == "test")
            let accounts = try AccountStore.open(directory: directory.path, log: log)
            #expect(accounts.account("101")?.name == "高橋")
            let second = try tokens.create(
                role: .admin, name: "second", operator: nil, source: nil, expiresAt: nil, now: morning)
            #expect(try tokens.revoke(second.token.id, now: morning))
            let session = try accounts.signIn("101", now: morning)
            for name in ["access.db", "accounts.db"] {
                for mark in ["", "-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: directory.path + "/" + name + mark)
                }
            }
            let again = try TokenStore.open(directory: directory.path, log: log)
            #expect(again.verify(secret, now: morning)?.name == "test" && again.list().count == 1)
            let back = try AccountStore.open(directory: directory.path, log: log)
            #expect(back.session(session.secret, now: morning)?.account.operator == "101")
            #expect(back.check("101", password: "correct horse 1")?.name == "高橋")
            #expect(back.check("101", password: "wrong horse 1") == nil)
        }
    }
}

/// The log of a state directory, for changes alone.
final class SharedLog: ChangeLog {
    private let log: Mutex<EventLog>
    init(_ log: consuming sending EventLog) { self.log = Mutex(log) }

    func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
        let seq: Int64? = log.withLock { log in
            entry.withUnsafeBytes { log.append(change: $0, kind: kind, readAt: 0) }
            return (try? log.commit()).map { log.committedSeq }
        }
        guard let seq else { throw ChangeLogError("the log cannot be written") }
        return seq
    }
}
