import CallCenter
import Foundation
import SQLite
import Testing

@testable import Storage

/// The hash chain of the view log: whatever is done to the file is found.
@Suite struct ViewChainTests {
    let directory: StateDirectory

    init() throws { directory = try StateDirectory() }

    var file: SQLiteFile { SQLiteFile(directory.path + "/views.db") }

    static func view(
        _ customer: Int64, at ms: Int64 = 0, by: Viewer = .operator("101"), through: RecordView.Means = .pop
    ) -> RecordView {
        RecordView(at: morning + ms, by: by, through: through, customer: customer)
    }

    /// A log of `links` links, with three views each.
    func written(_ links: Int) throws -> ViewLog {
        let log = try ViewLog.open(directory: directory.path)
        for link in 0..<Int64(links) {
            try log.append((0..<3).map { Self.view(link * 3 + $0 + 1, at: link * 1_000 + $0) })
        }
        return log
    }

    func verify(expecting: String? = nil, written: ViewMark? = nil) throws -> ViewVerdict {
        try ViewReader.verify(in: directory.path, expecting: expecting, written: written)
    }

    @Test func whatWasWrittenIsIntact() throws {
        let log = try written(10), verdict = try verify(written: log.head)
        #expect(verdict.isIntact, "\(verdict.faults)")
        #expect(verdict.entries == 30 && verdict.views == 30 && verdict.head == log.head)
        #expect(verdict.firstAt == morning && verdict.lastAt == morning + 9_002)
        // A later start goes on with the same chain.
        let again = try ViewLog.open(directory: directory.path)
        #expect(again.notice == nil && again.head == log.head)
        try again.append([Self.view(99)])
        #expect(try verify(written: again.head).isIntact)
    }

    @Test func anEmptyLogIsIntact() throws {
        let log = try ViewLog.open(directory: directory.path), verdict = try verify(written: log.head)
        #expect(verdict.isIntact && verdict.entries == 0 && verdict.firstAt == nil)
        #expect(log.head.seq == 0 && log.head.hash.count == ViewLink.hashBytes)
        let other = try StateDirectory()
        #expect(try ViewLog.open(directory: other.path).head != log.head, "each chain begins with bytes of its own")
    }

    struct Tampering: Sendable, CustomTestStringConvertible {
        var what: String
        var sql: String
        var faults: [ViewVerdict.Fault.Kind]
        var from: Int64?
        var testDescription: String { what }

        init(_ what: String, _ sql: String, _ faults: ViewVerdict.Fault.Kind..., from: Int64? = nil) {
            self.what = what
            self.sql = sql
            self.faults = faults
            self.from = from
        }
    }

