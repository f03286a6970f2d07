import CallCenter
import SQLite

/// What came of a customer in a list that somebody works through.
public struct ListOutcome: Equatable, Sendable {
    /// A built-in one's name, or a saved one's.
    public var list: String
    /// nil for a saved list.
    public var builtIn: BuiltInList?
    /// What a saved list is called; nil for a built-in one.
    public var title: String?
    /// The customer who was worked off, who may be a part of another now.
    public var customer: Int64
    /// What came of it.
    public var result: ListResult
    /// One number for each list and customer, by which results of one moment are ordered.
    var place: Int64

    /// Of a customer, and of those who are a part of it now.
    static func read(
        _ database: borrowing Connection, of customer: Int64
    ) throws(SQLiteError) -> [ListOutcome] {
        let all = try database.prepare(
            """
            SELECT list, customer, result, note, worked_by, worked_at FROM list_work
            WHERE customer IN (SELECT ?1 UNION SELECT id FROM merged_customer WHERE now_id=?1)
              AND result IS NOT NULL AND worked_at IS NOT NULL
            """)
        try all.bind(customer, 1)
        var found: [ListOutcome] = []
        while try all.step() {
            let number = all.int(0)
            let builtIn = BuiltInList.allCases.first { $0.number == number }
            let saved = try builtIn == nil ? CustomerList.read(database, "WHERE id=?1", .int(number)).first : nil
            guard let name = builtIn?.rawValue ?? saved?.name else { continue }
            let result = ListResult(
                result: all.text(2) ?? "", note: all.text(3), by: all.text(4), at: Timestamp(ms: all.int(5)))
            let who = all.int(1)
            found.append(
                ListOutcome(
                    list: name, builtIn: builtIn, title: saved?.content.title, customer: who, result: result,
                    // Customers who are one have results in one list.
                    place: number &* 1_048_576 &+ who % 1_048_576))
        }
        return found
    }
}
