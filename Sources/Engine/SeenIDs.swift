/// Which event ids were taken, and where in the log they may be found.
///
/// Two generations: when the younger is full the older is let go, so between one and two times `generationMax` of the newest ids are known.
/// Ids are known by their hash, seeded anew in each process: what is found has to be compared with the log.
struct SeenIDs {
    /// Half a million events: hours of a large centre, and what a bridge sends again after a lost link is minutes old.
    static let generationMax = 524_288

    private var younger: [Int: Int64] = [:]
    private var older: [Int: Int64] = [:]

    private static func hash(_ id: String, _ source: String) -> Int {
        var hasher = Hasher()
        hasher.combine(source)
        hasher.combine(id)
        return hasher.finalize()
    }

    func place(of id: String, from source: String) -> Int64? {
        let key = SeenIDs.hash(id, source)
        return younger[key] ?? older[key]
    }

    mutating func note(_ id: String, from source: String, at seq: Int64) {
        if younger.count >= SeenIDs.generationMax {
            older = younger
            younger = [:]
            // To grow it takes tens of milliseconds in which phones ring.
            younger.reserveCapacity(SeenIDs.generationMax)
        }
        younger[SeenIDs.hash(id, source)] = seq
    }

    /// Forgets what was noted behind `seq`: it did not reach the disk.
    mutating func forget(after seq: Int64) {
        younger = younger.filter { $0.value <= seq }
        // The generations may have changed since.
        if older.values.contains(where: { $0 > seq }) { older = older.filter { $0.value <= seq } }
    }
}
