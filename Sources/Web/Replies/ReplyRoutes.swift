import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Settings
import Storage

/// `/v1/cases/{id}/replies` and `/v1/replies`: mails that operators write in cases, and what becomes of them. They are
/// sent by `ReplySender`, and not here.
struct ReplyRoutes {
    let cases: CaseRoutes
    let engine: Engine
    let accounts: AccountStore
    let rules: ReplyRules

    private var writer: RecordWriter { cases.writer }
    private var store: CustomerStore { cases.writer.store }

    func add(to router: GuardedRouter) {
        router.get("v1/cases/{id}/replies", may: .operator, use: ofCase)
        router.post("v1/cases/{id}/replies", may: .operator, use: write)
        router.get("v1/replies", may: .operator, use: list)
        router.get("v1/replies/{id}", may: .operator, use: show)
        router.patch("v1/replies/{id}", may: .operator, use: rewrite)
        router.post("v1/replies/{id}/approve", may: .supervisor, use: approve)
        router.post("v1/replies/{id}/return", may: .supervisor, use: sendBack)
        router.post("v1/replies/{id}/withdraw", may: .operator) { try await step(.withdraw, $0, $1) }
        router.post("v1/replies/{id}/resend", may: .operator) { try await step(.sendAgain, $0, $1) }
        router.post("v1/replies/{id}/sent", may: .operator) { try await step(.wasSent, $0, $1) }
    }

    // MARK: Reading

    private func ofCase(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try cases.found(context), query = Query(request)
        let limit = try query.limit(default: 50, max: 1_000), below = try query.number("after", in: .id)
        var filter = ReplyFilter()
        filter.caseID = one.id
        let found = try store.replies(filter, below: below, limit: limit + 1)
        let encoder = encoder(context)
        encoder.reader.sees(one.customer)
        let claim = validClaim(of: one)
        let draft = rules.settings.from == nil ? nil : try await usual(one, context)
        return .json(capacity: 2_048 * found.count + 256) { out in
            out.object { out in
                out.key("items")
                out.array { out in for kept in found.prefix(limit) { encoder.write(kept, into: &out) } }
                out.field("next", found.count > limit ? "\(found[limit - 1].reply.id)" : nil)
                out.key("draft")
                guard let draft else { return out.null() }
                out.object { out in
                    out.field("from", rules.settings.from)
                    out.field("to", draft.to)
                    out.field("subject", draft.subject)
                    out.field("needs_approval", draft.needsApproval)
                    out.field("claimed_by", claim?.by)
                    out.field("claimed_at", claim?.since)
                }
            }
        }
    }

