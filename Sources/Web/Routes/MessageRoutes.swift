import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// `POST /v1/messages`: messages between desks.
struct MessageRoutes {
    let engine: Engine
    let accounts: AccountStore
    let now: @Sendable () -> Timestamp
    /// Passes a message to the other nodes of a cluster; whether there are any. nil on a machine of its own.
    let passOn: (@Sendable (DeskMessage) -> Bool)?
    private static let bytesMax = 1_000

    func add(to router: GuardedRouter) { router.post("v1/messages", may: .operator, use: send) }

    private struct Body: Decodable {
        var to: String
        var text: String
        var call: String?
    }

    /// Supervisors write to one operator or to all; operators ask supervisors for help.
    private func send(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked: Body = try await request.json()
        guard !asked.text.allSatisfy(\.isWhitespace), asked.text.utf8.count <= MessageRoutes.bytesMax,
            asked.text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A })
        else {
            throw Problem.bad("text has 1 to \(MessageRoutes.bytesMax) bytes, and no control characters but line ends.")
        }
        guard !asked.to.isEmpty, asked.to.utf8.count <= WireLimits.idBytesMax,
            (asked.call?.utf8.count ?? 0) <= WireLimits.idBytesMax
        else {
            throw Problem.bad("to is an operator's number, \"all\" or \"supervisors\".")
        }
        let to: DeskMessage.Audience =
            switch asked.to {
            case "all": .operators
            case "supervisors": .supervisors
            default: .operator(asked.to)
            }
        if to != .supervisors { try context.require(.supervisor) }
        let from = context.who.person
        guard let name = await engine.ask({ centre, _ in from.flatMap { centre.operators[$0]?.name } }) else {
            throw Problem.stopping
        }
        let message = DeskMessage(
            to: to, from: from, fromName: from.flatMap { accounts.account($0)?.name } ?? name, text: asked.text,
            call: asked.call, at: now())
        // Which desks other nodes serve is not known here.
        let isPassedOn = passOn?(message) ?? false, isShown = await engine.deliver(message) || isPassedOn
        return .json { out in out.object { $0.field("shown", isShown) } }
    }
}
