/// Corrections of past intervals: remarks about a call that has left memory.
///
/// The ledger counts remarks as long as the call is in memory. Later ones go to the history with the call, together
/// with a correction that is added wherever figures are shown.
extension PastFigures {
    /// The interval of corrections: every interval length that a centre may configure is a multiple. Milliseconds.
    package static let lateGrain: Int64 = 300_000

    /// The difference between two versions of a call; nil when there is none.
    package init?(correcting old: borrowing Call, by new: borrowing Call) {
        var policy = Policy(), ledger = Ledger()
        policy.grain = PastFigures.lateGrain
        ledger.replace(old.outcomeEntry, by: new.outcomeEntry, policy: policy)
        self.init(forgottenAt: Timestamp(ms: 0), queues: ledger.cells.filter { !$0.value.isEmpty })
        for (who, parts) in ledger.outcomesOfOperators {
            for (start, part) in parts where !part.isEmpty { addLate(part, of: who, at: start) }
        }
        if isEmpty { return nil }
    }

    /// Adds a correction as it was kept.
    package mutating func addLate(_ outcomes: OutcomeFigures, at place: Ledger.Place) {
        queues[place, default: .init()].outcomes += outcomes
    }
    package mutating func addLate(_ outcomes: OutcomeFigures, of who: String, at start: Timestamp) {
        operators[who, default: [:]][start, default: .init()].outcomes += outcomes
    }
}
