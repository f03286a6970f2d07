/// Splits a stream of bytes into lines, however it is cut into chunks.
///
/// A line ends with `\n` or `\r\n`; one that is left at the end of the stream needs no end (`echo -n`). Lines of
/// nothing but spaces, tabs and carriage returns are skipped: they are no events, and get no reply. Lines that lie
/// within one chunk are handed on where they are; only a line cut by the end of a chunk is copied, so no more than one
/// line is ever held.
public struct LineFramer: Sendable {
    /// What `feed` and `finish` hand on.
    public enum Line {
        /// Without its end. Valid only during the call.
        case line(UnsafeRawBufferPointer)
        /// Longer than `WireLimits.lineBytesMax`: reported once, as soon as it is known; the rest of the line is
        /// skipped.
        case tooLong
    }

    private var partial: [UInt8] = []
    private var isSkipping = false

    /// A framer that holds no bytes: the start of a stream.
    public init() {}

    /// How many bytes of an unfinished line are held.
    public var bytesHeld: Int { partial.count }

    /// Reads the next bytes of the stream, and calls `handle` with each line that they complete.
    public mutating func feed(_ bytes: UnsafeRawBufferPointer, _ handle: (Line) -> Void) {
        guard let base = bytes.baseAddress else { return }
        var start = 0
        while start < bytes.count {
            let end = ByteSearch.newline(in: base, from: start, to: bytes.count)
            let piece = UnsafeRawBufferPointer(start: base + start, count: end - start)
            if end == bytes.count {
                hold(piece, handle)
            } else if isSkipping {
                isSkipping = false
            } else if partial.isEmpty {
                LineFramer.deliver(piece, handle)
            } else {
                hold(piece, handle)
                if isSkipping { isSkipping = false } else { deliverPartial(handle) }
            }
            start = end + 1
        }
    }

    /// The stream has ended: calls `handle` with the last line if it had no newline.
    public mutating func finish(_ handle: (Line) -> Void) {
        isSkipping = false
        deliverPartial(handle)
    }

    private mutating func hold(_ piece: UnsafeRawBufferPointer, _ handle: (Line) -> Void) {
        if isSkipping { return }
        // One byte more than a line may have, for the `\r` of a line end that is not all here yet.
        let count = partial.count + piece.count
        if count > WireLimits.lineBytesMax {
            let mayEnd = count == WireLimits.lineBytesMax + 1 && (piece.last ?? partial.last) == UInt8(ascii: "\r")
            guard mayEnd else {
                partial = []
                isSkipping = true
                return handle(.tooLong)
            }
        }
        partial.append(contentsOf: piece)
    }

    private mutating func deliverPartial(_ handle: (Line) -> Void) {
        if partial.isEmpty { return }
        partial.withUnsafeBytes { LineFramer.deliver($0, handle) }
        // Memory of a long line is freed afterwards.
        partial.removeAll(keepingCapacity: partial.count <= 1_024)
    }

    @inline(__always)
    private static func deliver(_ piece: UnsafeRawBufferPointer, _ handle: (Line) -> Void) {
        var count = piece.count
        if count > 0, piece[count - 1] == UInt8(ascii: "\r") { count -= 1 }
        if count > WireLimits.lineBytesMax { return handle(.tooLong) }
        let line = UnsafeRawBufferPointer(start: piece.baseAddress, count: count)
        for byte in line where byte != 0x20 && byte != 0x09 && byte != 0x0D { return handle(.line(line)) }
    }
}
