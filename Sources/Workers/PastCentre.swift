import CallCenter
import Dispatch
import Engine

/// Reads a log from its beginning, while its daemon writes it.
public protocol PastLog: AnyObject {
    /// All policies that ever applied, oldest first.
    func policies() throws -> [(after: Int64, policy: Policy)]
    /// Calls `handle` with every entry after `seq`, in order, until it returns false.
    func replay(after seq: Int64, _ handle: (LoggedLine, Lookup?) -> Bool) throws
    /// Whether no entry was deleted.
    func isWhole() throws -> Bool
}

/// The state at a past moment, by a replay of the log on its own thread. One query at a time: each reads the log up to
/// that moment.
public final class PastCentre: PastStates {
    private let open: @Sendable () throws -> any PastLog
    private let rules: Policy
    private let queue = DispatchQueue(label: "past", qos: .utility)

    /// - Parameters:
    ///   - rules: the policy for a log that contains none.
    ///   - open: opens the log for reading; called for each query, on the queue.
    public init(rules: Policy, open: @escaping @Sendable () throws -> any PastLog) {
        self.open = open
        self.rules = rules
    }

    /// Replays on the queue. Throws what opening or reading the log throws.
    public func state(until time: Timestamp?, through seq: Int64?) async throws -> PastState {
        try await onQueue { try self.replay(until: time, through: seq) }
    }

    /// Reads on the queue. Throws what opening or reading the log throws.
    public func entries(after seq: Int64, limit: Int) async throws -> [LoggedLine] {
        try await onQueue { [open] in
            var page: [LoggedLine] = []
            try open().replay(after: seq) { line, _ in
                page.append(line)
                return page.count < limit
            }
            return page
        }
    }

    private func onQueue<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try work() }) }
        }
    }

    private func replay(until time: Timestamp?, through seq: Int64?) throws -> PastState {
        let log = try open()
        var replay = LogReplay(policies: try log.policies(), from: nil, rules: rules)
        replay.quiet()
        var begins: Timestamp?, last: Timestamp?
        try log.replay(after: 0) { line, lookup in
            if let seq, line.seq > seq { return false }
            if let time, line.readAt > time { return false }
            begins = begins ?? line.readAt
            last = line.readAt
            if let event = line.event { replay.apply(event, seq: line.seq, readAt: line.readAt, lookup) }
            return true
        }
        // Later policies do not apply to an earlier moment.
        if time == nil { replay.finish() }
        return PastState(
            centre: replay.centre, events: replay.count, begins: begins, last: last, isWhole: try log.isWhole())
    }
}
