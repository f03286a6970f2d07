import Foundation
import Synchronization
import Testing

extension ProcessTests {
    /// A person is erased while calls go on: no file has anything of them, and every figure stays.
    @Suite(.serialized) struct EraseTests {
        static let words = [
            "消去 太郎", "ケシタロウ", "9000000001", "090-0000-0001", "erase.me@example.net", "ERASE-7", "秘密の住所",
            "秘密の注意", "内緒の要件", "太郎さんのメモ", "太郎さんの手紙", "TARO CALLER",
        ]

        /// A daemon with an imported file of customers, one of them the person, and calls of that person and of others.
        static func ready(others: Int = 400) throws -> (Daemon, HTTP) {
            let daemon = try Daemon(config: "region = \"JP\"\n")
            try daemon.start()
            let person = "ERASE-7,消去 太郎,ケシタロウ,090-0000-0001,03-0000-0002,erase.me@example.net,vip,秘密の住所,秘密の注意"
            let rows = ["external_id,name,kana,phone,phone2,email,tier,address,cautions", person]
                + ["KEEP-1,Mary Example,,03-0000-0002,,mary@example.net,regular,,"]
                + (0..<others).map { "O-\($0),顧客 \($0),,090-0002-\(1_000 + $0),,,regular,," }
            let file = daemon.folder + "/customers.csv"
            try rows.joined(separator: "\n").write(toFile: file, atomically: true, encoding: .utf8)
            let loaded = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "customers", "import", file],
                errors: daemon.folder + "/imp")
            #expect(loaded.waitForEnd() == .status(0))
            try? FileManager.default.removeItem(atPath: file)
            return (daemon, HTTP(path: daemon.api))
        }

        static func customer(_ http: HTTP) throws -> Int {
            let found = try http.json("/v1/customers?phone=090-0000-0001")["customers"] as? [[String: Any]]
            return try #require(found?.first?["id"] as? Int)
        }

        static func calls(_ daemon: Daemon, _ http: HTTP, _ customer: Int) throws {
            let client = try Client(daemon.socket)
            func send(_ line: String) { #expect(seq(client.ask(line)) != nil, "\(line)") }
            send(#"{"type":"operator.login","operator":"101"}"#)
            for (n, from) in ["090-0000-0001", "sip:09000000001@pbx", "03-0000-0002", "090-0002-1003"].enumerated() {
                send(
                    #"{"type":"call.offered","call":"e\#(n)","from":"\#(from)","to":"0300000000","queue":"support","#
                        + #""name":"\#(n < 2 ? "TARO CALLER" : "nobody")","caller_text":"\#(from)"}"#)
                send(#"{"type":"call.queued","call":"e\#(n)","queue":"support"}"#)
                if n != 1 {
                    send(#"{"type":"call.answered","call":"e\#(n)","operator":"101"}"#)
                    let note = #"{"text":"\#(n == 0 ? "太郎さんのメモ" : "a note")","operator":"101"}"#
                    #expect(try http.ask("POST", "/v1/calls/e\(n)/note", body: note).status < 300)
                }
                if n < 3 { send(#"{"type":"call.ended","call":"e\#(n)","by":"caller"}"#) }
            }
            send(#"{"type":"call.offered","call":"e9","from":"09000000001","to":"0300000000","name":"TARO CALLER"}"#)
            send(
                #"{"type":"touchpoint.recorded","email":"erase.me@example.net","channel":"email","#
                    + #""summary":"太郎さんの手紙"}"#)
            send(
                #"{"type":"touchpoint.recorded","email":"mary@example.net","channel":"email","summary":"kept letter"}"#)
            #expect(
                try http.ask("POST", "/v1/customers/\(customer)/cases", body: #"{"title":"内緒の要件"}"#).status == 201)
            #expect(
                try http.ask(
                    "PATCH", "/v1/customers/\(customer)", body: #"{"name":"消去 太郎"}"#, headers: "If-Match: *\r\n"
                ).status == 200)
        }

        /// Files of the state directory with one of the words, also in compressed entries.
        static func remains(_ daemon: Daemon) throws -> String {
            let script = """
                import os, sys, zlib
                words = [w.encode() for w in sys.argv[2:]]
                def look(name, data):
                    for word in words:
                        if word in data: print(name, word.decode())
                for top, _, names in os.walk(sys.argv[1]):
                    for name in names:
                        if name.endswith('-shm'): continue
                        data = open(os.path.join(top, name), 'rb').read()
                        look(name, data)
                        at = data.find(b'\\x78\\x01')
                        while at >= 0:
                            try: look(name + ' compressed', zlib.decompressobj().decompress(data[at:], 1 << 22))
                            except zlib.error: pass
                            at = data.find(b'\\x78\\x01', at + 1)
                """
            let python = try Program(
                "python3", ["-c", script, daemon.state] + words, errors: daemon.folder + "/python")
            #expect(python.waitForEnd() == .status(0), "\(python.standardError)")
            return python.standardOutput
        }

        /// What the interface says that must not change; the moments of the answers are left out.
        static func figures(_ http: HTTP, at moment: String? = nil) throws -> [String] {
            let at = moment.map { "?at=\($0)" } ?? ""
            var stats = try http.json("/v1/stats\(at)")
            for name in ["at", "from", "to"] { stats[name] = nil }
            func still(_ value: Any) -> Any {
                if let object = value as? [String: Any] {
                    return object.filter { !["longest_wait_ms", "since", "max_wait_ms"].contains($0.key) }
                        .mapValues(still)
                }
                return value
            }
            return try ["centre", "queues", "tiers"].map { name in
                let data = try JSONSerialization.data(withJSONObject: still(stats[name] ?? [:]), options: [.sortedKeys])
                return String(decoding: data, as: UTF8.self)
            }
        }

        @Test func nothingIsLeftAndFiguresStay() throws {
            let (daemon, http) = try Self.ready(), id = try Self.customer(http)
            try Self.calls(daemon, http, id)
            #expect(try !Self.remains(daemon).isEmpty, "or the search finds nothing at all")
            let past = try #require(TimeTravelTests.laterMoment())
            _ = try #require(TimeTravelTests.laterMoment())
            let before = try Self.figures(http), then = try Self.figures(http, at: past)
            let list = try http.json("/v1/calls?queue=support")["calls"] as? [[String: Any]] ?? []

            let token = try Program(
                Program.built("screenpop"),
                ["--api-socket", daemon.api, "token", "create", "--role", "supervisor", "--name", "s"],
                errors: daemon.folder + "/token")
            #expect(token.waitForEnd() == .status(0))
            let bearer = token.standardOutput.split(separator: "\n").first.map(String.init) ?? ""
            let refused = try HTTP(port: daemon.port).ask(
                "POST", "/v1/customers/\(id)/erase", headers: "Authorization: Bearer \(bearer)\r\n")
            #expect(refused.status == 403)

            let asked = try TimeTravelTests.program(daemon, "customers", "erase", "\(id)")
            #expect(asked.end == .status(64), "without a terminal it takes --yes")
            let erased = try TimeTravelTests.program(daemon, "customers", "erase", "\(id)", "--yes", "--json")
            #expect(erased.end == .status(0), "\(erased.out)")
            let answer = try JSONSerialization.jsonObject(with: Data(erased.out.utf8)) as? [String: Any] ?? [:]
            #expect(answer["state"] as? String == "done")
            let counts = answer["erased"] as? [String: Int] ?? [:]
            #expect(counts["calls"] == 4 && counts["contacts"] == 1 && counts["cases"] == 1 && counts["numbers"] == 1)
            #expect((answer["kept"] as? [String: Any])?["shared_numbers"] as? Int == 1)
            #expect(try Self.remains(daemon) == "")

            #expect(try Self.figures(http) == before)
            #expect(try Self.figures(http, at: past) == then)
            let after = try http.json("/v1/calls?queue=support")["calls"] as? [[String: Any]] ?? []
            #expect(after.map { $0["call"] as? String } == list.map { $0["call"] as? String })
            #expect(after.map { $0["tier"] as? String } == list.map { $0["tier"] as? String })
            #expect(try http.ask("GET", "/v1/customers/\(id)").status == 404)
            #expect(try http.ask("GET", "/v1/customers/\(id)/history").status == 404)
            #expect(try http.ask("POST", "/v1/customers/\(id)/undelete").status == 404)
            let again = try http.ask("POST", "/v1/customers/\(id)/erase")
            #expect(again.status == 200 && again.body.contains(#""already":true"#))
            let mary = try http.json("/v1/customers?phone=03-0000-0002")["customers"] as? [[String: Any]] ?? []
            #expect(mary.map { $0["name"] as? String } == ["Mary Example"])
            let audit = try http.json("/v1/audit?customer=\(id)&kind=change")["items"] as? [[String: Any]] ?? []
            #expect(audit.count == 1 && audit[0]["erased"] as? Bool == true)
            #expect(try http.json("/v1/audit/verify")["intact"] as? Bool == true)

            // A replay of the log is the live state, and a start gives it.
            let replay = try TimeTravelTests.program(daemon, "replay")
            #expect(replay.end == .status(0) && replay.out.contains("It is the state that is alive."), "\(replay.out)")
            #expect(daemon.stop(SIGKILL) == .signal(SIGKILL))
            try daemon.start()
            #expect(try Self.figures(http) == before)
            #expect(try Self.remains(daemon) == "")
            // Without the records and the checkpoint: all of it from the log.
            daemon.stop(SIGKILL)
            for name in ["customers.db", "customers.db-wal", "customers.db-shm", "checkpoint"] {
                try? FileManager.default.removeItem(atPath: daemon.state + "/" + name)
            }
            try daemon.start()
            #expect(try Self.figures(http) == before)
            #expect(try http.ask("GET", "/v1/customers/\(id)").status == 404)
            #expect(try http.ask("POST", "/v1/customers/\(id)/erase").body.contains(#""already":true"#))
            #expect(try Self.remains(daemon) == "")
            #expect(daemon.stop() == .status(0))
        }

        /// Killed at any moment, the next start goes on with it.
        @Test(arguments: 0..<8) func aKillInBetweenIsMadeGood(_ round: Int) throws {
            let (daemon, http) = try Self.ready(others: 50), id = try Self.customer(http)
            try Self.calls(daemon, http, id)
            let before = try Self.figures(http), api = daemon.api
            let asking = Thread { _ = try? HTTP(path: api).ask("POST", "/v1/customers/\(id)/erase") }
            asking.start()
            // The entry is in the log when the record is gone; the rest takes some tens of milliseconds.
            #expect(poll { (try? http.ask("GET", "/v1/customers/\(id)").status) == 404 ? true : nil } == true)
            let until = Date(timeIntervalSinceNow: Double(round) * 0.012)
            _ = poll { Date() >= until ? true : nil }
            daemon.stop(SIGKILL)
            #expect(poll { asking.isFinished ? true : nil } == true)
            try daemon.start()
            let done: Bool? = poll(within: 60) {
                let answer = try? http.ask("POST", "/v1/customers/\(id)/erase")
                return answer?.status == 200 && answer?.body.contains(#""state":"done""#) == true ? true : nil
            }
            #expect(done == true)
            #expect(try Self.remains(daemon) == "", "round \(round)")
            #expect(try Self.figures(http) == before)
            let replay = try TimeTravelTests.program(daemon, "replay")
            #expect(replay.out.contains("It is the state that is alive."), "\(replay.out)")
            #expect(daemon.stop() == .status(0))
        }

        /// A backup from before brings the person back; the log behind it erases again.
        @Test func aRestoredBackupIsErasedAgainByItsLog() throws {
            let (daemon, http) = try Self.ready(others: 20), id = try Self.customer(http)
            try Self.calls(daemon, http, id)
            let backups = daemon.folder + "/backups"
            func cli(_ arguments: [String]) throws {
                let program = try Program(
                    Program.built("screenpop"), arguments, errors: daemon.folder + "/backup")
                #expect(program.waitForEnd() == .status(0), "\(arguments) \(program.standardError)")
            }
            try cli(["backup", backups, "--state-dir", daemon.state])
            let before = try #require(TimeTravelTests.laterMoment())
            _ = try #require(TimeTravelTests.laterMoment())
            #expect(try http.ask("POST", "/v1/customers/\(id)/erase").status == 200)
            _ = try #require(TimeTravelTests.laterMoment())
            try cli(["backup", backups, "--state-dir", daemon.state])
            #expect(daemon.stop() == .status(0))

            for (moment, status) in [(before, 200), (nil, 404)] {
                let other = try Daemon(config: "region = \"JP\"\n")
                try cli(["restore", backups, "--state-dir", other.state] + (moment.map { ["--at", $0] } ?? []))
                try other.start()
                #expect(try HTTP(path: other.api).ask("GET", "/v1/customers/\(id)").status == status)
                if status == 404 { #expect(try Self.remains(other) == "") }
                #expect(other.stop() == .status(0))
            }
        }

        /// Records from before the erase beside a log that has it: the start erases again.
        @Test func olderRecordsAreErasedAgain() throws {
            let (daemon, http) = try Self.ready(others: 20), id = try Self.customer(http)
            try Self.calls(daemon, http, id)
            let before = try Self.figures(http)
            #expect(daemon.stop() == .status(0))
            let kept = daemon.folder + "/customers.db"
            try FileManager.default.copyItem(atPath: daemon.state + "/customers.db", toPath: kept)
            try daemon.start()
            #expect(try http.ask("POST", "/v1/customers/\(id)/erase").status == 200)
            #expect(daemon.stop() == .status(0))
            for name in ["customers.db", "customers.db-wal", "customers.db-shm"] {
                try? FileManager.default.removeItem(atPath: daemon.state + "/" + name)
            }
            try FileManager.default.copyItem(atPath: kept, toPath: daemon.state + "/customers.db")
            try daemon.start()
            #expect(try http.ask("GET", "/v1/customers/\(id)").status == 404)
            #expect(try http.ask("POST", "/v1/customers/\(id)/erase").status == 200)
            #expect(try Self.remains(daemon) == "")
            #expect(try Self.figures(http) == before)
            #expect(daemon.stop() == .status(0))
        }
    }
}
