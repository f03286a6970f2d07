import CallCenter
import EventWire
import Storage

/// Reads all that is known of one person, in pages, each object as JSON: a long history needs no more memory than a
/// short one.
struct DisclosureReader: Sendable {
    /// The parts of a disclosure, in their order.
    enum Section: String, CaseIterable, Sendable {
        /// The record as it is now; nothing of a customer who was deleted.
        case record
        case versions
        /// Other records that were merged into this one, each with its versions.
        case merged
        /// The customer's numbers whose calls are rejected.
        case blocked
        case purchases, contracts, notes
        /// Contacts that somebody recorded by hand.
        case contacts
        /// Names, types and hashes; the bytes are at `/v1/customers/{id}/files/{item}/content`.
        case files
        case cases
        /// Mails and messages that came in from elsewhere and that somebody attached.
        case inbox
        /// Messages between desks about the customer.
        case messages
        /// What came of the customer in lists that somebody works through.
        case lists
        case calls
        /// All contacts, those by telephone included, as the record shows them.
        case timeline
        /// Who saw the record.
        case views
    }

    /// Where a section goes on.
    enum Place: Equatable, Sendable {
        case start
        case index(Int)
        /// Behind a version, or a message.
        case below(Int64)
        case call(CallCursor)
        case time(TimelinePlace)
        case audit(AuditCursor)
    }

    struct Page: Sendable {
        var objects: [ByteBuilder] = []
        var next: Place?
    }

    let records: CustomerStore
    let history: any CallHistory
    let callReader: CallReader
    let views: any ViewRecorder
    let names: ViewerNames.Known
    let customer: Int64
    /// Customers that are a part of this one.
    let parts: [Int64]
    let reckoning: CustomerEncoder.Reckoning
    let language: Language
    let reader: Reader

    private static let atOnce = 50

    func page(_ section: Section, at place: Place) async throws -> Page {
        switch section {
        case .record: try record()
        case .versions: try versions(place)
        case .merged: try merged(place)
        case .blocked: try blocked()
        case .purchases: try items(.purchase, place)
        case .contracts: try items(.contract, place)
        case .notes: try items(.note, place)
        case .contacts: try items(.contact, place)
        case .files: try items(.file, place)
        case .cases: try cases(place)
        case .inbox: try inbox(place)
        case .messages: try messages(place)
        case .lists: try lists(place)
        case .calls: try await calls(place)
        case .timeline: try timeline(place)
        case .views: try seen(place)
        }
    }

    private static func object(_ write: (inout ByteBuilder) -> Void) -> ByteBuilder {
        var out = ByteBuilder(capacity: 1_024)
        write(&out)
        return out
    }

    // MARK: The record

    private func record() throws -> Page {
        guard let record = try records.customer(customer) else { return Page() }
        return Page(objects: [
            DisclosureReader.object { CustomerEncoder.customer(record, reckoning, to: reader, into: &$0) }
        ])
    }

    private func blocked() throws -> Page {
        let phones = try records.customer(customer)?.fields.phones ?? []
        let own = Set(phones.compactMap(\.e164))
        return Page(
            objects: try records.blocked().filter { own.contains($0.number) }.map { entry in
                DisclosureReader.object { BlockListRoutes.encode(entry, into: &$0) }
            })
    }

    private func versions(_ place: Place) throws -> Page {
        var below: Int64?
        if case .below(let version) = place { below = version }
        let found = try records.versions(of: customer, below: below, limit: DisclosureReader.atOnce) ?? []
        return Page(
            objects: found.map { one in
                DisclosureReader.object { VersionEncoder.version(one, without: reckoning.hidden, into: &$0) }
            },
            next: found.count == DisclosureReader.atOnce ? found.last.map { Place.below($0.version) } : nil)
    }

    private func merged(_ place: Place) throws -> Page {
        try each(parts, place) { part in
            let versions = try records.versions(of: part, below: nil, limit: 1_000) ?? []
            return DisclosureReader.object { out in
                out.object { out in
                    out.field("customer", part)
                    out.key("versions")
                    out.array { out in
                        for one in versions { VersionEncoder.version(one, without: reckoning.hidden, into: &out) }
                    }
                }
            }
        }
    }

    // MARK: What belongs to it

    private func items(_ kind: CustomerItem.Kind, _ place: Place) throws -> Page {
        let all = try records.allItems(of: customer).filter { $0.kind == kind }
        return try each(all, place) { one in
            let item = try records.item(one.id, kind, of: customer)
            let found = try records.versions(ofItem: one.id, kind, of: customer, below: nil, limit: 1_000)
            return DisclosureReader.object { out in
                out.object { out in
                    out.field("id", one.id)
                    out.key("record")
                    if let item { out.object { ItemEncoder.content(item.content, into: &$0) } } else { out.null() }
                    out.key("versions")
                    out.array { out in for version in found ?? [] { ItemEncoder.version(version, into: &out) } }
                }
            }
        }
    }

