import CallCenter
import Engine
import EventWire
import Hummingbird

/// `GET /v1/operators/{id}/day`: who waits in an operator's queues, and its own figures of today.
struct OperatorDayRoutes {
    let engine: Engine
    let settings: WebSettings

    func add(to router: GuardedRouter) { router.get("v1/operators/{id}/day", may: .operator, use: day) }

    private func day(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id")
        if let own = context.who.ownOperator, own != id { throw Problem.forbidden(.supervisor) }
        let settings = self.settings
        let answer = await engine.ask { centre, now in
            let from = settings.dayStart(now), to = StatsFeed.end(of: now, settings.interval)
            return (day: centre.day(of: id, from: from, to: to, now: now), at: now)
        }
        guard let (day, at) = answer else { throw Problem.stopping }
        return .json { out in
            out.object { out in
                out.field("operator", id)
                out.field("at", at)
                out.key("queues")
                if let queues = day.queues { out.value(queues) } else { out.null() }
                out.field("waiting", day.waiting)
                out.field("longest_wait_ms", day.longestWait)
                out.field("answered", day.figures.answered)
                out.field("unanswered", day.figures.unanswered)
                out.field("average_handle_ms", day.figures.averageHandle.map { Int64($0.rounded()) })
            }
        }
    }
}
