import Foundation
import Glibc
import Testing

extension ProcessTests {
    @Suite(.serialized) struct HostileInputTests {
        static let bad: [(String, String)] = [
            ("{", "malformed"), ("[]", "malformed"), ("\"x\"", "malformed"), ("{\"type\":1}", "invalid_field"),
            ("{}", "missing_field"),
            (#"{"type":"call.flown"}"#, "unknown_type"), (#"{"type":"call.ringing","call":"1"}"#, "missing_field"),
            (#"{"type":"call.ended","call":"1","time":"0001-01-01T00:00:00Z"}"#, "invalid_field"),
            (#"{"type":"call.ended","call":"1","time":"9999-12-31T00:00:00Z"}"#, "invalid_field"),
            (#"{"type":"call.ended","call":"\ud800"}"#, "malformed"),
            ("{\"type\":\"ping\",\"x\":\"\u{1}\"}", "malformed"),
            (String(repeating: "[", count: 10_000), "malformed"),
            (#"{"type":"ping","x":"# + String(repeating: "[", count: 10_000), "malformed"),
        ]

        @Test func everyBadLineGetsItsAnswerAndTheConnectionLivesOn() throws {
            let daemon = try Daemon()
            try daemon.start()
            let client = try Client(daemon.socket)
            for (line, code) in HostileInputTests.bad {
                let reply = try #require(client.ask(line), "\(line.prefix(60))")
                #expect(reply.hasPrefix(#"{"ok":false"#), "\(line.prefix(60)): \(reply)")
                #expect(reply.contains(#""code":"\#(code)""#), "\(line.prefix(60)): \(reply)")
            }
            client.send([0x7B, 0xFF, 0xFE, 0x7D, 0x0A])
            #expect(client.reply()?.contains("malformed") == true)
            client.send(Array("{\"type\":\"ping\"".utf8) + [0] + Array("}\n".utf8))
            #expect(client.reply()?.contains("malformed") == true)
            let long = #"{"type":"ping","x":""# + String(repeating: "x", count: 65_537) + "\"}"
            #expect(client.ask(long)?.contains("too_long") == true)
            #expect(client.ask(#"{"type":"ping"}"#) == #"{"ok":true}"#)
        }

        @Test func aNumberOfFiveHundredDigitsIsShownAsWhatItIs() throws {
            let daemon = try Daemon()
            try daemon.start()
            let reply = try Client(daemon.socket).ask(
                #"{"type":"call.offered","call":"1","from":"\#(String(repeating: "9", count: 500))","to":null}"#)
            #expect(seq(reply) == 1)
            #expect(reply?.contains(#""customer":null"#) == true)
        }

        @Test func theRepliesOwedComeAfterTheWriteSideIsClosed() throws {
            let daemon = try Daemon()
            try daemon.start()
            let client = try Client(daemon.socket)
            client.send(String(repeating: "{\"type\":\"ping\"}\n", count: 500) + #"{"type":"ping"}"#)
            client.finishWriting()
            #expect(client.rest().split(separator: "\n").count == 501)
        }

        @Test func twoSourcesMayUseTheSameIds() throws {
            let daemon = try Daemon()
            try daemon.start()
            let client = try Client(daemon.socket)
            for source in ["a", "b"] {
                #expect(
                    seq(client.ask(#"{"type":"call.queued","id":"1","source":"\#(source)","call":"1","queue":"q"}"#))
                        != nil)
            }
            #expect(
                client.ask(#"{"type":"call.queued","id":"1","source":"a","call":"1","queue":"q"}"#)?.contains(
                    "duplicate") == true)
            #expect(
                client.ask(#"{"type":"call.queued","id":"1","source":"a","call":"2","queue":"q"}"#)?.contains(
                    #""field":"id""#) == true)
            let answer = try HTTP(path: daemon.api).ask("GET", "/v1/calls/1")
            #expect(answer.status == 409)
            #expect(try HTTP(path: daemon.api).ask("GET", "/v1/calls/1?source=b").status == 200)
        }

        @Test func aThousandConnectionsAndOneThatNeverReadsHoldNobodyUp() throws {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = min(limit.rlim_max, 8_192)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let daemon = try Daemon()
            try daemon.start()
            let deaf = try Client(daemon.socket)
            // More than both socket buffers hold, in pieces that never block for long.
            _ = fcntl(deaf.descriptor, F_SETFL, O_NONBLOCK)
            let pings = Array(String(repeating: "{\"type\":\"ping\"}\n", count: 4_000).utf8)
            for _ in 0..<200 {
                _ = pings.withUnsafeBytes { Glibc.send(deaf.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            }
            let clients = try (0..<1_000).map { _ in try Client(daemon.socket) }
            for client in clients { client.send("{\"type\":\"ping\"}\n") }
            for client in clients { #expect(client.reply() == #"{"ok":true}"#) }
            // Half a line, and gone.
            for client in clients.prefix(100) { client.send("{\"type\":\"call.end") }
            #expect(try Client(daemon.socket).ask(#"{"type":"ping"}"#) == #"{"ok":true}"#)
            #expect(daemon.stop() == .status(0))
        }

        /// A full disk: the daemon answers `unavailable`, takes nothing, and recovers by itself.
        @Test func aDiskThatFillsUpIsAnsweredAndRecoveredFrom() throws {
            let daemon = try Daemon()
            // No file of the daemon's may grow beyond this: what SQLite sees is a write that fails.
            try daemon.start(through: [
                "sh", "-c", "trap '' XFSZ; exec prlimit --fsize=1000000:unlimited -- \"$0\" \"$@\"",
            ])
            let client = try Client(daemon.socket)
            var taken: [String] = []
            var refused: String?
            for n in 0..<8_000 where refused == nil {
                let line =
                    #"{"type":"touchpoint.recorded","id":"\#(n)","customer":1,"channel":"web","#
                        + #""summary":"\#(String(repeating: "x", count: 400))"}"#
                let reply = try #require(client.ask(line))
                if seq(reply) != nil { taken.append(line) } else { refused = reply }
            }
            #expect(refused?.contains(#""code":"unavailable""#) == true)
            #expect(!taken.isEmpty)
            #expect(try HTTP(path: daemon.api).ask("GET", "/readyz").status == 503)
            let again = try Program(
                "prlimit", ["--pid", "\(daemon.pid)", "--fsize=unlimited:unlimited"], errors: daemon.folder + "/lim")
            #expect(again.waitForEnd() == .status(0))
            let place = try #require(poll { seq(client.ask(#"{"type":"call.queued","call":"late","queue":"q"}"#)) })
            #expect(place == taken.count + 1)
            #expect(try HTTP(path: daemon.api).ask("GET", "/readyz").status == 200)
            for line in taken.suffix(5) { #expect(client.ask(line)?.contains("duplicate") == true) }
        }
    }
}
