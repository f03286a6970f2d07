import Testing

@testable import Cluster

/// When a node that follows tries to lead.
@Suite struct ElectionTests {
    typealias Seen = Election.Seen

    /// Heartbeats of node b every 250 ms, as node a sees them, until it says otherwise or the time is over.
    ///
    /// - Returns: when it tried to lead; nil when it did not.
    func firstTry(
        until end: Int64, from start: Int64 = 0, leader: String? = "b", seq: Int64 = 10,
        _ nodes: (_ now: Int64) -> [Seen]?
    ) -> (at: Int64, endingLeader: Bool)? {
        var election = Election(node: "a")
        for now in stride(from: start, through: end, by: 250) {
            guard let nodes = nodes(now) else {
                election.lostSight()
                continue
            }
            if case .tryToLead(let ending) = election.advise(leader: leader, nodes: nodes, seq: seq, now: now) {
                return (now, ending)
            }
        }
        return nil
    }

    @Test func aLeaderWhoseHeartBeatsIsFollowed() {
        #expect(firstTry(until: 60_000) { [Seen(node: "b", beat: $0, seq: 10)] } == nil)
    }

    @Test func aSilentLeaderIsEndedAfterASecond() throws {
        let tried = try #require(firstTry(until: 60_000) { [Seen(node: "b", beat: min($0, 5_000), seq: 10)] })
        #expect(tried.at == 6_000)
        #expect(tried.endingLeader)
    }

    /// Who could not see the database knows nothing of the leader's silence.
    @Test func timeWithoutTheDatabaseIsNoSilence() throws {
        let tried = try #require(
            firstTry(until: 60_000) { now in
                5_000..<20_000 ~= now ? nil : [Seen(node: "b", beat: min(now, 5_000), seq: 10)]
            })
        #expect(tried.at == 21_000)
    }

    /// Its heart beats while it copies another node's files, and it does not lead.
    @Test func aLeaderThatJoinsWithoutItsFilesIsNotWaitedFor() throws {
        let tried = try #require(
            firstTry(until: 60_000) { now in
                [Seen(node: "b", beat: now, seq: now < 5_000 ? 10 : 0, isJoining: now >= 5_000)]
            })
        #expect(tried.at == 6_000)
        #expect(!tried.endingLeader, "there is nothing to end")
    }

    /// The database was away, and the leader says hello again.
    @Test func aLeaderThatJoinsForAMomentIsFollowed() {
        #expect(
            firstTry(until: 60_000) { now in
                [Seen(node: "b", beat: now, seq: 10, isJoining: now % 5_000 < 500)]
            } == nil)
    }

    @Test func aNodeThatJoinsHasNoClaim() throws {
        // b leads no more, and a smaller name joins with as much.
        var election = Election(node: "m"), tried: Int64?
        for now in stride(from: 0, through: 20_000, by: 250) as StrideThrough<Int64> where tried == nil {
            let nodes = [
                Seen(node: "b", beat: min(now, 5_000), seq: 10), Seen(node: "a", beat: now, seq: 10, isJoining: true),
            ]
            if case .tryToLead = election.advise(leader: "b", nodes: nodes, seq: 10, now: now) { tried = now }
        }
        #expect(tried == 6_000)
    }

    @Test func aLeaderThatComesBackWithTheDatabaseIsFollowed() {
        #expect(
            firstTry(until: 60_000) { now in 5_000..<20_000 ~= now ? nil : [Seen(node: "b", beat: now, seq: 10)] }
                == nil)
    }

    @Test func theOneWithTheLongestLogGoesFirst() throws {
        func tries(seq: Int64) throws -> Int64 {
            try #require(
                firstTry(until: 60_000, seq: seq) { now in
                    [
                        Seen(node: "b", beat: min(now, 5_000), seq: 10), Seen(node: "c", beat: now, seq: 9),
                        Seen(node: "d", beat: now, seq: 7),
                    ]
                }
            ).at
        }
        #expect(try tries(seq: 10) == 6_000)
        // Behind c: a turn later, which the next heartbeat shows.
        #expect(try tries(seq: 8) == 6_250)
        // Behind c and d: two turns.
        #expect(try tries(seq: 6) == 6_500)
    }

    @Test func nobodyLeadsSoTheFirstByNameTriesAtOnce() throws {
        #expect(try #require(firstTry(until: 5_000, leader: nil) { [Seen(node: "b", beat: $0, seq: 10)] }).at == 0)
        let first = try #require(firstTry(until: 5_000, leader: nil, seq: 9) { [Seen(node: "b", beat: $0, seq: 10)] })
        #expect(first.at == 250)
        #expect(!first.endingLeader)
    }

    @Test func aLeaderThatLeavesIsNotWaitedFor() throws {
        let tried = try #require(
            firstTry(until: 60_000) { [Seen(node: "b", beat: $0, seq: 10, isLeaving: $0 >= 5_000)] })
        #expect(tried.at == 5_000)
        #expect(!tried.endingLeader)
    }

    @Test func aNodeThatLedBeforeItWasStartedAgainTriesAtOnce() throws {
        #expect(try #require(firstTry(until: 5_000, leader: "a") { [Seen(node: "b", beat: $0, seq: 9)] }).at == 0)
    }

    /// Whatever the others do, two nodes that see the same never try within the same turn.
    @Test(arguments: 0..<50 as Range<UInt64>) func candidatesTryOneAfterTheOther(seed: UInt64) throws {
        var random = Seeded(seed: seed)
        let names = ["a", "b", "c", "d"].shuffled(using: &random), dead = names[0]
        let seqs = Dictionary(uniqueKeysWithValues: names.map { ($0, Int64.random(in: 8...10, using: &random)) })
        var firsts: [Int64] = []
        for name in names.dropFirst() {
            var election = Election(node: name), first: Int64?
            for now in stride(from: Int64(0), through: 20_000, by: 50) where first == nil {
                let others = names.filter { $0 != name }.map {
                    Seen(node: $0, beat: $0 == dead ? min(now, 5_000) : now, seq: seqs[$0] ?? 0)
                }
                if case .tryToLead = election.advise(leader: dead, nodes: others, seq: seqs[name] ?? 0, now: now) {
                    first = now
                }
            }
            firsts.append(try #require(first))
        }
        #expect(Set(firsts).count == firsts.count)
        #expect(firsts.allSatisfy { $0 >= 6_000 && $0 <= 6_000 + 3 * Election.turn })
    }
}

/// SplitMix64.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
