import Foundation
import Testing

extension ProcessTests {
    /// Lists that somebody works through, over real sockets and a crash.
    @Suite(.serialized) struct ListTests {
        /// A daemon with three customers who bought for 100, 200 and 300.
        private static func centre() throws -> (daemon: Daemon, http: HTTP) {
            let (daemon, _, http) = try EndToEndTests.ready()
            for n in 1...3 {
                #expect(try http.ask("POST", "/v1/customers", body: #"{"name":"Customer \#(n)"}"#).status == 201)
                let body = #"{"product":"p","amount":"\#(n)00","currency":"JPY","at":"2026-01-0\#(n)"}"#
                #expect(try http.ask("POST", "/v1/customers/\(n)/purchases", body: body).status == 201)
            }
            return (daemon, http)
        }

        private static func items(_ http: HTTP, _ path: String) throws -> [[String: Any]] {
            try #require(try http.json(path)["items"] as? [[String: Any]])
        }

        @Test func ofThoseWhoClaimAtOnceOneHasItAndACrashKeepsIt() throws {
            let (daemon, http) = try Self.centre()
            let made = try http.ask(
                "POST", "/v1/lists", body: #"{"name":"top","of":"best","assigned_to":["101"]}"#)
            #expect(made.status == 201, "\(made.body)")
            let path = daemon.api, claims = Answers()
            DispatchQueue.concurrentPerform(iterations: 8) { i in
                let who = "10\(i)", body = #"{"operator":"\#(who)"}"#
                if let answer = try? HTTP(path: path).ask("POST", "/v1/lists/top/entries/3/claim", body: body) {
                    claims.add(who, answer.status, answer.body)
                }
            }
            let holder = try #require(try Self.items(http, "/v1/lists/top/entries").first?["claimed_by"] as? String)
            #expect(claims.all.count == 8)
            for (who, status, body) in claims.all {
                #expect(status == (who == holder ? 200 : 409), "\(who): \(body)")
                if status == 409 { #expect(body.contains("Operator \(holder) has had this entry since ")) }
            }
            let done = try http.ask(
                "POST", "/v1/lists/top/entries/2/result", body: #"{"result":"reached","operator":"101"}"#)
            #expect(done.status == 200, "\(done.body)")
            daemon.stop(SIGKILL)
            try daemon.start()
            let after = try Self.items(http, "/v1/lists/top/entries")
            #expect(after.compactMap { $0["customer"] as? Int } == [3, 1])
            #expect(after.first?["claimed_by"] as? String == holder)
            let worked = try Self.items(http, "/v1/lists/top/entries?done=true")
            #expect(worked.first?["result"] as? String == "reached")
            let lists = try #require(try http.json("/v1/work?operator=101")["lists"] as? [[String: Any]])
            #expect(lists.first?["name"] as? String == "top" && lists.first?["done"] as? Int == 1)
            #expect(daemon.stop() == .status(0))
        }

        @Test func theCommandLineShowsAndWorksThem() throws {
            let (daemon, http) = try Self.centre()
            defer { withExtendedLifetime(daemon) {} }
            func run(_ arguments: String..., status: Int32 = 0) throws -> String {
                let program = try Program(
                    Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                    errors: daemon.folder + "/e")
                let end = program.waitForEnd()
                #expect(end == .status(status), "\(program.standardError)")
                return program.standardOutput + program.standardError
            }
            #expect(try run("lists").contains("Best customers"))
            #expect(try run("lists", "show", "best").contains("1 purchase, 300 JPY"))
            #expect(try run("lists", "show", "best", "--csv").contains("customer,name,company"))
            #expect(try run("lists", "create", "top", "of=best", "assigned_to=101,102").contains("101, 102"))
            #expect(try run("lists", "claim", "top", "3", "--operator", "101").contains("101 works on it"))
            #expect(try run("lists", "claim", "top", "3", "--operator", "102", status: 1).contains("Operator 101 has"))
            let worked = try run("lists", "result", "top", "3", "reached", "--operator", "101", "--note", "in May")
            #expect(worked.contains("reached (101): in May"))
            #expect(try run("lists", "show", "top", "--done").contains("in May"))
            #expect(try run("work", "--operator", "102").contains("top"))
            #expect(try run("lists", "common", "best").contains("field"))
            #expect(try run("lists", "change", "top", "title=Top ones").contains("Top ones"))
            #expect(try run("lists", "show", "nothing", status: 1).contains("no list nothing"))
            #expect(try run("lists", "delete", "top").contains("deleted"))
            #expect(try Self.items(http, "/v1/lists").count == 5)
        }
    }
}
