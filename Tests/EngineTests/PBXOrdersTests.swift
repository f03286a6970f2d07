import EventWire
import Synchronization
import Testing

@testable import Engine

/// An order ends in every case: by its answer, by the end of its connection, or by its time-out.
@Suite struct PBXOrdersTests {
    private static let order = PBXOrder(action: .pause, operator: "101")

    /// The time-out was armed before the order was registered. One that ran out in between ended nothing, and the order
    /// waited without end.
    @Test(.timeLimit(.minutes(10))) func aTimeOutThatIsOverAtOnceEndsTheOrder() async {
        let orders = PBXOrders(sleep: { _ in })
        _ = orders.opened("pbx1") { _ in }
        for _ in 0..<2_000 { #expect(await orders.send(Self.order, to: "pbx1", within: 0) == .noAnswer) }
    }

    /// An answer that comes while the order is being sent finds it registered.
    @Test func anAnswerThatComesWhileItIsSentIsHeard() async {
        let orders = PBXOrders(sleep: { _ in try await Task.sleep(for: .seconds(60)) })
        let taker = Mutex(0)
        let number = orders.opened("pbx1") { bytes in
            guard case .order(let order)? = bytes.withUnsafeBytes(OrderLine.read) else { return }
            orders.end(order.id, .done, by: taker.withLock { $0 })
        }
        taker.withLock { $0 = number }
        for _ in 0..<100 { #expect(await orders.send(Self.order, to: "pbx1", within: 60_000) == .done) }
    }

    @Test func withoutATakerThereIsNobody() async {
        let orders = PBXOrders(sleep: { _ in })
        #expect(await orders.send(Self.order, to: "pbx1", within: 0) == .nobody)
        let number = orders.opened("pbx2") { _ in }
        #expect(await orders.send(Self.order, to: "pbx1", within: 0) == .nobody)
        #expect(await orders.send(Self.order, to: nil, within: 0) == .noAnswer)
        orders.closed(number)
        #expect(await orders.send(Self.order, to: nil, within: 0) == .nobody)
    }
}
