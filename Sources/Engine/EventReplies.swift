import CallCenter
import EventWire

/// The reply to an event, as a value.
public enum EventReply: Equatable, Sendable {
    /// The event is on disk.
    ///
    /// - Parameters:
    ///   - seq: its log position; nil for a `ping`, which has none.
    ///   - isDuplicate: it was accepted before: `seq` and `answer` are those of the first time.
    ///   - answer: for events that ask who is calling.
    case accepted(seq: Int64?, isDuplicate: Bool, answer: OfferAnswer?)
    /// The event was refused.
    case refused(WireError)
}

/// The replies to the events of a batch, in their order: lines for the wire, or values for a part of the daemon.
struct EventReplies: Sendable {
    enum Form: Sendable { case lines, values }

    private let form: Form
    /// One line each, for `Form.lines`.
    private(set) var lines: ByteBuilder
    /// One each, for `Form.values`.
    private(set) var values: [EventReply] = []

    init(_ form: Form, count: Int) {
        self.form = form
        lines = ByteBuilder(capacity: form == .lines ? 64 * count : 0)
    }

    @inline(__always)
    mutating func ok(
        seq: Int64?, duplicate: Bool = false, id: String? = nil, call: String? = nil, ignored: [String] = [],
        answer: OfferAnswer? = nil
    ) {
        switch form {
        case .lines:
            ReplyEncoder.ok(
                seq: seq, duplicate: duplicate, id: id, call: call, ignored: ignored, answer: answer, into: &lines)
        case .values: values.append(.accepted(seq: seq, isDuplicate: duplicate, answer: answer))
        }
    }

    mutating func error(_ error: WireError) {
        switch form {
        case .lines: ReplyEncoder.error(error, into: &lines)
        case .values: values.append(.refused(error))
        }
    }
}
