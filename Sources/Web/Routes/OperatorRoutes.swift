import CallCenter
import Engine
import EventWire
import Foundation
import Hummingbird

/// `GET /v1/operators` and their states.
struct OperatorRoutes {
    let house: House

    func add(to router: Router<WebContext>) {
        router.get("v1/operators", use: list)
        router.post("v1/operators/{id}/state", use: set)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.supervise)
        let settings = house.settings
        guard let stats = await house.engine.ask({ centre, now in
            centre.stats(from: settings.dayStart(now), to: StatsFeed.end(of: now, settings.interval), now: now)
        }) else { throw Problem.stopping }
        return .json { out in
            out.object { out in
                out.key("operators")
                out.array { out in
                    for (id, one) in stats.operators.sorted(by: { $0.key < $1.key }) {
                        out.object { out in
                            out.field("operator", id)
                            StatsEncoder.operatorFields(one, into: &out)
                        }
                    }
                }
            }
        }
    }

    private struct Wish: Decodable {
        var state: String
        var reason: String?
    }

    private func set(_ request: Request, _ context: WebContext) async throws -> Response {
        try context.require(.serve)
        let id = try context.segment("id")
        if let own = context.who.ownOperator, own != id { throw Problem.forbidden(.supervise) }
        let wish: Wish = try await request.json()
        let type =
            switch wish.state {
            case "ready": "operator.ready"
            case "paused", "pause": "operator.paused"
            case "resumed", "resume", "available": "operator.resumed"
            default: throw Problem.bad("state is ready, paused or resumed.")
            }
        guard let known = await house.engine.ask({ centre, _ in centre.operators[id]?.isLoggedIn }) else { throw Problem.stopping }
        guard known == true else { throw Problem(.conflict, "Operator \(id) is not logged in.") }
        try await house.take(refused: "The reason is too long, or has control characters.") { out in
            out.object { out in
                out.field("type", type)
                out.field("operator", id)
                if let reason = wish.reason { out.field("reason", reason) }
            }
        }
        let now = await house.engine.ask { centre, _ in centre.operators[id].map { ($0.state, $0.since, $0.pauseReason) } } ?? nil
        return .json { out in
            out.object { out in
                out.field("operator", id)
                out.field("state", now?.0.rawValue)
                out.field("since", now?.1)
                out.field("reason", now?.2)
            }
        }
    }
}

extension Request {
    /// A request's body as JSON, 1 MiB at most.
    func json<Value: Decodable>() async throws -> Value {
        let body = try await body.collect(upTo: 1 << 20)
        do { return try JSONDecoder().decode(Value.self, from: Data(body.readableBytesView)) } catch let error as DecodingError {
            throw Problem.bad("The body is not the JSON object that is expected: \(error.sentence).")
        }
    }
}

extension DecodingError {
    /// What is wrong, without the value that is.
    var sentence: String {
        func path(_ context: Context) -> String { context.codingPath.map(\.stringValue).joined(separator: ".") }
        return switch self {
        case .keyNotFound(let key, _): "\(key.stringValue) is missing"
        case .typeMismatch(_, let context): "\(path(context)) has the wrong type"
        case .valueNotFound(_, let context): "\(path(context)) is null"
        case .dataCorrupted(let context): context.codingPath.isEmpty ? "it is no JSON" : "\(path(context)) has a value that is not known"
        @unknown default: "it cannot be read"
        }
    }
}
