import CallCenter
import Storage
import Synchronization

/// What this process knows of mails, and the log did not take: it did not answer. While the process runs, nothing of
/// that has to be guessed.
final class UnwrittenSteps: Sendable {
    private struct Known {
        var step: ReplyStep
        /// The mail's version while it is under way, and when that was made.
        var version: Int64
        var since: Timestamp
    }
    private let known = Mutex<[Int64: Known]>([:])

    /// Two changes never have the same time, so that of a change may be a little later than asked for. Milliseconds.
    private static let laterMax: Int64 = 1_000

    var ids: [Int64] { known.withLock { Array($0.keys) } }
    var isEmpty: Bool { known.withLock { $0.isEmpty } }

    func note(_ step: ReplyStep, of reply: Int64, version: Int64, since: Timestamp) {
        known.withLock { $0[reply] = Known(step: step, version: version, since: since) }
    }

    /// What is known of a mail that is under way; nil also where it is another attempt than the one that was noted.
    func step(of kept: KeptReply) -> ReplyStep? {
        known.withLock { known in
            guard let one = known[kept.reply.id], one.version == kept.reply.version else { return nil }
            let later = kept.updatedAt - one.since
            return later >= 0 && later <= UnwrittenSteps.laterMax ? one.step : nil
        }
    }

    func forget(_ reply: Int64) { known.withLock { $0[reply] = nil } }
    func forgetAll() { known.withLock { $0 = [:] } }
}
