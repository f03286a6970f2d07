/// A queue of future steps, by time; steps of the same time keep their order of insertion.
struct Agenda<Step> {
    private struct Entry {
        var time: Int64
        var order: Int
        var step: Step
    }
    /// A binary heap: each entry is no later than the two behind it.
    private var heap: [Entry] = []
    private var added = 0

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        (heap[a].time, heap[a].order) < (heap[b].time, heap[b].order)
    }

    mutating func add(_ time: Int64, _ step: Step) {
        heap.append(Entry(time: time, order: added, step: step))
        added += 1
        var i = heap.count - 1
        while i > 0, precedes(i, (i - 1) / 2) {
            heap.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }

    mutating func next() -> (time: Int64, step: Step)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            var i = 0
            while true {
                var least = i
                for child in [2 * i + 1, 2 * i + 2] where child < heap.count && precedes(child, least) { least = child }
                if least == i { break }
                heap.swapAt(i, least)
                i = least
            }
        }
        return (first.time, first.step)
    }
}
