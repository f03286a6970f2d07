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
    /// A change is not known to be in the log; in a sentence for whoever made it.
    case notKept(ChangeRefusal, String)
}

/// Why a change is not known to be in the log.
public enum ChangeRefusal: Equatable, Sendable {
    /// Nothing was taken: the disk refuses, or too much waits.
    case untaken
    /// Nothing was taken: the database of a shared log does not answer.
    case late
    /// Nothing was taken: another machine appends to the log.
    case following
    /// It was on its way when this machine lost the right to append: it may be in the log.
    case unknown
}

/// The replies to the events of a batch, in their order: lines for the wire, or values for a part of the daemon.
struct EventReplies: Sendable {
    enum Form: Sendable {
        case lines, values
        /// Lines that are written when they are sent: until then the commit may turn out to be late, and the same
        /// answers are sent without an acknowledgement.
        case held
    }

    private let form: Form
    private var written: ByteBuilder
    /// One each, for `Form.values`.
    private(set) var values: [EventReply] = []
    private var held: [Held] = []

    /// An answer that was not written yet.
    private enum Held: Sendable {
        indirect case ok(
            seq: Int64?, duplicate: Bool, id: String?, call: String?, ignored: [String], answer: OfferAnswer?)
        indirect case error(WireError)
    }

    init(_ form: Form, count: Int) {
        self.form = form
        written = ByteBuilder(capacity: form == .lines ? 64 * count : 0)
    }

    /// One line each, unless these are values.
    var lines: ByteBuilder {
        guard form == .held else { return written }
        var out = ByteBuilder(capacity: 64 * held.count)
        for one in held {
            switch one {
            case .ok(let seq, let duplicate, let id, let call, let ignored, let answer):
                ReplyEncoder.ok(
                    seq: seq, duplicate: duplicate, id: id, call: call, ignored: ignored, answer: answer, into: &out)
            case .error(let error): ReplyEncoder.error(error, into: &out)
            }
        }
        return out
    }

    /// The same without acknowledgement: every event has to be sent again, and who calls and where the call should go
    /// is told now. Lines for `Form.held`.
    ///
    /// - Parameter why: a sentence for the sender.
    func unacknowledged(_ why: String) -> ByteBuilder {
        var out = ByteBuilder(capacity: 128 * held.count)
        for one in held {
            switch one {
            // A ping is in no log: there is nothing to wait for.
            case .ok(nil, _, let id, let call, let ignored, _):
                ReplyEncoder.ok(seq: nil, id: id, call: call, ignored: ignored, into: &out)
            case .ok(_, _, let id, let call, _, let answer):
                ReplyEncoder.error(
                    WireError(.unavailable, message: why, id: id, call: call), answer: answer, into: &out)
            case .error(let error): ReplyEncoder.error(error, into: &out)
            }
        }
        return out
    }

    @inline(__always)
    mutating func ok(
        seq: Int64?, duplicate: Bool = false, id: String? = nil, call: String? = nil, ignored: [String] = [],
        answer: OfferAnswer? = nil
    ) {
        switch form {
        case .lines:
            ReplyEncoder.ok(
                seq: seq, duplicate: duplicate, id: id, call: call, ignored: ignored, answer: answer, into: &written)
        case .values: values.append(.accepted(seq: seq, isDuplicate: duplicate, answer: answer))
        case .held:
            held.append(
                .ok(seq: seq, duplicate: duplicate, id: id, call: call, ignored: ignored, answer: answer))
        }
    }

    /// A change is not known to be in the log.
    mutating func notKept(_ refusal: ChangeRefusal, _ why: String) {
        switch form {
        case .lines, .held: error(WireError(.unavailable, message: why))
        case .values: values.append(.notKept(refusal, why))
        }
    }

    mutating func error(_ error: WireError) {
        switch form {
        case .lines: ReplyEncoder.error(error, into: &written)
        case .values: values.append(.refused(error))
        case .held: held.append(.error(error))
        }
    }
}
