import Glibc
import NIOCore

/// Lines on their way to screenpopd. Each is kept in the spool first, sent as far as the window allows, and removed
/// when it is answered.
struct Outbox {
    /// Bytes that may be on their way without an answer.
    static let windowMax: Int64 = 262_144
    /// Bytes that are read from the spool and sent at once.
    private static let pieceMax = 65_536

    /// Where a line is in the spool.
    struct Line: Equatable {
        var start: Int64
        /// Behind its newline.
        var end: Int64
    }

    private let spool: Spool
    /// Up to here the spool's lines were sent on the connection that stands; nil without one.
    private var sent: Int64?
    /// The lines on their way, oldest first.
    private var flying = CircularBuffer<Line>()

    init(_ spool: sending Spool) { self.spool = spool }

    /// Nothing waits for an answer.
    var isEmpty: Bool { spool.isEmpty }
    var isConnected: Bool { sent != nil }
    /// The number of the next line.
    var end: Int64 { spool.end }

    /// A connection stands: what is not answered is sent on it, again if need be.
    mutating func open() {
        sent = spool.answered
        flying.removeAll(keepingCapacity: true)
    }

    mutating func close() {
        sent = nil
        flying.removeAll(keepingCapacity: true)
        spool.keepPlace()
    }

    func keepPlace() { spool.keepPlace() }

    /// Keeps lines.
    ///
    /// - Parameter lines: whole ones.
    /// - Returns: whether they are to be sent as they are: nothing waits before them.
    mutating func add(_ lines: [UInt8]) throws(Spool.Failure) -> Bool {
        let start = spool.end
        try spool.append(lines)
        guard let sent, sent == start, hasRoom else { return false }
        take(lines, from: start)
        return true
    }

    /// What is to be sent next; empty when nothing is, or too much is on its way.
    mutating func next() -> [UInt8] {
        guard let sent, sent < spool.end, hasRoom else { return [] }
        let bytes = spool.read(from: sent, most: Outbox.pieceMax)
        take(bytes, from: sent)
        return bytes
    }

    /// Bytes on their way without an answer.
    var flyingBytes: Int64 { sent.map { $0 - spool.answered } ?? 0 }
    private var hasRoom: Bool { flyingBytes < Outbox.windowMax }

    private mutating func take(_ lines: [UInt8], from start: Int64) {
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

    /// The oldest line on its way is answered.
    ///
    /// - Returns: where it was; nil when none is on its way.
    mutating func answered() -> Line? {
        guard let line = flying.popFirst() else { return nil }
        spool.answer(upTo: line.end)
        return line
    }
}
