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

    @Test func aContractIsOldByItsEnd() throws {
        let directory = try StateDirectory(), store = try directory.store(), writer = store.writer
        let one = try writer.create(fields("A"), by: desk, at: morning).id
        func contract(
            _ expires: DayOrTime?, _ renews: Contract.Renewal? = nil, signed: DayOrTime = ItemTests.day(2019, 4, 1)
        ) throws -> Int64 {
            var made = Contract(service: "保守")
            made.signed = signed
            made.expires = expires
            made.renews = renews
            return try #require(try writer.add(.contract(made), to: one, by: desk, at: morning)).id
        }
        let ended = try contract(ItemTests.day(2020, 3, 31))
        let ended2 = try contract(ItemTests.day(2021, 3, 31), .no)
        _ = try contract(ItemTests.day(2020, 3, 31), .yes)
        _ = try contract(ItemTests.day(2020, 3, 31), .at(ItemTests.day(2020, 4, 1)))
        _ = try contract(nil)
        _ = try contract(ItemTests.day(2030, 3, 31))
        let deleted = try contract(nil)
        try writer.delete(item: deleted, .contract, of: one, expected: nil, by: desk, at: morning)
        let before = morning + Self.day
        #expect(try store.agedItems(.contract, before: before, after: 0, limit: 9) == [ended, ended2, deleted])
        #expect(try store.agedItems(.contract, before: before, after: ended, limit: 1) == [ended2])
        let oldest = Timestamp(ms: ItemTests.day(2020, 3, 31).ms)
        #expect(try store.age(of: .contract, before: before) == Aging(count: 6, due: 2, oldest: oldest))
        let all = try store.items(.contract, of: one, below: nil, limit: 9).map(\.id)
        #expect(try writer.remove(aged: all + [deleted], of: .contract, before: before, at: before) == 3)
        #expect(try store.items(.contract, of: one, below: nil, limit: 9).count == 4)
    }

    @Test func whatWasHandledInTheInboxIsEmptied() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let one = try writer.create(fields("A"), by: desk, at: morning).id
        func mail(_ id: String) throws -> Int64 {
            let letter = InboxTests.mail(id, from: "stranger\(id)@example.com", name: "見知らぬ人")
            let received = try writer.receive(letter, rules: InboxTests.rules, by: .command, at: morning)
            return try #require(received.inbox)
        }
        let open = try mail("1"), dismissed = try mail("2"), attached = try mail("3"), young = try mail("4")
        _ = try writer.dismiss(inbox: dismissed, by: desk, at: morning + 1)
        _ = try writer.attach(inbox: attached, to: .customer(one), rules: InboxTests.rules, by: desk, at: morning + 2)
        _ = try writer.dismiss(inbox: young, by: desk, at: morning + 40 * Self.day)
        let before = morning + Self.day, now = morning + 41 * Self.day
        #expect(try store.agedInboxItems(before: before, after: 0, limit: 9) == [dismissed, attached])
        #expect(try store.agedInboxItems(before: before, after: 0, limit: 1) == [dismissed])
        #expect(try store.agedInboxItems(before: before, after: dismissed, limit: 9) == [attached])
        #expect(try store.ageOfInbox(before: before) == Aging(count: 3, due: 2, oldest: morning + 1))
        // What waits stays, whatever is asked for.
        let all = [open, dismissed, attached, young]
        #expect(try writer.remove(agedInboxItems: all, before: before, at: now) == 2)
        #expect(try writer.remove(agedInboxItems: all, before: before, at: now + 1) == 0)
        #expect(try store.inbox(nil, below: nil, limit: 9).map(\.id) == [young, open])
        #expect(try store.inbox(.dismissed, below: nil, limit: 9).map(\.id) == [young])
        #expect(try store.inboxItem(dismissed) == nil)
        #expect(throws: EditError.notFound) { try writer.reopen(inbox: attached, by: desk, at: now + 2) }
        // The contact on the record has a retention of its own, and nothing comes in twice.
        #expect(try store.history(customer: one, limit: 9).count == 1)
        let again = try writer.receive(
            InboxTests.mail("2", from: "stranger2@example.com"), rules: InboxTests.rules, by: .command, at: now + 3)
        #expect(again.outcome == .known)
        let rows = try RebuiltRecordsTests.texts(directory).filter { $0.hasPrefix("SELECT * FROM inbox_item") }
        #expect(rows.filter { $0.contains("見知らぬ人") || $0.contains("stranger") }.count == 2)
        let rebuilt = try StateDirectory(), copy = try rebuilt.store()
        for entry in log.entries { try copy.apply([entry]) }
        #expect(try RebuiltRecordsTests.rows(rebuilt) == RebuiltRecordsTests.rows(directory))
    }

    /// What the log has of an item that is gone from the inbox goes when its customer is erased.
    @Test func anEraseFindsTheEntriesOfItemsThatAreGone() throws {
        let directory = try StateDirectory(), log = MemoryChangeLog(), store = try directory.store()
        let writer = RecordWriter(store, log: log)
        let letter = InboxTests.mail("1", from: "late@example.com", name: "遅れた人")
        let item = try #require(
            try writer.receive(letter, rules: InboxTests.rules, by: .command, at: morning).inbox)
        _ = try writer.dismiss(inbox: item, by: desk, at: morning + 1)
        let now = morning + 40 * Self.day
        #expect(try writer.remove(agedInboxItems: [item], before: now, at: now) == 1)
        let one = try writer.create(fields("A") { $0.email = "Late@example.com" }, by: desk, at: now + 1).id
        _ = try writer.erase(one, reason: nil, by: .command, at: now + 2)
        let erase = try #require(try store.unfinishedErasures().first)
        let left = try log.entries.map { entry in
            try entry.line.withUnsafeBytes { try erase.applied(toChange: $0) } ?? entry.line
        }
        let texts = try left.map { "\(try ChangeEntry($0).changes)" }
        #expect(!texts.contains { $0.contains("遅れた人") || $0.lowercased().contains("late@example.com") })
    }
}
