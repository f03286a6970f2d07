import CallCenter
import EventWire
import Storage

/// Articles, templates and incidents as JSON.
struct KnowledgeEncoder {
    /// Days since 1970-01-01, by which a review is due.
    let today: Int64
    /// How often articles were used, by their ids.
    var counts: [Int64: KnowledgeCounts] = [:]

    /// - Parameters:
    ///   - reasons: why an article fits a call.
    ///   - deleted: when and by whom it was deleted.
    func entry(
        _ entry: KnowledgeEntry, reasons: [CustomerStore.Fitting.Reason] = [], deleted: DeletedKnowledge? = nil,
        into out: inout ByteBuilder
    ) {
        out.object { out in
            out.field("id", entry.id)
            content(entry.content, into: &out)
            if case .article(let one) = entry.content {
                let counts = counts[entry.id] ?? KnowledgeCounts()
                out.field("review_due", one.review.map { $0.days <= today } ?? false)
                out.field("used", counts.used)
                out.field("helped", counts.helped)
                out.field("not_helped", counts.notHelped)
                out.field("last_used_at", counts.lastUsed)
                out.field("fits", reasons.map(\.rawValue))
            }
            out.field("created_at", entry.createdAt)
            out.field("created_by", entry.createdBy)
            out.field("updated_at", entry.updatedAt)
            out.field("updated_by", entry.updatedBy)
            out.field("deleted_at", deleted?.at)
            out.field("deleted_by", deleted?.by)
            out.field("version", entry.version)
        }
    }

    /// What a client writes.
    func content(_ content: KnowledgeEntry.Content, into out: inout ByteBuilder) {
        switch content {
        case .article(let one):
            out.field("kind", one.kind.rawValue)
            out.field("title", one.title)
            out.field("body", one.body)
            out.field("answer", one.answer)
            out.field("tags", one.tags)
            out.field("queues", one.queues)
            out.field("products", one.products)
            out.field("owner", one.owner)
            out.field("review", one.review?.text)
        case .template(let one):
            out.field("title", one.title)
            out.field("text", one.text)
            out.field("tags", one.tags)
            out.field("queues", one.queues)
        case .incident(let one):
            out.field("title", one.title)
            out.field("cause", one.cause)
            out.field("course", one.course)
            out.field("solution", one.solution)
            out.field("cost", one.cost?.text)
            out.field("currency", one.currency)
            out.field("state", one.closedAt == nil ? "open" : "closed")
            out.field("opened_at", one.openedAt)
            out.field("closed_at", one.closedAt)
            out.field("tags", one.tags)
            out.field("queues", one.queues)
            out.field("products", one.products)
            out.field("regions", one.regions)
            out.field("lines", one.lines)
            out.key("cases")
            out.array { out in for id in one.cases { out.value(id) } }
        }
    }

    // MARK: Versions

    static func version(_ version: KnowledgeVersion, into out: inout ByteBuilder) {
        out.object { out in
            out.field("version", version.version)
            out.field("at", version.at)
            out.field("by", version.author.who)
            out.field("through", version.author.through.rawValue)
            out.field("kind", version.before == nil ? "created" : version.after == nil ? "deleted" : "changed")
            FieldChange.write(changes(version), into: &out)
        }
    }

    /// The fields that differ; of a new or a deleted one all that are filled.
    static func changes(_ version: KnowledgeVersion) -> [FieldChange] {
        FieldChange.between(version.before.map(values) ?? [], version.after.map(values) ?? [])
    }

    private static func values(_ content: KnowledgeEntry.Content) -> [(name: String, value: String?)] {
        func some(_ text: String?) -> String? { text?.isEmpty == true ? nil : text }
        func list(_ texts: [String]) -> String? { some(texts.joined(separator: ", ")) }
        switch content {
        case .article(let one):
            return [
                ("kind", one.kind.rawValue), ("title", one.title), ("body", some(one.body)), ("answer", one.answer),
                ("tags", list(one.tags)), ("queues", list(one.queues)), ("products", list(one.products)),
                ("owner", one.owner), ("review", one.review?.text),
            ]
        case .template(let one):
            return [
                ("title", one.title), ("text", one.text), ("tags", list(one.tags)), ("queues", list(one.queues)),
            ]
        case .incident(let one):
            return [
                ("title", one.title), ("cause", some(one.cause)), ("course", some(one.course)),
                ("solution", some(one.solution)), ("cost", one.cost?.text), ("currency", one.currency),
                ("state", one.closedAt == nil ? "open" : "closed"), ("tags", list(one.tags)),
                ("queues", list(one.queues)), ("products", list(one.products)), ("regions", list(one.regions)),
                ("lines", list(one.lines)), ("cases", list(one.cases.map(String.init))),
            ]
        }
    }
}

extension KnowledgeEntry.Kind {
    /// As it is named to a person.
    var word: String {
        switch self {
        case .article: "article"
        case .template: "template"
        case .incident: "incident"
        }
    }

    /// In the path.
    var path: String { word + "s" }
}
