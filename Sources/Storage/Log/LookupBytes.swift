import CallCenter

/// The binary format of look-ups in the log: a few hundred nanoseconds each way, where JSON takes tens of microseconds.
///
/// One byte of version, then the fields in their order (`PackedWriter`).
public enum LookupBytes {
    private static let version: UInt8 = 1
    /// With what customers bought and agreed to; only where one did.
    private static let withDealings: UInt8 = 2
    /// With complaints of customers and incidents that go on, too; only where there are any.
    private static let withComplaints: UInt8 = 3
    /// With what the companies of persons have, and who does not want to be called; only where there is any.
    private static let withCompanies: UInt8 = 4

    /// The bytes of a look-up, in the oldest format that has everything in it.
    public static func encode(_ lookup: Lookup) -> [UInt8] {
        var out = PackedWriter()
        out.bytes.reserveCapacity(96 + 256 * lookup.candidates.count)
        write(lookup, &out)
        return out.bytes
    }

    static func write(_ lookup: Lookup, _ out: inout PackedWriter) {
        let hasDealings = lookup.candidates.contains { $0.dealings != nil }
        let hasCompanies = lookup.candidates.contains { $0.company != nil || $0.customer.doNotCall != nil }
        let hasMore =
            hasCompanies || lookup.incidents != nil || lookup.candidates.contains { $0.complaints != nil }
        out.byte(hasCompanies ? withCompanies : hasMore ? withComplaints : hasDealings ? withDealings : version)
        out.text(lookup.caller.kind.rawValue)
        out.text(lookup.caller.raw)
        out.optional(lookup.caller.e164)
        out.text(lookup.caller.display)
        out.optional(lookup.caller.region)
        out.optional(lookup.caller.place)
        out.count(lookup.matches)
        out.byte(lookup.blocked ? 1 : 0)
        out.list(lookup.candidates) { out, candidate in
            write(candidate.customer, &out)
            out.list(candidate.history) { write($1, &$0) }
            out.list(candidate.talks) { out, talk in
                out.text(talk.operator)
                out.signed(talk.at.ms)
                out.optional(talk.line)
                out.optional(talk.number)
            }
            out.list(candidate.cases) { write($1, &$0) }
            if hasDealings || hasMore { out.optional(candidate.dealings) { write($1, &$0) } }
            if hasMore {
                out.optional(candidate.complaints) { out, complaints in
                    out.list(complaints) { out, one in
                        out.signed(one.at.ms)
                        out.optional(one.about)
                    }
                }
            }
            if hasCompanies {
                out.byte(candidate.customer.doNotCall.map { $0 ? 2 : 1 } ?? 0)
                out.optional(candidate.company) { write($1, &$0) }
            }
        }
        if hasMore { out.optional(lookup.incidents) { $0.list($1) { write($1, &$0) } } }
    }

    private static func write(_ open: OpenCase, _ out: inout PackedWriter) {
        out.signed(open.id)
        out.text(open.kind.rawValue)
        out.text(open.title)
        out.optional(open.owner)
        out.optional(open.due?.ms)
    }

    private static func openCase(_ from: inout PackedReader) throws(Malformed) -> OpenCase {
        OpenCase(
            id: try from.signed(), kind: try from.word(), title: try from.text(), owner: try from.optionalText(),
            due: try from.optionalSigned().map { Timestamp(ms: $0) })
    }

    private static func write(_ company: CompanyFacts, _ out: inout PackedWriter) {
        out.signed(company.id)
        out.text(company.name)
        out.optional(company.dealings) { write($1, &$0) }
        out.list(company.cases) { write($1, &$0) }
    }

    private static func company(_ from: inout PackedReader) throws(Malformed) -> CompanyFacts {
        CompanyFacts(
            id: try from.signed(), name: try from.text(),
            dealings: try from.optional { from throws(Malformed) in try dealings(&from) },
            cases: try from.list { from throws(Malformed) in try openCase(&from) })
    }

    private static func write(_ one: OpenIncident, _ out: inout PackedWriter) {
        out.signed(one.id)
        out.text(one.title)
        out.signed(one.openedAt.ms)
        for list in [one.queues, one.lines, one.regions] { out.list(list) { $0.text($1) } }
        out.optional(one.customers) { $0.list($1) { $0.signed($1) } }
    }

    private static func incident(_ from: inout PackedReader) throws(Malformed) -> OpenIncident {
        OpenIncident(
            id: try from.signed(), title: try from.text(), openedAt: Timestamp(ms: try from.signed()),
            queues: try from.texts(), lines: try from.texts(), regions: try from.texts(),
            customers: try from.optional { from throws(Malformed) in
                try from.list { from throws(Malformed) in try from.signed() }
            })
    }

    private static func write(_ card: CustomerCard, _ out: inout PackedWriter) {
        out.signed(card.id)
        out.optional(card.externalID)
        out.text(card.name)
        out.optional(card.kana)
        out.optional(card.company)
        out.optional(card.email)
        out.text(card.tier)
        out.optional(card.owner)
        out.list(card.tags) { $0.text($1) }
        out.list(card.cautions) { $0.text($1) }
        out.list(card.doNotPair) { $0.text($1) }
        out.list(card.custom.sorted { $0.key < $1.key }) { out, field in
            out.text(field.key)
            out.text(field.value)
        }
        out.optional(card.display)
    }

    private static func write(_ contact: Touchpoint, _ out: inout PackedWriter) {
        out.signed(contact.at.ms)
        out.text(contact.channel)
        out.optional(contact.direction?.rawValue)
        out.optional(contact.operator)
        out.optional(contact.line)
        out.text(contact.summary)
        out.optional(contact.duration)
        out.optional(contact.outcome)
        out.optional(contact.tier)
    }

