import CallCenter
import SQLite
import Synchronization

/// Past calls, page by page, for any number of threads that read them together: each page is given to one thread.
public final class KeptCalls: Sendable {
    private static let pageSize = 2_000

    private struct Place {
        var started: Int64
        /// The last call given out among those that began at `started`.
        var number = Int64.min
        var isAtEnd = false
    }
    private let store: CustomerStore
    private let to: Timestamp
    private let place: Mutex<Place>

    init(store: CustomerStore, from: Timestamp, to: Timestamp) {
        self.store = store
        self.to = to
        place = Mutex(Place(started: from.ms))
    }

    /// Calls `handle` with the calls of the next page, each with its first fact alone; false when there are no more.
    public func nextPage(_ handle: (borrowing Call) -> Void) throws(StoreError) -> Bool {
        let page: Result<[[UInt8]], StoreError> = place.withLock { place in
            if place.isAtEnd { return .success([]) }
            do throws(StoreError) { return .success(try read(&place)) } catch { return .failure(error) }
        }
        let records = try page.get()
        for record in records { if let call = CallBytes.decode(record, onlyFirstFact: true) { handle(call) } }
        return !records.isEmpty
    }

    private func read(_ place: inout Place) throws(StoreError) -> [[UInt8]] {
        let from = place
        let rows = try store.reading { state throws(SQLiteError) in
            let all = try state.database.prepare(
                "SELECT started, number, record FROM call WHERE (started, number)>(?,?) AND started<? ORDER BY "
                    + "started, number LIMIT \(KeptCalls.pageSize)"
            )
            try all.bind(from.started, 1)
            try all.bind(from.number, 2)
            try all.bind(to.ms, 3)
            var rows: [(started: Int64, number: Int64, record: [UInt8])] = []
            rows.reserveCapacity(KeptCalls.pageSize)
            while try all.step() { rows.append((all.int(0), all.int(1), all.withBytes(2) { Array($0) })) }
            return rows
        }
        if let last = rows.last { (place.started, place.number) = (last.started, last.number) }
        place.isAtEnd = rows.count < KeptCalls.pageSize
        return rows.map(\.record)
    }
}

extension CustomerStore {
    /// The calls kept that began from `from` up to `to`.
    public func calls(from: Timestamp, to: Timestamp) -> KeptCalls { KeptCalls(store: self, from: from, to: to) }
}
