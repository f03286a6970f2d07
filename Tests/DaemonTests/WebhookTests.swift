import Foundation
import Testing

extension ProcessTests {
    /// Webhooks of a real daemon, and a receiver that is a program of its own.
    @Suite(.serialized) struct WebhookTests {
        /// Prints a line for each request: the event's id, its type, its call, the status that it was answered with.
        private static let server = """
            import hashlib, hmac, http.server, json, sys, threading, time
            seen, times = 0, {}
            class Hook(http.server.BaseHTTPRequestHandler):
                def do_POST(self):
                    global seen
                    body = self.rfile.read(int(self.headers['Content-Length']))
                    event, at = self.headers['X-Screenpop-Event'], self.headers['X-Screenpop-Timestamp']
                    signed = f'{event}.{at}.'.encode() + body
                    right = 'sha256=' + hmac.new(b'0123456789abcdef', signed, hashlib.sha256).hexdigest()
                    call = json.loads(body).get('call')
                    with lock:
                        seen += 1
                        times[event] = times.get(event, 0) + 1
                        status = 500 if seen % 9 == 0 or call == 'bad' and times[event] <= 2 else 204
                    if right != self.headers['X-Screenpop-Signature']: status = 403
                    with lock: print(event, self.headers['X-Screenpop-Type'], call, status, flush=True)
                    self.send_response(status)
                    self.end_headers()
                def log_message(self, *_): pass
            lock = threading.Lock()
            hook = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Hook)
            print(hook.server_port, flush=True)
            hook.serve_forever()
            """

        private final class Hook {
            let program: Program
            let port: Int
            private let files: String

            init() throws {
                files = "/tmp/screenpop hook \(UInt32.random(in: 0...UInt32.max))"
                try "0123456789abcdef\n".write(toFile: files + ".key", atomically: true, encoding: .utf8)
                program = try Program("python3", ["-c", WebhookTests.server], errors: files)
                let said = poll(within: 20) { [program] in
                    Int(program.standardOutput.split(separator: "\n").first ?? "")
                }
                port = try #require(said)
            }
            deinit {
                program.stop(SIGKILL)
                for end in ["", ".out", ".key"] { try? FileManager.default.removeItem(atPath: files + end) }
            }

            func config(_ more: String) -> String {
                """
                [[webhook]]
                name = "crm"
                url = "http://127.0.0.1:\(port)/hook"
                key_file = "\(files).key"
                \(more)
                """
            }

            /// What was answered with 204, in the order of the answers: events, types and calls.
            var accepted: [(event: String, type: String, call: String)] {
                program.standardOutput.split(separator: "\n").dropFirst().compactMap { line in
                    let words = line.split(separator: " ").map(String.init)
                    return words.count == 4 && words[3] == "204" ? (words[0], words[1], words[2]) : nil
                }
            }
        }

        private static func status(_ http: HTTP) throws -> [String: Any] {
            let items = try http.json("/v1/webhooks")["items"] as? [[String: Any]]
            return try #require(items?.first)
        }

