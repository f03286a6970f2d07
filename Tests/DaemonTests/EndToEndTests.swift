import Foundation
import Testing

extension ProcessTests {
    /// From the event on the socket to the operator's stream, with customers, by the programs that users have.
    @Suite(.serialized) struct EndToEndTests {
        static let customers = """
            external_id,name,kana,phone,tier,owner,cautions
            C-1,山田 太郎,ヤマダ タロウ,０９０−００００−０００１,vip,101,耳が遠い
            C-2,Mary Example,,+1 202 555 0123,regular,102,
            C-3,Nobody,,12,regular,,
            """

        static func ready() throws -> (Daemon, Client, HTTP) {
            let daemon = try Daemon(config: "region = \"JP\"\n[pop]\nlanguage = \"en\"\nvip_seen_within = \"1s\"\n")
            try daemon.start()
            let file = daemon.folder + "/customers.csv"
            try customers.write(toFile: file, atomically: true, encoding: .utf8)
            let taken = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "customers", "import", file],
                errors: daemon.folder + "/imp")
            #expect(taken.waitForEnd() == .status(2))
            #expect(taken.standardOutput.contains("3 rows: 3 new, 0 changed, 0 unchanged, 0 refused"))
            #expect(taken.standardOutput.contains("their rows taken: 1"))
            #expect(taken.standardOutput.contains("line 4 phone"))
            let client = try Client(daemon.socket)
            for who in ["101", "102"] {
                #expect(
                    seq(client.ask(#"{"type":"operator.login","operator":"\#(who)","device":"PJSIP/\#(who)"}"#)) != nil)
            }
            return (daemon, client, HTTP(path: daemon.api))
        }

        @Test func aVIPRingsAtTheAssignedOperatorAndPopsThereAlone() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            let own = try http.stream("/v1/stream?operator=101"), other = try http.stream("/v1/stream?operator=102")
            _ = try own.read(until: "event: operator")
            _ = try other.read(until: "event: operator")
            let reply = try #require(
                client.ask(
                    #"{"type":"call.offered","call":"v1","from":"09000000001","to":"+81300000000","queue":"support"}"#))
            #expect(reply.contains(#""action":"operator","operator":"101","device":"PJSIP/101""#))
            #expect(reply.contains(#""reason":"assigned_operator""#))
            #expect(reply.contains(#""alerts":["vip","caution"]"#))
            _ = client.ask(#"{"type":"call.queued","call":"v1","queue":"support"}"#)
            _ = client.ask(#"{"type":"call.ringing","call":"v1","operator":"101"}"#)
            let shown = try own.read(until: #""phase":"ringing""#)
            #expect(shown.contains("山田 太郎"))
            #expect(shown.contains("耳が遠い"))
            #expect(shown.contains(#""vip":true"#))
            // Nobody looks: supervisors are told.
            _ = try own.read(until: #""kind":"vip_unseen""#)
            _ = client.ask(#"{"type":"call.answered","call":"v1","operator":"102"}"#)
            let gone = try own.read(until: "event: pop.withdrawn")
            #expect(gone.contains(#""reason":"answered_elsewhere","by":"102""#))
            let taken = try other.read(until: #""phase":"answered""#)
            #expect(!taken.contains(#""operator":"101","phase""#))
            _ = client.ask(#"{"type":"call.ended","call":"v1","by":"caller"}"#)
            #expect(daemon.stop() == .status(0))
            #expect(other.rest().contains(#""phase":"ended""#))
        }

        @Test func aPopThatWasSeenRaisesNoAlarmAndAnUnknownOneIsNotFound() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            defer { withExtendedLifetime(daemon) {} }
            let stream = try http.stream("/v1/stream?operator=101")
            _ = client.ask(
                #"{"type":"call.offered","call":"v1","from":"09000000001","to":"+81300000000","queue":"support"}"#)
            _ = client.ask(#"{"type":"call.ringing","call":"v1","operator":"101"}"#)
            let shown = try stream.read(until: #""phase":"ringing""#)
            let id = try #require(shown.firstMatch(of: /"pop":"([^"]+)"/)).1
            #expect(try http.ask("POST", "/v1/pops/\(id)/seen").status == 204)
            #expect(try http.ask("POST", "/v1/pops/999.101/seen").status == 404)
            // The next alert of this stream is another call's: the first one's never came.
            _ = client.ask(
                #"{"type":"call.offered","call":"v2","from":"09000000001","to":"+81300000000","queue":"support"}"#)
            _ = client.ask(#"{"type":"call.ringing","call":"v2","operator":"101"}"#)
            let all = try stream.read(until: #""kind":"vip_unseen""#)
            let alarm = try #require(all.split(separator: "\n").first { $0.contains("vip_unseen") })
            #expect(alarm.contains(#""call":"v2""#))
            // A screen tells what it showed, also when the caller has given up by then.
            _ = client.ask(#"{"type":"call.ended","call":"v2","by":"caller"}"#)
            let gone = try stream.read(until: "pop.withdrawn")
            let late = try #require((all + gone).matches(of: /"pop":"([^"]+)","call":"v2"/).first).1
            #expect(try http.ask("POST", "/v1/pops/\(late)/seen").status == 204)
            #expect(try http.ask("GET", "/v1/calls/v2").body.contains("pop_seen"))
            #expect(try http.ask("POST", "/v1/pops/\(late.dropLast())2/seen").status == 404)
        }

        /// Figures by interval equal the events, summed step by step.
        @Test func intervalsAreTheFiguresStepByStep() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            defer { withExtendedLifetime(daemon) {} }
            // Two days ago in UTC, on both sides of an hour.
            let day = Int64(Date().timeIntervalSince1970) / 86_400 * 86_400 - 2 * 86_400
            func time(_ seconds: Int64) -> String {
                Date(timeIntervalSince1970: Double(day + seconds)).formatted(.iso8601)
            }
            for (call, at) in [("i1", 36_000), ("i2", 36_600), ("i3", 39_600)] as [(String, Int64)] {
                for line in [
                    #"{"type":"call.offered","call":"\#(call)","from":"09000000001","to":"0300000000","#
                        + #""queue":"support","time":"\#(time(at))"}"#,
                    #"{"type":"call.answered","call":"\#(call)","operator":"101","time":"\#(time(at + 10))"}"#,
                    #"{"type":"call.ended","call":"\#(call)","time":"\#(time(at + 70))"}"#,
                ] { #expect(seq(client.ask(line)) != nil) }
            }
            let range = "from=\(time(0))&to=\(time(86_400))"
            let whole = try http.json("/v1/intervals?\(range)&step=1d&by=queue")
            let rows = try #require(whole["intervals"] as? [[String: Any]])
            #expect(rows.count == 1)
            #expect(rows[0]["queue"] as? String == "support")
            #expect(rows[0]["offered"] as? Int == 3)
            #expect(rows[0]["answered"] as? Int == 3)
            #expect(rows[0]["asa_ms"] as? Int == 10_000)
            #expect((rows[0]["service_level"] as? [String: Any])?["negative"] as? Double == 1)
            let hours = try #require(
                http.json("/v1/intervals?\(range)&step=1h&queue=support")["intervals"] as? [[String: Any]])
            #expect(hours.map { $0["offered"] as? Int } == [2, 1])
            for (by, key) in [("line", "0300000000"), ("tier", "vip"), ("operator", "101")] {
                let rows = try #require(
                    http.json("/v1/intervals?\(range)&step=1d&by=\(by)")["intervals"] as? [[String: Any]])
                #expect(rows.contains { $0[by] as? String == key && $0["answered"] as? Int == 3 }, "\(by): \(rows)")
            }
            let csv = try http.ask("GET", "/v1/intervals?\(range)&step=1d&by=queue&format=csv").body
            #expect(csv.contains("from,to,queue,offered,answered,"))
            #expect(csv.contains("service_level_negative"))
            #expect(csv.contains(",support,3,3,0,"))
            for wrong in [
                "step=7m", "by=colour", "format=xml", "from=2026-01-01T00:01:00Z", "from=2026-01-02&to=2026-01-01",
                "from=1990-01-01&step=15m",
            ] {
                let answer = try http.ask("GET", "/v1/intervals?\(wrong)")
                #expect(answer.status == 400, "\(wrong): \(answer.body)")
            }
        }

        /// A wrong method is answered with the allowed ones.
        @Test func aWrongMethodIsToldTheRightOnes() throws {
            let (daemon, _, http) = try EndToEndTests.ready()
            defer { withExtendedLifetime(daemon) {} }
            for (method, path, takes) in [
                ("DELETE", "/v1/stats", "GET"), ("GET", "/v1/customers/import", "POST"),
                ("POST", "/v1/customers/1", "DELETE, GET, PATCH, PUT"),
            ] {
                let answer = try http.ask(method, path)
                #expect(answer.status == 405)
                #expect(answer.body.contains("\(path) takes \(takes);"), "\(answer.body)")
            }
            #expect(try http.ask("GET", "/v1/nothing").status == 404)
        }

        @Test func aStreamGoesOnWhereItWasAndBeginsAnewAfterARestart() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            let first = try http.stream("/v1/stream?operator=101")
            _ = client.ask(
                #"{"type":"call.offered","call":"n1","from":"09000000001","to":"+81300000000","queue":"support"}"#)
            _ = client.ask(#"{"type":"call.ringing","call":"n1","operator":"101"}"#)
            let seen = try first.read(until: #""phase":"ringing""#)
            let id = String(try #require(seen.matches(of: /id: (\S+)/).last).1)
            _ = client.ask(#"{"type":"call.answered","call":"n1","operator":"101"}"#)
            let missed = try http.stream("/v1/stream?operator=101", lastID: id).read(until: #""phase":"answered""#)
            #expect(!missed.contains("event: reset"))
            #expect(!missed.contains(#""phase":"ringing""#))
            daemon.stop(SIGKILL)
            try daemon.start()
            let anew = try http.stream("/v1/stream?operator=101", lastID: id).read(until: #""phase":"answered""#)
            #expect(anew.contains("event: reset"))
        }

        @Test func nothingIsAnsweredOnTCPWithoutAToken() throws {
            let (daemon, _, _) = try EndToEndTests.ready()
            let port = try #require(daemon.program?.standardError.firstMatch(of: /HTTP at 127.0.0.1:(\d+)/)).1
            func status(_ path: String, _ token: String? = nil, _ method: String = "GET") throws -> String {
                let curl = try Program(
                    "python3",
                    [
                        "-c",
                        """
                        import sys,urllib.request,urllib.error
                        r=urllib.request.Request('http://127.0.0.1:\(port)\(path)',method='\(method)',\
                        headers={'Authorization':'Bearer \(token ?? "sp_wrong")'} if \
                        \(token == nil ? "False" : "True") else {})
                        try: print(urllib.request.urlopen(r,timeout=10).status)
                        except urllib.error.HTTPError as e: print(e.code)
                        """,
                    ], errors: daemon.folder + "/py")
                #expect(curl.waitForEnd() == .status(0), "\(curl.standardError)")
                return curl.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            func token(_ arguments: [String]) throws -> String {
                let made = try Program(
                    Program.built("screenpop"),
                    ["--api-socket", daemon.api, "token", "create", "--name", "t"] + arguments,
                    errors: daemon.folder + "/tok")
                #expect(made.waitForEnd() == .status(0), "\(made.standardError)")
                let text = made.standardOutput
                #expect(text.hasPrefix("sp_") && text.hasSuffix("\n") && !text.dropLast().contains("\n"))
                return text.trimmingCharacters(in: .newlines)
            }
            for path in [
                "/v1/stats", "/v1/stream?operator=101", "/v1/calls", "/v1/customers?q=a", "/v1/openapi.json", "/readyz",
                "/nothing",
            ] {
                #expect(try status(path) == "401", "\(path)")
                #expect(try status(path, "sp_wrong") == "401", "\(path)")
            }
            #expect(try status("/healthz") == "200")
            let supervisor = try token(["--role", "supervisor"]),
                own = try token(["--role", "operator", "--operator", "101"]), ingest = try token(["--role", "ingest"])
            #expect(try status("/v1/stats", supervisor) == "200")
            #expect(try status("/v1/stats", own) == "403")
            #expect(try status("/v1/stream?operator=102", own) == "403")
            #expect(try status("/v1/customers?q=a", ingest) == "403")
            #expect(try status("/v1/customers/export", supervisor) == "403")
        }

        @Test func figuresOpenToTheirCallsAndACallToItsReasons() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            for n in 0..<3 {
                _ = client.ask(
                    #"{"type":"call.offered","call":"q\#(n)","from":"+12025550123","to":"+81300000000","#
                        + #""queue":"support"}"#
                )
                _ = client.ask(#"{"type":"call.queued","call":"q\#(n)","queue":"support"}"#)
                _ = client.ask(#"{"type":"call.ended","call":"q\#(n)","by":"caller"}"#)
            }
            let stats = try http.json("/v1/stats")
            #expect(((stats["queues"] as? [String: Any])?["support"] as? [String: Any])?["abandoned"] as? Int == 3)
            let calls =
                try http.json("/v1/calls?queue=support&outcome=abandoned&today=true")["calls"] as? [[String: Any]]
            #expect(calls?.map { $0["call"] as? String } == ["q2", "q1", "q0"])
            #expect((try http.json("/v1/calls?queue=support&outcome=answered")["calls"] as? [Any])?.isEmpty == true)
            let told = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en", "explain", "q2"],
                errors: daemon.folder + "/exp")
            #expect(told.waitForEnd() == .status(0))
            #expect(told.standardOutput.contains("The assigned operator is 102"))
            #expect(told.standardOutput.contains("ended by the caller"))
        }

        @Test func whatIsPercentEncodedInAPathIsReadAsItWas() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            #expect(seq(client.ask(#"{"type":"call.queued","call":"通話 1/2?","queue":"support"}"#)) != nil)
            func screenpop(_ arguments: String...) throws -> String {
                let run = try Program(
                    Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                    errors: daemon.folder + "/enc")
                #expect(run.waitForEnd() == .status(0), "\(run.standardError)")
                return run.standardOutput
            }
            #expect(try screenpop("explain", "通話 1/2?").contains("support"))
            #expect(try screenpop("customers", "block", "+1 202 555 0123").contains("is blocked"))
            #expect(try http.json("/v1/blocked-numbers")["numbers"].map { "\($0)" }?.contains("+12025550123") == true)
            let offered = try #require(
                client.ask(#"{"type":"call.offered","call":"b1","from":"+12025550123","to":null}"#))
            #expect(offered.contains(#""action":"reject""#))
            _ = try screenpop("customers", "unblock", "+12025550123")
            #expect((try http.json("/v1/blocked-numbers")["numbers"] as? [Any])?.isEmpty == true)
        }

        @Test func aRecordingOfARealAsteriskIsPlayedInAndNothingTwice() throws {
            let (daemon, _, http) = try EndToEndTests.ready()
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Recordings").path
            for _ in 0..<2 {
                let player = try Program(
                    Program.built("screenpop-asterisk"),
                    [
                        "--events-socket", daemon.socket, "--recording", folder + "/blind-transfer-refer.ami",
                        "--index", folder + "/blind-transfer-refer.idx.jsonl",
                    ],
                    errors: daemon.folder + "/play")
                #expect(player.waitForEnd() == .status(0), "\(player.standardError)")
            }
            let calls = try #require(try http.json("/v1/calls")["calls"] as? [[String: Any]])
            #expect(calls.count == 1)
            let id = try #require(calls[0]["call"] as? String)
            let legs = try #require(try http.json("/v1/calls/\(id)")["legs"] as? [[String: Any]])
            #expect(legs.map { $0["operator"] as? String } == ["101", "103"])
        }
    }
}
