import Foundation
import HTTPTypes
import Testing

@testable import Web

/// What was written of answered calls, and the calls behind it; the list of calls by number and text.
@Suite struct QualityRouteTests {
    private func row(_ routes: Routes, _ list: String) async throws -> [String: Any]? {
        let answer = try await routes.ask(.get, "/v1/quality", token: routes.token(.supervisor))
        #expect(answer.status == 200, "\(answer.text)")
        return (answer.json[list] as? [[String: Any]])?.first
    }

    private func calls(_ routes: Routes, _ query: String) async throws -> [String] {
        let answer = try await routes.ask(.get, "/v1/calls?\(query)")
        #expect(answer.status == 200, "\(answer.text)")
        return (answer.json["calls"] as? [[String: Any]] ?? []).compactMap { $0["call"] as? String }
    }

    @Test func callsWithoutAWordAreCountedAndOpened() async throws {
        let (routes, _) = try await ViewTests.centre()
        let before = try #require(try await row(routes, "operators"))
        #expect(before["operator"] as? String == "101" && before["answered_calls"] as? Int == 2)
        #expect(before["undocumented"] as? Int == 2 && before["documented_rate"] as? Double == 0)
        #expect(try await calls(routes, "figure=undocumented&operator=101") == ["c1", "c0"])
        let note = try await routes.ask(
            .post, "/v1/calls/c1/note", #"{"text":"Ｌｅａｋ in the hall"}"#, token: routes.token(.operator))
        #expect(note.status == 200, "\(note.text)")
        let after = try #require(try await row(routes, "operators"))
        #expect(after["undocumented"] as? Int == 1 && after["without_disposition"] as? Int == 2)
        #expect(after["documented_rate"] as? Double == 0.5)
        let queue = try #require(try await row(routes, "queues"))
        #expect(queue["queue"] as? String == "support" && queue["undocumented"] as? Int == 1)
        #expect(try await calls(routes, "figure=undocumented&queue=support") == ["c0"])
        #expect(try await calls(routes, "figure=without_disposition&operator=101") == ["c1", "c0"])
        let receipt = try await routes.ask(.get, "/v1/stats?receipt=true&figure=undocumented&operator=101")
        #expect(receipt.status == 200 && receipt.json["value"] as? Int == 1, "\(receipt.text)")
        // By what somebody remembers of it.
        #expect(try await calls(routes, "q=leak") == ["c1"])
        #expect(try await calls(routes, "q=nothing") == [])
        #expect(try await calls(routes, "number=0102") == ["c2"])
        #expect(try await calls(routes, "number=99999") == [])
        #expect(try await routes.ask(.get, "/v1/calls?number=x").status == 400)
        #expect(try await routes.ask(.get, "/v1/quality?from=soon").status == 400)
        #expect(try await routes.ask(.get, "/v1/quality", token: routes.token(.operator)).status == 403)
    }

    /// Each filter of the list of calls alone, and together with another.
    @Test func theListOfCallsIsFiltered() async throws {
        let (routes, _) = try await ViewTests.centre()
        let coded = try await routes.ask(
            .post, "/v1/calls/c0/disposition", #"{"code":"resolved"}"#, token: routes.token(.operator))
        #expect(coded.status == 200, "\(coded.text)")
        let dialed = [
            #"{"type":"call.dialed","call":"d0","operator":"101","to":"0300000109"}"#,
            #"{"type":"call.ended","call":"d0"}"#,
        ]
        let sent = try await routes.ask(
            .post, "/v1/events", dialed.map { $0 + "\n" }.joined(), headers: [.contentType: "application/x-ndjson"])
        #expect(sent.status == 200 && !sent.text.contains(#""ok":false"#), "\(sent.text)")
        for (query, expected) in [
            ("tier=regular", ["c2", "c1", "c0"]), ("tier=vip", []), ("line=0300000000", ["c2", "c1", "c0"]),
            ("line=0300000001", []), ("queue=support&tier=regular", ["c2", "c1", "c0"]), ("queue=sales", []),
            ("outcome=abandoned", ["c2"]), ("outcome=answered&tier=regular", ["c1", "c0"]),
            ("disposition=resolved", ["c0"]), ("disposition=complaint", []), ("disposition=resolved&tier=vip", []),
            ("direction=outbound", ["d0"]), ("outcome=not_reached", ["d0"]), ("direction=outbound&number=0109", ["d0"]),
            ("operator=101&direction=inbound", ["c1", "c0"]), ("number=0102&outcome=abandoned", ["c2"]),
            ("q=Hanako&outcome=abandoned", ["c2"]), ("q=nobody", []), ("open=true", ["c1"]),
        ] {
            #expect(try await calls(routes, query) == expected, "\(query)")
        }
        for query in ["direction=sideways", "outcome=lost", "figure=answered&outcome=answered", "q="] {
            let status = try await routes.ask(.get, "/v1/calls?\(query)").status
            #expect(status == (query == "q=" ? 200 : 400), "\(query)")
        }
    }
}
