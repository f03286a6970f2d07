import Testing

@testable import Storage

/// Every combination of a log, records and a checkpoint that a start may find.
@Suite struct BelongingTests {
    typealias Log = Belonging.Log
    typealias Kept = Belonging.Kept
    static let a = LogIdentity(), b = LogIdentity(), fresh = LogIdentity()

    static let logs: [Log] = [nil, a].flatMap { identity in
        [0, 50, 100].map { Log(identity: identity, last: $0, isEmpty: $0 == 0) }
    }
    static let records: [LogMark] = [nil, a, b].flatMap { log in
        [0, 50, 100, 900].flatMap { newest in
            [nil, 0, 50, 100].filter { $0 == nil || $0! <= newest }.map {
                LogMark(log: log, newest: newest, through: $0)
            }
        }
    }
    static let checkpoints: [Kept?] =
        [nil] + [nil, a, b].flatMap { log in [50, 100, 900].map { Kept(log: log, seq: $0) } }

    /// The next event of a log that is used gets a place that neither the records nor the checkpoint know.
    @Test func noNumberIsGivenOutTwice() throws {
        var used = 0, refused = 0
        for log in Self.logs {
            for records in Self.records {
                for kept in Self.checkpoints {
                    let what = Comment(rawValue: "\(log) \(records) \(String(describing: kept))")
                    let plan: Belonging.Plan
                    do throws(Belonging.Refusal) {
                        plan = try Belonging.plan(log, records, kept, fresh: Self.fresh)
                    } catch {
                        refused += 1
                        continue
                    }
                    used += 1
                    let last = max(log.last, plan.behind)
                    #expect(last >= records.newest, what)
                    if plan.checkpoint == .use || plan.checkpoint == .name, let kept {
                        #expect(last >= kept.seq && (kept.log ?? plan.identity) == plan.identity, what)
                    }
                    if let log = log.identity, log != plan.identity { #expect(last == 0 || plan.behind == last, what) }
                    if let of = records.log, of != plan.identity { #expect(log.isEmpty, what) }
                    if kept != nil { #expect(plan.checkpoint != .none, what) }
                }
            }
        }
        #expect(used > 100 && refused > 100)
    }

    private func plan(
        _ log: Log, _ records: LogMark, _ kept: Kept? = nil, secrets: Int64 = 0
    ) throws -> Belonging.Plan {
        try Belonging.plan(log, records, kept, secrets: secrets, fresh: Self.fresh)
    }

    @Test func anOrdinaryStartSaysNothing() throws {
        let plan = try plan(
            Log(identity: Self.a, last: 100, isEmpty: false), LogMark(log: Self.a, newest: 90, through: 80),
            Kept(log: Self.a, seq: 80))
        #expect(plan == .init(identity: Self.a, behind: 0, checkpoint: .use, historyThrough: 80))
    }

    @Test func aFirstStartGivesAName() throws {
        let plan = try plan(Log(identity: nil, last: 0, isEmpty: true), LogMark(log: nil, newest: 0, through: nil))
        #expect(plan == .init(identity: Self.fresh, behind: 0, checkpoint: .none, historyThrough: 0))
    }

    @Test func filesOfAnOlderVersionAreTakenOver() throws {
        let plan = try plan(
            Log(identity: nil, last: 100, isEmpty: false), LogMark(log: nil, newest: 90, through: nil),
            Kept(log: nil, seq: 80))
        #expect(plan == .init(identity: Self.fresh, behind: 0, checkpoint: .name, historyThrough: 80))
        // Killed between the checkpoint and the log.
        let again = try self.plan(
            Log(identity: nil, last: 100, isEmpty: false), LogMark(log: nil, newest: 90, through: nil),
            Kept(log: Self.b, seq: 80))
        #expect(again.identity == Self.b && again.checkpoint == .use)
    }

    @Test func aLogThatBeganAt1AgainGoesOnBehindTheRecords() throws {
        let plan = try plan(Log(identity: nil, last: 50, isEmpty: false), LogMark(log: nil, newest: 900, through: nil))
        #expect(plan.behind == 900)
        #expect(plan.notices == [.skipped(from: 50, to: 900)])
    }

    @Test func aLogThatWasMovedAwayIsFollowedByOneBehindIt() throws {
        let plan = try plan(
            Log(identity: nil, last: 0, isEmpty: true), LogMark(log: Self.a, newest: 90, through: 80),
            Kept(log: Self.a, seq: 95))
        #expect(plan.identity == Self.fresh && plan.behind == 95 && plan.checkpoint == .setAside)
        #expect(plan.notices == [.checkpointSetAside, .newLog(behind: 95)])
    }

    @Test func whatDoesNotBelongTogetherIsRefused() {
        let log = Log(identity: Self.a, last: 100, isEmpty: false)
        #expect(throws: Belonging.Refusal.differentLogs) { try plan(log, LogMark(log: Self.b, newest: 1, through: 1)) }
        #expect(throws: Belonging.Refusal.logIsOlder(last: 100, known: 101, byRecords: true)) {
            try plan(log, LogMark(log: Self.a, newest: 101, through: 50))
        }
        #expect(throws: Belonging.Refusal.logIsOlder(last: 100, known: 900, byRecords: false)) {
            try plan(log, LogMark(log: Self.a, newest: 50, through: 50), Kept(log: Self.a, seq: 900))
        }
        #expect(throws: Belonging.Refusal.checkpointOfAnotherLog) {
            try plan(log, LogMark(log: Self.a, newest: 50, through: 50), Kept(log: Self.b, seq: 50))
        }
    }

    /// Tokens and accounts say which positions are used, and nothing of how far the history is.
    @Test func secretsCountForPositionsAlone() throws {
        let log = Log(identity: Self.a, last: 100, isEmpty: false), kept = Kept(log: Self.a, seq: 80)
        let none = LogMark(log: nil, newest: 0, through: nil)
        let rebuilt = try plan(log, none, kept, secrets: 95)
        #expect(rebuilt == (try plan(log, none, kept)))
        #expect(rebuilt.historyThrough == 0 && rebuilt.reservesCustomers)
        #expect(throws: Belonging.Refusal.secretsAreNewer(last: 100, known: 101)) {
            try plan(log, LogMark(log: Self.a, newest: 90, through: 80), kept, secrets: 101)
        }
        let begun = try plan(
            Log(identity: nil, last: 0, isEmpty: true), LogMark(log: Self.a, newest: 90, through: 80), secrets: 99)
        #expect(begun.behind == 99)
    }

    @Test func recordsThatLackCallsAreToldThem() throws {
        let log = Log(identity: Self.a, last: 100, isEmpty: false), kept = Kept(log: Self.a, seq: 80)
        let anew = try plan(log, LogMark(log: nil, newest: 0, through: nil), kept)
        #expect(anew.historyThrough == 0 && anew.reservesCustomers && anew.notices == [.historyRetold(after: 0)])
        let older = try plan(log, LogMark(log: Self.a, newest: 45, through: 40), kept)
        #expect(older.historyThrough == 40 && older.reservesCustomers && older.notices == [.historyRetold(after: 40)])
    }
}
