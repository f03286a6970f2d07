import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/articles`, `/v1/templates` and `/v1/incidents`: what operators read and supervisors write, with versions.
struct KnowledgeRoutes {
    let writer: RecordWriter
    let engine: Engine
    let callContext: CallContext
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    private var records: CustomerStore { writer.store }

    func add(to router: GuardedRouter) {
        addArticles(to: router)
        addTemplates(to: router)
        addIncidents(to: router)
    }

    private func addArticles(to router: GuardedRouter) {
        router.get("v1/articles", may: .operator) { try await list(.article, $0, $1) }
        router.post("v1/articles", may: .supervisor) { try await add(.article, $0, $1) }
        router.get("v1/articles/{id}", may: .operator) { try await show(.article, $0, $1) }
        router.patch("v1/articles/{id}", may: .supervisor) { try await change(.article, $0, $1) }
        router.delete("v1/articles/{id}", may: .supervisor) { try await delete(.article, $0, $1) }
        router.get("v1/articles/{id}/history", may: .operator) { try await versions(.article, $0, $1) }
        router.post("v1/articles/{id}/restore", may: .supervisor) { try await restore(.article, $0, $1) }
        router.post("v1/articles/{id}/undelete", may: .supervisor) { try await undelete(.article, $0, $1) }
    }

    private func addTemplates(to router: GuardedRouter) {
        router.get("v1/templates", may: .operator) { try await list(.template, $0, $1) }
        router.post("v1/templates", may: .supervisor) { try await add(.template, $0, $1) }
        router.get("v1/templates/{id}", may: .operator) { try await show(.template, $0, $1) }
        router.patch("v1/templates/{id}", may: .supervisor) { try await change(.template, $0, $1) }
        router.delete("v1/templates/{id}", may: .supervisor) { try await delete(.template, $0, $1) }
        router.get("v1/templates/{id}/history", may: .operator) { try await versions(.template, $0, $1) }
        router.post("v1/templates/{id}/restore", may: .supervisor) { try await restore(.template, $0, $1) }
        router.post("v1/templates/{id}/undelete", may: .supervisor) { try await undelete(.template, $0, $1) }
    }

    private func addIncidents(to router: GuardedRouter) {
        router.get("v1/incidents", may: .operator) { try await list(.incident, $0, $1) }
        router.post("v1/incidents", may: .supervisor) { try await add(.incident, $0, $1) }
        router.get("v1/incidents/{id}", may: .operator) { try await show(.incident, $0, $1) }
        router.patch("v1/incidents/{id}", may: .supervisor) { try await change(.incident, $0, $1) }
        router.delete("v1/incidents/{id}", may: .supervisor) { try await delete(.incident, $0, $1) }
        router.get("v1/incidents/{id}/history", may: .operator) { try await versions(.incident, $0, $1) }
        router.post("v1/incidents/{id}/restore", may: .supervisor) { try await restore(.incident, $0, $1) }
        router.post("v1/incidents/{id}/undelete", may: .supervisor) { try await undelete(.incident, $0, $1) }
    }

    // MARK: Reading

    /// Entries that are read at once while a filter leaves most of them out.
    private static let atOnce = 200
    /// Deleted ones that are listed.
    private static let deletedMax = 1_000

    private func list(_ kind: KnowledgeEntry.Kind, _ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        if try query.flag("deleted") { return try deleted(kind, query, context) }
        let call = try await callContext.asked(query, context)
        switch kind {
        case .article where call != nil || query.text("q") != nil: return try fitting(call, query)
        case .incident: if let call { return try matching(call, query) }
        default: break
        }
        let limit = try query.limit(default: 100, max: 1_000), filter = try KnowledgeFilter(kind, query, today: today)
        let ids = try query.text("q").flatMap { try records.knowledgeIDs($0) }
        var after = try query.number("after", in: .id) ?? 0, found: [KnowledgeEntry] = []
        while found.count <= limit {
            let page = try records.knowledge(
                kind, isOpen: filter.isOpen, after: after, limit: KnowledgeRoutes.atOnce)
            found += page.filter { entry in filter.includes(entry) && ids?.contains(entry.id) ?? true }
            guard page.count == KnowledgeRoutes.atOnce, let last = page.last else { break }
            after = last.id
        }
        let shown = Array(found.prefix(limit))
        return try lines(
            shown.map { CustomerStore.Fitting(entry: $0) },
            next: found.count > limit ? shown.last.map { "\($0.id)" } : nil)
    }

    /// Articles by how well they fit a call, a question, or both.
    private func fitting(_ call: KnowledgeContext?, _ query: Query) throws -> Response {
        let limit = try query.limit(default: 20, max: 100)
        let skip = try query.number("after", in: Bounded(0...10_000)) ?? 0
        let filter = try KnowledgeFilter(.article, query, today: today)
        var found = try records.articles(
            fitting: call ?? KnowledgeContext(), question: query.text("q"), skip: Int(skip), limit: limit + 1)
        let isMore = found.count > limit
        found = found.prefix(limit).filter { filter.includes($0.entry) }
        return try lines(found, next: isMore ? "\(Int(skip) + limit)" : nil)
    }

    /// Incidents that go on and concern a call.
    private func matching(_ call: KnowledgeContext, _ query: Query) throws -> Response {
        let limit = try query.limit(default: 20, max: 100)
        let all = try records.incidents(matching: call)
        return try lines(
            all.prefix(limit).map { CustomerStore.Fitting(entry: $0) }, next: nil)
    }

    private func deleted(_ kind: KnowledgeEntry.Kind, _ query: Query, _ context: WebContext) throws -> Response {
        try context.require(.supervisor)
        let limit = try query.limit(default: 100, max: KnowledgeRoutes.deletedMax)
        let found = try records.deletedKnowledge(kind, limit: limit), encoder = KnowledgeEncoder(today: today)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in found { encoder.entry(one.entry, deleted: one, into: &out) } }
                out.field("next", String?.none)
            }
        }
    }

    private func lines(_ found: [CustomerStore.Fitting], next: String?) throws -> Response {
        let counts = try records.knowledgeCounts(found.map(\.entry.id))
        let encoder = KnowledgeEncoder(today: today, counts: counts)
        return .json(capacity: 4_096 * found.count + 64) { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for one in found { encoder.entry(one.entry, reasons: one.reasons, into: &out) }
                }
                out.field("next", next)
            }
        }
    }

    private func show(_ kind: KnowledgeEntry.Kind, _ request: Request, _ context: WebContext) async throws -> Response {
        try answer(found(kind, context))
    }

    private func versions(
        _ kind: KnowledgeEntry.Kind, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let id = try number(kind, context), query = Query(request), limit = try query.limit(default: 50, max: 1_000)
        let below = try query.number("after", in: .version)
        guard let all = try records.versions(ofKnowledge: id, kind, below: below, limit: limit + 1) else {
            throw KnowledgeRoutes.none(kind, "\(id)")
        }
        let isDeleted = try records.knowledge(id, kind) == nil
        return .json { out in
            out.object { out in
                out.field("id", id)
                out.field("deleted", isDeleted)
                out.key("items")
                out.array { out in for one in all.prefix(limit) { KnowledgeEncoder.version(one, into: &out) } }
                out.field("next", all.count > limit ? "\(all[limit - 1].version)" : nil)
            }
        }
    }

    // MARK: Writing

    private func add(_ kind: KnowledgeEntry.Kind, _ request: Request, _ context: WebContext) async throws -> Response {
        let now = self.now(), body = KnowledgeBody(members: try await request.json(), now: now)
        let content = try body.content(kind, before: nil)
        let made = try Problem.edited { () throws(EditError) in
            try writer.add(content, by: context.who.author, at: now)
        }
        await changed()
        return try answer(made, status: .created)
    }

    /// Attempts of an edit without `If-Match` when others edit the same entry.
    private static let triesMax = 5

    private func change(
        _ kind: KnowledgeEntry.Kind, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let now = self.now(), body = KnowledgeBody(members: try await request.json(), now: now)
        let expected = expected(request)
        var conflict: KnowledgeEntry?
        for _ in 0..<(expected == nil ? KnowledgeRoutes.triesMax : 1) {
            let current = try found(kind, context), wanted = try body.content(kind, before: current.content)
            let saved: KnowledgeEntry
            do throws(EditError) {
                saved = try writer.save(
                    knowledge: current.id, wanted, expected: expected ?? current.version, by: context.who.author,
                    at: now)
            } catch {
                guard case .knowledgeConflict(let theirs) = error else { throw Problem(error) }
                conflict = theirs
                continue
            }
            if saved.version != current.version { await changed() }
            return try answer(saved)
        }
        guard let conflict else { throw try KnowledgeRoutes.none(kind, context.segment("id")) }
        let wanted = try body.content(kind, before: conflict.content), encoder = KnowledgeEncoder(today: today)
        throw Problem(
            .preconditionFailed, "Somebody changed this \(kind.word) since you read it; both versions are here."
        ) { out in
            out.key("yours")
            out.object { encoder.content(wanted, into: &$0) }
            out.key("theirs")
            encoder.entry(conflict, into: &out)
        }
    }

    private func delete(
        _ kind: KnowledgeEntry.Kind, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let id = try found(kind, context).id
        try Problem.edited { () throws(EditError) in
            try writer.delete(
                knowledge: id, kind, expected: expected(request), by: context.who.author, at: now())
        }
        await changed()
        return Response(status: .noContent)
    }

    private struct Wanted: Decodable { var version: Int64 }

    private func restore(
        _ kind: KnowledgeEntry.Kind, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let wanted: Wanted = try await request.json()
        return try await restored(kind, Bounded.version.checked(wanted.version, "version"), request, context)
    }

    private func undelete(
        _ kind: KnowledgeEntry.Kind, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        try await restored(kind, nil, request, context)
    }

    private func restored(
        _ kind: KnowledgeEntry.Kind, _ version: Int64?, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let id = try number(kind, context)
        let saved: KnowledgeEntry
        do throws(EditError) {
            saved = try writer.restore(
                knowledge: id, kind, version: version, expected: expected(request), by: context.who.author, at: now())
        } catch {
            switch error {
            case .notFound: throw KnowledgeRoutes.none(kind, "\(id)")
            case .noVersion(let version): throw Problem.notFound("The \(kind.word) has no version \(version).")
            default: throw Problem(error)
            }
        }
        await changed()
        return try answer(saved)
    }

    /// Articles and banners of incidents stand on the desks: they ask again.
    private func changed() async { await engine.workChanged() }

    // MARK: Parts

    private var today: Int64 { settings.days(at: now()) }

    private func number(_ kind: KnowledgeEntry.Kind, _ context: WebContext) throws -> Int64 {
        let id = try context.segment("id")
        guard let number = Int64(id), Bounded.id.range.contains(number) else { throw KnowledgeRoutes.none(kind, id) }
        return number
    }

    private func found(_ kind: KnowledgeEntry.Kind, _ context: WebContext) throws -> KnowledgeEntry {
        let id = try number(kind, context)
        guard let found = try records.knowledge(id, kind) else { throw KnowledgeRoutes.none(kind, "\(id)") }
        return found
    }

    static func none(_ kind: KnowledgeEntry.Kind, _ id: String) -> Problem {
        .notFound("There is no \(kind.word) \(id).")
    }

    /// The version that the client saw; nil when it does not say.
    private func expected(_ request: Request) -> Int64? {
        guard let match = request.headers[.ifMatch], match != "*" else { return nil }
        return Int64(match.filter(\.isNumber)) ?? -1
    }

    private func answer(_ entry: KnowledgeEntry, status: HTTPResponse.Status = .ok) throws -> Response {
        let encoder = KnowledgeEncoder(today: today, counts: try records.knowledgeCounts([entry.id]))
        let location = "/v1/\(entry.kind.path)/\(entry.id)"
        return .json(status, headers: [.eTag: "\"v\(entry.version)\"", .location: location]) { out in
            encoder.entry(entry, into: &out)
        }
    }
}

extension WebSettings {
    /// The centre's day in which a moment lies, as days since 1970-01-01.
    func days(at time: Timestamp) -> Int64 { DayOrTime(written: date(at: time))?.days ?? time.ms / 86_400_000 }
}

/// Which entries of a list are shown.
private struct KnowledgeFilter {
    var isOpen: Bool?
    private var tag, queue, product, owner: String?
    private var kind: Article.Kind?
    private var isDue = false
    private var caseID: Int64?
    private let today: Int64

    init(_ kind: KnowledgeEntry.Kind, _ query: Query, today: Int64) throws(Problem) {
        self.today = today
        tag = query.text("tag")
        queue = query.text("queue")
        product = query.text("product")
        owner = query.text("owner")
        switch kind {
        case .article:
            isDue = try query.flag("review_due")
            if let word = query.text("kind") {
                guard let known = Article.Kind(rawValue: word) else { throw .bad("kind is faq or manual.") }
                self.kind = known
            }
        case .incident:
            caseID = try query.number("case", in: .id)
            switch query.text("state") {
            case nil, "all": break
            case "open": isOpen = true
            case "closed": isOpen = false
            default: throw .bad("state is open, closed or all.")
            }
        case .template: break
        }
    }

    func includes(_ entry: KnowledgeEntry) -> Bool {
        let content = entry.content
        if let tag, !content.tags.contains(tag) { return false }
        if let queue, !content.queues.isEmpty, !content.queues.contains(queue) { return false }
        if let product, !content.products.contains(product) { return false }
        switch content {
        case .article(let one):
            if let kind, one.kind != kind { return false }
            if let owner, one.owner != owner { return false }
            return !isDue || one.review.map { $0.days <= today } ?? false
        case .incident(let one): return caseID.map { one.cases.contains($0) } ?? true
        case .template: return true
        }
    }
}
