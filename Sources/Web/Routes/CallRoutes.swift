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

    func add(to router: GuardedRouter) {
        router.get("v1/calls", may: .operator, use: list)
        router.get("v1/calls/{call}", may: .operator, use: one)
    }

    // MARK: The list

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let limit = try query.limit(default: CallRoutes.limitDefault, max: CallRoutes.limitMax)
        let after = try query.text("after").map { text throws(Problem) in
            guard let cursor = CallCursor(text) else { throw .bad("after is the next of the page before.") }
            return cursor
        }
        let page = try await house.lines(try filter(query, context, now: Engine.now()), after: after, limit: limit)
        return .json { out in
            out.object { out in
                out.key("calls")
                out.array { out in
                    for line in page.lines {
                        CallEncoder.call(line.call, page.isOfCounts ? line.counted : nil, into: &out)
                    }
                }
                out.key("next")
                switch page.next {
                case nil: out.null()
                case let next?:
                    if let listed = next.listed {
                        out.value("\(next.number).\(listed)")
                    } else {
                        out.value(next.number)
                    }
                }
            }
        }
    }

    private func filter(_ query: Query, _ context: WebContext, now: Timestamp) throws(Problem) -> CallFilter {
        var filter = CallFilter(), split = FiguresReport.Filter()
        split.queue = query.text("queue")
        split.tier = query.text("tier")
        split.line = query.text("line")
        split.operator = query.text("operator")
        filter.customer = try query.number("customer", in: .id)
        filter.onlyOpen = try query.flag("open")
        filter.from = try query.flag("today") ? house.settings.dayStart(now) : try query.time("from")
        filter.to = try query.time("to")
        switch query.text("direction") {
        case nil: break
        case "inbound": filter.isOutbound = false
        case "outbound": filter.isOutbound = true
        default: throw .bad("direction is inbound or outbound.")
        }
        if let own = context.who.ownOperator {
            guard split.operator ?? own == own else { throw .forbidden(.supervisor) }
            split.operator = own
        }
        // Unanswered calls are no figure, and are listed as calls.
        filter.isNotReached = query.text("outcome") == "not_reached"
        let (asked, disposition) = try figure(query, split, filter)
        filter.disposition = disposition
        if let what = asked {
            if what.isOfOperator, split.operator == nil {
                throw .bad("figure=\(what.rawValue) is counted of an operator: say which with operator=.")
            }
            filter.behind = [Behind(what, split, from: filter.from, to: filter.to)]
        }
        filter.queue = split.queue
        filter.operator = split.operator
        return filter
    }

    /// What is to be opened, nil where calls are asked for and no figure; and of calls with which disposition.
    private func figure(
        _ query: Query, _ split: FiguresReport.Filter, _ filter: CallFilter
    ) throws(Problem) -> (what: Countable?, disposition: String?) {
        let disposition = query.text("disposition"), prefix = FigureDefinition.dispositionPrefix
        if let name = query.text("figure"), name.hasPrefix(prefix), name.count > prefix.count {
            guard disposition == nil, query.text("outcome") == nil else {
                throw .bad("\(name) is a figure of its own: leave outcome and disposition out.")
            }
            return (.dispositions, String(name.dropFirst(prefix.count)))
        }
        return (try counted(query, split, filter), disposition)
    }

    private func counted(_ query: Query, _ split: FiguresReport.Filter, _ filter: CallFilter) throws(Problem)
        -> Countable?
    {
        if let name = query.text("figure") {
            guard query.text("outcome") == nil else {
                throw .bad("outcome is a figure too: leave one of figure and outcome out.")
            }
            guard let what = Countable(figure: name) else {
                throw .bad(
                    "figure is one of \(Countable.allCases.map(\.rawValue).joined(separator: ", ")), disposition:CODE, "
                        + "or a figure of GET /v1/stats."
                )
            }
            return what
        }
        if let name = query.text("outcome") {
            switch name {
            case Countable.notQueued.rawValue: return .notQueued
            case Countable.reached.rawValue: return .reached
            case "not_reached": return nil
            default: break
            }
            guard let outcome = Outcome(rawValue: name) else {
                let all = Outcome.allCases.map(\.rawValue) + ["not_queued", "reached", "not_reached"]
                throw .bad("outcome is one of \(all.joined(separator: ", ")).")
            }
            return Countable(outcome)
        }
        // What went out is in no count of dispositions, but may be listed by them.
        if query.text("disposition") != nil { return filter.isOutbound == true ? nil : .dispositions }
        // Of a queue, a tier or a line that is what was offered there; of what went out, what was dialed.
        guard !filter.onlyOpen, split.queue != nil || split.tier != nil || split.line != nil else { return nil }
        return filter.isOutbound == true ? .dialed : .offered
    }

    // MARK: One call

    private func one(_ request: Request, _ context: WebContext) async throws -> Response {
        let call = try await house.call(request, context)
        let language = request.language ?? house.settings.language
        return .json { CallEncoder.whole(call, language: language, into: &$0) }
    }
}

