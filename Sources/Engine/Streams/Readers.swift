/// The customer records that somebody has opened, to be notified of changes.
///
/// Closing a record sends nothing, so the newest few of each reader count as open.
struct Readers {
    /// Open records of one reader, at most: more than a desk has tabs for.
    static let recordsMax = 64
    /// Readers, at most. Names come from tokens and accounts, which are few; the bound limits the memory if that is
    /// wrong.
    static let readersMax = 10_000

    private var opened: [String: [Int64]] = [:]

    /// - Parameter reader: an operator, or `Streams.supervisors`.
    mutating func note(_ reader: String, opened customer: Int64) {
        guard opened[reader] != nil || opened.count < Readers.readersMax else { return }
        opened[reader, default: []].removeAll { $0 == customer }
        opened[reader, default: []].append(customer)
        if let count = opened[reader]?.count, count > Readers.recordsMax { opened[reader]?.removeFirst() }
    }

    func readers(of customer: Int64) -> [String] { opened.filter { $0.value.contains(customer) }.map(\.key) }

    mutating func remove(_ reader: String) { opened[reader] = nil }
}
