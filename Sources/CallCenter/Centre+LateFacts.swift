/// A fact that comes late: the call's life is recomputed, and its marks at the operators are replaced.
extension Centre {
    /// Recomputes a call into which `fact` was inserted before others, and removes its marks from the operators.
    ///
    /// An operator's oldest marks are folded for good (`Operator.marksMax`). Those of this call are counted already, so
    /// they must not be added a second time.
    ///
    /// - Returns: the marks to add.
    mutating func recompute(
        _ call: inout Call, after fact: CallFact, effects: inout [Effect]
    ) -> [OperatorMark.Draft] {
        var marks: [OperatorMark.Draft] = [], before: [OperatorMark.Draft]?
        var involved = Set(call.life.legs.map(\.operator))
        call.recompute(policy: policy, marks: &marks)
        involved.formUnion(marks.lazy.map(\.operator))
        for id in involved {
            let kept = operators[id]?.remove(call: call.number) ?? 0
            recompute(id, &call, effects: &effects)
            guard let end = operators[id]?.foldedUntil, let start = call.startedAt, start <= end else { continue }
            let earlier = before ?? marksOf(call, without: fact)
            before = earlier
            let own = earlier.filter { $0.operator == id }.map(\.time).sorted()
            let folded = FoldedMarks(own.prefix(max(0, own.count - kept)), areAll: kept == 0, until: end)
            marks = folded.removed(from: marks, of: id)
        }
        return marks
    }

    /// The marks that the call had before a fact was inserted.
    private func marksOf(_ call: Call, without fact: CallFact) -> [OperatorMark.Draft] {
        var facts = call.facts, life = CallLife(), marks: [OperatorMark.Draft] = []
        if let i = facts.firstIndex(of: fact) { facts.remove(at: i) }
        for fact in facts { life.advance(fact.step, at: fact.time, policy: policy, marks: &marks) }
        return marks
    }
}

/// The marks of a call at an operator that are folded for good.
private struct FoldedMarks {
    /// How many there are at each time.
    private var counts: [Timestamp: Int] = [:]
    /// The operator has no other marks of the call.
    private let areAll: Bool
    private let until: Timestamp

    init(_ times: some Sequence<Timestamp>, areAll: Bool, until: Timestamp) {
        for time in times { counts[time, default: 0] += 1 }
        self.areAll = areAll && !counts.isEmpty
        self.until = until
    }

    /// The marks without those that are folded. When all were, the operator's part in the call was over by then, and
    /// nothing is added to that time: a hold without the talk around it would never end.
    func removed(from marks: [OperatorMark.Draft], of id: String) -> [OperatorMark.Draft] {
        var counts = counts
        return marks.filter { mark in
            guard mark.operator == id else { return true }
            if let count = counts[mark.time], count > 0 {
                counts[mark.time] = count - 1
                return false
            }
            return !(areAll && mark.time < until)
        }
    }
}
