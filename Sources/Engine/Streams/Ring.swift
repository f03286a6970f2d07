/// The newest frames of one audience, for a client that comes back.
struct Ring {
    /// Frames kept: what a screen shows in some minutes without its link.
    static let framesMax = 512

    private var frames: [(place: UInt64, bytes: [UInt8])] = []
    private var first = 0
    /// Frames up to this place are gone, or were never kept.
    private(set) var goneThrough: UInt64
    /// Clients that watch now.
    var watchers = 0
    /// Seconds since 1970 when the last watcher left.
    var leftS: Int64 = 0

    /// - Parameter place: of the newest frame when the ring begins.
    init(after place: UInt64) { goneThrough = place }

    mutating func put(_ bytes: [UInt8], at place: UInt64) {
        frames.append((place, bytes))
        if frames.count - first > Ring.framesMax {
            goneThrough = frames[first].place
            frames[first].bytes = []
            first += 1
        }
        if first >= Ring.framesMax {
            frames.removeFirst(first)
            first = 0
        }
    }

    /// Removes all frames: nobody who has seen one of them goes on behind it.
    mutating func forget(through place: UInt64) {
        frames = []
        first = 0
        goneThrough = place
    }

    /// What came behind `place`; nil when some of it is gone.
    func frames(after place: UInt64) -> [(place: UInt64, bytes: [UInt8])]? {
        place < goneThrough ? nil : frames[first...].filter { $0.place > place }
    }
}
