import CallCenter
import Engine
import EventWire
import Hummingbird
import Settings
import Storage

/// `GET /v1/workload`: what each operator did today and has open. `POST /v1/cases/assign`: many cases and promises to
/// somebody at once.
struct WorkloadRoutes {
    let cases: CaseRoutes
    let engine: Engine

    private var settings: WebSettings { cases.settings }
    private var writer: RecordWriter { cases.writer }

    /// Cases that one request gives away.
    static let assignMax = 500

    func add(to router: GuardedRouter) {
        router.get("v1/workload", may: .supervisor, use: list)
        router.post("v1/cases/assign", may: .supervisor, use: assign)
    }

    // MARK: Who has what

    private struct Row {
        var id: String
        var name: String?
        var state: OperatorState?
        var figures = OperatorFigures()
        var work = CaseWorkload()
        var callbacks = 0
        var mails: Int64 = 0
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let now = cases.now(), work = settings.work(), clock = work.caseClock(at: now), settings = self.settings
        let dayEnd = settings.periods?.startOfNextDay(after: now) ?? settings.dayStart(now) + 86_400_000
        let asked = await engine.ask { centre, now in
            (
                stats: centre.stats(
                    from: settings.dayStart(now), to: StatsFeed.end(of: now, settings.interval), now: now),
                claims: centre.callbacks.compactMap { one in
                    one.claim.flatMap { $0.isValid(at: now, limit: centre.policy.claimLimit) ? $0.by : nil }
                }
            )
        }
        guard let asked else { throw Problem.stopping }
        var open = try writer.store.workload(clock, dayEnd: dayEnd)
        let nobodys = open.removeValue(forKey: nil) ?? CaseWorkload()
        let mails = try writer.store.inboxClaims(at: now, limit: work.rules.claimLimit)
        let callbacks = Dictionary(asked.claims.map { ($0, 1) }, uniquingKeysWith: +)
        let ids = Set(asked.stats.operators.keys).union(open.keys.compactMap { $0 }).union(callbacks.keys)
            .union(mails.keys)
        let names = await cases.people.of(ids)
        let rows = ids.sorted().map { id in
            let one = asked.stats.operators[id]
            return Row(
                id: id, name: names[id], state: one?.state, figures: one?.figures ?? OperatorFigures(),
                work: open[id] ?? CaseWorkload(), callbacks: callbacks[id] ?? 0, mails: mails[id] ?? 0)
        }
        return .json(capacity: 512 * rows.count + 512) { out in
            out.object { out in
                out.field("at", now)
                out.key("operators")
                out.array { out in
                    for row in rows {
                        out.object { out in
                            out.field("operator", row.id)
                            out.field("name", row.name)
                            out.field("state", row.state?.rawValue)
                            out.field("answered", row.figures.answered)
                            out.field("dialed", row.figures.outbound.dialed)
                            WorkloadRoutes.work(row.work, at: now, into: &out)
                            out.field("callbacks", row.callbacks)
                            out.field("mails", row.mails)
                        }
                    }
                }
                out.key("unowned")
                out.object { WorkloadRoutes.work(nobodys, at: now, into: &$0) }
            }
        }
    }

    private static func work(_ one: CaseWorkload, at now: Timestamp, into out: inout ByteBuilder) {
        out.field("cases", one.cases)
        out.field("cases_overdue", one.casesOverdue)
        out.field("cases_at_risk", one.casesAtRisk)
        out.field("promises", one.promises)
        out.field("promises_due", one.promisesDue)
        out.field("promises_overdue", one.promisesOverdue)
        out.field("promises_at_risk", one.promisesAtRisk)
        out.field("tasks", one.tasks)
        out.field("tasks_overdue", one.tasksOverdue)
        out.field("tasks_at_risk", one.tasksAtRisk)
        out.field("stalled", one.stalled)
        out.field("progress_at", one.progressAt)
        out.field("idle_since", one.idleSince)
    }

    // MARK: Giving many away

    private struct Assignment: Decodable {
        var cases: [Int64]
        var owner: String?

        private enum Key: CodingKey { case cases, owner }

        init(from decoder: any Decoder) throws {
            let body = try decoder.container(keyedBy: Key.self)
            cases = try body.decode([Int64].self, forKey: .cases)
            // Left out by mistake, it would take everything away from everybody.
            guard body.contains(.owner) else {
                throw Problem.bad("owner is missing; add whose they become, or null for nobody's.")
            }
            owner = try body.decode(String?.self, forKey: .owner)
        }
    }

    private struct Failure {
        var id: Int64
        var status: Int
        var detail: String
    }

    /// Each case gets its version, by whoever asks; what cannot be given away is told, and the others are all the same.
    private func assign(_ request: Request, _ context: WebContext) async throws -> Response {
        let asked: Assignment = try await request.strictJSON(["cases", "owner"], of: "what is given to whom")
        guard 1...WorkloadRoutes.assignMax ~= asked.cases.count else {
            throw Problem.bad("cases is a list of 1 to \(WorkloadRoutes.assignMax) ids.")
        }
        let owner = asked.owner
        guard owner.map(Handed.isID) ?? true else { throw Problem.bad("owner is an operator's number, or null.") }
        if let owner { try await cases.knownOperators.require(owner, context) }
        let now = cases.now()
        var seen: Set<Int64> = [], given: [CustomerCase] = [], unchanged: [Int64] = [], failures: [Failure] = []
        for id in asked.cases where seen.insert(id).inserted {
            do throws(Problem) {
                let before = try found(id)
                let saved = try Problem.edited { () throws(EditError) in
                    try writer.edit(case: id, by: context.who.author, at: now) { one throws(EditError) in
                        if one.closedAt != nil { throw .isClosed }
                        one.owner = owner
                        // An offer to somebody is no longer its owner's to make.
                        if one.details.handover?.from != owner { one.details.handover = nil }
                    }
                }
                guard let saved else { throw CaseRoutes.none("\(id)") }
                if saved.version == before.version { unchanged.append(id) } else { given.append(saved) }
            } catch { failures.append(Failure(id: id, status: error.status.code, detail: error.detail)) }
        }
        for customer in Set(given.map(\.customer)) { await cases.customerRecords.changed(customer) }
        if !given.isEmpty { await engine.workChanged() }
        await cases.notices.given(given, by: context)
        return .json { [given, unchanged, failures] out in
            out.object { out in
                out.field("owner", owner)
                for (name, ids) in [("assigned", given.map(\.id)), ("unchanged", unchanged)] {
                    out.key(text: name)
                    out.array { out in for id in ids { out.value(id) } }
                }
                out.key("failed")
                out.array { out in
                    for one in failures {
                        out.object { out in
                            out.field("id", one.id)
                            out.field("status", one.status)
                            out.field("detail", one.detail)
                        }
                    }
                }
            }
        }
    }

    private func found(_ id: Int64) throws(Problem) -> CustomerCase {
        let found: CustomerCase?
        do throws(StoreError) { found = try writer.store.customerCase(id) } catch {
            throw Problem(.serviceUnavailable, "\(error).")
        }
        guard let found else { throw CaseRoutes.none("\(id)") }
        return found
    }
}
