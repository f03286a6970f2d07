/// The accepted event ids, with log position and hash of the line.
///
/// Two generations: when the younger one is full the older one is dropped, so the newest `generationMax` to 2 ×
/// `generationMax` ids are known. Ids and lines are stored as hashes, seeded per process. A line that is resent byte
/// for byte is recognised by its hash alone; one with other bytes is compared with the log.
struct SeenIDs: Sendable {
    /// Half a million events: hours of a large centre, and what a bridge sends again after a lost link is minutes old.
    static let generationMax = 524_288

    private var younger = SeenIDs.generation
    private var older: [Key: Place] = [:]

    /// Capacity is reserved at the start: growing takes tens of milliseconds on the engine's thread. Unused capacity
    /// uses no physical memory.
    private static var generation: [Key: Place] { Dictionary(minimumCapacity: generationMax) }

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

    /// Where an id was accepted.
    struct Place: Equatable {
        var seq: Int64
        /// `SeenIDs.hash` of the line.
        var line: UInt64
    }

    func place(of key: Key) -> Place? { younger[key] ?? (older.isEmpty ? nil : older[key]) }

    mutating func note(_ key: Key, at place: Place) {
        if younger.count >= SeenIDs.generationMax {
            older = younger
            younger = SeenIDs.generation
        }
        younger[key] = place
    }

    /// Removes the ids after `seq`: their events did not reach the disk.
    mutating func removeAll(after seq: Int64) {
        younger = younger.filter { $0.value.seq <= seq }
        // The generations may have been swapped meanwhile.
        if older.values.contains(where: { $0.seq > seq }) { older = older.filter { $0.value.seq <= seq } }
    }

    private static let seed = UInt64.random(in: .min ... .max)

    /// Hash of the bytes of a line: eight bytes at a time, mixed by a 128-bit multiplication.
    static func hash(_ line: UnsafeRawBufferPointer) -> UInt64 {
        var hash = seed ^ UInt64(line.count), i = 0
        func mix(_ word: UInt64) {
            let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            hash = product.high ^ product.low &+ 0xD6E8_FEB8_6659_FD93
        }
        while i + 8 <= line.count {
            mix(line.loadUnaligned(fromByteOffset: i, as: UInt64.self))
            i += 8
        }
        var rest: UInt64 = 0
        while i < line.count {
            rest = rest << 8 | UInt64(line[i])
            i += 1
        }
        mix(rest)
        return hash
    }
}
