import CallCenter
import PhoneNumbers
import SQLite

/// Looks callers up, for the engine: statements prepared once, one index probe a question. Used by one thread.
public final class CustomerReader {
    /// Talks carried for a candidate: the last operators, on any line.
    static let talksMax = 5
    /// Contacts looked through for them.
    static let contactsMax: Int64 = 50
    /// Open cases carried for a candidate, and cases that are complaints.
    static let casesMax: Int64 = 5

    private let database: Connection
    private let byNumber: Statement
    private let countByNumber: Statement
    private let isBlocked: Statement
    private let byID: Statement
    private let byEmail: Statement
    private let byLineID: Statement
    private let byExternalID: Statement
    private let history: Statement
    private let anyBlocked: Statement
    private let openCases: Statement
    private let anyCase: Statement
    private let company: Statement
    private let complaints: Statement
    private let anyComplaint: Statement
    private var dealings: DealingsReader
    private var incidents: IncidentsReader
    /// Candidates whose purchases and contracts are read: those who share a number are few, or it is a switchboard's.
    private static let dealingsMax = 4
    /// When no case is open at all, the look-up of cases is skipped.
    private var isAnyCaseOpen = false
    /// When no case is a complaint, the look-up of complaints is skipped.
    private var isAnyComplaint = false
    /// When no number is blocked, the look-up in the block list is skipped.
    private var isAnyBlocked = false
    private let begin: Statement
    private let end: Statement
    private let path: String
    /// The centre's own fields that no card has.
    private let offCard: Set<String>

    /// - Parameters:
    ///   - directory: the state directory; its records have been opened by a `CustomerStore` before.
    ///   - offCard: the centre's own fields that no card has.
    ///   - notCounted: states of purchases that are in no sum.
    public init(
        directory: String, offCard: Set<String> = [], notCounted: Set<String> = []
    ) throws(StoreError) {
        path = CustomersDatabase.path(directory)
        self.offCard = offCard
        do throws(SQLiteError) {
            let opened = try Connection(path: path)
            try opened.run("PRAGMA query_only=ON; PRAGMA cache_size=-16384; PRAGMA mmap_size=268435456")
            let columns = "\(CustomersDatabase.columns), c.email, c.belongs_to, c.details"
            // A customer may have the same number twice, and is one candidate.
            byNumber = try opened.prepare(
                """
                SELECT \(CustomersDatabase.columns), p.display, c.belongs_to, c.details
                FROM phone p JOIN customer c ON c.id=p.customer WHERE p.e164=? GROUP BY p.customer LIMIT ?
                """)
            countByNumber = try opened.prepare("SELECT count(DISTINCT customer) FROM phone WHERE e164=?")
            isBlocked = try opened.prepare("SELECT 1 FROM blocked WHERE number=?")
            byID = try opened.prepare(
                """
                SELECT \(columns) FROM customer c
                WHERE c.id=coalesce((SELECT now_id FROM merged_customer WHERE id=?1), ?1) LIMIT ?2
                """)
            byEmail = try opened.prepare(
                """
                SELECT \(columns) FROM customer c WHERE c.email=?1 OR c.id IN \
                (SELECT customer FROM customer_identity WHERE value=?1 AND kind=1) LIMIT ?2
                """)
            byLineID = try opened.prepare(
                """
                SELECT \(columns) FROM customer c WHERE c.line_id=?1 OR c.external_id=?1 OR c.id IN \
                (SELECT customer FROM customer_identity WHERE value=?1 AND kind=2) LIMIT ?2
                """)
            company = try opened.prepare(
                """
                SELECT tier, owner, cautions, id, name FROM customer
                WHERE id=coalesce((SELECT now_id FROM merged_customer WHERE id=?1), ?1)
                """)
            byExternalID = try opened.prepare("SELECT \(columns) FROM customer c WHERE c.external_id=? LIMIT ?")
            history = try opened.prepare(
                """
                SELECT at, channel, direction, operator, line, summary, duration, outcome, tier, answered_at, number \
                FROM touchpoint
                WHERE customer=? ORDER BY at DESC LIMIT ?
                """)
            anyBlocked = try opened.prepare("SELECT 1 FROM blocked LIMIT 1")
            openCases = try opened.prepare(
                "SELECT id, kind, title, owner, due FROM customer_case WHERE customer=? AND closed_at IS NULL "
                    + "AND kind<>'task' ORDER BY due IS NULL, due, id LIMIT ?"
            )
            anyCase = try opened.prepare("SELECT 1 FROM customer_case WHERE closed_at IS NULL LIMIT 1")
            complaints = try opened.prepare(
                """
                SELECT created_at, complaint FROM customer_case WHERE customer=? AND complaint IS NOT NULL
                ORDER BY created_at DESC LIMIT ?
                """)
            anyComplaint = try opened.prepare("SELECT 1 FROM customer_case WHERE complaint IS NOT NULL LIMIT 1")
            dealings = try DealingsReader(opened, notCounted: notCounted)
            incidents = try IncidentsReader(opened)
            begin = try opened.prepare("BEGIN")
            end = try opened.prepare("COMMIT")
            database = opened
        } catch { throw StoreError(error, path: path) }
    }

