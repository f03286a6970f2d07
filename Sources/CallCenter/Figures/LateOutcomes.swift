/// What the figures of a past interval get when something is written of a call that has left memory.
///
/// The ledger has what was written of a call as long as the call is in memory. What comes hours later goes into the
/// history with the call, and there a correction is kept beside it, which is added wherever figures are shown.
extension PastFigures {
    /// Steps in which corrections are kept: every interval that a centre may have consists of such. Milliseconds.
    package static let lateGrain: Int64 = 300_000

    /// The difference that a remark makes, taken back or added; nil for none.
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

extension Stats {
    /// Adds what was written of calls after they had left memory.
    public mutating func add(late: PastFigures) {
        for (place, cell) in late.queues where from <= place.start && place.start < to {
            if place.queue == Ledger.wholeCentre {
                centre.figures.outcomes += cell.outcomes
                tiers[place.tier]?.figures.outcomes += cell.outcomes
            } else {
                queues[place.queue]?.figures.outcomes += cell.outcomes
            }
        }
        for (who, parts) in late.operators {
            for (start, part) in parts where from <= start && start < to {
                operators[who]?.figures.outcomes += part.outcomes
            }
        }
    }
}
