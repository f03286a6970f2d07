/// What a customer bought and agreed to, as far as a card has lines of it. A part of the look-up, and so of the log.
public struct Dealings: Equatable, Sendable, Codable {
    /// A day, or a moment.
    public struct Moment: Equatable, Sendable, Codable {
        /// Milliseconds since 1970; of a day its midnight in UTC.
        public var ms: Int64
        /// Whether the time of day is not known.
        public var isDay: Bool

        /// Copies its arguments.
        public init(ms: Int64, isDay: Bool) {
            self.ms = ms
            self.isDay = isDay
        }
    }

    /// A purchase.
    public struct Bought: Equatable, Sendable, Codable {
        /// What was bought, as the records have it.
        public var product: String
        /// One of the centre's states.
        public var state: String
        /// When it was bought.
        public var at: Moment

        /// Copies its arguments.
        public init(product: String, state: String, at: Moment) {
            self.product = product
            self.state = state
            self.at = at
        }
    }

    /// A contract.
    public struct Agreed: Equatable, Sendable, Codable {
        /// What it is for, as the records have it.
        public var service: String
        /// nil: without an end.
        public var expires: Moment?
        /// It goes on by itself.
        public var renews: Bool

        /// Copies its arguments.
        public init(service: String, expires: Moment?, renews: Bool) {
            self.service = service
            self.expires = expires
            self.renews = renews
        }
    }

    /// The newest purchase, in whatever state.
    public var last: Bought?
    /// The day on which the next purchase is expected: days since 1970-01-01. nil while that is not known.
    public var nextExpected: Int?
    /// Products of purchases that count, and services of contracts, each once.
    public var owned: [String]
    /// Nothing is left out of `owned`.
    public var isWhole: Bool
    /// Contracts that go on, or ended lately.
    public var contracts: [Agreed]

    /// Copies its arguments.
    public init(
        last: Bought? = nil, nextExpected: Int? = nil, owned: [String] = [], isWhole: Bool = true,
        contracts: [Agreed] = []
    ) {
        self.last = last
        self.nextExpected = nextExpected
        self.owned = owned
        self.isWhole = isWhole
        self.contracts = contracts
    }
}
