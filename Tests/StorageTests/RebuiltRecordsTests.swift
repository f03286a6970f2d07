import CallCenter
import SQLite
import Testing

@testable import Storage

/// The records are a projection of the log: whatever was done to them, the log's entries make the same rows again.
@Suite struct RebuiltRecordsTests {
    /// Every row of the tables that a rebuild has to give.
    static func rows(_ directory: StateDirectory) throws -> [String] {
        try values(directory) { bytes in bytes.map { String($0) }.joined(separator: ",") }
    }

    /// The same rows, with bytes as a reader of the file sees them.
    static func texts(_ directory: StateDirectory) throws -> [String] {
        try values(directory) { String(decoding: $0, as: UTF8.self) }
    }

    private static func values(
        _ directory: StateDirectory, _ shown: ([UInt8]) -> String
    ) throws -> [String] {
        let questions = [
            "SELECT * FROM customer ORDER BY id", "SELECT * FROM phone ORDER BY customer, place",
            "SELECT * FROM customer_version ORDER BY customer, version", "SELECT * FROM deleted_customer ORDER BY id",
            "SELECT * FROM customer_case ORDER BY id",
            "SELECT * FROM case_version ORDER BY case_id, version", "SELECT * FROM blocked ORDER BY number",
            "SELECT * FROM blocked_version ORDER BY version", "SELECT * FROM deleted_list ORDER BY id",
            "SELECT * FROM import_run ORDER BY id",
            "SELECT customers_behind, cases_behind, items_behind, messages_behind, replies_behind FROM identity",
            "SELECT * FROM knowledge ORDER BY id", "SELECT * FROM knowledge_version ORDER BY entry, version",
            "SELECT * FROM knowledge_use ORDER BY at, article, what, who",
            "SELECT * FROM knowledge_miss ORDER BY at, text", "SELECT * FROM desk_message ORDER BY id",
            "SELECT * FROM desk_message_read ORDER BY message, reader", "SELECT * FROM mail_reply ORDER BY id",
            "SELECT * FROM customer_item ORDER BY id", "SELECT * FROM item_version ORDER BY item, version",
            "SELECT * FROM customer_identity ORDER BY customer, kind, value",
            "SELECT * FROM touchpoint WHERE id<0 ORDER BY customer, at, id",
            "SELECT * FROM customer_merge ORDER BY id", "SELECT * FROM merged_customer ORDER BY id",
            "SELECT * FROM inbox_item ORDER BY id", "SELECT * FROM contact_trace ORDER BY item",
            "SELECT * FROM webhook ORDER BY name",
            "SELECT * FROM dead_delivery ORDER BY webhook, seq, part", "SELECT * FROM case_late ORDER BY id, customer",
            "SELECT * FROM merged_case ORDER BY id", "SELECT * FROM customer_list ORDER BY id",
            "SELECT * FROM list_version ORDER BY list, version", "SELECT * FROM list_work ORDER BY list, customer",
            "SELECT home, hash, n, data FROM file_piece ORDER BY home, hash, n",
            "SELECT * FROM field_use ORDER BY day, queue, operator, field",
        ]
        return try SQLiteFile(directory.path + "/customers.db").with { database in
            var found: [String] = []
            for question in questions {
                let all = try database.prepare(question), columns = all.columnCount
                while try all.step() {
                    let row = (0..<columns).map { column in
                        all.isNull(column)
                            ? "–" : shown(all.withBytes(column) { Array($0) })
                    }
                    found.append(question.prefix(24) + ": " + row.joined(separator: "|"))
                }
            }
            return found
        }
    }

