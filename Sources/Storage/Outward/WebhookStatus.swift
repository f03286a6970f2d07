import CallCenter

/// A webhook, and how it does.
public struct WebhookStatus: Equatable, Sendable {
    /// How a webhook does; the raw value is in the API.
    public enum State: String, CaseIterable, Sendable {
        /// It sends what happens.
        case running
        /// The last attempts failed: it tries one event at a time.
        case failing
        /// So much was given up that it waits: nothing more is given up, and nothing behind it is sent.
        case held
        /// Another node of the cluster sends.
        case elsewhere
    }

    /// Its name in the configuration.
    public var name: String
    /// Where it sends to.
    public var url: String
    /// Empty: all.
    public var types: [String]
    /// Only events of these queues; empty: all.
    public var queues: [String]
    /// Only events of customers of these tiers; empty: all.
    public var tiers: [String]
    /// Whether its requests are signed.
    public var isSigned: Bool
    /// How it does.
    public var state: State
    /// The position up to which everything was accepted or given up; nil before the first start.
    public var position: Int64?
    /// Events that were read, and not accepted yet.
    public var waiting: Int
    /// Events that were given up.
    public var dead: Int64
    /// When the last event was accepted, since the start.
    public var deliveredAt: Timestamp?
    /// Events that were accepted since the start.
    public var delivered: Int64
    /// What went wrong with the last attempt; nil when it succeeded.
    public var problem: String?

    /// Copies its arguments.
    public init(
        name: String, url: String, types: [String], queues: [String], tiers: [String], isSigned: Bool, state: State,
        position: Int64?, waiting: Int, dead: Int64, deliveredAt: Timestamp?, delivered: Int64, problem: String?
    ) {
        self.name = name
        self.url = url
        self.types = types
        self.queues = queues
        self.tiers = tiers
        self.isSigned = isSigned
        self.state = state
        self.position = position
        self.waiting = waiting
        self.dead = dead
        self.deliveredAt = deliveredAt
        self.delivered = delivered
        self.problem = problem
    }
}

/// A request that a webhook would send.
public struct WebhookPreview: Equatable, Sendable {
    /// The event's id.
    public var event: String
    /// The customer that the event is about; nil for none.
    public var customer: Int64?
    /// Where it would be sent to.
    public var url: String
    /// By their names.
    public var headers: [String: String]
    /// The body, JSON.
    public var body: String

    /// Copies its arguments.
    public init(event: String, customer: Int64?, url: String, headers: [String: String], body: String) {
        self.event = event
        self.customer = customer
        self.url = url
        self.headers = headers
        self.body = body
    }
}
