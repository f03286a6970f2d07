import CallCenter
import Engine
import EventWire
import Hummingbird
import Storage

/// `GET /v1/callbacks`: who gave up or asked to be called back, and who of the operators sees to it.
struct CallbackRoutes {
    let engine: Engine
    let records: CustomerStore
    let history: any CallHistory
    let recorder: EventRecorder
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    /// How long a callback is listed as done. Milliseconds: as long as the figures of a day need it.
    private static let doneMax: Int64 = 24 * 3_600_000

    func add(to router: GuardedRouter) {
        router.get("v1/callbacks", may: .operator, use: list)
        router.post("v1/callbacks/done", may: .operator, use: done)
        router.post("v1/callbacks/{id}/claim", may: .operator, use: claim)
        router.post("v1/callbacks/{id}/release", may: .operator, use: release)
    }

    private enum Wanted: String { case due, done }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request)
        let queue = query.text("queue"), kind = query.text("kind")
        guard let wanted = Wanted(rawValue: query.text("state") ?? "due") else {
            throw Problem.bad("state is due or done.")
        }
        guard kind == nil || kind.flatMap(Callback.Kind.init) != nil else {
            throw Problem.bad("kind is abandoned or requested.")
        }
        guard
            let found = await engine.ask({ centre, now in
                let all = wanted == .due ? centre.callbacks : centre.callbacksDone(after: now - CallbackRoutes.doneMax)
                return (now, all.map { Shown.Source($0, in: centre, now: now) })
            })
        else { throw Problem.stopping }
        // The queue and the kind of a caller are those of the newest call, as in the figures.
        let asked = found.1.filter { one in
            (queue == nil || one.callback.calls.last?.queue == queue)
                && (kind == nil || one.callback.calls.last?.kind.rawValue == kind)
        }
        let rows = try asked.map { try shown($0) }, reader = context.reader(.callback)
        return .json { out in
            out.object { out in
                out.field("at", found.0)
                out.key("callbacks")
                out.array { out in for row in rows { row.write(now: found.0, to: reader, into: &out) } }
            }
        }
    }

    private func shown(_ source: Shown.Source) throws -> Shown {
        let callback = source.callback
        func keys(_ found: [CallKey?], _ numbers: [Int64]) throws -> [CallKey?] {
            try zip(numbers, found).map { try $1 ?? history.call(number: $0)?.key }
        }
        return Shown(
            callback: callback, calls: try keys(source.calls, callback.calls.map(\.call)),
            tries: try keys(source.tries, callback.tries.map(\.call)),
            customer: try callback.customer.flatMap { try records.customer($0) },
            number: ErasedCaller.isOne(callback.e164)
                ? CallerNumber(kind: .unavailable, raw: "", e164: callback.e164, display: "")
                : settings.read(callback.e164))
    }

    // MARK: Claims

    private struct Claim: Decodable { var `operator`: String? }

    /// Claims a callback: colleagues see who has it. Of two claims at once, the log decides which was first.
    private func claim(_ request: Request, _ context: WebContext) async throws -> Response {
        let e164 = try await number(context), by = try await whoClaims(request, context)
        guard let by else { throw Problem.bad("operator is missing; add who calls back.") }
        return try await answer(try await claimed(e164, by: by), to: context.reader(.callback))
    }

    /// Claims a callback, and tells the desks.
    ///
    /// - Throws: `Problem` 409 when somebody else has it, 404 when nobody waits there any more.
    private func claimed(_ e164: String, by: String) async throws -> Shown.Source {
        let before = try await due(e164)
        if let claim = before.callback.claim, claim.by != by { throw conflict(claim) }
        if before.callback.claim == nil { try await append(e164, by: by) }
        let now = try await due(e164)
        if let claim = now.callback.claim, claim.by != by { throw conflict(claim) }
        await engine.workChanged()
        return now
    }

    /// Claims a callback for an operator who picks the next thing to do.
    ///
    /// - Returns: what is written of it; nil when it is gone, or somebody else was first.
    func picked(_ e164: String, by: String, at now: Timestamp, to reader: Reader) async throws -> (
        (inout ByteBuilder) -> Void
    )? {
        do {
            let row = try shown(try await claimed(e164, by: by))
            return { row.write(now: now, to: reader, into: &$0) }
        } catch let problem as Problem where problem.status == .conflict || problem.status == .notFound { return nil }
    }

    /// Who waits to be called back and is nobody else's, for the list of what somebody has to do.
    func due(for who: String, at now: Timestamp) async throws -> [Callback] {
        guard let all = await engine.ask({ centre, _ in centre.callbacks.map { ($0, centre.policy.claimLimit) } })
        else { throw Problem.stopping }
        return all.compactMap { one, limit in
            var one = one
            if let claim = one.claim, !claim.isValid(at: now, limit: limit) { one.claim = nil }
            return one.claim == nil || one.claim?.by == who ? one : nil
        }
    }

    /// Writes callbacks as the list does.
    func write(_ all: [Callback], at now: Timestamp, to reader: Reader) async throws -> (inout ByteBuilder) -> Void {
        let asked = await engine.ask { centre, now in all.map { Shown.Source($0, in: centre, now: now) } }
        guard let sources = asked else { throw Problem.stopping }
        let rows = try sources.map { try shown($0) }
        return { out in out.array { out in for row in rows { row.write(now: now, to: reader, into: &out) } } }
    }

    /// Releases a claim. A supervisor may release another operator's claim.
    private func release(_ request: Request, _ context: WebContext) async throws -> Response {
        let e164 = try await number(context)
        let before = try await due(e164)
        if let claim = before.callback.claim {
            if let own = context.who.ownOperator, own != claim.by { throw conflict(claim) }
            try await append(e164, by: nil)
            await engine.workChanged()
        }
        return try await answer(try await due(e164), to: context.reader(.callback))
    }

    private func conflict(_ claim: Callback.Claim) -> Problem {
        .claimed(by: claim.by, since: claim.since, "callback")
    }

    /// The id is the number in E.164, with its plus or without; who types it may write it as the list shows it.
    private func number(_ context: WebContext) async throws -> String {
        let id = try context.segment("id"), e164 = id.hasPrefix("+") ? id : "+\(id)"
        guard let isDue = await engine.ask({ centre, _ in centre.callback(from: e164) != nil }) else {
            throw Problem.stopping
        }
        return isDue ? e164 : settings.read(id).e164 ?? e164
    }

    private func whoClaims(_ request: Request, _ context: WebContext) async throws -> String? {
        let named: Claim? = try await request.jsonIfAny()
        guard let own = context.who.ownOperator else { return named?.operator ?? context.who.person }
        guard named?.operator ?? own == own else { throw Problem.forbidden(.supervisor) }
        return own
    }

    private func due(_ e164: String) async throws -> Shown.Source {
        guard
            let found = await engine.ask({ centre, now in
                centre.callback(from: e164).map { Shown.Source($0, in: centre, now: now) }
            })
        else { throw Problem.stopping }
        guard let found else {
            throw Problem.notFound("Nobody waits to be called back there; GET /v1/callbacks lists who does.")
        }
        return found
    }

    private func append(_ e164: String, by: String?) async throws {
        let claim = CallbackClaim(from: e164, by: by)
        try await recorder.record(.callbackClaim(claim), refused: "operator is an operator's id.")
    }

    private func answer(_ source: Shown.Source, to reader: Reader) async throws -> Response {
        let row = try shown(source), now = self.now()
        return .json { row.write(now: now, to: reader, into: &$0) }
    }

    // MARK: Done

    private struct Done: Decodable {
        var from: String
        var `operator`: String?
        var note: String?
    }

    /// Marks a callback as done. It goes through the log like everything that changes figures.
    private func done(_ request: Request, _ context: WebContext) async throws -> Response {
        let done: Done = try await request.json()
        // A caller who was erased is listed with a word in place of the number.
        guard let e164 = ErasedCaller.isOne(done.from) ? done.from : settings.read(done.from).e164 else {
            throw Problem.bad("from is a telephone number, as the list shows it.")
        }
        guard let isDue = await engine.ask({ centre, _ in centre.callback(from: e164) != nil }) else {
            throw Problem.stopping
        }
        guard isDue else {
            throw Problem.notFound("Nobody waits to be called back at \(done.from); GET /v1/callbacks lists who does.")
        }
        let by = context.who.ownOperator ?? done.operator
        // An operator does not end what a colleague has taken on.
        if let own = context.who.ownOperator, let claim = try await due(e164).callback.claim, claim.by != own {
            throw conflict(claim)
        }
        try await recorder.record(
            .callbackDone(CallbackDone(from: e164, by: by, note: done.note)),
            refused: "note has control characters in it, or is longer than \(WireLimits.noteBytesMax) bytes.")
        await engine.workChanged()
        return Response(status: .noContent)
    }
}

