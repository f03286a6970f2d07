import SQLite

/// The numbered steps that migrate a SQLite file from an empty one to the newest schema version.
///
/// `PRAGMA user_version` has the number of applied steps. Each step and its number are one transaction, so a start that
/// was killed continues where it stopped. A released step is never changed: a schema change is a new step.
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

    /// Runs the missing steps.
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
