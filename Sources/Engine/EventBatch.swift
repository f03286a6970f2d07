import CallCenter
import EventWire

/// The lines of one read from one connection, decoded on the connection's thread, for the engine.
public struct EventBatch: Sendable {
    /// A line of the batch, by what it turned out to be.
    public enum Item: Sendable {
        /// An event, the source that applies if it names none, and the range of its line in `bytes`. Indirect: it is
        /// moved more often than it is read.
        indirect case event(DecodedEvent, defaultSource: String, line: Range<Int>, lookup: Lookup?)
        /// No event of the protocol, or one that its sender may not send. It is answered in its place and not stored.
        case refused(WireError)
        /// A change of the records: appended to the log, and not applied to the calls.
        case change(ChangeKind, bytes: Range<Int>)
        /// An erase: applied to the state at its position, and appended to the log.
        indirect case erase(Erasing)
    }

    /// An erase on its way into the log.
    public struct Erasing: Sendable {
        var erasure: Erasure
        /// Makes the entry, with the calls in memory that are the customer's. Called on the engine's thread.
        var entry: @Sendable ([ErasedCall]) -> [UInt8]
    }

    /// In the order of the lines; each has one reply.
    public private(set) var items: [Item] = []
    /// The received lines, concatenated.
    public private(set) var bytes: [UInt8] = []
    /// When the lines were read.
    public let readAt: Timestamp
    /// Time of the read by a monotonic clock. Microseconds.
    let clock = Engine.microseconds()
    /// The connection that the lines came over; nil for an event of the daemon's own. Its replies keep their order.
    public let sender: ObjectIdentifier?
    private let form: EventReplies.Form
    /// Takes the replies once everything in the batch is on disk. Called on the engine's thread.
    private let deliver: @Sendable (EventReplies) -> Void
    /// The same for lines; nil for values.
    private let deliverLines: (@Sendable (ByteBuilder) -> Void)?

    /// - Parameters:
    ///   - sender: the connection that the lines came over.
    ///   - reply: takes the replies, a line each, in the order of the items, once everything in the batch is on disk.
    ///     Called on the engine's thread.
    public init(readAt: Timestamp, sender: ObjectIdentifier? = nil, reply: @escaping @Sendable (ByteBuilder) -> Void) {
        self.readAt = readAt
        self.sender = sender
        form = .lines
        deliver = { reply($0.lines) }
        deliverLines = reply
    }

    /// One event of the daemon's own, as a value. It stands in the log as `EventEncoder` writes it.
    ///
    /// - Parameter answered: takes the reply once the event is on disk. Called on the engine's thread.
    init(_ event: Event, readAt: Timestamp, answered: @escaping @Sendable (EventReply) -> Void) {
        self.readAt = readAt
        sender = nil
        form = .values
        deliver = { if let reply = $0.values.first { answered(reply) } }
        deliverLines = nil
        do throws(WireError) {
            let (event, call, line) = try EventEncoder.encode(event, readAt: readAt)
            bytes = line
            items = [
                .event(
                    DecodedEvent(event: event, call: call), defaultSource: event.source, line: 0..<line.count,
                    lookup: nil)
            ]
        } catch { items = [.refused(error)] }
    }

    /// A change of the records. It stands in the log among the events.
    ///
    /// - Parameter answered: takes the reply once the change is on disk. Called on the engine's thread.
    init(
        change bytes: [UInt8], _ kind: ChangeKind, readAt: Timestamp,
        answered: @escaping @Sendable (EventReply) -> Void
    ) {
        self.readAt = readAt
        sender = nil
        form = .values
        deliver = { if let reply = $0.values.first { answered(reply) } }
        deliverLines = nil
        self.bytes = bytes
        items = [.change(kind, bytes: 0..<bytes.count)]
    }

    /// An erase. It stands in the log as a change of the records.
    ///
    /// - Parameter answered: takes the reply once the entry is on disk. Called on the engine's thread.
    init(
        erasing: Erasing, readAt: Timestamp, answered: @escaping @Sendable (EventReply) -> Void
    ) {
        self.readAt = readAt
        sender = nil
        form = .values
        deliver = { if let reply = $0.values.first { answered(reply) } }
        deliverLines = nil
        items = [.erase(erasing)]
    }

