import Foundation
import Testing

extension ProcessTests {
    /// Who saw which customer: of a daemon that pops, that is killed, and whose file somebody changes.
    @Suite(.serialized) struct ViewLogTests {
        static func items(_ http: HTTP, _ target: String) throws -> [[String: Any]] {
            try http.json(target)["items"] as? [[String: Any]] ?? []
        }

        /// A daemon with the customers 1 and 2, and clients with a token of each role.
        static func ready(config: String = "") throws -> (Daemon, Client, [String: RightsTests.Asker]) {
            let daemon = try Daemon(config: "region = \"JP\"\n" + config)
            try daemon.start()
            let http = HTTP(path: daemon.api)
            for number in 1...2 {
                let body = #"{"name":"顧客 \#(number)","phones":["090-0000-000\#(number)"]}"#
                #expect(try http.ask("POST", "/v1/customers", body: body).status == 201)
            }
            return (daemon, try Client(daemon.socket), try RightsTests.askers(daemon))
        }

        static func ring(_ call: String, from number: String, at who: String = "101", _ client: Client) {
            for line in [
                #"{"type":"call.offered","call":"\#(call)","from":"\#(number)","to":"0300000000","queue":"support"}"#,
                #"{"type":"call.ringing","call":"\#(call)","operator":"\#(who)"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
        }

        @Test func aPopIsAViewOfWhoeverItWasShownTo() throws {
            let (daemon, client, askers) = try Self.ready()
            let local = HTTP(path: daemon.api), token = try #require(askers["operator"]?.token)
            let own = try Client(port: try daemon.port), all = try local.stream("/v1/stream?operator=all")
            own.send("GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\r\n")
            for stream in [own, all] { _ = try stream.read(until: "\r\n\r\n") }
            Self.ring("p1", from: "09000000001", client)
            for stream in [own, all] { _ = try stream.read(until: "顧客 1") }
            // Nobody is connected for 102 alone: only who watches everybody sees that one.
            Self.ring("p2", from: "09000000002", at: "102", client)
            _ = try all.read(until: "顧客 2")
            let noted = try poll { () -> Bool? in
                let one = try Self.items(local, "/v1/customers/1/views").filter { $0["through"] as? String == "pop" }
                let two = try Self.items(local, "/v1/customers/2/views").filter { $0["through"] as? String == "pop" }
                let by = one.compactMap { $0["by"] as? String }
                return by.contains("101") && by.contains { $0.hasPrefix("local") } && two.count == 1 ? true : nil
            }
            #expect(noted == true)
            // Over the Unix socket it is known whose program asked.
            let user = try Self.items(local, "/v1/audit?by=local&limit=1").first?["by"] as? String
            #expect(user == "local:\(getuid())")
            let metrics = try local.ask("GET", "/metrics").body
            #expect(metrics.contains("screenpop_views_dropped_total 0\n"), "\(metrics.suffix(2_000))")
            #expect(metrics.firstMatch(of: /screenpop_views_total [1-9]/) != nil)
            #expect(daemon.stop() == .status(0))
        }

        /// What was seen half a second before a crash is on disk, and the chain is whole after it.
        @Test func viewsSurviveAKillAndAreCheckedAfterwards() throws {
            let (daemon, _, askers) = try Self.ready()
            let token = try #require(askers["supervisor"]?.token), http = HTTP(path: daemon.api)
            for round in 0..<5 {
                // Each start takes another port.
                let chief = RightsTests.Asker(http: HTTP(port: try daemon.port), token: token)
                // By a search and by the record itself: two means, so each round has new ones.
                let name = #"{"name":"k\#(round)","phones":["03-0000-01\#(round)0"]}"#
                let made = try http.ask("POST", "/v1/customers", body: name).body
                let id = try #require(made.firstMatch(of: /"id":(\d+)/)?.1)
                #expect(try chief.ask("GET", "/v1/customers/\(id)").status == 200)
                let shown = Date()
                // A reader of views waits for those before; so that only time writes them, nobody asks.
                let hasPassed = poll { Date().timeIntervalSince(shown) > 0.5 ? true : nil }
                #expect(hasPassed == true)
                // This one may be lost.
                _ = try chief.ask("GET", "/v1/customers?phone=09000000001")
                daemon.stop(SIGKILL)
                try daemon.start()
                let views = try Self.items(http, "/v1/customers/\(id)/views")
                #expect(views.contains { $0["by_name"] as? String == "test" && $0["through"] as? String == "api" })
                let verdict = try http.json("/v1/audit/verify")
                #expect(verdict["intact"] as? Bool == true, "\(verdict)")
            }
            let told = try TimeTravelTests.program(daemon, "audit", "verify")
            #expect(told.end == .status(0) && told.out.contains("is as it was written"), "\(told.out)")
            #expect(daemon.stop() == .status(0))
        }

        @Test func aFileThatSomebodyChangedIsToldAtTheNextCheck() throws {
            let (daemon, _, askers) = try Self.ready()
            let chief = try #require(askers["supervisor"]), http = HTTP(path: daemon.api)
            for id in 1...2 {
                #expect(try chief.ask("GET", "/v1/customers/\(id)").status == 200)
                // Each in a row of its own: what is asked for is on disk before the answer.
                #expect(try !Self.items(http, "/v1/customers/\(id)/views").isEmpty)
            }
            let before = try http.json("/v1/audit/verify"), hash = try #require(before["hash"] as? String)
            #expect(before["intact"] as? Bool == true)
            #expect(daemon.stop() == .status(0))
            // The daemon's own log has the newest hash: it is stored elsewhere.
            #expect(daemon.program?.standardError.contains(hash) == true)
            let changed = try Program(
                "python3",
                [
                    "-c", "import sqlite3,sys; d=sqlite3.connect(sys.argv[1]); "
                        + "d.execute('DELETE FROM link WHERE first=(SELECT max(first) FROM link)'); d.commit()",
                    daemon.state + "/views.db",
                ], errors: daemon.folder + "/py")
            #expect(changed.waitForEnd() == .status(0))
            try daemon.start()
            #expect(daemon.program?.standardError.contains("does not end as it was written") == true)
            let told = try TimeTravelTests.program(daemon, "audit", "verify", "--expect", hash)
            #expect(told.end == .status(1) && told.out.contains("is not as it was written"), "\(told.out)")
            #expect(told.out.contains("the expected hash is not in the chain"))
            let offline = try TimeTravelTests.program(daemon, "audit", "verify", "--state-dir", daemon.state, "--json")
            #expect(offline.end == .status(1) && offline.out.contains(#""intact":false"#), "\(offline.out)")
            let list = try TimeTravelTests.program(daemon, "audit", "--customer", "1", "--json")
            #expect(list.end == .status(0) && list.out.contains(#""through":"api""#), "\(list.out)")
            #expect(daemon.stop() == .status(0))
        }

        /// Whoever searches a log finds no caller in it, also not where a request fails.
        @Test func noNumberIsInTheDaemonsLogOrItsFigures() throws {
            let (daemon, client, askers) = try Self.ready(config: "[log]\nlevel = \"trace\"\n")
            let http = HTTP(path: daemon.api), stream = try http.stream("/v1/stream?operator=all")
            _ = try stream.read(until: "\r\n\r\n")
            Self.ring("m1", from: "09000000001", client)
            _ = try stream.read(until: "顧客 1")
            for line in [
                #"{"type":"call.answered","call":"m1","operator":"101"}"#,
                #"{"type":"call.ended","call":"m1","by":"caller"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
            let chief = try #require(askers["admin"])
            _ = try chief.ask("PUT", "/v1/blocked-numbers/09000000001", #"{"reason":"x"}"#)
            _ = try chief.ask("POST", "/v1/callbacks/09000000001/claim", #"{"operator":"101"}"#)
            _ = try chief.ask("GET", "/v1/lookup?number=09000000001")
            let metrics = try chief.ask("GET", "/metrics").body
            #expect(try !Self.items(http, "/v1/customers/1/views").isEmpty)
            #expect(daemon.stop() == .status(0))
            let said = daemon.program?.standardError ?? ""
            #expect(said.contains("ready"))
            for number in ["9000000001", "90-0000-0001", "顧客"] {
                #expect(!said.contains(number) && !metrics.contains(number), "\(number)")
            }
            // What SQLite wrote last is in the file beside it.
            var stored = Data()
            for name in ["/views.db", "/views.db-wal"] {
                stored += (try? Data(contentsOf: URL(fileURLWithPath: daemon.state + name))) ?? Data()
            }
            #expect(stored.count > 4_096)
            for text in ["9000000001", "顧客", "support"] {
                #expect(stored.range(of: Data(text.utf8)) == nil, "\(text)")
            }
        }
    }
}