        @Test func aDaemonThatIsKilledDeliversEachEventAndThoseOfACallInOrder() throws {
            let hook = try Hook()
            let daemon = try Daemon(
                config: hook.config(#"types = ["call.offered", "call.queued", "call.answered", "call.ended"]"#))
            try daemon.start()
            let begun: Bool? = poll(within: 30) {
                (try? Self.status(HTTP(path: daemon.api)))?["position"] is Int ? true : nil
            }
            try #require(begun == true)
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SplitMix(state: seed)
            for round in 0..<5 {
                let client = try Client(daemon.socket), numbers = (round * 80)..<(round * 80 + 80)
                client.send(numbers.map(DurabilityTests.line).joined(separator: "\n") + "\n")
                for _ in numbers { #expect(seq(client.reply()) != nil) }
                // Killed while it delivers: after a random number of deliveries.
                let wanted = round * 80 + Int.random(in: 1..<40, using: &random)
                let isUnderWay: Bool? = poll(within: 60) { hook.accepted.count >= wanted ? true : nil }
                #expect(isUnderWay == true, "seed \(seed)")
                #expect(daemon.stop(SIGKILL) == .signal(SIGKILL))
                try daemon.start()
            }
            let complete: Bool? = poll(within: 90) { Set(hook.accepted.map(\.event)).count >= 400 ? true : nil }
            #expect(complete == true, "seed \(seed): \(Set(hook.accepted.map(\.event)).count) events")
            // Those of a call by when each came first: an event that came again was not stored before the kill.
            var seen: Set<String> = [], types: [String: [String]] = [:]
            for one in hook.accepted where seen.insert(one.event).inserted {
                types[one.call, default: []].append(one.type)
            }
            #expect(types.count == 100)
            for (call, types) in types {
                let inOrder = ["call.offered", "call.queued", "call.answered", "call.ended"]
                #expect(types == inOrder, "\(call), seed \(seed)")
            }
            let stored: Bool? = poll(within: 20) {
                guard let status = try? Self.status(HTTP(path: daemon.api)) else { return nil }
                return status["waiting"] as? Int == 0 && status["state"] as? String == "running" ? true : nil
            }
            #expect(stored == true)
            #expect(try Self.status(HTTP(path: daemon.api))["dead"] as? Int == 0)
            #expect(daemon.stop() == .status(0))
            // A clean stop stores how far it was: nothing is sent again.
            let count = hook.accepted.count
            try daemon.start()
            let client = try Client(daemon.socket)
            #expect(seq(client.ask(DurabilityTests.line(400))) != nil)
            #expect(poll(within: 30) { hook.accepted.count > count ? true : nil } == true)
            #expect(hook.accepted.count == count + 1 && hook.accepted.last?.call == "c100")
            #expect(daemon.stop() == .status(0))
        }

        @Test func whatIsGivenUpIsListedAndSentOnRequest() throws {
            let hook = try Hook()
            let daemon = try Daemon(
                config: hook.config(
                    """
                    types = ["call.ended", "note.written"]
                    tries = 2
                    """))
            try daemon.start()
            defer { daemon.stop() }
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            let begun: Bool? = poll(within: 30) { (try? Self.status(http))?["position"] is Int ? true : nil }
            try #require(begun == true)
            #expect(seq(client.ask(#"{"type":"call.offered","call":"bad","from":"09000000001","to":"03"}"#)) != nil)
            let event = try #require(seq(client.ask(#"{"type":"call.ended","call":"bad","by":"caller"}"#)))
            let dead: [[String: Any]]? = poll(within: 30) {
                let items = (try? http.json("/v1/webhooks/crm/dead"))?["items"] as? [[String: Any]]
                return items?.isEmpty == false ? items : nil
            }
            let one = try #require(dead?.first)
            #expect(one["id"] as? String == "\(event)" && one["tries"] as? Int == 2)
            #expect(one["type"] as? String == "call.ended" && one["problem"] as? String == "it answered 500")
            func run(_ arguments: String..., status: Int32 = 0) throws -> String {
                let program = try Program(
                    Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                    errors: daemon.folder + "/verb")
                #expect(program.waitForEnd() == .status(status), "\(program.standardError)")
                return program.standardOutput + program.standardError
            }
            #expect(try run("webhooks", "dead", "crm").contains("it answered 500"))
            #expect(try run("webhooks").contains("crm"))
            let metrics = try http.ask("GET", "/metrics").body
            #expect(metrics.contains(#"screenpop_webhook_dead{webhook="crm"} 1"#))
            #expect(try run("webhooks", "send", "crm", "77", status: 1).contains("no event 77"))
            #expect(try run("webhooks", "send", "chat", "77", status: 1).contains("There is no webhook chat"))
            #expect(try run("webhooks", "send", "crm", "--all").contains("1 sent."))
            #expect(try run("webhooks", "dead", "crm").contains("Nothing was given up."))
            #expect(hook.accepted.map(\.call) == ["bad"])
            let shown = try run("webhooks", "try", "crm")
            #expect(shown.contains("X-Screenpop-Event: \(event)\n") && shown.contains("X-Screenpop-Signature: sha256="))
            #expect(shown.contains(#""call":"bad""#) && hook.accepted.count == 1)
            #expect(try http.ask("POST", "/v1/webhooks/crm/dead/\(event)/send").status == 404)
            #expect(try http.ask("GET", "/v1/webhooks/chat/dead").status == 404)
        }

        @Test func aTemplateThatCannotBeJSONStopsTheStart() throws {
            let daemon = try Daemon(
                config: """
                    [[webhook]]
                    name = "crm"
                    url = "http://127.0.0.1:9/"
                    template = '{"text": {type}'
                    """)
            let (end, said) = try daemon.fail()
            #expect(end == .status(73) && said.contains("the template of the webhook crm cannot be used"), "\(said)")
        }
    }
}
