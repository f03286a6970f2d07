import CallCenter
import Engine
import EventWire
import Settings
import Storage

extension ListRules {
    /// By which rules the facts are computed that lists are made of.
    public init(_ lists: Settings.Lists, _ policy: Policy, notCounted: Set<String>) {
        self.init(
            notCounted: notCounted, complaints: policy.complaints, longWait: lists.longWait, currency: lists.currency)
    }
}

/// What every request about lists needs: the rules and moments of now, and facts that are up to date.
struct ListDesk: Sendable {
    let engine: Engine
    let writer: RecordWriter
    let settings: WebSettings
    let now: @Sendable () -> Timestamp

    /// Customers whose facts a request computes itself. The daemon computes those of an import in the background.
    private static let refreshedAtOnce = 200

    struct Moment: Sendable {
        var clock: ListClock
        var rules: ListRules
        var settings: Settings.Lists
        /// A claim falls back after this time. Milliseconds.
        var claimLimit: Int64
    }

    /// - Parameter isFresh: changes of the last moment are seen.
    func moment(isFresh: Bool = true) async throws -> Moment {
        let now = self.now(), work = settings.work(), lists = settings.lists()
        guard let policy = await engine.ask({ centre, _ in centre.policy }) else { throw Problem.stopping }
        let rules = ListRules(lists, policy, notCounted: Set(settings.purchases.notCounted))
        if isFresh { _ = try writer.store.refreshFacts(rules, count: ListDesk.refreshedAtOnce) }
        let day: Int64 = 86_400_000
        let today = DayOrTime(written: settings.date(at: now))?.days ?? now.ms / day
        let clock = ListClock(
            now: now, today: today, dormantBefore: now - Int64(policy.alerts.dormantDays) * day,
            expiringDays: Int64(lists.expiringDays), riskSince: now - Int64(lists.riskDays) * day,
            cases: work.caseClock(at: now), best: Int64(lists.best),
            againBefore: lists.againDays == 0 ? nil : now - Int64(lists.againDays) * day)
        return Moment(clock: clock, rules: rules, settings: lists, claimLimit: work.rules.claimLimit)
    }

    func progress(of list: ListSource, _ moment: Moment) throws -> ListProgress {
        try writer.store.progress(of: list, moment.clock, limit: moment.claimLimit)
    }

    /// The saved lists that an operator works through.
    func assigned(to who: String) throws -> [ListSource] {
        try writer.store.savedLists().filter { $0.content.assigned.contains(who) }.map { .saved($0) }
    }
}
