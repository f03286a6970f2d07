import CallCenter

/// A sum of uses as bytes: its key, and its counts in the order of `FieldCounts`.
extension PackedWriter {
    mutating func fieldUse(_ use: FieldUse) {
        signed(use.key.day)
        text(use.key.queue)
        text(use.key.operator)
        text(use.key.field)
        let counts = use.counts
        for number in [counts.filled, counts.timed, counts.spent, counts.shown, counts.opened] { signed(number) }
    }
}

extension PackedReader {
    mutating func fieldUse() throws(Malformed) -> FieldUse {
        let key = FieldUse.Key(day: try signed(), queue: try text(), operator: try text(), field: try text())
        return FieldUse(
            key,
            FieldCounts(
                filled: try signed(), timed: try signed(), spent: try signed(), shown: try signed(),
                opened: try signed()))
    }
}
