import CallCenter
import Engine
import Logging
import PostgresLog
import Storage
import Synchronization
import Testing

@testable import Cluster
@testable import NodeLink

/// What an append comes to when the connection breaks: told by the end of the log, and by nothing else.
@Suite struct LeaderLogTests {
    static func row(_ first: Int64, _ last: Int64) -> LogRow {
        LogRow(first: first, last: last, epoch: 0, readAt: 1, changes: 0, entries: [1, 2, 3])
    }

    /// The log in the database, in memory, with a script of what happens to appends.
    final class Table: Sendable {
        enum Fault: Sendable { case none, lostBefore, lostAfter, fenced, refused }
        struct State {
            var rows: [BurstRow] = []
            var epoch: Int64 = 3
            var last: Int64 = 10
            var faults: [Fault] = []
            /// Attempts to lead that find the database away.
            var away = 0
            /// Somebody else leads after the connection broke, and has appended so many entries.
            var usurped: Int64?
            var attempts = 0
        }
        let state = Mutex(State())

        func lead() throws(PostgresError) -> (session: any LeadingSession, head: LogHead) {
            let result = state.withLock { state -> Result<LogHead, PostgresError> in
                state.attempts += 1
                if state.away > 0 {
                    state.away -= 1
                    return .failure(.unavailable("starting up"))
                }
                if let others = state.usurped {
                    state.usurped = nil
                    if others < 0 { return .failure(.held(by: "b")) }
                    state.epoch += 1
                    if others > 0 {
                        state.rows.append(
                            BurstRow(
                                first: state.last + 1, last: state.last + others, epoch: state.epoch, readAt: 1,
                                changes: 0, entries: [9]))
                        state.last += others
                    }
                }
                state.epoch += 1
                return .success(headNow(state))
            }
            let head = try result.get()
            return (Session(self, epoch: head.epoch), head)
        }
        func headNow(_ state: State) -> LogHead {
            LogHead(
                identity: "", epoch: state.epoch, last: state.last, behind: 0, node: "a", pid: 1,
                newestEpoch: state.rows.last?.epoch ?? 0)
        }
    }

    final class Session: LeadingSession {
        let table: Table
        let epoch: Int64
        let pid: Int32 = 7
        let isClosed = Mutex(false)
        init(_ table: Table, epoch: Int64) {
            self.table = table
            self.epoch = epoch
        }
        func append(_ rows: [BurstRow], expecting last: Int64) throws(PostgresError) {
            let failure = table.state.withLock { state -> PostgresError? in
                let fault = state.faults.isEmpty ? .none : state.faults.removeFirst()
                let isOwn = state.epoch == epoch && state.last == last
                switch fault {
                case .fenced: return .fenced(table.headNow(state))
                case .lostBefore: return .unavailable("broken")
                case .refused: return .refused("disk full")
                case .none, .lostAfter:
                    guard isOwn else { return .fenced(table.headNow(state)) }
                    state.rows += rows
                    state.last = rows.last?.last ?? last
                    return fault == .lostAfter ? .unavailable("broken") : nil
                }
            }
            if let failure { throw failure }
        }
        func close() { isClosed.withLock { $0 = true } }
        func abandon() { isClosed.withLock { $0 = true } }
    }