/// A part of a list of calls.
struct CallLines {
    var lines: [(call: Call, counted: Counted)] = []
    var next: CallCursor?
    /// Each line is one count of a figure, and not a call.
    var isOfCounts = false
}

extension House {
    /// The lines of a list, newest call first: from memory and from the history.
    func lines(_ asked: CallFilter, after: CallCursor?, limit: Int) async throws -> CallLines {
        let below = after?.below
        guard
            let live = await engine.ask({ centre, now in
                var filter = asked
                filter.policy = centre.policy
                filter.now = now
                return (
                    filter: filter, numbers: centre.callNumbers,
                    calls: centre.callsInMemory.filter { call in
                        (below.map { call.number < $0 } ?? true) && filter.matches(call)
                    }
                )
            })
        else { throw Problem.stopping }
        var calls = Dictionary(live.calls.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        if !asked.onlyOpen {
            for call in try history.calls(live.filter, below: below, without: live.numbers, limit: limit + 1) {
                calls[call.number] = call
            }
        }
        var page = CallLines(isOfCounts: asked.isOfMoments)
        for call in calls.values.sorted(by: { $0.number > $1.number }) {
            let all = live.filter.lines(of: call), done = call.number == after?.number ? after?.listed ?? 0 : 0
            for (i, counted) in all.enumerated().dropFirst(done) {
                if page.lines.count == limit {
                    // Where the last line was: the number of its call, and how much of it when that was not all.
                    let last = page.lines[limit - 1].call.number
                    page.next = CallCursor(number: last, listed: last == call.number ? i : nil)
                    return page
                }
                page.lines.append((call, counted))
            }
        }
        return page
    }

    /// The call that a path names. Throws 404 when it does not exist or the caller may not see it.
    func call(_ request: Request, _ context: WebContext) async throws -> Call {
        let id = try context.segment("call")
        let source = Query(request).text("source")
        guard let live = await engine.ask({ centre, _ in centre.callsInMemory.filter { $0.key.call == id } }) else {
            throw Problem.stopping
        }
        var bySource = Dictionary(
            live.map { ($0.key.source, $0) }, uniquingKeysWith: { a, b in a.number > b.number ? a : b })
        for call in try history.calls(id: id) where bySource[call.key.source] == nil {
            bySource[call.key.source] = call
        }
        if let source { bySource = bySource.filter { $0.key == source } }
        guard let call = bySource.values.first else {
            throw Problem.notFound(
                "There is no call \(id)\(source.map { " of \($0)" } ?? ""); GET /v1/calls lists them.")
        }
        guard bySource.count == 1 else {
            throw Problem(
                .conflict,
                "Several sources have a call \(id): add ?source= with one of "
                    + "\(bySource.keys.sorted().joined(separator: ", "))."
            )
        }
        if let own = context.who.ownOperator, !call.life.legs.contains(where: { $0.operator == own }) {
            throw Problem.forbidden(.supervisor)
        }
        return call
    }
}

extension Request {
    /// The first supported language of `Accept-Language`; nil when it names none.
    var language: Language? {
        guard let asked = headers[.acceptLanguage] else { return nil }
        for one in asked.split(separator: ",") {
            let tag = one.drop { $0 == " " }.prefix { $0 != ";" && $0 != "-" && $0 != "_" && $0 != " " }
            if let language = Language(rawValue: tag.lowercased()) { return language }
        }
        return nil
    }
}
