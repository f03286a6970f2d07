import SQLite

/// An erase on the machines that share a log: what those do that have not appended its entry.
extension EventLog.Entry {
    /// Whether a customer is erased by this entry: it has to be known to the records before the state is erased.
    public var isErase: Bool { kind == .records && ChangeEntry.isErase(line) }
}

extension LogRewriter {
    /// The rows of this copy whose first position is within a range: what a shared log should have there.
    ///
    /// - Returns: their entries and their epochs, by their first positions.
    public borrowing func rows(
        in positions: ClosedRange<Int64>
    ) throws(LogError) -> [Int64: (epoch: Int64, entries: [UInt8])] {
        do throws(SQLiteError) {
            let read = try database.prepare("SELECT first, epoch, entries FROM burst WHERE first BETWEEN ?1 AND ?2")
            try read.bind(positions.lowerBound, 1)
            try read.bind(positions.upperBound, 2)
            var found: [Int64: (epoch: Int64, entries: [UInt8])] = [:]
            while try read.step() { found[read.int(0)] = (read.int(1), read.withBytes(2) { Array($0) }) }
            return found
        } catch { throw LogError(error, path: path) }
    }
}