    /// Random changes by the writer.
    static func play(_ writer: RecordWriter, steps: Int, _ random: inout Seeded, in directory: StateDirectory) throws {
        let store = writer.store
        for step in 0..<steps {
            let now = morning + Int64(step), author = Author("10\(step % 3)", through: .desk)
            let someone = try store.everybody.randomElement(using: &random)
            let edit = fields("名前 \(Int.random(in: 0..<20, using: &random))", phones: ["090-0000-\(1_000 + step)"]) {
                $0.externalID = Bool.random(using: &random) ? "E\(Int.random(in: 0..<30, using: &random))" : nil
                $0.tags = ["t\(step % 4)"]
                if Bool.random(using: &random) { $0.details = DetailTests.random(step, &random) }
            }
            if step % 3 == 0 { try ReplyTests.play(writer, someone?.id, step, &random, by: author, at: now) }
            if step % 5 == 0 { try NoteCostTests.play(writer, step, &random, by: author, at: now) }
            if step % 4 == 0, let someone { try playList(writer, of: someone.id, step, &random, by: author, at: now) }
            switch Int.random(in: 0..<24, using: &random) {
            case 0, 1: _ = try? writer.create(edit, by: author, at: now)
            case 2, 3, 4:
                guard let someone else { break }
                _ = try? writer.save(someone.id, edit, expected: someone.version, by: author, at: now)
            case 5: if let someone { try writer.delete(someone.id, expected: nil, by: author, at: now) }
            case 6:
                if let gone = try store.deletedCustomers(limit: 5).randomElement(using: &random) {
                    _ = try? writer.undelete(gone.id, by: author, at: now)
                }
            case 7:
                guard let someone else { break }
                let version = Int64.random(in: 1...someone.version, using: &random)
                _ = try? writer.restore(someone.id, version: version, expected: nil, by: author, at: now)
            case 8:
                guard let someone else { break }
                let made = try writer.open(
                    .promise, "p\(step)", of: someone.id, owner: "101", due: now, by: "101", author: author, at: now)
                if let made, step % 2 == 0 { _ = try writer.close(made.id, by: "102", author: author, at: now + 1) }
                for more in 0..<4 { try CaseTests.change(writer, of: someone.id, step + more, &random) }
            case 9:
                try writer.block(
                    BlockedNumber(number: "+81\(step % 5)", display: "0\(step)", reason: "r\(step)", since: now),
                    by: author, at: now)
                if step % 3 == 0 { _ = try writer.unblock("+81\(step % 4)", by: author, at: now) }
                if let one = try store.blockVersions(limit: 9).randomElement(using: &random) {
                    _ = try writer.restoreBlocking(of: one.number, version: one.version, by: author, at: now + 1)
                }
            case 10, 11, 12, 13:
                if let someone { try playItem(writer, of: someone.id, step, &random, by: author, at: now) }
            case 14, 15: try InboxTests.play(writer, someone, step, &random, by: author, at: now)
            case 23:
                guard let someone else { break }
                let count = Int.random(in: 1...600_000, using: &random)
                try FileTests.attach(FileTests.bytes(count, UInt8(step % 5)), to: someone.id, writer, at: now)
            case 21: try playWebhook(writer, step, &random, at: now)
            case 22:
                for late in try store.untoldLateCases(at: now, limit: 3) { try writer.note(late, at: now) }
            case 16, 17:
                guard let someone, let other = try store.everybody.randomElement(using: &random) else { break }
                _ = try? writer.merge(other.id, into: someone.id, expected: nil, by: author.who, at: now)
            case 18:
                let merges = try store.merges(of: nil, below: nil, limit: 9)
                guard let merge = merges.randomElement(using: &random) else { break }
                _ = try? writer.undo(merge: merge.id, by: author.who, at: now)
            case 19: try KnowledgeTests.play(writer, step, &random, by: author, at: now)
            case 20: try MessageTests.play(writer, about: someone?.id, step, &random, by: author, at: now)
            default:
                let lines = (0..<5).map { n in
                    "E\(Int.random(in: 0..<30, using: &random)),行 \(step) \(n),090-0001-\(1_000 + step * 5 + n)"
                }
                var work = CustomerImport(into: writer, options: importOptions, by: "101", name: "in.csv")
                let file = try directory.file("in.csv", "external_id,name,phone\n" + lines.joined(separator: "\n"))
                let report = try work.run(file: file, now: now)
                try ItemImportTests.play(writer, step, &random, in: directory, at: now)
                if Bool.random(using: &random), let id = report.importID {
                    _ = try writer.undoImport(id, by: "102", at: now + 1)
                }
            }
        }
    }