    /// What a new mail in a case is, before somebody writes it.
    private func usual(
        _ one: CustomerCase, _ context: WebContext
    ) async throws -> (to: [String], subject: String, needsApproval: Bool) {
        let record = try store.customer(one.customer)
        return (
            record.map(ReplyRules.addresses) ?? [], try rules.subject(of: one),
            try await rules.needsApproval(one, context)
        )
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 50, max: 1_000)
        let below = try query.number("after", in: .id)
        var filter = ReplyFilter()
        for word in (query.text("state") ?? "").split(separator: ",") {
            guard let state = MailReply.State(rawValue: String(word)) else {
                let words = MailReply.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw Problem.bad("state is one or several, with commas between, of \(words).")
            }
            filter.states.insert(state)
        }
        filter.person = query.text("operator")
        filter.caseID = try query.number("case", in: .id)
        filter.customer = try query.number("customer", in: .id).map { try store.survivor(of: $0) }
        if let own = context.who.ownOperator {
            if filter.person ?? own != own { throw Problem.forbidden(.supervisor) }
            // What was written to a customer is there for everybody who sees the customer.
            if filter.caseID == nil, filter.customer == nil { filter.person = own }
        }
        let found = try store.replies(filter, below: below, limit: limit + 1)
        let counts = try store.replyCounts(of: context.who.ownOperator)
        let encoder = encoder(context)
        return .json(capacity: 2_048 * found.count + 256) { out in
            out.object { out in
                out.key("items")
                out.array { out in for kept in found.prefix(limit) { encoder.write(kept, into: &out) } }
                out.field("next", found.count > limit ? "\(found[limit - 1].reply.id)" : nil)
                out.key("counts")
                out.object { out in
                    for state in MailReply.State.allCases where !state.isOver {
                        out.key(text: state.rawValue)
                        out.value(counts[state] ?? 0)
                    }
                }
            }
        }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        answer(try found(context), context)
    }

    // MARK: Writing

    private struct Body: Decodable {
        var to, subject, text: String?
        var takesOver: Bool?

        enum CodingKeys: String, CodingKey {
            case to, subject, text
            case takesOver = "take_over"
        }

        static let names = ["to", "subject", "text"]
    }

    private func write(_ request: Request, _ context: WebContext) async throws -> Response {
        let names = Body.names + [Body.CodingKeys.takesOver.rawValue]
        let one = try cases.found(context), body: Body = try await request.strictJSON(names, of: "a mail")
        let takesOver = body.takesOver ?? false
        // Whoever takes an open case over may do what its claim allows.
        if !takesOver || one.closedAt != nil { try cases.mayChange(one, context) }
        guard let domain = rules.settings.domain else { throw ReplyRoutes.off }
        guard let text = body.text else { throw Problem.bad("text is missing; add what the mail says.") }
        let letter = try rules.letter(to: body.to, subject: body.subject, text: text, of: one)
        let needsApproval = try await rules.needsApproval(one, context)
        let unsent = takesOver ? try store.unsentReply(in: one.id, notBy: context.who.person) : nil
        let kept = try Problem.edited { () throws(EditError) in
            try writer.reply(
                in: one.id, letter, needsApproval: needsApproval, domain: domain, person: context.who.person,
                takesOver: takesOver, claimLimit: claimLimit, by: context.who.author, at: cases.now())
        }
        if let person = context.who.person, let claim = validClaim(of: one), claim.by != person {
            await cases.tookOver(one, from: [claim.by], as: person, context)
        }
        if let person = context.who.person, let colleague = unsent?.reply.person {
            await say(
                kept, to: .operator(colleague), context, "\(person) もこの案件でメールを書きました",
                "\(person) has written a mail in this case too")
        }
        if needsApproval { await askForApproval(kept, context) }
        if let after = try store.customerCase(one.id) {
            await engine.workChanged(of: WorkConcerned(one, after))
        }
        return await changed(kept, context, .created)
    }

    private func encoder(_ context: WebContext) -> MailReplyEncoder {
        MailReplyEncoder(
            reader: context.reader(.openCase), lateBefore: cases.settings.work().mailsLateBefore(at: cases.now()))
    }

    private var claimLimit: Int64 { cases.settings.work().rules.claimLimit }

    /// Who works on a case; nil where that fell back.
    private func validClaim(of one: CustomerCase) -> CaseClaim? {
        one.claim.flatMap { $0.isValid(at: cases.now(), limit: claimLimit) ? $0 : nil }
    }

    private static let off = Problem(
        .conflict, "No mail is written here: the configuration has no address (from in [mail]).")

    private func rewrite(_ request: Request, _ context: WebContext) async throws -> Response {
        let before = try own(context), body: Body = try await request.strictJSON(Body.names, of: "a mail")
        guard rules.settings.from != nil else { throw ReplyRoutes.off }
        guard let one = try store.customerCase(before.reply.caseID) else {
            throw Problem(.conflict, "Case \(before.reply.caseID) is gone: this mail can only be withdrawn.")
        }
        let letter = before.reply.letter
        let wanted = try rules.letter(
            to: body.to ?? letter.to, subject: body.subject ?? letter.subject, text: body.text ?? letter.text, of: one)
        // What a supervisor looks at once is looked at again after it was changed.
        let wasReviewed = before.reply.progress.reviewedBy != nil || before.reply.state == .waiting
        let isReviewed = context.who.ownOperator != nil && wasReviewed
        let needsApproval = isReviewed ? true : try await rules.needsApproval(one, context)
        let kept = try edited { () throws(EditError) in
            try writer.advance(
                reply: before.reply.id, .rewrite(wanted, needsApproval: needsApproval), expected: expected(request),
                by: context.who.author, at: cases.now())
        }
        // Supervisors who have a line about it already see the new text when they open it.
        if needsApproval, before.reply.state != .waiting { await askForApproval(kept, context) }
        return await changed(kept, context)
    }

    private func approve(_ request: Request, _ context: WebContext) async throws -> Response {
        let before = try found(context)
        try requireAnother(before, context)
        return try await advance(before, .approve, request, context)
    }

    private struct Note: Decodable { var note: String }

    private func sendBack(_ request: Request, _ context: WebContext) async throws -> Response {
        let before = try found(context), asked: Note = try await request.strictJSON(["note"], of: "a review")
        try requireAnother(before, context)
        guard let note = MailReply.body(asked.note), note.utf8.count <= MailReply.Limits.noteMax else {
            throw Problem.bad(
                "note has 1 to \(MailReply.Limits.noteMax) bytes: what has to be different, for whoever wrote it.")
        }
        let response = try await advance(before, .sendBack(note: note), request, context)
        if let person = before.reply.person {
            await say(before, to: .operator(person), context, "メールの差し戻し", "A mail came back", note: note)
        }
        return response
    }

    /// The eyes that approve are not those of whoever wrote it.
    private func requireAnother(_ kept: KeptReply, _ context: WebContext) throws(Problem) {
        guard let person = context.who.person, person == kept.reply.person else { return }
        throw Problem(.forbidden, "Operator \(person) wrote this mail; somebody else looks it over.")
    }

    private func step(_ step: ReplyStep, _ request: Request, _ context: WebContext) async throws -> Response {
        try await advance(own(context), step, request, context)
    }

    private func advance(
        _ before: KeptReply, _ step: ReplyStep, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let kept = try edited { () throws(EditError) in
            try writer.advance(
                reply: before.reply.id, step, expected: expected(request), who: context.who.person,
                by: context.who.author, at: cases.now())
        }
        return await changed(kept, context)
    }

    // MARK: What several need

    /// The mail that the path names.
    private func found(_ context: WebContext) throws -> KeptReply {
        let id = try context.segment("id")
        guard let number = Int64(id), let found = try store.reply(number) else {
            throw Problem.notFound("There is no mail \(id).")
        }
        return found
    }

    /// The same, where whoever asks may change it: an operator its own.
    private func own(_ context: WebContext) throws -> KeptReply {
        let kept = try found(context)
        guard let own = context.who.ownOperator, kept.reply.person != own else { return kept }
        throw Problem(
            .forbidden,
            "Operator \(kept.reply.person ?? "nobody") wrote mail \(kept.reply.id); an operator changes its own.")
    }

    private func edited(_ work: () throws(EditError) -> KeptReply) throws -> KeptReply {
        do throws(EditError) { return try work() } catch {
            throw error == .notFound ? Problem.notFound("There is no such mail.") : Problem(error)
        }
    }

    /// The version that the client saw; nil when it does not say.
    private func expected(_ request: Request) -> Int64? {
        guard let match = request.headers[.ifMatch], match != "*" else { return nil }
        return Int64(match.filter(\.isNumber)) ?? -1
    }

    /// A line for supervisors that a mail waits for them, with whose it is.
    private func askForApproval(_ kept: KeptReply, _ context: WebContext) async {
        let who = kept.reply.person.map { [$0, accounts.account($0)?.name].compactMap(\.self).joined(separator: " ") }
        let by = who.map { cases.settings.language == .ja ? "（\($0)）" : " (\($0))" } ?? ""
        await say(kept, to: .supervisors, context, "承認待ちのメール\(by)", "A mail to approve\(by)")
    }

    /// A line about a mail, kept for desks that are not open now.
    private func say(
        _ kept: KeptReply, to audience: DeskNote.Audience, _ context: WebContext, _ ja: String, _ en: String,
        note: String? = nil
    ) async {
        let reply = kept.reply, word = cases.settings.language == .ja ? ja : en
        // The case may have been deleted since: the line is about the customer then.
        let one = try? store.customerCase(reply.caseID)
        await cases.notices.send(
            "\(word): \(reply.letter.subject)\(note.map { ": \($0)" } ?? "")", to: audience, customer: reply.customer,
            case: one?.id, by: context)
    }

    private func changed(
        _ kept: KeptReply, _ context: WebContext, _ status: HTTPResponse.Status = .ok
    ) async -> Response {
        await cases.customerRecords.changed(kept.reply.customer)
        // It stands on the desk of whoever wrote it, and supervisors approve it.
        await engine.workChanged(of: .operators(Set([kept.reply.person].compactMap { $0 })))
        return answer(kept, context, status)
    }

    private func answer(
        _ kept: KeptReply, _ context: WebContext, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        let encoder = encoder(context)
        let headers: HTTPFields = [
            .eTag: "\"v\(kept.reply.version)\"", .location: "/v1/replies/\(kept.reply.id)",
        ]
        return .json(status, headers: headers) { encoder.write(kept, into: &$0) }
    }
}
