import Glibc
import NIOCore

/// Lines to screenpopd. Each is stored in the spool first, sent as far as the window allows, and removed when it is
/// acknowledged.
struct Outbox {
    /// Maximum of unacknowledged bytes.
    static let windowMax: Int64 = 262_144
    /// Bytes that are read from the spool and sent at once.
    private static let pieceMax = 65_536

    /// The offsets of a line in the spool.
    struct Line: Equatable {
        var start: Int64
        /// Behind its newline.
        var end: Int64
    }

    private let spool: Spool
    /// Offset up to which lines were sent on the current connection; nil without one.
    private var sent: Int64?
    /// The lines on their way, oldest first.
    private var flying = CircularBuffer<Line>()

    init(_ spool: sending Spool) { self.spool = spool }

    /// Nothing waits for an answer.
    var isEmpty: Bool { spool.isEmpty }
    var isConnected: Bool { sent != nil }
    /// Something was sent on the current connection and is not answered.
    var isOwedAnAnswer: Bool { !flying.isEmpty }
    /// The number of the next line.
    var end: Int64 { spool.end }

    /// A connection is established: unacknowledged lines are sent on it, again if they were sent before.
    mutating func open() {
        sent = spool.answered
        flying.removeAll(keepingCapacity: true)
    }

    mutating func close() {
        sent = nil
        flying.removeAll(keepingCapacity: true)
        spool.savePosition()
    }

    func savePosition() { spool.savePosition() }

    /// Stores lines in the spool.
    ///
    /// - Parameter lines: complete ones.
    /// - Returns: whether the caller has to send them as they are, because nothing waits before them.
    mutating func add(_ lines: [UInt8]) throws(Spool.Failure) -> Bool {
        let start = spool.end
        try spool.append(lines)
        guard let sent, sent == start, hasRoom else { return false }
        markSent(lines, from: start)
        return true
    }

    /// The next bytes to send; empty when there are none, or the window is full.
    mutating func next() -> [UInt8] {
        guard let sent, sent < spool.end, hasRoom else { return [] }
        let bytes = spool.read(from: sent, most: Outbox.pieceMax)
        markSent(bytes, from: sent)
        return bytes
    }

    /// Bytes on their way without an answer.
    var flyingBytes: Int64 { sent.map { $0 - spool.answered } ?? 0 }
    private var hasRoom: Bool { flyingBytes < Outbox.windowMax }

    private mutating func markSent(_ lines: [UInt8], from start: Int64) {
        lines.withUnsafeBytes { bytes in
            var at = 0
            while let base = bytes.baseAddress, let newline = memchr(base + at, 0x0A, bytes.count - at) {
                let end = UnsafeRawPointer(newline) - base + 1
                flying.append(Line(start: start + Int64(at), end: start + Int64(end)))
                at = end
            }
        }
        sent = start + Int64(lines.count)
    }

    /// The oldest line that is on its way was answered without acknowledgement. It stays in the spool, and so do all
    /// behind it: they are sent again on the next connection.
    ///
    /// - Returns: its offsets; nil when there was none.
    mutating func refused() -> Line? { flying.popFirst() }

    /// The oldest unacknowledged line was acknowledged.
    ///
    /// - Returns: its offsets; nil when there was none.
    mutating func answered() -> Line? {
        guard let line = flying.popFirst() else { return nil }
        spool.answer(upTo: line.end)
        return line
    }
}
