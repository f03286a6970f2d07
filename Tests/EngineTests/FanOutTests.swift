import CallCenter
import EventWire
import Foundation
import Testing

@testable import Engine

/// A change sends one frame, and only to the clients concerned.
@Suite struct FanOutTests {
    /// Operators 101 to 103; a call of customer 7 rings at 101.
    static func bench() throws -> Bench {
        var bench = try Bench()
        bench.world.cards["+815000000001"] = [CustomerCard(id: 7, name: "優良 一郎", tier: "vip")]
        for who in 101...103 { bench.send(#"{"type":"operator.login","operator":"\#(who)","time":"\#(time(0))"}"#) }
        bench.send(StreamsTests.ring("c1", at: "101"))
        return bench
    }

    func attach(_ bench: Bench, _ watch: Watch, after lastID: String? = nil) -> Subscription? {
        bench.streams.attach(watch, lastID: lastID, now: morning + 5_000, centre: bench.core.centre)
    }

    func change(_ bench: Bench, _ customer: Int64, version: Int64 = 2) {
        bench.streams.customerChanged(
            customer, version: version, on: bench.core.centre.operators(showing: customer), now: morning + 6_000)
    }

    @Test func aChangedRecordIsToldOnceToThoseWhoShowIt() async throws {
        let bench = try Self.bench()
        let watches: [(Watch, Int)] = [
            (.own("101"), 1), (.own("102"), 0), (.own("103"), 1), (.everybody, 1), (.operators(["101", "103"]), 1),
            (.operators(["102"]), 0),
        ]
        let clients = watches.map { attach(bench, $0.0) }
        for client in clients { _ = await StreamsTests.frames(client) }
        bench.streams.note(customer: 7, openedBy: "103")
        change(bench, 7)
        for (client, (watch, count)) in zip(clients, watches) {
            let frames = try #require(await StreamsTests.frames(client))
            #expect(frames.map(\.name) == Array(repeating: "customer", count: count), "\(watch)")
            #expect(frames.allSatisfy { $0.data == #"{"id":7,"version":2}"# })
        }
        change(bench, 8)
        for client in clients.filter({ $0?.watch != .everybody }) { #expect(await StreamsTests.frames(client) == []) }
    }

    /// After the call the card stays on the screen until the after-call work is done.
    @Test func afterCallWorkShowsTheCustomerStill() throws {
        var bench = try Self.bench()
        #expect(bench.core.centre.operators(showing: 7) == ["101"])
        bench.send(
            #"{"type":"call.answered","call":"c1","operator":"101","time":"\#(time(3_000))"}"#,
            #"{"type":"call.ended","call":"c1","time":"\#(time(4_000))"}"#)
        #expect(bench.core.centre.operators(showing: 7) == ["101"])
        bench.send(#"{"type":"operator.ready","operator":"101","time":"\#(time(5_000))"}"#)
        #expect(bench.core.centre.operators(showing: 7) == [])
    }

    /// Many changes displace no frame in the rings of operators whom they do not concern.
    @Test func editsPushNothingOutOfOtherRings() async throws {
        var bench = try Self.bench()
        let first = try #require(attach(bench, .own("102"))), all = try #require(attach(bench, .everybody))
        let id = try #require(await StreamsTests.frames(first)?.last?.id)
        let allID = try #require(await StreamsTests.frames(all)?.last?.id)
        bench.send(StreamsTests.pause("102"))
        for i in 1...Ring.framesMax { change(bench, 7, version: Int64(i)) }
        bench.streams.detach(first, nowS: morning.ms / 1000)
        #expect(await StreamsTests.frames(attach(bench, .own("102"), after: id))?.map(\.name) == ["operator"])
        // Who watches everybody gets each once: a ring of 512 is full after 512 and no sooner.
        #expect(await StreamsTests.frames(attach(bench, .everybody, after: allID))?.first?.name == "reset")
    }

    @Test func whoWatchesSeveralGetsWhatWasMissedOnce() async throws {
        let bench = try Self.bench(), watch = Watch.operators(["101", "103"])
        bench.streams.note(customer: 7, openedBy: "103")
        let steady = attach(bench, watch), lost = attach(bench, watch)
        _ = await StreamsTests.frames(steady)
        let id = try #require(await StreamsTests.frames(lost)?.last?.id)
        bench.streams.detach(try #require(lost), nowS: morning.ms / 1000)
        change(bench, 7)
        let told = DeskMessage(to: .operators, from: nil, fromName: nil, text: "x", call: nil, at: morning)
        #expect(bench.streams.deliver(told, now: morning + 7_000))
        let meanwhile = try #require(await StreamsTests.frames(steady))
        #expect(meanwhile.map(\.name) == ["customer", "message"])
        #expect(await StreamsTests.frames(attach(bench, watch, after: id)) == meanwhile)
    }

    @Test func theNewestRecordsOfAReaderCountAsOpen() {
        var readers = Readers()
        for id in 1...Int64(Readers.recordsMax) + 1 { readers.note("101", opened: id) }
        readers.note("101", opened: 2)
        #expect(readers.readers(of: 1) == [] && readers.readers(of: 2) == ["101"] && readers.readers(of: 3) == ["101"])
        readers.note("101", opened: 900)
        #expect(readers.readers(of: 3) == [] && readers.readers(of: 2) == ["101"])
        readers.remove("101")
        #expect(readers.readers(of: 900) == [])
    }
}
