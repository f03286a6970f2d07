import CallCenter
import Settings
import Storage

/// Where the events of webhooks come from.
public struct OutwardSource: Sendable {
    /// The events that follow a position; blocks the thread. Throws `LogWindowError.cutOff` when some were deleted.
    public var read: @Sendable (
        _ after: Int64, _ types: Set<String>?, _ seer: Settings.CustomField.Seer, _ limit: Int
    ) throws -> OutwardBatch
    /// What is known of calls.
    public var calls: @Sendable (Set<CallKey>) async -> [CallKey: OutwardCall]
    /// The newest position that is on disk; nil when the engine has stopped.
    public var committed: @Sendable () async -> Int64?
    /// Waits until there is an entry behind a position, so long at most.
    public var wait: @Sendable (_ after: Int64, _ atMost: Duration) async -> Void

    /// `read` gets the position before, the types (nil: all), whose fields are shown, and how many entries to read at
    /// most.
    public init(
        read: @escaping @Sendable (Int64, Set<String>?, Settings.CustomField.Seer, Int) throws -> OutwardBatch,
        calls: @escaping @Sendable (Set<CallKey>) async -> [CallKey: OutwardCall],
        committed: @escaping @Sendable () async -> Int64?,
        wait: @escaping @Sendable (Int64, Duration) async -> Void
    ) {
        self.read = read
        self.calls = calls
        self.committed = committed
        self.wait = wait
    }
}
