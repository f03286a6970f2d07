import CallCenter
import SQLite

/// What is asked of the view log.
public struct ViewQuery: Sendable {
    /// Of these viewers; nil for all.
    public var by: (@Sendable (Viewer) -> Bool)?
    /// Of this customer, exports of everybody included; nil for all.
    public var customer: Int64?
    /// When the customer was created: an export of everybody before that had other customers.
    public var customerSince: Timestamp?
    /// From this moment up to that one.
    public var from: Timestamp?
    /// The moment before which it was shown; nil for no bound.
    public var to: Timestamp?
    /// Views with a position below this.
    public var below: Int64?
    /// So many at most.
    public var limit: Int

    /// All views, the newest first.
    public init(limit: Int) { self.limit = limit }

    func matches(_ view: RecordView) -> Bool {
        if let from, view.at < from { return false }
        if let to, view.at >= to { return false }
        guard let customer else { return true }
        if view.customer == customer { return true }
        return view.customer == RecordView.everybody && customerSince.map { $0 <= view.at } ?? true
    }
}

/// A part of the view log, newest first.
public struct ViewPage: Sendable {
    /// A view, with its place in the log.
    public struct Line: Equatable, Sendable {
        /// The view's position in the log.
        public var seq: Int64
        /// Who was shown whom.
        public var view: RecordView

        /// Copies its arguments.
        public init(seq: Int64, view: RecordView) {
            self.seq = seq
            self.view = view
        }
    }
    /// The views, newest first.
    public var lines: [Line] = []
    /// Where to go on: views below this position were not looked at. nil when all were.
    public var next: Int64?
    /// The time from which on everything was looked at; nil when all was.
    public var reached: Timestamp?

    /// An empty page behind which nothing is.
    public init() {}
}

/// Reads the view log, over a connection of its own and beside the writer.
public enum ViewReader {
    /// Links that one page looks at, at most: a search for a rare viewer in years of views goes on with the next page.
    static let linksMax = 100_000
    /// The clock may have been set back: so many links are looked at beyond the one that its time says.
    static let clockSlack: Int64 = 1_000

    /// - Parameter directory: the state directory.
    public static func page(_ asked: ViewQuery, in directory: String) throws(StoreError) -> ViewPage {
        let database = try ViewsDatabase.reader(directory), path = ViewsDatabase.path(directory)
        do throws(SQLiteError) {
            try database.run("BEGIN")
            return try page(asked, database)
        } catch { throw StoreError(error, path: path) }
    }

    private static func page(_ asked: ViewQuery, _ database: borrowing Connection) throws(SQLiteError) -> ViewPage {
        var page = ViewPage()
        guard asked.limit > 0 else { return page }
        let highest = try bound(
            "SELECT max(first) FROM (SELECT first FROM link WHERE first_at<? ORDER BY first_at DESC LIMIT ?)",
            asked.to, database)
        // Where none began in time, the newest may reach into it.
        let lowest = try bound(
            "SELECT ifnull(min(first), (SELECT max(first) FROM link)) FROM "
                + "(SELECT first FROM link WHERE first_at>=? ORDER BY first_at LIMIT ?)",
            asked.from, database)
        let below = min(asked.below ?? .max, highest.map { $0 + 1 } ?? .max)
        if asked.to != nil, highest == nil { return page }
        let links = try database.prepare(asked.customer == nil ? everyLink : linksOfCustomer)
        try links.bind(below, 1)
        // The link before the first one that began in time may reach into it.
        try links.bind((lowest ?? 0) - Int64(ViewLog.viewsMax), 2)
        try links.bind(asked.customer, 3)
        var looked = 0
        while try links.step() {
            let first = links.int(0), firstAt = Timestamp(ms: links.int(1)), lastAt = Timestamp(ms: links.int(2))
            looked += 1
            let isInTime = asked.from.map { lastAt >= $0 } ?? true && asked.to.map { firstAt < $0 } ?? true
            if isInTime {
                // A row that cannot be read is for `verify` to tell.
                let views = links.withBytes(3) { bytes in (try? ViewBytes.decode(bytes)) ?? [] }
                for (i, view) in views.enumerated().reversed() {
                    let seq = first + Int64(i)
                    if let limit = asked.below, seq >= limit { continue }
                    guard asked.matches(view), asked.by?(view.by) ?? true else { continue }
                    if page.lines.count == asked.limit {
                        page.next = seq + 1
                        page.reached = page.lines.last?.view.at
                        return page
                    }
                    page.lines.append(ViewPage.Line(seq: seq, view: view))
                }
            }
            if looked == linksMax {
                page.next = first
                page.reached = firstAt
                return page
            }
        }
        return page
    }

    private static let everyLink = """
        SELECT first, first_at, last_at, body FROM link WHERE kind=0 AND first<?1 AND first>=?2 AND ?3 IS NULL \
        ORDER BY first DESC
        """
    private static let linksOfCustomer = """
        SELECT first, first_at, last_at, body FROM link WHERE kind=0 AND first IN (
          SELECT link FROM seen WHERE customer=?3 AND link<?1 AND link>=?2
          UNION SELECT link FROM seen WHERE customer=0 AND link<?1 AND link>=?2)
        ORDER BY first DESC
        """

    private static func bound(
        _ sql: String, _ time: Timestamp?, _ database: borrowing Connection
    ) throws(SQLiteError) -> Int64? {
        guard let time else { return nil }
        let found = try database.prepare(sql)
        try found.bind(time.ms, 1)
        try found.bind(clockSlack, 2)
        return try found.step() && !found.isNull(0) ? found.int(0) : nil
    }
}
