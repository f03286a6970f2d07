import CallCenter
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/customers/{id}/purchases`, `contracts`, `contacts`, `notes` and `files`: what belongs to a customer, with its
/// versions.
struct ItemRoutes {
    let writer: RecordWriter
    let history: any CallHistory
    let customerRecords: CustomerRecords
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    private var records: CustomerStore { writer.store }

    func add(to router: GuardedRouter) {
        addPurchases(to: router)
        addContracts(to: router)
        addContacts(to: router)
        addNotes(to: router)
        addFiles(to: router)
    }

    private func addPurchases(to router: GuardedRouter) {
        router.get("v1/customers/{id}/purchases", may: .operator) { try await list(.purchase, $0, $1) }
        router.post("v1/customers/{id}/purchases", may: .operator) { try await add(.purchase, $0, $1) }
        router.get("v1/customers/{id}/purchases/{item}", may: .operator) { try await show(.purchase, $0, $1) }
        router.patch("v1/customers/{id}/purchases/{item}", may: .operator) { try await change(.purchase, $0, $1) }
        router.delete("v1/customers/{id}/purchases/{item}", may: .operator) { try await delete(.purchase, $0, $1) }
        router.get("v1/customers/{id}/purchases/{item}/history", may: .operator) {
            try await versions(.purchase, $0, $1)
        }
        router.post("v1/customers/{id}/purchases/{item}/restore", may: .operator) {
            try await restore(.purchase, $0, $1)
        }
    }

    private func addContracts(to router: GuardedRouter) {
        router.get("v1/customers/{id}/contracts", may: .operator) { try await list(.contract, $0, $1) }
        router.post("v1/customers/{id}/contracts", may: .operator) { try await add(.contract, $0, $1) }
        router.get("v1/customers/{id}/contracts/{item}", may: .operator) { try await show(.contract, $0, $1) }
        router.patch("v1/customers/{id}/contracts/{item}", may: .operator) { try await change(.contract, $0, $1) }
        router.delete("v1/customers/{id}/contracts/{item}", may: .operator) { try await delete(.contract, $0, $1) }
        router.get("v1/customers/{id}/contracts/{item}/history", may: .operator) {
            try await versions(.contract, $0, $1)
        }
        router.post("v1/customers/{id}/contracts/{item}/restore", may: .operator) {
            try await restore(.contract, $0, $1)
        }
    }

    private func addContacts(to router: GuardedRouter) {
        router.get("v1/customers/{id}/contacts", may: .operator) { try await list(.contact, $0, $1) }
        router.post("v1/customers/{id}/contacts", may: .operator) { try await add(.contact, $0, $1) }
        router.get("v1/customers/{id}/contacts/{item}", may: .operator) { try await show(.contact, $0, $1) }
        router.patch("v1/customers/{id}/contacts/{item}", may: .operator) { try await change(.contact, $0, $1) }
        router.delete("v1/customers/{id}/contacts/{item}", may: .operator) { try await delete(.contact, $0, $1) }
        router.get("v1/customers/{id}/contacts/{item}/history", may: .operator) {
            try await versions(.contact, $0, $1)
        }
        router.post("v1/customers/{id}/contacts/{item}/restore", may: .operator) {
            try await restore(.contact, $0, $1)
        }
    }

    private func addNotes(to router: GuardedRouter) {
        router.get("v1/customers/{id}/notes", may: .operator) { try await list(.note, $0, $1) }
        router.post("v1/customers/{id}/notes", may: .operator) { try await add(.note, $0, $1) }
        router.get("v1/customers/{id}/notes/{item}", may: .operator) { try await show(.note, $0, $1) }
        router.patch("v1/customers/{id}/notes/{item}", may: .operator) { try await change(.note, $0, $1) }
        router.delete("v1/customers/{id}/notes/{item}", may: .operator) { try await delete(.note, $0, $1) }
        router.get("v1/customers/{id}/notes/{item}/history", may: .operator) {
            try await versions(.note, $0, $1)
        }
        router.post("v1/customers/{id}/notes/{item}/restore", may: .operator) {
            try await restore(.note, $0, $1)
        }
    }

    // MARK: Reading

    func list(_ kind: CustomerItem.Kind, _ request: Request, _ context: WebContext) async throws -> Response {
        let customer = try customer(context), query = Query(request)
        let limit = try query.limit(default: 100, max: 1_000)
        let below = try query.text("after").map { text throws(Problem) in
            guard let place = ItemPlace(text) else { throw .bad("after is the next of the page before.") }
            return place
        }
        var lines = try records.items(kind, of: customer, below: below, limit: limit + 1).map(Line.item)
        if kind == .note {
            lines += try history.notes(on: customer, below: below, limit: limit + 1).map(Line.event)
            lines.sort { ($0.place.at, $0.place.id) > ($1.place.at, $1.place.id) }
        }
        let reader = context.reader(), shown = lines.prefix(limit), hasMore = lines.count > limit
        reader.sees(customer)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for line in shown {
                        switch line {
                        case .item(let item): ItemEncoder.item(item, to: reader, into: &out)
                        case .event(let entry): ItemEncoder.note(entry, to: reader, into: &out)
                        }
                    }
                }
                out.field("next", hasMore ? shown.last?.place.text : nil)
            }
        }
    }

    /// A line of a list: an item, or a note that an earlier version wrote as an event.
    private enum Line {
        case item(CustomerItem)
        case event(TouchpointEntry)

        var place: ItemPlace {
            switch self {
            case .item(let item): item.place
            case .event(let entry): ItemPlace(at: entry.touchpoint.at.ms, id: entry.id)
            }
        }
    }

    func show(_ kind: CustomerItem.Kind, _ request: Request, _ context: WebContext) async throws -> Response {
        let customer = try customer(context), id = try item(context, kind)
        return answer(try found(id, kind, of: customer), to: context.reader())
    }

    func versions(
        _ kind: CustomerItem.Kind, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let customer = try customer(context), id = try item(context, kind)
        let query = Query(request), limit = try query.limit(default: 50, max: 1_000)
        let below = try query.number("after", in: .version)
        guard let all = try records.versions(ofItem: id, kind, of: customer, below: below, limit: limit + 1) else {
            throw ItemRoutes.none(id, kind)
        }
        let isDeleted = try records.item(id, kind, of: customer) == nil
        context.reader().sees(customer)
        return .json { out in
            out.object { out in
                out.field("id", id)
                out.field("customer", customer)
                out.field("deleted", isDeleted)
                out.key("items")
                out.array { out in for one in all.prefix(limit) { ItemEncoder.version(one, into: &out) } }
                out.field("next", all.count > limit ? "\(all[limit - 1].version)" : nil)
            }
        }
    }

    // MARK: Writing

    private func add(_ kind: CustomerItem.Kind, _ request: Request, _ context: WebContext) async throws -> Response {
        let customer = try customer(context), now = self.now()
        let content = try await body(request, context, now).content(kind, before: nil)
        let made = try Problem.edited { () throws(EditError) in
            try writer.add(content, to: customer, by: context.who.author, at: now)
        }
        guard let made else { throw ItemRoutes.none(customer) }
        await customerRecords.changed(customer)
        return answer(made, to: context.reader(), status: .created)
    }

    /// Attempts of an edit without `If-Match` when others edit the same item.
    private static let triesMax = 5

    func change(_ kind: CustomerItem.Kind, _ request: Request, _ context: WebContext) async throws -> Response {
        let customer = try customer(context), id = try item(context, kind), now = self.now()
        let body = try await body(request, context, now), expected = expected(request)
        var conflict: CustomerItem?
        for _ in 0..<(expected == nil ? ItemRoutes.triesMax : 1) {
            let current = try found(id, kind, of: customer)
            let wanted = try body.content(kind, before: current.content)
            do throws(EditError) {
                let saved = try writer.save(
                    item: id, of: customer, wanted, expected: expected ?? current.version, by: context.who.author,
                    at: now)
                if saved.version != current.version { await customerRecords.changed(customer) }
                return answer(saved, to: context.reader())
            } catch .itemConflict(let theirs) { conflict = theirs } catch { throw Problem(error) }
        }
        guard let conflict else { throw ItemRoutes.none(id, kind) }
        let reader = context.reader(), wanted = try body.content(kind, before: conflict.content)
        // The members of a problem are written when the views of the request are recorded already.
        reader.sees(customer)
        throw Problem(
            .preconditionFailed, "Somebody changed this \(kind.word) since you read it; both versions are here."
        ) { out in
            out.key("yours")
            out.object { ItemEncoder.content(wanted, into: &$0) }
            out.key("theirs")
            ItemEncoder.item(conflict, to: reader, into: &out)
        }
    }

    func delete(_ kind: CustomerItem.Kind, _ request: Request, _ context: WebContext) async throws -> Response {
        let customer = try customer(context), id = try item(context, kind)
        try Problem.edited { () throws(EditError) in
            try writer.delete(
                item: id, kind, of: customer, expected: expected(request), by: context.who.author, at: now())
        }
        await customerRecords.changed(customer)
        return Response(status: .noContent)
    }

    private struct Wanted: Decodable { var version: Int64 }

    func restore(
        _ kind: CustomerItem.Kind, _ request: Request, _ context: WebContext
    ) async throws -> Response {
        let customer = try customer(context), id = try item(context, kind)
        let wanted: Wanted = try await request.json()
        let version = try Bounded.version.checked(wanted.version, "version")
        let saved = try Problem.edited { () throws(EditError) in
            try writer.restore(
                item: id, kind, of: customer, version: version, expected: expected(request), by: context.who.author,
                at: now())
        }
        await customerRecords.changed(customer)
        return answer(saved, to: context.reader())
    }

    private func body(_ request: Request, _ context: WebContext, _ now: Timestamp) async throws -> ItemBody {
        ItemBody(
            members: try await request.json(), states: settings.purchases.states, person: context.who.person, now: now)
    }

    // MARK: What a path names

    func customer(_ context: WebContext) throws -> Int64 {
        let id = try context.segment("id")
        guard let number = Int64(id) else { throw Problem.notFound("There is no customer \(id).") }
        // What belongs to a customer that is a part of another belongs to that one.
        let customer = try records.survivor(of: number)
        guard try records.customer(customer) != nil else { throw Problem.notFound("There is no customer \(id).") }
        return customer
    }

    func item(_ context: WebContext, _ kind: CustomerItem.Kind) throws -> Int64 {
        let id = try context.segment("item")
        guard let number = Int64(id), Bounded.id.range.contains(number) else {
            throw Problem.notFound("There is no \(kind.word) \(id).")
        }
        return number
    }

    func found(_ id: Int64, _ kind: CustomerItem.Kind, of customer: Int64) throws -> CustomerItem {
        guard let found = try records.item(id, kind, of: customer) else { throw ItemRoutes.none(id, kind) }
        return found
    }

    private static func none(_ customer: Int64) -> Problem { .notFound("There is no customer \(customer).") }
    private static func none(_ id: Int64, _ kind: CustomerItem.Kind) -> Problem {
        .notFound("The customer has no \(kind.word) \(id).")
    }

    /// The version that the client saw; nil when it does not say.
    private func expected(_ request: Request) -> Int64? {
        guard let match = request.headers[.ifMatch], match != "*" else { return nil }
        return Int64(match.filter(\.isNumber)) ?? -1
    }

    func answer(_ item: CustomerItem, to reader: Reader, status: HTTPResponse.Status = .ok) -> Response {
        let location = "/v1/customers/\(item.customer)/\(item.kind.path)/\(item.id)"
        return .json(status, headers: [.eTag: "\"v\(item.version)\"", .location: location]) { out in
            ItemEncoder.item(item, to: reader, into: &out)
        }
    }
}
