import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// `GET /v1/calls`: the calls behind any figure, and one call with its timeline and the reasoning of its route.
struct CallRoutes {
    let callReader: CallReader
    let records: CustomerStore
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

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
        var asked = try filter(query, context, now: now())
        if let customer = asked.customer {
            let survivor = try records.survivor(of: customer)
            asked.customer = survivor
            asked.parts = Set(try records.parts(of: survivor))
        }
        let page = try await callReader.lines(asked, after: after, limit: limit)
        let reader = context.reader(.call)
        return .json { out in
            out.object { out in
                out.key("calls")
                out.array { out in
                    for line in page.lines {
                        CallEncoder.call(line.call, page.isOfCounts ? line.counted : nil, to: reader, into: &out)
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
        filter.number = try CallRoutes.sought(query, "number")
        filter.text = try CallRoutes.sought(query, "q")
        filter.from = try query.flag("today") ? settings.dayStart(now) : try query.time("from")
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

    /// What somebody looks for in calls: 1 to 100 characters, of a number at least two digits.
    private static func sought(_ query: Query, _ name: String) throws(Problem) -> String? {
        guard let text = query.text(name) else { return nil }
        let isNumber = name == "number"
        guard text.count <= 100, !isNumber || text.count(where: \.isNumber) >= 2 else {
            throw .bad(isNumber ? "number has at least two digits." : "q has 1 to 100 characters.")
        }
        return text
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
        let call = try await callReader.call(request, context)
        let language = request.language ?? settings.language, reader = context.reader(.call)
        return .json { CallEncoder.whole(call, language: language, to: reader, into: &$0) }
    }
}
