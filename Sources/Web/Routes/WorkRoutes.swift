import CallCenter
import Engine
import EventWire
import Hummingbird
import Settings
import Storage

/// `/v1/work`: what somebody has to do, in the order in which it is to be done, and the next thing of it.
struct WorkRoutes {
    let engine: Engine
    let writer: RecordWriter
    let callbacks: CallbackRoutes
    let settings: WebSettings
    let now: @Sendable () -> Timestamp
    let lists: ListDesk

    /// Cases of one operator that are looked at: more than anybody can have in hand.
    private static let casesMax = 1_000
    /// Mails that need an operator and are listed.
    private static let repliesMax = 50

    func add(to router: GuardedRouter) {
        router.get("v1/work", may: .operator, use: list)
        router.post("v1/work/next", may: .operator, use: next)
    }

    /// What there is for one operator.
    private struct Work {
        var order: WorkOrder
        var clock: CaseClock
        var rules: Settings.Cases
        /// Open cases and promises that the operator owns or has claimed.
        var cases: [CustomerCase]
        /// Those that somebody hands over.
        var handedOver: [CustomerCase]
        /// Not somebody else's.
        var callbacks: [Callback]
        var vipTiers: Set<String>

        func item(_ one: CustomerCase) -> WorkItem {
            WorkItem(
                kind: one.kind == .case ? .case : .promise, id: one.id, due: one.due,
                priority: one.details.priority, since: one.progressAt, isWaiting: one.details.waitingSince != nil)
        }

        func item(_ one: Callback) -> WorkItem {
            let isVIP = one.calls.last.map { vipTiers.contains($0.tier) } ?? false
            return WorkItem(
                kind: .callback, id: Int64(one.e164.dropFirst()) ?? 0, isVIP: isVIP,
                since: one.calls.first?.at ?? order.now)
        }

        func sorted(_ all: [CustomerCase]) -> [CustomerCase] {
            all.sorted { order.precedes(item($0), item($1)) }
        }
    }

    private func work(of who: String) async throws -> Work {
        let now = self.now(), work = settings.work(), clock = work.caseClock(at: now), store = writer.store
        var filter = CaseFilter()
        filter.owner = who
        var claimed = CaseFilter()
        claimed.claimedBy = who
        var offered = CaseFilter()
        offered.handedTo = who
        let today = settings.dayStart(now)
        let dayEnd = settings.periods?.startOfNextDay(after: now) ?? today + 86_400_000
        guard let tiers = await engine.ask({ centre, _ in centre.policy.tiers }) else { throw Problem.stopping }
        var found = Work(
            order: WorkOrder(now: now, dayEnd: dayEnd), clock: clock, rules: work.rules,
            cases: try store.cases(filter, clock, after: nil, limit: WorkRoutes.casesMax),
            handedOver: try store.cases(offered, clock, after: nil, limit: WorkRoutes.casesMax),
            callbacks: try await callbacks.due(for: who, at: now),
            vipTiers: Set(tiers.filter(\.value.vip).keys))
        let others = try store.cases(claimed, clock, after: nil, limit: WorkRoutes.casesMax).filter { one in
            one.owner != who && one.claim?.isValid(at: now, limit: work.rules.claimLimit) ?? false
        }
        found.cases = found.sorted(found.cases + others)
        found.callbacks = found.callbacks.sorted { [found] in found.order.precedes(found.item($0), found.item($1)) }
        return found
    }

    private func whose(_ request: Request, _ context: WebContext) throws -> String {
        let named = Query(request).text("operator")
        if let own = context.who.ownOperator {
            if named ?? own != own { throw Problem.forbidden(.supervisor) }
            return own
        }
        guard let who = named ?? context.who.person else {
            throw Problem.bad("operator is missing; add whose work it is: ?operator=101.")
        }
        return who
    }

