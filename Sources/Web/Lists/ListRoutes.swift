import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Settings
import Storage

/// `/v1/lists`: lists that somebody works through, how far they are, and what their customers have in common.
/// `ListEntryRoutes` shows and works off their entries.
struct ListRoutes {
    let desk: ListDesk

    private var store: CustomerStore { desk.writer.store }

    func add(to router: GuardedRouter) {
        router.get("v1/lists", may: .operator, use: all)
        router.post("v1/lists", may: .supervisor, use: create)
        router.get("v1/lists/{name}", may: .operator, use: show)
        router.patch("v1/lists/{name}", may: .supervisor, use: change)
        router.delete("v1/lists/{name}", may: .supervisor, use: delete)
        router.get("v1/lists/{name}/history", may: .supervisor, use: versions)
        router.post("v1/lists/{name}/restore", may: .supervisor, use: restore)
        router.get("v1/lists/{name}/common", may: .supervisor, use: common)
        router.get("v1/lists/{name}/measure", may: .supervisor, use: measure)
    }

    // MARK: Reading

    private func all(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 100, max: 1_000)
        let moment = try await desk.moment(), after = query.text("after")
        let saved = try store.savedLists()
        var lists = BuiltInList.allCases.map { ListSource.builtIn($0) } + saved.map { .saved($0) }
        if let who = query.text("assigned_to") {
            lists = lists.filter { list in
                if case .saved(let one) = list { one.content.assigned.contains(who) } else { false }
            }
        }
        if let after {
            guard let place = lists.firstIndex(where: { $0.name == after }) else {
                throw Problem.bad("after is the next of the page before.")
            }
            lists = Array(lists[(place + 1)...])
        }
        let page = try lists.prefix(limit).map { ($0, try desk.progress(of: $0, moment)) }
        let behind = try store.outdatedFacts(limit: CustomerStore.listCountMax)
        let encoder = encoder(moment, request, context)
        return .json(capacity: 8_192) { out in
            out.object { out in
                out.key("items")
                out.array { out in for (list, progress) in page { encoder.list(list, progress, into: &out) } }
                out.field("next", lists.count > limit ? page.last?.0.name : nil)
                out.field("behind", behind)
                out.field("result_words", moment.settings.results)
            }
        }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        let list = try found(context), moment = try await desk.moment()
        return try answer(list, moment, request, context)
    }

    private func versions(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = try context.segment("name"), query = Query(request)
        let limit = try query.limit(default: 50, max: 1_000), below = try query.number("after", in: .version)
        let all: [ListVersion], gone = try store.list(name) == nil ? try store.deletedList(name) : nil
        if let gone {
            all = try store.versions(of: gone, below: below, limit: limit + 1)
        } else {
            all = try store.versions(of: saved(context), below: below, limit: limit + 1)
        }
        return .json { out in
            out.object { out in
                out.field("name", name)
                out.field("deleted", gone != nil)
                out.key("items")
                out.array { out in for version in all.prefix(limit) { ListEncoder.version(version, into: &out) } }
                out.field("next", all.count > limit ? "\(all[limit - 1].version)" : nil)
            }
        }
    }

    /// Fields that the asker does not see are not looked at.
    private func common(_ request: Request, _ context: WebContext) async throws -> Response {
        let list = try found(context), moment = try await desk.moment()
        let limit = try Query(request).limit(default: 20, max: 200)
        let hidden = desk.settings.customFieldAccess(for: context.who).hidden
        let common = try store.traits(
            of: list, moment.clock, hidden: hidden, notCounted: moment.rules.notCounted, limit: limit)
        return .json { out in
            out.object { out in
                out.field("name", list.name)
                out.field("size", common.size)
                out.field("rest_size", common.restSize)
                out.field("sampled", common.isSample)
                out.key("items")
                out.array { out in
                    for one in common.traits {
                        out.object { out in
                            out.field("field", one.field)
                            out.field("value", one.value)
                            out.field("count", one.count)
                            out.field("share", Double(one.count) / Double(max(1, common.size)))
                            out.field("rest_count", one.restCount)
                            out.field("rest_share", Double(one.restCount) / Double(max(1, common.restSize)))
                        }
                    }
                }
                out.field("next", String?.none)
            }
        }
    }

    // MARK: Before and after

    private func measure(_ request: Request, _ context: WebContext) async throws -> Response {
        let list = try found(context), query = Query(request), moment = try await desk.moment()
        let before = try span("before", query), after = try span("after", query)
        let measured = try store.measure(of: list, moment.clock, before: before, after: after, moment.rules)
        return .json { out in
            out.object { out in
                out.field("name", list.name)
                out.field("currency", moment.rules.currency)
                out.field("sampled", measured.isSample)
                for (name, pair) in [("list", measured.list), ("rest", measured.rest)] {
                    out.key(text: name)
                    out.object { out in
                        for (name, figures) in [("before", pair.before), ("after", pair.after)] {
                            out.key(text: name)
                            ListRoutes.write(figures, into: &out)
                        }
                    }
                }
            }
        }
    }

    private func span(_ name: String, _ query: Query) throws(Problem) -> TimeSpan {
        guard let from = try query.time("\(name)_from"), let to = try query.time("\(name)_to"), from < to else {
            throw .bad("\(name)_from and \(name)_to are times, the first one earlier, such as 2026-11-01T00:00:00Z.")
        }
        return TimeSpan(from: from, to: to)
    }

    private static func write(_ figures: PeriodFigures, into out: inout ByteBuilder) {
        out.object { out in
            out.field("customers", figures.customers)
            out.field("calls", figures.calls)
            out.field("calls_each", figures.average(figures.calls))
            out.field("repeat_share", figures.repeatShare)
            out.field("complaints", figures.complaints)
            out.field("complaints_each", figures.average(figures.complaints))
            out.field("purchases", figures.purchases)
            out.field("purchases_each", figures.average(figures.purchases))
            out.field("spent", DecimalSum(micros: figures.spent).text)
            out.field("spent_each", figures.average(figures.spent).map { $0 / 1_000_000 })
        }
    }

    // MARK: Writing

    private func create(_ request: Request, _ context: WebContext) async throws -> Response {
        let body = try await body(request), new = try body.new(), moment = try await desk.moment()
        let made = try Problem.edited { () throws(EditError) in
            try desk.writer.create(list: new.name, new.content, by: context.who.author, at: desk.now())
        }
        await desk.engine.workChanged(of: WorkConcerned([.saved(made)]))
        return try answer(.saved(made), moment, request, context, .created)
    }

    private func change(_ request: Request, _ context: WebContext) async throws -> Response {
        let before = try saved(context), body = try await body(request), moment = try await desk.moment()
        if let said = body.members["name"], said != .text(before.name) {
            throw Problem.bad("name stays as it is: people and programs ask for the list by it. Change the title.")
        }
        var wanted = before.content
        try body.apply(to: &wanted)
        let changed: CustomerList
        do throws(EditError) {
            changed = try desk.writer.edit(
                list: before.name, expected: expected(request), by: context.who.author, at: desk.now()
            ) { (content: inout CustomerList.Content) throws(EditError) in
                // What the body says was checked above, against a version that may be an older one.
                var newer = content
                if (try? body.apply(to: &newer)) != nil { content = newer }
            }
        } catch {
            guard case .listConflict(let theirs) = error else { throw Problem(error) }
            let progress = try desk.progress(of: .saved(theirs), moment)
            let encoder = encoder(moment, request, context)
            throw Problem(
                .preconditionFailed, "Somebody changed this list since you read it; the newer version is here."
            ) { out in
                out.key("theirs")
                encoder.list(.saved(theirs), progress, into: &out)
            }
        }
        await desk.engine.workChanged(of: WorkConcerned([.saved(before), .saved(changed)]))
        return try answer(.saved(changed), moment, request, context)
    }

    private struct Wanted: Decodable { var version: Int64 }

    private func restore(_ request: Request, _ context: WebContext) async throws -> Response {
        let name = try context.segment("name"), moment = try await desk.moment()
        let wanted: Wanted = try await request.json()
        let before = try store.list(name)
        if try before != nil || store.deletedList(name) == nil { _ = try saved(context) }
        let version = try Bounded.version.checked(wanted.version, "version")
        let back: CustomerList
        do throws(EditError) {
            back = try desk.writer.restore(
                list: name, version: version, expected: expected(request), by: context.who.author,
                at: desk.now())
        } catch {
            if case .noVersion = error { throw Problem.notFound("The list has no version \(version) to put back.") }
            throw Problem(error)
        }
        let sources = [before, .saved(back)].compactMap { $0 }
        await desk.engine.workChanged(of: WorkConcerned(sources))
        return try answer(.saved(back), moment, request, context)
    }

    private func delete(_ request: Request, _ context: WebContext) async throws -> Response {
        let list = try saved(context)
        try Problem.edited { () throws(EditError) in
            try desk.writer.delete(
                list: list.name, expected: expected(request), by: context.who.author, at: desk.now())
        }
        await desk.engine.workChanged(of: WorkConcerned([.saved(list)]))
        return Response(status: .noContent)
    }

    private func body(_ request: Request) async throws -> ListBody {
        guard let tiers = await desk.engine.ask({ centre, _ in Set(centre.policy.tiers.keys) }) else {
            throw Problem.stopping
        }
        return ListBody(members: try await request.json(), tiers: tiers)
    }

    // MARK: What other routes need too

    /// The list that the path names.
    func found(_ context: WebContext) throws -> ListSource {
        let name = try context.segment("name")
        guard let list = try store.list(name) else { throw Problem.notFound("There is no list \(name.prefix(64)).") }
        return list
    }

    private func saved(_ context: WebContext) throws -> CustomerList {
        switch try found(context) {
        case .saved(let list): return list
        case .builtIn(let list):
            throw Problem(.conflict, "\(list.rawValue) is built in; save a list of it: POST /v1/lists.")
        }
    }

    func encoder(_ moment: ListDesk.Moment, _ request: Request, _ context: WebContext) -> ListEncoder {
        ListEncoder(
            moment: moment, language: request.language ?? desk.settings.language, reader: context.reader(.list))
    }

    private func answer(
        _ list: ListSource, _ moment: ListDesk.Moment, _ request: Request, _ context: WebContext,
        _ status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let progress = try desk.progress(of: list, moment), encoder = encoder(moment, request, context)
        var headers: HTTPFields = [.location: "/v1/lists/\(list.name)"]
        if case .saved(let one) = list { headers[.eTag] = "\"v\(one.version)\"" }
        return .json(status, headers: headers) { encoder.list(list, progress, into: &$0) }
    }

    /// The version that the client saw; nil when it does not say.
    private func expected(_ request: Request) -> Int64? {
        guard let match = request.headers[.ifMatch], match != "*" else { return nil }
        return Int64(match.filter(\.isNumber)) ?? -1
    }
}
