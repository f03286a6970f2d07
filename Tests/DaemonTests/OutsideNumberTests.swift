import Foundation
import Testing

extension ProcessTests {
    /// Numbers that come from outside, at their ends: each is refused in a sentence, and the daemon lives on.
    @Suite(.serialized) struct OutsideNumberTests {
        @Test func noNumberEndsTheDaemon() throws {
            let daemon = try Daemon(config: "timezone = \"Asia/Tokyo\"\n")
            try daemon.start()
            let http = HTTP(path: daemon.api), client = try Client(daemon.socket)
            #expect(
                seq(client.ask(#"{"type":"call.offered","call":"c","from":"09000000001","to":null,"queue":"q"}"#)) == 1)
            #expect(try http.ask("POST", "/v1/customers", body: #"{"name":"山田"}"#).status == 201)
            for seconds in ["9223372036854775", "9223372036854775807", "-1", "0", "3155760001", "1e308"] {
                let answer = try http.ask(
                    "POST", "/v1/tokens", body: #"{"role":"admin","name":"x","expires_in_s":\#(seconds)}"#)
                #expect(answer.status == 400, "\(seconds): \(answer)")
                // What is no Int64 is no number of seconds, and the description of what is wrong ends there.
                if seconds != "1e308" {
                    #expect(answer.body.contains("expires_in_s is from 1 to 3155760000."), "\(answer)")
                }
            }
            let long = try http.ask(
                "POST", "/v1/tokens", body: #"{"role":"admin","name":"x","expires_in_s":3155760000}"#)
            #expect(long.status == 201 && long.body.contains(#""expires_at":"21"#), "\(long)")
            for target in [
                "/v1/calls?after=9223372036854775807.1", "/v1/calls?after=-1.1", "/v1/calls?customer=-1",
                "/v1/customers/1/notes?after=9223372036854775807", "/v1/calls?limit=9223372036854775807",
                "/v1/intervals?from=0001-01-01&to=9999-12-31&step=1mo", "/v1/intervals?step=9223372036854775807m",
            ] {
                let answer = try http.ask("GET", target)
                #expect(answer.status == 400, "\(target): \(answer)")
            }
            for body in [#"{"text":"x","spent_ms":9223372036854775807}"#, #"{"text":"x","spent_ms":-1}"#] {
                let answer = try http.ask("POST", "/v1/calls/c/note", body: body)
                #expect(answer.status == 400 && answer.body.contains("spent_ms"), "\(answer)")
            }
            let spent = try http.ask(
                "POST", "/v1/customers/1/cases", body: #"{"title":"x","spent_ms":9223372036854775807}"#)
            #expect(spent.status == 400 && spent.body.contains("spent_ms"), "\(spent)")
            let due = try http.ask(
                "POST", "/v1/customers/1/cases", body: #"{"title":"x","due":"9999-12-31T23:59:59Z"}"#)
            #expect(due.status == 201, "\(due)")
            #expect(try http.ask("GET", "/v1/customers/1").body.contains("9999-12-31T23:59:59.000Z"))
            #expect(try http.ask("GET", "/v1/stats?from=0001-01-01T00:00:00Z&to=9999-12-31T23:45:00Z").status == 200)
            #expect(daemon.stop() == .status(0))
        }

        /// Nothing more is read of such a request: who goes on sending is not kept waiting.
        @Test func aHeadThatIsTooLongIsRefusedAndTheConnectionClosed() throws {
            let daemon = try Daemon()
            try daemon.start()
            let client = try Client(daemon.api)
            client.send("GET /healthz?" + String(repeating: "x", count: 2_000_000))
            let answer = client.rest()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 400"), "\(answer.prefix(200))")
            #expect(try HTTP(path: daemon.api).ask("GET", "/healthz").status == 200)
            #expect(daemon.stop() == .status(0))
        }

        /// Whether there is a body, the body says: one in chunks has no length.
        @Test func theReasonOfABlockedNumberMayComeInChunks() throws {
            let daemon = try Daemon(config: "region = \"JP\"\n")
            try daemon.start()
            let client = try Client(daemon.api), body = #"{"reason":"いたずら電話"}"#, half = body.utf8.count / 2
            client.send(
                "PUT /v1/blocked-numbers/09000000001 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n"
            )
            for part in [Array(body.utf8)[..<half], Array(body.utf8)[half...]] {
                client.send("\(String(part.count, radix: 16))\r\n")
                client.send(Array(part) + [13, 10])
            }
            client.send("0\r\n\r\n")
            #expect(client.rest().contains(#""reason":"いたずら電話""#))
            let http = HTTP(path: daemon.api)
            #expect(try http.ask("GET", "/v1/blocked-numbers").body.contains("いたずら電話"))
            #expect(try http.ask("PUT", "/v1/blocked-numbers/09000000002").status == 200)
            #expect(daemon.stop() == .status(0))
        }

        /// What a PBX names stands at the beginning of cells: no spreadsheet takes one for a formula.
        @Test func noCellOfAReportIsAFormula() throws {
            let daemon = try Daemon()
            try daemon.start()
            let client = try Client(daemon.socket)
            let names = ["=HYPERLINK(\"http://evil.example\")", "+1+1", "-2+3", "@SUM(A1)", "-5", "a;=1", "'=1"]
            for (n, name) in names.enumerated() {
                let text = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
                for line in [
                    #"{"type":"operator.login","operator":\#(text)}"#,
                    #"{"type":"call.queued","call":"\#(n)","queue":\#(text)}"#,
                    #"{"type":"call.answered","call":"\#(n)","operator":\#(text)}"#,
                    #"{"type":"call.ended","call":"\#(n)"}"#,
                ] { #expect(seq(client.ask(line)) != nil, "\(line)") }
            }
            for by in ["queue", "operator"] {
                let file = try HTTP(path: daemon.api).ask("GET", "/v1/intervals?format=csv&step=1d&by=\(by)").body
                var found = 0
                for line in file.split(separator: "\r\n").dropFirst() {
                    // Names stand in the third column; none of these has a comma.
                    let cell = line.split(separator: ",", omittingEmptySubsequences: false)[2]
                    let first = cell.drop { $0 == "\"" }.first.map(String.init) ?? ""
                    #expect(!"=+-@".contains(first) || first.isEmpty, "\(line)")
                    if first == "'" { found += 1 }
                }
                #expect(found == names.count - 1, "\(file)")
                #expect(file.contains(#""a;=1""#))
            }
            #expect(daemon.stop() == .status(0))
        }
    }
}
