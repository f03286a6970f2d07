import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Settings
import Storage

/// `/v1/cases`: cases, promises and tasks, with their versions. `CaseActionRoutes` claims, hands over and closes them.
struct CaseRoutes {
    let writer: RecordWriter
    let customerRecords: CustomerRecords
    let settings: WebSettings
    let now: @Sendable () -> Timestamp
    let people: PeopleNames
    let notices: WorkNotices
    let knownOperators: KnownOperators

    func add(to router: GuardedRouter) {
        router.get("v1/cases", may: .operator, use: list)
        router.post("v1/cases", may: .operator, use: open)
        router.get("v1/cases/counts", may: .operator, use: counts)
        router.get("v1/cases/{id}", may: .operator, use: show)
        router.patch("v1/cases/{id}", may: .operator, use: change)
        router.get("v1/cases/{id}/history", may: .operator, use: versions)
        router.post("v1/cases/{id}/restore", may: .operator, use: restore)
        router.post("v1/customers/{id}/cases", may: .operator, use: openForCustomer)
    }

    // MARK: Reading

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), filter = try filter(query, context)
        let limit = try query.limit(default: 100, max: 1_000)
        let after = try query.text("after").map { text throws(Problem) in
            guard let place = CasePlace(text) else { throw .bad("after is the next of the page before.") }
            return place
        }
        let encoder = CaseEncoder(settings.work(), at: now(), to: context.reader(.openCase))
        let found = try writer.store.cases(filter, encoder.clock, after: after, limit: limit + 1)
        return .json(capacity: 512 * found.count + 64) { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in found.prefix(limit) { encoder.write(one, into: &out) } }
                out.field("next", found.count > limit ? found[limit - 1].place.text : nil)
            }
        }
    }

    private enum State: String { case open, closed, all }

    private func filter(_ query: Query, _ context: WebContext) throws -> CaseFilter {
        var filter = CaseFilter()
        guard let state = State(rawValue: query.text("state") ?? "open") else {
            throw Problem.bad("state is open, closed or all.")
        }
        filter.isOpen = state == .all ? nil : state == .open
        filter.customer = try query.number("customer", in: .id)
        filter.phase = query.text("phase")
        if let word = query.text("kind") {
            guard let kind = OpenCase.Kind(rawValue: word) else { throw CaseBody.noKind }
            filter.kind = kind
        }
        for delay in CaseDelay.allCases where try query.flag(delay.rawValue) { filter.delays.insert(delay) }
        filter.handedTo = query.text("handed_to")
        filter.partOf = try query.number("case", in: .id)
        filter.owner = query.text("owner")
        if let word = query.text("priority") {
            guard let priority = CasePriority(word: word) else { throw CaseBody.noPriority }
            filter.priority = priority
        }
        filter.openedFrom = try query.time("opened_from")
        filter.openedBefore = try query.time("opened_before")
        if query.text("answered") != nil { filter.isAnswered = try query.flag("answered") }
        if let own = context.who.ownOperator {
            // What nobody has, what is a customer's and what is handed over is there for everybody to see.
            let isOfCustomer = filter.customer != nil || filter.partOf != nil
            let isForAll = filter.delays.contains(.unowned) || isOfCustomer || filter.handedTo == own
            if filter.owner == nil, !isForAll { filter.owner = own }
            if let owner = filter.owner, owner != own, !isOfCustomer { throw Problem.forbidden(.supervisor) }
        }
        return filter
    }

    private func counts(_ request: Request, _ context: WebContext) async throws -> Response {
        let owner = Query(request).text("owner") ?? context.who.ownOperator
        if let own = context.who.ownOperator, owner != own { throw Problem.forbidden(.supervisor) }
        let clock = settings.work().caseClock(at: now()), store = writer.store
        let all = try store.caseCounts(clock, owner: owner)
        let phases = owner == nil ? try store.openCasesByPhase() : nil
        let owners = owner == nil ? try store.openCasesByOwner() : nil
        let order = settings.work().rules.phases
        let mails = owner == nil ? try MailCounts(store, settings.work(), at: clock.now, mayApprove: true) : nil
        return .json { out in
            out.object { out in
                CaseRoutes.tally(all.all, into: &out)
                CaseRoutes.byKind(all, into: &out)
                mails?.write(into: &out)
                for (name, tally) in [("by_phase", phases), ("by_owner", owners)] {
                    guard let tally else { continue }
                    out.key(text: name)
                    out.object { out in
                        let known = name == "by_phase" ? order : []
                        let names = known + tally.keys.filter { !known.contains($0) }.sorted()
                        for name in names {
                            out.key(text: name)
                            out.value(tally[name] ?? 0)
                        }
                    }
                }
            }
        }
    }

    /// What is open, and of it what is late and the like.
    private static func tally(_ one: CaseTally, into out: inout ByteBuilder) {
        out.field("open", one.open)
        for delay in CaseDelay.allCases {
            out.key(text: delay.rawValue)
            out.value(one.delays[delay] ?? 0)
        }
    }

    static func byKind(_ all: CaseCounts, into out: inout ByteBuilder) {
        out.key("by_kind")
        out.object { out in
            for kind in OpenCase.Kind.allCases {
                out.key(text: kind.rawValue)
                out.object { CaseRoutes.tally(all[kind], into: &$0) }
            }
        }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try found(context)
        let versions = try writer.store.versions(ofCase: one.id, below: nil, limit: 1_000) ?? []
        let owners = CaseEncoder.owners(versions, of: one)
        let encoder = CaseEncoder(settings.work(), at: now(), to: context.reader(.openCase))
        let handover = one.details.handover
        let named = await people.of(
            owners.flatMap { [$0.owner, $0.by] } + versions.map(\.author.who) + [
                one.createdBy, one.closedBy, one.claim?.by, one.details.complaint?.about, handover?.from, handover?.to,
            ])
        return .json(headers: CaseRoutes.headers(one)) { out in
            out.object { out in
                encoder.fields(of: one, into: &out)
                out.key("names")
                named.writeNames(into: &out)
                out.key("owners")
                out.array { out in
                    for owner in owners {
                        out.object { out in
                            out.field("owner", owner.owner)
                            out.field("since", owner.since)
                            out.field("by", owner.by)
                            out.field("note", owner.note)
                        }
                    }
                }
            }
        }
    }

    private func versions(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try found(context), query = Query(request), limit = try query.limit(default: 50, max: 1_000)
        let below = try query.number("after", in: .version)
        let all = try writer.store.versions(ofCase: one.id, below: below, limit: limit + 1) ?? []
        context.reader(.openCase).sees(one.customer)
        return .json { out in
            out.object { out in
                out.field("id", one.id)
                out.field("customer", one.customer)
                out.key("items")
                out.array { out in for version in all.prefix(limit) { CaseEncoder.version(version, into: &out) } }
                out.field("next", all.count > limit ? "\(all[limit - 1].version)" : nil)
            }
        }
    }

    // MARK: Writing

    private func open(_ request: Request, _ context: WebContext) async throws -> Response {
        try await open(for: nil, request, context)
    }

    private func openForCustomer(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id")
        guard let customer = Int64(id) else { throw Problem.notFound("There is no customer \(id).") }
        return try await open(for: customer, request, context)
    }

    private func open(for customer: Int64?, _ request: Request, _ context: WebContext) async throws -> Response {
        let now = self.now(), body = try await body(request, context, now)
        var customer = customer
        // Whoever names the case need not name its customer.
        if customer == nil, body.members["customer"] == nil, let id = body.named {
            customer = try writer.store.customerCase(id)?.customer
            if customer == nil { throw Problem(EditError.noCase(id)) }
        }
        let new = try body.opened(for: customer), one = new.one
        if let owner = one.owner, body.members["owner"] != nil { try await knownOperators.require(owner, context) }
        let made = try Problem.edited { () throws(EditError) in
            try writer.open(
                new.kind, one.title, of: one.customer, owner: one.owner, due: one.due, by: context.who.person,
                spent: one.spent, details: one.details, author: context.who.author, at: now)
        }
        guard let made else { throw Problem.notFound("There is no customer \(one.customer).") }
        if made.kind == .task { await notices.given([made], by: context) }
        return await changed(made, from: nil, context, .created)
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let before = try found(context), now = self.now(), body = try await body(request, context, now)
        try mayChange(before, context)
        var wanted = before
        try body.apply(to: &wanted)
        if let own = context.who.ownOperator, wanted.owner != before.owner, let owner = wanted.owner, owner != own {
            throw Problem(
                .forbidden, "An operator hands a case over, for the colleague to accept: POST …/handover.")
        }
        if let owner = wanted.owner, owner != before.owner { try await knownOperators.require(owner, context) }
        let saved: CustomerCase?, parts = try body.parts
        let closed = try closedWith(before, parts, wanted, context)
        do throws(EditError) {
            saved = try writer.edit(
                case: before.id, expected: expected(request), parts: parts, by: context.who.author, at: now
            ) { (one: inout CustomerCase) throws(EditError) in
                // What the body says was checked above, against a version that may be an older one.
                var changed = one
                if (try? body.apply(to: &changed)) != nil { one = changed }
            }
        } catch {
            guard case .caseConflict(let theirs) = error else { throw refused(error, before, context) }
            let encoder = CaseEncoder(settings.work(), at: now, to: context.reader(.openCase))
            // The members of a problem are written when the views of the request are recorded already.
            encoder.reader.sees(theirs.customer)
            throw Problem(
                .preconditionFailed, "Somebody changed this case since you read it; both versions are here."
            ) { [wanted] out in
                out.key("yours")
                encoder.write(wanted, into: &out)
                out.key("theirs")
                encoder.write(theirs, into: &out)
            }
        }
        guard let saved else { throw CaseRoutes.none("\(before.id)") }
        return await changed(saved, from: before, context, with: closed)
    }

    private struct Wanted: Decodable { var version: Int64 }

    private func restore(_ request: Request, _ context: WebContext) async throws -> Response {
        let before = try found(context)
        try mayChange(before, context)
        let wanted: Wanted = try await request.json()
        let version = try Bounded.version.checked(wanted.version, "version")
        let saved: CustomerCase?
        do throws(EditError) {
            saved = try writer.restore(
                case: before.id, version: version, expected: expected(request), by: context.who.author, at: now())
        } catch { throw refused(error, before, context) }
        guard let saved else { throw CaseRoutes.none("\(before.id)") }
        return await changed(saved, from: before, context)
    }

    private func body(_ request: Request, _ context: WebContext, _ now: Timestamp) async throws -> CaseBody {
        CaseBody(members: try await request.json(), person: context.who.person, clock: settings.work(), now: now)
    }

    // MARK: What other routes need too

    /// The case that the path names.
    func found(_ context: WebContext) throws -> CustomerCase {
        let id = try context.segment("id")
        guard let number = Int64(id), let found = try writer.store.customerCase(number) else {
            throw CaseRoutes.none(id)
        }
        return found
    }

    static func none(_ id: String) -> Problem { .notFound("There is no case \(id).") }

    /// An operator changes its own cases, those that it has claimed, and those that nobody owns or has claimed.
    func mayChange(_ one: CustomerCase, _ context: WebContext) throws(Problem) {
        guard let own = context.who.ownOperator, one.owner != own else { return }
        let limit = settings.work().rules.claimLimit, now = now()
        if let claim = one.claim, claim.isValid(at: now, limit: limit) {
            if claim.by == own { return }
            if one.owner == nil { throw .claimed(claim, one.kind.rawValue) }
        }
        guard let owner = one.owner else { return }
        throw Problem(
            .forbidden,
            "Case \(one.id) is operator \(owner)'s; an operator changes its own cases, those of nobody, and those that "
                + "it has claimed.")
    }

    /// Tells those who had a case in hand that a colleague has it now.
    func tookOver(_ one: CustomerCase, from before: Set<String>, as who: String?, _ context: WebContext) async {
        let by = who ?? "", word = settings.language == .ja ? "\(by) が引き継ぎました" : "\(by) took it over"
        for colleague in before.sorted() where colleague != context.who.person {
            await notices.send("\(word): \(one.title)", to: .operator(colleague), case: one.id, by: context)
        }
    }

    /// The open promises and tasks that are closed with a case, each of which the one who asks may change.
    func closedWith(
        _ before: CustomerCase, _ parts: OpenParts, _ after: CustomerCase, _ context: WebContext
    ) throws -> [CustomerCase] {
        guard parts == .close, before.closedAt == nil, after.closedAt != nil else { return [] }
        let open = try writer.store.openParts(ofCase: before.id)
        for part in open { try mayChange(part, context) }
        return open
    }

    /// Why a change of a case was refused. What the answer shows of its customer is a view of it.
    func refused(_ error: EditError, _ one: CustomerCase, _ context: WebContext) -> Problem {
        if case .hasOpenParts = error { context.reader(.openCase).sees(one.customer) }
        return Problem(error)
    }

    /// Tells the desks, and answers with a case that was changed.
    ///
    /// - Parameters:
    ///   - before: as it was; nil for a new one.
    ///   - parts: its promises and tasks, where they were closed with it.
    func changed(
        _ one: CustomerCase, from before: CustomerCase?, _ context: WebContext, _ status: HTTPResponse.Status = .ok,
        with parts: [CustomerCase] = []
    ) async -> Response {
        await customerRecords.changed(one.customer)
        let concerned = parts.reduce(WorkConcerned(before, one)) { $0.union(WorkConcerned($1, $1)) }
        await customerRecords.engine.workChanged(of: concerned)
        let encoder = CaseEncoder(settings.work(), at: now(), to: context.reader(.openCase))
        return .json(status, headers: CaseRoutes.headers(one)) { encoder.write(one, into: &$0) }
    }

    private static func headers(_ one: CustomerCase) -> HTTPFields {
        [.eTag: "\"v\(one.version)\"", .location: "/v1/cases/\(one.id)"]
    }

    /// The version that the client saw; nil when it does not say.
    private func expected(_ request: Request) -> Int64? {
        guard let match = request.headers[.ifMatch], match != "*" else { return nil }
        return Int64(match.filter(\.isNumber)) ?? -1
    }
}

extension CasePlace {
    /// `1790000000000.17`; without a due time `-.17`.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let id = Int64(parts[1]) else { return nil }
        if parts[0] == "-" {
            self.init(due: .max, id: id)
        } else {
            guard let due = Int64(parts[0]) else { return nil }
            self.init(due: due, id: id)
        }
    }

    var text: String { (due == .max ? "-" : "\(due)") + ".\(id)" }
}
