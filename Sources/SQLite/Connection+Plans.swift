import CSQLite

/// What a connection runs, and how: for tests that nothing reads a whole table where it need not.
extension Connection {
    /// The texts of all statements that are prepared now, those that wait to be used again included.
    public var preparedTexts: [String] {
        var texts: [String] = [], statement = sqlite3_next_stmt(handle, nil)
        while let one = statement {
            if let text = sqlite3_sql(one) { texts.append(String(cString: text)) }
            statement = sqlite3_next_stmt(handle, one)
        }
        return texts
    }

    /// How SQLite runs a statement, a line for each step of its plan: `SEARCH phone USING INDEX …`, `SCAN customer`.
    public borrowing func plan(of sql: String) throws(SQLiteError) -> [String] {
        let steps = try prepare("EXPLAIN QUERY PLAN " + sql)
        var lines: [String] = []
        while try steps.step() { lines.append(steps.text(3) ?? "") }
        return lines
    }
}
