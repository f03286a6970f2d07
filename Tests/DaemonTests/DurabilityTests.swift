import Foundation
import Glibc
import Testing

@Suite(.serialized) struct DurabilityTests {
    static func line(_ n: Int) -> String {
        #"{"type":"call.offered","id":"e\#(n)","call":"c\#(n)","from":"+8150\#(10_000_000 + n)","to":"+81300000000","queue":"support"}"#
    }

    /// protocol.md: "A crash of the daemon, kill -9 included, at any moment loses no event that was answered so."
    @Test func killedAtFiftyRandomMomentsNothingAcknowledgedIsLostAndNothingIsTwice() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SystemRandomNumberGenerator()
        let daemon = try Daemon()
        var acknowledged: [Int: Int] = [:]
        var next = 0
        for round in 0..<50 {
            try daemon.start()
            let client = try Client(daemon.socket)
            let killer = Int.random(in: 0...400, using: &random)
            var answered = 0
            var pending: [Int] = []
            while pending.count < 512 {
                pending.append(next)
                next += 1
            }
            client.send(pending.map(DurabilityTests.line).joined(separator: "\n") + "\n")
            for n in pending {
                if answered == killer { kill(daemon.pid, SIGKILL) }
                guard let reply = client.reply() else { break }
                let place = try #require(seq(reply), "round \(round), seed \(seed): \(reply)")
                acknowledged[n] = place
                answered += 1
            }
            #expect(daemon.stop(SIGKILL).reason == .uncaughtSignal)
        }
        #expect(acknowledged.count > 50)

        try daemon.start()
        let client = try Client(daemon.socket)
        for (n, place) in acknowledged.sorted(by: { $0.key < $1.key }) {
            let again = try #require(client.ask(DurabilityTests.line(n)))
            #expect(again.contains(#""duplicate":true"#), "event \(n) was acknowledged and is lost: \(again)")
            #expect(seq(again) == place)
        }
        #expect(Set(acknowledged.values).count == acknowledged.count)
        #expect(daemon.stop().status == 0)
    }

    @Test func stopsCleanlyUnderLoadAndAnswersWhatItTook() throws {
        let daemon = try Daemon()
        try daemon.start()
        let client = try Client(daemon.socket)
        client.send((0..<2_000).map(DurabilityTests.line).joined(separator: "\n") + "\n")
        let first = try #require(client.reply())
        #expect(seq(first) == 1)
        let ended = daemon.stop()
        #expect(ended.reason == .exit)
        #expect(ended.status == 0)
    }

    @Test func aSecondDaemonIsRefusedWithThePidOfTheFirst() throws {
        let daemon = try Daemon()
        try daemon.start()
        let other = Process()
        let errors = Pipe()
        other.executableURL = Daemon.program
        other.arguments = ["--state-dir", daemon.state, "--events-socket", daemon.folder.path + "/other.sock"]
        other.standardError = errors
        try other.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        other.waitUntilExit()
        #expect(other.terminationStatus == 73)
        #expect(said.contains("pid \(daemon.pid)"))
    }
}
