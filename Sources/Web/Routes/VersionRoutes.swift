import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// The versions of a customer: who changed what, put back, deleted, brought back.
struct VersionRoutes {
    let engine: Engine
    let writer: RecordWriter
    let customerRecords: CustomerRecords
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.get("v1/customers/{id}/history", may: .operator, use: history)
        router.post("v1/customers/{id}/restore", may: .operator, use: restore)
        router.delete("v1/customers/{id}", may: .supervisor, use: delete)
        router.post("v1/customers/{id}/undelete", may: .supervisor, use: undelete)
        router.get("v1/deleted-customers", may: .supervisor, use: deleted)
    }

    private func history(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 50, max: 1_000)
        let below = try query.number("after", in: .version)
        let id = try number(context)
        guard let all = try writer.store.versions(of: id, below: below, limit: limit + 1) else {
            if try writer.store.erased(id) != nil { throw Problem(.isErased(id)) }
            throw Problem.notFound("There never was a customer \(id).")
        }
        let isDeleted = try writer.store.isDeleted(id)
        // Their record is not shown to operators either.
        guard !isDeleted || context.who.may(.supervisor) else { throw Problem.forbidden(.supervisor) }
        context.reader().sees(id)
        let hidden = settings.customFieldAccess(for: context.who).hidden
        return .json { out in
            out.object { out in
                out.field("customer", id)
                out.field("deleted", isDeleted)
                out.key("items")
                out.array { out in
                    for one in all.prefix(limit) { VersionEncoder.version(one, without: hidden, into: &out) }
                }
                out.field("next", all.count > limit ? "\(all[limit - 1].version)" : nil)
            }
        }
    }

    private struct Wanted: Decodable { var version: Int64 }

    private func restore(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try number(context), wanted: Wanted = try await request.json()
        let version = try Bounded.version.checked(wanted.version, "version")
        let isSupervisor = context.who.may(.supervisor)
        // The tier is checked against this version of the record, so this one has to be there when it is changed.
        let seen = isSupervisor ? nil : try requireSameTier(id, version)
        // Of a deleted one, what it was when it was deleted.
        let before =
            try writer.store.customer(id)?.fields
            ?? writer.store.versions(of: id, below: nil, limit: 1)?.first?.before
        let saved = try Problem.edited { () throws(EditError) in
            try writer.restore(
                id, version: version, expected: expected(request) ?? seen, mayUndelete: isSupervisor,
                by: context.who.author, at: now())
        }
        await customerRecords.warn(of: saved, before: before)
        return try await answer(saved, context)
    }

    /// Routing depends on the tier: changing it needs a supervisor, by putting a version back too.
    ///
    /// - Returns: the version that the record has now.
    private func requireSameTier(_ id: Int64, _ version: Int64) throws -> Int64 {
        let current = try writer.store.customer(id)
        let past = try writer.store.versions(of: id, below: version + 1, limit: 1)?.first?.after
        guard let current else {
            throw Problem(.forbidden, "Customer \(id) is deleted; a supervisor brings it back.")
        }
        if let past, past.tier != current.fields.tier {
            throw Problem(
                .forbidden, "Version \(version) has another tier, which a supervisor may put back, as calls are routed "
                    + "by it.")
        }
        return current.version
    }

    private func delete(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try number(context)
        let version = try Problem.edited { () throws(EditError) in
            try writer.delete(id, expected: expected(request), by: context.who.author, at: now())
        }
        await engine.customerChanged(id, version: version)
        return Response(status: .noContent)
    }

    private func undelete(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try number(context)
        let back = try Problem.edited { () throws(EditError) in
            try writer.undelete(id, by: context.who.author, at: now())
        }
        return try await answer(back, context)
    }

    private func deleted(_ request: Request, _ context: WebContext) async throws -> Response {
        let found = try writer.store.deletedCustomers(limit: try Query(request).limit(default: 100, max: 1_000))
        let reader = context.reader()
        for one in found { reader.sees(one.id) }
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for one in found {
                        out.object { out in
                            out.field("id", one.id)
                            out.field("name", one.name)
                            out.field("deleted_at", one.at)
                            out.field("by", one.who)
                        }
                    }
                }
                out.field("next", String?.none)
            }
        }
    }

    private func number(_ context: WebContext) throws -> Int64 {
        let id = try context.segment("id")
        guard let number = Int64(id) else { throw Problem.notFound("There is no customer \(id).") }
        return number
    }

    /// The version that the client saw; nil when it does not say.
    private func expected(_ request: Request) -> Int64? {
        guard let match = request.headers[.ifMatch], match != "*" else { return nil }
        return Int64(match.filter(\.isNumber)) ?? -1
    }

    private func answer(_ record: CustomerRecord, _ context: WebContext) async throws -> Response {
        let reader = context.reader()
        await engine.customerChanged(record.id, version: record.version)
        guard let days = await engine.ask({ centre, _ in centre.policy.alerts.dormantDays }) else {
            throw Problem.stopping
        }
        let reckoning = CustomerEncoder.Reckoning(
            now: now(), dormantAfter: Int64(days) * 86_400_000,
            hidden: settings.customFieldAccess(for: context.who).hidden)
        return .json(headers: [.eTag: "\"v\(record.version)\""]) { out in
            CustomerEncoder.customer(customerRecords.current(record), reckoning, to: reader, into: &out)
        }
    }
}
