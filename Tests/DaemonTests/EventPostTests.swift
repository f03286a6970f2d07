import Foundation
import Testing

extension ProcessTests {
    /// Many events in one request.
    @Suite(.serialized) struct EventPostTests {
        static func lines(_ count: Int) -> String {
            let summary = String(repeating: "x", count: 100)
            return (0..<count).map {
                #"{"type":"touchpoint.recorded","id":"\#($0)","from":"0900000\#(1_000 + $0 % 9_000)","#
                    + #""channel":"web","summary":"\#(summary)"}"#
                    + "\n"
            }.joined()
        }

        @Test func aRequestIsTakenInPiecesBetweenWhichOthersCome() throws {
            let daemon = try Daemon(config: "region = \"JP\"\n")
            try daemon.start()
            let count = 20_000, body = Self.lines(count)
            #expect(body.utf8.count < 4 << 20)
            let post = try Client(daemon.api)
            post.send(
                "POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\n"
                    + "Content-Length: \(body.utf8.count)\r\n\r\n"
                    + body)
            let client = try Client(daemon.socket)
            // The first piece is in the log.
            let began = poll {
                (try? HTTP(path: daemon.api).json("/v1/status")["seq"] as? Int).flatMap { $0 > 0 ? $0 : nil }
            }
            let between = try #require(seq(client.ask(#"{"type":"call.queued","call":"c","queue":"q"}"#)))
            #expect(try #require(began) < count && between < count, "\(between)")
            let replies = post.rest().split(separator: "\r\n\r\n", maxSplits: 1).last?.split(separator: "\n") ?? []
            let places = replies.compactMap { seq(String($0)) }
            #expect(places.count == count)
            // In their order, each at a place of its own, and that of the event between them is not among them.
            #expect(zip(places, places.dropFirst()).allSatisfy { $0 < $1 })
            #expect(places.last == count + 1 && !places.contains(between))
            #expect(daemon.stop() == .status(0))
        }

        @Test func aRequestThatIsTooLargeIsRefusedWhole() throws {
            let daemon = try Daemon()
            try daemon.start()
            let http = HTTP(path: daemon.api), body = String(repeating: "{\"type\":\"ping\"}\n", count: 300_000)
            let refused = try http.ask("POST", "/v1/events", body: body, type: "application/x-ndjson")
            #expect(
                refused.status == 413 && refused.body.contains("4 MiB") && refused.body.contains("nothing was taken"),
                "\(refused)")
            let client = try Client(daemon.api)
            client.send(
                "POST /v1/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/x-ndjson\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
            )
            let chunk = String(repeating: "{\"type\":\"ping\"}\n", count: 60_000)
            for _ in 0..<6 { client.send("\(String(chunk.utf8.count, radix: 16))\r\n\(chunk)\r\n") }
            client.send("0\r\n\r\n")
            let answer = client.rest()
            #expect(answer.contains(" 413 ") && answer.contains("4 MiB"), "\(answer.prefix(300))")
            // Cut anywhere, lines are lines: one that lies over several pieces, one without an end, and empty ones
            // between.
            let long = #"{"type":"ping","x":"\#(String(repeating: "x", count: 60_000))"}"#
            let taken = try http.ask(
                "POST", "/v1/events", body: "\n\(long)\r\n\n\(String(repeating: "x", count: 70_000))\n\(long)",
                type: "application/x-ndjson")
            #expect(taken.status == 200)
            #expect(
                taken.body.split(separator: "\n").map { $0.contains(#""ok":true"#) } == [true, false, true],
                "\(taken.body.prefix(300))")
            let one = try http.ask("POST", "/v1/events", body: "{\n\"type\":\r\n\"ping\"}")
            #expect(one.status == 200 && one.body == "{\"ok\":true}\n", "\(one)")
            #expect(daemon.stop() == .status(0))
        }
    }
}
