import Foundation
import SQLite
import Testing

@testable import Backup
@testable import Storage

/// Each kind of damage is found and named.
@Suite struct VerificationTests {
    let centre: TestState
    let path: String

    init() throws {
        centre = try TestState()
        try centre.work(12, from: 0)
        path = try centre.backUp().entry.path
    }

    func problems() throws -> [String] {
        let results = try centre.verify(path)
        #expect(results.count == 1 && results[0].path == path)
        return results[0].problems
    }

    @Test(arguments: [
        "access.db", "accounts.db", "checkpoint", "customers.db", "events.db", "manifest.json", "SHA256SUMS",
    ]) func aByteThatChanged(name: String) throws {
        #expect(try problems() == [])
        try damage(path + "/" + name)
        let found = try problems()
        #expect(!found.isEmpty && found.contains { $0.contains(name) || name == "SHA256SUMS" }, "\(found)")
    }

    @Test(arguments: [
        "access.db", "accounts.db", "checkpoint", "customers.db", "events.db", "manifest.json", "SHA256SUMS",
    ]) func aFileThatIsMissing(name: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + name)
        let found = try problems()
        #expect(found.count == 1 && found[0].contains(name), "\(found)")
    }

    @Test func aFileThatIsShort() throws {
        let file = path + "/events.db"
        try Data(contentsOf: URL(fileURLWithPath: file)).dropLast(100).write(to: URL(fileURLWithPath: file))
        #expect(try problems()[0].hasPrefix("events.db has "))
    }

    /// Damage that was there before the checksums were made.
    @Test(arguments: [
        ("events.db", "DELETE FROM burst WHERE first=5", "events.db: positions 5 to 8 are missing"),
        ("events.db", "UPDATE burst SET last=13 WHERE first=9", "events.db: the row at 9 has 4 entries"),
        ("events.db", "DELETE FROM burst WHERE first=9", "checkpoint knows events up to 12, but the log ends at 8"),
        ("events.db", "DELETE FROM burst WHERE first<9", "the log is not the one of the manifest"),
        ("customers.db", "UPDATE identity SET newest=13", "customers.db knows events up to 13, but the log ends at 12"),
        ("customers.db", "UPDATE identity SET log='00000000000000000000000000000000'",
            "customers.db belongs to another log"),
        ("events.db", "UPDATE identity SET log='00000000000000000000000000000000'",
            "checkpoint belongs to another log"),
    ]) func filesThatDoNotFit(name: String, sql: String, said: String) throws {
        try Connection(path: path + "/" + name).run(sql)
        try sign(path)
        let found = try problems()
        #expect(found.contains { $0.hasPrefix(said) }, "\(found)")
    }

    @Test func pagesThatSQLiteFindsDamaged() throws {
        let file = path + "/events.db"
        let page = try #require(try integer("SELECT rootpage FROM sqlite_schema WHERE name='burst'", in: file))
        try damage(file, at: Int(page - 1) * 4_096 + 3)
        try sign(path)
        #expect(try problems().contains { $0.hasPrefix("events.db is damaged: ") })
    }

    @Test func aCheckpointThatIsNone() throws {
        try "screenpop checkpoint 12 99\nx".write(toFile: path + "/checkpoint", atomically: true, encoding: .utf8)
        try sign(path)
        #expect(try problems() == ["checkpoint cannot be read"])
    }

    @Test func aLogWithoutItsBeginningNeedsItsCheckpoint() throws {
        try Connection(path: path + "/events.db").run("DELETE FROM burst WHERE first<9")
        try FileManager.default.removeItem(atPath: path + "/checkpoint")
        try sign(path, without: "checkpoint") { manifest in
            manifest.log.first = 9
            manifest.log.firstAt = UTCTime(ms: morning + 8_000)
        }
        #expect(try problems() == ["the checkpoint is missing, and the log no longer has its beginning"])
    }

    @Test func aManifestOfANewerVersionIsSaid() throws {
        try sign(path) { $0.version = 99 }
        #expect(try problems()[0].contains("was made by a newer screenpop"))
    }

    @Test func aFolderOfSeveralIsCheckedAsAWhole() throws {
        let second = try centre.backUp().entry.path
        try damage(second + "/events.db")
        let results = try centre.verify()
        #expect(results.map(\.path) == [path, second])
        #expect(results[0].problems == [] && !results[1].problems.isEmpty)
        let empty = try TestFolder()
        let error = #expect(throws: BackupError.self) { _ = try centre.verify(empty.path) }
        #expect(error?.description == "there is no backup in \(Files.real(empty.path))")
        #expect(throws: BackupError.self) { _ = try centre.verify("/nowhere") }
    }
}

