import CallCenter

/// By which rules facts of customers are computed. Other rules make all of them outdated.
public struct ListRules: Equatable, Sendable {
    /// States of purchases that are in no sum.
    public var notCounted: Set<String>
    /// Codes of dispositions that are complaints.
    public var complaints: Set<String>
    /// A call that waited for so long waited long. Milliseconds.
    public var longWait: Int64
    /// The currency in which spend is compared, ISO 4217.
    public var currency: String

    /// Copies its arguments.
    public init(notCounted: Set<String>, complaints: Set<String>, longWait: Int64, currency: String) {
        self.notCounted = notCounted
        self.complaints = complaints
        self.longWait = longWait
        self.currency = currency
    }

    /// As the records store by which rules their facts were computed.
    var text: String {
        let lists = [notCounted, complaints].map { $0.sorted().joined(separator: "\u{1F}") }
        return (["1"] + lists + [String(longWait), currency]).joined(separator: "\u{1E}")
    }
}

/// What contacts, purchases and contracts of one customer come to, as far as questions about all customers need it.
public struct CustomerFacts: Equatable, Sendable {
    /// Contacts in both directions; notes are none.
    public var contacts: Int64 = 0
    /// When the newest contact began; nil without any.
    public var lastContact: Timestamp?
    /// Those that count.
    public var purchases: Int64 = 0
    /// In units of ten to the minus 6 of the rules' currency.
    public var spent: Int64 = 0
    /// When something was bought last; nil without any purchase that counts.
    public var lastPurchase: DayOrTime?
    /// The day on which the next purchase is to be expected, in days since 1970-01-01.
    public var expected: Int64?
    /// The newest contact that came out as a complaint.
    public var complainedAt: Timestamp?
    /// The newest call of the customer that nobody answered, where there was no other contact since.
    public var unansweredAt: Timestamp?
    /// The newest call that waited long, and for how long. Milliseconds.
    public var waitedAt: Timestamp?
    /// How long that call waited; nil without one.
    public var waited: Int64?

    /// A customer of whom nothing but the record is known.
    public init() {}

    /// A contact as facts need it.
    struct Contact {
        var touchpoint: Touchpoint
        /// When a call was answered.
        var answeredAt: Timestamp?
    }

    /// - Parameter contacts: newest first.
    init(contacts: [Contact], purchases: [Purchase], _ rules: ListRules) {
        let complaints = rules.complaints.union(["complaint"])
        var wasReached = false
        for one in contacts where one.touchpoint.isContact {
            let contact = one.touchpoint
            self.contacts += 1
            lastContact = lastContact ?? contact.at
            if complainedAt == nil, let code = contact.disposition, complaints.contains(code) {
                complainedAt = contact.at
            }
            let isLost = contact.channel == "phone" && contact.direction == .inbound && one.answeredAt == nil
                && CustomerFacts.lost.contains(contact.outcome ?? "")
            if isLost, !wasReached { unansweredAt = unansweredAt ?? contact.at }
            if !isLost { wasReached = true }
            if waitedAt == nil, contact.direction == .inbound, let answeredAt = one.answeredAt,
                answeredAt - contact.at >= rules.longWait
            {
                waitedAt = contact.at
                waited = answeredAt - contact.at
            }
        }
        var summary = PurchaseSummary()
        for one in purchases where !rules.notCounted.contains(one.state) { summary.add(one) }
        self.purchases = Int64(summary.count)
        spent = summary.totals[rules.currency]?.micros ?? 0
        lastPurchase = summary.last
        expected = summary.nextExpected.map { Int64(CivilDate.days(year: $0.year, month: $0.month, day: $0.day)) }
    }

    /// Outcomes of calls that nobody answered. A blocked one was not to be.
    private static let lost: Set<String> = [Outcome.abandoned.rawValue, Outcome.shortAbandoned.rawValue]
}

/// A contract that ends, and does not go on by itself.
struct ContractEnd: Equatable, Sendable {
    var item: Int64
    /// Days since 1970-01-01.
    var ends: Int64
    var service: String

    /// nil for one that goes on by itself, or has no end.
    init?(item: Int64, _ contract: Contract) {
        switch contract.renews {
        case .yes, .at: return nil
        case .no, nil: break
        }
        guard let expires = contract.expires else { return nil }
        self.item = item
        ends = expires.days
        service = contract.service
    }
}