/// A callback with what the list shows of it.
private struct Shown {
    /// What the live state knows.
    struct Source: Sendable {
        var callback: Callback
        /// Of each call and try, where it is in memory still.
        var calls: [CallKey?]
        var tries: [CallKey?]

        init(_ callback: Callback, in centre: Centre, now: Timestamp) {
            self.callback = callback
            // A claim that fell back is none.
            if let claim = callback.claim, !claim.isValid(at: now, limit: centre.policy.claimLimit) {
                self.callback.claim = nil
            }
            calls = callback.calls.map { centre.call(number: $0.call)?.key }
            tries = callback.tries.map { centre.call(number: $0.call)?.key }
        }
    }

    var callback: Callback
    var calls: [CallKey?]
    var tries: [CallKey?]
    var customer: CustomerRecord?
    var number: CallerNumber

    func write(now: Timestamp, to reader: Reader, into out: inout ByteBuilder) {
        out.object { out in
            out.field("id", String(callback.e164.dropFirst()))
            out.field("kind", callback.calls.last?.kind.rawValue)
            out.key("from")
            PopEncoder.number(number, into: &out)
            out.key("customer")
            if let customer {
                reader.sees(customer.id)
                out.object { out in
                    out.field("id", customer.id)
                    out.field("name", customer.fields.name)
                    out.field("tier", customer.fields.tier)
                    out.field("owner", customer.fields.owner)
                    out.field("do_not_call", customer.fields.details.doNotCall)
                }
            } else {
                out.null()
            }
            out.field("queue", callback.calls.last?.queue)
            out.field("tier", callback.calls.last?.tier)
            out.field("since", callback.calls.first?.at)
            out.field("due_ms", callback.calls.first.map { max(0, (callback.reachedAt ?? now) - $0.at) })
            out.field("claimed_by", callback.claim?.by)
            out.field("claimed_at", callback.claim?.since)
            out.field("reached_at", callback.reachedAt)
            out.field("recall_ms", callback.recall)
            out.key("calls")
            out.array { out in
                for (one, key) in zip(callback.calls, calls) {
                    out.object { out in
                        out.field("kind", one.kind.rawValue)
                        out.field("call", key?.call)
                        out.field("source", key?.source)
                        out.field("at", one.at)
                        out.field("queue", one.queue)
                        out.field("waited_ms", one.waited)
                    }
                }
            }
            out.key("tries")
            out.array { out in
                for (one, key) in zip(callback.tries, tries) {
                    out.object { out in
                        out.field("call", key?.call)
                        out.field("source", key?.source)
                        out.field("at", one.at)
                        out.field("operator", one.operator)
                        out.field("reached_at", one.reachedAt)
                    }
                }
            }
        }
    }
}
