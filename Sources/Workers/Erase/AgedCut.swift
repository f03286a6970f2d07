import CallCenter
import Logging
import Storage

/// Removes what belongs to customers, or came from them, and is older than the retention of its kind: in the
/// background, a few at a time.
public struct AgedCut: Sendable {
    /// What has a retention of its own here.
    public enum Kind: Equatable, Sendable, CustomStringConvertible {
        /// Items of customers' records.
        case item(CustomerItem.Kind)
        /// What is in the inbox and was handled.
        case inbox

        public var description: String {
            switch self {
            case .item(let kind): "a \(kind)"
            case .inbox: "the inbox"
            }
        }
    }

    /// A kind, and how long it is kept. Milliseconds.
    public typealias Rule = (kind: Kind, keeps: Int64)

    private let writer: RecordWriter
    private let rules: @Sendable () -> [Rule]
    private let logger: Logger

    /// Items that are removed in one change: it blocks other writers for some milliseconds.
    static let atOnce = 200

    /// - Parameter rules: the kinds that are not kept for ever.
    public init(writer: RecordWriter, rules: @escaping @Sendable () -> [Rule], logger: Logger) {
        self.writer = writer
        self.rules = rules
        self.logger = logger
    }

    /// Looks from time to time, until the task is cancelled. Writes on the calling thread.
    ///
    /// - Parameter leads: whether this node of a cluster may write now.
    public func follow(
        every: Duration = .seconds(3_600), leads: @Sendable () -> Bool, now: @Sendable () -> Timestamp
    ) async {
        while !Task.isCancelled {
            for rule in rules() where leads() {
                var last: Int64? = 0, count = 0
                while let after = last, !Task.isCancelled, leads() {
                    let step = step(rule, after: after, at: now())
                    last = step.last
                    count += step.removed
                    try? await Task.sleep(for: .milliseconds(20))
                }
                if count > 0 { logger.notice("\(count) older than the retention of \(rule.kind) are removed") }
            }
            try? await Task.sleep(for: every)
        }
    }

    /// Removes the next few of a kind.
    ///
    /// - Returns: how many, and the last that was looked at; nil when none is left.
    func step(_ rule: Rule, after id: Int64, at now: Timestamp) -> (removed: Int, last: Int64?) {
        let before = now - rule.keeps
        do {
            let ids: [Int64], removed: Int
            switch rule.kind {
            case .item(let kind):
                ids = try writer.store.agedItems(kind, before: before, after: id, limit: AgedCut.atOnce)
                removed = try writer.remove(aged: ids, of: kind, before: before, at: now)
            case .inbox:
                ids = try writer.store.agedInboxItems(before: before, after: id, limit: AgedCut.atOnce)
                removed = try writer.remove(agedInboxItems: ids, before: before, at: now)
            }
            return (removed, ids.count == AgedCut.atOnce ? ids.last : nil)
        } catch {
            logger.error("what is older than the retention of \(rule.kind) stays; it is tried again: \(error)")
            return (0, nil)
        }
    }
}
