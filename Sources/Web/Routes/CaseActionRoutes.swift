import CallCenter
import EventWire
import HTTPTypes
import Hummingbird
import Settings
import Storage

/// `POST /v1/cases/{id}/claim`, `/release`, `/handover`, `/accept`, `/decline`, `/close`, `/reopen`.
struct CaseActionRoutes {
    let cases: CaseRoutes

    private var writer: RecordWriter { cases.writer }
    private var limit: Int64 { cases.settings.work().rules.claimLimit }
    private func now() -> Timestamp { cases.now() }

    func add(to router: GuardedRouter) {
        router.post("v1/cases/{id}/claim", may: .operator, use: claim)
        router.post("v1/cases/{id}/release", may: .operator, use: release)
        router.post("v1/cases/{id}/handover", may: .operator, use: handOver)
        router.post("v1/cases/{id}/accept", may: .operator, use: accept)
        router.post("v1/cases/{id}/decline", may: .operator, use: decline)
        router.post("v1/cases/{id}/close", may: .operator, use: close)
        router.post("v1/cases/{id}/reopen", may: .operator, use: reopen)
    }

    // MARK: Claims

    private struct Claim: Decodable {
        var `operator`: String?
        var takesOver: Bool?

        enum CodingKeys: String, CodingKey {
            case `operator`
            case takesOver = "take_over"
        }
    }

    private func claim(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try cases.found(context), named: Claim? = try await request.jsonIfAny()
        if let own = context.who.ownOperator, named?.operator ?? own != own { throw Problem.forbidden(.supervisor) }
        guard let who = context.who.ownOperator ?? named?.operator ?? context.who.person, !who.isEmpty,
            who.utf8.count <= WireLimits.idBytesMax
        else { throw Problem.bad("operator is missing; add who works on it.") }
        let claimed = try Problem.edited { () throws(EditError) in
            try writer.claim(
                case: one.id, for: who, limit: limit, takesOver: named?.takesOver ?? false, by: context.who.author,
                at: now())
        }
        guard let claimed else { throw CaseRoutes.none("\(one.id)") }
        if let claim = one.claim, claim.by != who, claim.isValid(at: now(), limit: limit) {
            await cases.tookOver(one, from: [claim.by], as: who, context)
        }
        return await cases.changed(claimed, from: one, context)
    }

    private func release(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try cases.found(context)
        let released = try Problem.edited { () throws(EditError) in
            try writer.release(
                case: one.id, own: context.who.ownOperator, limit: limit, by: context.who.author, at: now())
        }
        guard let released else { throw CaseRoutes.none("\(one.id)") }
        return await cases.changed(released, from: one, context)
    }

    // MARK: Handing over

    private struct Handover: Decodable {
        var to: String
        var note: String?
    }

    private func handOver(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try cases.found(context), asked: Handover = try await request.json(), now = self.now()
        try cases.mayChange(one, context)
        guard Handed.isID(asked.to) else { throw Problem.bad("to is an operator's number.") }
        guard asked.to != one.owner else { throw Problem(.conflict, "Case \(one.id) is operator \(asked.to)'s.") }
        let note = try Handed.note(asked.note)
        try await cases.knownOperators.require(asked.to, context)
        let offered = try edited(one, context, now) { one throws(EditError) in
            try one.handOver(to: asked.to, note: note, at: now)
        }
        await say(offered, to: asked.to, context, note.map { ": \($0)" } ?? "", "引継ぎ", "Handover")
        return await cases.changed(offered, from: one, context)
    }

    private func accept(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try cases.found(context), now = self.now(), own = context.who.ownOperator
        let accepted = try edited(one, context, now) { one throws(EditError) in
            // An operator accepts what is handed to it.
            if let own, one.details.handover?.to != own { throw .noHandover }
            try one.accept()
        }
        return await cases.changed(accepted, from: one, context)
    }

    private struct Declining: Decodable { var note: String? }

