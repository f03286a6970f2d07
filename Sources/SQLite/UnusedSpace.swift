import CSQLite

/// What a database's pages have beside their content: SQLite moves rows between pages, and where a row was before, its
/// bytes stay until something else is written there. `PRAGMA secure_delete` overwrites what is deleted, and not what
/// was moved. For an erase these bytes are overwritten with zeros.
///
/// The format is that of https://www.sqlite.org/fileformat2.html, 1.6. Nothing but space between the cell pointers and
/// the cells, and free blocks, is written, so what a page means does not change.
extension Connection {
    /// The numbers of pages that have one of some byte sequences in their unused space, from `first` on.
    ///
    /// Reads the file without a lock, so a page may be missed that is being written: look again until there are none.
    ///
    /// - Parameters:
    ///   - first: 1 and up.
    ///   - count: how many pages to look at.
    /// - Returns: the pages, and the page to go on with; nil at the end.
    public borrowing func pages(
        havingUnused sequences: [[UInt8]], from first: Int64, count: Int64
    ) throws(SQLiteError) -> (found: [Int64], next: Int64?) {
        let size = Int(try integer("PRAGMA page_size") ?? 4_096)
        let last = sqlite3_shim_file_length(handle) / Int64(size)
        var found: [Int64] = [], page = [UInt8](repeating: 0, count: size), number = first
        while number <= last, number < first + count {
            if try read(&page, number) {
                let isFound = UnusedSpace.ranges(of: page, isFirst: number == 1).contains { range in
                    page.withUnsafeBytes { bytes in
                        let unused = UnsafeRawBufferPointer(rebasing: bytes[range])
                        return sequences.contains { unused.contains($0) }
                    }
                }
                if isFound { found.append(number) }
            }
            number += 1
        }
        return (found, number > last ? nil : number)
    }

    /// Overwrites the unused space of some pages. Nobody else may write meanwhile, so it holds the lock of writers, and
    /// the write-ahead log has to be empty: then the file is what every connection reads, and nothing is copied into
    /// it.
    ///
    /// - Returns: false when somebody wrote in between: empty the write-ahead log, and try again.
    public borrowing func clearUnused(in pages: [Int64]) throws(SQLiteError) -> Bool {
        try run("BEGIN IMMEDIATE")
        defer { if inTransaction { try? run("ROLLBACK") } }
        guard logLength == 0 else { return false }
        let size = Int(try integer("PRAGMA page_size") ?? 4_096)
        var page = [UInt8](repeating: 0, count: size)
        for number in pages {
            guard try read(&page, number) else { continue }
            for range in UnusedSpace.ranges(of: page, isFirst: number == 1) where !range.isEmpty {
                let zeros = [UInt8](repeating: 0, count: range.count)
                let code = sqlite3_shim_write_file(
                    handle, zeros, Int32(range.count), (number - 1) * Int64(size) + Int64(range.lowerBound))
                if code != SQLITE_OK { throw SQLiteError(code: code, message: String(cString: sqlite3_errstr(code))) }
            }
        }
        let code = sqlite3_shim_sync_file(handle)
        if code != SQLITE_OK { throw SQLiteError(code: code, message: String(cString: sqlite3_errstr(code))) }
        return true
    }

    /// Writes the write-ahead log into the database, and makes its file empty.
    ///
    /// - Returns: false while a reader needs what is in it.
    public borrowing func emptyLog() throws(SQLiteError) -> Bool {
        do throws(SQLiteError) { return try integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0 } catch {
            if error.kind == .busy { return false }
            throw error
        }
    }

    /// False behind the end of the file.
    private borrowing func read(_ page: inout [UInt8], _ number: Int64) throws(SQLiteError) -> Bool {
        let count = page.count
        let code = page.withUnsafeMutableBytes {
            sqlite3_shim_read_file(handle, $0.baseAddress, Int32(count), (number - 1) * Int64(count))
        }
        if code & 0xFF == SQLITE_IOERR { return false }
        if code != SQLITE_OK { throw SQLiteError(code: code, message: String(cString: sqlite3_errstr(code))) }
        return true
    }
}

/// The unused space of one page.
enum UnusedSpace {
    /// - Returns: the ranges of bytes that mean nothing; none for a page that is no page of a table or an index.
    static func ranges(of page: [UInt8], isFirst: Bool) -> [Range<Int>] {
        let head = isFirst ? 100 : 0
        guard page.count >= 512, page.count > head + 12 else { return [] }
        func short(_ at: Int) -> Int { Int(page[at]) << 8 | Int(page[at + 1]) }
        let pointers: Int
        switch page[head] {
        case 0x02, 0x05: pointers = head + 12
        case 0x0A, 0x0D: pointers = head + 8
        // A page of a long row, or a free one: the first begins with the number of another page, far below these.
        default: return []
        }
        let cells = short(head + 3), begin = pointers + 2 * cells
        var content = short(head + 5)
        if content == 0 { content = 65_536 }
        guard begin <= content, content <= page.count else { return [] }
        var found = [begin..<content], block = short(head + 1), last = content
        while block != 0 {
            guard block >= last, block + 4 <= page.count else { return [] }
            let next = short(block), end = block + short(block + 2)
            guard end >= block + 4, end <= page.count else { return [] }
            found.append(block + 4..<end)
            guard next == 0 || next > block else { return [] }
            last = end
            block = next
        }
        return found
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func contains(_ bytes: [UInt8]) -> Bool {
        guard let first = bytes.first, bytes.count <= count else { return false }
        for i in 0...(count - bytes.count) where self[i] == first {
            if self[i..<i + bytes.count].elementsEqual(bytes) { return true }
        }
        return false
    }
}