    /// A call from outside in the batch.
    public struct Offer: Sendable {
        /// Its place in the batch.
        public var index: Int
        /// What the event says of the call.
        public var offered: CallEvent.Offered
        /// What was looked up already.
        public var lookup: Lookup?
    }

    /// The calls from outside, in their order.
    public var offers: [Offer] {
        items.indices.compactMap { index in
            guard case .event(let decoded, _, _, let lookup) = items[index],
                case .call(_, .offered(let offered)) = decoded.event.body
            else { return nil }
            return Offer(index: index, offered: offered, lookup: lookup)
        }
    }

    /// Sets what was looked up of an event, so that the engine does not.
    public mutating func note(_ lookup: Lookup, at index: Int) {
        guard items.indices.contains(index), case .event(let decoded, let source, let line, _) = items[index] else {
            return
        }
        items[index] = .event(decoded, defaultSource: source, line: line, lookup: lookup)
    }

    /// Hands the replies to whoever waits for them.
    func reply(_ replies: EventReplies) { deliver(replies) }

    /// Sends answers that do not acknowledge. For a batch of lines.
    func replyUnacknowledged(_ replies: EventReplies, _ why: String) { deliverLines?(replies.unacknowledged(why)) }

    /// Whether it is an event of the daemon's own: somebody waits for the answer at the interface.
    var isOwnEvent: Bool { form == .values && !isChange }

    /// Says that it is not known yet whether it is kept.
    func replyUnknown(_ why: String) {
        var out = noReplies
        for _ in items { out.notKept(.unknown, why) }
        deliver(out)
    }

    /// Whether the sender can send it again without an event being counted twice: lines, each event with an id.
    var isResendable: Bool {
        guard form == .lines else { return false }
        return items.allSatisfy { item in
            switch item {
            case .event(let decoded, _, _, _):
                if case .ping = decoded.event.body { return true }
                return decoded.event.id != nil
            case .refused: return true
            case .change, .erase: return false
            }
        }
    }

    /// Whether it is a change, or an erase: nobody resends it by itself.
    var isChange: Bool {
        switch items.first {
        case .change, .erase: true
        case .event, .refused, nil: false
        }
    }

    /// No replies yet, with room for those of this batch.
    var noReplies: EventReplies { EventReplies(form, count: items.count) }

    /// The same, for answers that may have to be sent before the commit.
    var heldReplies: EventReplies { EventReplies(form == .lines ? .held : form, count: items.count) }

    /// Replies that refuse every item.
    ///
    /// - Parameters:
    ///   - why: a sentence for the sender, who has to retry.
    ///   - change: the same for a change.
    func refused(_ why: String, _ change: ChangeRefusal = .untaken) -> EventReplies {
        var out = noReplies
        for item in items {
            switch item {
            case .refused(let error): out.error(error)
            case .event(let decoded, _, _, _):
                out.error(WireError(.unavailable, message: why, id: decoded.event.id, call: decoded.call))
            case .change, .erase: out.notKept(change, why)
            }
        }
        return out
    }

    /// The same as lines.
    public func refusals(_ why: String) -> ByteBuilder { refused(why).lines }

    /// Decodes a line and appends the event, or the reason why it is refused.
    ///
    /// - Parameters:
    ///   - defaultSource: the source of an event that names none.
    ///   - allowInternal: whether event types of the daemon itself are known: not for events from outside.
    ///   - refusal: why the sender may not send this event; nil when it may.
    ///   - lookup: looks a caller up on this thread, so that the engine need not; nil leaves it to the engine.
    public mutating func append(
        _ line: LineFramer.Line, defaultSource: String, allowInternal: Bool = false,
        refusal: (DecodedEvent) -> WireError? = { _ in nil },
        lookup: (Centre.LookupQuestion) -> Lookup? = { _ in nil }
    ) {
        guard case .line(let line) = line else { return items.append(.refused(.lineTooLong)) }
        do throws(WireError) {
            let decoded = try EventDecoder.decode(
                line, defaultSource: defaultSource, readAt: readAt, allowInternal: allowInternal)
            if let refusal = refusal(decoded) { return items.append(.refused(refusal)) }
            let start = bytes.count
            bytes.append(contentsOf: line)
            let found = Centre.lookupQuestion(decoded.event).flatMap(lookup)
            items.append(.event(decoded, defaultSource: defaultSource, line: start..<bytes.count, lookup: found))
        } catch {
            items.append(.refused(error))
        }
    }
}
