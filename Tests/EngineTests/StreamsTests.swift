import CallCenter
import EventWire
import Foundation
import Testing

@testable import Engine

@Suite struct StreamsTests {
    /// A centre with operators 101 to 103 and a call ringing at 101.
    static func bench() throws -> Bench {
        var bench = try Bench()
        for who in 101...103 { bench.send(#"{"type":"operator.login","operator":"\#(who)","time":"\#(time(0))"}"#) }
        bench.send(ring("c1", at: "101"))
        return bench
    }
    static func ring(_ call: String, at who: String) -> [String] {
        [
            #"{"type":"call.offered","call":"\#(call)","from":"+815000000001","to":null,"queue":"support","#
                + #""time":"\#(time(1_000))"}"#,
            #"{"type":"call.ringing","call":"\#(call)","operator":"\#(who)","time":"\#(time(2_000))"}"#,
        ]
    }
    /// Pauses somebody who is not on the phone, or ends it: one frame.
    static func pause(_ who: String, _ on: Bool = true) -> String {
        #"{"type":"operator.\#(on ? "paused" : "resumed")","operator":"\#(who)"}"#
    }

    struct Frame: Equatable, CustomStringConvertible {
        var id: String
        var name: String
        var data: String
        var description: String { "\(id) \(name) \(data.prefix(90))" }
    }

    /// What waits for a client now; nil when it fell behind or was ended.
    static func frames(_ subscription: Subscription?) async -> [Frame]? {
        guard let subscription else { return nil }
        // Something always waits after this, so nobody waits for ever.
        subscription.enqueue(Array(": end\n\n".utf8), nowS: 0)
        guard case .frames(let frames, _, _) = await subscription.next() else { return nil }
        return frames.flatMap { String(decoding: $0, as: UTF8.self).components(separatedBy: "\n\n") }.compactMap {
            text in
            let lines = text.split(separator: "\n").map(String.init)
            guard lines.count == 3, lines[0].hasPrefix("id: "), lines[1].hasPrefix("event: "),
                lines[2].hasPrefix("data: ")
            else {
                return nil
            }
            return Frame(
                id: String(lines[0].dropFirst(4)), name: String(lines[1].dropFirst(7)),
                data: String(lines[2].dropFirst(6)))
        }
    }

    func attach(_ bench: Bench, _ watch: Watch, after lastID: String? = nil) -> Subscription? {
        bench.streams.attach(watch, lastID: lastID, now: morning + 5_000, centre: bench.core.centre)
    }

    @Test func aTierThatChangesIsToldToTheOwnerAndToSupervisors() async throws {
        let bench = try Self.bench()
        let all = [Watch.own("101"), .own("102"), .operators(["103"]), .everybody].map { attach(bench, $0) }
        for one in all { _ = await Self.frames(one) }
        let customer = CustomerCard(id: 17, name: "A", tier: "vip", owner: "101")
        #expect(bench.core.centre.tierAlert(customer, from: "vip") == nil)
        let alert = try #require(bench.core.centre.tierAlert(customer, from: "regular"))
        bench.streams.warn(of: alert, ["101"], now: morning + 6_000)
        var names: [[String]] = []
        for one in all { names.append(try #require(await Self.frames(one)).map(\.name)) }
        #expect(names == [["alert"], [], ["alert"], ["alert"]])
        // Who opened the record is warned too; supervisors alone, or not at all.
        bench.streams.note(customer: 17, openedBy: "102")
        bench.streams.warn(of: alert, [], withReaders: true, now: morning + 7_000)
        bench.streams.warn(of: alert, ["102"], withSupervisors: false, now: morning + 8_000)
        names = []
        for one in all { names.append((await Self.frames(one) ?? []).map(\.name)) }
        #expect(names == [[], ["alert", "alert"], ["alert"], ["alert", "alert"]])
    }

    @Test func aNewClientGetsWhatIsAlive() async throws {
        let bench = try Self.bench()
        let own = try #require(await Self.frames(attach(bench, .own("101"))))
        #expect(own.map(\.name) == ["operator", "pop"])
        #expect(own[0].data.contains(#""operator":"101""#))
        #expect(own[1].data.contains(#""call":"c1""#))
        #expect(try #require(await Self.frames(attach(bench, .own("102")))).map(\.name) == ["operator"])
        // Of somebody who was never seen there is nothing.
        #expect(await Self.frames(attach(bench, .own("999"))) == [])
        #expect(
            try #require(await Self.frames(attach(bench, .operators(["102", "101"])))).map(\.name) == [
                "operator", "operator", "pop",
            ])
        #expect(
            try #require(await Self.frames(attach(bench, .everybody))).map(\.name) == [
                "operator", "pop", "operator", "operator",
            ])
    }

