import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import PhoneNumbers
import Storage

/// `/v1/customers`: finding, reading and editing the one record.
struct CustomerRoutes {
    let engine: Engine
    let writer: RecordWriter
    let history: any CallHistory
    let customerRecords: CustomerRecords
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    private var records: CustomerStore { writer.store }

    func add(to router: GuardedRouter) {
        router.get("v1/customers", may: .operator, use: find)
        router.post("v1/customers", may: .operator, use: create)
        router.get("v1/customers/{id}", may: .operator, use: one)
        router.put("v1/customers/{id}", may: .operator) { try await edit($0, $1, isWhole: true) }
        router.patch("v1/customers/{id}", may: .operator) { try await edit($0, $1, isWhole: false) }
    }

    private func find(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let limit = try query.limit(default: 20, max: 1_000)
        let found: (customers: [CustomerRecord], matches: Int)
        if let phone = query.text("phone") {
            let key = settings.numberReader.reading(raw: phone).key
            found = try key.map { try records.find(number: $0, limit: limit) } ?? ([], 0)
        } else if let text = query.text("q") {
            found = try records.search(text, limit: limit)
        } else if let company = try query.number("company", in: .id) {
            found = try records.persons(of: company, limit: limit)
        } else {
            throw Problem.bad("Say whom: ?phone=090-1234-5678, ?q=part of a name or ?company=17.")
        }
        let reckoning = try await reckoning(context), reader = context.reader(.search)
        return .json { out in
            out.object { out in
                out.key("customers")
                out.array { out in
                    for record in customerRecords.current(found.customers) {
                        CustomerEncoder.customer(record, reckoning, to: reader, into: &out)
                    }
                }
                out.field("matches", found.matches)
            }
        }
    }

