import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// Records that may be of one customer, made one by hand, and taken apart again.
struct MergeRoutes {
    let engine: Engine
    let writer: RecordWriter
    let customerRecords: CustomerRecords
    let settings: WebSettings
    let duplicates: DuplicateList
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.get("v1/customers/duplicates", may: .operator, use: whileTyping)
        router.get("v1/customers/{id}/duplicates", may: .operator, use: ofOne)
        router.get("v1/duplicates", may: .supervisor, use: all)
        router.post("v1/customers/{id}/merge", may: .supervisor, use: merge)
        router.get("v1/merges", may: .supervisor, use: merges)
        router.post("v1/merges/{id}/undo", may: .supervisor, use: undo)
    }

    // MARK: Duplicates

    private func whileTyping(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        var probe = DuplicateProbe(name: query.text("name") ?? "")
        probe.kana = query.text("kana")
        probe.numbers = query.text("phone").flatMap { settings.numberReader.reading(raw: $0).key }.map { [$0] } ?? []
        probe.emails = query.text("email").map { [$0] } ?? []
        probe.accounts = query.text("account").map { [$0] } ?? []
        probe.address = query.text("address")
        probe.company = query.text("company")
        probe.except = try query.number("except", in: .id)
        return try await answer(probe, limit: query.limit(default: 10, max: 100), context)
    }

    private func ofOne(_ request: Request, _ context: WebContext) async throws -> Response {
        let record = try record(context)
        return try await answer(
            DuplicateProbe(record), limit: Query(request).limit(default: 10, max: 100), context)
    }

    private func answer(_ probe: DuplicateProbe, limit: Int, _ context: WebContext) async throws -> Response {
        let found = try writer.store.duplicates(of: probe, limit: limit)
        let reckoning = try await reckoning(context), reader = context.reader(.search)
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for one in found {
                        out.object { out in
                            out.key("customer")
                            CustomerEncoder.customer(one.customer, reckoning, to: reader, into: &out)
                            out.field("reasons", one.reasons.map(\.rawValue))
                            out.field("same_name", one.isSameName)
                        }
                    }
                }
                out.field("next", String?.none)
            }
        }
    }

    private func all(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 50, max: 500)
        let from = try query.number("after", in: Bounded(0...Int64(DuplicateList.pairsMax))).map(Int.init) ?? 0
        let pairs = try duplicates.pairs()
        let page = pairs.dropFirst(from).prefix(limit), end = from + page.count
        let reckoning = try await reckoning(context), reader = context.reader(.search)
        let shown = try page.compactMap { pair -> (DuplicatePair, [CustomerRecord])? in
            let both = try [pair.first, pair.second].compactMap { try writer.store.customer($0) }
            return both.count == 2 ? (pair, both) : nil
        }
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for (pair, both) in shown {
                        out.object { out in
                            out.key("customers")
                            out.array { out in
                                for one in both { CustomerEncoder.customer(one, reckoning, to: reader, into: &out) }
                            }
                            out.field("reasons", pair.reasons.map(\.rawValue))
                            out.field("same_name", pair.isSameName)
                        }
                    }
                }
                out.field("total", pairs.count)
                out.field("next", end < pairs.count ? "\(end)" : nil)
            }
        }
    }

    // MARK: Merging

    private struct Wanted: Decodable { var other: Int64 }

    private func merge(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try number(context, "id", "customer"), wanted: Wanted = try await request.json()
        let other = try Bounded.id.checked(wanted.other, "other")
        let isPreview = try Query(request).flag("dry_run")
        let before = try writer.store.customer(id)?.fields
        let report = try Problem.edited { () throws(EditError) in
            try writer.merge(
                other, into: id, expected: expected(request), isPreview: isPreview, by: context.who.author.who,
                at: now())
        }
        if !isPreview {
            await engine.customerChanged(id, version: report.customer.version)
            await engine.customerChanged(other, version: report.other.version + 1)
            await customerRecords.warn(of: report.customer, before: before)
        }
        let reckoning = try await reckoning(context), reader = context.reader()
        return .json(headers: [.eTag: "\"v\(report.customer.version)\""]) { out in
            out.object { out in
                out.field("merge", report.merge?.id)
                out.field("dry_run", isPreview)
                out.key("customer")
                CustomerEncoder.customer(
                    customerRecords.current(report.customer), reckoning, to: reader, into: &out)
                out.key("other")
                CustomerEncoder.customer(report.other, reckoning, to: reader, into: &out)
                out.key("dropped")
                out.array { out in
                    for choice in report.dropped where !reckoning.hides(choice.field) {
                        out.object { out in
                            out.field("field", choice.field)
                            out.field("kept", choice.kept)
                            out.field("dropped", choice.dropped)
                        }
                    }
                }
                out.key("moved")
                MergeRoutes.write(report.moved, into: &out)
            }
        }
    }

    private static func write(_ moved: MergeReport.Moved, into out: inout ByteBuilder) {
        out.object { out in
            out.field("purchases", moved.purchases)
            out.field("contracts", moved.contracts)
            out.field("contacts", moved.contacts)
            out.field("notes", moved.notes)
            out.field("files", moved.files)
            out.field("calls", moved.calls)
            out.field("cases", moved.cases)
        }
    }

    private func merges(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 50, max: 1_000)
        let customer = try query.number("customer", in: .id), below = try query.number("after", in: .id)
        let found = try writer.store.merges(of: customer, below: below, limit: limit + 1)
        let names = try writer.store.names(of: Set(found.prefix(limit).flatMap { [$0.into, $0.other] }))
        let reader = context.reader(.search)
        for id in names.keys { reader.sees(id) }
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in
                    for one in found.prefix(limit) {
                        out.object { out in
                            out.field("id", one.id)
                            out.field("customer", one.into)
                            out.field("customer_name", names[one.into])
                            out.field("other", one.other)
                            out.field("other_name", names[one.other])
                            out.field("at", one.at)
                            out.field("by", one.by)
                            out.field("undone_at", one.undoneAt)
                            out.field("undone_by", one.undoneBy)
                        }
                    }
                }
                out.field("next", found.count > limit ? "\(found[limit - 1].id)" : nil)
            }
        }
    }

    private func undo(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try number(context, "id", "merge")
        guard let merge = try writer.store.merge(id) else {
            throw Problem.notFound("There never was a merge \(id).")
        }
        let before = try writer.store.customer(merge.into)?.fields
        let done = try Problem.edited { () throws(EditError) in
            try writer.undo(merge: id, by: context.who.author.who, at: now())
        }
        await engine.customerChanged(done.customer.id, version: done.customer.version)
        await engine.customerChanged(done.other.id, version: done.other.version)
        if done.customer.id == merge.into { await customerRecords.warn(of: done.customer, before: before) }
        let reckoning = try await reckoning(context), reader = context.reader()
        return .json { out in
            out.object { out in
                out.field("merge", id)
                for (name, record) in [("customer", done.customer), ("other", done.other)] {
                    out.key(text: name)
                    CustomerEncoder.customer(customerRecords.current(record), reckoning, to: reader, into: &out)
                }
            }
        }
    }

    // MARK: What a request names

    private func number(_ context: WebContext, _ part: String, _ what: String) throws -> Int64 {
        let text = try context.segment(part)
        guard let number = Int64(text), Bounded.id.range.contains(number) else {
            throw Problem.notFound("There is no \(what) \(text).")
        }
        return number
    }

    private func record(_ context: WebContext) throws -> CustomerRecord {
        let id = try number(context, "id", "customer")
        guard let record = try writer.store.customer(try writer.store.survivor(of: id)) else {
            throw Problem.notFound("There is no customer \(id).")
        }
        return record
    }

    /// The version that the client saw; nil when it does not say.
    private func expected(_ request: Request) -> Int64? {
        guard let match = request.headers[.ifMatch], match != "*" else { return nil }
        return Int64(match.filter(\.isNumber)) ?? -1
    }

    private func reckoning(_ context: WebContext) async throws -> CustomerEncoder.Reckoning {
        guard let days = await engine.ask({ centre, _ in centre.policy.alerts.dormantDays }) else {
            throw Problem.stopping
        }
        return .init(
            now: now(), dormantAfter: Int64(days) * 86_400_000,
            hidden: settings.customFieldAccess(for: context.who).hidden)
    }
}
