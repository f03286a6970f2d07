import CRMLookup
import CallCenter
import Testing

@testable import Web

/// `/v1/lookups`, and what the metrics say of look-ups.
@Suite struct OutsideRouteTests {
    private static func routes() throws -> Routes {
        var trial = LookupTrial(name: "crm", label: "The CRM"), status = LookupStatus(name: "crm", label: "The CRM")
        trial.state = .found
        trial.took = 12
        let call = LookupCall(
            method: "GET", url: "https://crm.example/?n=1", headers: [["X-Key", "…"]], body: nil)
        trial.steps = [
            .init(notation: .e164, call: call, status: 200, answer: "{}", meaning: "found", took: 12)
        ]
        var record = LookupRecord()
        record.fields = [.init(label: "会社", value: "例示")]
        record.externalID = "K-1"
        trial.record = record
        (status.callers, status.kept, status.requests, status.found) = (5, 2, 3, 3)
        return try Routes { [trial, status] parts in
            parts.lookups.trials = { caller in caller.e164 == "+819000000001" ? [trial] : [] }
            parts.lookups.statuses = { [status] }
        }
    }

    @Test func aTrialShowsRequestsAndTheCard() async throws {
        let routes = try Self.routes(), token = try routes.token(.admin)
        let answer = try await routes.ask(.post, "/v1/lookups/try", #"{"number":"09000000001"}"#, token: token)
        #expect(answer.status == 200, "\(answer.text)")
        let item = try #require((answer.json["items"] as? [[String: Any]])?.first)
        #expect(item["state"] as? String == "found")
        let step = try #require((item["steps"] as? [[String: Any]])?.first)
        #expect(step["notation"] as? String == "e164" && step["status"] as? Int == 200)
        #expect((step["headers"] as? [[String: String]]) == [["name": "X-Key", "value": "…"]])
        let card = try #require(item["card"] as? [String: Any])
        #expect(card["external_id"] as? String == "K-1")
        #expect((card["fields"] as? [[String: String]]) == [["label": "会社", "value": "例示"]])
    }

    @Test func whatIsNoNumberIsNotAskedFor() async throws {
        let routes = try Self.routes(), token = try routes.token(.admin)
        for body in [#"{"number":"anonymous"}"#, "{}", #"{"number":1}"#, #"{"number":""}"#] {
            #expect(try await routes.ask(.post, "/v1/lookups/try", body, token: token).status == 400, "\(body)")
        }
        let strange = try await routes.ask(.post, "/v1/lookups/try", #"{"number":"1","x":2}"#, token: token)
        #expect(strange.status == 400 && strange.detail.contains("x is no field"))
        let operators = try await routes.ask(
            .post, "/v1/lookups/try", #"{"number":"09000000001"}"#, token: routes.token(.operator))
        #expect(operators.status == 403)
    }

    @Test func howALookUpDoes() async throws {
        let routes = try Self.routes(), token = try routes.token(.admin)
        let list = try await routes.ask(.get, "/v1/lookups", token: token)
        let item = try #require((list.json["items"] as? [[String: Any]])?.first)
        #expect(item["callers"] as? Int == 5 && item["kept"] as? Int == 2 && item["state"] as? String == "closed")
        let metrics = try await routes.ask(.get, "/metrics", token: token).text
        #expect(metrics.contains(#"screenpop_lookup_answers_total{lookup="crm",result="kept"} 2"#), "\(metrics)")
        #expect(metrics.contains("screenpop_pop_first_seconds_count 0"))
        #expect(metrics.contains("screenpop_pop_full_seconds_count 0"))
    }
}
