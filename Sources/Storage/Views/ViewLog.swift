import CallCenter
import SQLite
import Synchronization

/// Writes the view log: who saw which customer's record. A batch is one row, one link of the hash chain and one
/// transaction, on disk when `append` returns. Methods throw `StoreError`.
public final class ViewLog: Sendable {
    /// What the lock guards.
    private struct State: ~Copyable {
        let database: Connection
        let insert: Statement
        let index: Statement
        var head: ViewMark
    }
    private let state: Mutex<State>
    private let path: String
    /// What is not right with the end of the file, in a sentence for the administrator; nil when it ends as it was
    /// written.
    public let notice: String?

    /// Views in a link, at most: reading one means reading all of them.
    public static let viewsMax = 2_048
    /// Links that one step of `cut` removes, at most.
    static let cutMax: Int64 = 2_000

    /// Opens the file, and makes it when it is not there.
    public static func open(directory: String) throws(StoreError) -> ViewLog {
        let path = ViewsDatabase.path(directory)
        let database = try SecretDatabase.open(path, ViewsDatabase.migrations)
        do throws(SQLiteError) {
            let head = try ViewMark.read("head", database)
            var newest: ViewMark?
            let row = try database.prepare("SELECT first+count-1, hash FROM link ORDER BY first DESC LIMIT 1")
            if try row.step() { newest = ViewMark(seq: row.int(0), hash: row.withBytes(1) { Array($0) }) }
            if newest == nil { newest = try ViewMark.read("anchor", database) }
            let end = newest
            // Whatever was done to the file, the chain goes on behind both, and `verify` finds the break.
            let last = max(head?.seq ?? 0, end?.seq ?? 0)
            let hash = head?.hash ?? [UInt8](repeating: 0, count: ViewLink.hashBytes)
            let insert = try database.prepare(
                "INSERT INTO link(first, kind, count, first_at, last_at, hash, body) VALUES(?,?,?,?,?,?,?)")
            let index = try database.prepare("INSERT OR IGNORE INTO seen(customer, link) VALUES(?,?)")
            row.reset()
            let notice =
                head != nil && head == end
                ? nil : "\(path) does not end as it was written; screenpop audit verify says what is not right"
            return ViewLog(
                path: path,
                state: State(
                    database: database, insert: insert, index: index, head: ViewMark(seq: last, hash: hash)),
                notice: notice)
        } catch { throw StoreError(error, path: path) }
    }

    private init(path: String, state: consuming sending State, notice: String?) {
        self.path = path
        self.state = Mutex(state)
        self.notice = notice
    }

    /// The newest entry's position, and the hash of its link.
    public var head: ViewMark { state.withLock { $0.head } }

    /// Writes views, in links of `viewsMax` at most. When it throws, nothing of them is on disk.
    public func append(_ views: [RecordView]) throws(StoreError) {
        guard !views.isEmpty else { return }
        try transaction { state throws(SQLiteError) in
            var rest = views[...]
            while !rest.isEmpty {
                let part = Array(rest.prefix(ViewLog.viewsMax))
                rest = rest.dropFirst(part.count)
                let times = part.map(\.at.ms)
                let link = ViewLink(
                    kind: ViewLink.Kind.views.rawValue, first: state.head.seq + 1, count: Int64(part.count),
                    firstAt: times.min() ?? 0, lastAt: times.max() ?? 0, body: ViewBytes.encode(part))
                try ViewLog.insert(link, &state)
                for customer in Set(part.map(\.customer)) {
                    try state.index.bind(customer, 1)
                    try state.index.bind(link.first, 2)
                    try state.index.run()
                }
            }
        }
    }

    /// Removes the oldest links whose views are all older than `time`, some at a time. That they were removed is an
    /// entry of the chain, and the chain begins behind them.
    ///
    /// - Parameter now: the time of that entry.
    /// - Returns: whether there is more to remove.
    public func cut(before time: Timestamp, now: Timestamp) throws(StoreError) -> Bool {
        try transaction { state throws(SQLiteError) in
            let old = try state.database.prepare(
                "SELECT first, count, last_at, hash, kind, body FROM link ORDER BY first LIMIT ?")
            try old.bind(ViewLog.cutMax, 1)
            let forget = try state.database.prepare("DELETE FROM seen WHERE customer=? AND link=?")
            var removed: (anchor: ViewMark, links: Int64)?
            while try old.step() {
                guard old.int(2) < time.ms else { break }
                let first = old.int(0)
                removed = (
                    ViewMark(seq: first + old.int(1) - 1, hash: old.withBytes(3) { Array($0) }),
                    (removed?.links ?? 0) + 1
                )
                guard old.int(4) == ViewLink.Kind.views.rawValue else { continue }
                for customer in ViewLog.customers(old) {
                    try forget.bind(customer, 1)
                    try forget.bind(first, 2)
                    try forget.run()
                }
            }
            old.reset()
            guard let removed else { return false }
            let delete = try state.database.prepare("DELETE FROM link WHERE first<=?")
            try delete.bind(removed.anchor.seq, 1)
            try delete.run()
            let cut = ViewCut(through: removed.anchor.seq, hash: removed.anchor.hash)
            try ViewLog.insert(
                ViewLink(
                    kind: ViewLink.Kind.cut.rawValue, first: state.head.seq + 1, count: 1, firstAt: now.ms,
                    lastAt: now.ms, body: cut.bytes), &state)
            try removed.anchor.write("anchor", state.database)
            return removed.links == ViewLog.cutMax
        }
    }

    private static func customers(_ row: borrowing Statement) -> Set<Int64> {
        let views = row.withBytes(5) { bytes in try? ViewBytes.decode(bytes) }
        return Set((views ?? []).map(\.customer))
    }

    private static func insert(_ link: ViewLink, _ state: inout State) throws(SQLiteError) {
        let hash = link.hash(after: state.head.hash)
        try state.insert.bind(link.first, 1)
        try state.insert.bind(link.kind, 2)
        try state.insert.bind(link.count, 3)
        try state.insert.bind(link.firstAt, 4)
        try state.insert.bind(link.lastAt, 5)
        try state.insert.bind(hash, 6)
        try state.insert.bind(link.body, 7)
        try state.insert.run()
        state.head = ViewMark(seq: link.last, hash: hash)
    }

    /// Runs changes as one transaction, and writes the new head with them.
    private func transaction<Answer: Sendable>(
        _ work: (inout State) throws(SQLiteError) -> Answer
    ) throws(StoreError) -> Answer {
        let answer: Result<Answer, SQLiteError> = state.withLock { state in
            let before = state.head
            do throws(SQLiteError) {
                try state.database.run("BEGIN IMMEDIATE")
                let made = try work(&state)
                if state.head != before { try state.head.write("head", state.database) }
                try state.database.run("COMMIT")
                return .success(made)
            } catch {
                state.head = before
                if state.database.inTransaction { try? state.database.run("ROLLBACK") }
                return .failure(error)
            }
        }
        do throws(SQLiteError) { return try answer.get() } catch { throw StoreError(error, path: path) }
    }
}
