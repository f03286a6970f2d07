/// Due times of after-call work, soonest first: a heap, so that most events cost one comparison.
///
/// Work that ended in another way stays in the heap until its time, and is skipped then. Not part of the state: it can
/// be rebuilt from the operators.
struct WrapUpsDue: Sendable {
    private struct Entry {
        var due: Timestamp
        var who: String

        /// A total order: entries that are due at the same time come out in the same order, whatever the order of
        /// insertion.
        func precedes(_ other: Entry) -> Bool { due != other.due ? due < other.due : who < other.who }
    }
    private var heap: [Entry] = []

    mutating func add(_ who: String, due: Timestamp) {
        heap.append(Entry(due: due, who: who))
        var i = heap.count - 1
        while i > 0, heap[i].precedes(heap[(i - 1) / 2]) {
            heap.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }

    /// Removes and returns the first entry that is due at `now`; nil when there is none.
    mutating func next(upTo now: Timestamp) -> (who: String, due: Timestamp)? {
        guard let first = heap.first, first.due <= now else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        return (first.who, first.due)
    }

    private mutating func sink() {
        var i = 0
        while true {
            var least = i
            for child in [2 * i + 1, 2 * i + 2] where child < heap.count && heap[child].precedes(heap[least]) {
                least = child
            }
            if least == i { return }
            heap.swapAt(i, least)
            i = least
        }
    }
}