    private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let record = try record(context)
        note(record.id, openedBy: context)
        let history = try self.history.contacts(of: record.id, limit: 100),
            cases = try records.openCases(of: record.id),
            purchases = try records.purchaseSummary(of: record.id, without: Set(settings.purchases.notCounted))
        let reckoning = try await reckoning(context)
        let since = try records.activeSince(record.id, gap: reckoning.dormantAfter)
        return answer(
            record, reckoning, history: history, cases: cases, purchases: purchases, activeSince: since,
            to: context.reader())
    }

    /// Subscribes the reader of a record to its changes.
    private func note(_ id: Int64, openedBy context: WebContext) {
        if let person = context.who.person { engine.streams.note(customer: id, openedBy: person) }
        // A supervisor may watch others' screens without having one.
        if context.who.ownOperator == nil { engine.streams.note(customer: id, openedBy: nil) }
    }

    private func create(_ request: Request, _ context: WebContext) async throws -> Response {
        let fields = try await fields(of: try await request.json(), context)
        let record = try edited { () throws(EditError) in
            try writer.create(fields, by: context.who.author, at: self.now())
        }
        note(record.id, openedBy: context)
        return answer(record, try await reckoning(context), to: context.reader(), status: .created)
    }

    /// A new customer as a client sends it, checked.
    func fields(of body: CustomerBody, _ context: WebContext) async throws -> CustomerFields {
        var fields = CustomerFields(name: "")
        let rules = try await rules()
        try body.apply(
            to: &fields, isWhole: true, tiers: rules.tiers,
            customFields: settings.customFieldAccess(for: context.who), numbers: settings.numberReader)
        try requireCompany(fields, of: nil)
        // An operator may create any customer, but only a supervisor may give a VIP tier.
        if rules.vips.contains(fields.tier) { try CustomerRoutes.requireTiers(context) }
        return fields
    }

    private func edit(_ request: Request, _ context: WebContext, isWhole: Bool) async throws -> Response {
        let current = try record(context)
        // Its versions are those of another record than the editor has.
        if let id = Int64(try context.segment("id")), id != current.id {
            throw Problem(.isMerged(id, into: current.id))
        }
        guard let match = request.headers[.ifMatch] else {
            throw Problem(
                .preconditionRequired,
                "Send If-Match with the ETag that you read, \"v\(current.version)\" now, so that nobody's edit is lost."
            )
        }
        let body: CustomerBody = try await request.json()
        var fields = current.fields
        let rules = try await rules()
        try body.apply(
            to: &fields, isWhole: isWhole, tiers: rules.tiers,
            customFields: settings.customFieldAccess(for: context.who), numbers: settings.numberReader)
        if fields.details.companyID != current.fields.details.companyID {
            try requireCompany(fields, of: current.id)
        }
        if fields.tier != current.fields.tier { try CustomerRoutes.requireTiers(context) }
        let expected = match == "*" ? current.version : Int64(match.filter(\.isNumber)) ?? -1
        let wished = fields, reckoning = try await reckoning(context), reader = context.reader()
        do throws(EditError) {
            let saved = try writer.save(
                current.id, fields, expected: expected, by: context.who.author, at: self.now())
            await engine.customerChanged(saved.id, version: saved.version)
            await customerRecords.warn(of: saved, before: current.fields)
            return answer(saved, reckoning, to: reader)
        } catch {
            guard case .conflict(let theirs) = error else { throw Problem(error) }
            let yours = CustomerRecord(
                id: theirs.id, fields: wished, version: expected, createdAt: theirs.createdAt,
                updatedAt: theirs.updatedAt, lastContact: theirs.lastContact)
            // The members of a problem are written when the views of the request are recorded already.
            reader.sees(theirs.id)
            throw Problem(
                .preconditionFailed, "Somebody changed this customer since you read it; both versions are here."
            ) { out in
                out.key("yours")
                CustomerEncoder.customer(customerRecords.current(yours), reckoning, to: reader, into: &out)
                out.key("theirs")
                CustomerEncoder.customer(customerRecords.current(theirs), reckoning, to: reader, into: &out)
            }
        }
    }

    /// A person belongs to a company that there is.
    private func requireCompany(_ fields: CustomerFields, of id: Int64?) throws {
        guard let company = fields.details.companyID else { return }
        guard company != id, try records.customer(company)?.fields.details.kind == .company else {
            throw Problem.bad("company_id is the id of a customer of the kind company.")
        }
    }

    /// Routing depends on the tier: changing it needs a supervisor.
    private static func requireTiers(_ context: WebContext) throws(Problem) {
        guard context.who.may(.supervisor) else {
            throw Problem(.forbidden, "tier is a supervisor's to change, as calls are routed by it; leave it as it is.")
        }
    }

    private func record(_ context: WebContext) throws -> CustomerRecord {
        let id = try context.segment("id")
        // Who asks for a customer that is a part of another gets that one.
        guard let number = Int64(id), let record = try records.customer(try records.survivor(of: number)) else {
            throw Problem.notFound("There is no customer \(id).")
        }
        return record
    }

    private func answer(
        _ record: CustomerRecord, _ reckoning: CustomerEncoder.Reckoning, history: [Touchpoint]? = nil,
        cases: [CustomerCase]? = nil, purchases: PurchaseSummary? = nil, activeSince: Timestamp? = nil,
        to reader: Reader, status: HTTPResponse.Status = .ok
    ) -> Response {
        .json(status, headers: [.eTag: "\"v\(record.version)\"", .location: "/v1/customers/\(record.id)"]) { out in
            CustomerEncoder.customer(
                customerRecords.current(record), reckoning, history: history, cases: cases, purchases: purchases,
                activeSince: activeSince, to: reader, into: &out)
        }
    }

    private func edited(_ work: () throws(EditError) -> CustomerRecord) throws(Problem) -> CustomerRecord
    {
        do throws(EditError) { return try work() } catch { throw Problem(error) }
    }

    private func rules() async throws -> (tiers: Set<String>, vips: Set<String>, dormantDays: Int) {
        guard
            let rules = await engine.ask({ centre, _ in (centre.policy.tiers, centre.policy.alerts.dormantDays) })
        else { throw Problem.stopping }
        return (Set(rules.0.keys), Set(rules.0.filter(\.value.vip).keys), rules.1)
    }
    private func reckoning(_ context: WebContext) async throws -> CustomerEncoder.Reckoning {
        .init(
            now: self.now(), dormantAfter: Int64(try await rules().dormantDays) * 86_400_000,
            hidden: settings.customFieldAccess(for: context.who).hidden, work: settings.work())
    }
}
