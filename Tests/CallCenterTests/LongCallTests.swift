import Testing

@testable import CallCenter

/// A call that waits a night long rings thousands of times: what a step costs must not grow with the square of them.
@Suite struct LongCallTests {
    /// Steps of one call, a second apart, each visit answered by one of three operators and handed back to a queue.
    private static func facts(rounds: Int) -> [CallStep] {
        var steps: [CallStep] = [.offered(queue: "support"), .queued("support")]
        for i in 0..<rounds {
            steps += [.ringing("10\(i % 3)", device: nil), .unanswered("10\(i % 3)", .timeout, device: nil)]
            steps += [.answered("20\(i % 3)"), .transferred(.queue("q\(i % 4)"), .blind), .queued("q\(i % 4)")]
        }
        return steps
    }

    private static func life(_ steps: [CallStep]) -> (life: CallLife, marks: Int) {
        var life = CallLife(), marks: [OperatorMark.Draft] = []
        for (i, step) in steps.enumerated() {
            life.advance(step, at: Timestamp(ms: Int64(i) * 1_000), policy: Policy(), marks: &marks)
        }
        return (life, marks.count)
    }

    @Test func legsThatHaveEndedChangeNoMore() {
        let steps = Self.facts(rounds: 500)
        let (life, _) = Self.life(steps)
        #expect(life.visits.count == 501 && life.legs.count == 1_000)
        #expect(life.legs.allSatisfy { $0.endedAt != nil })
        #expect(life.legs.filter { $0.end == .unanswered }.count == 500)
        // What comes behind touches the last legs alone.
        let (longer, _) = Self.life(steps + [.ringing("300", device: nil), .answered("300")])
        #expect(Array(longer.legs.prefix(1_000)) == life.legs)
        #expect(longer.legs.last?.operator == "300" && longer.legs.last?.answeredAt != nil)
    }

    @Test func aLateFactFindsTheAfterCallWorkOfTheOthers() {
        var call = Call(key: .init(source: "pbx", call: "c"), number: 4_096, heard: Timestamp(ms: 0))
        var marks: [OperatorMark.Draft] = []
        for (i, step) in Self.facts(rounds: 200).enumerated() {
            let time = Timestamp(ms: Int64(i) * 1_000)
            _ = call.insert(.init(time: time, timeIsGiven: true, seq: Int64(i + 1), step: step))
            call.life.advance(step, at: time, policy: Policy(), marks: &marks)
        }
        for i in call.life.legs.indices where call.life.legs[i].answeredAt != nil {
            call.life.legs[i].wrapUp = Int64(i)
            call.life.legs[i].wrapUpEndedAt = call.life.legs[i].endedAt.map { $0 + Int64(i) }
        }
        let before = call.life, handles = call.handles
        #expect(handles.compactMap { $0 }.count == 200)
        // A ring at another operator, received at the end.
        _ = call.insert(
            .init(time: Timestamp(ms: 2_500), timeIsGiven: true, seq: 9_999, step: .ringing("900", device: nil)))
        call.recompute(policy: Policy(), marks: &marks)
        #expect(call.life.legs.count == before.legs.count + 1)
        #expect(call.handles == handles)
        #expect(
            call.life.legs.filter { $0.answeredAt != nil }.map(\.wrapUp)
                == before.legs.filter { $0.answeredAt != nil }.map(\.wrapUp))
    }

    @Test func aCallIsCountedOnceInEachQueueItVisits() {
        var call = Call(key: .init(source: "pbx", call: "c"), number: 4_096, heard: Timestamp(ms: 0))
        call.life = Self.life(Self.facts(rounds: 40)).life
        let entries = call.entries(numberIsKnown: true)
        #expect(entries.count == 41)
        #expect(
            entries.filter { $0.start?.countsCall == true }.map(\.queue).sorted() == [
                "q0", "q1", "q2", "q3", "support",
            ])
    }
}
