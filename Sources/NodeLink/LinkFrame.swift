import NIOCore

/// One burst of the log, as the leader sends it to a follower.
public struct LinkFrame: Equatable, Sendable {
    /// The first and the last position of the burst.
    public var first, last: Int64
    /// The leader's epoch: that of the burst in the log.
    public var epoch: Int64
    /// When it was read. Milliseconds since 1970.
    public var readAt: Int64
    /// How many of its entries are no events.
    public var changes: Int64
    /// The packed row, as the log has it.
    public var entries: [UInt8]

    /// Copies its arguments.
    public init(first: Int64, last: Int64, epoch: Int64, readAt: Int64, changes: Int64, entries: [UInt8]) {
        self.first = first
        self.last = last
        self.epoch = epoch
        self.readAt = readAt
        self.changes = changes
        self.entries = entries
    }

    /// Bytes of its length, its kind and its numbers.
    static let headBytes = 4 + 1 + 5 * 8

    /// Bytes on the wire.
    var byteCount: Int { LinkFrame.headBytes + entries.count }
}

/// What a follower is sent.
///
/// On the wire: the length of what follows (4 bytes, big-endian), the kind (1 byte), and for a burst its five numbers
/// (8 bytes each, big-endian) and its entries, for a notice its bytes.
public enum LinkMessage: Equatable, Sendable {
    /// The leader is there.
    case keepalive
    /// Entries of the log, in order and without gaps after those before.
    case burst(LinkFrame)
    /// Something for the desks of every node that is no part of the log. Its meaning is the caller's.
    case notice([UInt8])
    /// An append of the leader waits for the database: what happens now is shown by the leader alone.
    case waiting

    private enum Kind: UInt8 { case keepalive = 0, burst = 1, notice = 2, waiting = 3 }

    /// Bytes on the wire.
    var byteCount: Int {
        switch self {
        case .keepalive, .waiting: 5
        case .burst(let frame): frame.byteCount
        case .notice(let bytes): 5 + bytes.count
        }
    }

    func write(into out: inout ByteBuffer) {
        switch self {
        case .keepalive: out.writeMultipleIntegers(UInt32(1), Kind.keepalive.rawValue)
        case .waiting: out.writeMultipleIntegers(UInt32(1), Kind.waiting.rawValue)
        case .burst(let frame):
            out.writeMultipleIntegers(UInt32(frame.byteCount - 4), Kind.burst.rawValue)
            out.writeMultipleIntegers(frame.first, frame.last, frame.epoch, frame.readAt, frame.changes)
            out.writeBytes(frame.entries)
        case .notice(let bytes):
            out.writeMultipleIntegers(UInt32(1 + bytes.count), Kind.notice.rawValue)
            out.writeBytes(bytes)
        }
    }

    /// Why bytes are no message.
    enum Fault: Error, Equatable, CustomStringConvertible {
        case length(Int)
        case kind(UInt8)

        var description: String {
            switch self {
            case .length(let count): "a length of \(count)"
            case .kind(let kind): "the kind \(kind)"
            }
        }
    }

    /// Takes a message off the buffer; nil while it is not whole.
    static func read(from buffer: inout ByteBuffer) throws(Fault) -> LinkMessage? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: UInt32.self).map(Int.init) else { return nil }
        // Checked before the bytes have come: a length out of range would be waited for forever, or fill the memory.
        guard length >= 1, length <= LinkLimits.frameBytesMax else { throw .length(length) }
        guard let number = buffer.getInteger(at: buffer.readerIndex + 4, as: UInt8.self) else { return nil }
        guard let kind = Kind(rawValue: number) else { throw .kind(number) }
        let isPossible =
            switch kind {
            case .keepalive, .waiting: length == 1
            case .burst: length >= LinkFrame.headBytes - 4
            case .notice: true
            }
        guard isPossible else { throw .length(length) }
        guard buffer.readableBytes >= 4 + length else { return nil }
        buffer.moveReaderIndex(forwardBy: 5)
        switch kind {
        case .keepalive: return .keepalive
        case .waiting: return .waiting
        case .notice: return buffer.readBytes(length: length - 1).map { .notice($0) }
        case .burst: break
        }
        guard
            let numbers = buffer.readMultipleIntegers(as: (Int64, Int64, Int64, Int64, Int64).self),
            let entries = buffer.readBytes(length: length - (LinkFrame.headBytes - 4))
        else { return nil }
        return .burst(
            LinkFrame(
                first: numbers.0, last: numbers.1, epoch: numbers.2, readAt: numbers.3, changes: numbers.4,
                entries: entries))
    }
}
