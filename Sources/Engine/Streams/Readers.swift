/// Which customers' records somebody has opened: who is to be told that a record is another now.
///
/// Nobody says when a record is closed, so the newest few of each reader count as open.
struct Readers {
    /// Records of one reader that count as open: more than a desk has tabs for.
    static let recordsMax = 64
    /// Readers that are remembered. Names come from tokens and accounts, which are few; this bounds what a fault costs.
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

    mutating func forget(_ reader: String) { opened[reader] = nil }
}