    /// The third of ten links has the entries 7 to 9.
    static let tamperings: [Tampering] = [
        Tampering("a body is another", "UPDATE link SET body=(SELECT body FROM link WHERE first=4) WHERE first=7",
            .changed, .index, from: 7),
        Tampering("a time is another", "UPDATE link SET last_at=last_at+1 WHERE first=7", .changed, from: 7),
        Tampering("a count is another", "UPDATE link SET count=2 WHERE first=7", .changed, .missing, from: 7),
        Tampering("a kind is another", "UPDATE link SET kind=1 WHERE first=7", .changed, .index, from: 7),
        Tampering("a kind that nobody knows", "UPDATE link SET kind=9 WHERE first=7", .changed, .index, from: 7),
        Tampering(
            "a hash is another", "UPDATE link SET hash=randomblob(32) WHERE first=7", .changed, .changed, from: 7),
        Tampering("a link is gone", "DELETE FROM link WHERE first=7", .missing, .index, from: 7),
        Tampering(
            "a link and its index are gone", "DELETE FROM link WHERE first=7; DELETE FROM seen WHERE link=7", .missing,
            from: 7),
        Tampering(
            "a link is gone, and those after it moved up",
            "DELETE FROM link WHERE first=7; DELETE FROM seen WHERE link=7; "
                + "UPDATE link SET first=first-3 WHERE first>7; UPDATE seen SET link=link-3 WHERE link>7; "
                + "UPDATE mark SET seq=seq-3 WHERE name='head'",
            .changed, .changed, .changed, .changed, .changed, .changed, .changed, from: 7),
        Tampering(
            "two links changed places",
            "UPDATE link SET first=1000 WHERE first=7; UPDATE link SET first=7 WHERE first=10; "
                + "UPDATE link SET first=10 WHERE first=1000; UPDATE seen SET link=1000 WHERE link=7; "
                + "UPDATE seen SET link=7 WHERE link=10; UPDATE seen SET link=10 WHERE link=1000",
            .changed, .changed, .changed, from: 7),
        Tampering(
            "a link is inserted", "INSERT INTO link SELECT 8, kind, count, first_at, last_at, hash, body FROM link "
                + "WHERE first=7; INSERT INTO seen SELECT customer, 8 FROM seen WHERE link=7",
            .inserted, from: 8),
        Tampering(
            "a link is appended", "INSERT INTO link SELECT 31, kind, count, first_at, last_at, hash, body FROM link "
                + "WHERE first=7; INSERT INTO seen SELECT customer, 31 FROM seen WHERE link=7",
            .changed, .inserted, from: 31),
        Tampering(
            "the newest are gone", "DELETE FROM link WHERE first>=25; DELETE FROM seen WHERE link>=25", .cutOff,
            from: 25),
        Tampering("all are gone", "DELETE FROM link; DELETE FROM seen", .cutOff, from: 1),
        Tampering(
            "the oldest are gone", "DELETE FROM link WHERE first<=4; DELETE FROM seen WHERE link<=4", .missing,
            from: 1),
        Tampering(
            "the oldest are gone, and the chain is said to begin behind them",
            "UPDATE mark SET seq=6, hash=(SELECT hash FROM link WHERE first=4) WHERE name='anchor';"
                + "DELETE FROM link WHERE first<=4; DELETE FROM seen WHERE link<=4", .begins),
        Tampering("the beginning is another", "UPDATE mark SET hash=randomblob(32) WHERE name='anchor'", .changed,
            from: 1),
        Tampering("the end is another", "UPDATE mark SET hash=randomblob(32) WHERE name='head'", .changed, from: 30),
        Tampering("the end is nowhere", "DELETE FROM mark WHERE name='head'", .inserted, from: 1),
        Tampering("a customer is not found", "DELETE FROM seen WHERE customer=8", .index),
        Tampering("a customer is found elsewhere", "UPDATE seen SET link=10 WHERE customer=8", .index),
    ]

