/// Ring buffer of the newest frames of one audience, for a client that reconnects.
struct Ring {
    /// Maximum of frames: what a screen gets in some minutes.
    static let framesMax = 512

    private var frames: [(place: UInt64, bytes: [UInt8], customers: [Int64])] = []
    private var first = 0
    /// Frames up to this position were dropped, or never stored.
    private(set) var goneThrough: UInt64
    /// Connected clients.
    var watchers = 0
    /// Seconds since 1970 when the last watcher left.
    var leftS: Int64 = 0

    /// - Parameter place: of the newest frame when the ring begins.
    init(after place: UInt64) { goneThrough = place }

    /// - Parameter customers: whose data are in the frame.
    mutating func append(_ bytes: [UInt8], at place: UInt64, customers: [Int64] = []) {
        frames.append((place, bytes, customers))
        if frames.count - first > Ring.framesMax {
            goneThrough = frames[first].place
            frames[first].bytes = []
            frames[first].customers = []
            first += 1
        }
        if first >= Ring.framesMax {
            frames.removeFirst(first)
            first = 0
        }
    }

    /// Removes all frames: a client that has seen one of them cannot resume after it.
    mutating func removeAll(through place: UInt64) {
        frames = []
        first = 0
        goneThrough = place
    }

    /// The frames after `place`; nil when some of them were dropped.
    func frames(after place: UInt64) -> [(place: UInt64, bytes: [UInt8], customers: [Int64])]? {
        place < goneThrough ? nil : frames[first...].filter { $0.place > place }
    }
}
