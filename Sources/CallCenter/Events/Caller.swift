/// A caller's number, raw and normalised.
public struct CallerNumber: Equatable, Sendable, Codable {
    /// The kind of number.
    public enum Kind: String, Equatable, Sendable, Codable {
        /// A telephone number: `e164` is there, and it is looked up.
        case number
        /// Withheld by the caller: never shown, looked up or logged.
        case withheld
        /// The network gave no number.
        case unavailable
        /// Something else, such as an extension or a word: shown, not looked up and not guessed at.
        case notANumber = "not_a_number"
    }

    /// What kind it is.
    public var kind: Kind
    /// As the PBX gave it; empty when withheld.
    public var raw: String
    /// `+819012345678`.
    public var e164: String?
    /// As people of `region` write it: `090-1234-5678`.
    public var display: String
    /// ISO 3166 region, `JP`.
    public var region: String?
    /// Where it is, as far as its area code says, in the centre's language.
    public var place: String?

    /// Copies its arguments.
    public init(
        kind: Kind, raw: String, e164: String? = nil, display: String, region: String? = nil, place: String? = nil
    ) {
        self.kind = kind
        self.raw = raw
        self.e164 = e164
        self.display = display
        self.region = region
        self.place = place
    }

    /// A number that the caller withholds.
    public static let withheld = CallerNumber(kind: .withheld, raw: "", display: "")
    /// A caller for whom the network gave no number.
    public static let unavailable = CallerNumber(kind: .unavailable, raw: "", display: "")
}

/// What a pop and a routing decision need of a customer's record.
public struct CustomerCard: Equatable, Sendable, Codable {
    public var id: Int64
    /// The id that the centre's CRM has for the customer; nil without one.
    public var externalID: String?
    /// The customer's name, as the records have it.
    public var name: String
    /// Reading of the name.
    public var kana: String?
    /// The name of the company, as the customer's record has it; nil without one.
    public var company: String?
    /// A mail address; nil without one.
    public var email: String?
    /// The name of a tier, as in `Policy.tiers`.
    public var tier: String
    /// The assigned operator.
    public var owner: String?
    /// Words that the centre uses to group customers.
    public var tags: [String]
    /// To be read before speaking.
    public var cautions: [String]
    /// Operators this customer is not to be given to.
    public var doNotPair: [String]
    /// Values of the fields that the centre defines, by name.
    public var custom: [String: String]
    /// The number by which the customer was found, formatted for people.
    public var display: String?
    /// true: the customer does not want to be called; nil: nobody said so.
    public var doNotCall: Bool?

    /// Copies its arguments; `doNotCall` is nil and is set afterwards.
    public init(
        id: Int64, externalID: String? = nil, name: String, kana: String? = nil, company: String? = nil,
        email: String? = nil, tier: String = "regular", owner: String? = nil, tags: [String] = [],
        cautions: [String] = [], doNotPair: [String] = [], custom: [String: String] = [:], display: String? = nil
    ) {
        self.id = id
        self.externalID = externalID
        self.name = name
        self.kana = kana
        self.company = company
        self.email = email
        self.tier = tier
        self.owner = owner
        self.tags = tags
        self.cautions = cautions
        self.doNotPair = doNotPair
        self.custom = custom
        self.display = display
    }
}

/// One contact with a customer, on any channel.
public struct Touchpoint: Equatable, Sendable, Codable {
    /// When it took place.
    public var at: Timestamp
    /// `phone`, `email`, `line` and the like, or `Touchpoint.note`.
    public var channel: String
    /// Who contacted whom; nil when nobody said so.
    public var direction: TouchpointRecorded.Direction?
    /// The operator who had it; nil for none.
    public var `operator`: String?
    /// The line called, for a call.
    public var line: String?
    /// What it was about, in a line; empty for nothing.
    public var summary: String
    /// Milliseconds.
    public var duration: Int64?
    /// A call's outcome: `answered`, `abandoned`, …
    public var outcome: String?
    /// The customer's tier at that time.
    public var tier: String?

    /// Copies its arguments.
    public init(
        at: Timestamp, channel: String, direction: TouchpointRecorded.Direction? = nil, operator: String? = nil,
        line: String? = nil, summary: String = "", duration: Int64? = nil, outcome: String? = nil, tier: String? = nil
    ) {
        self.at = at
        self.channel = channel
        self.direction = direction
        self.operator = `operator`
        self.line = line
        self.summary = summary
        self.duration = duration
        self.outcome = outcome
        self.tier = tier
    }

