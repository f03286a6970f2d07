import SQLite

/// The numbered steps that bring a SQLite file from an empty one to the newest version of its schema.
///
/// `PRAGMA user_version` says how many steps a file has seen. Each step is one transaction together with its number, so
/// a start that is killed meanwhile goes on where it stopped. A step that was released is never changed: another schema
/// is another step.
struct Migrations: Sendable {
    /// SQL, oldest first.
    let steps: [String]

    /// The version of a file that has seen all steps.
    var newest: Int64 { Int64(steps.count) }

    enum Outcome: Equatable {
        case done(from: Int64)
        /// Made by a newer program; nothing was changed.
        case newer(Int64)
    }

    /// Runs the steps that a file has not seen yet.
    ///
    /// - Parameter working: called before each step, and several times a second during a long one.
    func run(on database: borrowing Connection, working: @escaping @Sendable () -> Void = {}) throws(SQLiteError)
        -> Outcome
    {
        let found = try database.integer("PRAGMA user_version") ?? 0
        guard found <= newest else { return .newer(found) }
        database.onProgress(working)
        defer { database.onProgress(nil) }
        for (i, step) in steps.enumerated().dropFirst(Int(found)) {
            working()
            do throws(SQLiteError) {
                try database.run("BEGIN IMMEDIATE; \(step); PRAGMA user_version=\(i + 1); COMMIT")
            } catch {
                if database.inTransaction { try? database.run("ROLLBACK") }
                throw error
            }
        }
        return .done(from: found)
    }
}
