import CallCenter
import SQLite

/// Figures that have left memory, by interval, kept for years.
extension CustomerStore {
    /// Writes figures. The same figures may come again after a crash, and are then replaced by equal ones.
    public func write(_ all: [PastFigures]) throws(StoreError) {
        if all.isEmpty { return }
        try with { state throws(SQLiteError) in
            try state.begin.run()
            let queues = try state.database.prepare("INSERT OR REPLACE INTO queue_figures VALUES(?,?,?,?,?,?)")
            let operators = try state.database.prepare("INSERT OR REPLACE INTO operator_figures VALUES(?,?,?,?)")
            let gaps = try state.database.prepare("INSERT OR REPLACE INTO link_gap VALUES(?,?,?)")
            let skews = try state.database.prepare("INSERT OR REPLACE INTO clock_skew VALUES(?,?,?,?)")
            for past in all {
                for (place, figures) in past.queues {
                    try queues.bind(place.start.ms, 1)
                    try queues.bind(place.queue, 2)
                    try queues.bind(place.tier, 3)
                    try queues.bind(place.line, 4)
                    try queues.bind(past.forgottenAt.ms, 5)
                    try queues.bind(CustomerStore.packed(figures.numbers), 6)
                    try queues.runAgain()
                }
                for (who, parts) in past.operators {
                    for (start, figures) in parts {
                        try operators.bind(start.ms, 1)
                        try operators.bind(who, 2)
                        try operators.bind(past.forgottenAt.ms, 3)
                        try operators.bind(CustomerStore.packed(figures.numbers), 4)
                        try operators.runAgain()
                    }
                }
                for gap in past.gaps {
                    try gaps.bind(gap.source, 1)
                    try gaps.bind(gap.from.ms, 2)
                    try gaps.bind(gap.to?.ms, 3)
                    try gaps.runAgain()
                }
                for skew in past.skews {
                    try skews.bind(skew.source, 1)
                    try skews.bind(skew.from.ms, 2)
                    try skews.bind(skew.to?.ms, 3)
                    try skews.bind(skew.ahead, 4)
                    try skews.runAgain()
                }
            }
            try state.commit.run()
        }
    }

    /// The figures kept of the intervals that begin from `from` up to `to` and left memory no later than `through`,
    /// without those that left it at the times `other`.
    public func figures(
        from: Timestamp, to: Timestamp, forgottenThrough through: Timestamp, without other: Set<Timestamp>
    ) throws(StoreError) -> PastFigures {
        try reading { state throws(SQLiteError) in
            var found = PastFigures(forgottenAt: to)
            let queues = try state.database.prepare(
                "SELECT start, queue, tier, line, forgotten_at, figures FROM queue_figures WHERE start>=? AND start<? "
                    + "AND forgotten_at<=?"
            )
            try queues.bind(from.ms, 1)
            try queues.bind(to.ms, 2)
            try queues.bind(through.ms, 3)
            while try queues.step() {
                guard !other.contains(Timestamp(ms: queues.int(4))),
                    let figures = QueueFigures(numbers: queues.withBytes(5, CustomerStore.unpacked))
                else { continue }
                let place = Ledger.Place(
                    start: Timestamp(ms: queues.int(0)), queue: queues.text(1) ?? "", tier: queues.text(2) ?? "",
                    line: queues.text(3) ?? "")
                found.add(figures, at: place)
            }
            let operators = try state.database.prepare(
                "SELECT start, operator, forgotten_at, figures FROM operator_figures WHERE start>=? AND start<? AND "
                    + "forgotten_at<=?"
            )
            try operators.bind(from.ms, 1)
            try operators.bind(to.ms, 2)
            try operators.bind(through.ms, 3)
            while try operators.step() {
                guard !other.contains(Timestamp(ms: operators.int(2))),
                    let figures = OperatorFigures(numbers: operators.withBytes(3, CustomerStore.unpacked))
                else { continue }
                found.add(figures, of: operators.text(1) ?? "", at: Timestamp(ms: operators.int(0)))
            }
            let gaps = try state.database.prepare(
                "SELECT source, since, until FROM link_gap WHERE since<? AND (until IS NULL OR until>=?)")
            try gaps.bind(to.ms, 1)
            try gaps.bind(from.ms, 2)
            while try gaps.step() {
                let gap = Centre.LinkGap(
                    source: gaps.text(0) ?? "", from: Timestamp(ms: gaps.int(1)),
                    to: gaps.isNull(2) ? nil : Timestamp(ms: gaps.int(2)))
                found.gaps.append(gap)
            }
            let skews = try state.database.prepare(
                "SELECT source, since, until, ahead FROM clock_skew WHERE since<? AND (until IS NULL OR until>=?)")
            try skews.bind(to.ms, 1)
            try skews.bind(from.ms, 2)
            while try skews.step() {
                let until = skews.isNull(2) ? nil : Timestamp(ms: skews.int(2))
                found.skews.append(
                    ClockSkew(
                        source: skews.text(0) ?? "", from: Timestamp(ms: skews.int(1)), to: until, ahead: skews.int(3)))
            }
            return found
        }
    }

    static func packed(_ numbers: [Int64]) -> [UInt8] {
        var writer = PackedWriter()
        writer.list(numbers) { $0.signed($1) }
        return writer.bytes
    }

    /// Nothing for bytes that are none of ours.
    static func unpacked(_ bytes: UnsafeRawBufferPointer) -> [Int64] {
        var reader = PackedReader(bytes: bytes)
        return (try? reader.list { reader throws(Malformed) in try reader.signed() }) ?? []
    }
}