    @Test(arguments: tamperings) func isFound(_ tampering: Tampering) throws {
        do { _ = try written(10) }
        #expect(try verify().isIntact)
        try file.run(tampering.sql)
        let verdict = try verify()
        #expect(verdict.faults.map(\.kind) == tampering.faults, "\(verdict.faults)")
        if let from = tampering.from { #expect(verdict.faults.first?.from == from, "\(verdict.faults)") }
        // What is written later does not repair it.
        let log = try ViewLog.open(directory: directory.path)
        try log.append([Self.view(1_000)])
        #expect(try !verify(written: log.head).isIntact)
    }

    /// What a chain alone cannot show: that it was written again from some entry on. A hash from outside shows it.
    @Test func aHashThatIsStoredElsewhereFindsAChainThatWasWrittenAgain() throws {
        let stored: ViewMark, middle: ViewMark
        do {
            let log = try written(5)
            middle = log.head
            for link in 5..<Int64(10) { try log.append([Self.view(link)]) }
            stored = log.head
        }
        // The newest five are removed, and the file says that it ends there.
        try file.with { database in
            try database.run("DELETE FROM link WHERE first>15; DELETE FROM seen WHERE link>15")
            try middle.write("head", database)
        }
        #expect(try verify().isIntact)
        #expect(try verify(expecting: middle.hex).isIntact)
        #expect(try verify(expecting: String(middle.hex.prefix(16)).uppercased()).isIntact)
        #expect(try verify(expecting: String(middle.hex.prefix(17))).isIntact)
        for strange in [middle.hex + "0", "x" + middle.hex.dropFirst(), String(middle.hex.reversed())] {
            #expect(try verify(expecting: strange).faults.map(\.kind) == [.expected])
        }
        #expect(try verify(expecting: stored.hex).faults.map(\.kind) == [.expected])
        // A daemon that runs knows its own.
        #expect(try verify(written: stored).faults == [.init(kind: .cutOff, from: 16, to: 20)])
        let log = try ViewLog.open(directory: directory.path)
        for link in 5..<Int64(10) { try log.append([Self.view(link, by: .operator("102"))]) }
        #expect(try verify(expecting: stored.hex).faults.map(\.kind) == [.expected])
        #expect(try verify(written: stored).faults.map(\.kind) == [.changed])
    }

    // MARK: Retention

    @Test func whatIsOlderThanTheRetentionIsRemovedAndTheRestIsIntact() throws {
        let log = try written(10), oldest = try verify().anchor, before = log.head
        #expect(try !log.cut(before: morning, now: morning + 60_000))
        #expect(log.head == before, "nothing was older")
        #expect(try !log.cut(before: morning + 4_000, now: morning + 60_000))
        var verdict = try verify(expecting: before.hex, written: log.head)
        #expect(verdict.isIntact, "\(verdict.faults)")
        #expect(verdict.anchor.seq == 12 && verdict.entries == 19 && verdict.views == 18)
        #expect(verdict.anchor != oldest)
        #expect(try file.integer("SELECT count(*) FROM seen") == 18)
        // Where the chain begins is an entry of it: it cannot be moved.
        try file.run(
            "UPDATE mark SET seq=15, hash=(SELECT hash FROM link WHERE first=13) WHERE name='anchor';"
                + "DELETE FROM link WHERE first=13; DELETE FROM seen WHERE link=13")
        #expect(try verify().faults.map(\.kind) == [.begins])
        // All, the record of the first cut too.
        let other = try StateDirectory()
        let second = try ViewLog.open(directory: other.path)
        try second.append([Self.view(1)])
        _ = try second.cut(before: morning + 1_000, now: morning + 2_000)
        _ = try second.cut(before: morning + 3_000, now: morning + 4_000)
        verdict = try ViewReader.verify(in: other.path, written: second.head)
        #expect(verdict.isIntact && verdict.views == 0 && verdict.entries == 1 && verdict.anchor.seq == 2)
    }

    @Test func aLongLogIsRemovedInParts() throws {
        let log = try ViewLog.open(directory: directory.path)
        for _ in 0..<ViewLog.cutMax + 10 { try log.append([Self.view(1)]) }
        #expect(try log.cut(before: morning + 1, now: morning + 5))
        #expect(try !log.cut(before: morning + 1, now: morning + 5))
        let verdict = try verify()
        #expect(verdict.isIntact && verdict.views == 0 && verdict.entries == 2, "\(verdict)")
    }

    // MARK: How much

    @Test func aHundredThousandViewsAreWrittenFoundAndCheckedQuickly() throws {
        let log = try ViewLog.open(directory: directory.path), clock = ContinuousClock()
        let viewers = (101...150).map { Viewer.operator("\($0)") }
        let writing = try clock.measure {
            for part in 0..<Int64(100) {
                try log.append(
                    (0..<Int64(1_000)).map { one in
                        Self.view(
                            (part * 7_919 + one * 31) % 20_000 + 1, at: part * 60_000 + one * 60,
                            by: viewers[Int(one) % 50], through: one % 3 == 0 ? .call : .pop)
                    })
            }
        }
        let checking = try clock.measure {
            let verdict = try verify(written: log.head)
            #expect(verdict.isIntact)
        }
        var asked = ViewQuery(limit: 1_000)
        asked.customer = 7_920
        let finding = try clock.measure {
            let page = try ViewReader.page(asked, in: directory.path)
            #expect(!page.lines.isEmpty && page.lines.allSatisfy { $0.view.customer == 7_920 })
        }
        print("100,000 views: written in \(writing), checked in \(checking), one customer's found in \(finding)")
        let bytes = try file.integer("SELECT sum(length(body)) FROM link")
        #expect(try #require(bytes) < 100_000 * 8)
    }

    @Test func theFileIsForTheDaemonAlone() throws {
        _ = try written(1)
        for name in ["views.db", "views.db-wal", "views.db-shm"] {
            let path = directory.path + "/" + name
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600, "\(name)")
        }
    }

    /// Ids, and nothing that names anybody: the whole of what is stored of a view.
    @Test func nothingButIdsIsStored() {
        let body = ViewBytes.encode([Self.view(17), Self.view(18, by: .token("0123456789ab")), Self.view(19)])
        let texts = String(decoding: body, as: UTF8.self).components(separatedBy: .alphanumerics.inverted)
        #expect(Set(texts.filter { $0.count > 2 }) == ["101", "0123456789ab"])
    }
}
