import Foundation
import Testing

extension ProcessTests {
    /// What a customer bought and agreed to is on the pop; two records of one customer are one after a merge, also for
    /// the caller, and two again.
    @Suite(.serialized) struct CardPopTests {
        private static let config = """
            region = "JP"
            timezone = "Asia/Tokyo"
            [pop]
            language = "en"
            [[card.rule]]
            has = "machine"
            lacks = "care"
            say = { en = "Offer care" }
            """

        private func made(_ http: HTTP, _ body: String) throws -> Int {
            let answer = try http.ask("POST", "/v1/customers", body: body)
            #expect(answer.status == 201, "\(answer.body)")
            let json = try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any]
            return try #require(json?["id"] as? Int)
        }

        private func ring(_ call: String, _ client: Client) {
            _ = client.ask(
                #"{"type":"call.offered","call":"\#(call)","from":"09000000001","to":"0300000000","queue":"support"}"#)
            _ = client.ask(#"{"type":"call.ringing","call":"\#(call)","operator":"101"}"#)
        }

        @Test func theCardIsOnThePopAndAMergeIsSeenByTheNextCall() throws {
            let daemon = try Daemon(config: Self.config)
            try daemon.start()
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101"}"#)) != nil)
            let one = try made(http, #"{"name":"Hanako Example","owner":"101"}"#)
            let other = try made(http, #"{"name":"H. Example","phones":["090-0000-0001"]}"#)
            let day = { (after: Double) in
                let date = Date.now.addingTimeInterval(9 * 3_600 + after * 86_400)
                return date.formatted(.iso8601.year().month().day())
            }
            let path = "/v1/customers/\(other)"
            let items = [
                ("purchases", #"{"product":"Coffee machine","at":"\#(day(-3))"}"#),
                ("contracts", #"{"service":"Rent","expires":"\#(day(12))","renews":false}"#),
            ]
            for (kind, body) in items {
                #expect(try http.ask("POST", "\(path)/\(kind)", body: body).status == 201)
            }
            let stream = try http.stream("/v1/stream?operator=101")
            ring("c1", client)
            let shown = try stream.read(until: #"(card.rule)""#)
            for text in [
                "Contract “Rent” ends in 12 days", "Last purchase: Coffee machine, 3 days ago, ordered", "Offer care",
            ] { #expect(shown.contains(text), "\(shown)") }
            #expect(shown.contains(#""reason":"has “machine”, lacks “care” (card.rule)""#))

            let merged = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "customers", "merge", "\(one)", "\(other)"],
                errors: daemon.folder + "/merge")
            #expect(merged.waitForEnd() == .status(0))
            #expect(merged.standardOutput.contains("unmerge 1"), "\(merged.standardOutput)")
            ring("c2", client)
            let second = try stream.read(until: "Hanako Example")
            #expect(second.contains(#""call":"c2""#) && second.contains(#""id":\#(one),"#), "\(second)")

            // The owner is warned at the moment.
            let tier = try http.ask(
                "PATCH", "/v1/customers/\(one)", body: #"{"tier":"vip"}"#, headers: "If-Match: *\r\n")
            #expect(tier.status == 200, "\(tier.body)")
            let warned = try stream.read(until: "Tier changed from")
            #expect(warned.contains(#""kind":"tier_changed","call":"""#), "\(warned)")

            // The same after a crash, and apart again.
            daemon.stop(SIGKILL)
            try daemon.start()
            #expect(try http.json(path)["id"] as? Int == one)
            #expect(try http.ask("POST", "/v1/merges/1/undo", body: "{}").status == 200)
            #expect(try http.json(path)["id"] as? Int == other)
            #expect(try (http.json("\(path)/purchases")["items"] as? [Any])?.count == 1)
            #expect(daemon.stop() == .status(0))
        }
    }
}
