import CallCenter
import EventWire
import Storage

/// Lists and their entries as JSON, and entries as rows of a table.
struct ListEncoder {
    let moment: ListDesk.Moment
    let language: Language
    /// Who is shown them.
    let reader: Reader

    private var words: ListWords {
        ListWords(language: language, clock: moment.clock, currency: moment.rules.currency)
    }

    // MARK: Lists

    func list(_ list: ListSource, _ progress: ListProgress, into out: inout ByteBuilder) {
        out.object { fields(of: list, progress, into: &$0) }
    }

    func fields(of list: ListSource, _ progress: ListProgress, into out: inout ByteBuilder) {
        out.field("name", list.name)
        switch list {
        case .builtIn(let one):
            out.field("title", ListWords.title(one, language))
            out.field("kind", "builtin")
            ListEncoder.content(.init(title: ""), of: nil, into: &out)
            out.field("version", Int64?.none)
            out.field("created_at", Timestamp?.none)
            out.field("created_by", String?.none)
            out.field("updated_at", Timestamp?.none)
        case .saved(let one):
            out.field("title", one.content.title)
            out.field("kind", "saved")
            ListEncoder.content(one.content, of: one.content.of, into: &out)
            out.field("version", one.version)
            out.field("created_at", one.createdAt)
            out.field("created_by", one.createdBy)
            out.field("updated_at", one.updatedAt)
        }
        out.field("open", progress.open)
        out.field("more", progress.isMore)
        out.field("done", progress.done)
        out.field("claimed", progress.claimed)
        out.key("results")
        out.object { out in
            let known = moment.settings.results
            for word in known + progress.results.keys.filter({ !known.contains($0) }).sorted() {
                out.key(text: word)
                out.value(progress.results[word] ?? 0)
            }
        }
    }

    /// What a list asks for, as it is written.
    private static func content(
        _ content: CustomerList.Content, of list: BuiltInList?, into out: inout ByteBuilder
    ) {
        let filter = content.filter
        out.field("of", list?.rawValue)
        out.field("sort", content.order?.rawValue)
        out.field("tier", filter.tier)
        out.field("tag", filter.tag)
        out.field("owner", filter.owner)
        out.field("status", filter.status?.rawValue)
        out.field("q", filter.text)
        out.field("min_spent", filter.minSpent.map { DecimalSum(micros: $0).text })
        out.field("days", filter.days)
        out.field("assigned_to", content.assigned)
    }

    static func version(_ version: ListVersion, into out: inout ByteBuilder) {
        out.object { out in
            out.field("version", version.version)
            out.field("at", version.at)
            out.field("by", version.author.who)
            out.field("through", version.author.through.rawValue)
            out.field("kind", version.after == nil ? "deleted" : version.before == nil ? "created" : "changed")
            out.key("changes")
            out.array { out in
                let before = version.before.map(values), after = version.after.map(values)
                for (place, one) in (after ?? before ?? []).enumerated()
                where before?[place].value != after?[place].value {
                    out.object { out in
                        out.field("field", one.name)
                        out.field("from", before?[place].value)
                        out.field("to", after?[place].value)
                    }
                }
            }
        }
    }

    private static func values(_ content: CustomerList.Content) -> [(name: String, value: String?)] {
        let filter = content.filter
        return [
            ("title", content.title), ("of", content.of?.rawValue), ("sort", content.order?.rawValue),
            ("tier", filter.tier), ("tag", filter.tag), ("owner", filter.owner), ("status", filter.status?.rawValue),
            ("q", filter.text), ("min_spent", filter.minSpent.map { DecimalSum(micros: $0).text }),
            ("days", filter.days.map(String.init)),
            ("assigned_to", content.assigned.isEmpty ? nil : content.assigned.joined(separator: ", ")),
        ]
    }

    // MARK: Entries

    func entry(
        _ entry: ListEntry, in list: ListSource, _ order: ListOrder?, isDone: Bool, into out: inout ByteBuilder
    ) {
        out.object { fields(of: entry, in: list, order, isDone: isDone, into: &$0) }
    }

