import Foundation
import Testing

extension ProcessTests {
    /// What is written of calls, and who is called back.
    @Suite(.serialized) struct AfterCallTests {
        @Test func whatIsWrittenOfACallIsInItsTimelineAndInTheCustomersHistory() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            for line in [
                #"{"type":"call.offered","call":"n1","from":"0312345678","to":"+81300000000","queue":"support"}"#,
                #"{"type":"call.answered","call":"n1","operator":"101"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
            let id = try #require(
                (try http.json("/v1/customers?q=Mary")["customers"] as? [[String: Any]])?.first?["id"] as? Int)
            func post(_ what: String, _ body: String) throws -> (status: Int, body: String) {
                try http.ask("POST", "/v1/calls/n1/\(what)", body: body)
            }
            #expect(try post("identify", #"{"customer":\#(id)}"#).status == 200)
            #expect(try post("identify", #"{"customer":999}"#).status == 422)
            #expect(try post("identify", #"{}"#).status == 400)
            #expect(try post("note", #"{"text":"half a wo","draft":true,"operator":"101"}"#).status == 200)
            #expect(try http.json("/v1/calls/n1")["note_draft"] as? String == "half a wo")
            #expect(try post("note", #"{"text":" "}"#).status == 400)
            #expect(try post("note", #"{"text":"wants an invoice\nby mail","operator":"101"}"#).status == 200)
            #expect(try post("disposition", #"{"code":"resolved"}"#).status == 200)
            #expect(try http.ask("POST", "/v1/calls/n2/note", body: #"{"text":"x"}"#).status == 404)
            daemon.stop(SIGKILL)
            try daemon.start()
            let call = try http.json("/v1/calls/n1")
            #expect(call["note_draft"] is NSNull)
            #expect(call["disposition"] as? String == "resolved")
            #expect((call["customer"] as? [String: Any])?["name"] as? String == "Mary Example")
            #expect((call["notes"] as? [[String: Any]])?.first?["text"] as? String == "wants an invoice\nby mail")
            #expect(
                (call["timeline"] as? [[String: Any]])?.compactMap { $0["what"] as? String } == [
                    "offered", "answered", "pop_sent", "pop_acted", "noted", "disposition",
                ])
            #expect(daemon.stop() == .status(0))
        }

        @Test func whoGaveUpIsListedUntilSomebodyCallsBack() throws {
            let (daemon, client, http) = try EndToEndTests.ready()
            for call in ["g1", "g2"] {
                for line in [
                    #"{"type":"call.offered","call":"\#(call)","from":"09000000001","to":"+81300000000","#
                        + #""queue":"support"}"#,
                    #"{"type":"call.queued","call":"\#(call)","queue":"support"}"#,
                    #"{"type":"call.ended","call":"\#(call)","by":"caller"}"#,
                ] { #expect(seq(client.ask(line)) != nil) }
            }
            let due = try #require(try http.json("/v1/callbacks")["callbacks"] as? [[String: Any]])
            #expect(due.count == 1)
            #expect((due[0]["customer"] as? [String: Any])?["owner"] as? String == "101")
            #expect((due[0]["calls"] as? [[String: Any]])?.compactMap { $0["call"] as? String } == ["g1", "g2"])
            #expect((try http.json("/v1/callbacks?queue=sales")["callbacks"] as? [Any])?.count == 0)
            let shown = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en", "callbacks"],
                errors: daemon.folder + "/cb")
            #expect(shown.waitForEnd() == .status(0))
            #expect(shown.standardOutput.contains("山田 太郎 ★"))
            let done = try Program(
                Program.built("screenpop"),
                [
                    "--api-socket", daemon.api, "callbacks", "done", "090-0000-0001", "--operator", "101", "--note",
                    "sorted out",
                ],
                errors: daemon.folder + "/cb2")
            #expect(done.waitForEnd() == .status(0))
            #expect((try http.json("/v1/callbacks")["callbacks"] as? [Any])?.count == 0)
            #expect(((try http.json("/v1/stats")["centre"]) as? [String: Any])?["callbacks_due"] as? Int == 0)
            #expect(try http.ask("POST", "/v1/callbacks/done", body: #"{"from":"090-0000-0001"}"#).status == 404)
            #expect(daemon.stop() == .status(0))
        }
    }
}
