import Storage

/// Response times of cases of one group: average, median and 90th percentile over those in which something was done.
struct ResponseTimes: Equatable {
    /// How many were opened.
    private(set) var opened = 0
    private var times: [Int64] = []

    mutating func add(_ one: CaseResponse) {
        opened += 1
        if let time = one.response { times.append(time) }
    }

    /// The same in figures, computed once.
    struct Figures: Equatable {
        /// How many were opened, and in how many of them something was done.
        var opened, answered: Int
        /// Milliseconds; nil where nothing was done in any.
        var average, median, p90, max: Int64?
        /// In how many something was done within the time.
        var within: Int
        /// Their share of all that were opened; nil without any.
        var withinRate: Double?
    }

    /// - Parameter limit: within which something should be done. Milliseconds.
    func figures(within limit: Int64) -> Figures {
        let sorted = times.sorted(), within = sorted.count { $0 <= limit }
        let average = sorted.isEmpty ? nil : sorted.reduce(0, +) / Int64(sorted.count)
        return Figures(
            opened: opened, answered: sorted.count, average: average, median: rank(50, sorted), p90: rank(90, sorted),
            max: sorted.last, within: within, withinRate: opened == 0 ? nil : Double(within) / Double(opened))
    }

    /// The time that so many percent do not exceed: the nearest rank, which is a time that occurred.
    private func rank(_ percent: Int, _ sorted: [Int64]) -> Int64? {
        sorted.isEmpty ? nil : sorted[(sorted.count * percent + 99) / 100 - 1]
    }
}
