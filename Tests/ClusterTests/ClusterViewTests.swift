import NodeLink
import Testing

@testable import Cluster
@testable import PostgresLog

/// What a node that follows makes of what the database shows and the leader says.
@Suite struct ClusterViewTests {
    private func seen(leader: String?, epoch: Int64, beat: Int64) -> (nodes: [Membership.Node], head: LogHead?) {
        let nodes = ["a", "b"].map { name in
            Membership.Node(
                name: name, address: "\(name):1", version: "1", state: "follower", seq: 10,
                beat: name == "a" ? beat : 0, clockOffsetMs: nil, seenMsAgo: 0)
        }
        let head = LogHead(
            identity: "", epoch: epoch, last: 10, behind: 0, node: leader, pid: 1, newestEpoch: epoch)
        return (nodes, head)
    }

    @Test func whatTheLeaderSaysHoldsForAMoment() {
        var view = ClusterView(node: "b")
        #expect(!view.leaderWaits(now: 10_000))
        view.noteWaiting(now: 10_000)
        #expect(view.leaderWaits(now: 11_000))
        #expect(!view.leaderWaits(now: 11_500))
    }

    /// A leader that is cut off from the database waits for it alone: the desks must not go there.
    @Test func aLeaderThatIsCutOffIsNotTheOneToGoTo() {
        var view = ClusterView(node: "b")
        for beat in 0...20 {
            _ = view.note(seen(leader: "a", epoch: 3, beat: Int64(min(beat, 10))), seq: 10, now: Int64(beat) * 100)
        }
        // It beat last at 1,000, and this node sees the database at 2,000.
        view.noteWaiting(now: 2_050)
        #expect(!view.leaderWaits(now: 2_100))
        // This node does not see it any more, either: the database is away.
        #expect(view.leaderWaits(now: 2_400))
    }

    /// Its heart beats, so the database answers it: its commit waits for a standby.
    @Test func aLeaderWhoseCommitWaitsIsTheOneToGoTo() {
        var view = ClusterView(node: "b")
        for beat in 0...20 {
            _ = view.note(seen(leader: "a", epoch: 3, beat: Int64(beat)), seq: 10, now: Int64(beat) * 100)
        }
        view.noteWaiting(now: 2_000)
        #expect(view.leaderWaits(now: 2_050))
    }

    @Test func aLeaderIsKnownByItsOwnWord() {
        var view = ClusterView(node: "a")
        _ = view.note(seen(leader: "a", epoch: 3, beat: 1), seq: 10, now: 1_000)
        #expect(view.leader?.node == "a")
        view.note(Peer(node: "b", address: "b:2"), leads: 4, now: 2_000)
        _ = view.note(nil, seq: 10, now: 2_100)
        #expect(view.leader?.node == "b" && view.leader?.address == "b:2")
        // What is older says nothing.
        view.note(Peer(node: "c", address: "c:2"), leads: 2, now: 2_200)
        #expect(view.leader?.node == "b")
        // The database knows better.
        _ = view.note(seen(leader: "a", epoch: 5, beat: 2), seq: 10, now: 2_300)
        #expect(view.leader?.node == "a")
    }

    /// A database that has lost an epoch, as one without synchronous standbys may.
    @Test func whatTheDatabaseDoesNotConfirmIsForgotten() {
        var view = ClusterView(node: "a")
        view.note(Peer(node: "b", address: "b:2"), leads: 4, now: 2_000)
        _ = view.note(seen(leader: "a", epoch: 3, beat: 1), seq: 10, now: 6_900)
        #expect(view.leader?.node == "b")
        _ = view.note(seen(leader: "a", epoch: 3, beat: 2), seq: 10, now: 7_100)
        #expect(view.leader?.node == "a")
    }
}
