import CallCenter

/// The calls that have to be checked at a later time, the earliest first: a heap, so that the cost of an event does not
/// grow with the number of calls.
public struct DueQueue: Sendable {
    private struct Entry: Sendable {
        var at: Timestamp
        var id: String
    }
    private var heap: [Entry] = []

    /// Nothing is due.
    public init() {}

    /// Entries, a call that was added twice counted twice.
    public var count: Int { heap.count }

    /// Has the call checked at `at`. An earlier time of the same call stays as well.
    public mutating func add(_ id: String, at: Timestamp) {
        heap.append(Entry(at: at, id: id))
        var child = heap.count - 1
        while child > 0, heap[child].at < heap[(child - 1) / 2].at {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Removes and returns the calls that are due before `now`.
    public mutating func due(before now: Timestamp) -> Set<String> {
        guard let first = heap.first, first.at < now else { return [] }
        var found: Set<String> = []
        while let first = heap.first, first.at < now {
            found.insert(first.id)
            removeFirst()
        }
        return found
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [parent * 2 + 1, parent * 2 + 2] where child < heap.count && heap[child].at < heap[least].at {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
