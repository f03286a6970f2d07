import SQLite

/// Every row of a database, as one text each; tables that an index makes for itself have no rows of their own.
enum DatabaseRows {
    static func read(_ path: String) throws -> [String: [String]] {
        let database = try Connection(path: path, readOnly: true)
        var rows: [String: [String]] = [:]
        for table in try texts("SELECT name FROM pragma_table_list WHERE schema='main' AND type='table'", database) {
            let columns = try texts(
                "SELECT name FROM pragma_table_xinfo('\(table)') WHERE hidden IN (0, 2, 3)", database)
            let row = columns.map { "quote(\"\($0)\")" }.joined(separator: " || '|' || ")
            rows[table] = try texts("SELECT \(row) FROM \"\(table)\" ORDER BY 1", database)
        }
        return rows
    }

    private static func texts(_ sql: String, _ database: borrowing Connection) throws -> [String] {
        let query = try database.prepare(sql)
        var found: [String] = []
        while try query.step() { found.append(query.text(0) ?? "") }
        return found
    }
}
