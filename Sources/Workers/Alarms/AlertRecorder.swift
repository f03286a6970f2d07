import CallCenter
import Logging
import Storage

/// Writes warnings to supervisors into the log, so that those who are told of events are told of them too.
public struct AlertRecorder: Sendable {
    private struct Noted: Sendable {
        var alert: RecordedAlert
        var at: Timestamp
    }
    private let waiting: AsyncStream<Noted>.Continuation
    private let all: AsyncStream<Noted>

    /// Warnings that wait while the log cannot be written; beyond it the oldest is dropped.
    private static let waitingMax = 1_024

    /// Nothing waits yet.
    public init() { (all, waiting) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.waitingMax)) }

    /// Enqueues a warning, and returns at once. Only those about a VIP's call are written.
    public func note(_ alert: SupervisorAlert, at time: Timestamp) {
        guard alert.kind == .vipWaiting || alert.kind == .vipUnseen else { return }
        let recorded = RecordedAlert(
            kind: alert.kind, call: CallKey(source: alert.source, call: alert.call), queue: alert.queue,
            operator: alert.operator, customer: alert.customer?.id, tier: alert.tier, waited: alert.waited)
        waiting.yield(Noted(alert: recorded, at: time))
    }

    /// Writes them on the calling thread, until the task is cancelled.
    ///
    /// - Parameter leads: whether this machine writes: of several that share a log, each has every warning.
    public func follow(writer: RecordWriter, logger: Logger, leads: @Sendable () -> Bool) async {
        for await one in all where leads() {
            if Task.isCancelled { return }
            do { try writer.note(one.alert, at: one.at) } catch {
                logger.warning("a warning to supervisors could not be written into the log: \(error)")
            }
        }
    }
}
