import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird

/// `POST /v1/messages`: messages between desks.
struct MessageRoutes {
    let house: House
    private static let bytesMax = 1_000

    func add(to router: GuardedRouter) { router.post("v1/messages", may: .operator, use: send) }

    private struct Wish: Decodable {
        var to: String
        var text: String
        var call: String?
    }

    /// Supervisors write to one operator or to all; operators ask supervisors for help.
    private func send(_ request: Request, _ context: WebContext) async throws -> Response {
        let wish: Wish = try await request.json()
        guard !wish.text.allSatisfy(\.isWhitespace), wish.text.utf8.count <= MessageRoutes.bytesMax,
            wish.text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A })
        else {
            throw Problem.bad("text has 1 to \(MessageRoutes.bytesMax) bytes, and no control characters but line ends.")
        }
        guard !wish.to.isEmpty, wish.to.utf8.count <= WireLimits.idBytesMax,
            (wish.call?.utf8.count ?? 0) <= WireLimits.idBytesMax
        else {
            throw Problem.bad("to is an operator's number, \"all\" or \"supervisors\".")
        }
        let to: DeskMessage.Audience =
            switch wish.to {
            case "all": .operators
            case "supervisors": .supervisors
            default: .operator(wish.to)
            }
        if to != .supervisors { try context.require(.supervisor) }
        let from = context.who.person
        guard let name = await house.engine.ask({ centre, _ in from.flatMap { centre.operators[$0]?.name } }) else {
            throw Problem.stopping
        }
        let isShown = await house.engine.tell(
            DeskMessage(
                to: to, from: from, fromName: from.flatMap { house.accounts.account($0)?.name } ?? name,
                text: wish.text, call: wish.call, at: Engine.now()))
        return .json { out in out.object { $0.field("shown", isShown) } }
    }
}
