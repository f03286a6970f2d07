import CallCenter
import SQLite

/// The table of what operators did with fields.
enum NoteCostTables {
    /// A row for each day, queue, operator and field: a centre of 40 operators has about a thousand a day. Without a
    /// queue, or without an operator, the text is empty.
    static let schema = """
        CREATE TABLE field_use(
          day INTEGER NOT NULL, queue TEXT NOT NULL, operator TEXT NOT NULL, field TEXT NOT NULL, \
        filled INTEGER NOT NULL, timed INTEGER NOT NULL, spent INTEGER NOT NULL, shown INTEGER NOT NULL, \
        opened INTEGER NOT NULL, PRIMARY KEY(day, queue, operator, field)) STRICT, WITHOUT ROWID
        """
}

extension CustomerStore.State {
    /// A sum as it is after a change, in the log.
    borrowing func apply(_ use: FieldUse) throws(SQLiteError) {
        let write = try database.prepare("INSERT OR REPLACE INTO field_use VALUES(?,?,?,?,?,?,?,?,?)")
        try write.bind(use.key.day, 1)
        try write.bind(use.key.queue, 2)
        try write.bind(use.key.operator, 3)
        try write.bind(use.key.field, 4)
        let counts = use.counts
        for (place, number) in [counts.filled, counts.timed, counts.spent, counts.shown, counts.opened].enumerated() {
            try write.bind(number, Int32(place + 5))
        }
        try write.run()
    }

    /// What is counted so far.
    borrowing func counts(of key: FieldUse.Key) throws(SQLiteError) -> FieldCounts {
        let one = try database.prepare(
            """
            SELECT filled, timed, spent, shown, opened FROM field_use
            WHERE day=? AND queue=? AND operator=? AND field=?
            """)
        try one.bind(key.day, 1)
        try one.bind(key.queue, 2)
        try one.bind(key.operator, 3)
        try one.bind(key.field, 4)
        guard try one.step() else { return FieldCounts() }
        return FieldCounts(one, 0)
    }
}

extension FieldCounts {
    fileprivate init(_ row: borrowing Statement, _ first: Int32) {
        self.init(
            filled: row.int(first), timed: row.int(first + 1), spent: row.int(first + 2), shown: row.int(first + 3),
            opened: row.int(first + 4))
    }
}

extension RecordWriter {
    /// Adds what an operator did with fields to the sums of the day.
    public func add(_ uses: [FieldUse], by author: Author, at now: Timestamp) throws(EditError) {
        let origin = CustomerStore.State.Origin(at: now, author: author)
        try write(origin) { state, _ throws(EditError) in
            let sums = try records { () throws(SQLiteError) in
                var sums: [FieldUse] = []
                for use in uses where !use.counts.isEmpty {
                    var sum = FieldUse(use.key, try state.counts(of: use.key))
                    sum.counts += use.counts
                    try state.apply(sum)
                    sums.append(sum)
                }
                return sums
            }
            return Outcome((), sums.map { .fieldUse($0) })
        }
    }
}

extension CustomerStore {
    /// What operators did with fields from a day to another one, both included; days since 1970-01-01.
    public func fieldUses(from first: Int64, to last: Int64) throws(StoreError) -> [FieldUse] {
        try listed { database throws(SQLiteError) in
            let all = try database.prepare(
                """
                SELECT day, queue, operator, field, filled, timed, spent, shown, opened FROM field_use
                WHERE day>=? AND day<=?
                """)
            try all.bind(first, 1)
            try all.bind(last, 2)
            var found: [FieldUse] = []
            while try all.step() {
                let key = FieldUse.Key(
                    day: all.int(0), queue: all.text(1) ?? "", operator: all.text(2) ?? "", field: all.text(3) ?? "")
                found.append(FieldUse(key, FieldCounts(all, 4)))
            }
            return found
        }
    }

    /// Notes on customers, by the time at which they were written: no rows of imports.
    static let writtenNotes = """
        SELECT v.at, v.who, i.fields FROM item_version v JOIN customer_item i ON i.id=v.item
        WHERE v.import IS NULL AND v.at>=?1 AND v.at<?2 AND v.version=1 AND v.kind=?3
        """
    /// Cases and promises that somebody opened.
    static let writtenCases = """
        SELECT v.at, v.who, k.kind, k.spent FROM case_version v JOIN customer_case k ON k.id=v.case_id
        WHERE v.at>=?1 AND v.at<?2 AND v.version=1 AND k.created_by IS NOT NULL
        """

    /// Calls `handle` with the notes, cases and promises that operators wrote outside calls: the field, the time, who,
    /// and how long it took in milliseconds, nil where nobody measured it.
    public func written(
        from: Timestamp, to: Timestamp, _ handle: (String, Timestamp, String, Int64?) -> Void
    ) throws(StoreError) {
        let found = try listed { database throws(SQLiteError) in
            var found: [(field: String, at: Timestamp, by: String, spent: Int64?)] = []
            let notes = try database.prepare(CustomerStore.writtenNotes)
            try notes.bind(from.ms, 1)
            try notes.bind(to.ms, 2)
            try notes.bind(CustomerItem.Kind.note.rawValue, 3)
            while try notes.step() {
                let bytes = notes.withBytes(2) { Array($0) }
                guard case .note(let one)? = try? CustomerItem.Content(packed: bytes) else { continue }
                found.append(("customer_note", Timestamp(ms: notes.int(0)), notes.text(1) ?? "", one.spent))
            }
            let cases = try database.prepare(CustomerStore.writtenCases)
            try cases.bind(from.ms, 1)
            try cases.bind(to.ms, 2)
            while try cases.step() {
                let spent = cases.isNull(3) ? nil : cases.int(3)
                found.append((cases.text(2) ?? "case", Timestamp(ms: cases.int(0)), cases.text(1) ?? "", spent))
            }
            return found
        }
        for one in found { handle(one.field, one.at, one.by, one.spent) }
    }
}
