import EventWire
import NIOCore
import Synchronization
import Testing

@testable import Engine
@testable import Ingest

/// A connection whose first line says that it takes orders, however that line is cut into reads.
@Suite struct OrderConnectionTests {
    static let opening = #"{"type":"pbx.takes_orders","source":"pbx1"}"#

    @Test(arguments: 1..<opening.utf8.count + 1) func theFirstLineMayComeInTwoReads(cut: Int) throws {
        let client = try Client()
        try client.send(String(Self.opening.prefix(cut)))
        #expect(try client.received() == "")
        try client.send(String(Self.opening.dropFirst(cut)) + "\n")
        #expect(try client.received() == "{\"ok\":true}\n")
        #expect(client.engine.lines == [])
        #expect(client.connections.now == 0, "it pushes no events")
    }

    @Test func theFirstLineMayComeByteByByte() throws {
        let client = try Client()
        for character in Self.opening { try client.send(String(character)) }
        #expect(try client.received() == "")
        try client.send("\r\n")
        #expect(try client.received() == "{\"ok\":true}\n")
    }

    /// Lines of nothing but spaces are no events, and so none is the first line.
    @Test func blankLinesBeforeTheFirstAreSkipped() throws {
        let client = try Client()
        try client.send("\r\n")
        try client.send("  \n" + Self.opening + "\n")
        #expect(try client.received() == "{\"ok\":true}\n")
    }

    @Test func anEventInTwoReadsIsTakenWhole() throws {
        let client = try Client(), line = ended("c1")
        for cut in [1, 9, line.utf8.count] {
            try client.send(String(line.prefix(cut)))
            try client.send(String(line.dropFirst(cut)) + "\n")
        }
        #expect(client.engine.lines == [line, line, line])
    }

    /// What is longer than any opening is an event, and is not held until its end.
    @Test func aLongFirstLineIsNoOpening() throws {
        let client = try Client(), name = String(repeating: "n", count: 1_020)
        let line = #"{"type":"call.offered","call":"c1","to":"03","name":"\#(name)","from":"\#(name)"}"#
        try client.send(String(line.prefix(1_500)))
        try client.send(String(line.dropFirst(1_500)) + "\n" + ended("c2") + "\n")
        #expect(client.engine.lines == [line, ended("c2")])
    }

    /// Without its newline the line was not sent, as of every other.
    @Test func aClientThatClosesInTheMiddleOfItsFirstLineIsAnswered() throws {
        let client = try Client()
        try client.send(ended("c1"))
        client.closeInput()
        #expect(client.engine.lines == [ended("c1")])
        client.answer(0)
        #expect(try client.received() == "{\"ok\":true,\"seq\":0}\n")
        #expect(!client.isOpen)
    }

    /// It may push nothing, and so it takes no orders: the line is an event like any other, and is refused.
    @Test func whoMayNotPushTakesNoOrders() throws {
        let client = try Client(user: 5_000)
        try client.send(Self.opening + "\n")
        #expect(client.engine.lines == ["refused: unknown_type"])
    }

    @Test func whoSpeaksForOneSourceTakesNoOrdersOfAnother() throws {
        let rules = PeerRules(ownUser: 1, users: [5_000], sources: [5_000: "pbx2"])
        let other = try Client(user: 5_000, rules: rules), own = try Client(user: 5_000, rules: rules)
        try other.send(Self.opening + "\n")
        #expect(other.engine.lines == ["refused: unknown_type"])
        try own.send(#"{"type":"pbx.takes_orders"}"# + "\n")
        #expect(try own.received() == "{\"ok\":true}\n")
    }

    /// One too many is told so and closed; those that are open go on, and there is room again when one has closed.
    @Test func connectionsForOrdersAreLimited() throws {
        let orders = PBXOrders(most: 2)
        let clients = try (0..<3).map { _ in try Client(orders: orders) }
        for client in clients { try client.send(Self.opening + "\n") }
        #expect(try clients[0].received() == "{\"ok\":true}\n" && clients[1].received() == "{\"ok\":true}\n")
        let refused = try clients[2].received()
        #expect(refused.contains("unavailable") && refused.contains("2 connections take orders already"))
        #expect(!clients[2].channel.isActive && clients[0].channel.isActive)
        #expect(orders.connections == 2 && orders.refusedCount == 1)
        _ = try clients[0].channel.finish(acceptAlreadyClosed: true)
        #expect(orders.connections == 1)
        let next = try Client(orders: orders)
        try next.send(Self.opening + "\n")
        #expect(try next.received() == "{\"ok\":true}\n")
    }

    // MARK: Orders

    private static let order = PBXOrder(action: .pause, operator: "101")

    @Test func anOrderGoesOutAndItsAnswerComesBackInPieces() async throws {
        let orders = PBXOrders()
        let taker = try SentOrders(orders)
        async let outcome = orders.send(Self.order, to: "pbx1", within: 10_000)
        let id = try #require(await taker.next())
        taker.say(#"{"type":"order.do"#)
        taker.say("ne\",\"id\":\"\(id)\"}\n")
        #expect(await outcome == .done)
    }

    @Test func aConnectionThatEndsLeavesItsOrderUnanswered() async throws {
        let orders = PBXOrders()
        let taker = try SentOrders(orders)
        async let outcome = orders.send(Self.order, to: "pbx1", within: 10_000)
        _ = try #require(await taker.next())
        taker.end()
        #expect(await outcome == .noAnswer)
        #expect(await orders.send(Self.order, to: "pbx1", within: 10_000) == .nobody)
    }
}

/// A connection that takes orders, as `OrderConnection` sees it, without a socket.
private final class SentOrders: Sendable {
    private let orders: PBXOrders
    private let number: Int
    private let framer = Mutex(LineFramer())
    private let sent: AsyncStream<[UInt8]>

    init(_ orders: PBXOrders) throws {
        let (sent, send) = AsyncStream.makeStream(of: [UInt8].self)
        self.orders = orders
        self.sent = sent
        number = orders.opened("pbx1") { send.yield($0) }
    }

    /// The id of the next order.
    func next() async -> String? {
        var lines = sent.makeAsyncIterator()
        guard let line = await lines.next() else { return nil }
        guard case .order(let order)? = line.withUnsafeBytes(OrderLine.read) else { return nil }
        return order.id
    }

    func say(_ text: String) {
        framer.withLock { framer in
            Array(text.utf8).withUnsafeBytes { bytes in
                framer.feed(bytes) { line in
                    if case .line(let line) = line, case .done(let id)? = OrderLine.read(line) {
                        orders.end(id, .done, by: number)
                    }
                }
            }
        }
    }

    func end() { orders.closed(number) }
}
