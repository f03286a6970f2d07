/// What a card says of a customer, and when (`[card]`).
public struct CardPolicy: Equatable, Sendable, Codable {
    /// What to offer to whom: who has one thing and lacks another.
    public struct Rule: Equatable, Sendable, Codable {
        /// A part of the name of a product or a service.
        public var has: String
        /// A part of the name of what the customer has not yet.
        public var lacks: String
        /// What to say, in the reader's language.
        public var say: DispositionPolicy.Label

        /// Copies its arguments.
        public init(has: String = "", lacks: String = "", say: DispositionPolicy.Label = .init()) {
            self.has = has
            self.lacks = lacks
            self.say = say
        }
    }

    /// A contract that ends within so many days has a line, and one that ended no longer ago. 0: none has.
    public var contractDays = 30
    /// A complaint of the last so many days has a line. 0: none has.
    public var complaintDays = 30
    /// Several calls about the same within so many days have a line. 0: none have.
    public var topicDays = 14
    /// What to offer to whom, in the order of the configuration.
    public var rules: [Rule] = []
    /// What the centre's own fields are called, by their columns; nil for a centre that has none on cards.
    public var labels: [String: DispositionPolicy.Label]?
    /// What the centre's clock is ahead of UTC, by which days are counted. Milliseconds.
    public var clockAhead: Int64 = 0

    /// The defaults of each property.
    init() {}
}

extension Policy {
    /// What a card says of a customer; the defaults where nothing is configured.
    public var card: CardPolicy {
        get { cards ?? CardPolicy() }
        set { cards = newValue == CardPolicy() ? nil : newValue }
    }
}
