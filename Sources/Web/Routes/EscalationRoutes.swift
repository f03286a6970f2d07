import CallCenter
import EventWire
import Hummingbird
import Settings
import Storage

/// `GET /v1/escalations`: the rules about cases that wait for too long; `/try`: how often they would have fired.
struct EscalationRoutes {
    let records: CustomerStore
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    func add(to router: GuardedRouter) {
        router.get("v1/escalations", may: .supervisor, use: list)
        router.get("v1/escalations/try", may: .supervisor, use: tryRules)
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let rules = settings.work().escalations
        return .json { out in
            out.object { out in
                out.key("items")
                out.array { out in for rule in rules { out.object { EscalationRoutes.fields(of: rule, into: &$0) } } }
            }
        }
    }

    private static func fields(of rule: EscalationRule, into out: inout ByteBuilder) {
        out.field("name", rule.name)
        out.field("when", rule.condition.rawValue)
        out.field("after_ms", rule.after)
        out.field("kind", rule.kind?.rawValue)
        out.field("phase", rule.phase)
        out.field("priority", rule.priority?.word)
        out.field("owner", rule.owner)
        out.field("alarm", rule.alarm)
        out.field("webhook", rule.webhook)
    }

    // MARK: Trying

    /// Cases that are read at once, between which others write.
    private static let atOnce = 200
    /// Firings that are listed of a rule.
    private static let shownMax = 100

    private struct Tried {
        var rule: EscalationRule
        var firings: [(at: Timestamp, id: Int64)] = []
    }

    private func tryRules(_ request: Request, _ context: WebContext) async throws -> Response {
        let query = Query(request), now = self.now(), clock = settings.work()
        let days = try query.number("days", in: Bounded(1...3_660)) ?? 90
        var tried = try rules(query, clock.escalations).map { Tried(rule: $0) }
        let from = now - days * 86_400_000
        var after: Int64 = 0, cases = 0
        while !tried.isEmpty {
            let page = try records.cases(openSince: from, after: after, limit: EscalationRoutes.atOnce)
            for one in page {
                let moments = try records.moments(of: one)
                for n in tried.indices {
                    let firings = tried[n].rule.firings(moments, until: now) { clock.firing(after: $0, from: $1) }
                    tried[n].firings += firings.filter { $0 >= from }.map { ($0, one.id) }
                }
            }
            cases += page.count
            guard page.count == EscalationRoutes.atOnce, let last = page.last else { break }
            after = last.id
            await Task.yield()
        }
        return .json { [tried] out in
            out.object { out in
                out.field("from", from)
                out.field("to", now)
                out.field("cases", cases)
                out.key("items")
                out.array { out in
                    for one in tried {
                        out.object { out in
                            EscalationRoutes.fields(of: one.rule, into: &out)
                            out.field("fired", one.firings.count)
                            out.key("firings")
                            out.array { out in
                                let newest = one.firings.sorted { ($0.at, $0.id) > ($1.at, $1.id) }
                                for (at, id) in newest.prefix(EscalationRoutes.shownMax) {
                                    out.object { out in
                                        out.field("at", at)
                                        out.field("case", id)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// The rule that the query describes, or those of the configuration.
    private func rules(_ query: Query, _ configured: [EscalationRule]) throws(Problem) -> [EscalationRule] {
        guard let when = query.text("when") else { return configured }
        let words = EscalationRule.Condition.allCases.map(\.rawValue).joined(separator: ", ")
        guard let condition = EscalationRule.Condition(rawValue: when) else { throw .bad("when is \(words).") }
        var rule = EscalationRule(name: query.text("name") ?? when, condition: condition, alarm: false)
        rule.after = try query.number("after_ms", in: .spentMs) ?? 0
        if let kind = query.text("kind") {
            guard let known = OpenCase.Kind(rawValue: kind) else { throw CaseBody.noKind }
            rule.kind = known
        }
        rule.phase = query.text("phase")
        return [rule]
    }
}
