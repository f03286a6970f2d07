import CallCenter
import Dispatch
import Engine
import Logging
import NodeLink
import PostgresLog
import Storage
import Synchronization
import Workers

/// This machine as a node of a cluster: it follows the shared log, or leads it (docs/decisions/0040).
///
/// One task does everything in turn, so that following and leading never overlap: rows from the leader, reading the
/// database, trying to lead, ending a leadership.
public final class ClusterNode: Sendable {
    /// What the node works with. The closures are called in the node's task, one at a time.
    public struct Parts: Sendable {
        var engine: Engine
        var projections: Projections
        /// The rules of this node's configuration, which apply when it leads.
        var policy: @Sendable () -> Policy
        /// Called when the node begins or ends to lead, or follows another leader: connections of PBXs have to be made
        /// again.
        var leaderChanged: @Sendable () -> Void
        /// Called when this node's copy is no part of the shared log: it has to be made from another node's.
        var diverged: @Sendable (String) -> Void
        /// Called when a customer was erased, in the records and in the state: what is left in the files has to follow.
        var beginErase: @Sendable () -> Void
        /// The oldest position that this node's copy of the log keeps; nil when it has none.
        var oldest: @Sendable () -> Int64?
        /// This program's version.
        var version: String

        /// Copies its arguments.
        public init(
            engine: Engine, projections: Projections, policy: @escaping @Sendable () -> Policy,
            leaderChanged: @escaping @Sendable () -> Void, diverged: @escaping @Sendable (String) -> Void,
            beginErase: @escaping @Sendable () -> Void, oldest: @escaping @Sendable () -> Int64?, version: String
        ) {
            self.engine = engine
            self.projections = projections
            self.policy = policy
            self.leaderChanged = leaderChanged
            self.diverged = diverged
            self.beginErase = beginErase
            self.oldest = oldest
            self.version = version
        }
    }

    /// What the node's task gets to do.
    enum Step: Sendable {
        /// Rows that the leader has sent.
        case rows([LogRow])
        /// What the leader says beside the log.
        case said(Notice)
        /// What the database had.
        case read(Found)
        /// The database said that this node should try to lead.
        case tryToLead(ending: Int32?)
        /// Another node has taken the lead, as the database or an append showed.
        case lost
        /// Time to read the database.
        case poll
    }

    let place: PostgresPlace
    let node: String
    let address: String
    let client: LinkClient
    let leading: LeaderLog
    let view: Mutex<ClusterView>
    /// Where this node's state and records are.
    let position: ReachedPosition
    let logger: Logger
    let steps: AsyncStream<Step>
    let add: AsyncStream<Step>.Continuation
    /// Blocking calls to the records, and to the database where nothing else can go on.
    let blocking = DispatchQueue(label: "cluster")
    /// Reads the database beside the node's task.
    let reading = DispatchQueue(label: "cluster reading")
    /// Asks the database what it says of itself, for the doctor.
    let asking = DispatchQueue(label: "cluster doctor")
    let asked = Mutex<(at: Int64, facts: Result<ServerFacts, PostgresError>)?>(nil)
    private let running = Mutex<Running?>(nil)

    private struct Running {
        var work: Task<Void, Never>
        var timer: Task<Void, Never>
        var heart: Heart
    }

    /// - Parameters:
    ///   - address: where other nodes reach this one.
    ///   - client: connections to other nodes.
    public init(place: PostgresPlace, node: String, address: String, client: LinkClient, logger: Logger) {
        self.place = place
        self.node = node
        self.address = address
        self.client = client
        self.logger = logger
        view = Mutex(ClusterView(node: node))
        let position = ReachedPosition()
        self.position = position
        let (steps, add) = AsyncStream<Step>.makeStream(bufferingPolicy: .bufferingOldest(4_096))
        self.steps = steps
        self.add = add
        leading = LeaderLog(
            .init(lead: { pid throws(PostgresError) in
                let (session, head) = try LeaderSession.lead(place, ending: pid)
                return (session, head)
            }), logger: logger, copiedThrough: { position.set($0) }, lost: { add.yield(.lost) })
    }

    /// Where entries of this node's engine have to be before they count.
    public var authority: any LogAuthority { leading }

    /// Follows and leads until `stop`.
    ///
    /// - Parameters:
    ///   - newest: the newest row of this node's copy of the log; nil when it has none.
    ///   - position: the end of the copy.
    public func start(_ parts: Parts, newest: LogRow?, at position: Int64) {
        self.position.set(position)
        let heart = Heart(
            .init(
                place: place, node: node, address: address, version: parts.version,
                standing: { [leading, position = self.position] in
                    .init(state: leading.epoch == nil ? .follower : .leader, seq: position.now)
                }, seen: { [weak self] in self?.note($0) }, logger: logger))
        heart.start()
        let work = Task { [weak self] in
            guard let self else { return }
            var life = NodeLife(parts: parts, newest: newest.flatMap { $0.epoch > 0 ? RowMark($0) : nil })
            for await step in steps { await perform(step, &life) }
            await end(&life)
        }
        let timer = Task { [add, leading] in
            var count = 0
            while !Task.isCancelled {
                leading.reportWaiting(now: monotonicMs())
                if count % 5 == 0 { add.yield(.poll) }
                count += 1
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
        parts.engine.whenWorkChanges { [leading] in leading.send(.work($0)) }
        running.withLock { $0 = Running(work: work, timer: timer, heart: heart) }
    }

    /// Gives the lead back in order, and ends. To be called when nothing waits for a commit any more.
    public func stop() async {
        guard let running = running.withLock({ $0.take() }) else { return }
        running.timer.cancel()
        add.finish()
        await running.work.value
        await onThread { running.heart.stop() }
    }

    private func note(_ seen: (nodes: [Membership.Node], head: LogHead?)?) {
        let (advice, head, isOther) = view.withLock { view in
            let before = view.head?.node, advice = view.note(seen, seq: position.now, now: monotonicMs())
            return (advice, view.head, before != view.head?.node)
        }
        if isOther { add.yield(.poll) }
        if let epoch = leading.epoch {
            // Another leadership began. An append would find out, but nobody may push one for a while.
            if let head, seen != nil, head.epoch > epoch, head.node != node { add.yield(.lost) }
        } else if case .tryToLead(let endsLeader) = advice {
            add.yield(.tryToLead(ending: endsLeader ? head?.pid : nil))
        }
    }

    /// Runs blocking work on the node's thread.
    func onThread<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            blocking.async { continuation.resume(returning: work()) }
        }
    }
}
