import Engine
import NodeLink
import PostgresLog
import Storage
import Workers

/// Beginning and ending to lead.
extension ClusterNode {
    /// Time between two attempts to shorten the log in the database. Milliseconds.
    private static let cutEvery: Int64 = 600_000
    /// How often a node that cannot be reached is told who leads: for half a minute.
    private static let saidAtMost = 20

    /// Tries to get the lock, reads the rest of the log, and leads.
    func tryToLead(ending pid: Int32?, _ life: inout NodeLife) async {
        guard await life.parts.engine.standing()?.isReady == true else { return }
        let result = await onThread { [place] () -> (session: LeaderSession, head: LogHead)? in
            do throws(PostgresError) { return try LeaderSession.lead(place, ending: pid) } catch { return nil }
        }
        guard let (session, head) = result else { return }
        // Nobody appends now: what is in the log is the rest of it.
        var reads = 0
        while position.now < head.last, reads < 100 {
            reads += 1
            if await !readOn(&life) { break }
        }
        guard position.now == head.last else {
            logger.warning(
                "node \(node) could lead, but has read the log up to \(position.now) only, and it ends at \(head.last)")
            return await close(session)
        }
        leading.begin(session, epoch: head.epoch)
        var isLeading = false
        do { isLeading = try await life.parts.engine.lead(epoch: head.epoch, life.parts.policy()) } catch {
            logger.error("node \(node) cannot lead: \(error)")
        }
        guard isLeading else {
            leading.end(inOrder: true)
            return
        }
        life.following?.task.cancel()
        life.following = nil
        logger.notice("node \(node) leads from position \(head.last) on, epoch \(head.epoch)")
        life.parts.leaderChanged()
        sayThatItLeads(head.epoch)
    }

    /// Tells the others. One that is cut off from the database does not see there that it does not lead any more, and
    /// goes on for its desks and its bridge until it hears it.
    private func sayThatItLeads(_ epoch: Int64) {
        let own = Peer(node: node, address: address)
        for other in status.nodes where other.node != node {
            Task { [client, leading] in
                let peer = Peer(node: other.node, address: other.address)
                for _ in 0..<ClusterNode.saidAtMost where leading.term == epoch {
                    do { return try await client.say(own, leads: epoch, to: peer) } catch {
                        // It may be away, or of an earlier version.
                        try? await Task.sleep(for: .milliseconds(500))
                    }
                }
            }
        }
    }

    private func close(_ session: LeaderSession) async { await onThread { session.close() } }

    /// Ends this node's leadership, and follows from there.
    func stepDown(_ life: inout NodeLife) async {
        leading.end(inOrder: false)
        await life.parts.engine.stepDown()
        // A running commit ends as the log says; then the state is what the copy has.
        while let standing = await life.parts.engine.standing() {
            if standing.role == .follows, standing.isReady, !standing.isOwing {
                position.set(standing.committed)
                break
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        if let appended = leading.newest, appended.last > life.newest?.last ?? 0 { life.newest = appended }
        await close(&life)
        logger.notice("node \(node) does not lead any more, and follows from position \(position.now) on")
        life.parts.leaderChanged()
    }

    /// Deletes from the database what no node's copy keeps any more. Not waited for.
    func cutDatabase(_ life: inout NodeLife) {
        let now = monotonicMs()
        guard now >= life.cutDue, let first = life.parts.oldest() else { return }
        life.cutDue = now + ClusterNode.cutEvery
        reading.async { [place, logger] in
            do throws(PostgresError) {
                let table = try LogTable.open(place)
                defer { table.close() }
                try table.cut(before: first)
            } catch { logger.warning("old entries cannot be cut off the shared log: \(error)") }
        }
    }

    /// The node stops.
    func end(_ life: inout NodeLife) async {
        life.following?.task.cancel()
        await life.parts.engine.stepDown()
        leading.end(inOrder: true)
        await close(&life)
    }
}
