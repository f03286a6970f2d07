import Dispatch
import Logging
import PostgresLog
import Synchronization

/// Writes this node's heartbeat to the database and reads the others', ten times a second, on a thread of its own.
///
/// Its session does not wait for standbys, so a heartbeat goes on while commits wait.
final class Heart: Sendable {
    /// Milliseconds between heartbeats.
    static let every = 100

    /// What this node says of itself.
    struct Standing: Equatable, Sendable {
        var state: NodeState
        /// The end of its copy of the log.
        var seq: Int64
    }

    struct Parts: Sendable {
        var place: PostgresPlace
        var node: String
        /// Where other nodes reach this one.
        var address: String
        var version: String
        var standing: @Sendable () -> Standing
        /// Called after each heartbeat; with nil when the database cannot be asked.
        var seen: @Sendable ((nodes: [Membership.Node], head: LogHead?)?) -> Void
        var logger: Logger
    }

    private let parts: Parts
    private let queue = DispatchQueue(label: "cluster heartbeat", qos: .userInteractive)
    private let isStopped = Mutex(false)
    private let ended = DispatchSemaphore(value: 0)

    init(_ parts: Parts) { self.parts = parts }

    func start() { queue.async { [self] in beat() } }

    /// Says that this node leaves, and returns when that is done or cannot be.
    func stop() {
        isStopped.withLock { $0 = true }
        _ = ended.wait(timeout: .now() + .seconds(4))
    }

    private func beat() {
        var session: Membership?, isAway = false
        while !isStopped.withLock({ $0 }) {
            let began = DispatchTime.now()
            do throws(PostgresError) {
                let joined: Membership
                if let session {
                    joined = session
                } else {
                    joined = try Membership.join(
                        parts.place, node: parts.node, address: parts.address, version: parts.version)
                    session = joined
                }
                let standing = parts.standing()
                parts.seen(try joined.beat(state: standing.state.rawValue, seq: standing.seq))
                if isAway { parts.logger.notice("the cluster's database answers again") }
                isAway = false
            } catch {
                session = nil
                if !isAway { parts.logger.warning("the cluster's database does not answer: \(error)") }
                isAway = true
                parts.seen(nil)
            }
            let pause = DispatchSemaphore(value: 0)
            _ = pause.wait(timeout: began + .milliseconds(Heart.every))
        }
        if let session {
            _ = try? session.beat(state: NodeState.leaving.rawValue, seq: parts.standing().seq)
            session.leave()
        }
        ended.signal()
    }
}

/// What a node says of itself.
public enum NodeState: String, Sendable {
    /// It leads, follows the log, or makes its first copy of it.
    case leader, follower, joining
    /// It stops in order: nobody waits for its heartbeat.
    case leaving
}
