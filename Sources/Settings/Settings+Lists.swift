/// Settings of lists that somebody works through.
extension Settings {
    /// What puts a customer into a list, and what can come of it.
    public struct Lists: Equatable, Sendable {
        /// Contracts that end within so many days.
        public var expiringDays = 60
        /// Complaints, calls that nobody answered and long waits of so many days are a risk.
        public var riskDays = 90
        /// A call that waited for so long waited long. Milliseconds.
        public var longWait = 3 * DurationText.minute
        /// So many customers are the best.
        public var best = 100
        /// The currency in which spend is compared, ISO 4217.
        public var currency = "JPY"
        /// What can come of an entry.
        public var results = ["reached", "not_reached", "done", "no_interest"]
        /// What was worked off is in the list again after this time, where its reason still holds. Days; 0: never.
        public var againDays = 90

        /// The defaults of the file.
        public init() {}
    }
}
