import HTTPTypes
import Testing

@testable import Web

/// The details of a customer over HTTP.
@Suite struct DetailRouteTests {
    private static let any: HTTPFields = [.ifMatch: "*"]

    @Test func theyAreWrittenShownAndInTheHistory() async throws {
        let routes = try Routes()
        let company = try await routes.ask(.post, "/v1/customers", #"{"name":"Example Ltd","kind":"company"}"#)
        #expect(company.status == 201 && company.json["kind"] as? String == "company")
        let body = """
            {"name":"Hanako","company_id":1,"emails":["b@example.com"],"accounts":[{"service":"x","id":"hanako"}],\
            "persona":["collector"],"preferences":["calls after 18:00"],"consent":{"newsletter":false},\
            "do_not_call":true,"status_reason":"moved"}
            """
        let made = try await routes.ask(.post, "/v1/customers", body)
        #expect(made.status == 201, "\(made.text)")
        for part in [
            #""kind":"person","company_id":1,"emails":["b@example.com"],"accounts":[{"service":"x","id":"hanako"}]"#,
            #""persona":["collector"],"preferences":["calls after 18:00"],"consent":{"newsletter":false}"#,
            #""do_not_call":true,"status_reason":"moved""#,
        ] { #expect(made.text.contains(part), "\(part)") }
        // What is absent stays with PATCH and is empty with PUT.
        let patched = try await routes.ask(.patch, "/v1/customers/2", #"{"emails":null}"#, headers: Self.any)
        #expect(patched.text.contains(#""emails":[]"#) && patched.text.contains(#""do_not_call":true"#))
        let whole = try await routes.ask(.put, "/v1/customers/2", #"{"name":"Hanako"}"#, headers: Self.any)
        #expect(whole.text.contains(#""company_id":null"#) && whole.text.contains(#""consent":{}"#))
        let history = try await routes.ask(.get, "/v1/customers/2/history").json["items"] as? [[String: Any]] ?? []
        let changes = history.map { ($0["changes"] as? [[String: Any]] ?? []).compactMap { $0["field"] as? String } }
        #expect(changes.first?.contains("do_not_call") == true && changes.dropFirst().first == ["emails"])
        let shown = try await routes.ask(.get, "/v1/customers/2")
        #expect(shown.json["status_since"] as? String == shown.json["created_at"] as? String)
    }

    @Test(arguments: [
        (#""kind":"robot""#, "kind"), (#""company_id":2"#, "company_id"), (#""company_id":99"#, "company_id"),
        (#""company_id":-1"#, "company_id"), (#""kind":"company","company_id":1"#, "company_id"),
        (#""emails":[""]"#, "emails"), (#""emails":"a@example.com""#, "emails"),
        (#""accounts":[{"service":"x"}]"#, "id"),
        (#""consent":{"newsletter":"yes"}"#, "newsletter"), (#""do_not_call":"no""#, "do_not_call"),
        (#""persona":["\u0001"]"#, "control"),
    ]) func aWrongValueIsNamed(member: String, name: String) async throws {
        let routes = try Routes()
        for body in [#"{"name":"Example Ltd","kind":"company"}"#, #"{"name":"Taro"}"#] {
            #expect(try await routes.ask(.post, "/v1/customers", body).status == 201)
        }
        let refused = try await routes.ask(.post, "/v1/customers", #"{"name":"A",\#(member)}"#)
        #expect(refused.status == 400 && refused.detail.contains(name), "\(refused.text)")
    }

    @Test func aCompanyListsItsPersons() async throws {
        let routes = try Routes()
        for body in [
            #"{"name":"Example Ltd","kind":"company"}"#, #"{"name":"A","company_id":1}"#, #"{"name":"B"}"#,
            #"{"name":"C","company_id":1}"#,
        ] { #expect(try await routes.ask(.post, "/v1/customers", body).status == 201) }
        let found = try await routes.ask(.get, "/v1/customers?company=1&limit=1")
        #expect(found.json["matches"] as? Int == 2 && found.text.contains(#""name":"A""#), "\(found.text)")
        let none = try await routes.ask(.get, "/v1/customers?company=2")
        #expect(none.status == 200 && none.json["matches"] as? Int == 0)
        #expect(try await routes.ask(.get, "/v1/customers?company=x").status == 400)
    }

    private static let kinds = [
        "deleted", "messages", "purchases", "contracts", "contacts", "notes", "files", "inbox", "events", "views",
    ]

    @Test func theRetentionSaysWhatGoesNext() async throws {
        let routes = try Routes()
        #expect(try await routes.ask(.post, "/v1/customers", #"{"name":"A"}"#).status == 201)
        #expect(try await routes.ask(.delete, "/v1/customers/1").status < 300)
        func deleted() async throws -> [String: Any] {
            let answer = try await routes.ask(.get, "/v1/retention", token: routes.token(.admin))
            #expect(answer.status == 200, "\(answer.text)")
            let items = try #require(answer.json["items"] as? [[String: Any]])
            #expect(items.compactMap { $0["kind"] as? String } == Self.kinds)
            return try #require(items.first)
        }
        let fresh = try await deleted()
        #expect(fresh["count"] as? Int == 1 && fresh["due"] as? Int == 0 && fresh["next"] is String)
        routes.clock.advance(by: 401 * 86_400_000)
        #expect(try await deleted()["due"] as? Int == 1)
        #expect(try await routes.ask(.get, "/v1/retention", token: routes.token(.supervisor)).status == 403)
    }

    @Test func nobodyBelongsToItself() async throws {
        let routes = try Routes()
        #expect(try await routes.ask(.post, "/v1/customers", #"{"name":"A"}"#).status == 201)
        let edit = try await routes.ask(.patch, "/v1/customers/1", #"{"company_id":1}"#, headers: Self.any)
        #expect(edit.status == 400)
    }
}
