import Testing

@testable import CallCenter

/// Which cases fire a rule and when: a trial over the past finds what a look at every moment would have found.
@Suite struct EscalationTests {
    /// Open from 10 to 20 of every 30.
    static func time(_ after: Int64, _ from: Timestamp) -> Timestamp? {
        var at = from.ms, left = after
        while left > 0 {
            if (10..<20).contains(((at % 30) + 30) % 30) { left -= 1 }
            at += 1
        }
        return Timestamp(ms: at)
    }

    static func random(_ random: inout Seeded) -> [CaseMoment] {
        var moments: [CaseMoment] = [], at: Int64 = 0
        var facts = CaseFacts(
            kind: OpenCase.Kind.allCases.randomElement(using: &random) ?? .case, isOpen: true,
            hasOwner: Bool.random(using: &random),
            due: Bool.random(using: &random) ? Timestamp(ms: Int64.random(in: 0...150, using: &random)) : nil,
            progressAt: Timestamp(ms: 0), waitingSince: nil)
        var owned = Timestamp(ms: 0)
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let now = Timestamp(ms: at)
            switch Int.random(in: 0...5, using: &random) {
            case 0: facts.progressAt = now
            case 1:
                facts.hasOwner.toggle()
                owned = now
            case 2: facts.waitingSince = facts.waitingSince == nil ? now : nil
            case 3: facts.due = Timestamp(ms: at + Int64.random(in: -20...60, using: &random))
            case 4: facts.isOpen.toggle()
            default: break
            }
            moments.append(
                CaseMoment(
                    at: now, facts: facts, phase: Bool.random(using: &random) ? "a" : "b", ownerSince: owned))
            at += Int64.random(in: 1...60, using: &random)
        }
        return moments
    }

    @Test(arguments: 0..<40) func aTrialFindsWhatALookAtEveryMomentFinds(_ seed: Int) {
        var seeded = Seeded(UInt64(seed))
        for condition in EscalationRule.Condition.allCases {
            let moments = Self.random(&seeded)
            let rule = EscalationRule(
                name: "r", condition: condition, after: Int64.random(in: 0...25, using: &seeded),
                kind: [nil, .case, .promise].randomElement(using: &seeded) ?? nil,
                phase: Bool.random(using: &seeded) ? "a" : nil)
            let end = Timestamp(ms: (moments.last?.at.ms ?? 0) + 80)
            // As the daemon does it, a look after each moment.
            var looked: [Timestamp] = [], firedFor: Timestamp?, ms: Int64 = 0
            while ms <= end.ms {
                let now = Timestamp(ms: ms)
                if let one = moments.last(where: { $0.at <= now }),
                    let at = rule.fires(one, firedFor: firedFor, Self.time), at <= now
                {
                    looked.append(now)
                    firedFor = rule.since(one)
                }
                ms += 1
            }
            #expect(rule.firings(moments, until: end, Self.time) == looked, "\(condition)")
        }
    }

    @Test func itFiresOnceForEachReason() {
        let facts = CaseFacts(
            kind: .case, isOpen: true, hasOwner: false, due: nil, progressAt: morning, waitingSince: nil)
        var progressed = facts
        progressed.progressAt = morning + 5_000
        let rule = EscalationRule(name: "r", after: 1_000)
        let moments = [
            CaseMoment(at: morning, facts: facts, phase: nil, ownerSince: morning),
            // Another owner is no other reason.
            CaseMoment(at: morning + 2_000, facts: facts, phase: nil, ownerSince: morning + 2_000),
            CaseMoment(at: morning + 5_000, facts: progressed, phase: nil, ownerSince: morning + 2_000),
        ]
        let found = rule.firings(moments, until: morning + 9_000) { $1 + $0 }
        #expect(found == [morning + 1_000, morning + 6_000])
        #expect(rule.firings(moments, until: morning + 5_999) { $1 + $0 } == [morning + 1_000])
        #expect(rule.firings(moments, until: morning + 9_000) { _, _ in nil }.isEmpty, "never open")
    }
}
