import CallCenter
import Foundation
import Testing

@testable import Storage

/// The files of a state directory, as an administrator moves them about.
@Suite struct StateFilesTests {
    let directory: StateDirectory

    init() throws { directory = try StateDirectory() }

    func open(_ directory: StateDirectory? = nil) throws -> StateFiles {
        try StateFiles.open(directory: (directory ?? self.directory).path)
    }

    /// A day's work: entries in the log, the last of which a contact in the history is made of, and a checkpoint.
    func work(_ count: Int, in directory: StateDirectory? = nil) throws {
        var files = try open(directory)
        for _ in 0..<count {
            try Array("{}".utf8).withUnsafeBytes { try files.log.append(readAt: 5, source: "pbx", line: $0, facts: []) }
        }
        try files.log.commit()
        let last = files.log.lastSeq
        try files.records.write(calls: [], touchpoints: [Self.contact(last)])
        try files.records.noteHistory(through: last)
        try files.checkpoint.write([1], at: last, of: files.identity)
    }

    static func contact(_ seq: Int64) -> TouchpointEntry {
        TouchpointEntry(
            id: TouchpointEntry.id(seq: seq), customer: 7,
            touchpoint: Touchpoint(
                at: Timestamp(ms: 5), channel: "mail", direction: nil, operator: nil, line: nil, summary: "\(seq)",
                duration: nil, outcome: nil))
    }

    func move(_ names: String..., from: StateDirectory? = nil, to: StateDirectory) throws {
        for name in names {
            let source = (from ?? directory).path + "/" + name
            guard FileManager.default.fileExists(atPath: source) else { continue }
            try? FileManager.default.removeItem(atPath: to.path + "/" + name)
            try FileManager.default.moveItem(atPath: source, toPath: to.path + "/" + name)
        }
    }
    func moveLog(from: StateDirectory? = nil, to: StateDirectory) throws {
        try move("events.db", "events.db-wal", "events.db-shm", from: from, to: to)
    }

    @Test func aLogThatWasMovedAwayIsFollowedByOneBehindTheRecords() throws {
        try work(40)
        let away = try StateDirectory()
        try moveLog(to: away)
        var files = try open()
        #expect(files.log.lastSeq == 40)
        #expect(files.notices.count == 2 && files.notices[1].contains("its first event is 41"), "\(files.notices)")
        try Array("{}".utf8).withUnsafeBytes { try files.log.append(readAt: 5, source: "pbx", line: $0, facts: []) }
        try files.log.commit()
        #expect(files.log.lastSeq == 41)
        #expect(files.checkpoint.read() == nil, "the state of another log is not used")
        #expect(try files.records.contacts(customer: 7, limit: 10).map(\.touchpoint.summary) == ["40"])
        let file = try LogFile.open(path: directory.path + "/events.db")
        #expect(try file.isWhole())
        _ = consume files
        // It goes on, and says nothing more.
        let again = try open()
        #expect(again.notices == [] && again.log.lastSeq == 41)
        _ = consume again
        // The old one, repaired, comes back: its numbers would meet the new one's.
        let later = try StateDirectory()
        try moveLog(to: later)
        try moveLog(from: away, to: directory)
        let refusal = #expect(throws: StateFilesError.self) { _ = try open() }
        #expect(refusal?.refusal == .apart(.differentLogs))
        #expect(refusal?.description.contains("move events.db, events.db-wal and events.db-shm away") == true)
    }

    @Test func aLogOfYesterdayBesideTheRecordsOfTodayIsRefused() throws {
        try work(40)
        let yesterday = try StateDirectory()
        for name in ["events.db", "events.db-wal"]
        where FileManager.default.fileExists(atPath: directory.path + "/" + name) {
            try FileManager.default.copyItem(atPath: directory.path + "/" + name, toPath: yesterday.path + "/" + name)
        }
        try work(10)
        let today = try StateDirectory()
        try moveLog(to: today)
        try moveLog(from: yesterday, to: directory)
        let refusal = #expect(throws: StateFilesError.self) { _ = try open() }
        #expect(refusal?.refusal == .apart(.logIsOlder(last: 40, known: 50, byRecords: true)))
        // What the sentence says helps.
        try moveLog(to: yesterday)
        #expect(try open().log.lastSeq == 50)
    }

    @Test func theCheckpointOfAnotherCentreIsRefused() throws {
        try work(40)
        let other = try StateDirectory()
        try work(20, in: other)
        try move("checkpoint", from: other, to: directory)
        let refusal = #expect(throws: StateFilesError.self) { _ = try open() }
        #expect(refusal?.refusal == .apart(.checkpointOfAnotherLog))
        try move("checkpoint", to: other)
        #expect(try open().notices == [])
    }

    /// What SQLite wrote last is in the file beside it, which a new database would delete.
    @Test(arguments: ["events.db", "customers.db", "access.db", "accounts.db", "views.db"])
    func aDatabaseThatWasMovedWithoutItsWriteAheadLogIsMissed(name: String) throws {
        try work(4)
        _ = try directory.file(name + "-wal", "the newest pages")
        try move(name, to: try StateDirectory())
        let refusal = #expect(throws: StateFilesError.self) { _ = try open() }
        #expect(refusal?.description.contains("move \(name)-wal and \(name)-shm to where \(name) was moved") == true)
        #expect(try String(contentsOfFile: directory.path + "/" + name + "-wal", encoding: .utf8) == "the newest pages")
    }

