import CallCenter
import Testing

@testable import Engine

/// With the frames of a stream come the ids of the customers whose data are in them: for the record of who saw whom.
@Suite struct ShownCustomersTests {
    static let number = "+815000000001"

    static let answered = #"{"type":"call.answered","call":"c1","operator":"101","time":"\#(time(6_000))"}"#

    /// A centre whose caller is one of these customers, with a call ringing at 101.
    private static func bench(_ customers: [Int64]) throws -> Bench {
        let world = World()
        world.cards[number] = customers.map { CustomerCard(id: $0, name: "C\($0)", tier: "vip") }
        var bench = try Bench(world: world)
        for who in 101...102 {
            bench.send(#"{"type":"operator.login","operator":"\#(who)","time":"\#(time(0))"}"#)
        }
        bench.send(StreamsTests.ring("c1", at: "101"))
        return bench
    }

    private static func attach(_ bench: Bench, _ watch: Watch, after id: String? = nil) throws -> Subscription {
        try #require(
            bench.streams.attach(watch, lastID: id, now: morning + 5_000, centre: bench.core.centre))
    }

    /// The customers of what waits for a client; nil when there is nothing.
    private static func customers(_ client: Subscription) async -> [Int64]? {
        client.enqueue(Array(": end\n\n".utf8), nowS: 0)
        guard case .frames(_, _, let customers) = await client.next() else { return nil }
        return customers
    }

    @Test func aPopBringsItsCustomerAndThoseWhoShareTheNumber() async throws {
        var bench = try Self.bench([7, 8, 9])
        let own = try Self.attach(bench, .own("101")), other = try Self.attach(bench, .own("102"))
        let all = try Self.attach(bench, .everybody)
        // What is alive, to the operator concerned and to whoever watches everybody.
        #expect(await Self.customers(own)?.sorted() == [7, 8, 9])
        #expect(await Self.customers(all)?.sorted() == [7, 8, 9])
        #expect(await Self.customers(other) == [])
        bench.send(Self.answered)
        #expect(await Self.customers(own).map(Set.init) == [7, 8, 9])
        #expect(await Self.customers(all).map(Set.init) == [7, 8, 9])
        #expect(await Self.customers(other) == [])
        // A state of an operator shows no customer.
        bench.send(StreamsTests.pause("102"))
        #expect(await Self.customers(other) == [])
    }

    @Test func whoComesBackIsShownWhatWasMissed() async throws {
        var bench = try Self.bench([7])
        let lost = try Self.attach(bench, .own("101"))
        let id = try #require(await StreamsTests.frames(lost)?.last?.id)
        bench.streams.detach(lost, nowS: morning.ms / 1000)
        bench.send(Self.answered)
        let back = try Self.attach(bench, .own("101"), after: id)
        #expect(await Self.customers(back) == [7])
        let again = try Self.attach(bench, .own("101"), after: "7-99999")
        #expect(await Self.customers(again) == [7], "a reset, and what is alive")
    }

    @Test func whatWasDroppedWasShownToNobody() async {
        let slow = Subscription(watch: .own("101")), frame = [UInt8](repeating: 0x20, count: 100_000)
        for id in Int64(0)..<11 { slow.enqueue(frame, nowS: 0, customers: [id]) }
        guard case .fellBehind = await slow.next() else {
            Issue.record("it was not told")
            return
        }
        slow.restart(with: [frame], customers: [99], nowS: 0)
        guard case .frames(_, _, let customers) = await slow.next() else {
            Issue.record("nothing was alive")
            return
        }
        #expect(customers == [99])
        #expect(await Self.customers(slow) == [], "each is told once")
    }
}