    /// A leader with epoch 3 whose copy ends at 10.
    static func log(
        _ table: Table, pause: @escaping @Sendable () -> Void = {}, lost: @escaping @Sendable () -> Void = {}
    ) -> LeaderLog {
        let log = LeaderLog(
            .init(lead: { _ throws(PostgresError) in try table.lead() }, pause: pause),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), copiedThrough: { _ in },
            lost: lost)
        log.begin(Session(table, epoch: 3), epoch: 3)
        return log
    }

    @Test func rowsGetTheLeadersEpoch() throws {
        let table = Table(), log = Self.log(table)
        let rows = try log.append([Self.row(11, 12), Self.row(13, 13)])
        #expect(rows.map(\.epoch) == [3, 3])
        #expect(table.state.withLock { $0.rows.map(\.first) } == [11, 13])
    }

    @Test func anAppendThatWasLostOnTheWayIsMadeAgainUnderTheNextEpoch() throws {
        let table = Table(), log = Self.log(table)
        table.state.withLock { state in
            state.faults = [.lostBefore]
            state.away = 3
        }
        #expect(try log.append([Self.row(11, 12)]).map(\.epoch) == [4])
        #expect(table.state.withLock { $0.rows.map(\.epoch) } == [4])
        #expect(log.epoch == 4)
        #expect(table.state.withLock { $0.attempts } == 4)
    }

    @Test func anAppendWhoseAnswerWasLostIsNotMadeTwice() throws {
        let table = Table(), log = Self.log(table)
        table.state.withLock { $0.faults = [.lostAfter] }
        #expect(try log.append([Self.row(11, 12)]).map(\.epoch) == [3])
        #expect(table.state.withLock { $0.rows.map(\.first) } == [11])
        // The next one goes by the new epoch.
        #expect(try log.append([Self.row(13, 13)]).map(\.epoch) == [4])
    }

    @Test(arguments: [-1, 1] as [Int64]) func aLeadershipThatSomebodyHasTakenIsOver(others: Int64) throws {
        let table = Table(), lost = Atomic<Int>(0), log = Self.log(table, lost: { lost.add(1, ordering: .relaxed) })
        table.state.withLock { state in
            state.faults = [.lostBefore]
            state.usurped = others
        }
        #expect(throws: LogError.self) { try log.append([Self.row(11, 12)]) }
        #expect(log.epoch == nil)
        #expect(lost.load(ordering: .relaxed) == 1)
        #expect(throws: LogError.self) { try log.append([Self.row(11, 12)]) }
        #expect(table.state.withLock { state in !state.rows.contains { $0.entries == [1, 2, 3] } })
    }

    /// Somebody led for a moment and appended nothing: this node's copy is still the whole log.
    @Test func aLeadershipBetweenThatAppendedNothingChangesNothing() throws {
        let table = Table(), log = Self.log(table)
        table.state.withLock { state in
            state.faults = [.lostBefore]
            state.usurped = 0
        }
        #expect(try log.append([Self.row(11, 12)]).map(\.epoch) == [5])
    }

    @Test func aFencedAppendIsNotTriedAgain() throws {
        let table = Table(), log = Self.log(table)
        table.state.withLock { $0.faults = [.fenced] }
        #expect(throws: LogError.self) { try log.append([Self.row(11, 12)]) }
        #expect(table.state.withLock { $0.attempts } == 0)
    }

    @Test func aServerThatRefusesIsTriedAgain() throws {
        let table = Table(), log = Self.log(table)
        table.state.withLock { $0.faults = [.refused, .none] }
        #expect(try log.append([Self.row(11, 12)]).count == 1)
    }

    @Test func followersGetWhatIsInTheLeadersCopyAndTheEndOfIt() async throws {
        let table = Table(), log = Self.log(table), feed = log.subscribe(after: 10)
        log.copied(try log.append([Self.row(11, 12)]))
        #expect(log.newest == RowMark(Self.row(11, 12).with(epoch: 3)))
        log.end(inOrder: true)
        #expect(!feed.offer(LinkFrame(Self.row(13, 13))))
        // Nobody subscribes to a node that does not lead.
        #expect(!log.subscribe(after: 12).offer(LinkFrame(Self.row(13, 13))))
    }

    @Test func followersLearnThatAnAppendWaits() throws {
        // The log pauses between attempts while the database is away.
        let table = Table(), running = Mutex<(log: LeaderLog, feed: Feed)?>(nil)
        let log = Self.log(table, pause: {
            guard let (log, feed) = running.withLock({ $0 }) else { return }
            let now = monotonicMs()
            log.reportWaiting(now: now)
            #expect(!log.waits(now: now) && feed.next(upTo: 10_000, wake: {}).frames.isEmpty)
            log.reportWaiting(now: now + LeaderLog.waitsAfter)
            #expect(feed.next(upTo: 10_000, wake: {}).frames.elementsEqual([.waiting]))
        })
        let feed = log.subscribe(after: 10)
        _ = feed.next(upTo: 10_000, wake: {})
        running.withLock { $0 = (log, feed) }
        table.state.withLock { state in
            state.faults = [.lostBefore]
            state.away = 1
        }
        _ = try log.append([Self.row(11, 12)])
        #expect(table.state.withLock { $0.attempts } == 2)
        log.reportWaiting(now: monotonicMs() + 60_000)
        #expect(feed.next(upTo: 10_000, wake: {}).frames.isEmpty)
    }

    /// Its link broke while the database was away, so it cannot read there what was sent meanwhile.
    @Test func aFollowerGetsWhatItMissed() throws {
        let log = Self.log(Table())
        log.followed([Self.row(9, 10)])
        log.copied(try log.append([Self.row(11, 12)]))
        log.copied(try log.append([Self.row(13, 13)]))
        func firsts(after position: Int64) -> [Int64] {
            log.subscribe(after: position).next(upTo: 10_000, wake: {}).frames.compactMap { message in
                if case .burst(let frame) = message { frame.first } else { nil }
            }
        }
        #expect(firsts(after: 8) == [9, 11, 13])
        #expect(firsts(after: 10) == [11, 13])
        #expect(firsts(after: 13) == [])
        // It has to read the rest first.
        #expect(firsts(after: 7) == [])
    }

    /// What changed records was told to the desks while nobody listened.
    @Test func whoMissedAChangeTellsEveryDesk() throws {
        let log = Self.log(Table())
        var change = Self.row(11, 11)
        change.changes = 1
        log.copied(try log.append([change]))
        let frames = log.subscribe(after: 10).next(upTo: 10_000, wake: {}).frames
        #expect(frames.last == .notice(Notice.work(.everybody).bytes))
        log.copied(try log.append([Self.row(12, 12)]))
        #expect(log.subscribe(after: 11).next(upTo: 10_000, wake: {}).frames.count == 2)
    }

    /// It is cut off from the database, and hears of the next leader from that one.
    @Test func anotherLeadershipEndsThisOne() throws {
        let table = Table(), lost = Atomic<Int>(0), log = Self.log(table, lost: { lost.add(1, ordering: .relaxed) })
        log.superseded(by: 2)
        log.superseded(by: 3)
        #expect(log.epoch == 3)
        log.superseded(by: 4)
        #expect(log.epoch == nil)
        #expect(throws: LogError.self) { try log.append([Self.row(11, 12)]) }
        log.superseded(by: 5)
        #expect(lost.load(ordering: .relaxed) == 1)
    }

    @Test func messagesReachTheFollowersInOrder() throws {
        let log = Self.log(Table()), feed = log.subscribe(after: 10)
        let message = DeskMessage(
            to: .operator("101"), from: "900", fromName: "監督", text: "次を取って", call: "c1", at: Timestamp(ms: 5))
        log.copied(try log.append([Self.row(11, 12)]))
        let all: [Notice] = [.message(message), .work(.everybody), .work(.operators(["102", "101"]))]
        for notice in all { log.send(notice) }
        let frames = feed.next(upTo: 10_000, wake: {}).frames
        let notices = frames.dropFirst(2).compactMap { frame in
            if case .notice(let bytes) = frame { Notice(bytes) } else { nil }
        }
        #expect(frames.count == 5 && notices == all)
        // What a newer version says and this one does not understand is left out.
        #expect(Notice(Array("{}".utf8)) == nil)
    }
}
