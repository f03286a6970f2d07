import CallCenter
import Engine
import EventWire
import Hummingbird
import Storage

/// `GET /v1/customers/{id}/timeline`: calls in both directions, other contacts, notes, purchases, contracts and results
/// of lists, newest first.
struct TimelineRoutes {
    let engine: Engine
    let records: CustomerStore
    let history: any CallHistory
    let names: ViewerNames
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) { router.get("v1/customers/{id}/timeline", may: .operator, use: list) }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id"), query = Query(request)
        guard let customer = try Int64(id).map({ try records.survivor(of: $0) }),
            try records.customer(customer) != nil
        else {
            throw Problem.notFound("There is no customer \(id).")
        }
        let below = try query.text("after").map { text throws(Problem) in
            guard let place = TimelinePlace(text) else { throw .bad("after is the next of the page before.") }
            return place
        }
        let text = query.text("q")
        guard text?.utf8.count ?? 0 <= WireLimits.stringBytesMax else {
            throw Problem.bad("q has at most \(WireLimits.stringBytesMax) bytes.")
        }
        let asked = TimelineQuery(
            customer: customer, channel: query.text("channel"), text: text, below: below,
            limit: try query.limit(default: 100, max: 1_000))
        let all = (try history.touchpoints(asked).map { TimelineEntry($0) }
            + records.timelineItems(asked, now: now())).sorted { $0.place > $1.place }
        let hasMore = all.count > asked.limit, shown = all.prefix(asked.limit)
        let known = try await names(of: Set(shown.compactMap(\.operator)))
        let language = request.language ?? settings.language
        context.reader().sees(customer)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in shown { TimelineRoutes.entry(one, known, language, into: &out) } }
                out.field("next", hasMore ? shown.last?.place.text : nil)
            }
        }
    }

    /// Operators' names: of their accounts, or as the PBX named them.
    func names(of operators: Set<String>) async throws -> [String: String] {
        let told = await engine.ask { centre, _ in
            operators.reduce(into: [String: String]()) { names, who in names[who] = centre.operators[who]?.name }
        }
        guard let told else { throw Problem.stopping }
        let accounts = names.all()
        return operators.reduce(into: told) { names, who in
            if let name = accounts.name(of: .operator(who)) { names[who] = name }
        }
    }

    private static func entry(
        _ entry: TimelineEntry, _ names: [String: String], _ language: Language, into out: inout ByteBuilder
    ) {
        switch entry.what {
        case .touchpoint(let one):
            let contact = one.touchpoint
            let kind = one.call != nil ? "call" : contact.isContact ? "contact" : "note"
            head(kind, entry, item: one.id < 0 ? -one.id : nil, contact.channel, into: &out) { out in
                out.field("call", one.call)
                out.field("direction", contact.direction?.rawValue)
                out.field("operator", contact.operator)
                out.field("operator_name", contact.operator.flatMap { names[$0] })
                out.field("line", contact.line)
                out.field("summary", contact.summary)
                out.field("duration_ms", contact.duration)
                out.field("outcome", contact.outcome)
            }
        case .purchase(let item, let one):
            head("purchase", entry, item: item.id, TimelineQuery.purchase, into: &out) { out in
                rest(item, summary: one.product, outcome: one.state, names, into: &out)
                details(item, into: &out)
            }
        case .contract(let item, let one, let event):
            head("contract", entry, item: item.id, TimelineQuery.contract, into: &out) { out in
                rest(item, summary: one.service, outcome: event.rawValue, names, into: &out)
                details(item, into: &out)
            }
        case .list(let one):
            head("list", entry, item: nil, TimelineQuery.list, into: &out) { out in
                let title = ListWords.title(of: one, language), note = one.result.note.map { ": \($0)" } ?? ""
                rest(by: one.result.by, summary: title + note, outcome: one.result.result, names, into: &out)
                out.key("list")
                out.object { ListWords.fields(of: one, title: title, into: &$0) }
            }
        }
    }

    private static func head(
        _ kind: String, _ entry: TimelineEntry, item: Int64?, _ channel: String, into out: inout ByteBuilder,
        _ more: (inout ByteBuilder) -> Void
    ) {
        out.object { out in
            out.field("kind", kind)
            out.field("at", entry.at.text)
            out.field("id", item)
            out.field("channel", channel)
            more(&out)
        }
    }

    /// The fields of a contact, of what is none.
    private static func rest(
        _ item: CustomerItem, summary: String, outcome: String, _ names: [String: String],
        into out: inout ByteBuilder
    ) {
        rest(by: item.createdBy, summary: summary, outcome: outcome, names, into: &out)
    }

    private static func rest(
        by who: String?, summary: String, outcome: String, _ names: [String: String], into out: inout ByteBuilder
    ) {
        out.field("call", String?.none)
        out.field("direction", String?.none)
        out.field("operator", who)
        out.field("operator_name", who.flatMap { names[$0] })
        out.field("line", String?.none)
        out.field("summary", summary)
        out.field("duration_ms", Int64?.none)
        out.field("outcome", outcome)
    }

    private static func details(_ item: CustomerItem, into out: inout ByteBuilder) {
        out.key(text: item.kind.word)
        out.object { ItemEncoder.content(item.content, into: &$0) }
    }
}

extension TimelineEntry {
    /// Who was in contact, or recorded it.
    fileprivate var `operator`: String? {
        switch what {
        case .touchpoint(let one): one.touchpoint.operator
        case .purchase(let item, _), .contract(let item, _, _): item.createdBy
        case .list(let one): one.result.by
        }
    }
}

extension TimelinePlace {
    /// As `next` gave it: three numbers with dots between.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
        guard parts.count == 3, let at = parts[0], let source = parts[1].flatMap(Source.init), let id = parts[2] else {
            return nil
        }
        self.init(at: at, source: source, id: id)
    }

    var text: String { "\(at).\(source.rawValue).\(id)" }
}
