import CallCenter
import Storage
import Testing

@testable import Workers

/// What has its turn next: those of one call in their order, and the position behind which nothing is lost.
@Suite struct DeliveryQueueTests {
    static func event(_ seq: Int64, _ order: String, part: Int = 0, bytes: Int = 2) -> OutwardEvent {
        OutwardEvent(
            seq: seq, part: part, type: "call.ended", at: morning, order: order,
            json: [UInt8](repeating: 0x20, count: bytes))
    }

    @Test func anEventThatWaitsHoldsItsCallBackAndNoOther() throws {
        var queue = DeliveryQueue(reached: 0)
        queue.add([Self.event(1, "a"), Self.event(2, "a"), Self.event(3, "b")], reached: 5)
        var item = queue.next(at: 0)
        let first = try #require(item)
        item = queue.next(at: 0)
        let second = try #require(item)
        #expect(first.event.seq == 1 && second.event.seq == 3)
        item = queue.next(at: 0)
        #expect(item == nil && queue.nextDue == nil && queue.position == 0)
        queue.retry(first.event, counts: true, notBefore: 100)
        queue.remove(second.event)
        item = queue.next(at: 99)
        #expect(item == nil && queue.nextDue == 100)
        item = queue.next(at: 100)
        let again = try #require(item)
        #expect(again.event.seq == 1 && again.tries == 1)
        queue.remove(again.event)
        #expect(queue.position == 1)
        item = queue.next(at: 100)
        let last = try #require(item)
        queue.remove(last.event)
        #expect(queue.isEmpty && queue.position == 5)
    }

    @Test func thereIsRoomForSoManyEventsAndBytes() {
        var queue = DeliveryQueue(reached: 0)
        queue.add((1...Int64(DeliveryQueue.countMax)).map { Self.event($0, "a") }, reached: 2_000)
        #expect(!queue.hasRoom)
        queue = DeliveryQueue(reached: 0)
        queue.add([Self.event(1, "a", bytes: DeliveryQueue.bytesMax)], reached: 1)
        #expect(!queue.hasRoom)
        queue.remove(Self.event(1, "a"))
        #expect(queue.hasRoom)
    }

    /// Random deliveries and failures: each event is delivered, those of one call in their order, and the position
    /// never passes one that was not.
    @Test(arguments: (0..<20).map { UInt64($0) }) func everyEventOfACallIsDeliveredInItsOrder(seed: UInt64) {
        var random = Numbers(state: seed &* 0x9E37_79B9_7F4A_7C15 &+ 1)
        var queue = DeliveryQueue(reached: 0), seq: Int64 = 0, now: Int64 = 0
        var open: Set<String> = [], done: Set<String> = [], delivered: [String: [Int64]] = [:]
        var underWay: [DeliveryQueue.Item] = [], position: Int64 = 0
        for step in 0..<2_000 {
            now += 1
            if step < 1_000, step % 4 == 0, queue.hasRoom {
                let added = (0..<Int.random(in: 0...3, using: &random)).map { n in
                    Self.event(seq + Int64(n / 2) + 1, "call \(Int.random(in: 0..<5, using: &random))", part: n % 2)
                }
                seq = max(seq, added.map(\.seq).max() ?? seq) + Int64.random(in: 0...2, using: &random)
                for one in added { open.insert(one.id) }
                queue.add(added, reached: seq)
            }
            if underWay.count < 4, let next = queue.next(at: now) { underWay.append(next) }
            if let i = underWay.indices.randomElement(using: &random), Int.random(in: 0..<3, using: &random) > 0 {
                let item = underWay.remove(at: i)
                if Int.random(in: 0..<3, using: &random) == 0, step < 1_500 {
                    queue.retry(item.event, counts: true, notBefore: now + Int64.random(in: 0...20, using: &random))
                } else {
                    queue.remove(item.event)
                    done.insert(item.event.id)
                    delivered[item.event.order, default: []].append(item.event.seq * 2 + Int64(item.event.part))
                }
            }
            #expect(queue.position >= position)
            position = queue.position
            let lost = open.subtracting(done).compactMap { OutwardEvent.place(ofID: $0)?.seq }.min() ?? .max
            #expect(position < lost, "seed \(seed)")
        }
        #expect(done == open && !open.isEmpty && queue.isEmpty, "seed \(seed)")
        for (call, seqs) in delivered { #expect(seqs == seqs.sorted(), "\(call), seed \(seed)") }
    }

    private struct Numbers: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return state
        }
    }
}
