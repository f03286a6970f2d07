import SQLite

/// What a database says of the log that it was made from.
///
/// Found in whatever table has a column `log`, and in a table `log_mark`, so that databases which a later version adds
/// need no code here.
public struct DatabaseFacts: Equatable, Sendable, Codable {
    /// The identity of the log; nil for a database that belongs to none.
    public var log: String?
    /// The newest log position that anything in it was made from; nil for a database that does not know any.
    public var mark: Int64?
    /// The log position up to which changes of records are in it; nil when they were never in the log.
    public var changes: Int64?
    /// Whether customers or blocked numbers are in it; nil for a database that is not for them.
    public var hasCustomers: Bool?

    /// Copies its arguments.
    init(log: String? = nil, mark: Int64? = nil, changes: Int64? = nil, hasCustomers: Bool? = nil) {
        self.log = log
        self.mark = mark
        self.changes = changes
        self.hasCustomers = hasCustomers
    }

    /// Columns that have a position up to which the log was read.
    private static let marks: Set = ["newest", "through", "changes_through"]
    /// A table with a mark alone, and what is in it: the changes that were applied.
    private static let markTable = "log_mark"

    static func read(_ database: borrowing Connection) throws(SQLiteError) -> DatabaseFacts {
        var facts = DatabaseFacts()
        for table in try tables(database) {
            let columns = table.columns.filter(marks.contains).sorted()
            let log = table.columns.contains("log") ? "log" : "NULL"
            let chosen = ([log] + columns.map(quoted)).joined(separator: ", ")
            let rows = try database.prepare("SELECT \(chosen) FROM \(quoted(table.name)) LIMIT 1")
            guard try rows.step() else { continue }
            facts.log = facts.log ?? rows.text(0)
            for (place, column) in columns.enumerated() where !rows.isNull(Int32(place + 1)) {
                let mark = rows.int(Int32(place + 1))
                facts.mark = max(facts.mark ?? 0, mark)
                if table.name == markTable || column == "changes_through" { facts.changes = mark }
            }
        }
        let forCustomers = "SELECT count(*) FROM sqlite_schema WHERE type='table' AND name IN ('customer', 'blocked')"
        if try database.integer(forCustomers) == 2 {
            let isThere = "SELECT EXISTS(SELECT 1 FROM customer) OR EXISTS(SELECT 1 FROM blocked)"
            facts.hasCustomers = try database.integer(isThere) == 1
        }
        return facts
    }

    /// Writes another identity of the log wherever the old one stands.
    static func rename(_ database: borrowing Connection, from old: String, to new: String) throws(SQLiteError) {
        for table in try tables(database) where table.columns.contains("log") {
            let write = try database.prepare("UPDATE \(quoted(table.name)) SET log=?1 WHERE log=?2")
            try write.bind(new, 1)
            try write.bind(old, 2)
            try write.run()
        }
    }

    /// The tables that know the log, and their columns.
    private static func tables(_ database: borrowing Connection) throws(SQLiteError) -> [(
        name: String, columns: [String]
    )] {
        let all = try database.prepare(
            """
            SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
              WHERE m.type='table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' ORDER BY m.name
            """)
        var found: [String: [String]] = [:]
        while try all.step() {
            guard let table = all.text(0), let column = all.text(1) else { continue }
            found[table, default: []].append(column)
        }
        return found.filter { $0.value.contains("log") || $0.key == markTable }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    private static func quoted(_ name: String) -> String { "\"\(name.replacing("\"", with: "\"\""))\"" }
}
