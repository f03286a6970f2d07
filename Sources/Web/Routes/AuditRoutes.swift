import CallCenter
import EventWire
import Hummingbird
import Storage

/// `/v1/audit`: who saw and who changed which customer, and whether the view log is as it was written.
struct AuditRoutes {
    let records: CustomerStore
    let views: any ViewRecorder
    let changes: ChangeLines
    let names: ViewerNames

    static let limitDefault = 100
    static let limitMax = 1_000

    func add(to router: GuardedRouter) {
        router.get("v1/audit", may: .admin, use: list)
        router.get("v1/audit/verify", may: .admin, use: verify)
        router.get("v1/customers/{id}/views", may: .admin, use: ofCustomer)
    }

    // MARK: Lists

    private enum Kind: String { case view, change }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        var asked = AuditLines.Asked(limit: try query.limit(default: Self.limitDefault, max: Self.limitMax))
        asked.by = query.text("by")
        asked.customer = try query.number("customer", in: .id)
        asked.from = try query.time("from")
        asked.to = try query.time("to")
        if let text = query.text("kind") {
            guard let kind = Kind(rawValue: text) else { throw Problem.bad("kind is view or change.") }
            asked.hasViews = kind == .view
            asked.hasChanges = kind == .change
        }
        return try answer(asked, query)
    }

    private func ofCustomer(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id"), query = Query(request)
        guard let customer = Int64(id), Bounded.id.range.contains(customer), customer != RecordView.everybody else {
            throw Problem.notFound("There is no customer \(id).")
        }
        var asked = AuditLines.Asked(limit: try query.limit(default: Self.limitDefault, max: Self.limitMax))
        asked.customer = customer
        asked.from = try query.time("from")
        asked.to = try query.time("to")
        asked.hasChanges = false
        return try answer(asked, query)
    }

    private func answer(_ asked: AuditLines.Asked, _ query: Query) throws -> Response {
        var asked = asked
        asked.after = try query.text("after").map { text throws(Problem) in
            guard let cursor = AuditCursor(text) else { throw .bad("after is the next of the page before.") }
            return cursor
        }
        if let id = asked.customer { asked.customerSince = try records.createdAt(of: id) }
        let known = names.all(), customer = asked.customer
        let page = try AuditLines(views: views, changes: changes).page(asked, known)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for line in page.lines {
                        switch line {
                        case .view(let line): AuditRoutes.encode(line.view, of: customer, known, into: &out)
                        case .change(let line): AuditRoutes.encode(line, into: &out)
                        }
                    }
                }
                out.field("next", page.next?.text)
            }
        }
    }

    /// - Parameter customer: who was asked for: an export of everybody was one of this customer too.
    private static func encode(
        _ view: RecordView, of customer: Int64?, _ names: ViewerNames.Known, into out: inout ByteBuilder
    ) {
        let isOfAll = view.customer == RecordView.everybody
        out.object { out in
            out.field("at", view.at)
            out.field("kind", Kind.view.rawValue)
            out.field("by", view.by.text)
            out.field("by_kind", view.by.kind)
            out.field("by_name", names.name(of: view.by))
            out.field("through", view.through.rawValue)
            out.field("customer", isOfAll ? customer : view.customer)
            out.field("everybody", isOfAll)
        }
    }

    private static func encode(_ change: ChangeLines.Line, into out: inout ByteBuilder) {
        out.object { out in
            out.field("at", change.at)
            out.field("kind", Kind.change.rawValue)
            out.field("by", change.by)
            out.field("through", change.through)
            out.field("customer", change.customer)
            out.field("version", change.version)
            out.field("fields", change.fields)
            out.field("erased", change.isErasure)
        }
    }

    // MARK: The chain

    private func verify(_ request: Request, _ context: WebContext) async throws -> Response {
        let expected = Query(request).text("expect")
        if let expected {
            let isHash = (16...64).contains(expected.utf8.count) && expected.allSatisfy(\.isHexDigit)
            guard isHash else {
                throw Problem.bad("expect is a hash that verify gave: 64 hexadecimal digits, or the first 16 or more.")
            }
        }
        let views = self.views
        // Years of views take a minute, for which no request should wait.
        let verdict = try await BlockingThreads.files.run { try views.verify(expecting: expected) }
        return .json { out in
            out.object { out in
                out.field("intact", verdict.isIntact)
                out.field("entries", verdict.entries)
                out.field("views", verdict.views)
                out.field("first", verdict.anchor.seq + 1)
                out.field("last", verdict.head.seq)
                out.field("first_at", verdict.firstAt)
                out.field("last_at", verdict.lastAt)
                out.field("hash", verdict.head.hex)
                out.key("faults")
                out.array { out in
                    for fault in verdict.faults {
                        out.object { out in
                            out.field("kind", fault.kind.rawValue)
                            out.field("from", fault.from)
                            out.field("to", fault.to)
                        }
                    }
                }
            }
        }
    }
}
