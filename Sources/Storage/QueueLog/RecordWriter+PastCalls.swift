import CallCenter
import SQLite

/// Calls of past days, into the history and its figures.
extension RecordWriter {
    /// What became of some calls.
    struct PastWritten: Equatable, Sendable {
        var created = 0
        /// Calls that are there already.
        var known = 0
        /// A call with the id of one that another source told at the same time.
        var fromElsewhere: (id: String, source: String)?

        static func == (a: PastWritten, b: PastWritten) -> Bool { (a.created, a.known) == (b.created, b.known) }
    }

    /// Two calls with one id that began so close to each other are one, of which the source was said differently.
    /// Milliseconds.
    private static let sameWithin: Int64 = 120_000

    /// Writes calls that are not there yet, with what they add to the figures of queues, and figures of operators, in
    /// one transaction and one entry of the log.
    ///
    /// - Parameters:
    ///   - run: the import; nil only counts.
    ///   - part: of the import's entries, from 0; each has one of its own.
    func write(
        past calls: [Call], operators: [String: [Timestamp: OperatorFigures]], _ rules: QueueLogRules,
        of run: ImportRun?, part: Int64, at now: Timestamp
    ) throws(EditError) -> PastWritten {
        guard let run else {
            do throws(StoreError) {
                return try store.with { state throws(SQLiteError) in
                    var written = PastWritten()
                    for call in calls { _ = try RecordWriter.isNew(call, rules, state, &written) }
                    return written
                }
            } catch { throw .store(error) }
        }
        let origin = CustomerStore.State.Origin(
            at: now, author: Author(run.by, through: .import), importID: run.id)
        return try write(origin) { state, origin throws(EditError) in
            try records { () throws(SQLiteError) in
                var written = PastWritten(), changes: [RecordChange] = [], counted = Recount(policy: rules.policy)
                for call in calls {
                    guard try RecordWriter.isNew(call, rules, state, &written) else { continue }
                    counted.add(call)
                    let place = Int64(changes.count) + 1
                    changes.append(
                        .pastCall(
                            .init(importID: run.id, place: place, record: CallBytes.encode(call.past(number: place)))))
                }
                var figures = RecordChange.PastFigures(importID: run.id, part: part)
                for (place, cell) in counted.figures(gaps: [], skews: []).queues where !cell.isEmpty {
                    figures.queues.append(.init(place: place, numbers: cell.numbers))
                }
                figures.queues.sort { $0.place.order < $1.place.order }
                for (who, parts) in operators.sorted(by: { $0.key < $1.key }) {
                    for (start, one) in parts.sorted(by: { $0.key < $1.key }) where !rules.isLive(who, at: start) {
                        guard let more = try state.addition(one.numbers, of: who, at: start) else { continue }
                        figures.operators.append(.init(start: start, who: who, numbers: more))
                    }
                }
                if !figures.isEmpty {
                    try state.apply(.pastFigures(figures), origin)
                    changes.append(.pastFigures(figures))
                }
                return Outcome(written, changes)
            }
        }
    }

    private static func isNew(
        _ call: Call, _ rules: QueueLogRules, _ state: borrowing CustomerStore.State, _ written: inout PastWritten
    ) throws(SQLiteError) -> Bool {
        let id = call.key.call, kept = try state.knownCalls(id)
        guard !rules.liveCalls.contains(id), !kept.contains(where: { $0.source == call.key.source }) else {
            written.known += 1
            return false
        }
        let start = call.startedAt ?? Timestamp(ms: 0)
        if let other = kept.first(where: { abs($0.started - start) <= sameWithin }) {
            written.fromElsewhere = written.fromElsewhere ?? (id, other.source)
        }
        written.created += 1
        return true
    }

    /// Takes out what an import of calls added, its figures at last.
    func undoPastCalls(
        ofImport id: Int64, _ origin: CustomerStore.State.Origin, progress: (Int) -> Void
    ) throws(EditError) -> Undone {
        var undone = Undone(), last = Int64.min
        while true {
            let from = last
            let gone = try write(origin) { state, origin throws(EditError) in
                try records { () throws(SQLiteError) in
                    let numbers = try state.pastCalls(ofImport: id, after: from, limit: RecordWriter.pastAtOnce)
                    guard !numbers.isEmpty else {
                        try state.apply(.pastFiguresGone(importID: id), origin)
                        return Outcome(numbers, [.pastFiguresGone(importID: id)])
                    }
                    try state.apply(.pastCallsGone(numbers), origin)
                    return Outcome(numbers, [.pastCallsGone(numbers)])
                }
            }
            guard let end = gone.last else { return undone }
            last = end
            undone.deleted += gone.count
            progress(undone.deleted)
        }
    }

    /// Calls that are taken out in one transaction.
    private static let pastAtOnce: Int64 = 2_000
}

extension Ledger.Place {
    /// One order for all machines: entries of the log are the same bytes wherever they are made.
    fileprivate var order: (Int64, String, String, String) { (start.ms, queue, tier, line) }
}
