extension Settings {
    /// Somebody who is told of events by HTTP.
    public struct Webhook: Equatable, Sendable {
        /// The configuration's name of it, unique among webhooks.
        public var name = ""
        /// Where events are posted.
        public var url = ""
        /// The types of events that are sent (`OutwardTypes`); empty: all.
        public var types: [String] = []
        /// Only events of calls in these queues; empty: all events.
        public var queues: [String] = []
        /// Only events of customers with these tiers; empty: all events.
        public var tiers: [String] = []
        /// The file with the key that signs requests; nil: unsigned.
        public var keyFile: String?
        /// The body, with places for values of the event; nil: the event as it is.
        public var template: String?
        /// The media type of the body.
        public var contentType = "application/json"
        /// Which of the centre's own fields are shown.
        public var role = CustomField.Seer.operator
        /// An event is given up after so many attempts: 1 to 100.
        public var tries = 20
        /// How long an answer is waited for. Milliseconds.
        public var timeout = 10 * DurationText.second

        /// The defaults of the file, without a name and an address.
        public init() {}
    }
}
