import Foundation
import SQLite
import Testing

@testable import Storage

/// A log that is looked through and cut.
@Suite struct LogCopyTests {
    let folder: TestFolder
    var path: String { folder.path + "/events.db" }

    init() throws { folder = try TestFolder() }

    /// One row a list; each entry by the second in which it was read.
    func write(_ rows: [[Int64]]) throws {
        var log = try EventLog.open(directory: folder.path)
        for row in rows {
            for readAt in row {
                Array("{\"at\":\(readAt)}".utf8).withUnsafeBytes {
                    log.append(readAt: readAt, source: "pbx", line: $0, facts: [7])
                }
            }
            try log.commit()
        }
    }

    func change(_ sql: String) throws { try Connection(path: path).run(sql) }

    @Test(arguments: [
        (9, 0), (10, 1), (11, 1), (12, 3), (13, 3), (14, 4), (19, 4), (20, 5), (30, 6), (1_000, 6),
    ] as [(Int64, Int64)]) func aMomentIsAPosition(moment: Int64, position: Int64) throws {
        try write([[10, 12, 12, 14], [20], [30]])
        #expect(try LogCopy.open(path: path).position(at: moment) == position)
    }

    /// A clock that was set back: up to the first entry that was read later, as `GET /v1/stats?at=` has it.
    @Test func aClockThatWasSetBackIsReadInTheOrderOfTheLog() throws {
        try write([[10, 20, 15], [16, 30]])
        for (moment, position) in [(16, 1), (20, 4), (29, 4), (30, 5)] as [(Int64, Int64)] {
            #expect(try LogCopy.open(path: path).position(at: moment) == position)
        }
    }

    @Test(arguments: 1...9) func isCutAnywhere(position: Int64) throws {
        try write([[1, 2, 3], [4], [5, 6, 7, 8, 9]])
        let before = try entries(folder.path)
        #expect(try LogCopy.openForChanges(path: path).cut(behind: position) == 9 - position)
        let copy = try LogCopy.open(path: path), facts = try copy.facts()
        #expect(facts.first == 1 && facts.last == position && facts.lastReadAt == position && facts.isWhole)
        #expect(try copy.problems() == [])
        #expect(try entries(folder.path) == Array(before.prefix(Int(position))))
        // The row's own time is that of its newest entry: `position(at:)` goes by it.
        #expect(try copy.position(at: position) == position)
        #expect(try copy.position(at: position - 1) == position - 1)
        _ = consume copy
        // It goes on behind the cut.
        var log = try EventLog.open(directory: folder.path)
        #expect(log.lastSeq == position)
        Array("{}".utf8).withUnsafeBytes { log.append(readAt: 99, source: "pbx", line: $0, facts: []) }
        try log.commit()
        _ = consume log
        #expect(try LogCopy.open(path: path).problems() == [])
        #expect(try entries(folder.path).map(\.seq) == Array(1...(position + 1)))
    }

    @Test func rulesOfLaterGoAndThoseOfBeforeStay() throws {
        try write([[1, 2, 3, 4]])
        let log = try EventLog.open(directory: folder.path)
        for after in [0, 2, 3, 4] as [Int64] { try log.adopt(policy: [UInt8(after)], after: after) }
        _ = consume log
        _ = try LogCopy.openForChanges(path: path).cut(behind: 3)
        #expect(try LogFile.open(path: path).policies().map(\.after) == [0, 2, 3])
    }

    /// The count of changes of records, which a version writes beside the columns that are relied on.
    @Test func theCountOfChangesFollowsTheCut() throws {
        var log = try EventLog.open(directory: folder.path)
        for (n, source) in ["pbx", "\u{0}records", "pbx", "\u{0}records", "\u{0}secrets"].enumerated() {
            [UInt8(1), 0].withUnsafeBytes { log.append(readAt: Int64(n), source: source, line: $0, facts: []) }
        }
        try log.commit()
        _ = consume log
        let hasColumn = "SELECT count(*) FROM pragma_table_info('burst') WHERE name='changes'"
        if try integer(hasColumn, in: path) == 0 {
            try change("ALTER TABLE burst ADD COLUMN changes INTEGER NOT NULL DEFAULT 0")
        }
        try change("UPDATE burst SET changes=3")
        #expect(try LogCopy.open(path: path).facts().hasRecords)
        _ = try LogCopy.openForChanges(path: path).cut(behind: 4)
        #expect(try integer("SELECT changes FROM burst", in: path) == 2)
        _ = try LogCopy.openForChanges(path: path).cut(behind: 1)
        #expect(try integer("SELECT changes FROM burst", in: path) == 0)
        #expect(try !LogCopy.open(path: path).facts().hasRecords)
    }

    @Test(arguments: [
        ("DELETE FROM burst WHERE first=4", "positions 4 to 4 are missing"),
        ("UPDATE burst SET last=6 WHERE first=5", "the row at 5 has 5 entries, and ends at position 6"),
        ("UPDATE burst SET last=5 WHERE first=4", "positions 5 to 5 are there twice"),
        ("UPDATE burst SET entries=substr(entries, 1, length(entries)-3) WHERE first=5", "the row at 5 cannot be read"),
        ("UPDATE burst SET first=400 WHERE first=4", "positions 4 to 4 are missing"),
    ]) func aGapIsFound(sql: String, said: String) throws {
        try write([[1, 2, 3], [4], [5, 6, 7, 8, 9]])
        try change(sql)
        let found = try LogCopy.open(path: path).problems()
        #expect(found.contains(said), "\(found)")
    }

    @Test func aLogWithoutEntriesIsWhole() throws {
        try write([])
        let copy = try LogCopy.open(path: path), facts = try copy.facts()
        #expect(facts.first == nil && facts.last == 0 && facts.isWhole && facts.lastReadAt == nil)
        #expect(try copy.position(at: 5) == 0)
        #expect(try copy.problems() == [])
    }
}