    /// Opens one read transaction for all look-ups until `rest`: taking the lock costs more than a look-up. All of them
    /// see the same state of the records.
    private func wake() throws(SQLiteError) {
        guard !database.inTransaction else { return }
        try begin.run()
        defer {
            anyBlocked.reset()
            anyCase.reset()
            anyComplaint.reset()
        }
        try dealings.wake()
        try incidents.wake()
        isAnyBlocked = try anyBlocked.step()
        isAnyCaseOpen = try anyCase.step()
        isAnyComplaint = try anyComplaint.step()
    }

    /// Ends the read transaction. Call it before anything that takes time.
    public func rest() { if database.inTransaction { try? end.run() } }

    /// The candidates for a caller. Only a telephone number is looked up.
    public func lookup(_ caller: CallerNumber) throws(StoreError) -> Lookup {
        guard caller.kind == .number, let e164 = caller.e164 else { return Lookup(caller: caller) }
        return try lookup(NumberReading(caller, key: e164))
    }

    /// The candidates for a text. One that is no valid number is looked up as written: a record with exactly this text
    /// makes it a number.
    public func lookup(_ reading: NumberReading) throws(StoreError) -> Lookup {
        guard let key = reading.key else { return try withIncidents(Lookup(caller: reading.caller)) }
        do throws(SQLiteError) {
            try wake()
            let found = try candidates(byNumber, key, hasDisplay: true)
            let matches = found.count < Lookup.candidatesMax ? found.count : try count(key)
            let caller = found.isEmpty ? reading.caller : reading.recorded
            let isBlocked = isAnyBlocked ? try blocks(key) : false
            var lookup = Lookup(caller: caller, candidates: found, matches: matches, blocked: isBlocked)
            lookup.incidents = incidents.mayConcern(found)
            return lookup
        } catch { throw StoreError(error, path: path) }
    }

    /// A look-up with the incidents that may concern its call.
    public func withIncidents(_ lookup: Lookup) throws(StoreError) -> Lookup {
        var lookup = lookup
        do throws(SQLiteError) { try wake() } catch { throw StoreError(error, path: path) }
        lookup.incidents = incidents.mayConcern(lookup.candidates)
        return lookup
    }

    /// The customer with this id, with what a pop needs; empty when there is none.
    public func candidates(customer: Int64) throws(StoreError) -> [Candidate] {
        do throws(SQLiteError) {
            try wake()
            try byID.bind(customer, 1)
            return try candidates(byID)
        } catch { throw StoreError(error, path: path) }
    }
    /// The customers with this mail address, as their records spell it; empty when there are none.
    public func candidates(email: String) throws(StoreError) -> [Candidate] {
        try candidates(asking: byEmail, email)
    }
    /// By the id on LINE or the centre's own number for the customer.
    public func candidates(account: String) throws(StoreError) -> [Candidate] {
        try candidates(asking: byLineID, account)
    }
    /// By the id that the centre's CRM has for the customer.
    public func candidates(externalID: String) throws(StoreError) -> [Candidate] {
        try candidates(asking: byExternalID, externalID)
    }

    private func candidates(asking statement: borrowing Statement, _ key: String) throws(StoreError) -> [Candidate] {
        do throws(SQLiteError) {
            try wake()
            return try candidates(statement, key)
        } catch { throw StoreError(error, path: path) }
    }

    private func blocks(_ key: String) throws(SQLiteError) -> Bool {
        defer { isBlocked.reset() }
        try isBlocked.bind(key, 1)
        return try isBlocked.step()
    }

    private func count(_ key: String) throws(SQLiteError) -> Int {
        defer { countByNumber.reset() }
        try countByNumber.bind(key, 1)
        return try countByNumber.step() ? Int(countByNumber.int(0)) : 0
    }

    private func candidates(_ statement: borrowing Statement, _ key: String, hasDisplay: Bool = false)
        throws(SQLiteError) -> [Candidate]
    {
        try statement.bind(key, 1)
        return try candidates(statement, hasDisplay: hasDisplay)
    }

