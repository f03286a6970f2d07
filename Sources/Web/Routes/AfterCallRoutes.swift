import CallCenter
import Engine
import EventWire
import Hummingbird
import Storage

/// Notes, disposition and identification of a call, during it and after it.
struct AfterCallRoutes {
    let engine: Engine
    let records: CustomerStore
    let history: any CallHistory
    let callReader: CallReader
    let customerRecords: CustomerRecords
    let recorder: EventRecorder
    let settings: WebSettings

    func add(to router: GuardedRouter) {
        router.post("v1/calls/{call}/note", may: .operator, use: note)
        router.post("v1/calls/{call}/disposition", may: .operator, use: disposition)
        router.post("v1/calls/{call}/identify", may: .operator, use: identify)
    }

    private struct Note: Decodable {
        var text: String?
        var draft: Bool?
        var `operator`: String?
        var spent_ms: Int64?
        var whole: Bool?
    }

    /// A draft replaces the author's earlier draft, and becomes a note when the author's part in the call ends; a note
    /// stays.
    private func note(_ request: Request, _ context: WebContext) async throws -> Response {
        let call = try await callReader.call(request, context)
        let note: Note = try await request.json()
        let author = try author(note.operator, context)
        let spent = try Bounded.spentMs.checked(ifAny: note.spent_ms, "spent_ms")
        let isDraft = note.draft ?? false
        if !isDraft, note.text?.contains(where: { !$0.isWhitespace }) != true {
            throw Problem.bad(
                "text is empty: say what happened. With \"draft\": true an empty text throws the draft away.")
        }
        let text = note.text ?? ""
        let written = RemarkEvent(
            by: author, what: isDraft ? .draft(text) : .final(.note(text)), spent: spent, isWhole: note.whole == true)
        return try await record(
            written, of: call, request, to: context.reader(.call),
            refused: "text has control characters in it, or is longer than \(WireLimits.noteBytesMax) bytes.")
    }

    private struct Disposition: Decodable {
        var code: String
        var `operator`: String?
        var spent_ms: Int64?
    }

    /// The newest one holds.
    private func disposition(_ request: Request, _ context: WebContext) async throws -> Response {
        let call = try await callReader.call(request, context)
        let disposition: Disposition = try await request.json()
        let author = try author(disposition.operator, context)
        let spent = try Bounded.spentMs.checked(ifAny: disposition.spent_ms, "spent_ms")
        let queue = DispositionRules.queue(of: call), policy = try await callReader.policy()
        if let queues = policy.queuesAllowed(for: disposition.code, in: queue) {
            throw Problem.bad(
                "code is for calls of \(queues.joined(separator: ", ")) alone; this one was in another queue.")
        }
        // Where one is required, a word that nobody configured says nothing.
        let wanted = DispositionRules(policy: policy, desk: settings.desk).wanted(of: call)
        if let wanted, !wanted.contains(disposition.code) {
            throw Problem.bad("code is one of \(wanted.joined(separator: ", ")) for this call.")
        }
        let written = RemarkEvent(by: author, what: .final(.disposition(disposition.code)), spent: spent)
        return try await record(
            written, of: call, request, to: context.reader(.call),
            refused:
                "code is a word of the centre's, such as \"resolved\": 1 to 1,024 bytes without control characters.")
    }

    private struct Identity: Decodable {
        var customer: Int64?
        var from: String?
        var store_number: Bool?
        var undo: Bool?
        var forget_number: Bool?
    }

    /// One of several candidates, or somebody else, by record or by another number; or what was said before was wrong.
    private func identify(_ request: Request, _ context: WebContext) async throws -> Response {
        let call = try await callReader.call(request, context)
        let identity: Identity = try await request.json()
        let undo = identity.undo ?? false
        guard [identity.customer != nil, identity.from != nil, undo].count(where: \.self) == 1 else {
            throw Problem.bad(
                "Say who it is: either customer, the id of a record, or from, another number; or undo what was said.")
        }
        guard identity.store_number != true || identity.customer != nil, identity.forget_number != true || undo else {
            throw Problem.bad("store_number goes with customer, and forget_number with undo.")
        }
        if let id = identity.customer, try records.customer(id) == nil {
            throw Problem(.unprocessableContent, "There is no customer \(id).")
        }
        let key = call.key
        guard let live = await engine.ask({ centre, _ in centre.call(key) }) else { throw Problem.stopping }
        guard let live else {
            throw Problem(.conflict, "The call ended too long ago for who it was; a note on it is still taken.")
        }
        let who: CallEvent.Identified =
            identity.customer.map { .customer($0) } ?? identity.from.map { .from($0) } ?? .nobody
        try await recorder.record(
            .call(key.call, .identified(who)), source: key.source, refused: "from is a telephone number.")
        let wanted = identity.store_number == true ? identity.customer : nil
        let isStored = try await customerRecords.store(
            live.lookup?.caller, with: wanted, by: context.who.author)
        if identity.forget_number == true, let id = live.customerWithoutNumber {
            try await customerRecords.removeNumber(live.lookup?.caller, of: id, by: context.who.author)
        }
        return try await answer(call, request, to: context.reader(.call)) { $0.field("number_stored", isStored) }
    }

    /// An operator writes under its own name.
    private func author(_ named: String?, _ context: WebContext) throws(Problem) -> String? {
        guard let own = context.who.ownOperator else { return named ?? context.who.person }
        guard named ?? own == own else { throw .forbidden(.supervisor) }
        return own
    }

    /// Puts what was written of a call into the log, and answers with the call.
    private func record(
        _ remark: RemarkEvent, of call: Call, _ request: Request, to reader: Reader, refused: String
    ) async throws -> Response {
        try await recorder.record(.remark(call: call.key.call, remark), source: call.key.source, refused: refused)
        return try await answer(call, request, to: reader)
    }

    /// The call as it is now.
    private func answer(
        _ call: Call, _ request: Request, to reader: Reader, _ more: @Sendable (inout ByteBuilder) -> Void = { _ in }
    ) async throws -> Response {
        let key = call.key
        let live = await engine.ask { centre, _ in centre.call(key) } ?? nil
        let now = try live ?? history.calls(id: key.call).first { $0.key == key } ?? call
        let language = request.language ?? settings.language
        return .json { CallEncoder.whole(now, language: language, to: reader, into: &$0, more) }
    }
}
