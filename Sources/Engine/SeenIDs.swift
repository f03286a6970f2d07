/// Which event ids were taken, and where in the log they may be found.
///
/// Two generations: when the younger is full the older is let go, so between one and two times `generationMax` of the newest ids are known.
/// Ids are known by their hash, seeded anew in each process: what is found has to be compared with the log.
struct SeenIDs {
    /// Half a million events: hours of a large centre, and what a bridge sends again after a lost link is minutes old.
    static let generationMax = 524_288

    private var younger = SeenIDs.generation
    private var older: [Key: Int64] = [:]

    /// With its room from the beginning: to grow takes tens of milliseconds in which phones ring, and room that is not used is no memory.
    private static var generation: [Key: Int64] { Dictionary(minimumCapacity: generationMax) }

    /// The hash of an id and its source.
    struct Key: Hashable {
        private let hash: Int

        init(_ id: String, from source: String) {
            var hasher = Hasher()
            hasher.combine(source)
            hasher.combine(id)
            hash = hasher.finalize()
        }
    }

    func place(of key: Key) -> Int64? { younger[key] ?? (older.isEmpty ? nil : older[key]) }

    mutating func note(_ key: Key, at seq: Int64) {
        if younger.count >= SeenIDs.generationMax {
            older = younger
            younger = SeenIDs.generation
        }
        younger[key] = seq
    }

    /// Forgets what was noted behind `seq`: it did not reach the disk.
    mutating func forget(after seq: Int64) {
        younger = younger.filter { $0.value <= seq }
        // The generations may have changed since.
        if older.values.contains(where: { $0 > seq }) { older = older.filter { $0.value <= seq } }
    }
}
