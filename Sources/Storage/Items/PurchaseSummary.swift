import CallCenter

/// What a customer's purchases come to: how many, how often, for how much, and when the next one is to be expected.
public struct PurchaseSummary: Equatable, Sendable {
    /// How many purchases there are.
    public private(set) var count = 0
    /// When something was bought last; nil without any.
    public private(set) var last: DayOrTime?
    /// By currency.
    public private(set) var totals: [String: DecimalSum] = [:]
    /// Those on which something was bought.
    private var days: Set<Int64> = []

    /// No purchases.
    init() {}

    /// Counts a purchase, in any order. One without an amount or a currency is in no total.
    mutating func add(_ one: Purchase) {
        count += 1
        days.insert(one.at.days)
        if last.map({ $0.ms < one.at.ms }) ?? true { last = one.at }
        if let amount = one.amount, let currency = one.currency { totals[currency, default: DecimalSum()].add(amount) }
    }

    /// Days from one purchase to the next on the average; nil while there were purchases on fewer than two days. Two on
    /// one day are one.
    public var daysBetween: Int? {
        guard days.count > 1, let first = days.min(), let last = days.max() else { return nil }
        let gaps = Int64(days.count - 1)
        return Int(max(1, (last - first + gaps / 2) / gaps))
    }

    /// The day of the last purchase, and once more what is between two; nil while that is not known.
    public var nextExpected: CivilDate? {
        guard let daysBetween, let last = days.max() else { return nil }
        return CivilDate(days: Int(last) + daysBetween)
    }
}
