import EventWire

/// The range of a number that comes from a client. It is checked where the number is read, so that no sum or product
/// can overflow an `Int64`, which would end the daemon.
struct Bounded: Sendable {
    let range: ClosedRange<Int64>

    init(_ range: ClosedRange<Int64>) { self.range = range }

    /// Ids of records, and the positions after which lists continue; one more still fits an `Int64`.
    static let id = Bounded(0...Int64.max - 1)
    /// Versions of records.
    static let version = Bounded(1...Int64.max - 1)
    /// How long something took. Milliseconds, 366 days at most.
    static let spentMs = Bounded(0...WireLimits.durationMax)
    /// How long a token lives. Seconds, a hundred years at most.
    static let expiryS = Bounded(1...3_155_760_000)

    /// - Throws: the problem that names the number and its range.
    func checked(_ number: Int64, _ name: String) throws(Problem) -> Int64 {
        guard range.contains(number) else {
            throw .bad("\(name) is from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    /// The same for a number that may be left out.
    func checked(ifAny number: Int64?, _ name: String) throws(Problem) -> Int64? {
        guard let number else { return nil }
        return try checked(number, name)
    }
}
