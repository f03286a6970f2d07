import CallCenter
import Foundation
import Storage
import Testing

@testable import Web

/// What each operator has, and giving many away at once.
@Suite struct WorkloadRouteTests {
    private static func row(_ routes: Routes, _ who: String?) async throws -> [String: Any] {
        let answer = try await routes.ask(.get, "/v1/workload", token: routes.token(.supervisor))
        #expect(answer.status == 200, "\(answer.text)")
        guard let who else { return try #require(answer.json["unowned"] as? [String: Any]) }
        let rows = try #require(answer.json["operators"] as? [[String: Any]])
        return try #require(rows.first { $0["operator"] as? String == who })
    }

    private static func promise(_ owner: String, due: String) -> String {
        #"{"customer":1,"title":"call","kind":"promise","owner":"\#(owner)","due":"\#(due)"}"#
    }

    @Test func eachOperatorsWorkIsCounted() async throws {
        let routes = try await CaseRouteTests.routes()
        // The first moment of Monday, 2026-11-23, in UTC.
        _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"a","owner":"101"}"#)
        routes.clock.advance(by: 60_000)
        _ = try await CaseRouteTests.open(
            routes, #"{"customer":1,"title":"b","owner":"101","due":"2026-11-22T09:00:00Z"}"#)
        _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"c","owner":null}"#)
        for due in ["2026-11-22T23:00:00Z", "2026-11-23T23:00:00Z", "2026-11-24T00:00:00Z"] {
            _ = try await CaseRouteTests.open(routes, Self.promise("101", due: due))
        }
        for due in [#""2026-11-22T23:00:00Z""#, "null"] {
            _ = try await CaseRouteTests.open(
                routes, #"{"customer":1,"kind":"task","title":"d","owner":"101","due":\#(due)}"#)
        }
        let one = try await Self.row(routes, "101")
        #expect(one["tasks"] as? Int == 2 && one["tasks_overdue"] as? Int == 1)
        #expect(one["cases"] as? Int == 2 && one["cases_overdue"] as? Int == 1)
        #expect(one["promises"] as? Int == 3 && one["promises_overdue"] as? Int == 1)
        #expect(one["promises_due"] as? Int == 1, "those of tomorrow are not due today")
        #expect(one["promises_at_risk"] as? Int == 0 && one["cases_at_risk"] as? Int == 0)
        _ = try await CaseRouteTests.open(routes, Self.promise("102", due: "2026-11-23T00:02:00Z"))
        #expect(try await Self.row(routes, "102")["promises_at_risk"] as? Int == 1)
        #expect(one["idle_since"] as? String == "2026-11-23T00:00:00.000Z")
        #expect(one["progress_at"] as? String == "2026-11-23T00:01:00.000Z")
        #expect(try await Self.row(routes, nil)["cases"] as? Int == 1)
        // Who waits for the customer does not wait.
        #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"waiting":true}"#).status == 200)
        let waiting = try await Self.row(routes, "101")
        #expect(waiting["idle_since"] as? String == "2026-11-23T00:01:00.000Z")
        #expect(try await routes.ask(.get, "/v1/workload", token: routes.token(.operator)).status == 403)
    }

    @Test func callsAndClaimsOfTodayAreThere() async throws {
        let (routes, _) = try await ViewTests.centre()
        let token = try routes.token(.operator)
        #expect(try await routes.ask(.post, "/v1/callbacks/81300000102/claim", token: token).status == 200)
        _ = try await routes.ask(
            .post, "/v1/contacts/mail",
            #"{"message_id":"a","from":{"address":"new@else.example"},"to":[{"address":"x@y.example"}],"text":"t"}"#,
            token: routes.token(.ingest))
        #expect(try await routes.ask(.post, "/v1/inbox/1/claim", token: token).status == 200)
        let one = try await Self.row(routes, "101")
        #expect(one["answered"] as? Int == 2 && one["callbacks"] as? Int == 1 && one["mails"] as? Int == 1)
        #expect(one["state"] as? String == "talking")
        // A claim runs out after half an hour, at the minute for all of them.
        routes.clock.advance(by: 30 * 60_000)
        #expect(try await Self.row(routes, "101")["mails"] as? Int == 0)
    }

    @Test func manyAreGivenAwayAtOnce() async throws {
        let routes = try await CaseRouteTests.routes(), supervisor = try routes.token(.supervisor)
        for owner in ["101", "101", "102", "103"] {
            _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"t","owner":"\#(owner)"}"#)
        }
        #expect(try await routes.ask(.post, "/v1/cases/2/handover", #"{"to":"105"}"#).status == 200)
        #expect(try await routes.ask(.post, "/v1/cases/4/close").status == 200)
        let given = try await routes.ask(
            .post, "/v1/cases/assign", #"{"cases":[1,2,2,3,4,99],"owner":"102"}"#, token: supervisor)
        #expect(given.status == 200, "\(given.text)")
        #expect(given.json["assigned"] as? [Int] == [1, 2] && given.json["unchanged"] as? [Int] == [3])
        let failed = try #require(given.json["failed"] as? [[String: Any]])
        #expect(failed.compactMap { $0["id"] as? Int } == [4, 99])
        #expect(failed.compactMap { $0["status"] as? Int } == [409, 404])
        let one = try await routes.ask(.get, "/v1/cases/2").json
        #expect(one["owner"] as? String == "102" && one["handover"] is NSNull)
        let version = (try await routes.ask(.get, "/v1/cases/1/history").json["items"] as? [[String: Any]])?.first
        #expect(version?["version"] as? Int == 2 && version?["through"] as? String == "api")
        let owners = try #require(one["owners"] as? [[String: Any]])
        #expect(owners.compactMap { $0["owner"] as? String } == ["101", "102"])
        // Whoever has them now is told, once.
        let told = try await routes.ask(.get, "/v1/messages?operator=102", token: supervisor)
        let texts = (told.json["items"] as? [[String: Any]])?.compactMap { $0["text"] as? String }
        #expect(texts == ["2 cases and promises are yours now."])
        let freed = try await routes.ask(.post, "/v1/cases/assign", #"{"cases":[3],"owner":null}"#, token: supervisor)
        #expect(freed.json["assigned"] as? [Int] == [3] && freed.json["owner"] is NSNull)
        for body in [
            #"{"cases":[],"owner":"102"}"#, #"{"cases":[1],"owner":""}"#, #"{"case":[1]}"#, #"{"cases":[1]}"#,
        ] {
            #expect(try await routes.ask(.post, "/v1/cases/assign", body, token: supervisor).status == 400, "\(body)")
        }
        let operatorToken = try routes.token(.operator)
        let refused = try await routes.ask(
            .post, "/v1/cases/assign", #"{"cases":[1],"owner":"102"}"#, token: operatorToken)
        #expect(refused.status == 403)
    }

    @Test func aCaseSaysWhatItsPeopleAreCalled() async throws {
        let (routes, _) = try await ViewTests.centre()
        try routes.parts.accounts.set(
            "101", role: .operator, name: "Sato", password: "correct horse battery", now: routes.clock.now)
        let one = try await routes.ask(.get, "/v1/cases/1").json
        #expect(one["names"] as? [String: String] == ["101": "Sato"])
    }
}
