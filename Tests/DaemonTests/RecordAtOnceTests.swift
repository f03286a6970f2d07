import Foundation
import Testing

extension ProcessTests {
    /// The facts behind a decision, and those in a record, are the same before and after a crash.
    @Suite(.serialized) struct RecordAtOnceTests {
        static func ready(wrapUp: String) throws -> (Daemon, Client, HTTP) {
            let daemon = try Daemon(config: "region = \"JP\"\n[queues.support]\nwrap_up_limit = \"\(wrapUp)\"\n")
            try daemon.start()
            let file = daemon.folder + "/customers.csv"
            try "external_id,name,phone,tier\nC-1,山田 太郎,090-0000-0001,regular\nC-2,鈴木 花子,090-0000-0002,regular\n".write(
                toFile: file, atomically: true, encoding: .utf8)
            let taken = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "customers", "import", file],
                errors: daemon.folder + "/imp")
            #expect(taken.waitForEnd() == .status(0))
            return (daemon, try Client(daemon.socket), HTTP(path: daemon.api))
        }

        static func talk(_ call: String, from number: String, _ client: Client) {
            for line in [
                #"{"type":"call.offered","call":"\#(call)","from":"\#(number)","to":"0300000000","queue":"support"}"#,
                #"{"type":"call.queued","call":"\#(call)","queue":"support"}"#,
                #"{"type":"call.ringing","call":"\#(call)","operator":"101"}"#,
                #"{"type":"call.answered","call":"\#(call)","operator":"101"}"#,
                #"{"type":"call.ended","call":"\#(call)","by":"caller"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
        }

        /// After-call work that ends by its limit has no event: the next decision used its end all the same, and so
        /// does a replay.
        @Test func theReasoningIsTheOneThatThePBXWasToldAlsoAfterACrash() throws {
            let (daemon, client, http) = try Self.ready(wrapUp: "300ms")
            #expect(
                seq(
                    client.ask(#"{"type":"operator.login","operator":"101","device":"PJSIP/101","queues":["support"]}"#)
                ) != nil)
            Self.talk("w1", from: "09000000001", client)
            let isFree = poll {
                let operators = try? http.json("/v1/stats")["operators"] as? [String: [String: Any]]
                return operators?["101"]?["state"] as? String == "available" ? true : nil
            }
            #expect(isFree == true)
            let reply = try #require(
                client.ask(
                    #"{"type":"call.offered","call":"w2","from":"09000000001","to":"0300000000","queue":"support"}"#))
            #expect(reply.contains(#""reason":"last_operator""#), "\(reply)")
            daemon.stop(SIGKILL)
            try daemon.start()
            let call = try http.json("/v1/calls/w2"), routing = try #require(call["routing"] as? [String: Any])
            #expect(routing["reason"] as? String == "last_operator" && routing["operator"] as? String == "101")
            let told = try TimeTravelTests.program(daemon, "explain", "w2"),
                replay = try TimeTravelTests.program(daemon, "replay")
            #expect(told.end == .status(0) && told.out.contains("who is free: the call goes to 101"), "\(told.out)")
            #expect(replay.end == .status(0) && replay.out.contains("It is the state that is alive."), "\(replay.out)")
            #expect(daemon.stop() == .status(0))
        }

        @Test func theRecordKnowsOfACallWithinASecondOfItsEndAndOfEachOnce() throws {
            let (daemon, client, http) = try Self.ready(wrapUp: "30s")
            func customer(_ name: String) throws -> [String: Any] {
                let query = try #require(name.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
                // The list says of a customer what the record says; between the two requests it may become another.
                let agreed = try poll(within: 2) { () -> [String: Any]? in
                    let found = try #require(
                        (try http.json("/v1/customers?q=\(query)")["customers"] as? [[String: Any]])?.first)
                    let id = try #require(found["id"] as? Int), whole = try http.json("/v1/customers/\(id)")
                    let isSame = ["status", "last_contact_at"].allSatisfy {
                        found[$0] as? String == whole[$0] as? String
                    }
                    return isSame ? whole : nil
                }
                return try #require(agreed)
            }
            func summaries(_ customer: [String: Any]) -> [String] {
                (customer["history"] as? [[String: Any]] ?? []).compactMap { $0["summary"] as? String }
            }
            #expect(try customer("山田")["status"] as? String == "new")
            Self.talk("r1", from: "09000000001", client)
            let known = try poll(within: 1) { () -> [String: Any]? in
                let one = try customer("山田")
                return one["status"] as? String == "active" && summaries(one).count == 1 ? one : nil
            }
            #expect(known != nil)
            #expect(
                try http.ask("POST", "/v1/calls/r1/note", body: #"{"text":"wants an invoice","operator":"101"}"#).status
                    == 200)
            #expect(try http.ask("POST", "/v1/calls/r1/disposition", body: #"{"code":"resolved"}"#).status == 200)
            let written = try poll(within: 1) {
                summaries(try customer("山田")) == ["resolved · wants an invoice"] ? true : nil
            }
            #expect(written == true)
            // Somebody else's, as it turns out, once it is on disk already: one record has it, not both.
            let isOnDisk = try poll(within: 20) {
                let rows = try Program(
                    "python3",
                    [
                        "-c", "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute("
                            + "\"SELECT count(*) FROM touchpoint WHERE summary LIKE '%invoice%'\").fetchone()[0])",
                        daemon.folder + "/state/customers.db",
                    ], errors: daemon.folder + "/rows")
                return rows.waitForEnd() == .status(0) && rows.standardOutput == "1\n" ? true : nil
            }
            #expect(isOnDisk == true)
            let other = try #require(try customer("鈴木")["id"] as? Int)
            #expect(try http.ask("POST", "/v1/calls/r1/identify", body: #"{"customer":\#(other)}"#).status == 200)
            let moved = try poll(within: 1) { () -> Bool? in
                let theirs = try customer("鈴木"), nobodys = try customer("山田")
                return summaries(theirs).count == 1 && summaries(nobodys).isEmpty ? true : nil
            }
            #expect(moved == true)
            Self.talk("r2", from: "09000000002", client)
            daemon.stop(SIGKILL)
            try daemon.start()
            for _ in 0..<2 {
                #expect(summaries(try customer("鈴木")) == ["", "resolved · wants an invoice"])
                #expect(summaries(try customer("山田")) == [])
                // The file may have been a moment behind when the daemon was killed.
                let isNew = try poll(within: 1) { try customer("山田")["status"] as? String == "new" ? true : nil }
                #expect(isNew == true)
                daemon.stop()
                try daemon.start()
            }
            #expect(daemon.stop() == .status(0))
        }
    }
}
