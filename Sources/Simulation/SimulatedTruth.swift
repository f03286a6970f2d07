/// What really happened in the simulation, counted where it happened and not from the events.
public struct SimulatedTruth: Sendable {
    public struct Queue: Sendable {
        public var offered = 0, answered = 0, abandoned = 0, overflowed = 0, callback = 0
        public var transfers = 0, holds = 0
        /// Milliseconds, of each visit that was answered.
        public var answeredWaits: [Int64] = []
        public var abandonedWaits: [Int64] = []
        /// Of all visits that ended, the longest.
        public var longestWait: Int64 = 0
        public var talk: Int64 = 0, hold: Int64 = 0, wrapUp: Int64 = 0

        public var asa: Int64? { answered > 0 ? answeredWaits.reduce(0, +) / Int64(answered) : nil }
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

    public struct Agent: Sendable {
        public var answered = 0, unanswered = 0
        public var talk: Int64 = 0, hold: Int64 = 0, wrapUp: Int64 = 0, paused: Int64 = 0, loggedIn: Int64 = 0
    }

    public var calls = 0
    public var queues: [String: Queue] = [:]
    public var agents: [String: Agent] = [:]
}
