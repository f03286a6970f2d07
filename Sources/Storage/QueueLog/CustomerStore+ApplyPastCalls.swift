import CallCenter
import SQLite

/// How calls of past days and their figures are applied to the history. Applied twice they are the same rows.
extension CustomerStore.State {
    /// Writes the calls of an entry. Their numbers are made of its position, which is known when it is in the log.
    borrowing func applyPastCalls(of entry: ChangeEntry, at seq: Int64) throws(SQLiteError) {
        var calls: [CallRow] = [], importID: Int64 = 0
        for change in entry.changes {
            guard case .pastCall(let one) = change, let call = one.call else { continue }
            calls.append(CallRow(call.past(number: one.number(at: seq))))
            importID = one.importID
        }
        guard !calls.isEmpty else { return }
        try write(calls)
        let belongs = try database.prepare("INSERT OR REPLACE INTO past_call VALUES(?,?)")
        for call in calls {
            try belongs.bind(importID, 1)
            try belongs.bind(call.number, 2)
            try belongs.runAgain()
        }
    }

    borrowing func apply(_ one: RecordChange.PastFigures) throws(SQLiteError) {
        let queues = try database.prepare("INSERT OR REPLACE INTO queue_figures VALUES(?,?,?,?,?,?)")
        for queue in one.queues {
            try queues.bind(queue.place.start.ms, 1)
            try queues.bind(queue.place.queue, 2)
            try queues.bind(queue.place.tier, 3)
            try queues.bind(queue.place.line, 4)
            try queues.bind(one.mark, 5)
            try queues.bind(CustomerStore.packed(queue.numbers), 6)
            try queues.runAgain()
        }
        let operators = try database.prepare("INSERT OR REPLACE INTO operator_figures VALUES(?,?,?,?)")
        for part in one.operators {
            try operators.bind(part.start.ms, 1)
            try operators.bind(part.who, 2)
            try operators.bind(one.mark, 3)
            try operators.bind(CustomerStore.packed(part.numbers), 4)
            try operators.runAgain()
        }
    }

    /// Deletes calls that came with an import, and what of them is in customers' histories.
    borrowing func apply(pastCallsGone numbers: [Int64]) throws(SQLiteError) {
        let tables = [("call", "number"), ("long_call", "number"), ("touchpoint", "id"), ("past_call", "number")]
        for (table, column) in tables {
            let gone = try database.prepare("DELETE FROM \(table) WHERE \(column)=?")
            for number in numbers {
                try gone.bind(number, 1)
                try gone.runAgain()
            }
        }
    }

    /// Deletes what an import added to the figures.
    borrowing func apply(pastFiguresGoneOfImport id: Int64) throws(SQLiteError) {
        let marks = RecordChange.PastFigures.marks(of: id)
        for table in ["queue_figures", "operator_figures"] {
            try database.run(
                "DELETE FROM \(table) WHERE forgotten_at BETWEEN \(marks.lowerBound) AND \(marks.upperBound)")
        }
    }

    // MARK: What is there

    /// The calls with an id that the history has: their sources, and when they began.
    borrowing func knownCalls(_ id: String) throws(SQLiteError) -> [(source: String, started: Timestamp)] {
        let all = try database.prepare("SELECT source, started FROM call WHERE id=?")
        try all.bind(id, 1)
        var found: [(source: String, started: Timestamp)] = []
        while try all.step() { found.append((all.text(0) ?? "", Timestamp(ms: all.int(1)))) }
        return found
    }

    /// What an operator's interval has beyond what is there: all of it where nothing is, nothing where live events made
    /// it or an earlier import knew more of it.
    borrowing func addition(
        _ new: [Int64], of who: String, at start: Timestamp
    ) throws(SQLiteError) -> [Int64]? {
        let all = try database.prepare(
            "SELECT forgotten_at, figures FROM operator_figures WHERE start=? AND operator=?")
        try all.bind(start.ms, 1)
        try all.bind(who, 2)
        var rest = new
        while try all.step() {
            guard all.int(0) < 0 else { return nil }
            let kept = all.withBytes(1, CustomerStore.unpacked)
            // An interval without an answered call has fewer numbers.
            if kept.count > rest.count { rest += [Int64](repeating: 0, count: kept.count - rest.count) }
            for i in kept.indices { rest[i] -= kept[i] }
        }
        return rest.allSatisfy { $0 >= 0 } && rest.contains { $0 > 0 } ? rest : nil
    }

    /// The calls that an import added, from a number on.
    borrowing func pastCalls(
        ofImport id: Int64, after number: Int64, limit: Int64
    ) throws(SQLiteError) -> [Int64] {
        let all = try database.prepare(
            "SELECT number FROM past_call WHERE import=? AND number>? ORDER BY number LIMIT ?")
        try all.bind(id, 1)
        try all.bind(number, 2)
        try all.bind(limit, 3)
        var found: [Int64] = []
        while try all.step() { found.append(all.int(0)) }
        return found
    }
}