    @Test func whoComesBackGetsExactlyWhatWasMissed() async throws {
        var bench = try Self.bench()
        for watch in [Watch.own("101"), .operators(["101", "102"]), .everybody] {
            let steady = try #require(attach(bench, watch))
            let lost = try #require(attach(bench, watch))
            let before = try #require(await Self.frames(lost))
            _ = await Self.frames(steady)
            bench.streams.detach(lost, nowS: morning.ms / 1000)
            for who in ["101", "102", "103", "101"] {
                bench.send(Self.pause(who))
                bench.send(Self.pause(who, false))
            }
            bench.send(#"{"type":"call.answered","call":"c1","operator":"101"}"#)
            let meanwhile = try #require(await Self.frames(steady))
            #expect(!meanwhile.isEmpty)
            #expect(await Self.frames(attach(bench, watch, after: before.last?.id)) == meanwhile)
            // From the middle of it.
            let middle = meanwhile[meanwhile.count / 2]
            #expect(
                await Self.frames(attach(bench, watch, after: middle.id))
                    == Array(meanwhile[(meanwhile.count / 2 + 1)...]))
            #expect(await Self.frames(attach(bench, watch, after: meanwhile.last?.id)) == [])
            bench.streams.detach(steady, nowS: morning.ms / 1000)
        }
    }

    @Test(arguments: ["6-0", "7-99999", "nonsense", "", "7-", "-7-1", "7-18446744073709551616"])
    func anIDThatIsNotOursMeansAReset(
        id: String
    ) async throws {
        let bench = try Self.bench()
        _ = attach(bench, .own("101"))
        let frames = try #require(await Self.frames(attach(bench, .own("101"), after: id)))
        #expect(frames.map(\.name) == ["reset", "operator", "pop"])
        #expect(frames[0].data == "{}")
    }

    @Test func anIDThatIsTooOldMeansAReset() async throws {
        var bench = try Self.bench()
        let first = try #require(attach(bench, .own("102")))
        let id = try #require(await Self.frames(first)?.last?.id)
        for i in 0..<Ring.framesMax {
            bench.send(Self.pause("102", i % 2 == 0))
            _ = await Self.frames(first)
        }
        #expect(try #require(await Self.frames(attach(bench, .own("102"), after: id))).count == Ring.framesMax)
        bench.send(Self.pause("102", false))
        bench.send(Self.pause("102"))
        #expect(try #require(await Self.frames(attach(bench, .own("102"), after: id))).first?.name == "reset")
    }

    @Test func whatNobodyCameBackForIsForgotten() async throws {
        var bench = try Self.bench()
        let first = try #require(attach(bench, .own("102")))
        let id = try #require(await Self.frames(first)?.last?.id)
        bench.streams.detach(first, nowS: 1_000)
        bench.send(Self.pause("102"))
        bench.streams.beat(now: Timestamp(ms: (1_000 + Streams.keptS - 1) * 1_000))
        let back = try #require(attach(bench, .own("102"), after: id))
        #expect(await Self.frames(back)?.map(\.name) == ["operator"])
        bench.streams.detach(back, nowS: 1_000)
        bench.streams.beat(now: Timestamp(ms: (1_000 + Streams.keptS) * 1_000))
        bench.send(Self.pause("102", false))
        #expect(await Self.frames(attach(bench, .own("102"), after: id))?.first?.name == "reset")
    }

