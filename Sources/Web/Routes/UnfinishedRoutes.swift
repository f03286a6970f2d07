import CallCenter
import Engine
import EventWire
import Hummingbird
import Storage

/// `GET /v1/operators/{id}/unfinished`: an operator's calls with missing or unfinished notes or dispositions.
struct UnfinishedRoutes {
    let callReader: CallReader
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    /// How far back it looks. Milliseconds: a week.
    private static let windowMs: Int64 = 7 * 86_400_000
    /// Maximum of calls checked: more than an operator has in a week.
    private static let callsMax = 2_000

    func add(to router: GuardedRouter) { router.get("v1/operators/{id}/unfinished", may: .operator, use: list) }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let id = try context.segment("id")
        if let own = context.who.ownOperator, own != id { throw Problem.forbidden(.supervisor) }
        let limit = try Query(request).limit(default: 50, max: 500)
        let rules = DispositionRules(policy: try await callReader.policy(), desk: settings.desk)
        var found: [(call: Call, why: Lack)] = []
        for call in try await calls(of: id) where call.wasHeardLive {
            guard let why = call.lack(of: id, needsDisposition: rules.needsOne(call)) else { continue }
            found.append((call, why))
            if found.count == limit { break }
        }
        let reader = context.reader(.call)
        return .json { out in
            out.object { out in
                out.key("calls")
                out.array { out in
                    for (call, why) in found {
                        out.object { out in
                            CallEncoder.fields(of: call, to: reader, into: &out)
                            out.field("lack", why.rawValue)
                            let own = call.writings.last { $0.state == .unfinished && $0.by == id }
                            out.key("unfinished")
                            if let own { PopEncoder.writing(own, into: &out) } else { out.null() }
                        }
                    }
                }
            }
        }
    }

    /// The operator's calls of the last days, newest first.
    private func calls(of id: String) async throws -> [Call] {
        var filter = CallFilter()
        filter.operator = id
        filter.from = now() - UnfinishedRoutes.windowMs
        return try await callReader.lines(filter, after: nil, limit: UnfinishedRoutes.callsMax).lines.map(\.call)
    }
}

/// What is missing for a call.
private enum Lack: String {
    /// What was typed became a note by itself.
    case finish
    /// There is neither a note nor a disposition.
    case note
    /// The centre requires one.
    case disposition
}

extension Call {
    /// nil when nothing is missing, and while the operator's part in the call goes on.
    fileprivate func lack(of who: String, needsDisposition: Bool) -> Lack? {
        let own = writings.filter { $0.by == who }
        if own.contains(where: { $0.state == .draft }) { return nil }
        if own.contains(where: { $0.state == .unfinished }) { return .finish }
        let talks = life.legs.filter { $0.operator == who && $0.answeredAt != nil }
        guard !talks.isEmpty, talks.allSatisfy({ $0.endedAt != nil && $0.wrapUp != nil }) else { return nil }
        if disposition == nil, needsDisposition { return .disposition }
        return disposition == nil && notes.isEmpty ? .note : nil
    }
}
