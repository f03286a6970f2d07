/// Decides when a node that follows should lead: a pure function of what it has seen of the others.
///
/// A node leads because it holds a lock in the database; that alone decides. This only says when to try, and when a
/// leader that says nothing is to be ended first.
struct Election: Sendable {
    /// A leader whose heartbeat has not changed for this time is taken to be gone. Milliseconds.
    static let silence: Int64 = 1_000
    /// Among candidates the one whose log is longest tries first; each further one waits this much longer.
    /// Milliseconds.
    static let turn: Int64 = 200

    /// Another node, as the database has it.
    struct Seen: Equatable, Sendable {
        var node: String
        /// Changes with each heartbeat.
        var beat: Int64
        /// The end of its copy of the log.
        var seq: Int64
        /// It has said that it stops.
        var isLeaving = false
        /// It says that it joins: it copies files, or connects with the database again.
        var isJoining = false
    }

    /// What to do now.
    enum Advice: Equatable, Sendable {
        /// A leader is there, or this node has not seen enough yet.
        case follow
        /// Try to get the lock. The leader's session is ended first when it is silent.
        case tryToLead(endingLeader: Bool)
    }

    let node: String
    /// Each node's heartbeat, and when it was last seen to change by this node's own monotonic clock. Milliseconds.
    private(set) var changed: [String: (beat: Int64, at: Int64)] = [:]
    /// Since when a node has been seen to join. Milliseconds.
    private var joining: [String: Int64] = [:]
    /// Since when this node sees the database without a gap; nil when it does not.
    private var seesSince: Int64?

    init(node: String) { self.node = node }

    /// The database could not be asked: silence since then says nothing about others.
    mutating func lostSight() { seesSince = nil }

    /// The database was asked.
    ///
    /// - Parameters:
    ///   - leader: who leads as the log says; nil when nobody ever did, or the last one has stopped in order.
    ///   - nodes: all nodes but this one.
    ///   - seq: the end of this node's copy of the log.
    ///   - now: a monotonic clock. Milliseconds.
    mutating func advise(leader: String?, nodes: [Seen], seq: Int64, now: Int64) -> Advice {
        let since = seesSince ?? now
        seesSince = since
        for seen in nodes where changed[seen.node]?.beat != seen.beat { changed[seen.node] = (seen.beat, now) }
        changed = changed.filter { known in nodes.contains { $0.node == known.key } }
        let before = joining
        joining = [:]
        for seen in nodes where seen.isJoining { joining[seen.node] = before[seen.node] ?? now }
        let rank = rank(nodes, seq: seq, now: now)
        guard let leader, leader != node else {
            // Nobody leads. This node led before it was started again, or nobody did.
            return now - since >= rank * Election.turn ? .tryToLead(endingLeader: false) : .follow
        }
        if let seen = nodes.first(where: { $0.node == leader }), isGone(seen, now: now) {
            return now - since >= rank * Election.turn ? .tryToLead(endingLeader: false) : .follow
        }
        // A leader whose row is not there has never been seen.
        let heard = max(since, changed[leader]?.at ?? since)
        return now - heard >= Election.silence + rank * Election.turn ? .tryToLead(endingLeader: true) : .follow
    }

    /// Whether it neither leads nor could. A leader that connects with the database again joins for a moment, and one
    /// that was started again without its files for minutes: its heart beats, and it does not lead.
    private func isGone(_ seen: Seen, now: Int64) -> Bool {
        seen.isLeaving || joining[seen.node].map { now - $0 >= Election.silence } ?? false
    }

    /// How many living nodes have a better claim: a longer log, or the same and a smaller name.
    private func rank(_ nodes: [Seen], seq: Int64, now: Int64) -> Int64 {
        Int64(
            nodes.count { seen in
                guard !isGone(seen, now: now), let at = changed[seen.node]?.at, now - at < Election.silence else {
                    return false
                }
                return seen.seq > seq || (seen.seq == seq && seen.node < node)
            })
    }
}
