import Storage
import Testing

@testable import Cluster

@Suite struct RecentRowsTests {
    private func row(_ first: Int64, _ last: Int64, bytes: Int = 36) -> LogRow {
        LogRow(
            first: first, last: last, epoch: 1, readAt: 1, changes: 0, entries: [UInt8](repeating: 7, count: bytes))
    }

    @Test func rowsAreFoundByThePositionBeforeThem() {
        var recent = RecentRows(bytesMax: 10_000)
        #expect(recent.after(0).isEmpty)
        recent.add([row(5, 7), row(8, 8)])
        recent.add([row(9, 12)])
        #expect(recent.after(4).map(\.first) == [5, 8, 9])
        #expect(recent.after(8).map(\.first) == [9])
        #expect(recent.after(12).isEmpty)
        // Not all of them, so none.
        #expect(recent.after(3).isEmpty)
        // Within a row.
        #expect(recent.after(6).isEmpty)
    }

    @Test func rowsOfAnotherPlaceBeginAnew() {
        var recent = RecentRows(bytesMax: 10_000)
        recent.add([row(5, 7), row(10, 11), row(12, 12)])
        #expect(recent.after(4).isEmpty)
        #expect(recent.after(9).map(\.first) == [10, 12])
        #expect(recent.bytes == 200)
    }

    @Test func theOldestGoFirst() {
        var recent = RecentRows(bytesMax: 1_000)
        for position in 1...1_000 as ClosedRange<Int64> {
            recent.add([row(position, position)])
            #expect(recent.bytes <= 1_000)
            let kept = min(position, 10)
            #expect(recent.after(position - kept).count == kept)
            #expect(recent.after(position - kept - 1).isEmpty)
        }
        // One that is too large alone.
        recent.add([row(1_001, 1_001, bytes: 5_000)])
        #expect(recent.bytes == 0 && recent.after(1_000).isEmpty)
        recent.add([row(1_002, 1_002)])
        #expect(recent.after(1_001).map(\.first) == [1_002])
    }
}