    /// Its owner is told why, and whoever offered it in the owner's place. Whoever takes it back tells nobody.
    private func decline(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try cases.found(context), now = self.now(), own = context.who.ownOperator
        let asked: Declining? = try await request.jsonIfAny(), note = try Handed.note(asked?.note)
        let handover = one.details.handover, offered = try handover.flatMap { try offerer(of: $0, one) }
        let declined = try edited(one, context, now) { one throws(EditError) in
            // The colleague declines; who offered it takes it back.
            if let own, let handover = one.details.handover, handover.to != own, handover.from != own {
                throw .noHandover
            }
            try one.decline()
        }
        if handover?.to == own || own == nil {
            let told = Set([handover?.from, offered].compactMap { $0 })
            for who in told.sorted() where who != context.who.person {
                await say(declined, to: who, context, note.map { ": \($0)" } ?? "", "引継ぎ辞退", "Declined")
            }
        }
        return await cases.changed(declined, from: one, context)
    }

    /// The operator at the desk who offered it: a case that is nobody's has no owner to tell.
    private func offerer(of handover: CaseHandover, _ one: CustomerCase) throws -> String? {
        try writer.store.versions(ofCase: one.id, below: nil, limit: 100)?
            .first { $0.after?.details.handover == handover && $0.before?.details.handover != handover }
            .flatMap { $0.author.through == .desk ? $0.author.who : nil }
    }

    private func edited(
        _ one: CustomerCase, _ context: WebContext, _ now: Timestamp,
        _ change: (inout CustomerCase) throws(EditError) -> Void
    ) throws -> CustomerCase {
        let saved = try Problem.edited { () throws(EditError) in
            try writer.edit(case: one.id, by: context.who.author, at: now, change)
        }
        guard let saved else { throw CaseRoutes.none("\(one.id)") }
        return saved
    }

    /// A line on a colleague's desk, kept for when it is open.
    private func say(
        _ one: CustomerCase, to who: String, _ context: WebContext, _ more: String, _ ja: String, _ en: String
    ) async {
        let word = cases.settings.language == .ja ? ja : en
        await cases.notices.send("\(word): \(one.title)\(more)", to: .operator(who), case: one.id, by: context)
    }

    // MARK: Closing

    private struct Closing: Decodable { var parts: String? }

    /// Promises and tasks of a case that are open are closed with it or stay open, as the request says; where it says
    /// nothing the case stays open.
    private func close(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try cases.found(context), asked: Closing? = try await request.jsonIfAny(), now = self.now()
        try cases.mayChange(one, context)
        var parts = OpenParts.refuse
        if let word = asked?.parts {
            guard let known = OpenParts(rawValue: word), known != .refuse else {
                throw Problem.bad("parts is close or keep: what becomes of what is open when the case is closed.")
            }
            parts = known
        }
        var wanted = one
        wanted.close(by: context.who.person, at: now)
        let with = try cases.closedWith(one, parts, wanted, context)
        let ended: CustomerCase?
        do throws(EditError) {
            ended = try writer.close(
                one.id, parts: parts, by: context.who.person, author: context.who.author, at: now)
        } catch { throw cases.refused(error, one, context) }
        guard let closed = ended else { throw CaseRoutes.none("\(one.id)") }
        return await cases.changed(closed, from: one, context, with: with)
    }

    /// What was done is to be done again; one that is open stays as it is.
    private func reopen(_ request: Request, _ context: WebContext) async throws -> Response {
        let one = try cases.found(context), now = self.now()
        try cases.mayChange(one, context)
        let opened = try edited(one, context, now) { $0.reopen() }
        return await cases.changed(opened, from: one, context)
    }
}

/// What a handover may say.
enum Handed {
    static func isID(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= WireLimits.idBytesMax && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// What is written to a colleague; nil for nothing.
    static func note(_ written: String?) throws(Problem) -> String? {
        guard let note = written?.replacing("\r\n", with: "\n"), !note.allSatisfy(\.isWhitespace) else { return nil }
        guard isText(note) else {
            throw .bad("note has control characters in it, or is longer than \(WireLimits.noteBytesMax) bytes.")
        }
        return note
    }

    static func isText(_ text: String) -> Bool {
        text.utf8.count <= WireLimits.noteBytesMax
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x09 }
    }
}
