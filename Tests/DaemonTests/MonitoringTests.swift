import Foundation
import Testing

extension ProcessTests {
    /// Alarms and Prometheus, as the administrator's guide says.
    @Suite(.serialized) struct MonitoringTests {
        @Test func anAlarmIsRaisedAndClearedEverywhere() throws {
            let server = """
                import hashlib, hmac, http.server, sys
                seen = 0
                class Hook(http.server.BaseHTTPRequestHandler):
                    def do_POST(self):
                        global seen
                        seen += 1
                        body = self.rfile.read(int(self.headers['Content-Length']))
                        right = 'sha256=' + hmac.new(b'0123456789abcdef', body, hashlib.sha256).hexdigest() == \
                self.headers['X-Screenpop-Signature']
                        print(seen, 'signed' if right else 'forged', body.decode(), flush=True)
                        self.send_response(503 if seen == 1 else 204)
                        self.end_headers()
                    def log_message(self, *_): pass
                hook = http.server.HTTPServer(('127.0.0.1', 0), Hook)
                print(hook.server_port, flush=True)
                hook.serve_forever()
                """
            let files = "/tmp/screenpop hook \(UInt32.random(in: 0...UInt32.max))"
            defer { for end in ["", ".out", ".key"] { try? FileManager.default.removeItem(atPath: files + end) } }
            try "0123456789abcdef\n".write(toFile: files + ".key", atomically: true, encoding: .utf8)
            let hook = try Program("python3", ["-c", server], errors: files)
            let port = try #require(poll(within: 20) { Int(hook.standardOutput.split(separator: "\n").first ?? "") })
            let daemon = try Daemon(
                config: """
                    [pop]
                    language = "en"
                    [alarms]
                    clear_after = "0s"
                    webhook = "http://127.0.0.1:\(port)/hook"
                    webhook_key_file = "\(files).key"
                    [alarms.queues.support]
                    waiting = 2
                    """)
            try daemon.start()
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            let stream = try http.stream("/v1/stream?operator=101")
            for call in ["w1", "w2"] {
                #expect(seq(client.ask(#"{"type":"call.queued","call":"\#(call)","queue":"support"}"#)) != nil)
            }
            let raised = try stream.read(until: "event: alarm\n")
            #expect(!raised.contains("reset"))
            _ = try stream.read(until: #""kind":"waiting","raised":true"#)
            let listed = try #require(try http.json("/v1/alarms")["alarms"] as? [[String: Any]])
            #expect(listed.map { $0["text"] as? String } == ["support: 2 calls wait (threshold 2)"])
            #expect(seq(client.ask(#"{"type":"call.ended","call":"w1","by":"caller"}"#)) != nil)
            _ = try stream.read(until: #""kind":"waiting","raised":false"#)
            #expect((try http.json("/v1/alarms")["alarms"] as? [Any])?.count == 0)
            let posted: [Substring]? = poll(within: 20) {
                let said = hook.standardOutput, lines = said.split(separator: "\n").dropFirst()
                return lines.count >= 3 && said.hasSuffix("\n") ? Array(lines) : nil
            }
            // The first attempt was refused, so the same letter came again before the next one.
            let lines = try #require(posted, "\(hook.standardOutput)")
            #expect(lines.allSatisfy { $0.contains(" signed ") })
            #expect(lines[0].dropFirst(2) == lines[1].dropFirst(2))
            #expect(lines[1].contains(#""raised":true"#) && lines[2].contains(#""raised":false"#))
            #expect(daemon.program?.standardError.contains("alarm raised: support: 2 calls wait (threshold 2)") == true)
            #expect(daemon.stop() == .status(0))
            hook.stop(SIGKILL)
        }

        /// Where a program of Debian's prometheus package is: `make test` unpacks it.
        static func found(_ program: String) -> String? {
            [DemoTests.root + "/.build/prometheus/usr/bin/", "/usr/bin/"].map { $0 + program }.first(
                where: FileManager.default.isExecutableFile)
        }

        @Test(.enabled(if: MonitoringTests.found("prometheus") != nil, "make test fetches the package prometheus"))
        func prometheusScrapesTheFigures() throws {
            let (daemon, client, _) = try EndToEndTests.ready()
            _ = client.ask(#"{"type":"call.queued","call":"p1","queue":"support"}"#)
            let token = try Program(
                Program.built("screenpop"),
                ["--api-socket", daemon.api, "token", "create", "--role", "supervisor", "--name", "prometheus"],
                errors: daemon.folder + "/tok")
            #expect(token.waitForEnd() == .status(0))
            let port = try #require(daemon.program?.standardError.firstMatch(of: /HTTP at 127\.0\.0\.1:(\d+)/)?.1)
            let secret = token.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
            let file = daemon.folder + "/prometheus.yml"
            try """
            global: { scrape_interval: 1s }
            scrape_configs:
              - job_name: screenpop
                authorization: { credentials: "\(secret)" }
                static_configs: [{ targets: ["127.0.0.1:\(port)"] }]
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let listen = Int.random(in: 20_000...40_000)
            let prometheus = try Program(
                try #require(MonitoringTests.found("prometheus")),
                [
                    "--config.file=\(file)", "--storage.tsdb.path=\(daemon.folder)/tsdb",
                    "--web.listen-address=127.0.0.1:\(listen)",
                ],
                errors: daemon.folder + "/prom")
            let ask = """
                import sys, time, urllib.request
                end = time.monotonic() + 40
                while time.monotonic() < end:
                    address = 'http://127.0.0.1:\(listen)/api/v1/query?query=screenpop_waiting%7Bjob%3D%22screenpop%22%7D'
                    try: answer = urllib.request.urlopen(address).read().decode()
                    except OSError: answer = ''
                    if '"queue":"support"' in answer: sys.exit(print(answer))
                    time.sleep(0.2)
                """
            let found = try Program("python3", ["-c", ask], errors: daemon.folder + "/ask")
            #expect(found.waitForEnd(within: 60) == .status(0))
            #expect(
                found.standardOutput.contains(#","1"]"#),
                "\(found.standardOutput) \(prometheus.standardError.suffix(500))")
            prometheus.stop()
            #expect(daemon.stop() == .status(0))
        }

        @Test func metricsAreWhatPrometheusReads() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            let strange = #"a"b\\c"#
            for call in ["m1", "m2"] {
                _ = client.ask(
                    #"{"type":"call.offered","call":"\#(call)","from":"09000000001","to":"0300000000","#
                        + #""queue":"a\"b\\c"}"#
                )
                _ = client.ask(#"{"type":"call.queued","call":"\#(call)","queue":"a\"b\\c"}"#)
            }
            _ = client.ask(#"{"type":"call.ended","call":"m2","by":"caller"}"#)
            _ = client.ask(#"{"type":"operator.login","operator":"101"}"#)
            let screen = try http.stream("/v1/stream?operator=101")
            _ = try screen.read(until: "retry")
            _ = client.ask(#"{"type":"call.ringing","call":"m1","operator":"101"}"#)
            _ = try screen.read(until: "ringing")
            let text: String = try #require(
                poll(within: 20) {
                    let text = try? http.ask("GET", "/metrics").body
                    return text?.contains("screenpop_pop_seconds_count 0\n") == false ? text : nil
                })
            var types: [Substring: Substring] = [:], seen: Set<Substring> = []
            for line in text.split(separator: "\n") {
                if let type = line.firstMatch(of: /^# TYPE (\w+) (gauge|counter|histogram)$/) {
                    #expect(types.updateValue(type.2, forKey: type.1) == nil, "a family twice: \(line)")
                } else if !line.hasPrefix("# HELP ") {
                    let sample = try #require(
                        line.wholeMatch(
                            of:
                                #/
                                (([a-z_]+?)(?:_bucket|_sum|_count)?(?:\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)+\})?)
                                \ -?[0-9.e+-]+
                                /#
                        ), "\(line)")
                    #expect(types[sample.2] != nil || types[sample.1.prefix { $0 != "{" }] != nil, "no type: \(line)")
                    #expect(seen.insert(sample.1).inserted, "a sample twice: \(line)")
                }
            }
            #expect(types.count > 25)
            #expect(
                text.contains("screenpop_waiting{queue=\"\(strange)\"} 1\n".replacing(#"a"b"#, with: #"a\"b"#)),
                "\(text)")
            #expect(text.contains(#"outcome="abandoned"} 1"#))
            #expect(text.contains("screenpop_log_writable 1\n"))
            #expect(!text.contains("9000000001"), "a caller's number is in the metrics")
            // Each histogram's last bucket is its count.
            for name in ["commit", "answer", "pop", "event_lag"] {
                let all = try #require(
                    text.firstMatch(
                        of: try Regex(
                            "screenpop_\(name)_seconds_bucket\\{le=\"\\+Inf\"\\} (\\d+)\n",
                            as: (Substring, Substring).self)))
                #expect(text.contains("screenpop_\(name)_seconds_count \(all.1)\n"))
            }
            // The dashboard and the rules ask for nothing that is not there.
            let asked = try ["grafana.json", "alerts.yml"].flatMap { file in
                try String(contentsOfFile: DemoTests.root + "/docs/prometheus/" + file, encoding: .utf8).matches(
                    of: /\b(screenpop_[a-z_]+|process_[a-z_]+)\b/
                ).map { $0.1 }
            }
            #expect(asked.count > 15)
            for name in Set(asked) {
                let family =
                    ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) && types[name] == nil }.map {
                        name.dropLast($0.count)
                    } ?? name
                #expect(types[family] != nil, "\(name) is no metric")
            }
            let dashboard =
                try JSONSerialization.jsonObject(
                    with: Data(contentsOf: URL(fileURLWithPath: DemoTests.root + "/docs/prometheus/grafana.json")))
                as? [String: Any]
            #expect((dashboard?["panels"] as? [Any])?.count == 15)

            if let promtool = MonitoringTests.found("promtool") {
                try text.write(toFile: daemon.folder + "/metrics", atomically: true, encoding: .utf8)
                let checks = [
                    ["/bin/sh", "-c", "'\(promtool)' check metrics < '\(daemon.folder)/metrics'"],
                    [promtool, "check", "rules", DemoTests.root + "/docs/prometheus/alerts.yml"],
                    [promtool, "test", "rules", DemoTests.root + "/Tests/Prometheus/cluster.yml"],
                ]
                for check in checks {
                    let done = try Program(check[0], Array(check.dropFirst()), errors: daemon.folder + "/promtool")
                    #expect(done.waitForEnd() == .status(0), "\(done.standardOutput)\(done.standardError)")
                }
            }
        }
    }
}