/// What files say about each other.
@Suite struct StateContentsTests {
    static let identity = LogIdentity()

    static func contents(first: Int64? = 1, last: Int64 = 100, _ change: (inout StateContents) -> Void = { _ in })
        -> StateContents
    {
        var contents = StateContents(
            log: .init(
                identity: identity, behind: 0, first: first, last: last, firstReadAt: 1, lastReadAt: 2,
                hasRecords: false),
            checkpoint: .init(seq: 90, log: identity.text),
            databases: ["customers.db": .init(log: identity.text, mark: 95), "access.db": .init()])
        change(&contents)
        return contents
    }

    @Test func whatACrashLeavesFits() {
        #expect(Self.contents().problems == [])
        #expect(Self.contents { $0.checkpoint = nil }.problems == [])
        #expect(Self.contents(first: 50).problems == [] && Self.contents(first: 91).problems == [])
        #expect(Self.contents { $0.databases = [:] }.problems == [])
    }

    @Test func whatDoesNotFitIsNamed() {
        #expect(Self.contents(first: 92).problems == ["checkpoint ends at 90, but the log begins at 92 only"])
        #expect(Self.contents(last: 94).problems == ["customers.db knows events up to 95, but the log ends at 94"])
        #expect(Self.contents(last: 89).problems.count == 2)
        #expect(Self.contents { $0.checkpoint?.log = "other" }.problems == ["checkpoint belongs to another log"])
        let other = Self.contents { $0.databases["x.db"] = .init(log: "other") }
        #expect(other.problems == ["x.db belongs to another log"])
        #expect(
            Self.contents(first: 50) { $0.checkpoint = nil }.problems == [
                "the checkpoint is missing, and the log no longer has its beginning"
            ])
    }
}

/// What is read of a database, whatever it is for.
@Suite struct DatabaseFactsTests {
    let folder: TestFolder
    var path: String { folder.path + "/a.db" }

    init() throws { folder = try TestFolder() }

    static let identity = """
        CREATE TABLE identity(
          one INTEGER PRIMARY KEY, log TEXT, newest INTEGER, through INTEGER, changes_through INTEGER);
        INSERT INTO identity VALUES
        """

    @Test(arguments: [
        ("CREATE TABLE t(x)", DatabaseFacts()),
        (identity + "(1, 'abc', 7, NULL, NULL)", DatabaseFacts(log: "abc", mark: 7)),
        (identity + "(1, NULL, 7, 9, 8)", DatabaseFacts(mark: 9, changes: 8)),
        ("CREATE TABLE log_mark(one INTEGER PRIMARY KEY, through INTEGER); INSERT INTO log_mark VALUES(1, NULL)",
            DatabaseFacts()),
        ("CREATE TABLE log_mark(one INTEGER PRIMARY KEY, through INTEGER); INSERT INTO log_mark VALUES(1, 5)",
            DatabaseFacts(mark: 5, changes: 5)),
        // A column of the same name that is no mark.
        ("CREATE TABLE version(through TEXT); INSERT INTO version VALUES('desk')", DatabaseFacts()),
        ("CREATE TABLE customer(x); CREATE TABLE blocked(x)", DatabaseFacts(hasCustomers: false)),
        ("CREATE TABLE customer(x); CREATE TABLE blocked(x); INSERT INTO blocked VALUES(1)",
            DatabaseFacts(hasCustomers: true)),
    ]) func areThoseOfItsMarks(sql: String, facts: DatabaseFacts) throws {
        try Connection(path: path).run(sql)
        #expect(try FileCheck.facts(path) == facts)
    }
}