    private func candidates(_ statement: borrowing Statement, hasDisplay: Bool = false) throws(SQLiteError)
        -> [Candidate]
    {
        defer { statement.reset() }
        try statement.bind(Int64(Lookup.candidatesMax), 2)
        var found: [Candidate] = []
        while try statement.step() {
            var card = CustomerCard(
                id: statement.int(0), externalID: statement.text(1), name: statement.text(2) ?? "",
                kana: statement.text(3),
                company: statement.text(4), email: statement.text(5), tier: statement.text(8) ?? "regular",
                owner: statement.text(9),
                tags: CustomersDatabase.list(statement.text(10)), cautions: CustomersDatabase.list(statement.text(11)),
                doNotPair: CustomersDatabase.list(statement.text(12)),
                custom: CustomersDatabase.fields(statement.text(13)))
            for name in offCard { card.custom[name] = nil }
            if hasDisplay { card.display = statement.text(17) }
            if !statement.isNull(19) {
                let details = statement.withBytes(19) { try? CustomerDetails(packed: Array($0)) }
                if details?.doNotCall == true { card.doNotCall = true }
            }
            let company = statement.isNull(18) ? nil : try add(company: statement.int(18), to: &card)
            var candidate = Candidate(customer: card)
            try addHistory(&candidate)
            if isAnyCaseOpen { candidate.cases = try cases(of: card.id) }
            if isAnyComplaint { try addComplaints(&candidate) }
            if found.count < CustomerReader.dealingsMax {
                candidate.dealings = try dealings.dealings(of: card.id)
                if var company {
                    company.dealings = try dealings.dealings(of: company.id)
                    if isAnyCaseOpen { company.cases = try cases(of: company.id) }
                    if !company.isEmpty { candidate.company = company }
                }
            }
            found.append(candidate)
        }
        return found
    }

    /// What a person's company has counts where the person has none. Everybody has a tier: the one that a record has
    /// when nobody chose one is none.
    ///
    /// - Returns: the company, without what it has; nil when it is not there any more.
    private func add(company id: Int64, to card: inout CustomerCard) throws(SQLiteError) -> CompanyFacts? {
        defer { company.reset() }
        try company.bind(id, 1)
        guard try company.step() else { return nil }
        if card.tier == CustomerFields.tierDefault, let tier = company.text(0) { card.tier = tier }
        card.owner = card.owner ?? company.text(1)
        if card.cautions.isEmpty { card.cautions = CustomersDatabase.list(company.text(2)) }
        return CompanyFacts(id: company.int(3), name: company.text(4) ?? "")
    }

    private func cases(of customer: Int64) throws(SQLiteError) -> [OpenCase] {
        defer { openCases.reset() }
        var found: [OpenCase] = []
        try openCases.bind(customer, 1)
        try openCases.bind(CustomerReader.casesMax, 2)
        while try openCases.step() {
            found.append(
                OpenCase(
                    id: openCases.int(0), kind: OpenCase.Kind(rawValue: openCases.text(1) ?? "") ?? .case,
                    title: openCases.text(2) ?? "", owner: openCases.text(3),
                    due: openCases.isNull(4) ? nil : Timestamp(ms: openCases.int(4))))
        }
        return found
    }

    private func addComplaints(_ candidate: inout Candidate) throws(SQLiteError) {
        defer { complaints.reset() }
        try complaints.bind(candidate.customer.id, 1)
        try complaints.bind(CustomerReader.casesMax, 2)
        var found: [Complaint] = []
        while try complaints.step() {
            let about = complaints.text(1)
            found.append(
                Complaint(at: Timestamp(ms: complaints.int(0)), about: about?.isEmpty == true ? nil : about))
        }
        if !found.isEmpty { candidate.complaints = found }
    }

    private func addHistory(_ candidate: inout Candidate) throws(SQLiteError) {
        defer { history.reset() }
        try history.bind(candidate.customer.id, 1)
        try history.bind(CustomerReader.contactsMax, 2)
        while candidate.history.count < Lookup.historyMax || candidate.talks.count < CustomerReader.talksMax,
            try history.step()
        {
            if candidate.history.count < Lookup.historyMax { candidate.history.append(Touchpoint(history)) }
            if !history.isNull(9), let who = history.text(3), candidate.talks.count < CustomerReader.talksMax {
                candidate.talks.append(
                    .init(
                        operator: who, at: Timestamp(ms: history.int(9)), line: history.text(4),
                        number: history.text(10)))
            }
        }
        candidate.talks.sort { $0.at > $1.at }
    }
}

extension Touchpoint {
    /// From a row of at, channel, direction, operator, line, summary, duration, outcome, tier.
    init(_ row: borrowing Statement) {
        self.init(
            at: Timestamp(ms: row.int(0)), channel: row.text(1) ?? "",
            direction: row.text(2).flatMap(TouchpointRecorded.Direction.init),
            operator: row.text(3), line: row.text(4), summary: row.text(5) ?? "",
            duration: row.isNull(6) ? nil : row.int(6),
            outcome: row.text(7), tier: row.text(8))
    }
}
