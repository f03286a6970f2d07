import CallCenter
import Engine
import EventWire
import Hummingbird

/// What an operator writes of a call, during it and after it: notes, how it came out, who it was.
struct AfterCallRoutes {
    let house: House

    func add(to router: Router<WebContext>) {
        router.post("v1/calls/{call}/note", use: note)
        router.post("v1/calls/{call}/disposition", use: disposition)
        router.post("v1/calls/{call}/identify", use: identify)
    }

    private struct Note: Decodable {
        var text: String?
        var draft: Bool?
        var `operator`: String?
        var spent_ms: Int64?
    }

    /// A draft replaces the draft before it; a note stays.
    private func note(_ request: Request, _ context: WebContext) async throws -> Response {
        let call = try await house.call(request, context)
        let note: Note = try await request.json()
        let author = try author(note.operator, context)
        let isDraft = note.draft ?? false
        if !isDraft, note.text?.contains(where: { !$0.isWhitespace }) != true {
            throw Problem.bad("text is empty: say what happened. With \"draft\": true an empty text throws the draft away.")
        }
        if isDraft { try await requireInMemory(call, "drafts") }
        return try await write(call, refused: "text has control characters in it, or is longer than \(WireLimits.noteBytesMax) bytes.", request) {
            out in
            out.field("type", isDraft ? "screenpop.call.note_draft" : "screenpop.call.note")
            out.field("text", note.text ?? "")
            if let author { out.field("operator", author) }
            if !isDraft, let spent = note.spent_ms { out.field("duration", spent) }
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
        return try await write(
            call, refused: "code is a word of the centre's, such as \"resolved\": 1 to 1,024 bytes without control characters.", request
        ) { out in
            out.field("type", "screenpop.call.disposition")
            out.field("reason", disposition.code)
            if let author { out.field("operator", author) }
            if let spent = disposition.spent_ms { out.field("duration", spent) }
        }
    }

    private struct Identity: Decodable {
        var customer: Int64?
        var from: String?
    }

    /// One of several candidates, or somebody else, by record or by another number.
    private func identify(_ request: Request, _ context: WebContext) async throws -> Response {
        let call = try await house.call(request, context)
        let identity: Identity = try await request.json()
        guard (identity.customer == nil) != (identity.from == nil) else {
            throw Problem.bad("Say who it is: either customer, the id of a record, or from, another number.")
        }
        if let id = identity.customer, try house.records.customer(id) == nil { throw Problem(.unprocessableContent, "There is no customer \(id).") }
        try await requireInMemory(call, "who it was")
        return try await write(call, refused: "from is a telephone number.", request) { out in
            out.field("type", "call.identified")
            if let id = identity.customer { out.field("customer", id) }
            if let from = identity.from { out.field("from", from) }
        }
    }

    /// An operator writes under its own name.
    private func author(_ named: String?, _ context: WebContext) throws(Problem) -> String? {
        guard let own = context.who.ownOperator else { return named ?? context.who.person }
        guard named ?? own == own else { throw .forbidden(.supervise) }
        return own
    }

    /// What an old call keeps is its notes and its disposition alone.
    private func requireInMemory(_ call: Call, _ what: String) async throws {
        let key = call.key
        guard let there = await house.engine.ask({ centre, _ in centre.call(key) != nil }) else { throw Problem.stopping }
        guard there else { throw Problem(.conflict, "The call ended too long ago for \(what); a note on it is still taken.") }
    }

    private func write(
        _ call: Call, refused: String, _ request: Request, _ fields: (inout ByteBuilder) -> Void
    ) async throws -> Response {
        let key = call.key
        try await house.take(source: key.source, refused: refused) { out in
            out.object { out in
                out.field("call", key.call)
                fields(&out)
            }
        }
        let live = await house.engine.ask { centre, _ in centre.call(key) } ?? nil
        let now = try live ?? house.history.calls(id: key.call).first { $0.key == key } ?? call
        let language = request.language ?? house.settings.language
        return .json { CallEncoder.whole(now, language: language, into: &$0) }
    }
}
