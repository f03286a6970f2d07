import Dispatch
import Logging
import NodeLink
import PostgresLog
import Storage
import Synchronization
import Workers

/// The shared log, as the engine's commits append to it while this node leads.
///
/// An append that is not answered is not given up: its fate is learned after the connection is there again, by the end
/// of the log. Only a node that has lost the right to append is told that an append failed.
final class LeaderLog: LogAuthority {
    /// What the appends need; the blocking calls of `PostgresLog` behind it.
    struct Database: Sendable {
        /// Gets the lock again and the next epoch, after the connection broke. The server's process of that connection
        /// is ended when it still has the lock.
        var lead: @Sendable (_ ending: Int32) throws(PostgresError) -> (session: any LeadingSession, head: LogHead)
        /// Waits before another attempt.
        var pause: @Sendable () -> Void = { DispatchSemaphore(value: 0).wait(for: .milliseconds(200)) }
    }

    private struct State {
        var session: (any LeadingSession)?
        var epoch: Int64 = 0
        /// The epoch that this leadership began with. It stays when the connection broke and nobody else led meanwhile.
        var term: Int64 = 0
        /// Appends fail from now on: the leadership has ended.
        var isLost = true
        var feeds: [Feed] = []
        var isAway = false
        /// When the append that runs began; nil when none does. Monotonic milliseconds.
        var appendingSince: Int64?
        /// The newest row that this node has appended.
        var newest: RowMark?
        /// Of what it has appended and what it has followed.
        var recent = RecentRows(bytesMax: 8 << 20)
    }
    private let state = Mutex(State())
    private let database: Database
    private let logger: Logger
    /// Called once when this node may not append any more, on any thread.
    private let lost: @Sendable () -> Void
    /// Called with the end of this node's copy after each append.
    private let copiedThrough: @Sendable (Int64) -> Void

    init(
        _ database: Database, logger: Logger, copiedThrough: @escaping @Sendable (Int64) -> Void,
        lost: @escaping @Sendable () -> Void
    ) {
        self.database = database
        self.logger = logger
        self.copiedThrough = copiedThrough
        self.lost = lost
    }

    /// The newest row that this node has appended; nil when it has appended none.
    var newest: RowMark? { state.withLock { $0.newest } }

    /// The epoch of this node's leadership; nil when it does not lead.
    var epoch: Int64? { state.withLock { $0.isLost ? nil : $0.epoch } }
    /// Which leadership of this node this is; nil when it does not lead.
    var term: Int64? { state.withLock { $0.isLost ? nil : $0.term } }
    /// Whether an append waits for the database to be there again.
    var isAway: Bool { state.withLock { $0.isAway } }

    /// An append that lasts longer waits for the database: it takes some milliseconds. The desks of the followers come
    /// to this node then. A second later would be too late for pops to be back within two. Milliseconds.
    static let waitsAfter: Int64 = 500

    /// Whether an append waits for the database.
    ///
    /// - Parameter now: a monotonic clock. Milliseconds.
    func waits(now: Int64) -> Bool {
        state.withLock { state in
            !state.isLost && state.appendingSince.map { now - $0 >= LeaderLog.waitsAfter } ?? false
        }
    }

    func begin(_ session: any LeadingSession, epoch: Int64) {
        state.withLock { state in
            state.session = session
            state.epoch = epoch
            state.term = epoch
            state.isLost = false
        }
    }

    /// Ends the leadership: a running append returns soon, and followers are told by the end of their feeds.
    ///
    /// - Parameter inOrder: the lock is given back; otherwise the connection is only closed.
    func end(inOrder: Bool) {
        let (session, feeds) = state.withLock { state in
            defer {
                state.session = nil
                state.isLost = true
                state.feeds = []
            }
            return (state.session, state.feeds)
        }
        if inOrder { session?.close() } else { session?.abandon() }
        for feed in feeds { feed.end() }
    }

    // MARK: Followers

    /// A follower's queue of what comes after a position: what it has missed, where that is kept, and what is appended
    /// from now on.
    func subscribe(after position: Int64) -> Feed {
        let feed = Feed(bytesMax: 16 << 20)
        let isOpen = state.withLock { state in
            guard !state.isLost else { return false }
            let missed = state.recent.after(position)
            // That it says whom changes concern: leaders of earlier versions do not.
            _ = feed.offer(.notice(Notice.work(.operators([])).bytes))
            for row in missed { _ = feed.offer(LinkFrame(row)) }
            // What was said of them was said while nobody listened.
            if missed.contains(where: { $0.changes > 0 }) { _ = feed.offer(.notice(Notice.work(.everybody).bytes)) }
            state.feeds.append(feed)
            return true
        }
        if !isOpen { feed.end() }
        return feed
    }

    /// Keeps rows that this node has followed, for those that follow it when it leads.
    func followed(_ rows: [LogRow]) { state.withLock { $0.recent.add(rows) } }

    /// Sends the followers what is no part of the log.
    func send(_ notice: Notice) {
        let feeds = state.withLock { $0.feeds }
        guard !feeds.isEmpty else { return }
        let bytes = notice.bytes
        drop(feeds.filter { !$0.offer(.notice(bytes)) })
    }

    /// Says so to the followers while an append waits. To be called some times a second: followers that subscribe
    /// meanwhile learn it too, and nothing has to be called back.
    func reportWaiting(now: Int64) {
        guard waits(now: now) else { return }
        let feeds = state.withLock { $0.feeds }
        drop(feeds.filter { !$0.offer(.waiting) })
    }

