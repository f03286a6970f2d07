import CallCenter
import SQLite

/// Corrections of figures: what was written of calls after they had left memory.
extension CustomerStore {
    /// - Parameter seq: the log position of what was written. Kept again, it is the same.
    func write(_ late: PastFigures, of seq: Int64) throws(StoreError) {
        try with { state throws(SQLiteError) in
            try state.begin.run()
            for (place, cell) in late.queues {
                try CustomerStore.insert(place, "", seq, cell.outcomes, state.database)
            }
            for (who, parts) in late.operators {
                for (start, part) in parts {
                    let place = Ledger.Place(start: start, queue: "", tier: "", line: "")
                    try CustomerStore.insert(place, who, seq, part.outcomes, state.database)
                }
            }
            try state.noteNewest(seq)
            try state.commit.run()
        }
    }

    private static func insert(
        _ place: Ledger.Place, _ who: String, _ seq: Int64, _ outcomes: OutcomeFigures,
        _ database: borrowing Connection
    ) throws(SQLiteError) {
        let row = try database.prepare("INSERT OR REPLACE INTO late_outcome VALUES(?,?,?,?,?,?,?)")
        try row.bind(place.start.ms, 1)
        try row.bind(seq, 2)
        try row.bind(place.queue, 3)
        try row.bind(place.tier, 4)
        try row.bind(place.line, 5)
        try row.bind(who, 6)
        try row.bind(packed(outcomes.numbers), 7)
        try row.run()
    }

    /// The corrections of the intervals that begin from `from` up to `to`.
    public func lateOutcomes(from: Timestamp, to: Timestamp) throws(StoreError) -> PastFigures {
        try reading { state throws(SQLiteError) in
            var found = PastFigures(forgottenAt: to)
            let rows = try state.database.prepare(
                "SELECT start, queue, tier, line, operator, figures FROM late_outcome WHERE start>=? AND start<?")
            try rows.bind(from.ms, 1)
            try rows.bind(to.ms, 2)
            while try rows.step() {
                guard let outcomes = OutcomeFigures(numbers: rows.withBytes(5, CustomerStore.unpacked)) else {
                    continue
                }
                let start = Timestamp(ms: rows.int(0))
                if let who = rows.text(4), !who.isEmpty {
                    found.addLate(outcomes, of: who, at: start)
                } else {
                    let place = Ledger.Place(
                        start: start, queue: rows.text(1) ?? "", tier: rows.text(2) ?? "", line: rows.text(3) ?? "")
                    found.addLate(outcomes, at: place)
                }
            }
            return found
        }
    }
}
