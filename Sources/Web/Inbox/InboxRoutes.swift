import CallCenter
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/inbox`: contacts of senders whom no record knows.
struct InboxRoutes {
    let writer: RecordWriter
    let customers: CustomerRoutes
    let customerRecords: CustomerRecords
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.get("v1/inbox", may: .operator, use: list)
        router.get("v1/inbox/{id}", may: .operator, use: show)
        router.post("v1/inbox/{id}/claim", may: .operator, use: claim)
        router.post("v1/inbox/{id}/release", may: .operator, use: release)
        router.post("v1/inbox/{id}/attach", may: .operator, use: attach)
        router.post("v1/inbox/{id}/dismiss", may: .operator, use: dismiss)
        router.post("v1/inbox/{id}/reopen", may: .operator, use: reopen)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 50, max: 500)
        let below = try query.number("after", in: .id), word = query.text("state") ?? "open"
        let state = InboxItem.State.shown.first { $0.word == word }
        guard state != nil || word == "all" else { throw Problem.bad("state is open, attached, dismissed or all.") }
        let found = try writer.store.inbox(state, below: below, limit: limit + 1)
        let open = try writer.store.openInboxItems(), encoder = encoder(context)
        let items = try found.prefix(limit).map { try encoder.facts(of: $0) }
        return .json(capacity: 2_048 * items.count + 64) { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in items { encoder.write(one, into: &out) } }
                out.field("next", found.count > limit ? "\(found[limit - 1].id)" : nil)
                out.field("open", open)
            }
        }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        try answer(try found(context), context)
    }

    private struct Target: Decodable {
        var customer: Int64?
        var create: CustomerBody?
    }

    private func attach(_ request: Request, _ context: WebContext) async throws -> Response {
        let item = try found(context)
        let wanted: Target = try await request.strictJSON(["customer", "create"], of: "what an item is attached to")
        let target: RecordWriter.InboxTarget
        switch (wanted.customer, wanted.create) {
        case (let id?, nil):
            let known = try Bounded.id.checked(id, "customer")
            guard try writer.store.customer(known) != nil || writer.store.survivor(of: known) != known else {
                throw Problem.notFound("There is no customer \(known).")
            }
            // Who is a part of another is that one.
            target = .customer(try writer.store.survivor(of: known))
        case (nil, let body?): target = .new(try await customers.fields(of: body, context))
        default: throw Problem.bad(#"Say whom: {"customer":17}, or {"create":{"name":"…"}} for a new one."#)
        }
        let attached = try edited { () throws(EditError) in
            try writer.attach(
                inbox: item.id, to: target, rules: settings.incomingRules, worker: worker(context),
                by: context.who.author, at: now())
        }
        await customerRecords.changed(attached.customer.id)
        await customerRecords.engine.workChanged()
        return try answer(attached.item, context, others: attached.others)
    }

    private func dismiss(_ request: Request, _ context: WebContext) async throws -> Response {
        let item = try found(context)
        let dismissed = try edited { () throws(EditError) in
            try writer.dismiss(inbox: item.id, worker: worker(context), by: context.who.author, at: now())
        }
        await customerRecords.engine.workChanged()
        return try answer(dismissed, context)
    }

    private func reopen(_ request: Request, _ context: WebContext) async throws -> Response {
        let item = try found(context)
        let opened = try Problem.edited { () throws(EditError) in
            try writer.reopen(inbox: item.id, by: context.who.author, at: now())
        }
        if let customer = item.handling?.customer {
            await customerRecords.changed(try writer.store.survivor(of: customer))
        }
        await customerRecords.engine.workChanged()
        return try answer(opened, context)
    }

    // MARK: Claims

    private struct Claim: Decodable { var `operator`: String? }

    private func claim(_ request: Request, _ context: WebContext) async throws -> Response {
        let item = try found(context), named: Claim? = try await request.jsonIfAny()
        if let own = context.who.ownOperator, named?.operator ?? own != own { throw Problem.forbidden(.supervisor) }
        guard let who = context.who.ownOperator ?? named?.operator ?? context.who.person, !who.isEmpty,
            who.utf8.count <= WireLimits.idBytesMax
        else { throw Problem.bad("operator is missing; add who works on it.") }
        let claimed = try edited { () throws(EditError) in
            try writer.claim(
                inbox: item.id, for: InboxWorker(who, limit: claimLimit), by: context.who.author, at: now())
        }
        await customerRecords.engine.workChanged()
        return try answer(claimed, context)
    }

    /// Releases a claim. A supervisor may release another's.
    private func release(_ request: Request, _ context: WebContext) async throws -> Response {
        let item = try found(context)
        let released = try edited { () throws(EditError) in
            try writer.release(inbox: item.id, worker: worker(context), by: context.who.author, at: now())
        }
        await customerRecords.engine.workChanged()
        return try answer(released, context)
    }

    private func edited<Value>(_ work: () throws(EditError) -> Value) throws(Problem) -> Value {
        do throws(EditError) { return try work() } catch {
            if case .claimed(let claim) = error { throw .claimed(claim, "mail") }
            throw Problem(error)
        }
    }

    private var claimLimit: Int64 { settings.work().rules.claimLimit }

    /// Who must not touch what somebody else works on; nil for supervisors and programs.
    private func worker(_ context: WebContext) -> InboxWorker? {
        context.who.ownOperator.map { InboxWorker($0, limit: claimLimit) }
    }

    private func found(_ context: WebContext) throws -> InboxItem {
        let id = try context.segment("id")
        guard let number = Int64(id), let found = try writer.store.inboxItem(number) else {
            throw Problem.notFound("There is no item \(id) in the inbox.")
        }
        return found
    }

    private func encoder(_ context: WebContext) -> InboxEncoder {
        let now = now()
        return InboxEncoder(
            records: writer.store, reader: context.reader(), now: now, claimLimit: claimLimit,
            lateBefore: settings.work().mailsLateBefore(at: now))
    }

    private func answer(_ item: InboxItem, _ context: WebContext, others: [Int64]? = nil) throws -> Response {
        let encoder = encoder(context), facts = try encoder.facts(of: item)
        return .json(headers: [.eTag: "\"v\(item.version)\"", .location: "/v1/inbox/\(item.id)"]) { out in
            encoder.write(facts, others: others, into: &out)
        }
    }
}

/// Items of the inbox as JSON.
struct InboxEncoder {
    let records: CustomerStore
    let reader: Reader
    let now: Timestamp
    /// After so long a claim does not count any more. Milliseconds.
    let claimLimit: Int64
    /// What came before this moment, and is open still, is late; nil: nothing is.
    let lateBefore: Timestamp?

    /// An item with what is read from the records.
    struct Facts {
        var item: InboxItem
        /// Whom an open one may be of.
        var candidates: [CustomerRecord]
        /// Who has it, where that one is a part of another now.
        var customer: Int64?
    }

    private static let candidatesMax = 5

    func facts(of item: InboxItem) throws(StoreError) -> Facts {
        let isOpen = item.state == .open
        var customer: Int64?
        if let id = item.handling?.customer { customer = try records.survivor(of: id) }
        return Facts(
            item: item,
            candidates: isOpen ? try records.candidates(for: item, limit: InboxEncoder.candidatesMax) : [],
            customer: customer)
    }

    func write(_ facts: Facts, others: [Int64]? = nil, into out: inout ByteBuilder) {
        let item = facts.item, contact = item.contact, first = contact.parties.first
        if let customer = facts.customer { reader.sees(customer) }
        let claim = item.claim.flatMap { $0.isValid(at: now, limit: claimLimit) ? $0 : nil }
        out.object { out in
            out.field("id", item.id)
            out.field("state", item.state.word)
            out.field("kind", contact.kind.word)
            out.field("channel", contact.channel)
            out.field("direction", contact.direction.rawValue)
            out.field("at", contact.at)
            out.field("received_at", item.receivedAt)
            out.field("address", first?.address.shown)
            out.field("name", first?.name)
            out.field("subject", contact.subject)
            out.field("text", contact.text)
            out.key("attachments")
            out.array { out in
                for one in contact.attachments {
                    out.object { out in
                        out.field("name", one.name)
                        out.field("type", one.type)
                        out.field("size", one.size)
                    }
                }
            }
            out.key("candidates")
            out.array { out in
                for record in facts.candidates {
                    reader.sees(record.id)
                    out.object { out in
                        out.field("id", record.id)
                        out.field("name", record.fields.name)
                        out.field("company", record.fields.company)
                    }
                }
            }
            out.field("customer", facts.customer)
            out.field("contact", item.handling?.contact)
            out.field("case", item.handling?.caseID)
            out.field("handled_at", item.handling?.at)
            out.field("handled_by", item.handling?.by)
            out.field("claimed_by", claim?.by)
            out.field("claimed_at", claim?.since)
            out.field("late", item.state == .open && WaitingMails.isLate(since: item.receivedAt, lateBefore))
            out.field("version", item.version)
            if let others {
                out.key("others")
                out.array { out in for id in others { out.value(id) } }
            }
        }
    }
}
