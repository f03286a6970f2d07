import Testing

@testable import Cluster

/// Requests that wait for a log position.
@Suite struct ReachedPositionTests {
    @Test func aPositionThatIsReachedIsNotWaitedFor() async {
        let position = ReachedPosition()
        position.set(7)
        #expect(await position.wait(for: 7, atMost: .seconds(600)))
        #expect(position.now == 7)
    }

    @Test func whoWaitsIsWokenWhenItIsReached() async {
        let position = ReachedPosition()
        async let early = position.wait(for: 3, atMost: .seconds(600))
        async let late = position.wait(for: 5, atMost: .seconds(600))
        for at in 1...5 as ClosedRange<Int64> {
            position.set(at)
            await Task.yield()
        }
        #expect(await early)
        #expect(await late)
    }

    @Test func whoWaitsTooLongIsTold() async {
        let position = ReachedPosition()
        position.set(4)
        #expect(await !position.wait(for: 5, atMost: .milliseconds(20)))
        // A position that is reached later wakes nobody a second time.
        position.set(5)
        #expect(await position.wait(for: 5, atMost: .milliseconds(20)))
    }

    @Test func manyWaitAtOnce() async {
        let position = ReachedPosition()
        await withTaskGroup(of: Bool.self) { group in
            for at in 1...500 as ClosedRange<Int64> {
                group.addTask { await position.wait(for: at, atMost: .seconds(600)) }
            }
            for at in 1...500 as ClosedRange<Int64> { position.set(at) }
            for await isReached in group { #expect(isReached) }
        }
    }
}
