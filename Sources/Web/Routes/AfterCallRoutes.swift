import CallCenter
import Engine
import EventWire
import Hummingbird

/// Notes, disposition and identification of a call, during it and after it.
struct AfterCallRoutes {
    let house: House

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
        let call = try await house.call(request, context)
        let note: Note = try await request.json()
        let author = try author(note.operator, context)
        let spent = try Bounded.spentMs.checked(ifAny: note.spent_ms, "spent_ms")
        let isDraft = note.draft ?? false
        if !isDraft, note.text?.contains(where: { !$0.isWhitespace }) != true {
            throw Problem.bad(
                "text is empty: say what happened. With \"draft\": true an empty text throws the draft away.")
        }
        return try await write(
            call, refused: "text has control characters in it, or is longer than \(WireLimits.noteBytesMax) bytes.",
            request
        ) {
            out in
            out.field("type", isDraft ? "screenpop.call.note_draft" : "screenpop.call.note")
            out.field("text", note.text ?? "")
            if let author { out.field("operator", author) }
            if note.whole == true { out.field("kind", "whole") }
            if let spent { out.field("duration", spent) }
        }
    }

    private struct Disposition: Decodable {
        var code: String
        var `operator`: String?
        var spent_ms: Int64?
    }

    /// The newest one holds.
    private func disposition(_ request: Request, _ context: WebContext) async throws -> Response {
        let call = try await house.call(request, context)
        let disposition: Disposition = try await request.json()
        let author = try author(disposition.operator, context)
        let spent = try Bounded.spentMs.checked(ifAny: disposition.spent_ms, "spent_ms")
        return try await write(
            call,
            refused:
                "code is a word of the centre's, such as \"resolved\": 1 to 1,024 bytes without control characters.",
            request
        ) { out in
            out.field("type", "screenpop.call.disposition")
            out.field("reason", disposition.code)
            if let author { out.field("operator", author) }
            if let spent { out.field("duration", spent) }
        }
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
        let call = try await house.call(request, context)
        let identity: Identity = try await request.json()
        let undo = identity.undo ?? false
        guard [identity.customer != nil, identity.from != nil, undo].count(where: \.self) == 1 else {
            throw Problem.bad(
                "Say who it is: either customer, the id of a record, or from, another number; or undo what was said.")
        }
        guard identity.store_number != true || identity.customer != nil, identity.forget_number != true || undo else {
            throw Problem.bad("store_number goes with customer, and forget_number with undo.")
        }
        if let id = identity.customer, try house.records.customer(id) == nil {
            throw Problem(.unprocessableContent, "There is no customer \(id).")
        }
        let key = call.key
        guard let live = await house.engine.ask({ centre, _ in centre.call(key) }) else { throw Problem.stopping }
        guard let live else {
            throw Problem(.conflict, "The call ended too long ago for who it was; a note on it is still taken.")
        }
        try await tell(call, refused: "from is a telephone number.") { out in
            out.field("type", undo ? "screenpop.call.unidentified" : "call.identified")
            if let id = identity.customer { out.field("customer", id) }
            if let from = identity.from { out.field("from", from) }
        }
        let wanted = identity.store_number == true ? identity.customer : nil
        let isStored = try await house.store(live.lookup?.caller, with: wanted)
        if identity.forget_number == true, let id = live.customerWithoutNumber {
            try await house.forget(live.lookup?.caller, of: id)
        }
        return try await answer(call, request) { $0.field("number_stored", isStored) }
    }

    /// An operator writes under its own name.
    private func author(_ named: String?, _ context: WebContext) throws(Problem) -> String? {
        guard let own = context.who.ownOperator else { return named ?? context.who.person }
        guard named ?? own == own else { throw .forbidden(.supervisor) }
        return own
    }

    private func write(
        _ call: Call, refused: String, _ request: Request, _ fields: (inout ByteBuilder) -> Void
    ) async throws -> Response {
        try await tell(call, refused: refused, fields)
        return try await answer(call, request)
    }

    private func tell(_ call: Call, refused: String, _ fields: (inout ByteBuilder) -> Void) async throws {
        try await house.take(source: call.key.source, refused: refused) { out in
            out.object { out in
                out.field("call", call.key.call)
                fields(&out)
            }
        }
    }

    /// The call as it is now.
    private func answer(
        _ call: Call, _ request: Request, _ more: @Sendable (inout ByteBuilder) -> Void = { _ in }
    ) async throws -> Response {
        let key = call.key
        let live = await house.engine.ask { centre, _ in centre.call(key) } ?? nil
        let now = try live ?? house.history.calls(id: key.call).first { $0.key == key } ?? call
        let language = request.language ?? house.settings.language
        return .json { CallEncoder.whole(now, language: language, into: &$0, more) }
    }
}
