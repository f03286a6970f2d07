import CallCenter
import Logging
import Synchronization
import Testing

@testable import Storage
@testable import Workers

/// Customers who were deleted long ago are erased by the clock.
@Suite struct DeletedCutTests {
    /// A log in memory: a position for each entry.
    private final class Log: ChangeLog {
        let entries = Mutex<[[UInt8]]>([])

        func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
            entries.withLock { entries in
                entries.append(entry)
                return Int64(entries.count)
            }
        }
    }

    private static let day: Int64 = 86_400_000
    private static let morning = Timestamp(ms: 1_795_392_000_000)

    @Test func oldItemsGoAFewAtATime() throws {
        let directory = try StateDirectory(), store = try CustomerStore.open(directory: directory.path)
        let writer = RecordWriter(store, log: Log()), count = AgedCut.atOnce + 3
        let one = try writer.create(CustomerFields(name: "A"), by: .command, at: Self.morning).id
        for i in 0..<(count + 1) {
            let at = i < count ? Self.morning : Self.morning + 50 * Self.day
            _ = try writer.add(.note(Note(at: at, text: "n")), to: one, by: .command, at: Self.morning + Int64(i))
        }
        let cut = AgedCut(writer: writer, rules: { [] }, logger: LogLines().logger)
        let now = Self.morning + 60 * Self.day, rule: AgedCut.Rule = (.item(.note), 30 * Self.day)
        let first = cut.step(rule, after: 0, at: now)
        #expect(first.removed == AgedCut.atOnce && first.last != nil)
        let second = cut.step(rule, after: first.last ?? 0, at: now)
        #expect(second.removed == 3 && second.last == nil)
        #expect(try store.items(.note, of: one, below: nil, limit: 500).count == 1)
        #expect(cut.step((.item(.contact), 30 * Self.day), after: 0, at: now).removed == 0)
    }

    @Test func whoWasDeletedLongAgoIsErasedAFewAtATime() throws {
        let directory = try StateDirectory(), log = Log()
        let store = try CustomerStore.open(directory: directory.path), writer = RecordWriter(store, log: log)
        let count = Int64(DeletedCut.atOnce) + 5
        for i in 1...(count + 2) {
            let made = try writer.create(
                CustomerFields(name: "n\(i)"), by: .command, at: Self.morning + i)
            // Two stay, and two were deleted a day ago only.
            if i <= count { try writer.delete(made.id, expected: nil, by: .command, at: Self.morning + 1_000 + i) }
        }
        let recent = try writer.create(CustomerFields(name: "recent"), by: .command, at: Self.morning + 5_000)
        try writer.delete(recent.id, expected: nil, by: .command, at: Self.morning + 29 * Self.day)
        let cut = DeletedCut(writer: writer, retention: { 30 * Self.day }, logger: LogLines().logger)
        let before = Self.morning + 20 * Self.day, now = Self.morning + 31 * Self.day
        #expect(cut.step(after: nil, at: before).erased.isEmpty)
        #expect(
            try store.age(of: .deleted, before: before - 30 * Self.day)
                == Aging(count: count + 1, due: 0, oldest: Self.morning + 1_001))
        #expect(try store.age(of: .deleted, before: now - 30 * Self.day).due == count)
        let first = cut.step(after: nil, at: now)
        #expect(first.erased.count == DeletedCut.atOnce && first.last != nil)
        #expect(first.erased.allSatisfy { $0.reason == DeletedCut.reason && $0.author.through == .rule })
        let second = cut.step(after: first.last, at: now)
        #expect(second.erased.count == 5 && second.last == nil)
        #expect(cut.step(after: nil, at: now).erased.isEmpty)
        #expect(try store.deletedCustomers(limit: 100).map(\.id) == [recent.id])
        #expect(try store.count() == 2, "who was not deleted stays")
        #expect(throws: EditError.self) { try writer.undelete(1, by: .command, at: now) }
        // It is in the log: what is made of it again has no more of them.
        let erases = log.entries.withLock { entries in entries.filter { ChangeEntry.isErase($0) }.count }
        #expect(erases == Int(count))
    }
}
