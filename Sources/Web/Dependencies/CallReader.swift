import CallCenter
import Engine
import Hummingbird
import Storage

/// A part of a list of calls.
struct CallLines {
    var lines: [(call: Call, counted: Counted)] = []
    var next: CallCursor?
    /// Each line is one count of a figure, and not a call.
    var isOfCounts = false
}

/// Reads calls from memory and from the history.
struct CallReader: Sendable {
    let engine: Engine
    let history: any CallHistory

    /// The rules in force.
    func policy() async throws(Problem) -> Policy {
        guard let policy = await engine.ask({ centre, _ in centre.policy }) else { throw Problem.stopping }
        return policy
    }

    /// The lines of a list, newest call first: from memory and from the history.
    func lines(_ asked: CallFilter, after: CallCursor?, limit: Int) async throws -> CallLines {
        let below = after?.below
        guard
            let live = await engine.ask({ centre, now in
                var filter = asked
                filter.policy = centre.policy
                filter.now = now
                // Walked here, and not on the engine's thread.
                return (filter: filter, calls: centre.callsInMemory)
            })
        else { throw Problem.stopping }
        var calls: [Int64: Call] = [:]
        for call in live.calls where below.map({ call.number < $0 }) ?? true && live.filter.matches(call) {
            calls[call.number] = call
        }
        if !asked.onlyOpen {
            let numbers = live.calls.numbers
            for call in try history.calls(live.filter, below: below, without: numbers, limit: limit + 1) {
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

    /// The call that a path names. Throws 404 when it does not exist or the client may not see it.
    func call(_ request: Request, _ context: WebContext) async throws -> Call {
        try await call(context.segment("call"), source: Query(request).text("source"), context)
    }

    /// A call by its id. Throws 404 when it does not exist or the client may not see it.
    ///
    /// - Parameter orPop: also a call that stands on the operator's screen and has not rung there.
    func call(_ id: String, source: String?, orPop: Bool = false, _ context: WebContext) async throws -> Call {
        guard let live = await engine.ask({ centre, _ in centre.calls(withID: id) }) else { throw Problem.stopping }
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
        guard let own = context.who.ownOperator else { return call }
        let hasPop = orPop && call.pops.contains { $0.operator == own }
        guard hasPop || call.life.legs.contains(where: { $0.operator == own }) else {
            throw Problem.forbidden(.supervisor)
        }
        return call
    }
}
