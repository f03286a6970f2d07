/// What really happened in the simulation, counted where it happened and not from the events.
public struct SimulatedTruth: Sendable {
    /// What happened in one queue. Times are milliseconds.
    public struct Queue: Sendable {
        /// Visits that began, and those that ended with each outcome.
        public var offered = 0, answered = 0, abandoned = 0, overflowed = 0, callback = 0
        /// Calls that operators of this queue transferred to another one, and holds.
        public var transfers = 0, holds = 0
        /// Milliseconds, of each visit that was answered.
        public var answeredWaits: [Int64] = []
        var abandonedWaits: [Int64] = []
        /// Of all visits that ended, the longest.
        public var longestWait: Int64 = 0
        /// Sums over the calls that were answered here. Milliseconds.
        public var talk: Int64 = 0, hold: Int64 = 0, wrapUp: Int64 = 0

        /// The mean wait of the answered visits, rounded down. Milliseconds; nil without any.
        public var asa: Int64? { answered > 0 ? answeredWaits.reduce(0, +) / Int64(answered) : nil }
        /// The mean handling time: talk, hold and after-call work, rounded down. Milliseconds; nil without any.
        public var aht: Int64? { answered > 0 ? (talk + hold + wrapUp) / Int64(answered) : nil }

        /// The wait that so many percent of the answered visits did not exceed (nearest rank).
        public func wait(percent: Int) -> Int64? {
            guard !answeredWaits.isEmpty else { return nil }
            let sorted = answeredWaits.sorted()
            return sorted[max(0, (sorted.count * percent + 99) / 100 - 1)]
        }

        /// metrics.md: the variant `negative`, A≤T / (A + B).
        public func serviceLevel(threshold: Int64) -> Double? {
            let all = answered + abandoned
            return all > 0 ? Double(answeredWaits.count { $0 <= threshold }) / Double(all) : nil
        }
    }

    /// What one operator did.
    public struct Agent: Sendable {
        /// Rings that were answered, and those that were not.
        public var answered = 0, unanswered = 0
        /// Sums. Milliseconds.
        public var talk: Int64 = 0, hold: Int64 = 0, wrapUp: Int64 = 0, paused: Int64 = 0, loggedIn: Int64 = 0
    }

    /// Callers who arrived.
    public var calls = 0
    /// By the queue's identifier, the overflow included.
    public var queues: [String: Queue] = [:]
    /// By the operator's identifier.
    public var agents: [String: Agent] = [:]
}
