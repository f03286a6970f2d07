import CallCenter

/// Where an entry is in a customer's timeline: by its time, and among those of one time by where it comes from.
public struct TimelinePlace: Comparable, Sendable {
    /// In which table an entry is.
    public enum Source: Int64, Comparable, Sendable {
        /// Calls, contacts on other channels, and notes.
        case touchpoint = 0
        /// Purchases.
        case purchase = 1
        /// What happened with contracts.
        case contract = 2
        /// What came of the customer in lists.
        case list = 3

        public static func < (a: Source, b: Source) -> Bool { a.rawValue < b.rawValue }
    }

    /// Milliseconds.
    public var at: Int64
    /// In which table it is.
    public var source: Source
    public var id: Int64

    /// Copies its arguments.
    public init(at: Int64, source: Source, id: Int64) {
        self.at = at
        self.source = source
        self.id = id
    }

    public static func < (a: TimelinePlace, b: TimelinePlace) -> Bool {
        (a.at, a.source.rawValue, a.id) < (b.at, b.source.rawValue, b.id)
    }

    /// Below which place the entries of a source are below this one.
    func bound(in source: Source) -> ItemPlace {
        if source == self.source { return ItemPlace(at: at, id: id) }
        return ItemPlace(at: at, id: source < self.source ? .max : .min)
    }
}

/// A page of a customer's timeline that somebody asks for.
public struct TimelineQuery: Sendable {
    /// The channels of what is no contact.
    public static let purchase = "purchase"
    /// What happened with a contract.
    public static let contract = "contract"
    /// What came of an entry of a list.
    public static let list = "list"
    /// No contact by hand has one of these.
    public static let reserved = [Touchpoint.note, purchase, contract, list]

    /// The customer's id.
    public var customer: Int64
    /// `phone`, `email`, `note`, `purchase`, `contract`, …; nil for all.
    public var channel: String?
    /// Only what is behind this place; nil for the newest.
    public var below: TimelinePlace?
    /// So many entries at most.
    public var limit: Int
    /// As the search compares it; empty for all.
    private let text: [UInt32]

    /// Copies its arguments; the text is normalised as the search does it.
    public init(customer: Int64, channel: String?, text: String?, below: TimelinePlace?, limit: Int) {
        self.customer = customer
        self.channel = channel
        self.below = below
        self.limit = limit
        self.text = text.map(SearchText.normalized) ?? []
    }

    /// Whether one of the texts contains what is searched for.
    func finds(_ texts: String?...) -> Bool {
        text.isEmpty || texts.contains { $0.map { SearchText.normalized($0).hasPart(text) } ?? false }
    }

    func wants(_ channel: String) -> Bool { self.channel.map { $0 == channel } ?? true }

    /// Where a contact is in the timeline.
    public func place(of entry: TouchpointEntry) -> TimelinePlace {
        TimelinePlace(at: entry.touchpoint.at.ms, source: .touchpoint, id: entry.id)
    }

    /// Whether a contact belongs to the page, or to one behind it.
    public func matches(_ entry: TouchpointEntry) -> Bool {
        wants(entry.touchpoint.channel) && (below.map { place(of: entry) < $0 } ?? true)
            && finds(entry.touchpoint.summary)
    }
}

/// One entry of a customer's timeline.
public struct TimelineEntry: Sendable {
    /// What an entry is.
    public enum What: Sendable {
        /// A call, another contact, a note.
        case touchpoint(TouchpointEntry)
        /// The item, with what was bought.
        case purchase(CustomerItem, Purchase)
        /// The item, with what was agreed, and what happened with it at this time.
        case contract(CustomerItem, Contract, ContractEvent)
        /// Somebody worked the customer off in a list.
        case list(ListOutcome)
    }

    /// What happened with a contract.
    public enum ContractEvent: String, Sendable, CaseIterable {
        /// It was signed, or recorded where nobody said when it was signed.
        case signed
        /// It begins to hold.
        case started
        /// It goes on.
        case renewed
        /// It has ended, and does not go on.
        case expired
    }

    /// Where it is in the timeline.
    public var place: TimelinePlace
    /// As it was given; a contact's is a moment.
    public var at: DayOrTime
    /// What it is.
    public var what: What

    /// An entry for a contact.
    public init(_ entry: TouchpointEntry) {
        place = TimelinePlace(at: entry.touchpoint.at.ms, source: .touchpoint, id: entry.id)
        at = DayOrTime(entry.touchpoint.at)
        what = .touchpoint(entry)
    }

    init(_ item: CustomerItem, _ purchase: Purchase) {
        place = TimelinePlace(at: purchase.at.ms, source: .purchase, id: item.id)
        at = purchase.at
        what = .purchase(item, purchase)
    }

    init(_ outcome: ListOutcome) {
        place = TimelinePlace(at: outcome.result.at.ms, source: .list, id: outcome.place)
        at = DayOrTime(outcome.result.at)
        what = .list(outcome)
    }

    init(_ item: CustomerItem, _ contract: Contract, _ event: ContractEvent, at: DayOrTime) {
        let number = Int64(ContractEvent.allCases.firstIndex(of: event) ?? 0)
        place = TimelinePlace(at: at.ms, source: .contract, id: item.id * 4 + number)
        self.at = at
        what = .contract(item, contract, event)
    }

    /// What has happened with a contract until now.
    static func events(of item: CustomerItem, _ contract: Contract, until now: Timestamp) -> [TimelineEntry] {
        var events: [(ContractEvent, DayOrTime)] = []
        let signed = contract.signed ?? contract.starts ?? DayOrTime(item.createdAt)
        events.append((.signed, signed))
        if let starts = contract.starts, starts != signed { events.append((.started, starts)) }
        if case .at(let renews) = contract.renews { events.append((.renewed, renews)) }
        if let expires = contract.expires { events.append((.expired, expires)) }
        return events.filter { $0.0 == .signed || $0.1.ms <= now.ms }.map { event, at in
            TimelineEntry(item, contract, event, at: at)
        }
    }
}


extension [UInt32] {
    fileprivate func hasPart(_ part: [UInt32]) -> Bool {
        guard let first = part.first, count >= part.count else { return part.isEmpty }
        var at = 0
        let last = count - part.count
        while at <= last {
            if self[at] == first, self[at..<at + part.count].elementsEqual(part) { return true }
            at += 1
        }
        return false
    }
}
