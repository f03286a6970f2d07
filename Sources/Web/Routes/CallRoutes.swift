import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird

/// `GET /v1/calls`: the calls behind any figure, and one call with its timeline and the reasoning of its route.
struct CallRoutes {
    let house: House

    static let limitDefault = 100
    static let limitMax = 1_000

    func add(to router: Router<WebContext>) {
        router.get("v1/calls", use: list)
        router.get("v1/calls/{call}", use: one)
    }

    // MARK: The list

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let limit = try query.limit(default: CallRoutes.limitDefault, max: CallRoutes.limitMax)
        let after = try query.number("after")
        let onlyOpen = try query.flag("open")
        let filter = try filter(query, context, now: Engine.now())
        guard let live = await house.engine.ask({ centre, _ in
            centre.callsInMemory.filter { call in
                (after.map { call.number < $0 } ?? true) && !(onlyOpen && call.life.isOver) && filter.matches(call)
            }
        }) else { throw Problem.stopping }
        var calls = Dictionary(live.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        if !onlyOpen {
            for call in try house.history.calls(filter, below: after, limit: limit + 1) where calls[call.number] == nil { calls[call.number] = call }
        }
        let newest = calls.values.sorted { $0.number > $1.number }
        return .json { out in
            out.object { out in
                out.key("calls")
                out.array { out in for call in newest.prefix(limit) { CallEncoder.call(call, into: &out) } }
                out.field("next", newest.count > limit ? newest[limit - 1].number : nil)
            }
        }
    }

    private func filter(_ query: Query, _ context: WebContext, now: Timestamp) throws(Problem) -> CallFilter {
        try context.require(.serve)
        var filter = CallFilter()
        filter.queue = query.text("queue")
        filter.outcome = query.text("outcome")
        filter.operator = query.text("operator")
        filter.customer = try query.number("customer")
        filter.from = try query.flag("today") ? house.settings.dayStart(now) : try query.time("from")
        filter.to = try query.time("to")
        if let outcome = filter.outcome, outcome != "not_queued", Outcome(rawValue: outcome) == nil {
            throw .bad("outcome is one of \(Outcome.allCases.map(\.rawValue).joined(separator: ", ")) and not_queued.")
        }
        if let own = context.who.ownOperator {
            guard filter.operator ?? own == own else { throw .forbidden(.supervise) }
            filter.operator = own
        }
        return filter
    }

    // MARK: One call

    private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let call = try await house.call(request, context)
        let language = request.language ?? house.settings.language
        return .json { CallEncoder.whole(call, language: language, into: &$0) }
    }
}

extension House {
    /// The call that a path names, if the asker may see it.
    func call(_ request: Request, _ context: WebContext) async throws -> Call {
        try context.require(.serve)
        let id = try context.segment("call")
        let source = Query(request).text("source")
        guard let live = await engine.ask({ centre, _ in centre.callsInMemory.filter { $0.key.call == id } }) else { throw Problem.stopping }
        var bySource = Dictionary(live.map { ($0.key.source, $0) }, uniquingKeysWith: { a, b in a.number > b.number ? a : b })
        for call in try history.calls(id: id) where bySource[call.key.source] == nil { bySource[call.key.source] = call }
        if let source { bySource = bySource.filter { $0.key == source } }
        guard let call = bySource.values.first else { throw Problem.notFound("There is no call \(id)\(source.map { " of \($0)" } ?? ""); GET /v1/calls lists them.") }
        guard bySource.count == 1 else {
            throw Problem(.conflict, "Several sources have a call \(id): add ?source= with one of \(bySource.keys.sorted().joined(separator: ", ")).")
        }
        if let own = context.who.ownOperator, !call.life.legs.contains(where: { $0.operator == own }) { throw Problem.forbidden(.supervise) }
        return call
    }
}

extension Request {
    /// The first language of `Accept-Language` that we speak; nil when the asker names none of them.
    var language: Language? {
        guard let asked = headers[.acceptLanguage] else { return nil }
        for one in asked.split(separator: ",") {
            let tag = one.drop { $0 == " " }.prefix { $0 != ";" && $0 != "-" && $0 != "_" && $0 != " " }
            if let language = Language(rawValue: tag.lowercased()) { return language }
        }
        return nil
    }
}
