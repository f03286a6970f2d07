import CallCenter
import EventWire

/// The lines of one read of one connection, decoded on the connection's thread, on their way to the engine.
public struct EventBatch: Sendable {
    public enum Item: Sendable {
        /// An event, the source it has if it names none, and where its line is in `bytes`.
        case event(DecodedEvent, defaultSource: String, line: Range<Int>)
        case refused(WireError)
    }

    public var items: [Item] = []
    /// The lines as they came, one behind the other.
    public var bytes: [UInt8] = []
    /// When the lines were read.
    public var readAt: Timestamp
    /// Takes the replies, in the order of the items, once everything in the batch is on disk. Called on the engine's thread.
    public var reply: @Sendable (ByteBuilder) -> Void

    public init(readAt: Timestamp, reply: @escaping @Sendable (ByteBuilder) -> Void) {
        self.readAt = readAt
        self.reply = reply
    }
}
