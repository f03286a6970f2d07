import Testing

@testable import NodeLink

@Suite struct FeedTests {
    static func frame(_ number: Int64, bytes: Int = 0) -> LinkFrame {
        LinkFrame(
            first: number, last: number, epoch: 1, readAt: 0, changes: 0, entries: [UInt8](repeating: 7, count: bytes))
    }

    @Test func framesComeInOrderAndWakeOnce() {
        let feed = Feed(bytesMax: 10_000), woken = Box(0)
        let wake: @Sendable () -> Void = { woken.change { $0 += 1 } }
        #expect(feed.next(upTo: 100, wake: wake).frames.isEmpty)
        for number in 1...3 { #expect(feed.offer(FeedTests.frame(Int64(number)))) }
        #expect(woken.value == 1)
        // 45 bytes each.
        #expect(feed.next(upTo: 100, wake: wake).frames.map(\.first) == [1, 2])
        #expect(feed.next(upTo: 1, wake: wake).frames.map(\.first) == [3])
        let none = feed.next(upTo: 1, wake: wake)
        #expect(none.frames.isEmpty && none.end == nil)
        #expect(woken.value == 1)
        #expect(feed.offer(FeedTests.frame(4)))
        #expect(woken.value == 2)
    }

    @Test func aFullFeedDropsItsFollower() {
        let feed = Feed(bytesMax: 1_000), woken = Box(0)
        _ = feed.next(upTo: 1, wake: { woken.change { $0 += 1 } })
        #expect(feed.offer(FeedTests.frame(1, bytes: 400)))
        #expect(feed.offer(FeedTests.frame(2, bytes: 400)))
        #expect(!feed.offer(FeedTests.frame(3, bytes: 400)))
        #expect(!feed.offer(FeedTests.frame(4)))
        let left = feed.next(upTo: 10_000, wake: {})
        #expect(left.frames.isEmpty && left.end == .overfull)
        #expect(woken.value == 1)
    }

    /// What was read makes room again.
    @Test func roomIsByWhatWaits() {
        let feed = Feed(bytesMax: 500)
        for number in 1...1_000 {
            #expect(feed.offer(FeedTests.frame(Int64(number), bytes: 300)))
            #expect(feed.next(upTo: 1, wake: {}).frames.map(\.first) == [Int64(number)])
        }
    }

    /// A follower that never reads everything: what it has read is not held.
    @Test func aSlowFollowerIsHeldByBytesAlone() {
        let feed = Feed(bytesMax: 2_000)
        #expect(feed.offer(FeedTests.frame(0, bytes: 300)))
        for number in 1...1_000 {
            #expect(feed.offer(FeedTests.frame(Int64(number), bytes: 300)))
            #expect(feed.next(upTo: 1, wake: {}).frames.map(\.first) == [Int64(number - 1)])
        }
    }

    @Test func whatWasOfferedBeforeTheEndIsSent() {
        let feed = Feed(bytesMax: 500)
        #expect(feed.offer(FeedTests.frame(1)))
        feed.end()
        #expect(!feed.offer(FeedTests.frame(2)))
        #expect(feed.next(upTo: 100, wake: {}).frames.map(\.first) == [1])
        #expect(feed.next(upTo: 100, wake: {}).end == .finished)
    }

    @Test func aFollowerThatHasGoneGetsNothing() {
        let feed = Feed(bytesMax: 500)
        #expect(feed.offer(FeedTests.frame(1)))
        feed.abandon()
        #expect(!feed.offer(FeedTests.frame(2)))
        let left = feed.next(upTo: 100, wake: {})
        #expect(left.frames.isEmpty && left.end == .abandoned)
    }
}

extension LinkMessage {
    /// The first position of a burst.
    fileprivate var first: Int64? { if case .burst(let frame) = self { frame.first } else { nil } }
}
