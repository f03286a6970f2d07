import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// Cases and promises: what is open with a customer.
struct CaseRoutes {
    let writer: RecordWriter
    let customerRecords: CustomerRecords
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.get("v1/cases", may: .operator, use: list)
        router.post("v1/customers/{id}/cases", may: .operator, use: open)
        router.post("v1/cases/{id}/close", may: .operator, use: close)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let owner = query.text("owner") ?? context.who.ownOperator
        if let own = context.who.ownOperator, owner != own { throw Problem.forbidden(.supervisor) }
        let found = try writer.store.openCases(owner: owner, limit: try query.limit(default: 100, max: 1_000)),
            now = self.now(), reader = context.reader(.openCase)
        return .json { out in
            out.object { out in
                out.key("cases")
                out.array { out in
                    for one in found { out.object { CaseRoutes.fields(of: one, now, to: reader, into: &$0) } }
                }
            }
        }
    }

    private struct Body: Decodable {
        var kind: String?
        var title: String
        var owner: String?
        var due: String?
        var spent_ms: Int64?
    }

    private func open(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id")
        let asked: Body = try await request.json()
        guard let kind = OpenCase.Kind(rawValue: asked.kind ?? "promise") else {
            throw Problem.bad("kind is promise or case.")
        }
        guard !asked.title.allSatisfy(\.isWhitespace), asked.title.utf8.count <= WireLimits.stringBytesMax,
            asked.title.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else {
            throw Problem.bad(
                "title says what was promised, in 1 to \(WireLimits.stringBytesMax) bytes without control characters.")
        }
        let due = try asked.due.map { text throws(Problem) in
            var plain = text
            guard let time = plain.withUTF8({ RFC3339.timestamp(UnsafeRawBufferPointer($0)) }) else {
                throw .bad("due is a time in RFC 3339, such as 2026-01-31T09:00:00+09:00.")
            }
            return time
        }
        let spent = try Bounded.spentMs.checked(ifAny: asked.spent_ms, "spent_ms")
        let owner = asked.owner ?? context.who.person
        guard (owner?.utf8.count ?? 0) <= WireLimits.idBytesMax else {
            throw Problem.bad("owner is an operator's number.")
        }
        guard let customer = Int64(id),
            let made = try Problem.edited({ () throws(EditError) in
                try writer.open(
                    kind, asked.title, of: customer, owner: owner, due: due, by: context.who.person, spent: spent,
                    author: context.who.author, at: self.now())
            })
        else { throw Problem.notFound("There is no customer \(id).") }
        await customerRecords.changed(customer)
        let reader = context.reader(.openCase)
        return .json(.created) { out in out.object { CaseRoutes.fields(of: made, self.now(), to: reader, into: &$0) } }
    }

    private func close(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id")
        guard let number = Int64(id), let found = try writer.store.customerCase(number) else {
            throw Problem.notFound("There is no case \(id).")
        }
        if let own = context.who.ownOperator, let owner = found.owner, owner != own {
            throw Problem(
                .forbidden, "Case \(id) is operator \(owner)'s; an operator closes its own cases and those of nobody.")
        }
        let ended = try Problem.edited { () throws(EditError) in
            try writer.close(number, by: context.who.person, author: context.who.author, at: self.now())
        }
        guard let closed = ended else { throw Problem.notFound("There is no case \(id).") }
        await customerRecords.changed(closed.customer)
        let reader = context.reader(.openCase)
        return .json { out in out.object { CaseRoutes.fields(of: closed, self.now(), to: reader, into: &$0) } }
    }

    /// - Parameter reader: who is shown the case.
    static func fields(
        of one: CustomerCase, _ now: Timestamp, to reader: Reader, into out: inout ByteBuilder
    ) {
        reader.sees(one.customer)
        out.field("id", one.id)
        out.field("customer", one.customer)
        out.field("customer_name", one.customerName)
        out.field("kind", one.kind.rawValue)
        out.field("title", one.title)
        out.field("owner", one.owner)
        out.field("due", one.due)
        out.field("overdue", one.closedAt == nil && (one.due.map { $0 < now } ?? false))
        out.field("created_at", one.createdAt)
        out.field("created_by", one.createdBy)
        out.field("closed_at", one.closedAt)
        out.field("closed_by", one.closedBy)
        out.field("spent_ms", one.spent)
    }
}
