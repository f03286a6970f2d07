import CallCenter
import Foundation
import SQLite
import Testing

@testable import Storage

/// Erasing a customer from the records, and from what the log has of them.
@Suite struct EraseTests {
    private func person(_ name: String = "消去 太郎") -> CustomerFields {
        fields(name, phones: ["090-0000-0001", "03-0000-0002"]) {
            $0.externalID = "SECRET-1"
            $0.email = "secret@example.net"
            $0.address = "東京都 秘密町 1"
            $0.cautions = ["秘密の注意"]
        }
    }

    @Test func everythingGoesButTheLine() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let one = try writer.create(person(), by: .command, at: morning)
        let family = try writer.create(
            fields("Mary Example", phones: ["03-0000-0002"]), by: .command, at: morning + 1)
        _ = try writer.save(one.id, person("旧姓 花子"), expected: 1, by: .command, at: morning + 2)
        _ = try writer.open(
            .case, "秘密の件", of: one.id, owner: "101", due: nil, by: nil, author: .command, at: morning + 3)
        while try store.indexSome(100) {}
        try store.write(
            calls: [],
            touchpoints: [
                TouchpointEntry(
                    id: TouchpointEntry.id(seq: 7), customer: one.id,
                    touchpoint: Touchpoint(at: morning, channel: "email", summary: "秘密の手紙"))
            ])
        let answer = try writer.erase(one.id, reason: "asked", by: Author("t1", through: .api), at: morning + 9)
        #expect(!answer.wasErased)
        let line = answer.line
        #expect(line.version == 3 && line.author.who == "t1" && line.reason == "asked" && line.doneAt == nil)
        #expect(line.counts.versions == 2 && line.counts.cases == 1)
        #expect(line.counts.numbers == 1 && line.counts.numbersKept == 1, "a number of two is not one's alone")
        #expect(try store.customer(one.id) == nil)
        #expect(try store.versions(of: one.id, below: nil, limit: 9) == nil)
        #expect(try store.search("消去", limit: 9).matches == 0)
        #expect(try store.find(number: "+81300000002", limit: 9).customers.map(\.id) == [family.id])
        #expect(throws: EditError.notFound) { try writer.undelete(one.id, by: .command, at: morning + 10) }
        #expect(throws: EditError.notFound) {
            try writer.restore(one.id, version: 1, expected: nil, by: .command, at: morning + 10)
        }
        let again = try writer.erase(one.id, reason: "twice", by: .command, at: morning + 11)
        #expect(again.wasErased && again.line == line)
        #expect(try writer.create(fields("New"), by: .command, at: morning + 12).id == family.id + 1)
        #expect(throws: EditError.notFound) { try writer.erase(999, reason: nil, by: .command, at: morning) }
        let changes = try store.changes(by: nil, customer: one.id, from: nil, to: nil, below: nil, limit: 9)
        #expect(changes.map(\.version) == [3] && changes[0].isErasure)
        let work = try #require(try store.unfinishedErasures().first)
        #expect(work.seq == log.entries[4].seq && work.erasure.numbers.keys.sorted() == ["+819000000001"])
        #expect(work.erasure.words.keys.sorted() == ["SECRET-1", "secret@example.net"])
        #expect(try ErasureWork(work.work.bytes) == work.work)

        try store.eraseContacts(of: one.id)
        while try store.mergeSearchIndex() {}
        try store.noteErased(one.id, calls: 0, contacts: 1, entries: 3, at: morning + 20)
        #expect(try store.unfinishedErasures().isEmpty)
        #expect(try store.erased(one.id)?.doneAt == morning + 20)
        #expect(try store.erased(one.id)?.counts.entries == 3)
    }

    @Test func aDeletedCustomerCanBeErased() throws {
        let directory = try StateDirectory(), store = try directory.store(), log = MemoryChangeLog()
        let writer = RecordWriter(store, log: log)
        let one = try writer.create(person(), by: .command, at: morning)
        try writer.delete(one.id, expected: nil, by: .command, at: morning + 1)
        #expect(try writer.erase(one.id, reason: nil, by: .command, at: morning + 2).line.version == 3)
        #expect(try store.deletedCustomers(limit: 9).isEmpty)
        #expect(try writer.create(fields("New"), by: .command, at: morning + 3).id == one.id + 1)
    }

    /// The records made again from the log, before and after the customer's changes were taken out of it.
    @Test(arguments: 0..<12) func aRebuildErasesAgain(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        try RebuiltRecordsTests.play(writer, steps: 60, &random, in: directory)
        let gone = try store.deletedCustomers(limit: 3).map(\.id) + store.everybody.suffix(3).map(\.id)
        for id in gone { _ = try writer.erase(id, reason: nil, by: .command, at: morning + 1_000) }
        try RebuiltRecordsTests.play(writer, steps: 30, &random, in: directory)
        let made = try RebuiltRecordsTests.rows(directory), erasures = try store.unfinishedErasures()
        #expect(gone.isEmpty || !erasures.isEmpty)

        var entries = log.entries
        let rebuilt = try StateDirectory()
        try rebuilt.store().apply(entries)
        #expect(try RebuiltRecordsTests.rows(rebuilt) == made)
        for i in entries.indices {
            for erase in erasures where entries[i].seq <= erase.seq {
                if let line = try entries[i].line.withUnsafeBytes({ try erase.applied(toChange: $0) }) {
                    entries[i].line = line
                }
            }
        }
        let replaced = try StateDirectory(), last = try replaced.store()
        try last.apply(entries)
        let found = try RebuiltRecordsTests.rows(replaced)
        let differing = Set(found).symmetricDifference(made).sorted().map { $0.prefix(300) }
        #expect(differing.isEmpty, "\(differing)")
        #expect(found == made)
        // Entries that are read a second time bring nobody back.
        try last.apply(Array(entries.suffix(20)))
        for id in gone { #expect(try last.customer(id) == nil && last.erased(id) != nil) }
    }

    /// The log has the erase, and the records could not be committed: it counts, with the same words for the numbers.
    @Test func anEraseThatTheLogHasCounts() throws {
        final class Remembering: ChangeLog {
            let real = MemoryChangeLog()
            nonisolated(unsafe) var erasure: Erasure?
            func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
                try real.append(entry, kind)
            }
            func append(
                erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]
            ) throws(ChangeLogError) -> (seq: Int64, calls: [ErasedCall]) {
                self.erasure = erasure
                let call = ErasedCall(number: 4_096, key: CallKey(source: "pbx", call: "c1"))
                return (try real.append(entry([call]), .records), [call])
            }
        }
        let directory = try StateDirectory(), log = Remembering(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let one = try writer.create(person(), by: .command, at: morning)
        let file = SQLiteFile(directory.path + "/customers.db")
        try file.run(
            "CREATE TRIGGER refuse BEFORE UPDATE OF changes_through ON identity BEGIN SELECT RAISE(FAIL, 'no'); END")
        #expect(throws: EditError.self) { try writer.erase(one.id, reason: nil, by: .command, at: morning + 1) }
        #expect(try store.customer(one.id) != nil)
        try file.run("DROP TRIGGER refuse")
        #expect(try writer.erase(one.id, reason: nil, by: .command, at: morning + 2).wasErased)
        let work = try #require(try store.unfinishedErasures().first)
        #expect(work.erasure.numbers == log.erasure?.numbers)
        #expect(work.calls.map(\.key.call) == ["c1"] && work.erasure.calls == [4_096])
    }

    /// An import's chunk keeps its other customers.
    @Test func anImportKeepsTheOthers() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let lines = (1...300).map { "N-\($0),顧客 \($0),090-0001-\(1_000 + $0)" }
        var work = CustomerImport(into: writer, options: importOptions, by: nil, name: "in.csv")
        _ = try work.run(
            file: try directory.file("in.csv", "external_id,name,phone\n" + lines.joined(separator: "\n")),
            now: morning)
        let id = try #require(try store.find(number: "+819000011007", limit: 1).customers.first?.id)
        _ = try writer.erase(id, reason: nil, by: .command, at: morning + 1)
        let erase = try #require(try store.unfinishedErasures().first)
        let chunk = try #require(log.entries.first { $0.line.count > 1_000 })
        let line = try #require(try chunk.line.withUnsafeBytes { try erase.applied(toChange: $0) })
        let kept = try ChangeEntry(line).changes
        #expect(kept.count == 299 && !kept.contains { $0.belongsTo == id })
        #expect(try line.withUnsafeBytes { try erase.applied(toChange: $0) } == nil)
    }
}

