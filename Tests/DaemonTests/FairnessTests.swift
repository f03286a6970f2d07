import Foundation
import Testing

extension ProcessTests {
    /// A complaint about an operator, and an incident that goes on: what the next call's reply and pop say of them.
    @Suite(.serialized) struct FairnessTests {
        private static let config = """
            region = "JP"
            timezone = "Asia/Tokyo"
            [pop]
            language = "en"
            [routing]
            complaint_days = 30
            """

        @Test func theNextCallKnowsTheComplaintAndTheIncident() throws {
            let daemon = try Daemon(config: Self.config)
            try daemon.start()
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            for who in ["101", "102"] {
                #expect(seq(client.ask(#"{"type":"operator.login","operator":"\#(who)"}"#)) != nil)
            }
            let made = try http.ask(
                "POST", "/v1/customers", body: #"{"name":"Hanako Example","owner":"101","phones":["090-0000-0001"]}"#)
            #expect(made.status == 201, "\(made.body)")
            func offer(_ call: String) -> String {
                let line =
                    #"{"type":"call.offered","call":"\#(call)","from":"09000000001","to":"0300000000","#
                    + #""queue":"support"}"#
                return client.ask(line) ?? ""
            }
            #expect(offer("c1").contains(#""reason":"assigned_operator""#))
            _ = client.ask(#"{"type":"call.ended","call":"c1"}"#)

            let opened = try http.ask(
                "POST", "/v1/cases",
                body: #"{"customer":1,"title":"Was rude","complaint":true,"complaint_about":"101"}"#)
            #expect(opened.status == 201, "\(opened.body)")
            for (title, queue) in [("Line down", "support"), ("Printer down", "sales")] {
                let incident = try http.ask(
                    "POST", "/v1/incidents", body: #"{"title":"\#(title)","queues":["\#(queue)"]}"#)
                #expect(incident.status == 201, "\(incident.body)")
            }
            let stream = try http.stream("/v1/stream?operator=102")
            let reply = offer("c2")
            #expect(reply.contains(#""reason":"another_operator""#) && reply.contains(#""operator":"102""#), "\(reply)")
            #expect(reply.contains(#""complained_before""#), "\(reply)")
            let shown = try stream.read(until: #""title":"Line down""#)
            #expect(shown.contains("(a case says so)") && !shown.contains("Printer down"), "\(shown)")
            let told = try TimeTravelTests.program(daemon, "explain", "c2")
            #expect(told.out.contains("another is offered"), "\(told.out)")

            // The same from the log.
            daemon.stop(SIGKILL)
            try daemon.start()
            let again = try http.ask("GET", "/v1/calls/c2")
            #expect(again.body.contains("another_operator"), "\(again.body)")
            #expect(daemon.stop() == .status(0))
        }

        /// One warning for an owner, however many customers an import changes, and one when it is undone.
        @Test func anImportThatChangesTiersWarnsOnce() throws {
            let daemon = try Daemon(config: Self.config)
            try daemon.start()
            let http = HTTP(path: daemon.api), client = try Client(daemon.socket)
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101"}"#)) != nil)
            let heading = "external_id,name,tier,owner\n"
            func load(_ rows: String) throws {
                let done = try http.ask(
                    "POST", "/v1/customers/import", body: heading + rows, type: "text/csv")
                #expect(done.status == 200 && done.body.contains(#""rejected":0"#), "\(done.body)")
            }
            try load("a,A,regular,101\nb,B,regular,101\nc,C,regular,102\n")
            let stream = try http.stream("/v1/stream?operator=101")
            try load("a,A,vip,101\nb,B,vip,101\nc,C,vip,102\n")
            let told = try stream.read(until: "An import changed the tier of 2 of your customers: regular → VIP 2")
            #expect(told.components(separatedBy: "of your customers").count == 2, "\(told)")
            #expect(try http.ask("POST", "/v1/imports/2/undo", body: "{}").status == 200)
            let undone = try stream.read(until: "Undoing an import changed the tier of 2 of your customers")
            #expect(undone.contains("VIP → regular 2"), "\(undone)")
            #expect(daemon.stop() == .status(0))
        }
    }
}
