/// What one operator sees of one call.
public struct Pop: Equatable, Sendable, Codable {
    /// What the operator sees of the call: where it is for this operator. The raw value is in the API.
    public enum Phase: String, Equatable, Sendable, Codable {
        /// Routed here; rings; dialed by this operator; talking; handed here; over.
        case offered, ringing, dialing, answered, transferred, ended
    }

    /// Stable for as long as this operator is concerned with this call.
    public var id: String
    /// The PBX's id of the call.
    public var call: String
    /// The source of the call.
    public var source: String
    /// Whose screen it is for, by operator id.
    public var `operator`: String
    /// Where the call is for this operator.
    public var phase: Phase
    /// The other party's number.
    public var from: CallerNumber
    /// The line called; of a dialed call, the line that the far end sees. Nil when it is not known.
    public var to: String?
    /// The queue that the call is in or came from; nil without one.
    public var queue: String?
    /// Milliseconds waited until this phase.
    public var waited: Int64
    /// When this operator answered; nil before.
    public var answeredAt: Timestamp?
    /// Milliseconds this operator had the call on hold, holds that ended.
    public var hold: Int64
    /// Since when the call is on hold; nil when it is not.
    public var heldSince: Timestamp?
    /// The operator who handed the call to this one; nil when nobody did.
    public var transferredFrom: String?
    /// The likeliest customer; nil when nobody matches.
    public var customer: CustomerCard?
    /// The customer was identified; false when only the number matches, which may be wrong.
    public var isIdentified: Bool
    /// The others who share the number, likeliest first.
    public var candidates: [CustomerCard]
    /// Warnings, the most urgent first.
    public var alerts: [Alert]
    /// Three lines at most, made by rules.
    public var brief: [String]
    /// What matters of the customer now, with reasons; at most `CardLine.linesMax`.
    public var card: [CardLine]
    /// The customer's last contacts, the newest first; at most `Lookup.historyMax`.
    public var history: [Touchpoint]
    /// What is open with the customer.
    public var cases: [OpenCase]
    /// Incidents that go on and concern the call, the newest first.
    public var incidents: [OpenIncident]
    /// All notes and drafts of this call so far; nil for none.
    public var noteDraft: String?
    /// The same, with who wrote what.
    public var notes: [Writing]
    /// The centre's page for the call, filled in; nil when none is configured.
    public var url: String?
    /// Why the call was routed as it was; nil for a call that was not routed.
    public var reason: Route.Reason?
    /// This operator calls the customer, whose number is then in `from`, as the other party's always is.
    public var isOutbound: Bool
    /// Whether the customer's tier is a VIP's.
    public var vip: Bool
    /// What look-ups outside say; nil for a centre without any, and for a caller without a number.
    public var outside: PopOutside?

    /// The ids of the customers whose data it has.
    public var customers: [Int64] {
        guard let customer else { return candidates.map(\.id) }
        return candidates.isEmpty ? [customer.id] : [customer.id] + candidates.map(\.id)
    }

    /// Copies its arguments.
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
