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
}
