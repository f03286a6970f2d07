import CallCenter
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// What is counted of articles, what they lack, and templates filled in.
struct ArticleRoutes {
    let writer: RecordWriter
    let accounts: AccountStore
    let callContext: CallContext
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    private var records: CustomerStore { writer.store }

    func add(to router: GuardedRouter) {
        router.get("v1/articles/report", may: .supervisor, use: report)
        router.post("v1/articles/missing", may: .operator, use: missing)
        router.post("v1/articles/{id}/use", may: .operator, use: use)
        router.post("v1/articles/{id}/feedback", may: .operator, use: feedback)
        router.get("v1/templates/fields", may: .operator, use: templateFields)
        router.post("v1/templates/{id}/fill", may: .operator, use: fill)
    }

    // MARK: What is counted

    private struct Use: Decodable { var call: String? }
    private struct Feedback: Decodable {
        var helped: Bool
        var call: String?
    }

    private func use(_ request: Request, _ context: WebContext) async throws -> Response {
        let body: Use? = try await request.jsonIfAny()
        return try noted(.used, call: body?.call, context)
    }

    private func feedback(_ request: Request, _ context: WebContext) async throws -> Response {
        let body: Feedback = try await request.json()
        return try noted(body.helped ? .helped : .notHelped, call: body.call, context)
    }

    private func noted(_ what: KnowledgeUse.What, call: String?, _ context: WebContext) throws -> Response {
        let id = try context.segment("id"), author = context.who.author
        guard let number = Int64(id), Bounded.id.range.contains(number) else {
            throw KnowledgeRoutes.none(.article, id)
        }
        if let call, call.isEmpty || call.utf8.count > WireLimits.idBytesMax {
            throw Problem.bad("call is a call's id.")
        }
        do throws(EditError) {
            try writer.note(
                KnowledgeUse(article: number, what: what, by: author.who, call: call), by: author, at: now())
        } catch { throw error == .notFound ? KnowledgeRoutes.none(.article, id) : Problem(error) }
        let counts = try records.knowledgeCounts([number])[number] ?? KnowledgeCounts()
        return .json { out in
            out.object { out in
                out.field("id", number)
                out.field("used", counts.used)
                out.field("helped", counts.helped)
                out.field("not_helped", counts.notHelped)
            }
        }
    }

    private struct Missing: Decodable { var q: String }

    private func missing(_ request: Request, _ context: WebContext) async throws -> Response {
        let body: Missing = try await request.json()
        let text = body.q.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !text.isEmpty, text.utf8.count <= 200, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Problem.bad("q is what was searched for, in 1 to 200 bytes without control characters.")
        }
        try Problem.edited { () throws(EditError) in
            try writer.note(missing: text, by: context.who.author, at: now())
        }
        return Response(status: .noContent)
    }

    // MARK: What the articles lack

    /// Lines of each list.
    private static let linesMax = 100

    private func report(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), now = self.now()
        let days = try query.number("days", in: Bounded(1...3_660)) ?? 90
        let from = now - days * 86_400_000
        let found = try records.knowledgeReport(
            today: settings.days(at: now), since: from, limit: ArticleRoutes.linesMax)
        func line(_ one: KnowledgeReport.Line, into out: inout ByteBuilder) {
            out.object { out in
                out.field("id", one.id)
                out.field("title", one.article.title)
                out.field("owner", one.article.owner)
                out.field("review", one.article.review?.text)
                out.field("used", one.counts.used)
                out.field("helped", one.counts.helped)
                out.field("not_helped", one.counts.notHelped)
                out.field("last_used_at", one.counts.lastUsed)
            }
        }
        return .json(capacity: 8_192) { out in
            out.object { out in
                out.field("from", from)
                out.field("to", now)
                out.key("review_due")
                out.array { out in for one in found.reviewDue { line(one, into: &out) } }
                out.key("unused")
                out.array { out in for one in found.unused { line(one, into: &out) } }
                out.key("unhelpful")
                out.array { out in for one in found.unhelpful { line(one, into: &out) } }
                out.key("missing")
                out.array { out in
                    for one in found.missing {
                        out.object { out in
                            out.field("text", one.text)
                            out.field("count", one.count)
                            out.field("last_at", one.last)
                        }
                    }
                }
            }
        }
    }

    // MARK: Templates

    private func templateFields(_ request: Request, _ context: WebContext) async throws -> Response {
        .json { out in
            out.object { out in
                out.field("items", TemplateField.allCases.map(\.rawValue))
                out.field("next", String?.none)
            }
        }
    }

    private struct Filling: Decodable {
        var call: String?
        var source: String?
        var customer: Int64?
        var `case`: Int64?
    }

    private func fill(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id"), asked: Filling? = try await request.jsonIfAny()
        guard let number = Int64(id), case .template(let template) = try records.knowledge(number, .template)?.content
        else { throw KnowledgeRoutes.none(.template, id) }
        let values = try await values(asked ?? Filling(), context)
        let (text, missing) = TemplateText(template.text).filled(values)
        return .json { out in
            out.object { out in
                out.field("id", number)
                out.field("text", text)
                out.field("missing", missing.map(\.rawValue))
            }
        }
    }

    private func values(_ asked: Filling, _ context: WebContext) async throws -> [TemplateField: String] {
        var values: [TemplateField: String] = [.date: settings.date(at: now())], customer = asked.customer
        if let person = context.who.person {
            values[.operatorNumber] = person
            values[.operatorName] = accounts.account(person)?.name
        }
        if let id = asked.call {
            let call = try await callContext.callReader.call(id, source: asked.source, orPop: true, context)
            customer = customer ?? call.customer?.id
            values[.callFrom] = call.lookup?.caller.display
            values[.callQueue] = call.life.visits.last?.queue ?? call.offered?.queue
            values[.callLine] = call.called
        }
        if let id = asked.case {
            guard let found = try records.customerCase(id) else { throw CaseRoutes.none("\(id)") }
            customer = customer ?? found.customer
            values[.caseNumber] = String(found.id)
            values[.caseTitle] = found.title
            values[.casePhase] = found.phase
            values[.caseNextStep] = found.details.nextStep
            values[.caseDue] = found.due.map { settings.date(at: $0) }
            context.reader().sees(found.customer)
        }
        guard let id = customer else { return values }
        guard let record = try records.customer(records.survivor(of: id)) else {
            throw Problem.notFound("There is no customer \(id).")
        }
        context.reader().sees(record.id)
        values[.customerName] = record.fields.name
        values[.customerKana] = record.fields.kana
        values[.customerCompany] = record.fields.company
        values[.customerEmail] = record.fields.email
        values[.customerPhone] = record.fields.phones.first?.display
        values[.customerAddress] = record.fields.address
        values[.customerID] = record.fields.externalID
        return values
    }
}
