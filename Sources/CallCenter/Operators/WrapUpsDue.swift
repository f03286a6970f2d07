/// When after-call work will be ended by its limit, soonest first: a heap, so that most events cost one comparison.
///
/// What has ended otherwise stays in it until its time, and is passed over then. No part of the state: the operators
/// say the same.
struct WrapUpsDue: Sendable {
    private struct Entry {
        var due: Timestamp
        var who: String

        /// A whole order, so that those of one moment come in the same order whatever the way in which they were put
        /// in.
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

    /// Takes out the first one that is due at `now`; nil for none.
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
