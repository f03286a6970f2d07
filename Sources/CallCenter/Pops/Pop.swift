/// What one operator sees of one call.
public struct Pop: Equatable, Sendable, Codable {
    public enum Phase: String, Equatable, Sendable, Codable {
        case offered, ringing, dialing, answered, transferred, ended
    }

    /// Stable for as long as this operator is concerned with this call.
    public var id: String
    public var call: String
    public var source: String
    public var `operator`: String
    public var phase: Phase
    public var from: CallerNumber
    public var to: String?
    public var queue: String?
    /// Milliseconds waited until this phase.
    public var waited: Int64
    /// When this operator answered; nil before.
    public var answeredAt: Timestamp?
    /// Milliseconds this operator had the call on hold, holds that ended.
    public var hold: Int64
    /// Since when the call is on hold; nil when it is not.
    public var heldSince: Timestamp?
    public var transferredFrom: String?
    public var customer: CustomerCard?
    /// The customer was identified; false when only the number matches, which may be wrong.
    public var isIdentified: Bool
    /// The others who share the number, likeliest first.
    public var candidates: [CustomerCard]
    public var alerts: [Alert]
    /// Three lines at most, made by rules.
    public var brief: [String]
    /// What matters of the customer now, with reasons; at most `CardLine.linesMax`.
    public var card: [CardLine]
    public var history: [Touchpoint]
    public var cases: [OpenCase]
    /// Incidents that go on and concern the call, the newest first.
    public var incidents: [OpenIncident]
    public var noteDraft: String?
    /// The same, with who wrote what.
    public var notes: [Writing]
    public var url: String?
    public var reason: Route.Reason?
    /// This operator calls the customer, whose number is then in `from`, as the other party's always is.
    public var isOutbound: Bool
    public var vip: Bool
    /// What look-ups outside say; nil for a centre without any, and for a caller without a number.
    public var outside: PopOutside?

    /// The ids of the customers whose data it has.
    public var customers: [Int64] {
        guard let customer else { return candidates.map(\.id) }
        return candidates.isEmpty ? [customer.id] : [customer.id] + candidates.map(\.id)
    }

    public init(
        id: String, call: String, source: String, operator: String, phase: Phase, from: CallerNumber, to: String?,
        queue: String?, waited: Int64, transferredFrom: String?, customer: CustomerCard?, candidates: [CustomerCard],
        alerts: [Alert], brief: [String], history: [Touchpoint], cases: [OpenCase], noteDraft: String?, url: String?,
        reason: Route.Reason?, isOutbound: Bool = false, vip: Bool, isIdentified: Bool = false, notes: [Writing] = [],
        card: [CardLine] = [], incidents: [OpenIncident] = [], outside: PopOutside? = nil, answeredAt: Timestamp? = nil,
        hold: Int64 = 0, heldSince: Timestamp? = nil
    ) {
        self.answeredAt = answeredAt
        self.hold = hold
        self.heldSince = heldSince
        self.outside = outside
        self.id = id
        self.call = call
        self.source = source
        self.operator = `operator`
        self.phase = phase
        self.from = from
        self.to = to
        self.queue = queue
        self.waited = waited
        self.transferredFrom = transferredFrom
        self.customer = customer
        self.candidates = candidates
        self.alerts = alerts
        self.brief = brief
        self.card = card
        self.history = history
        self.cases = cases
        self.incidents = incidents
        self.noteDraft = noteDraft
        self.notes = notes
        self.isIdentified = isIdentified
        self.url = url
        self.reason = reason
        self.isOutbound = isOutbound
        self.vip = vip
    }
}
