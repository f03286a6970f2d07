import EventWire
import NIOCore

/// Decides by the first line of a connection whether it is one for orders (`OrderLine.opening`).
///
/// A line may come in any number of reads, so bytes are buffered until the line is complete, or is longer than any
/// opening. Blank lines before it are skipped, as for events.
struct FirstLine {
    enum Verdict {
        /// The line is not whole yet: what was read is held.
        case undecided
        /// It is a connection for events; `read` is everything that was read.
        case events(read: ByteBuffer)
        /// The client wants to take orders for `source`, or for its own; `read` is everything that was read, `rest`
        /// what came behind the line.
        case orders(source: String?, read: ByteBuffer, rest: ByteBuffer)
    }

    /// The longest opening, in bytes: a source of 128 bytes may be written with six bytes each.
    static let bytesMax = 1_024

    private var held = ByteBuffer()

    /// - Parameter buffer: the bytes of one read.
    mutating func append(_ buffer: ByteBuffer) -> Verdict {
        if held.readableBytes == 0 { held = buffer } else { held.writeImmutableBuffer(buffer) }
        let view = held.readableBytesView
        guard let start = view.firstIndex(where: { $0 > 0x20 }) else {
            // Endless spaces are not buffered beyond the length of a line.
            return view.count < FirstLine.bytesMax ? .undecided : end()
        }
        guard let newline = view[start...].firstIndex(of: UInt8(ascii: "\n")) else {
            return view.endIndex - start < FirstLine.bytesMax ? .undecided : end()
        }
        let line = view[start..<newline]
        guard line.count < FirstLine.bytesMax,
            case .takesOrders(let source)? = line.withUnsafeBytes(OrderLine.read)
        else { return end() }
        let rest = held.getSlice(at: newline, length: view.endIndex - newline) ?? ByteBuffer()
        return .orders(source: source, read: held, rest: rest)
    }

    /// The client closed its side before the line was complete: it cannot accept orders.
    mutating func end() -> Verdict {
        defer { held = ByteBuffer() }
        return .events(read: held)
    }
}
