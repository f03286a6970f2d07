import CallCenter
import Testing

@testable import Storage

/// What belongs to customers goes when it is older than the retention of its kind.
@Suite struct AgedItemTests {
    private static let day: Int64 = 86_400_000
    private let desk = Author("101", through: .desk)

    private static func note(_ text: String, _ at: Timestamp) -> CustomerItem.Content {
        .note(Note(at: at, text: text))
    }

    @Test func whatIsOldGoesWithItsVersions() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let one = try writer.create(fields("A"), by: desk, at: morning).id
        let old = try #require(try writer.add(Self.note("old", morning), to: one, by: desk, at: morning + 1))
        let edited = try #require(try writer.add(Self.note("moved", morning), to: one, by: desk, at: morning + 2))
        let gone = try #require(try writer.add(Self.note("gone", morning), to: one, by: desk, at: morning + 3))
        let young = try #require(
            try writer.add(Self.note("young", morning + 30 * Self.day), to: one, by: desk, at: morning + 4))
        let bought = try #require(
            try writer.add(
                .purchase(Purchase(at: DayOrTime(morning), product: "p", state: "ordered")), to: one, by: desk,
                at: morning + 5))
        try writer.delete(item: gone.id, .note, of: one, expected: nil, by: desk, at: morning + 6)
        let before = morning + Self.day, now = morning + 31 * Self.day
        let ids = try store.agedItems(.note, before: before, after: 0, limit: 9)
        #expect(ids == [old.id, edited.id, gone.id])
        #expect(try store.agedItems(.note, before: before, after: old.id, limit: 1) == [edited.id])
        #expect(try store.age(of: .note, before: before) == Aging(count: 3, due: 2, oldest: morning))
        // It was changed after it was listed, and is not old any more.
        _ = try writer.save(
            item: edited.id, of: one, Self.note("moved", now), expected: 1, by: desk, at: now)
        #expect(try writer.remove(aged: ids, of: .note, before: before, at: now + 1) == 2)
        #expect(try store.items(.note, of: one, below: nil, limit: 9).map(\.id).sorted() == [edited.id, young.id])
        #expect(try store.items(.purchase, of: one, below: nil, limit: 9).map(\.id) == [bought.id])
        #expect(try store.history(customer: one, limit: 9).map(\.summary).sorted() == ["moved", "young"])
        #expect(throws: EditError.notFound) {
            try writer.restore(item: gone.id, .note, of: one, version: 1, expected: nil, by: desk, at: now + 2)
        }
        #expect(try store.agedItems(.note, before: before, after: 0, limit: 9).isEmpty)
        #expect(try writer.remove(aged: [], of: .note, before: before, at: now) == 0)
        // Ids are not used again.
        let next = try #require(try writer.add(Self.note("next", now), to: one, by: desk, at: now + 3))
        #expect(next.id == bought.id + 1)
        // The log makes the same records, also when its entries are read twice.
        let rebuilt = try StateDirectory(), copy = try rebuilt.store()
        for entry in log.entries { try copy.apply([entry]) }
        #expect(try RebuiltRecordsTests.rows(rebuilt) == RebuiltRecordsTests.rows(directory))
    }

    @Test func theBytesOfAFileGoUnlessAnotherHasThem() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let one = try writer.create(fields("A"), by: desk, at: morning).id
        let shared = FileTests.bytes(9_000), own = FileTests.bytes(5_000, 7)
        for (bytes, at) in [(shared, morning + 1), (own, morning + 2), (shared, morning + 40 * Self.day)] {
            #expect(try FileTests.attach(bytes, to: one, writer, at: at) != nil)
        }
        let file = SQLiteFile(directory.path + "/customers.db"), sum = "SELECT sum(length(data)) FROM file_piece"
        #expect(try file.integer(sum) == 14_000)
        let before = morning + Self.day, ids = try store.agedItems(.file, before: before, after: 0, limit: 9)
        #expect(try writer.remove(aged: ids, of: .file, before: before, at: morning + 41 * Self.day) == 2)
        #expect(try file.integer(sum) == 9_000)
        #expect(try store.items(.file, of: one, below: nil, limit: 9).count == 1)
        let rebuilt = try StateDirectory(), copy = try rebuilt.store()
        for entry in log.entries { try copy.apply([entry]) }
        #expect(try RebuiltRecordsTests.rows(rebuilt) == RebuiltRecordsTests.rows(directory))
    }
}