    @Test func nobodyGetsWhatIsAnothersAndSupervisorsGetTheAlerts() async throws {
        var bench = try Self.bench()
        bench.world.cards["+815000000009"] = [CustomerCard(id: 9, name: "優良 一郎", tier: "vip")]
        let one = attach(bench, .own("101")), other = attach(bench, .own("102")), all = attach(bench, .everybody),
            some = attach(bench, .operators(["103"]))
        for client in [one, other, all, some] { _ = await Self.frames(client) }
        bench.send(Self.ring("c2", at: "102"))
        bench.send(
            #"{"type":"call.offered","call":"v","from":"+815000000009","to":null,"queue":"support","time":"\#(time(0))"#
                + #""}"#,
            #"{"type":"call.queued","call":"v","queue":"support","time":"\#(time(0))"}"#)
        bench.core.tick(morning + 31_000)
        let alerts = { (frames: [Frame]) in frames.filter { $0.name == "alert" }.map { String($0.data.prefix(20)) } }
        let ofOne = try #require(await Self.frames(one)), ofOther = try #require(await Self.frames(other))
        #expect(ofOne.allSatisfy { !$0.data.contains("c2") && !$0.data.contains(#""operator":"102""#) })
        #expect(ofOther.contains { $0.name == "pop" && $0.data.contains(#""call":"c2""#) })
        #expect(alerts(ofOne) == [] && alerts(ofOther) == [])
        let ofAll = try #require(await Self.frames(all)), ofSome = try #require(await Self.frames(some))
        // One that a VIP called, one that nobody answers.
        #expect(alerts(ofAll) == [#"{"kind":"vip","call""#, #"{"kind":"vip_waiting"#])
        #expect(ofAll.contains { $0.name == "pop" && $0.data.contains(#""call":"c2""#) })
        #expect(ofSome.map(\.name) == ["alert", "alert"])
    }

    @Test func aSlowClientIsToldAndLosesNothing() async throws {
        var bench = try Self.bench()
        let slow = try #require(attach(bench, .own("102")))
        for i in 0...Subscription.framesMax { bench.send(Self.pause("102", i % 2 == 0)) }
        guard case .fellBehind = await slow.next() else {
            Issue.record("it was not told")
            return
        }
        bench.streams.restart(slow, isNew: false, now: morning + 5_000, centre: bench.core.centre)
        bench.send(Self.ring("c3", at: "102"))
        let frames = try #require(await Self.frames(slow))
        #expect(frames.map(\.name).prefix(2) == ["reset", "operator"])
        #expect(frames.contains { $0.name == "pop" && $0.data.contains("c3") })
        // Nobody else was held up.
        #expect(bench.streams.count == 1)
    }

    @Test func muchThatIsAliveIsNoSlowness() async throws {
        var bench = try Self.bench()
        for i in 0..<(Subscription.framesMax + 200) { bench.send(#"{"type":"operator.login","operator":"o\#(i)"}"#) }
        let all = try #require(attach(bench, .everybody))
        bench.send(Self.pause("o1"))
        let frames = try #require(await Self.frames(all))
        #expect(frames.count == Subscription.framesMax + 200 + 3 + 1 + 1)
        for i in 0...Subscription.framesMax { bench.send(Self.pause("o1", i % 2 == 1)) }
        guard case .fellBehind = await all.next() else {
            Issue.record("it was not told")
            return
        }
    }

    @Test func aClientThatIsFullOfBytesFellBehind() async {
        let slow = Subscription(watch: .own("101")), frame = [UInt8](repeating: 0x20, count: 100_000)
        for _ in 0..<11 { slow.enqueue(frame, nowS: 0) }
        guard case .fellBehind = await slow.next() else {
            Issue.record("it was not told")
            return
        }
    }

    @Test func theEndWakesWhoeverReads() async throws {
        let bench = try Self.bench()
        let gone = try #require(attach(bench, .own("999"))), stays = try #require(attach(bench, .everybody))
        _ = await Self.frames(gone)
        _ = await Self.frames(stays)
        async let first = gone.next()
        async let second = stays.next()
        bench.streams.detach(gone, nowS: 0)
        guard case .ended = await first else {
            Issue.record("the reader was left waiting")
            return
        }
        #expect(bench.streams.count == 1)
        bench.streams.end()
        guard case .ended = await second else {
            Issue.record("the reader was left waiting")
            return
        }
        #expect(attach(bench, .own("101")) == nil)
    }

    @Test func aCancelledReaderIsWoken() async throws {
        let bench = try Self.bench()
        let client = try #require(attach(bench, .own("999")))
        let reading = Task { await client.next() }
        reading.cancel()
        guard case .ended = await reading.value else {
            Issue.record("the reader was left waiting")
            return
        }
    }

    @Test func anIdleStreamHasAHeartbeat() async throws {
        let bench = try Self.bench()
        let client = try #require(attach(bench, .operators(["101"])))
        let startS = (morning + 5_000).ms / 1000
        guard case .frames = await client.next() else {
            Issue.record("nothing was alive")
            return
        }
        var beats: [Int64] = []
        for s in 0...45 {
            bench.streams.beat(now: Timestamp(ms: (startS + Int64(s)) * 1_000))
            bench.streams.beat(now: Timestamp(ms: (startS + Int64(s)) * 1_000 + 500))
            if client.lastPutS == startS + Int64(s), s > 0 { beats.append(Int64(s)) }
        }
        #expect(beats == [15, 30, 45])
        guard case .frames(let frames, _, _) = await client.next() else {
            Issue.record("there was no heartbeat")
            return
        }
        #expect(frames.map { String(decoding: $0, as: UTF8.self) } == [": \n\n", ": \n\n", ": \n\n"])
    }
}

@Suite struct RingTests {
    @Test func theNewestFramesAreKept() {
        var ring = Ring(after: 10)
        #expect(ring.frames(after: 9) == nil)
        #expect(ring.frames(after: 10)?.isEmpty == true)
        for place in UInt64(11)...5_000 { ring.append([UInt8(place % 256)], at: place) }
        #expect(ring.goneThrough == 5_000 - UInt64(Ring.framesMax))
        #expect(ring.frames(after: ring.goneThrough - 1) == nil)
        let kept = ring.frames(after: ring.goneThrough)
        #expect(kept?.map(\.place) == Array((5_001 - UInt64(Ring.framesMax))...5_000))
        #expect(kept?.allSatisfy { $0.bytes == [UInt8($0.place % 256)] } == true)
        #expect(ring.frames(after: 4_999)?.count == 1)
    }
}
