import CallCenter
import EventWire
import Storage

/// An article, a template or an incident as a client sends it. What is absent stays as it was, or is what a new one
/// has; null empties.
struct KnowledgeBody {
    let members: JSONMembers
    let now: Timestamp

    /// Bytes of a text of several lines: a page of a manual.
    static let bodyBytesMax = 100_000

    private static let articleFields = [
        "kind", "title", "body", "answer", "tags", "queues", "products", "owner", "review",
    ]
    private static let templateFields = ["title", "text", "tags", "queues"]
    private static let incidentFields = [
        "title", "cause", "course", "solution", "cost", "currency", "state", "tags", "queues", "products", "regions",
        "lines", "cases",
    ]

    private var fields: ItemFields { ItemFields(members: members) }

    /// - Parameter before: what is changed; nil for a new one.
    func content(
        _ kind: KnowledgeEntry.Kind, before: KnowledgeEntry.Content?
    ) throws(Problem) -> KnowledgeEntry.Content {
        switch kind {
        case .article:
            if case .article(let one) = before { return .article(try article(one)) }
            return .article(try article(Article(title: "")))
        case .template:
            if case .template(let one) = before { return .template(try template(one)) }
            return .template(try template(TextTemplate(title: "")))
        case .incident:
            if case .incident(let one) = before { return .incident(try incident(one)) }
            return .incident(try incident(Incident(title: "", openedAt: now)))
        }
    }

    private func article(_ before: Article) throws(Problem) -> Article {
        try members.require(KnowledgeBody.articleFields, of: "an article")
        var one = before
        switch members["kind"] {
        case nil: break
        case .text(let word):
            guard let kind = Article.Kind(rawValue: word) else { throw .bad("kind is faq or manual.") }
            one.kind = kind
        default: throw .bad("kind is faq or manual.")
        }
        try fields.line("title", &one.title)
        try text("body", &one.body)
        var answer = one.answer ?? ""
        try text("answer", &answer)
        one.answer = answer.isEmpty ? nil : answer
        try list("tags", &one.tags)
        try list("queues", &one.queues)
        try list("products", &one.products)
        try fields.line(ifAny: "owner", &one.owner, bytesMax: WireLimits.idBytesMax)
        if members["review"] != nil {
            let day = try fields.moment("review")
            guard day?.isDay ?? true else { throw .bad("review is a day, such as 2026-11-26.") }
            one.review = day
        }
        return one
    }

    private func template(_ before: TextTemplate) throws(Problem) -> TextTemplate {
        try members.require(KnowledgeBody.templateFields, of: "a template")
        var one = before
        try fields.line("title", &one.title)
        try text("text", &one.text)
        guard !one.text.isEmpty else { throw .bad("text is missing or empty.") }
        if let unknown = TemplateText(one.text).unknownField {
            let known = TemplateField.allCases.map { "{{\($0.rawValue)}}" }.joined(separator: ", ")
            throw .bad("{{\(unknown.prefix(64))}} is no field of a template; it has \(known).")
        }
        try list("tags", &one.tags)
        try list("queues", &one.queues)
        return one
    }

    private func incident(_ before: Incident) throws(Problem) -> Incident {
        try members.require(KnowledgeBody.incidentFields, of: "an incident")
        var one = before
        try fields.line("title", &one.title)
        try text("cause", &one.cause)
        try text("course", &one.course)
        try text("solution", &one.solution)
        try fields.money("cost", &one.cost)
        try fields.currency(&one.currency, neededFor: [one.cost])
        switch members["state"] {
        case nil: break
        case .text("open"): one.closedAt = nil
        case .text("closed"): one.closedAt = one.closedAt ?? now
        default: throw .bad("state is open or closed.")
        }
        try list("tags", &one.tags)
        try list("queues", &one.queues)
        try list("products", &one.products)
        try list("regions", &one.regions)
        try list("lines", &one.lines)
        switch members["cases"] {
        case nil: break
        case .null, .texts([]): one.cases = []
        case .wholes(let cases):
            let isRight = cases.allSatisfy(Bounded.id.range.contains) && Set(cases).count == cases.count
            guard isRight, cases.count <= KnowledgeEntry.listMax else { throw KnowledgeBody.noCases }
            one.cases = cases
        default: throw KnowledgeBody.noCases
        }
        return one
    }

    private static let noCases = Problem.bad(
        "cases is a list of ids of cases, at most \(KnowledgeEntry.listMax), each once.")

    private func text(_ name: String, _ target: inout String) throws(Problem) {
        try fields.text(name, &target, bytesMax: KnowledgeBody.bodyBytesMax)
    }

    private func list(_ name: String, _ target: inout [String]) throws(Problem) {
        switch members[name] {
        case nil: break
        case .null: target = []
        case .texts(let texts):
            let isRight = texts.allSatisfy { text in
                text.contains { !$0.isWhitespace } && text.utf8.count <= WireLimits.stringBytesMax
                    && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            }
            guard isRight, texts.count <= KnowledgeEntry.listMax, Set(texts).count == texts.count else {
                throw KnowledgeBody.noList(name)
            }
            target = texts
        default: throw KnowledgeBody.noList(name)
        }
    }

    private static func noList(_ name: String) -> Problem {
        .bad("\(name) is a list of texts without control characters, at most \(KnowledgeEntry.listMax), each once.")
    }
}
