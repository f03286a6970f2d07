import CallCenter
import Engine
import EventWire
import HTTPTypes
import Hummingbird
import Storage

/// `/v1/messages`: messages between desks. They are kept, with who read and who answered them; a desk that is open gets
/// them at once.
struct MessageRoutes {
    let engine: Engine
    let writer: RecordWriter
    let customerRecords: CustomerRecords
    let accounts: AccountStore
    let now: @Sendable () -> Timestamp
    /// Passes a message to the other nodes of a cluster; whether there are any. nil on a machine of its own.
    let passOn: (@Sendable (DeskMessage) -> Bool)?
    private static let bytesMax = 1_000

    func add(to router: GuardedRouter) {
        router.get("v1/messages", may: .operator, use: list)
        router.post("v1/messages", may: .operator, use: send)
        router.post("v1/messages/{id}/read", may: .operator, use: read)
        router.post("v1/messages/{id}/answer", may: .operator, use: answer)
    }

    // MARK: Reading

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), limit = try query.limit(default: 50, max: 1_000)
        let below = try query.number("after", in: .id), reader = try reader(query.text("operator"), context)
        var filter = MessageFilter()
        filter.customer = try query.number("customer", in: .id).map { try writer.store.survivor(of: $0) }
        filter.caseID = try query.number("case", in: .id)
        filter.isUnread = try query.flag("unread")
        filter.isWaiting = try query.flag("waiting")
        if filter.isWaiting { try context.require(.supervisor) }
        // What is about a customer is there for everybody who sees the customer.
        let isOfAll = filter.customer != nil || filter.caseID != nil || filter.isWaiting
        filter.reader = isOfAll && !filter.isUnread ? nil : reader
        if filter.isUnread, reader == nil {
            throw Problem.bad("operator is missing; add whose unread messages: ?operator=101.")
        }
        let found = try writer.store.messages(filter, below: below, limit: limit + 1)
        let unread = try reader.map { reader in
            var filter = MessageFilter()
            filter.reader = reader
            filter.isUnread = true
            return try writer.store.messageCount(filter)
        }
        let encoder = MessageEncoder(reader: context.reader(), who: reader?.who)
        return .json(capacity: 512 * found.count + 64) { out in
            out.object { out in
                out.key("items")
                out.array { out in for one in found.prefix(limit) { encoder.write(one, into: &out) } }
                out.field("next", found.count > limit ? "\(found[limit - 1].id)" : nil)
                out.field("unread", unread)
            }
        }
    }

    /// Whose messages are meant: an operator's own; a supervisor may name another. nil for a program that names nobody.
    private func reader(_ named: String?, _ context: WebContext) throws(Problem) -> MessageReader? {
        if let own = context.who.ownOperator {
            if named ?? own != own { throw .forbidden(.supervisor) }
            return MessageReader(who: own, isSupervisor: false)
        }
        guard let who = named ?? context.who.person else { return nil }
        let role = who == context.who.person ? context.who.role : accounts.account(who)?.role
        return MessageReader(who: who, isSupervisor: role == .supervisor || role == .admin)
    }

    /// The message that the path names, if whoever asks gets it or wrote it.
    private func found(_ context: WebContext) throws -> KeptMessage {
        let id = try context.segment("id")
        guard let number = Int64(id), let found = try writer.store.message(number) else {
            throw MessageRoutes.none(id)
        }
        if let own = context.who.ownOperator {
            let isTheirs =
                switch found.note.to {
                case .operator(let who): who == own
                case .all: true
                case .supervisors: false
                }
            guard isTheirs || found.note.from == own else { throw MessageRoutes.none(id) }
        }
        return found
    }

    private static func none(_ id: String) -> Problem { .notFound("There is no message \(id).") }

    private struct Reading: Decodable { var `operator`: String? }

    private func read(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try found(context), body: Reading? = try await request.jsonIfAny()
        guard let reader = try reader(body?.operator, context) else {
            throw Problem.bad("operator is missing; add who read it.")
        }
        let saved = try Problem.edited { () throws(EditError) in
            try writer.read(message: one.id, reader: reader.who, by: context.who.author, at: now())
        }
        let encoder = MessageEncoder(reader: context.reader(), who: reader.who)
        return .json { encoder.write(saved, into: &$0) }
    }

    // MARK: Writing

    private struct Body: Decodable {
        var to: String
        var text: String
        var call: String?
        var customer: Int64?
        var `case`: Int64?
    }

    /// Supervisors write to one operator or to all; operators ask supervisors for help.
    private func send(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked: Body = try await request.json()
        try MessageRoutes.check(asked.text)
        guard !asked.to.isEmpty, asked.to.utf8.count <= WireLimits.idBytesMax,
            (asked.call?.utf8.count ?? 0) <= WireLimits.idBytesMax
        else {
            throw Problem.bad("to is an operator's number, \"all\" or \"supervisors\".")
        }
        let to: DeskNote.Audience =
            switch asked.to {
            case "all": .all
            case "supervisors": .supervisors
            default: .operator(asked.to)
            }
        if to != .supervisors { try context.require(.supervisor) }
        _ = try Bounded.id.checked(ifAny: asked.customer, "customer")
        _ = try Bounded.id.checked(ifAny: asked.case, "case")
        let from = context.who.person
        let known = await engine.ask { [call = asked.call] centre, _ in
            let open = call.flatMap { centre.calls(withID: $0).last }
            return (name: from.flatMap { centre.operators[$0]?.name }, customer: open?.customer?.id)
        }
        guard let known else { throw Problem.stopping }
        var note = DeskNote(
            to: to, from: from, fromName: from.flatMap { accounts.account($0)?.name } ?? known.name, text: asked.text,
            call: asked.call, customer: asked.customer, caseID: asked.case)
        // Who asks about a call asks about its customer, if that one is in the records.
        if note.customer == nil, note.caseID == nil, let customer = known.customer {
            note.customer = try writer.store.customer(writer.store.survivor(of: customer))?.id
        }
        let sent: KeptMessage
        do throws(EditError) { sent = try writer.send(note, by: context.who.author, at: now()) } catch {
            guard error == .notFound else { throw Problem(error) }
            throw Problem.notFound(
                asked.case.map { "There is no case \($0)." } ?? "There is no customer \(asked.customer ?? 0).")
        }
        return await shown(sent, context)
    }

    private struct Answering: Decodable {
        var text: String
        var `operator`: String?
    }

    /// Supervisors answer what supervisors are asked, and an operator what was written to it.
    private func answer(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try found(context), asked: Answering = try await request.json()
        try MessageRoutes.check(asked.text)
        switch one.note.to {
        case .supervisors: try context.require(.supervisor)
        case .all: throw Problem(.conflict, "A message to all has no answer; write to supervisors.")
        case .operator(let who):
            if let own = context.who.ownOperator, own != who { throw Problem.forbidden(.supervisor) }
        }
        guard let who = try reader(asked.operator, context)?.who else {
            throw Problem.bad("operator is missing; add who answers.")
        }
        let name = accounts.account(who)?.name
        let sent = try Problem.edited { () throws(EditError) in
            try writer.answer(
                message: one.id, text: asked.text, from: who, fromName: name, by: context.who.author, at: now())
        }
        let response = await shown(sent, context)
        // The other supervisors see that it is answered.
        var concerned = Set([one.note.from].compactMap { $0 })
        if case .operator(let asked) = one.note.to { concerned.insert(asked) }
        await engine.workChanged(of: .operators(concerned))
        return response
    }

    private static func check(_ text: String) throws(Problem) {
        guard !text.allSatisfy(\.isWhitespace), text.utf8.count <= MessageRoutes.bytesMax,
            text.utf8.allSatisfy({ $0 >= 0x20 || $0 == 0x0A })
        else {
            throw .bad("text has 1 to \(MessageRoutes.bytesMax) bytes, and no control characters but line ends.")
        }
    }

    /// Shows a message on the desks that are open, and answers with it.
    private func shown(_ sent: KeptMessage, _ context: WebContext) async -> Response {
        let message = DeskMessage(sent)
        // Which desks other nodes serve is not known here.
        let isPassedOn = passOn?(message) ?? false, isShown = await engine.deliver(message) || isPassedOn
        if let customer = sent.note.customer { await customerRecords.changed(customer) }
        let encoder = MessageEncoder(reader: context.reader(), who: context.who.person)
        return .json { out in
            out.object { out in
                out.field("shown", isShown)
                encoder.fields(of: sent, into: &out)
            }
        }
    }
}

extension DeskMessage {
    /// A kept message, as desks are told of it.
    public init(_ sent: KeptMessage) {
        let to: Audience =
            switch sent.note.to {
            case .operator(let who): .operator(who)
            case .all: .operators
            case .supervisors: .supervisors
            }
        self.init(
            to: to, from: sent.note.from, fromName: sent.note.fromName, text: sent.note.text, call: sent.note.call,
            at: sent.at)
        id = sent.id
        customer = sent.note.customer
        caseID = sent.note.caseID
        replyTo = sent.note.replyTo
    }
}
