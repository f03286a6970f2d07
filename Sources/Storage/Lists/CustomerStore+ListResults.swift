import CallCenter
import SQLite

/// How many entries of a list were worked off with a result.
public struct ListCount: Equatable, Sendable {
    /// The list's name.
    public var list: String
    /// One of the centre's words.
    public var result: String
    /// How many entries.
    public var count: Int64

    /// Copies its arguments.
    init(list: String, result: String, count: Int64) {
        self.list = list
        self.result = result
        self.count = count
    }
}

extension CustomerStore {
    /// Of each list, by the result and the moment at which it was said.
    static let listResultsQuestion = """
        SELECT result, count(*) FROM list_work
        WHERE list=?1 AND worked_at>=?2 AND worked_at<?3 AND result IS NOT NULL GROUP BY result ORDER BY result
        """

    /// What came of entries of all lists in a period. An entry that was worked off twice counts once, by the newest
    /// result.
    public func listResults(in period: TimeSpan) throws(StoreError) -> [ListCount] {
        let lists = BuiltInList.allCases.map { ListSource.builtIn($0) } + (try savedLists()).map { .saved($0) }
        return try listed { database throws(SQLiteError) in
            let all = try database.prepare(CustomerStore.listResultsQuestion)
            var found: [ListCount] = []
            for list in lists {
                try all.bind(list.number, 1)
                try all.bind(period.from.ms, 2)
                try all.bind(period.to.ms, 3)
                while try all.step() {
                    found.append(ListCount(list: list.name, result: all.text(0) ?? "", count: all.int(1)))
                }
                all.reset()
            }
            return found
        }
    }
}
