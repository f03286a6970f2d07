import Foundation
import Glibc
import Testing

/// The daemon as a process. One at a time: each blocks its thread.
@Suite(.serialized) struct ProcessTests {}

extension ProcessTests {
    @Suite(.serialized) struct DurabilityTests {
        static func line(_ n: Int) -> String {
            let call = n / 4
            return switch n % 4 {
            case 0:
                #"{"type":"call.offered","id":"e\#(n)","call":"c\#(call)","from":"+8150\#(10_000_000 + call)","#
                    + #""to":"+81300000000","queue":"support"}"#
            case 1: #"{"type":"call.queued","id":"e\#(n)","call":"c\#(call)","queue":"support"}"#
            case 2: #"{"type":"call.answered","id":"e\#(n)","call":"c\#(call)","operator":"101"}"#
            default: #"{"type":"call.ended","id":"e\#(n)","call":"c\#(call)","by":"caller"}"#
            }
        }

        /// The simulation knows what really happened; it sends again whatever was not answered when the daemon died.
        @Test func tenThousandSimulatedCallsAreCountedExactlyThoughTheDaemonIsKilledMeanwhile() throws {
            let seed = UInt64.random(in: 1...99_999_999)
            var random = SplitMix(state: seed)
            let daemon = try Daemon(config: "timezone = \"Asia/Tokyo\"\n")
            try daemon.start()
            let simulation = try Program(
                Program.built("screenpop"),
                [
                    "--api-socket", daemon.api, "--language", "en", "simulate", "--events-socket", daemon.socket,
                    "--history", "--check", "--calls", "10000",
                    "--calls-per-hour", "1500", "--shuffle", "2000", "--duplicates", "0.03", "--seed", String(seed),
                ], errors: daemon.folder + "/sim")
            for _ in 0..<4 {
                // The moment of the kill is random; a simulation that ends before it needs none.
                if poll(within: .random(in: 0.3...1.2, using: &random), { simulation.ended }) != nil { break }
                #expect(daemon.stop(SIGKILL) == .signal(SIGKILL))
                try daemon.start()
            }
            #expect(
                simulation.waitForEnd(within: 120) == .status(0),
                "seed \(seed): \(simulation.standardOutput.prefix(600)) \(simulation.standardError.suffix(300))")
            #expect(simulation.standardOutput.contains("Every figure is what really happened."), "seed \(seed)")
            let replay = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en", "replay"],
                errors: daemon.folder + "/replay")
            #expect(replay.waitForEnd(within: 60) == .status(0), "seed \(seed): \(replay.standardOutput)")
            #expect(
                replay.standardOutput.contains("It is the state that is alive."),
                "seed \(seed): \(replay.standardOutput)")
            #expect(daemon.stop() == .status(0))
        }

        /// protocol.md: "A crash of the daemon, kill -9 included, at any moment loses no event that was answered so."
        @Test func killedAtFiftyRandomMomentsNothingAcknowledgedIsLostAndNothingIsTwice() throws {
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SplitMix(state: seed)
            let daemon = try Daemon()
            var acknowledged: [Int: Int] = [:]
            var next = 0
            for round in 0..<50 {
                try daemon.start()
                let client = try Client(daemon.socket)
                let killAfter = Int.random(in: 0...300, using: &random)
                let pending = Array(next..<(next + 400))
                next += 400
                client.send(pending.map(DurabilityTests.line).joined(separator: "\n") + "\n")
                for (answered, n) in pending.enumerated() {
                    if answered == killAfter { kill(daemon.pid, SIGKILL) }
                    guard let reply = client.reply() else { break }
                    acknowledged[n] = try #require(seq(reply), "round \(round), seed \(seed): \(reply)")
                }
                #expect(daemon.stop(SIGKILL) == .signal(SIGKILL))
            }
            #expect(acknowledged.count > 50)

            try daemon.start()
            let client = try Client(daemon.socket)
            let sorted = acknowledged.sorted { $0.key < $1.key }
            for part in stride(from: 0, to: sorted.count, by: 200).map({ sorted[$0..<min($0 + 200, sorted.count)] }) {
                client.send(part.map { DurabilityTests.line($0.key) }.joined(separator: "\n") + "\n")
                for (n, place) in part {
                    let again = try #require(client.reply())
                    #expect(
                        again.contains(#""duplicate":true"#),
                        "seed \(seed): event \(n) was acknowledged and is lost: \(again)")
                    #expect(seq(again) == place, "seed \(seed)")
                }
            }
            #expect(Set(acknowledged.values).count == acknowledged.count)
            // What was on disk and not acknowledged may count as well: the figures are those of the log.
            let stats = try HTTP(path: daemon.api).json("/v1/stats")
            let centre = try #require(stats["centre"] as? [String: Any])
            let offered = centre["offered"] as? Int ?? -1
            let sum = [
                "answered", "abandoned", "short_abandoned", "overflowed", "callback", "blocked", "unknown", "waiting",
            ].reduce(0) { $0 + (centre[$1] as? Int ?? 0) }
            #expect(offered == sum)
            let queued = Set(acknowledged.keys.filter { $0 % 4 == 1 }.map { $0 / 4 }).count
            #expect(offered >= queued)
            #expect(daemon.stop() == .status(0))
        }

        @Test func aStartAfterACleanStopShowsTheSameFigures() throws {
            let daemon = try Daemon()
            try daemon.start()
            let client = try Client(daemon.socket)
            client.send((0..<801).map(DurabilityTests.line).joined(separator: "\n") + "\n")
            for _ in 0..<801 { #expect(seq(client.reply()) != nil) }
            let http = HTTP(path: daemon.api)
            func figures() throws -> [String: Int] {
                let centre = try #require(try http.json("/v1/stats")["centre"] as? [String: Any])
                return ["offered", "answered", "abandoned", "waiting", "talk_ms"].reduce(into: [:]) {
                    $0[$1] = centre[$1] as? Int
                }
            }
            let before = try figures()
            #expect(before["offered"] == 201 || before["offered"] == 200)
            #expect(daemon.stop() == .status(0))
            #expect(FileManager.default.fileExists(atPath: daemon.state + "/checkpoint"))
            try daemon.start()
            #expect(try figures() == before)
            #expect(daemon.stop(SIGKILL) == .signal(SIGKILL))
            // Without its checkpoint the log alone says the same.
            try FileManager.default.removeItem(atPath: daemon.state + "/checkpoint")
            try daemon.start()
            #expect(try figures() == before)
        }

        @Test func stopsCleanlyUnderLoadAndAnswersWhatItTook() throws {
            let daemon = try Daemon()
            try daemon.start()
            let client = try Client(daemon.socket)
            client.send((0..<2_000).map(DurabilityTests.line).joined(separator: "\n") + "\n")
            #expect(seq(client.reply()) == 1)
            #expect(daemon.stop() == .status(0))
            var last = 1
            while let reply = client.reply() { last = seq(reply) ?? last }
            try daemon.start()
            let places = try HTTP(path: daemon.api).json("/v1/status")
            #expect(places["committed_seq"] as? Int ?? 0 >= last)
        }
    }
}

/// splitmix64 (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