    /// Customers get ids that the log has not given to others: their contacts would be taken for theirs.
    @Test func recordsThatWereMovedAwayGetIDsBehindThoseOfTheLog() throws {
        var files = try open()
        let facts = LookupBytes.encode(
            Lookup(
                caller: .unavailable,
                candidates: [Candidate(customer: CustomerCard(id: 900, name: "山田", tier: "regular"))]))
        try Array("{}".utf8).withUnsafeBytes { try files.log.append(readAt: 5, source: "pbx", line: $0, facts: facts) }
        try files.log.commit()
        try files.checkpoint.write([1], at: 1, of: files.identity)
        _ = consume files
        try move("customers.db", "customers.db-wal", "customers.db-shm", to: try StateDirectory())
        let again = try open()
        #expect(again.notices.count == 1 && again.notices[0].contains("up to event 0 only"))
        #expect(try again.records.historyThrough() == 0)
        #expect(try again.records.create(fields("佐藤"), at: morning).id == 901)
    }

    @Test func filesOfAnOlderVersionAreTakenOver() throws {
        try work(40)
        // As that version left them.
        try SQLiteFile(directory.path + "/events.db").run(
            """
            DROP TABLE identity; DROP INDEX burst_changes; ALTER TABLE burst DROP COLUMN changes;
            ALTER TABLE burst DROP COLUMN epoch; DROP TABLE cut_off;
            PRAGMA user_version=1
            """)
        try SQLiteFile(directory.path + "/customers.db").run(
            """
            DROP TRIGGER touchpoint_added; DROP TRIGGER touchpoint_moved; DROP TRIGGER touchpoint_removed;
            DROP TRIGGER customer_facts_gone; DROP TABLE customer_list; DROP TABLE list_version; DROP TABLE list_work;
            DROP TABLE customer_facts; DROP TABLE contract_end; DROP TABLE facts_state; DROP INDEX customer_tier;
            DROP INDEX customer_owner; DROP TABLE file_piece; DROP TABLE blocked_version; DROP TABLE deleted_list;
            DROP TABLE field_use;
            DROP TRIGGER touchpoint_text_added; DROP TRIGGER touchpoint_text_changed;
            DROP TRIGGER touchpoint_text_removed; DROP TABLE contact_grams; DROP TABLE contact_todo;
            DROP TABLE status_move; DROP TABLE past_call;
            DROP TABLE identity; DROP INDEX call_started; DROP TABLE customer_case; DROP TABLE case_version;
            DROP TABLE customer_version;
            DROP TABLE deleted_customer; DROP TABLE import_run; DROP TABLE customer_item; DROP TABLE item_version;
            DROP TABLE facts_todo;
            DROP TABLE erased_customer; DROP TABLE erasure; DROP TABLE customer_identity;
            DROP INDEX customer_belongs_to; DROP TABLE customer_merge; DROP TABLE merged_customer;
            DROP TABLE inbox_item; DROP TABLE contact_trace; DROP INDEX customer_email_letters;
            DROP TABLE webhook; DROP TABLE dead_delivery; DROP TABLE case_late;
            DROP TABLE knowledge; DROP TABLE knowledge_version; DROP TABLE knowledge_grams; DROP TABLE knowledge_use;
            DROP TABLE mail_reply; DROP TABLE knowledge_miss; DROP TABLE desk_message; DROP TABLE desk_message_read;
            DROP TABLE merged_case; ALTER TABLE touchpoint DROP COLUMN origin;
            ALTER TABLE customer DROP COLUMN belongs_to; ALTER TABLE customer DROP COLUMN details;
            PRAGMA user_version=1
            """)
        _ = try directory.file("checkpoint", "screenpop checkpoint 40 1\n\u{1}")
        let files = try open()
        #expect(files.notices.count == 1 && files.notices[0].contains("before-migration-1"))
        #expect(files.log.lastSeq == 40)
        #expect(files.log.identity == files.identity && files.checkpoint.read()?.log == files.identity)
        #expect(try files.records.logMark() == LogMark(log: files.identity, newest: 40, through: 40))
        #expect(try files.records.openCases(of: 1).isEmpty)
        let identity = files.identity
        _ = consume files
        #expect(try open().identity == identity)
    }
}

/// The steps that bring an older file up to date.
@Suite struct MigrationTests {
    @Test func eachStepIsDoneOnceAndOneThatFailsLeavesTheFileAsItWas() throws {
        let directory = try StateDirectory(), path = directory.path + "/x.db"
        let first = Migrations(steps: ["CREATE TABLE a(x)", "INSERT INTO a VALUES(1)"])
        #expect(try Self.run(first, path) == .done(from: 0))
        #expect(try Self.run(first, path) == .done(from: 2))
        let broken = Migrations(steps: first.steps + ["INSERT INTO a VALUES(2)", "INSERT INTO a VALUES(3); nonsense"])
        #expect(throws: (any Error).self) { try Self.run(broken, path) }
        let right = Migrations(steps: broken.steps.dropLast() + ["INSERT INTO a VALUES(4)"])
        #expect(try Self.run(right, path) == .done(from: 3))
        #expect(try SQLiteFile(path).integer("SELECT group_concat(x,'') FROM a") == 124)
        #expect(try Self.run(first, path) == .newer(4))
    }

    static func run(_ migrations: Migrations, _ path: String) throws -> Migrations.Outcome {
        try SQLiteFile(path).with { database in try migrations.run(on: database) }
    }
}
