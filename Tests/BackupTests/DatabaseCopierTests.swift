import Foundation
import SQLite
import Testing

@testable import Backup

/// Copies of a database that is being written.
@Suite struct DatabaseCopierTests {
    static let pagesPerStep = 512

    /// Every step is followed by a commit of another connection. The copy begins only once, ends, and is the state of
    /// the moment when it began.
    @Test func aCopyOfADatabaseThatIsWrittenAllTheTimeEndsAndIsOneState() throws {
        let folder = try TestFolder(), path = folder.path + "/a.db", copy = folder.path + "/copy.db"
        let writer = try Connection(path: path)
        try writer.run(
            """
            PRAGMA journal_mode=WAL; CREATE TABLE t(id INTEGER PRIMARY KEY, x BLOB);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<4000)
              INSERT INTO t SELECT i, zeroblob(3000) FROM n
            """)
        let pages = try writer.integer("PRAGMA page_count") ?? 0
        var steps = 0, failure: (any Error)?
        let copied = try DatabaseCopier(isStopped: { false }).copy(path, to: copy) { share in
            steps += 1
            #expect(share > 0 && share <= 1)
            do {
                try writer.run("INSERT INTO t(x) VALUES(zeroblob(3000)); UPDATE t SET x=zeroblob(2999) WHERE id=4")
            } catch { failure = error }
        }
        #expect(failure == nil)
        #expect(steps == (Int(pages) + Self.pagesPerStep - 1) / Self.pagesPerStep && steps > 5)
        let writerCount = try writer.integer("SELECT count(*) FROM t")
        #expect(writerCount == Int64(4_000 + steps))
        // Read without a lock and without files beside it.
        let read = try Connection.immutable(path: copy)
        let readCount = try read.integer("SELECT count(*) FROM t WHERE length(x)=3000")
        #expect(readCount == 4_000)
        #expect(try FileCheck.integrity(copy, isStopped: { false }) == [])
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(files.filter { $0.contains("copy") } == ["copy.db"])
        #expect(try mode(copy) == 0o600)
        #expect(copied.takenAt <= .now && copied.heldMs > 0)
        // It opens as any database does.
        let opened = try Connection(path: copy)
        try opened.run("PRAGMA journal_mode=WAL; INSERT INTO t(x) VALUES(1)")
        let openedCount = try opened.integer("SELECT count(*) FROM t")
        #expect(openedCount == 4_001)
    }

    @Test func aCopyThatIsStoppedSaysSo() throws {
        let folder = try TestFolder(), path = folder.path + "/a.db"
        let writer = try Connection(path: path)
        try writer.run(
            """
            CREATE TABLE t(x BLOB);
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<1000)
              INSERT INTO t SELECT zeroblob(4000) FROM n
            """)
        let error = #expect(throws: BackupError.self) {
            _ = try DatabaseCopier(isStopped: { true }).copy(path, to: folder.path + "/copy.db") { _ in }
        }
        #expect(error?.kind == .stopped)
    }

    @Test func anEmptyDatabaseIsCopiedToo() throws {
        let folder = try TestFolder()
        try Connection(path: folder.path + "/a.db").run("PRAGMA user_version=7")
        _ = try DatabaseCopier(isStopped: { false }).copy(folder.path + "/a.db", to: folder.path + "/b.db") { _ in }
        #expect(try integer("PRAGMA user_version", in: folder.path + "/b.db") == 7)
    }

    @Test func whatIsNoDatabaseIsNamed() throws {
        let folder = try TestFolder(), path = folder.path + "/a.db"
        try String(repeating: "no database ", count: 400).write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: BackupError.self) {
            _ = try DatabaseCopier(isStopped: { false }).copy(path, to: folder.path + "/b.db") { _ in }
        }
        #expect(error?.description.hasPrefix("\(path) is damaged") == true, "\(error?.description ?? "")")
    }
}

/// The times of manifests.
@Suite struct UTCTimeTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_795_392_000_123, "2026-11-23T00:00:00.123Z"),
        (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_868_800_000, "2000-03-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"), (4_102_444_800_000, "2100-01-01T00:00:00.000Z"),
    ] as [(Int64, String)]) func areWrittenAndRead(ms: Int64, text: String) {
        #expect(UTCTime(ms: ms).description == text)
        #expect(UTCTime(text)?.ms == ms)
    }

    @Test func agreeWithFoundation() {
        let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        for day in stride(from: Int64(-100_000), to: 200_000, by: 37) {
            let seconds = day * 86_400 + day % 86_400
            let date = Date(timeIntervalSince1970: Double(seconds))
            #expect(UTCTime(ms: seconds * 1_000).description == date.formatted(style))
        }
    }

    @Test(arguments: [
        "", "2026-11-26", "2026-11-26T14:03:00Z", "2026-13-01T00:00:00.000Z", "2026-02-30T00:00:00.000Z",
        "2026-11-26T14:03:00.000+09:00", "2026-11-26 14:03:00.000Z", "x026-11-26T14:03:00.000Z",
    ]) func nothingElseIsATime(text: String) { #expect(UTCTime(text) == nil) }
}

/// Paths, as people type them.
@Suite struct PathTests {
    @Test(arguments: [
        ("/a/b", "/a", "b"), ("/a/b/", "/a", "b"), ("a//b", "a", "b"), ("b", ".", "b"), ("/b", "/", "b"),
        ("./b", ".", "b"), ("../b", "..", "b"), ("/", "/", ""), ("山/川", "山", "川"), ("//b//", "/", "b"),
    ]) func areAFolderAndAName(path: String, folder: String, name: String) {
        let found = Files.split(path)
        #expect(found.folder == folder && found.name == name)
    }
}