    /// The channel of a note about a customer: it reached nobody, and is no contact.
    public static let note = "note"
    /// Whether the customer was reached, or reached us: false for a note.
    public var isContact: Bool { channel != Touchpoint.note }

    /// How a call came out: its disposition stands before its notes. nil for another contact, and without one.
    public var disposition: String? {
        guard channel == "phone" else { return nil }
        let first = summary.prefix { $0 != " " }
        guard !first.isEmpty, first.utf8.count <= 64 else { return nil }
        let rest = summary.dropFirst(first.count)
        return rest.isEmpty || rest.hasPrefix(" · ") ? String(first) : nil
    }
}

/// An open case or promise, as far as a pop and a route need it.
public struct OpenCase: Equatable, Sendable, Codable {
    /// A case, a promise with a time by which it is to be kept, or a task.
    public enum Kind: String, Equatable, Sendable, Codable, CaseIterable {
        /// A matter of the customer that the centre works on.
        case `case`
        /// What the customer was told would be done.
        case promise
        /// Something that a colleague is to do. The customer was promised nothing, so pops and routes leave it out.
        case task
    }
    public var id: Int64
    /// Which of the three it is.
    public var kind: Kind
    /// What it is about, in a line.
    public var title: String
    /// The operator whose it is; nil when it is nobody's.
    public var owner: String?
    /// By when it is to be done; nil for one without a date.
    public var due: Timestamp?

    /// Copies its arguments.
    public init(id: Int64, kind: Kind, title: String, owner: String? = nil, due: Timestamp? = nil) {
        self.id = id
        self.kind = kind
        self.title = title
        self.owner = owner
        self.due = due
    }
}

/// A customer who may be the caller, with what is known of earlier contacts.
public struct Candidate: Equatable, Sendable, Codable {
    /// The customer's record, as far as calls need it.
    public var customer: CustomerCard
    /// Newest first, at most `Lookup.historyMax`.
    public var history: [Touchpoint]
    /// Newest first: the last talks with an operator, on any line.
    public var talks: [Talk]
    /// What is open with the customer.
    public var cases: [OpenCase]
    /// nil for a customer who bought nothing, and agreed to nothing.
    public var dealings: Dealings?
    /// Cases that are complaints, open or closed, newest first; nil when there are none.
    public var complaints: [Complaint]?
    /// What the person's company has; nil where there is none, or it has nothing.
    public var company: CompanyFacts?

    /// A candidate without dealings, complaints and company, which are set afterwards.
    public init(customer: CustomerCard, history: [Touchpoint] = [], talks: [Talk] = [], cases: [OpenCase] = []) {
        self.customer = customer
        self.history = history
        self.talks = talks
        self.cases = cases
    }

    /// Who spoke with the customer, when, on which line, from which number.
    public struct Talk: Equatable, Sendable, Codable {
        /// The operator's id.
        public var `operator`: String
        /// When they spoke. Event time.
        public var at: Timestamp
        /// The line called, or dialed from; nil when it is not known.
        public var line: String?
        /// The customer's number in that call, in E.164; nil when it is not known.
        public var number: String?

        /// Copies its arguments.
        public init(operator: String, at: Timestamp, line: String? = nil, number: String? = nil) {
            self.operator = `operator`
            self.at = at
            self.line = line
            self.number = number
        }
    }
}

/// The result of a look-up. It is written into the log with the event, so that a replay needs no look-up.
public struct Lookup: Equatable, Sendable, Codable {
    /// Touchpoints of one candidate, at most: as many as a pop shows.
    public static let historyMax = 5
    /// Candidates of one look-up, at most: thousands may share the number of a switchboard.
    public static let candidatesMax = 20

    /// The number that was looked up, as it was read.
    public var caller: CallerNumber
    /// In no particular order: the core ranks them.
    public var candidates: [Candidate]
    /// How many customers share the number; more than `candidates.count` when there were too many to carry.
    public var matches: Int
    /// The number is on the centre's block list.
    public var blocked: Bool
    /// Incidents that go on and may concern the call, the newest first; nil when there are none.
    public var incidents: [OpenIncident]?

    /// Copies its arguments; without `matches` as many as there are candidates.
    public init(caller: CallerNumber, candidates: [Candidate] = [], matches: Int? = nil, blocked: Bool = false) {
        self.caller = caller
        self.candidates = candidates
        self.matches = matches ?? candidates.count
        self.blocked = blocked
    }
}