    func copied(_ rows: [LogRow]) {
        let feeds = state.withLock { state in
            state.newest = rows.last.map(RowMark.init) ?? state.newest
            state.recent.add(rows)
            return state.feeds
        }
        if let last = rows.last?.last { copiedThrough(last) }
        guard !feeds.isEmpty else { return }
        drop(feeds.filter { feed in !rows.allSatisfy { feed.offer(LinkFrame($0)) } })
    }

    /// A follower that does not keep up is dropped. It reads the database and subscribes again.
    private func drop(_ dropped: [Feed]) {
        guard !dropped.isEmpty else { return }
        for feed in dropped { feed.end() }
        state.withLock { state in state.feeds.removeAll { feed in dropped.contains { $0 === feed } } }
    }

    func failed(_ error: LogError) {
        logger.error("this node's copy of the log cannot be written, so it does not lead any more: \(error)")
        lose()
    }

    /// Another node says that it leads.
    ///
    /// - Parameter epoch: of its leadership: a later one ends this node's, whose appends are refused since it began.
    func superseded(by epoch: Int64) { if let own = self.epoch, own < epoch { lose() } }

    private func lose() {
        let wasLeading = state.withLock { state in
            defer { state.isLost = true }
            return !state.isLost
        }
        if wasLeading { lost() }
    }

    // MARK: Appending

    private static let notLeading = LogError.notLeading("This node does not lead any more.")

    func append(_ rows: [LogRow]) throws(LogError) -> [LogRow] {
        guard let before = rows.first.map({ $0.first - 1 }), let last = rows.last?.last else { return rows }
        state.withLock { $0.appendingSince = monotonicMs() }
        defer { state.withLock { $0.appendingSince = nil } }
        while true {
            let current = state.withLock { $0.isLost ? nil : $0.session.map { (session: $0, epoch: $0.epoch) } }
            guard let current else { throw LeaderLog.notLeading }
            let attempt = rows.map { $0.with(epoch: current.epoch) }
            do throws(PostgresError) {
                try current.session.append(attempt.map(BurstRow.init), expecting: before)
                return attempt
            } catch {
                switch error {
                case .fenced, .held:
                    lose()
                    throw LeaderLog.notLeading
                case .unavailable(let why), .refused(let why):
                    note(away: why)
                }
            }
            // What became of it is learned from the end of the log.
            guard let head = leadAgain(ending: current.session.pid) else {
                lose()
                throw LeaderLog.notLeading
            }
            note(away: nil)
            if head.last == last, head.newestEpoch == current.epoch { return attempt }
            guard head.last == before else {
                lose()
                throw LeaderLog.notLeading
            }
        }
    }

    /// Gets the lock again, as long as nobody else has it; nil when somebody has.
    private func leadAgain(ending pid: Int32) -> LogHead? {
        while true {
            guard state.withLock({ !$0.isLost }) else { return nil }
            do throws(PostgresError) {
                let (session, head) = try database.lead(pid)
                let isLeading = state.withLock { state in
                    guard !state.isLost else { return false }
                    state.session = session
                    state.epoch = session.epoch
                    return true
                }
                if isLeading { return head }
                session.close()
                return nil
            } catch {
                switch error {
                case .fenced, .held: return nil
                case .unavailable, .refused: database.pause()
                }
            }
        }
    }

    /// Says once that the database is away, and once that it is back.
    private func note(away why: String?) {
        let wasAway = state.withLock { state in
            defer { state.isAway = why != nil }
            return state.isAway
        }
        if let why, !wasAway {
            logger.error("the database of the log is away, calls go on and events wait: \(why)")
        } else if why == nil, wasAway {
            logger.notice("the database of the log is back")
        }
    }
}

/// Which row is the last of a copy.
struct RowMark: Equatable, Sendable {
    var last: Int64
    var epoch: Int64

    init(_ row: LogRow) { (last, epoch) = (row.last, row.epoch) }
}

/// A leader's session with the database, as far as appends need it.
protocol LeadingSession: AnyObject, Sendable {
    var epoch: Int64 { get }
    /// The server's process of the session.
    var pid: Int32 { get }
    func append(_ rows: [BurstRow], expecting last: Int64) throws(PostgresError)
    func close()
    func abandon()
}

extension LeaderSession: LeadingSession {}

extension LogRow {
    func with(epoch: Int64) -> LogRow {
        var row = self
        row.epoch = epoch
        return row
    }

    init(_ row: BurstRow) {
        self.init(
            first: row.first, last: row.last, epoch: row.epoch, readAt: row.readAt, changes: row.changes,
            entries: row.entries)
    }

    init(_ frame: LinkFrame) {
        self.init(
            first: frame.first, last: frame.last, epoch: frame.epoch, readAt: frame.readAt, changes: frame.changes,
            entries: frame.entries)
    }
}

extension BurstRow {
    init(_ row: LogRow) {
        self.init(
            first: row.first, last: row.last, epoch: row.epoch, readAt: row.readAt, changes: row.changes,
            entries: row.entries)
    }
}

extension LinkFrame {
    init(_ row: LogRow) {
        self.init(
            first: row.first, last: row.last, epoch: row.epoch, readAt: row.readAt, changes: row.changes,
            entries: row.entries)
    }
}

extension DispatchSemaphore {
    /// Waits for the time, unless it is signalled.
    fileprivate func wait(for time: DispatchTimeInterval) { _ = wait(timeout: .now() + time) }
}
