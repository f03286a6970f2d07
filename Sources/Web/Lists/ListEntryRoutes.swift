import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Settings
import Storage

/// `/v1/lists/{name}/entries`: who is in a list and why, and working it off.
struct ListEntryRoutes {
    let lists: ListRoutes

    private var desk: ListDesk { lists.desk }
    private var store: CustomerStore { desk.writer.store }

    /// Rows of one table.
    private static let rowsMax = 10_000

    func add(to router: GuardedRouter) {
        router.get("v1/lists/{name}/entries", may: .operator, use: entries)
        router.post("v1/lists/{name}/entries/{customer}/claim", may: .operator, use: claim)
        router.post("v1/lists/{name}/entries/{customer}/release", may: .operator, use: release)
        router.post("v1/lists/{name}/entries/{customer}/result", may: .operator, use: result)
    }

    // MARK: Reading

    private func entries(_ request: Request, _ context: WebContext) async throws -> Response {
        let list = try lists.found(context), query = Query(request)
        var isCSV = false
        switch query.text("format") {
        case nil, "json": break
        case "csv": isCSV = true
        default: throw Problem.bad("format is json or csv.")
        }
        if isCSV, !context.who.may(.supervisor) { throw Problem.forbidden(.supervisor) }
        let most = isCSV ? ListEntryRoutes.rowsMax : 1_000
        let limit = try query.limit(default: isCSV ? most : 100, max: most), isDone = try query.flag("done")
        var order: ListOrder?
        if let word = query.text("sort") {
            guard list.of == .dormant, let known = ListOrder(rawValue: word) else {
                let words = ListOrder.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.bad("sort is \(words), of lists of dormant customers.")
            }
            order = known
        }
        let days = try query.number("days", in: Bounded(0...3650))
        if days != nil, list.of != .expiring { throw Problem.bad("days is for lists of contracts that end.") }
        let after = try query.text("after").map { text throws(Problem) in
            guard let place = ListPlace(text) else { throw .bad("after is the next of the page before.") }
            return place
        }
        let moment = try await desk.moment()
        let found = try store.entries(
            of: list, moment.clock, isDone: isDone, order: order, days: days, after: after, limit: limit + 1)
        let page = found.prefix(limit), next = found.count > limit ? page.last?.place.text : nil
        if isCSV { return try table(Array(page), of: list, order, isDone, moment, request, context) }
        let behind = try store.outdatedFacts(limit: CustomerStore.listCountMax)
        let encoder = lists.encoder(moment, request, context)
        return .json(capacity: 512 * page.count + 64) { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for one in page { encoder.entry(one, in: list, order, isDone: isDone, into: &out) }
                }
                out.field("next", next)
                out.field("behind", behind)
            }
        }
    }

    private func table(
        _ entries: [ListEntry], of list: ListSource, _ order: ListOrder?, _ isDone: Bool, _ moment: ListDesk.Moment,
        _ request: Request, _ context: WebContext
    ) throws -> Response {
        let encoder = ListEncoder(
            moment: moment, language: request.language ?? desk.settings.language, reader: context.reader(.export))
        var table = CSVSink()
        for entry in entries {
            let record = try store.customer(entry.customer)
            encoder.row(entry, record, in: list, order, isDone: isDone, into: &table)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: "attachment; filename=\"\(list.name).csv\"",
            ],
            body: .init(byteBuffer: ByteBuffer(string: table.text)))
    }

    // MARK: Working it off

    private struct Claim: Decodable { var `operator`: String? }

    private func claim(_ request: Request, _ context: WebContext) async throws -> Response {
        let list = try lists.found(context), named: Claim? = try await request.jsonIfAny()
        guard let who = try person(named?.operator, context) else {
            throw Problem.bad("operator is missing; add who works on it.")
        }
        let moment = try await desk.moment(), customer = try customer(in: list, moment, context)
        try edited { () throws(EditError) in
            try desk.writer.claim(
                customer, in: list, for: who, limit: moment.claimLimit, by: context.who.author, at: moment.clock.now)
        }
        return try await answer(customer, in: list, moment, request, context)
    }

    private func release(_ request: Request, _ context: WebContext) async throws -> Response {
        let list = try lists.found(context), moment = try await desk.moment()
        let customer = try customer(in: list, moment, context)
        try edited { () throws(EditError) in
            try desk.writer.release(
                customer, in: list, own: context.who.ownOperator, limit: moment.claimLimit, by: context.who.author,
                at: moment.clock.now)
        }
        return try await answer(customer, in: list, moment, request, context)
    }

    private func result(_ request: Request, _ context: WebContext) async throws -> Response {
        let list = try lists.found(context), members: JSONMembers = try await request.json()
        try members.require(["result", "note", "operator"], of: "a result")
        let moment = try await desk.moment(), customer = try customer(in: list, moment, context)
        let words = moment.settings.results
        var named: String?
        try ItemFields(members: members).line(ifAny: "operator", &named, bytesMax: WireLimits.idBytesMax)
        let who = try person(named, context)
        var note = ""
        try ItemFields(members: members).text("note", &note)
        if note.allSatisfy(\.isWhitespace) { note = "" }
        let result: (word: String, note: String?)?
        switch members["result"] {
        case .text(let word) where words.contains(word): result = (word, note.isEmpty ? nil : note)
        case .null where note.isEmpty: result = nil
        default:
            throw Problem.bad(
                "result is one of \(words.joined(separator: ", ")); null puts the entry back among those that wait.")
        }
        try edited { () throws(EditError) in
            try desk.writer.work(
                off: customer, in: list, result, for: who, own: context.who.ownOperator, limit: moment.claimLimit,
                by: context.who.author, at: moment.clock.now)
        }
        return try await answer(customer, in: list, moment, request, context)
    }

    /// Who works on it; nil when nobody is named.
    private func person(_ named: String?, _ context: WebContext) throws(Problem) -> String? {
        if let own = context.who.ownOperator, named ?? own != own { throw .forbidden(.supervisor) }
        guard let who = context.who.ownOperator ?? named ?? context.who.person else { return nil }
        guard !who.isEmpty, who.utf8.count <= WireLimits.idBytesMax else {
            throw .bad("operator is an operator's number.")
        }
        return who
    }

    /// The customer that the path names: somebody in the list, or on whom somebody has worked in it.
    private func customer(in list: ListSource, _ moment: ListDesk.Moment, _ context: WebContext) throws -> Int64 {
        let named = try context.segment("customer")
        guard let id = Int64(named), try isIn(list, id, moment) else {
            throw Problem.notFound("Customer \(named.prefix(32)) is not in the list \(list.name).")
        }
        return id
    }

    private func isIn(_ list: ListSource, _ customer: Int64, _ moment: ListDesk.Moment) throws -> Bool {
        guard try store.customer(customer) != nil else { return false }
        if try store.work(of: customer, in: list) != nil { return true }
        return try store.entry(of: customer, in: list, moment.clock) != nil
    }

    /// What refuses a change of an entry names who works on it.
    private func edited(_ work: () throws(EditError) -> ListWork) throws(Problem) {
        do throws(EditError) { _ = try work() } catch {
            guard case .claimed(let claim) = error else { throw Problem(error) }
            throw Problem(
                .conflict, "Operator \(claim.by) has had this entry since \(RFC3339.string(claim.since)).",
                members: { out in
                    out.field("claimed_by", claim.by)
                    out.field("claimed_at", claim.since)
                })
        }
    }

    /// Tells the desks, and answers with the entry as it is now.
    private func answer(
        _ customer: Int64, in list: ListSource, _ moment: ListDesk.Moment, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let own = WorkConcerned.operators(Set([context.who.person].compactMap { $0 }))
        await desk.engine.workChanged(of: WorkConcerned([list]).union(own))
        let encoder = lists.encoder(moment, request, context)
        let done = try store.entry(of: customer, in: list, moment.clock, isDone: true)
        let open = try done == nil ? store.entry(of: customer, in: list, moment.clock) : nil
        // One whose reason is past and whose claim was given back is in the list no more.
        guard let entry = try done ?? open ?? past(customer, in: list) else {
            throw Problem.notFound("Customer \(customer) is not in the list \(list.name).")
        }
        return .json { encoder.entry(entry, in: list, nil, isDone: done != nil, into: &$0) }
    }

    private func past(_ customer: Int64, in list: ListSource) throws -> ListEntry? {
        guard let record = try store.customer(customer) else { return nil }
        return ListEntry(
            customer: customer, name: record.fields.name, tier: record.fields.tier, owner: record.fields.owner,
            key: 0, facts: CustomerFacts(), service: nil, work: try store.work(of: customer, in: list) ?? ListWork())
    }
}