/// Rows of the log that are written again, and what is left beside the rows of a database.
@Suite struct RewrittenLogTests {
    @Test func entriesKeepTheirPlace() throws {
        let directory = try StateDirectory()
        var log = try EventLog.open(directory: directory.path)
        for n in 1...400 {
            let line = Array(#"{"n":\#(n),"name":"\#(n % 7 == 0 ? "secret person" : "nobody")"}"#.utf8)
            line.withUnsafeBytes { log.append(readAt: Int64(n), source: "pbx", line: $0, facts: [1, 2, 3]) }
            if n % 3 == 0 { try log.commit() }
        }
        try log.commit()
        var place: Int64? = 0, changed = 0
        while let from = place {
            let done = try LogRewriter.open(directory: directory.path).rewrite(from: from, through: 350) { entry in
                let text = String(decoding: entry.line, as: UTF8.self)
                guard text.contains("secret person") else { return nil }
                var new = EventLog.Entry(entry)
                new.line = Array(text.replacing("secret person", with: "(erased)").utf8)
                return new
            }
            place = done.next
            changed += done.changed
        }
        #expect(changed == 50)
        var seen: [Int64] = []
        try log.replay(after: 0) { entry in
            seen.append(entry.seq)
            let text = String(decoding: entry.line, as: UTF8.self)
            #expect(entry.readAt == entry.seq && entry.source == "pbx" && entry.facts == [1, 2, 3])
            #expect(text.contains("(erased)") == (entry.seq % 7 == 0 && entry.seq <= 350))
        }
        #expect(seen == Array(1...400))
    }

    /// Rows that moved between pages leave their bytes; nothing else is written over.
    @Test func whatMovedRowsLeftIsOverwritten() throws {
        let directory = try StateDirectory(), path = directory.path + "/x.db"
        let database = try Connection(path: path)
        try database.run(
            """
            PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON; CREATE TABLE t(a TEXT PRIMARY KEY, b TEXT) WITHOUT ROWID;
            CREATE INDEX i ON t(b, a)
            """)
        var random = Seeded(seed: 3), words: [String] = []
        let write = try database.prepare("INSERT OR REPLACE INTO t VALUES(?,?)")
        for n in 0..<2_000 {
            let word = "secret-\(UInt32.random(in: 0...999_999, using: &random))-\(n)"
            words.append(word)
            try write.bind(word, 1)
            try write.bind(String(repeating: "x", count: n % 40) + word, 2)
            try write.run()
        }
        let gone = Set(words.shuffled(using: &random).prefix(400))
        for word in gone {
            let delete = try database.prepare("DELETE FROM t WHERE a=?")
            try delete.bind(word, 1)
            try delete.run()
        }
        #expect(try database.emptyLog())
        let before = try database.integer("SELECT count(*) FROM t"), sequences = gone.map { Array($0.utf8) }
        func left() throws -> Int {
            // A word ends at the first byte that no word has.
            let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))), begin = Array("secret-".utf8)
            var found: Set<String> = []
            for i in bytes.indices.dropLast(begin.count) where bytes[i] == begin[0] {
                guard bytes[i..<i + begin.count].elementsEqual(begin) else { continue }
                let rest = bytes[(i + begin.count)...].prefix { $0 == 0x2D || (0x30...0x39).contains($0) }
                let word = "secret-" + String(decoding: rest, as: UTF8.self)
                if gone.contains(word) { found.insert(word) }
            }
            return found.count
        }
        let remains = try left()
        #expect(remains > 0, "or SQLite overwrites by itself what this test is about")
        var from: Int64? = 1, cleared = 0
        while let first = from {
            let (found, next) = try database.pages(havingUnused: sequences, from: first, count: 8)
            cleared += found.count
            if !found.isEmpty { #expect(try database.clearUnused(in: found)) }
            from = next
        }
        #expect(cleared > 0)
        #expect(try left() == 0)
        let other = try Connection(path: path)
        #expect(try other.integer("SELECT count(*) FROM t") == before)
        #expect(try other.integer("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check='ok'") == 1)
        // Somebody wrote: the file is not all there is.
        try other.run("DELETE FROM t WHERE a=(SELECT min(a) FROM t)")
        #expect(try !database.clearUnused(in: [1]))
    }
}