    /// nil for bytes in another format.
    public static func decode(_ bytes: [UInt8]) -> Lookup? { bytes.withUnsafeBytes(decode) }

    /// nil for bytes in another format.
    public static func decode(_ bytes: UnsafeRawBufferPointer) -> Lookup? {
        var from = PackedReader(bytes: bytes)
        let lookup = try? read(&from)
        return from.isAtEnd ? lookup : nil
    }

    static func read(_ from: inout PackedReader) throws(Malformed) -> Lookup {
        let format = try from.byte()
        guard (version...withCompanies).contains(format) else { throw Malformed() }
        let caller = CallerNumber(
            kind: try from.word(), raw: try from.text(), e164: try from.optionalText(), display: try from.text(),
            region: try from.optionalText(), place: try from.optionalText())
        let matches = try from.count(), blocked = try from.byte() == 1
        var candidates: [Candidate] = []
        for _ in 0..<(try from.count()) {
            var candidate = Candidate(customer: try card(&from))
            for _ in 0..<(try from.count()) { candidate.history.append(try touchpoint(&from)) }
            for _ in 0..<(try from.count()) {
                candidate.talks.append(
                    .init(
                        operator: try from.text(), at: Timestamp(ms: try from.signed()), line: try from.optionalText(),
                        number: try from.optionalText()))
            }
            for _ in 0..<(try from.count()) {
                candidate.cases.append(try openCase(&from))
            }
            if format >= withDealings {
                candidate.dealings = try from.optional { from throws(Malformed) in try dealings(&from) }
            }
            if format >= withComplaints {
                candidate.complaints = try from.optional { from throws(Malformed) in
                    try from.list { from throws(Malformed) in
                        Complaint(at: Timestamp(ms: try from.signed()), about: try from.optionalText())
                    }
                }
            }
            if format == withCompanies {
                switch try from.byte() {
                case 0: break
                case 1: candidate.customer.doNotCall = false
                case 2: candidate.customer.doNotCall = true
                default: throw Malformed()
                }
                candidate.company = try from.optional { from throws(Malformed) in try company(&from) }
            }
            candidates.append(candidate)
        }
        var lookup = Lookup(caller: caller, candidates: candidates, matches: matches, blocked: blocked)
        if format >= withComplaints {
            lookup.incidents = try from.optional { from throws(Malformed) in
                try from.list { from throws(Malformed) in try incident(&from) }
            }
        }
        return lookup
    }

    private static func write(_ dealings: Dealings, _ out: inout PackedWriter) {
        out.optional(dealings.last) { out, last in
            out.text(last.product)
            out.text(last.state)
            write(last.at, &out)
        }
        out.optional(dealings.nextExpected.map(Int64.init))
        out.list(dealings.owned) { $0.text($1) }
        out.byte(dealings.isWhole ? 1 : 0)
        out.list(dealings.contracts) { out, one in
            out.text(one.service)
            out.optional(one.expires) { write($1, &$0) }
            out.byte(one.renews ? 1 : 0)
        }
    }

    private static func write(_ moment: Dealings.Moment, _ out: inout PackedWriter) {
        out.signed(moment.ms)
        out.byte(moment.isDay ? 1 : 0)
    }

    private static func dealings(_ from: inout PackedReader) throws(Malformed) -> Dealings {
        var dealings = Dealings()
        dealings.last = try from.optional { from throws(Malformed) in
            Dealings.Bought(product: try from.text(), state: try from.text(), at: try moment(&from))
        }
        dealings.nextExpected = try from.optionalSigned().map { Int(truncatingIfNeeded: $0) }
        dealings.owned = try from.texts()
        dealings.isWhole = try from.byte() == 1
        dealings.contracts = try from.list { from throws(Malformed) in
            Dealings.Agreed(
                service: try from.text(), expires: try from.optional { from throws(Malformed) in try moment(&from) },
                renews: try from.byte() == 1)
        }
        return dealings
    }

    private static func moment(_ from: inout PackedReader) throws(Malformed) -> Dealings.Moment {
        Dealings.Moment(ms: try from.signed(), isDay: try from.byte() == 1)
    }

    private static func card(_ from: inout PackedReader) throws(Malformed) -> CustomerCard {
        var card = CustomerCard(id: try from.signed(), externalID: try from.optionalText(), name: try from.text())
        card.kana = try from.optionalText()
        card.company = try from.optionalText()
        card.email = try from.optionalText()
        card.tier = try from.text()
        card.owner = try from.optionalText()
        for _ in 0..<(try from.count()) { card.tags.append(try from.text()) }
        for _ in 0..<(try from.count()) { card.cautions.append(try from.text()) }
        for _ in 0..<(try from.count()) { card.doNotPair.append(try from.text()) }
        for _ in 0..<(try from.count()) {
            let name = try from.text()
            card.custom[name] = try from.text()
        }
        card.display = try from.optionalText()
        return card
    }

    private static func touchpoint(_ from: inout PackedReader) throws(Malformed) -> Touchpoint {
        var contact = Touchpoint(at: Timestamp(ms: try from.signed()), channel: try from.text())
        contact.direction = try from.optionalWord()
        contact.operator = try from.optionalText()
        contact.line = try from.optionalText()
        contact.summary = try from.text()
        contact.duration = try from.optionalSigned()
        contact.outcome = try from.optionalText()
        contact.tier = try from.optionalText()
        return contact
    }
}
