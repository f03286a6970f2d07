import Foundation
import Testing

extension ProcessTests {
    /// A CRM beside a real daemon: the pop does not wait for it, and each answer updates the pop.
    @Suite(.serialized) struct LookupTests {
        /// Knows one number, and is slow for another; silent for a third.
        private static let server = """
            import http.server, json, time, urllib.parse
            class CRM(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    query = urllib.parse.parse_qs(urllib.parse.urlparse(self.path).query)
                    number = query.get('n', [''])[0]
                    if number == '+819000000002': time.sleep(1.2)
                    if number == '+819000000003': time.sleep(30)
                    known = {'+819000000001': 'K-1', '+819000000002': 'K-2'}.get(number)
                    items = [{'id': known, 'company': 'Example KK'}] if known else []
                    body = json.dumps({'items': items}).encode()
                    self.send_response(200)
                    self.send_header('Content-Length', str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                def log_message(self, *_): pass
            crm = http.server.ThreadingHTTPServer(('127.0.0.1', 0), CRM)
            crm.daemon_threads = True
            print(crm.server_port, flush=True)
            crm.serve_forever()
            """

        private final class CRM {
            let program: Program
            let port: Int
            private let files = "/tmp/screenpop crm \(UInt32.random(in: 0...UInt32.max))"

            init() throws {
                program = try Program("python3", ["-c", LookupTests.server], errors: files)
                let said = poll(within: 20) { [program] in
                    Int(program.standardOutput.split(separator: "\n").first ?? "")
                }
                port = try #require(said)
            }
            deinit {
                program.stop(SIGKILL)
                for end in ["", ".out"] { try? FileManager.default.removeItem(atPath: files + end) }
            }

            func config(_ more: String = "") -> String {
                """
                region = "JP"
                [[lookup]]
                name = "crm"
                label = "Our CRM"
                url = "http://127.0.0.1:\(port)/find?n={number}"
                numbers = ["e164"]
                external_id = "id"
                answer = { records = "items" }
                field = [{ label = "Company", path = "company" }]
                budget = "400ms"
                \(more)
                """
            }
        }

        private func ring(_ call: String, from: String, _ client: Client) {
            _ = client.ask(
                #"{"type":"call.offered","call":"\#(call)","from":"\#(from)","to":"0300000000","queue":"support"}"#)
            _ = client.ask(#"{"type":"call.ringing","call":"\#(call)","operator":"101"}"#)
        }

        @Test func thePopIsSentAtOnceAndCompletedByTheCRM() throws {
            let crm = try CRM(), daemon = try Daemon(config: crm.config())
            try daemon.start()
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101"}"#)) != nil)
            let made = try http.ask("POST", "/v1/customers", body: #"{"name":"Hanako","external_id":"K-2"}"#)
            #expect(made.status == 201, "\(made.body)")
            let stream = try http.stream("/v1/stream?operator=101")
            // Slower than its budget: three phases, and then the record that has the CRM's id.
            ring("c1", from: "09000000002", client)
            let first = try stream.read(untilFrame: "event: pop\n")
            #expect(!first.contains("Example KK") && first.contains(#""state":"pending""#), "\(first)")
            #expect(first.contains(#""complete":false"#) && first.contains(#""label":"Our CRM""#))
            #expect(try stream.read(untilFrame: #""state":"late""#).contains("event: pop.update\n"))
            let full = try stream.read(untilFrame: #""value":"Example KK""#)
            #expect(full.contains(#""complete":true"#), "\(full)")
            #expect(try stream.read(untilFrame: "Hanako").contains(#""identified":true"#))
            // Kept: the next call has it with its pop or right after it, and the CRM is asked no more.
            ring("c2", from: "09000000002", client)
            _ = try stream.read(untilFrame: #""call":"c2""#)
            let metrics = try http.ask("GET", "/metrics").body
            #expect(metrics.contains(#"screenpop_lookup_requests_total{lookup="crm"} 1"#), "\(metrics)")
            #expect(metrics.contains("screenpop_pop_full_seconds_count"))
            #expect(metrics.contains("screenpop_pop_first_seconds_count"))

            let tried = try Program(
                Program.built("screenpop"),
                ["--api-socket", daemon.api, "lookup", "try", "09000000001", "--json"], errors: daemon.folder + "/try")
            #expect(tried.waitForEnd() == .status(0))
            let said = (try? JSONSerialization.jsonObject(with: Data(tried.standardOutput.utf8))) as? [String: Any]
            let outside = try #require(said?["outside"] as? [[String: Any]], "\(tried.standardOutput)")
            let card = try #require(outside.first?["card"] as? [String: Any])
            #expect(card["external_id"] as? String == "K-1")
            #expect((outside.first?["steps"] as? [[String: Any]])?.first?["status"] as? Int == 200)
            #expect(daemon.stop() == .status(0))
        }

        /// With the wait, the answer to the offer is the customer's own operator; a silent CRM costs the wait and no
        /// more.
        @Test func anOfferWaitsWhereItIsConfigured() throws {
            let crm = try CRM(), daemon = try Daemon(config: crm.config("wait = \"150ms\""))
            try daemon.start()
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101"}"#)) != nil)
            let record = #"{"name":"Hanako","external_id":"K-1","owner":"101"}"#
            #expect(try http.ask("POST", "/v1/customers", body: record).status == 201)
            // The first request makes a connection; on a busy machine it may be there for a later call only.
            var count = 0
            let known: String? = poll {
                count += 1
                let reply = client.ask(
                    #"{"type":"call.offered","call":"a\#(count)","from":"09000000001","to":null,"queue":"support"}"#)
                return reply.flatMap { $0.contains("Hanako") ? $0 : nil }
            }
            #expect(known?.contains(#""101""#) == true, "\(known ?? "nobody")")
            let began = ContinuousClock.now
            let silent = client.ask(
                #"{"type":"call.offered","call":"c2","from":"09000000003","to":null,"queue":"support"}"#)
            #expect(seq(silent) != nil && silent?.contains("Hanako") == false, "\(silent ?? "no reply")")
            #expect(began.duration(to: .now) < .seconds(2))
            #expect(daemon.stop() == .status(0))
        }
    }
}
