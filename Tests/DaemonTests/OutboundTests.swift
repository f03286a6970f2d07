import Foundation
import Testing

extension ProcessTests {
    /// Outbound calls, identification and names that nobody knows, through a real daemon, killed in between.
    @Suite(.serialized) struct OutboundProcessTests {
        private static let customers = """
            external_id,name,phone,email,line_id,tier,owner
            K-1,山田 太郎,090-0000-0001,t@example.jp,line-1,vip,101
            K-2,佐藤 花子,090-0000-0002,h@example.jp,line-2,regular,102
            """

        private func started() throws -> (Daemon, HTTP, Client) {
            let daemon = try Daemon()
            try daemon.start()
            let http = HTTP(path: daemon.api)
            let imported = try http.ask("POST", "/v1/customers/import", body: Self.customers, type: "text/csv")
            #expect(imported.status == 200, "\(imported.body)")
            return (daemon, http, try Client(daemon.socket))
        }

        private func object(_ reply: String?) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data((reply ?? "").utf8)) as? [String: Any])
        }

        @Test func aDialedCallFromTheSocketToTheFiguresAcrossAKill() throws {
            let (daemon, http, pbx) = try started()
            defer { daemon.stop() }
            _ = pbx.ask(#"{"type":"operator.login","operator":"101"}"#)
            // A caller gives up first, so that there is something to call back.
            _ = pbx.ask(
                #"{"type":"call.offered","call":"lost","from":"09000000001","to":"0300000000","queue":"support"}"#)
            _ = pbx.ask(#"{"type":"call.queued","call":"lost","queue":"support"}"#)
            _ = pbx.ask(#"{"type":"call.ended","call":"lost","by":"caller"}"#)
            #expect((try http.json("/v1/callbacks")["callbacks"] as? [Any])?.count == 1)

            let stream = try http.stream("/v1/stream?operator=101")
            _ = try stream.read(until: "event: ")
            let dialed = try object(
                pbx.ask(
                    #"{"type":"call.dialed","id":"d1","call":"out","operator":"101","to":"090-0000-0001","phse":1}"#))
            #expect((dialed["customer"] as? [String: Any])?["tier"] as? String == "vip")
            #expect(dialed["route"] == nil && dialed["alerts"] as? [String] == ["vip"])
            #expect(dialed["ignored"] as? [String] == ["phse"])
            let popped = try stream.read(until: #""phase":"dialing""#)
            #expect(popped.contains("山田 太郎") && popped.contains(#""direction":"outbound""#))
            #expect(try state(http) == "dialing")
            _ = pbx.ask(#"{"type":"call.answered","call":"out"}"#)
            _ = try stream.read(until: #""phase":"answered""#)
            #expect(try state(http) == "talking")

            daemon.stop(SIGKILL)
            try daemon.start()
            let again = try Client(daemon.socket)
            let duplicate = try object(
                again.ask(
                    #"{"type":"call.dialed","id":"d1","call":"out","operator":"101","to":"090-0000-0001","phse":1}"#))
            #expect(
                duplicate["duplicate"] as? Bool == true
                    && (duplicate["customer"] as? [String: Any])?["tier"] as? String == "vip")
            _ = again.ask(#"{"type":"call.ended","call":"out","by":"operator","cause":"16"}"#)

            let stats = try http.json("/v1/stats")
            let centre = try #require(stats["centre"] as? [String: Any])
            let outbound = try #require(centre["outbound"] as? [String: Any])
            #expect(outbound["dialed"] as? Int == 1 && outbound["reached"] as? Int == 1)
            #expect(centre["offered"] as? Int == 1 && centre["callbacks_due"] as? Int == 0)
            let done = try #require(try http.json("/v1/callbacks?state=done")["callbacks"] as? [[String: Any]])
            #expect(done.count == 1 && done.first?["recall_ms"] is Int)
            let call = try http.json("/v1/calls/out")
            #expect(call["outcome"] as? String == "reached" && call["cause"] as? String == "16")
            #expect(call["direction"] as? String == "outbound" && call["to"] as? String == "090-0000-0001")
            #expect(try state(http) == "available")
            let replayed = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en", "replay"],
                errors: daemon.folder + "/rp")
            #expect(replayed.waitForEnd() == .status(0), "\(replayed.standardOutput) \(replayed.standardError)")
        }

        private func state(_ http: HTTP) throws -> String? {
            let operators = try http.json("/v1/stats")["operators"] as? [String: [String: Any]]
            return operators?["101"]?["state"] as? String
        }

        @Test func whoeverIsIdentifiedByWhateverIsRoutedAnew() throws {
            let (daemon, http, pbx) = try started()
            defer { daemon.stop() }
            for id in ["101", "102"] {
                _ = pbx.ask(#"{"type":"operator.login","operator":"\#(id)","device":"PJSIP/\#(id)"}"#)
            }
            for (n, (name, value)) in [
                ("external_id", "K-2"), ("email", "h@example.jp"), ("account", "line-2"), ("from", "090-0000-0002"),
            ].enumerated() {
                let call = "c\(n)"
                let offered = try object(
                    pbx.ask(
                        #"{"type":"call.offered","call":"\#(call)","from":"0312345678","to":"03","queue":"support"}"#))
                #expect((offered["route"] as? [String: Any])?["reason"] as? String == "no_match")
                let identified = try object(
                    pbx.ask(#"{"type":"call.identified","call":"\#(call)","\#(name)":"\#(value)"}"#))
                #expect((identified["customer"] as? [String: Any])?["name"] as? String == "佐藤 花子", "\(name)")
                let route = identified["route"] as? [String: Any]
                #expect(
                    route?["reason"] as? String == (n == 0 ? "assigned_operator" : route?["reason"] as? String),
                    "\(name)")
                let whole = try http.json("/v1/calls/\(call)")
                #expect(
                    (whole["routing"] as? [String: Any])?["matched_by"] as? String
                        == (name == "from" ? "other_number" : name))
                #expect((whole["routing_before"] as? [Any])?.count == 1)
            }
        }

        @Test func aCallThatCameInIsAnsweredBySomebody() throws {
            let (daemon, _, pbx) = try started()
            defer { daemon.stop() }
            _ = pbx.ask(#"{"type":"call.offered","call":"in","from":"0312345678","to":"03"}"#)
            let refused = try object(pbx.ask(#"{"type":"call.answered","call":"in"}"#))
            #expect((refused["error"] as? [String: Any])?["code"] as? String == "missing_field")
            #expect((refused["error"] as? [String: Any])?["field"] as? String == "operator")
            #expect(try object(pbx.ask(#"{"type":"call.answered","call":"unheard-of"}"#))["ok"] as? Bool == true)
        }

        @Test func aMisspeltParameterIsNamed() throws {
            let (daemon, http, _) = try started()
            defer { daemon.stop() }
            let answer = try http.ask("GET", "/v1/calls?quee=support")
            #expect(answer.status == 400 && answer.body.contains("quee") && answer.body.contains("queue"))
            #expect(try http.ask("GET", "/v1/calls?queue=support").status == 200)
            #expect(try http.ask("GET", "/v1/stats?today=1").status == 400)
        }
    }
}