    private func cases(_ place: Place) throws -> Page {
        let encoder = CaseEncoder(reckoning.work, at: reckoning.now, to: reader)
        return try each(records.allCases(of: customer), place) { id in
            let one = try records.customerCase(id)
            let found = try records.versions(ofCase: id, below: nil, limit: 1_000)
            return DisclosureReader.object { out in
                out.object { out in
                    out.field("id", id)
                    out.key("record")
                    if let one { encoder.write(one, into: &out) } else { out.null() }
                    out.key("versions")
                    out.array { out in for version in found ?? [] { CaseEncoder.version(version, into: &out) } }
                }
            }
        }
    }

    /// As it came, with what the record does not have: the address, the subject, what was attached to it.
    private func inbox(_ place: Place) throws -> Page {
        let encoder = InboxEncoder(
            records: records, reader: reader, now: reckoning.now, claimLimit: reckoning.work.rules.claimLimit,
            lateBefore: reckoning.work.mailsLateBefore(at: reckoning.now))
        return try each(records.allInboxItems(of: customer), place) { item in
            let facts = InboxEncoder.Facts(item: item, candidates: [], customer: customer)
            return DisclosureReader.object { encoder.write(facts, into: &$0) }
        }
    }

    private func messages(_ place: Place) throws -> Page {
        var above: Int64?
        if case .below(let id) = place { above = id }
        let found = try records.allMessages(about: customer, above: above, limit: DisclosureReader.atOnce)
        let encoder = MessageEncoder(reader: reader, who: nil)
        return Page(
            objects: found.map { one in DisclosureReader.object { encoder.write(one, into: &$0) } },
            next: found.count == DisclosureReader.atOnce ? found.last.map { Place.below($0.id) } : nil)
    }

    private func lists(_ place: Place) throws -> Page {
        try each(records.listOutcomes(of: customer), place) { one in
            let title = ListWords.title(of: one, language)
            return DisclosureReader.object { out in
                out.object { out in
                    out.field("at", one.result.at)
                    out.field("by", one.result.by)
                    out.field("result", one.result.result)
                    ListWords.fields(of: one, title: title, into: &out)
                }
            }
        }
    }

    /// A page of a list that is there as a whole.
    private func each<Element>(
        _ all: [Element], _ place: Place, _ make: (Element) throws -> ByteBuilder
    ) throws -> Page {
        var start = 0
        if case .index(let index) = place { start = index }
        let end = min(all.count, start + DisclosureReader.atOnce)
        guard start < end else { return Page() }
        return Page(objects: try all[start..<end].map(make), next: end < all.count ? .index(end) : nil)
    }

    // MARK: What happened

    private func calls(_ place: Place) async throws -> Page {
        var filter = CallFilter(), after: CallCursor?
        filter.customer = customer
        filter.parts = Set(parts)
        if case .call(let cursor) = place { after = cursor }
        let page = try await callReader.lines(filter, after: after, limit: DisclosureReader.atOnce)
        return Page(
            objects: page.lines.map { line in
                DisclosureReader.object { CallEncoder.whole(line.call, language: language, to: reader, into: &$0) }
            }, next: page.next.map { Place.call($0) })
    }

    private func timeline(_ place: Place) throws -> Page {
        var below: TimelinePlace?
        if case .time(let place) = place { below = place }
        let asked = TimelineQuery(
            customer: customer, channel: nil, text: nil, below: below, limit: DisclosureReader.atOnce)
        let found = try history.touchpoints(asked), shown = found.prefix(asked.limit)
        return Page(
            objects: shown.map { entry in
                DisclosureReader.object { out in
                    out.object { out in
                        out.field("call", entry.call)
                        out.key("contact")
                        PopEncoder.touchpoint(entry.touchpoint, into: &out)
                    }
                }
            }, next: found.count > asked.limit ? shown.last.map { Place.time(asked.place(of: $0)) } : nil)
    }

    private func seen(_ place: Place) throws -> Page {
        var asked = AuditLines.Asked(limit: DisclosureReader.atOnce)
        asked.customer = customer
        asked.customerSince = try records.createdAt(of: customer)
        asked.hasChanges = false
        if case .audit(let cursor) = place { asked.after = cursor }
        let none = ChangeLines { _ in [] }
        let page = try AuditLines(views: views, changes: none).page(asked, names)
        var objects: [ByteBuilder] = []
        for case .view(let line) in page.lines {
            objects.append(
                DisclosureReader.object { out in
                    out.object { out in
                        out.field("at", line.view.at)
                        out.field("by", line.view.by.text)
                        out.field("by_kind", line.view.by.kind)
                        out.field("by_name", names.name(of: line.view.by))
                        out.field("through", line.view.through.rawValue)
                        out.field("everybody", line.view.customer == RecordView.everybody)
                    }
                })
        }
        return Page(objects: objects, next: page.next.map { Place.audit($0) })
    }
}
