import Foundation
import Testing

extension ProcessTests {
    /// Cases and what is to be done, over real sockets and a crash.
    @Suite(.serialized) struct CaseTests {
        private static func work(_ http: HTTP, _ who: String) throws -> [String: Any] {
            try http.json("/v1/work?operator=\(who)")
        }

        @Test func ofThoseWhoClaimAtOnceOneHasItAndEachPicksAnother() throws {
            let (daemon, _, http) = try EndToEndTests.ready()
            #expect(try http.ask("POST", "/v1/customers", body: #"{"name":"山田 太郎"}"#).status == 201)
            for n in 1...9 {
                let made = try http.ask("POST", "/v1/cases", body: #"{"customer":1,"title":"件 \#(n)"}"#)
                #expect(made.status == 201, "\(made.body)")
            }
            let path = daemon.api, claims = Answers(), picks = Answers()
            DispatchQueue.concurrentPerform(iterations: 8) { i in
                let who = "10\(i)", body = #"{"operator":"\#(who)"}"#
                if let answer = try? HTTP(path: path).ask("POST", "/v1/cases/1/claim", body: body) {
                    claims.add(who, answer.status, answer.body)
                }
            }
            let holder = try #require(try http.json("/v1/cases/1")["claimed_by"] as? String)
            #expect(claims.all.count == 8)
            for (who, status, body) in claims.all {
                #expect(status == (who == holder ? 200 : 409), "\(who): \(status)")
                if status == 409 { #expect(body.contains("Operator \(holder) has had this case since ")) }
            }
            // Eight who ask for the next thing at once get eight things.
            DispatchQueue.concurrentPerform(iterations: 8) { i in
                let who = "20\(i)"
                if let answer = try? HTTP(path: path).ask("POST", "/v1/work/next?operator=\(who)", body: "{}") {
                    picks.add(who, answer.status, answer.body)
                }
            }
            #expect(picks.all.count == 8 && picks.all.allSatisfy { $0.1 == 200 })
            let picked = picks.all.compactMap { $0.2.firstMatch(of: /"id":(\d+)/)?.1 }
            #expect(Set(picked).count == 8 && !picked.contains("1"))
            // It lasts over a crash, with every version.
            let changed = try http.ask("PATCH", "/v1/cases/1", body: #"{"phase":"調査","progress":40}"#)
            #expect(changed.status == 200)
            daemon.stop(SIGKILL)
            try daemon.start()
            let after = try http.json("/v1/cases/1")
            #expect(after["claimed_by"] as? String == holder && after["progress"] as? Int == 40)
            let versions = try #require(try http.json("/v1/cases/1/history")["items"] as? [Any])
            #expect(versions.count == 2)
            let metrics = try http.ask("GET", "/metrics").body
            #expect(metrics.contains("screenpop_cases{state=\"unowned\"} 9"))
            #expect(daemon.stop() == .status(0))
        }

        @Test func theCommandLineOpensChangesAndHandsOver() throws {
            let (daemon, _, http) = try EndToEndTests.ready()
            defer { withExtendedLifetime(daemon) {} }
            #expect(try http.ask("POST", "/v1/customers", body: #"{"name":"Taro Example"}"#).status == 201)
            func run(_ arguments: String..., status: Int32 = 0) throws -> String {
                let program = try Program(
                    Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                    errors: daemon.folder + "/e")
                let end = program.waitForEnd()
                #expect(end == .status(status), "\(program.standardError)")
                return program.standardOutput + program.standardError
            }
            #expect(try run("cases", "open", "1", "Leaks", "priority=high", "owner=101").contains("Leaks"))
            #expect(try run("cases", "change", "1", "phase=調査", "progress=30").contains("調査"))
            #expect(try run("cases", "handover", "1", "102", "--note", "n").contains("handed to 102"))
            #expect(try run("cases", "accept", "1").contains("102"))
            #expect(try run("cases", "history", "1").contains("progress: – → 30"))
            #expect(try run("cases", "counts").contains("open"))
            #expect(try run("work", "--operator", "102").contains("Leaks"))
            #expect(try run("work", "next", "--operator", "102").contains("102 works on it"))
            #expect(try run("work", "next", "--operator", "102", status: 1).contains("Nothing waits"))
            #expect(try run("cases", "close", "1").contains("closed"))
            #expect(try run("cases", "change", "1", "progress=x", status: 64).contains("whole number"))
            #expect(try Self.work(http, "102")["cases"] is [Any])
        }

        @Test func rulesGiveWhatNobodyHasToSomebodyAndOpenAgainWhatACallerAsksFor() throws {
            let daemon = try Daemon(
                config: """
                    region = "JP"
                    [numbers]
                    also_valid = ["^[+]81900[0-9]{7}$"]
                    [[escalation]]
                    name = "nobody"
                    when = "unowned"
                    after = "0s"
                    owner = "900"
                    priority = "urgent"
                    """)
            try daemon.start()
            let http = HTTP(path: daemon.api), client = try Client(daemon.socket)
            let made = try http.ask("POST", "/v1/customers", body: #"{"name":"山田","phones":["09000000001"]}"#)
            #expect(made.status == 201, "\(made.body)")
            #expect(try http.ask("POST", "/v1/cases", body: #"{"customer":1,"title":"件"}"#).status == 201)
            func until(_ what: String, _ isSo: ([String: Any]) -> Bool) throws {
                let one = try poll(within: 30) { isSo(try http.json("/v1/cases/1")) ? true : nil }
                #expect(one == true, "not within 30 s: \(what)")
            }
            try until("somebody has it") { $0["owner"] as? String == "900" && $0["priority"] as? String == "urgent" }
            let history = try http.json("/v1/cases/1/history")["items"] as? [[String: Any]]
            #expect(history?.first?["through"] as? String == "rule")
            #expect(try http.ask("POST", "/v1/cases/1/close").status == 200)
            for line in [
                #"{"type":"call.offered","call":"a1","from":"09000000001","to":"+81300000000","queue":"support"}"#,
                #"{"type":"call.queued","call":"a1","queue":"support"}"#,
                #"{"type":"call.ended","call":"a1","by":"caller"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
            try until("it is open again") { $0["closed_at"] is NSNull && $0["reopened"] as? Int == 1 }
            #expect(daemon.stop() == .status(0))
        }
    }
}
