import CallCenter
import Foundation
import SQLite
import Synchronization
import Testing

@testable import Storage

/// What is read waits for no writer.
@Suite struct ReadersTests {
    let directory: StateDirectory
    let store: CustomerStore
    let customer: Int64

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        customer = try store.create(fields("山田 花子", phones: ["03-0000-0001"]), at: morning).id
    }

    /// Runs reads on a thread of their own while the writer's lock is held within an open transaction.
    ///
    /// - Returns: what they found; nil when they had not ended after ten seconds.
    private func whileWriting<Found: Sendable>(_ reads: @escaping @Sendable () throws -> Found) throws -> Found? {
        let found = Mutex<Result<Found, any Error>?>(nil), hasEnded = DispatchSemaphore(value: 0)
        let isInTime = try store.with { state throws(SQLiteError) in
            try state.begin.run()
            try state.database.run("UPDATE customer SET name='half' WHERE id=\(customer)")
            Thread.detachNewThread {
                let result = Result { try reads() }
                found.withLock { $0 = result }
                hasEnded.signal()
            }
            let isInTime = hasEnded.wait(timeout: .now() + 10) == .success
            try state.database.run("ROLLBACK")
            return isInTime
        }
        if !isInTime {
            hasEnded.wait()
            return nil
        }
        return try found.withLock { try $0?.get() }
    }

    /// A record, its number, a search, a timeline, its cases and its lists: what a card and a search page ask for.
    @Test func recordsAreReadWhileAnImportWrites() throws {
        let store = self.store, customer = self.customer
        let found = try whileWriting { () throws -> [String] in
            let one = try store.customer(customer)
            let byNumber = try store.find(number: "+81300000001", limit: 10).customers
            let searched = try store.search("山田", limit: 10).customers
            let asked = TimelineQuery(customer: customer, channel: nil, text: nil, below: nil, limit: 10)
            let entries = try store.touchpoints(asked).count + store.timelineItems(asked, now: morning).count
            let lists = try store.savedLists().count
            return [one?.fields.name ?? "", "\(byNumber.count) \(searched.map(\.id)) \(entries) \(lists)"]
        }
        #expect(found == ["山田 花子", "1 [\(customer)] 0 0"])
        #expect(try store.customer(customer)?.fields.name == "山田 花子")
    }

    /// Whoever changed a record reads the change.
    @Test func aReadSeesWhatWasCommittedBefore() throws {
        for n in 1...20 {
            let before = try #require(try store.customer(customer))
            var changed = before.fields
            changed.name = "名 \(n)"
            _ = try store.save(customer, changed, expected: before.version, at: morning + Int64(n))
            // Reads that end before their last row leave nothing behind that would keep an old state.
            #expect(try store.survivor(of: customer) == customer)
            #expect(try store.find(number: "+81300000001", limit: 0).matches == 1)
            #expect(try store.search("名 \(n)", limit: 1).customers.first?.fields.name == "名 \(n)")
            #expect(try store.customer(customer)?.fields.name == "名 \(n)")
        }
    }

    /// More readers at once than there are connections.
    @Test func manyReadAtOnce() async throws {
        let names = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<(4 * RecordReaders.count) {
                group.addTask { [store, customer] in try store.customer(customer)?.fields.name }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(names == Array(repeating: "山田 花子", count: 4 * RecordReaders.count))
    }
}