    /// A webhook comes further, gives something up, or delivers what it gave up.
    private static func playWebhook(
        _ writer: RecordWriter, _ step: Int, _ random: inout Seeded, at now: Timestamp
    ) throws {
        let name = step % 2 == 0 ? "crm" : "chat"
        switch Int.random(in: 0..<4, using: &random) {
        case 0: try writer.note(webhook: name, at: Int64.random(in: 1...500, using: &random), now: now)
        case 1, 2:
            try writer.note(
                DeadDelivery(
                    webhook: name, seq: Int64(step), part: step % 3, type: "call.ended", tries: 3, at: now,
                    problem: "it answered 500"))
        default:
            let dead = try writer.store.deadDeliveries(of: name, limit: 9)
            guard let one = dead.randomElement(using: &random) else { return }
            #expect(
                try writer.remove(deadDelivery: one.seq, part: one.part, of: name, by: .command, at: now))
        }
    }

    /// Records, changes, deletes or puts back something of a customer.
    private static func playItem(
        _ writer: RecordWriter, of customer: Int64, _ step: Int, _ random: inout Seeded, by author: Author,
        at now: Timestamp
    ) throws {
        let kind = try #require(CustomerItem.Kind.allCases.randomElement(using: &random))
        let content = ItemTests.content(kind, step, &random)
        let items = try writer.store.items(kind, of: customer, below: nil, limit: 100)
        let item = items.randomElement(using: &random), id = item?.id ?? Int64(step % 7)
        switch Int.random(in: 0..<6, using: &random) {
        case 0, 1: _ = try writer.add(content, to: customer, by: author, at: now)
        case 5:
            let aged = try writer.store.agedItems(kind, before: now - 4_000_000, after: 0, limit: 2)
            _ = try writer.remove(aged: aged, of: kind, before: now - 4_000_000, at: now)
        case 2:
            guard let item else { break }
            _ = try writer.save(
                item: id, of: customer, content, expected: item.version, by: author, at: now)
        case 3: try? writer.delete(item: id, kind, of: customer, expected: nil, by: author, at: now)
        default:
            _ = try? writer.restore(
                item: id, kind, of: customer, version: Int64.random(in: 1...3, using: &random), expected: nil,
                by: author, at: now)
        }
    }

    /// Makes, changes or deletes a list, or works on an entry of one.
    private static func playList(
        _ writer: RecordWriter, of customer: Int64, _ step: Int, _ random: inout Seeded, by author: Author,
        at now: Timestamp
    ) throws {
        let name = "list\(Int.random(in: 0..<3, using: &random))"
        var content = CustomerList.Content(title: "t\(step)")
        content.filter.tag = "t1"
        let lists = try writer.store.savedLists().map { ListSource.saved($0) } + [.builtIn(.best)]
        let list = lists.randomElement(using: &random) ?? .builtIn(.best)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: _ = try? writer.create(list: name, content, by: author, at: now)
        case 1: _ = try? writer.edit(list: name, expected: nil, by: author, at: now) { $0 = content }
        case 2: try? writer.delete(list: name, expected: nil, by: author, at: now)
        case 3, 4: _ = try? writer.claim(customer, in: list, for: "10\(step % 3)", limit: 9, by: author, at: now)
        case 5: _ = try? writer.release(customer, in: list, own: nil, limit: 9, by: author, at: now)
        default:
            _ = try? writer.work(
                off: customer, in: list, step % 8 == 0 ? nil : ("done", "n\(step)"), for: author.who, own: nil,
                limit: 9, by: author, at: now)
        }
    }

    @Test(arguments: 0..<20) func theLogMakesTheSameRecordsAgain(_ seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let directory = try StateDirectory(), log = MemoryChangeLog()
        let store = try directory.store()
        try Self.play(RecordWriter(store, log: log), steps: 120, &random, in: directory)
        let made = try Self.rows(directory), entries = log.entries
        #expect(entries.count > 20)

        let rebuilt = try StateDirectory(), copy = try rebuilt.store()
        for entry in entries { try copy.apply([entry]) }
        #expect(try Self.rows(rebuilt) == made)
        #expect(try copy.changesThrough() == entries.last?.seq)

        // A projection that stopped anywhere, and reads some entries a second time, arrives at the same.
        let stopped = try StateDirectory(), late = try stopped.store()
        let half = Int.random(in: 0...entries.count, using: &random)
        try late.apply(Array(entries.prefix(half)))
        try late.apply(Array(entries.dropFirst(half)))
        #expect(try Self.rows(stopped) == made)
    }

    /// The log has the change, and the records could not be committed: the next change finds it there.
    @Test func aChangeThatTheLogHasCounts() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let one = try writer.create(fields("A"), by: .command, at: morning)
        // Every update of the mark is refused.
        let file = SQLiteFile(directory.path + "/customers.db")
        try file.run(
            "CREATE TRIGGER refuse BEFORE UPDATE OF changes_through ON identity BEGIN SELECT RAISE(FAIL, 'no'); END")
        #expect(throws: EditError.self) {
            try writer.save(one.id, fields("B"), expected: 1, by: .command, at: morning + 1)
        }
        #expect(try store.customer(one.id)?.fields.name == "A", "nothing is shown that is not committed")
        try file.run("DROP TRIGGER refuse")
        #expect(throws: EditError.self, "the version that the editor saw is not the newest any more") {
            try writer.save(one.id, fields("C"), expected: 1, by: .command, at: morning + 2)
        }
        #expect(try store.customer(one.id)?.fields.name == "B")
        #expect(try store.changesThrough() == log.entries.last?.seq)
    }

    @Test func aLogThatRefusesChangesNothing() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let one = try writer.create(fields("A"), by: .command, at: morning)
        let before = try Self.rows(directory)
        log.refuse(true)
        #expect(throws: EditError.log(ChangeLogError("the log refuses"))) {
            try writer.save(one.id, fields("B"), expected: 1, by: .command, at: morning)
        }
        #expect(throws: EditError.self) { try writer.delete(one.id, expected: nil, by: .command, at: morning) }
        #expect(throws: EditError.self) { try writer.create(fields("C"), by: .command, at: morning) }
        #expect(try Self.rows(directory) == before)
        log.refuse(false)
        #expect(try writer.save(one.id, fields("B"), expected: 1, by: .command, at: morning).version == 2)
    }
}
