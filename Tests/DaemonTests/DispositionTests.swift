import Foundation
import Testing

extension ProcessTests {
    /// How calls came out: configured, given at the desk, counted, opened.
    @Suite(.serialized) struct DispositionTests {
        static let configured = """
            [desk]
            dispositions = ["old"]
            [[dispositions]]
            code = "resolved"
            label = { ja = "解決", en = "Resolved" }
            [[dispositions]]
            code = "complaint"
            label = { ja = "苦情", en = "Complaint" }
            complaint = true
            """

        @Test func theyAreCountedByWhatTheConfigurationSays() throws {
            let daemon = try Daemon(config: Self.configured)
            try daemon.start()
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            for who in ["101", "102"] {
                #expect(seq(client.ask(#"{"type":"operator.login","operator":"\#(who)"}"#)) != nil)
            }
            for (id, who) in [("d1", "101"), ("d2", "101"), ("d3", "102"), ("d4", "102")] {
                for line in [
                    #"{"type":"call.offered","call":"\#(id)","from":"+8150000000\#(id.dropFirst())","#
                        + #""to":"+81300000000","queue":"support"}"#,
                    #"{"type":"call.queued","call":"\#(id)","queue":"support"}"#,
                    #"{"type":"call.answered","call":"\#(id)","operator":"\#(who)"}"#,
                ] { #expect(seq(client.ask(line)) != nil) }
            }
            func post(_ call: String, _ what: String, _ body: String) throws {
                #expect(try http.ask("POST", "/v1/calls/\(call)/\(what)", body: body).status == 200)
            }
            try post("d1", "disposition", #"{"code":"resolved","operator":"101"}"#)
            try post("d1", "disposition", #"{"code":"complaint","operator":"101"}"#)
            try post("d2", "disposition", #"{"code":"resolved"}"#)
            try post("d3", "note", #"{"text":"wants an invoice","operator":"102"}"#)
            func set(_ path: String...) throws -> [String: Any] {
                var found = try http.json("/v1/stats")
                for name in path { found = try #require(found[name] as? [String: Any], "\(name)") }
                return found
            }
            for one in [try set("centre"), try set("queues", "support"), try set("tiers", "unknown")] {
                #expect(one["dispositions"] as? [String: Int] == ["complaint": 1, "resolved": 1])
                #expect(one["complaint_rate"] as? Double == 0.5)
                #expect(one["documented_rate"] as? Double == 0.75)
            }
            let own = try set("operators", "102")
            #expect(own["dispositions"] as? [String: Int] == [:] && own["complaint_rate"] is NSNull)
            #expect(own["documented_rate"] as? Double == 0.5)
            for (grouping, rows) in [("centre", 1), ("queue", 1), ("tier", 1), ("operator", 2)] {
                let found = try #require(
                    try http.json("/v1/intervals?by=\(grouping)&step=1d")["intervals"] as? [[String: Any]])
                #expect(found.count == rows)
                let sum = found.compactMap { $0["dispositions"] as? [String: Int] }.reduce(into: [:]) {
                    $0.merge($1, uniquingKeysWith: +)
                }
                #expect(sum == ["complaint": 1, "resolved": 1], "\(grouping)")
                #expect(
                    found.allSatisfy { $0["complaint_rate"] != nil && $0["documented_rate"] is Double }, "\(grouping)")
            }
            #expect(
                try http.ask("GET", "/v1/intervals?format=csv&step=1d").body.contains(
                    #","complaint 1; resolved 1",0.5,0.75,"#))
            // Every figure opens, and its receipt says the same.
            func calls(_ query: String) throws -> [String] {
                try #require(try http.json("/v1/calls?\(query)")["calls"] as? [[String: Any]]).compactMap {
                    $0["call"] as? String
                }
            }
            #expect(try calls("disposition=complaint") == ["d1"])
            #expect(try calls("figure=disposition:resolved&queue=support&today=true") == ["d2"])
            #expect(try calls("figure=documented_rate&operator=101") == ["d2", "d1"])
            #expect(try calls("figure=answered&disposition=resolved") == ["d2"])
            #expect(try calls("figure=complaints&operator=102") == [])
            #expect(try http.ask("GET", "/v1/calls?figure=disposition:resolved&disposition=complaint").status == 400)
            let rate = try http.json("/v1/stats?receipt=true&figure=complaint_rate&queue=support")
            #expect(
                rate["value"] as? Double == 0.5 && rate["numerator"] as? Int == 1 && rate["denominator"] as? Int == 2)
            #expect(
                (rate["parts"] as? [[String: Any]])?.compactMap { $0["calls"] as? [String] } == [["d1"], ["d2", "d1"]])
            let one = try http.json("/v1/stats?receipt=true&figure=disposition:complaint&operator=101")
            #expect(one["value"] as? Int == 1 && one["calls"] as? [String] == ["d1"])
            let metrics = try http.ask("GET", "/metrics").body
            #expect(metrics.contains(#"screenpop_complaint_ratio{queue="support"} 0.5"#), "\(metrics)")
            for (arguments, words) in [
                (["stats"], "complaint 1, resolved 1  complaints 50"), (["calls", "--disposition", "complaint"], "d1"),
                (["stats", "--receipt", "documented_rate"], "3 / 4"),
            ] {
                let shown = try Program(
                    Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                    errors: daemon.folder + "/cli")
                #expect(
                    shown.waitForEnd() == .status(0) && shown.standardOutput.contains(words), "\(shown.standardOutput)")
            }
            // The same after kill -9.
            daemon.stop(SIGKILL)
            try daemon.start()
            #expect(try set("centre")["complaint_rate"] as? Double == 0.5)
            #expect(try set("operators", "101")["dispositions"] as? [String: Int] == ["complaint": 1, "resolved": 1])
        }

        @Test func theDeskOffersThemAndAReloadTakesNewOnes() throws {
            let daemon = try Daemon(config: Self.configured)
            try daemon.start()
            let http = HTTP(path: daemon.api)
            func offered() throws -> [String] { try http.json("/v1/session")["dispositions"] as? [String] ?? [] }
            #expect(try offered() == ["resolved", "complaint"])
            let labels = try http.json("/v1/session")["disposition_labels"] as? [String: [String: String]]
            #expect(labels?["complaint"] == ["ja": "苦情", "en": "Complaint"])
            try "[[dispositions]]\ncode = \"order\"\n".write(toFile: daemon.config, atomically: true, encoding: .utf8)
            kill(daemon.pid, SIGHUP)
            #expect(try poll { try offered() == ["order"] ? true : nil } == true)
        }

        @Test func withoutTablesTheDesksOwnListHolds() throws {
            let daemon = try Daemon(config: "[desk]\ndispositions = [\"old\", \"new\"]\n")
            try daemon.start()
            let session = try HTTP(path: daemon.api).json("/v1/session")
            #expect(session["dispositions"] as? [String] == ["old", "new"])
            #expect((session["disposition_labels"] as? [String: Any])?.isEmpty == true)
        }

        @Test func aQueueHasItsOwnAndMayRequireOne() throws {
            let daemon = try Daemon(
                config: """
                    [queues.support]
                    disposition_required = true
                    wrap_up_limit = "1h"
                    [queues.sales]
                    wrap_up_limit = "1h"
                    [[dispositions]]
                    code = "resolved"
                    [[dispositions]]
                    code = "sold"
                    queues = ["sales"]
                    """)
            try daemon.start()
            let client = try Client(daemon.socket), local = HTTP(path: daemon.api)
            let http = try #require(try RightsTests.askers(daemon)["operator"])
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101"}"#)) != nil)
            func talk(_ call: String, _ queue: String) {
                for line in [
                    #"{"type":"call.offered","call":"\#(call)","from":"+81500000001","to":"+813","queue":"\#(queue)"}"#,
                    #"{"type":"call.queued","call":"\#(call)","queue":"\#(queue)"}"#,
                    #"{"type":"call.answered","call":"\#(call)","operator":"101"}"#,
                    #"{"type":"call.ended","call":"\#(call)","by":"caller"}"#,
                ] { #expect(seq(client.ask(line)) != nil) }
            }
            let ready = "/v1/operators/101/state"
            talk("s1", "support")
            let refused = try http.ask("POST", ready, #"{"state":"ready"}"#)
            #expect(refused.status == 409 && refused.body.contains("s1"), "\(refused)")
            let wrong = try http.ask("POST", "/v1/calls/s1/disposition", #"{"code":"sold"}"#)
            #expect(wrong.status == 400 && wrong.body.contains("sales"), "\(wrong)")
            // A word that nobody configured is none where one is required.
            let unknown = try http.ask("POST", "/v1/calls/s1/disposition", #"{"code":"x"}"#)
            #expect(unknown.status == 400 && unknown.body.contains("code is one of resolved"), "\(unknown)")
            #expect(try http.ask("POST", ready, #"{"state":"ready"}"#).status == 409)
            #expect(try http.ask("POST", "/v1/calls/s1/disposition", #"{"code":"resolved"}"#).status == 200)
            #expect(try http.ask("POST", ready, #"{"state":"ready"}"#).status == 200)
            // Another queue requires none, and has one more.
            talk("s2", "sales")
            #expect(try http.ask("POST", "/v1/calls/s2/disposition", #"{"code":"sold"}"#).status == 200)
            talk("s3", "sales")
            #expect(try http.ask("POST", ready, #"{"state":"ready"}"#).status == 200)
            // A supervisor ends it without.
            talk("s4", "support")
            #expect(try local.ask("POST", ready, body: #"{"state":"ready"}"#).status == 200)
            // No other request of the operator is a way around it, and none of them changes the state.
            talk("s5", "support")
            func state() throws -> String? {
                let all = try local.json("/v1/operators")["operators"] as? [[String: Any]]
                return all?.first { $0["operator"] as? String == "101" }?["state"] as? String
            }
            for word in ["paused", "pause", "logged_out", "logout", "ready"] {
                let refused = try http.ask("POST", ready, #"{"state":"\#(word)"}"#)
                #expect(refused.status == 409 && refused.body.contains("needs_disposition"), "\(word): \(refused)")
                #expect(try state() == "wrap_up", "\(word)")
            }
            #expect(try http.ask("POST", "/v1/calls/s5/disposition", #"{"code":"resolved"}"#).status == 200)
            #expect(try http.ask("POST", ready, #"{"state":"paused"}"#).status == 200)
            #expect(try state() == "paused")
            #expect(try http.ask("POST", ready, #"{"state":"resumed"}"#).status == 200)
            talk("s6", "support")
            // What the phone says is a fact; a supervisor logs out whom it wants to.
            #expect(seq(client.ask(#"{"type":"operator.paused","operator":"101"}"#)) != nil)
            #expect(try state() == "paused")
            #expect(try http.ask("POST", ready, #"{"state":"resumed"}"#).status == 200)
            talk("s7", "support")
            #expect(try local.ask("POST", ready, body: #"{"state":"logged_out"}"#).status == 200)
            // Where nothing is required nothing is asked.
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101"}"#)) != nil)
            talk("s8", "sales")
            #expect(try http.ask("POST", ready, #"{"state":"paused"}"#).status == 200)
            let session = try local.json("/v1/session")
            #expect(session["disposition_required_in"] as? [String: Bool] == ["sales": false, "support": true])
            #expect(session["disposition_queues"] as? [String: [String]] == ["sold": ["sales"]])
            #expect(daemon.stop() == .status(0))
        }
    }
}
