/// Which event ids were taken, and where in the log they are.
///
/// Two generations: when the younger is full the older is let go, so between one and two times `generationMax` of the newest ids are known.
struct SeenIDs {
    /// Half a million events: hours of a large centre, and what a bridge sends again after a lost link is minutes old.
    static let generationMax = 524_288

    private struct Key: Hashable {
        var source: String
        var id: String
    }
    private var younger: [Key: Int64] = [:]
    private var older: [Key: Int64] = [:]

    func place(of id: String, from source: String) -> Int64? {
        let key = Key(source: source, id: id)
        return younger[key] ?? older[key]
    }

    mutating func note(_ id: String, from source: String, at seq: Int64) {
        if younger.count >= SeenIDs.generationMax {
            older = younger
            younger = [:]
        }
        younger[Key(source: source, id: id)] = seq
    }

    /// Forgets what was noted behind `seq`: it did not reach the disk.
    mutating func forget(after seq: Int64) {
        younger = younger.filter { $0.value <= seq }
        // The generations may have changed since.
        if older.values.contains(where: { $0 > seq }) { older = older.filter { $0.value <= seq } }
    }
}
