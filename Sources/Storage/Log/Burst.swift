/// Entries of the log, packed into one row: a row for each event would cost more than everything else.
///
/// Each entry: time of reading, source, line, facts (`PackedWriter`). Its position follows from the first one's.
struct Burst: Sendable {
    /// Maximum of bytes in a row, so that reading one entry stays cheap.
    static let bytesMax = 65_536

    private(set) var first: Int64
    private(set) var count: Int64 = 0
    private(set) var newestReadAt: Int64 = .min
    /// How many of the entries are no events.
    private(set) var changes: Int64 = 0
    private var out = PackedWriter()

    /// - Parameter first: the position of the next entry.
    init(first: Int64) { self.first = first }

    var last: Int64 { first + count - 1 }
    var isFull: Bool { out.bytes.count >= Burst.bytesMax }
    var bytes: [UInt8] { out.bytes }

    mutating func append(change bytes: UnsafeRawBufferPointer, kind: EntryKind, readAt: Int64) {
        append(readAt: readAt, source: kind.source ?? "", line: bytes, facts: [])
        changes += 1
    }

    mutating func append(readAt: Int64, source: String, line: UnsafeRawBufferPointer, facts: [UInt8]) {
        out.signed(readAt)
        out.text(source)
        out.bytes(line)
        facts.withUnsafeBytes { out.bytes($0) }
        newestReadAt = max(newestReadAt, readAt)
        count += 1
    }

    /// Calls `handle` with the entries from position `seq` on; the bytes begin with the one at `first`.
    ///
    /// - Parameter handle: returns false to stop.
    static func read(_ bytes: UnsafeRawBufferPointer, first: Int64, from seq: Int64, _ handle: (EventLog.Entry) -> Bool)
        throws(Malformed)
    {
        try readInPlace(bytes, first: first, from: seq) { handle(EventLog.Entry($0)) }
    }

    /// The same without copies.
    static func readInPlace(
        _ bytes: UnsafeRawBufferPointer, first: Int64, from seq: Int64, _ handle: (EventLog.EntryInPlace) -> Bool
    ) throws(Malformed) {
        var from = PackedReader(bytes: bytes)
        var place = first
        while !from.isAtEnd {
            if place < seq {
                _ = try from.signed()
                for _ in 0..<3 { try from.skip() }
            } else {
                let entry = EventLog.EntryInPlace(
                    seq: place, readAt: try from.signed(), source: try from.text(), line: try from.slice(),
                    facts: try from.slice())
                if !handle(entry) { return }
            }
            place += 1
        }
    }
}