    private func list(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try whose(request, context), work = try await work(of: who)
        let reader = context.reader(.openCase), encoder = CaseEncoder(settings.work(), at: work.order.now, to: reader)
        // What has a time of today or before is due; the rest are the cases.
        let due = work.cases.filter { $0.due.map { $0 < work.order.dayEnd } ?? false }
        let rest = work.cases.filter { one in !(one.due.map { $0 < work.order.dayEnd } ?? false) }
        let overdue = due.count { $0.due.map { $0 < work.order.now } ?? false }
        let moment = try await lists.moment(isFresh: false)
        let assigned = try lists.assigned(to: who).map { ($0, try lists.progress(of: $0, moment)) }
        let listEncoder = ListEncoder(
            moment: moment, language: request.language ?? settings.language, reader: reader)
        let callbackList = try await callbacks.write(
            work.callbacks, at: work.order.now, to: reader)
        var mails = ReplyFilter()
        mails.person = who
        mails.states = [.returned, .unknown, .failed]
        let replies = try writer.store.replies(mails, below: nil, limit: WorkRoutes.repliesMax)
        let replyEncoder = MailReplyEncoder(
            reader: reader, lateBefore: settings.work().mailsLateBefore(at: work.order.now))
        let waiting = try MailCounts(
            writer.store, settings.work(), at: work.order.now, mayApprove: context.who.ownOperator == nil)
        let all = try writer.store.caseCounts(work.clock).all
        let own = try writer.store.caseCounts(work.clock, owner: who).all
        let listed = CaseCounts(of: work.cases, work.clock)
        return .json(capacity: 16_384) { out in
            out.object { out in
                out.field("operator", who)
                out.field("at", work.order.now)
                for (name, cases) in [("handovers", work.handedOver), ("due", due), ("cases", rest)] {
                    out.key(text: name)
                    out.array { out in for one in cases { encoder.write(one, into: &out) } }
                }
                out.key("callbacks")
                callbackList(&out)
                out.key("replies")
                out.array { out in for one in replies { replyEncoder.write(one, into: &out) } }
                out.key("lists")
                out.array { out in for (list, progress) in assigned { listEncoder.list(list, progress, into: &out) } }
                out.key("counts")
                out.object { out in
                    out.field("overdue", overdue)
                    out.field("today", due.count - overdue)
                    out.field("callbacks", work.callbacks.count)
                    out.field("handovers", work.handedOver.count)
                    out.field("stalled", own.delays[.stalled] ?? 0)
                    out.field("waiting", own.delays[.waiting] ?? 0)
                    out.field("unowned", all.delays[.unowned] ?? 0)
                    out.field("open", own.open)
                    CaseRoutes.byKind(listed, into: &out)
                    waiting.write(into: &out)
                }
                out.field("remind_ms", work.rules.remindBefore)
            }
        }
    }

    // MARK: The next thing

    /// Claims the next thing that nobody has. Of two who ask at once, each gets another one.
    private func next(_ request: Request, _ context: WebContext) async throws -> Response {
        let who = try whose(request, context), work = try await work(of: who), now = work.order.now
        let limit = work.rules.claimLimit
        var unowned = CaseFilter()
        unowned.delays = [.unowned]
        let free = try writer.store.cases(unowned, work.clock, after: nil, limit: WorkRoutes.casesMax)
        var items: [(item: WorkItem, what: What)] = (work.cases + free).compactMap { one in
            if let claim = one.claim, claim.isValid(at: now, limit: limit) { return nil }
            return (work.item(one), .case(one.id))
        }
        items += work.callbacks.filter { $0.claim == nil }.map { (work.item($0), .callback($0.e164)) }
        items.sort { work.order.precedes($0.item, $1.item) }
        for (item, what) in items where work.order.mayBePicked(item) {
            switch what {
            case .case(let id):
                guard let claimed = try claimed(id, for: who, limit, context) else { continue }
                await engine.workChanged(of: WorkConcerned(nil, claimed))
                let encoder = CaseEncoder(settings.work(), at: now, to: context.reader(.openCase))
                return .json { out in
                    out.object { out in
                        out.field("kind", claimed.kind.rawValue)
                        out.key("case")
                        encoder.write(claimed, into: &out)
                        out.key("callback")
                        out.null()
                    }
                }
            case .callback(let e164):
                let reader = context.reader(.callback)
                guard let write = try await callbacks.picked(e164, by: who, at: now, to: reader) else { continue }
                return .json { out in
                    out.object { out in
                        out.field("kind", "callback")
                        out.key("case")
                        out.null()
                        out.key("callback")
                        write(&out)
                    }
                }
            }
        }
        throw Problem.notFound("Nothing waits for operator \(who).")
    }

    private enum What {
        case `case`(Int64)
        case callback(String)
    }

    /// nil when somebody else was first, or it is done.
    private func claimed(
        _ id: Int64, for who: String, _ limit: Int64, _ context: WebContext
    ) throws -> CustomerCase? {
        do throws(EditError) {
            return try writer.claim(case: id, for: who, limit: limit, by: context.who.author, at: now())
        } catch {
            switch error {
            case .claimed, .isClosed: return nil
            default: throw Problem(error)
            }
        }
    }
}
