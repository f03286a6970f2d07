import CallCenter
import Testing

@testable import Storage

/// What notes cost: sums of what operators did with fields, and the report of them.
@Suite struct NoteCostTests {
    static func key(
        _ field: String, day: Int64 = 20_780, queue: String = "support", operator person: String = "101"
    ) -> FieldUse.Key { .init(day: day, queue: queue, operator: person, field: field) }

    /// Random changes by the writer.
    static func play(
        _ writer: RecordWriter, _ step: Int, _ random: inout Seeded, by author: Author, at now: Timestamp
    ) throws {
        let uses = ["note", "tags", "custom.記念日"].map { field in
            FieldUse(
                key(field, day: Int64(step % 3), operator: author.who ?? ""),
                FieldCounts(
                    filled: 1, timed: 1, spent: Int64.random(in: 0...9_000, using: &random), shown: 2, opened: 1))
        }
        try writer.add(uses, by: author, at: now)
    }

    @Test func sumsGrowAndAreOnesOfADay() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let first = FieldUse(Self.key("tags"), FieldCounts(filled: 1, timed: 1, spent: 4_000, shown: 2))
        try writer.add([first, FieldUse(Self.key("note"), FieldCounts())], by: .command, at: morning)
        try writer.add([first], by: .command, at: morning + 1)
        try writer.add(
            [FieldUse(Self.key("tags", day: 20_781), FieldCounts(opened: 1))], by: .command, at: morning + 2)
        let one = try store.fieldUses(from: 20_780, to: 20_780)
        #expect(one == [FieldUse(Self.key("tags"), FieldCounts(filled: 2, timed: 2, spent: 8_000, shown: 4))])
        #expect(try store.fieldUses(from: 20_780, to: 20_781).count == 2)
        #expect(try store.fieldUses(from: 20_782, to: 20_790).isEmpty)
        // A client's numbers end no daemon.
        try writer.add(
            [FieldUse(Self.key("tags"), FieldCounts(spent: .max, shown: .max))], by: .command, at: morning + 3)
        let full = try #require(try store.fieldUses(from: 20_780, to: 20_780).first)
        #expect(full.counts.spent == .max && full.counts.reads == .max)
    }

    /// `count` calls' worth of one field.
    private static func report(
        by grouping: NoteCost.Grouping = .field, queue: String? = nil, operator person: String? = nil
    ) -> NoteCost {
        NoteCost(by: grouping, queue: queue, operator: person, from: morning, to: morning + 1_000) { time in
            "day \((time.ms - morning.ms) / 500)"
        }
    }

    @Test func anOldNoteIsUnknownAndNotFree() throws {
        var report = Self.report()
        report.add("note", at: morning, queue: "support", by: "101", spent: nil)
        report.add("note", at: morning + 1, queue: "support", by: "101", spent: 30_000)
        // Before and behind the period.
        report.add("note", at: morning - 1, queue: "support", by: "101", spent: 1)
        report.add("note", at: morning + 1_000, queue: "support", by: "101", spent: 1)
        let row = try #require(report.rows.first)
        #expect(report.rows.count == 1 && row.key == .init(field: "note", part: ""))
        #expect(row.counts.filled == 2 && row.counts.unknown == 1)
        #expect(row.counts.averageSpent == 30_000)
        var empty = Self.report()
        empty.add("note", at: morning, queue: "", by: "101", spent: nil)
        #expect(empty.rows.first?.counts.averageSpent == nil && empty.rows.first?.share == nil)
    }

    @Test func aFieldThatCostsMuchAndHelpsLittleIsMarked() throws {
        var report = Self.report()
        for n in 0..<10 {
            report.add("note", at: morning + Int64(n), queue: "support", by: "101", spent: 9_000)
            report.add("persona", at: morning + Int64(n), queue: "support", by: "101", spent: 5_000)
            report.add("tags", at: morning + Int64(n), queue: "support", by: "101", spent: 100)
        }
        report.add(FieldUse(Self.key("note"), FieldCounts(shown: 8, opened: 2)), day: "day 0")
        report.add(FieldUse(Self.key("persona"), FieldCounts(shown: 4)), day: "day 0")
        // The note is read as often as it is written; tags are read by nobody, and cost nothing.
        let rows = report.rows
        #expect(rows.map(\.key.field) == ["note", "persona", "tags"])
        #expect(rows.map(\.isCostly) == [false, true, false])
        #expect(rows[1].counts.readsPerFilled == 0.4)
        #expect(try #require(rows[1].share).rounded(.down) == 0 && (rows[1].share ?? 0) > 0.35)
    }

    @Test func rowsAreByDayQueueAndOperator() throws {
        func rows(_ report: NoteCost) -> [String] {
            var report = report
            report.add("note", at: morning, queue: "support", by: "101", spent: 10)
            report.add("note", at: morning + 600, queue: "sales", by: "102", spent: 20)
            report.add(FieldUse(Self.key("note", queue: "sales", operator: "103"), FieldCounts(shown: 1)), day: "day 1")
            return report.rows.map { "\($0.key.part) \($0.counts.filled) \($0.counts.shown)" }
        }
        #expect(rows(Self.report(by: .day)) == ["day 0 1 0", "day 1 1 1"])
        #expect(rows(Self.report(by: .queue)) == ["sales 1 1", "support 1 0"])
        #expect(rows(Self.report(by: .operator)) == ["101 1 0", "102 1 0", "103 0 1"])
        #expect(rows(Self.report(by: .operator, queue: "sales")) == ["102 1 0", "103 0 1"])
        #expect(rows(Self.report(operator: "101")) == [" 1 0"])
    }

    @Test func notesAndPromisesOutsideCallsCount() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let who = try store.create(fields("花子"), at: morning - 10)
        let author = Author("101", through: .desk)
        _ = try writer.open(
            .promise, "電話する", of: who.id, owner: nil, due: nil, by: "101", spent: 7_000, author: author, at: morning)
        _ = try writer.open(.case, "故障", of: who.id, owner: nil, due: nil, by: "101", author: author, at: morning + 1)
        let later = morning + 999
        _ = try writer.open(.case, "later", of: who.id, owner: nil, due: nil, by: "101", author: author, at: later)
        var found: [String] = []
        try store.written(from: morning, to: morning + 500) { field, _, by, spent in
            found.append("\(field) \(by) \(spent.map(String.init) ?? "-")")
        }
        #expect(found == ["promise 101 7000", "case 101 -"])
    }
}
