import Storage

/// The newest rows of this node's copy, in memory: what a follower missed that subscribes again. It is sent them
/// without asking the database, which may be away, or out of that follower's reach.
struct RecentRows {
    private let bytesMax: Int
    private var rows: [LogRow] = []
    /// The first of `rows` that is kept still.
    private var begin = 0
    private(set) var bytes = 0

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Adds rows that continue those before; those of another place replace them.
    mutating func add(_ more: [LogRow]) {
        for row in more {
            if let last = rows.last?.last, row.first != last + 1 { self = RecentRows(bytesMax: bytesMax) }
            rows.append(row)
            bytes += row.entries.count + RecentRows.headBytes
        }
        while bytes > bytesMax, begin < rows.count {
            bytes -= rows[begin].entries.count + RecentRows.headBytes
            begin += 1
        }
        // Moved only now and then: each move is of all that is kept.
        guard begin > 0, begin >= rows.count - begin else { return }
        rows.removeFirst(begin)
        begin = 0
    }

    /// All rows after a position; none when some of them are not kept any more.
    func after(_ position: Int64) -> ArraySlice<LogRow> {
        let found = rows[begin...].place { $0.first > position }
        guard found < rows.count, rows[found].first == position + 1 else { return [] }
        return rows[found...]
    }

    /// What a row costs beside its entries.
    private static let headBytes = 64
}

extension ArraySlice<LogRow> {
    /// The first place from which on a condition holds, where it holds for all that follow.
    fileprivate func place(from holds: (LogRow) -> Bool) -> Int {
        var low = startIndex, high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