    func fields(
        of entry: ListEntry, in list: ListSource, _ order: ListOrder?, isDone: Bool, into out: inout ByteBuilder
    ) {
        reader.sees(entry.customer)
        let facts = entry.facts, claim = claim(of: entry)
        out.field("customer", entry.customer)
        out.field("customer_name", entry.name)
        out.field("tier", entry.tier)
        out.field("owner", entry.owner)
        out.field("do_not_call", entry.doNotCall)
        out.key("reasons")
        out.array { out in
            for reason in words.reasons(entry, in: list.of) {
                out.object { out in
                    out.field("kind", reason.kind)
                    out.field("text", reason.text)
                }
            }
        }
        let sorted = figure(of: entry, in: list, order, isDone: isDone)
        out.field("sorted_by", sorted.name)
        out.field("figure", sorted.text)
        out.field("last_contact", facts.lastContact)
        out.field("contacts", facts.contacts)
        out.field("purchases", facts.purchases)
        out.field("spent", DecimalSum(micros: facts.spent).text)
        out.field("currency", moment.rules.currency)
        out.field("last_purchase", facts.lastPurchase.map { $0.date.text })
        out.field("next_expected", facts.expected.map { CivilDate(days: Int($0)).text })
        out.field("service", entry.service)
        out.field("expires", entry.service == nil ? nil : CivilDate(days: Int(entry.key)).text)
        out.field("claimed_by", claim?.by)
        out.field("claimed_at", claim?.since)
        out.field("result", entry.work.result?.result)
        out.field("note", entry.work.result?.note)
        out.field("worked_by", entry.work.result?.by)
        out.field("worked_at", entry.work.result?.at)
    }

    /// A claim that still counts.
    private func claim(of entry: ListEntry) -> CaseClaim? {
        entry.work.claim.flatMap { $0.isValid(at: moment.clock.now, limit: moment.claimLimit) ? $0 : nil }
    }

    /// By what an entry is where it is.
    private func figure(
        of entry: ListEntry, in list: ListSource, _ order: ListOrder?, isDone: Bool
    ) -> (name: String, text: String) {
        func time(_ ms: Int64) -> String { RFC3339.string(Timestamp(ms: ms)) }
        func day(_ days: Int64) -> String { CivilDate(days: Int(days)).text }
        if isDone { return ("worked_at", time(entry.key)) }
        switch list.of {
        case nil: return ("customer", String(entry.key))
        case .expiring: return ("expires", day(entry.key))
        case .overduePurchase: return ("next_expected", day(entry.key))
        case .atRisk: return ("risk", String(entry.key))
        case .best: return ("spend", DecimalSum(micros: entry.key).text)
        case .dormant:
            let order = order ?? list.order ?? .lastContact
            switch order {
            case .lastContact: return (order.rawValue, time(entry.key))
            case .spend: return (order.rawValue, DecimalSum(micros: entry.key).text)
            case .frequency: return (order.rawValue, String(entry.key))
            }
        }
    }

    /// A row of a table, with what is needed to get in touch.
    func row(
        _ entry: ListEntry, _ record: CustomerRecord?, in list: ListSource, _ order: ListOrder?, isDone: Bool,
        into table: inout CSVSink
    ) {
        reader.sees(entry.customer)
        let facts = entry.facts, sorted = figure(of: entry, in: list, order, isDone: isDone)
        table.beginRow()
        table.figure("customer", entry.customer)
        table.figure("name", entry.name)
        table.figure("company", record?.fields.company)
        table.figure("number", record?.fields.phones.first?.display)
        table.figure("email", record?.fields.email)
        table.figure("tier", entry.tier)
        table.figure("owner", entry.owner)
        table.figure("reason", words.reasons(entry, in: list.of).map(\.text).joined(separator: "; "))
        table.figure("sorted_by", sorted.name)
        table.figure("figure", sorted.text)
        table.figure("last_contact", facts.lastContact.map { RFC3339.string($0) })
        table.figure("contacts", facts.contacts)
        table.figure("purchases", facts.purchases)
        table.figure("spent", DecimalSum(micros: facts.spent).text)
        table.figure("currency", moment.rules.currency)
        table.figure("claimed_by", claim(of: entry)?.by)
        table.figure("result", entry.work.result?.result)
        table.figure("note", entry.work.result?.note)
        table.figure("worked_by", entry.work.result?.by)
        table.figure("worked_at", entry.work.result.map { RFC3339.string($0.at) })
        table.figure("do_not_call", entry.doNotCall ? "true" : nil)
    }
}

extension ListPlace {
    /// `1790000000000.17`.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let key = Int64(parts[0]), let customer = Int64(parts[1]) else { return nil }
        self.init(key: key, customer: customer)
    }

    var text: String { "\(key).\(customer)" }
}
