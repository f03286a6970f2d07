import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Engine
@testable import Web

/// What notes cost, over HTTP.
@Suite struct NoteCostRouteTests {
    private func centre() async throws -> Routes {
        let routes = try Routes { $0.history = NoHistory(store: $0.writer.store) }
        routes.clock.advance(by: Engine.now() - routes.clock.now)
        let made = try await routes.ask(.post, "/v1/customers", #"{"name":"Hanako Example"}"#)
        #expect(made.status == 201)
        let lines = [
            #"{"type":"operator.login","operator":"101","device":"PJSIP/101","queues":["support"]}"#,
            #"{"type":"call.offered","call":"c1","from":null,"to":"0300000000","queue":"support"}"#,
            #"{"type":"call.queued","call":"c1","queue":"support"}"#,
            #"{"type":"call.ringing","call":"c1","operator":"101"}"#,
            #"{"type":"call.answered","call":"c1","operator":"101"}"#,
        ]
        let body = lines.map { $0 + "\n" }.joined()
        let sent = try await routes.ask(.post, "/v1/events", body, headers: [.contentType: "application/x-ndjson"])
        #expect(sent.status == 200 && !sent.text.contains(#""ok":false"#), "\(sent.text)")
        return routes
    }

    private func rows(_ routes: Routes, _ query: String = "", token: String? = nil) async throws -> [[String: Any]] {
        let target = "/v1/reports/note-cost" + query
        let answer =
            if let token {
                try await routes.ask(.get, target, token: token)
            } else {
                try await routes.ask(.get, target)
            }
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json["items"] as? [[String: Any]] ?? []
    }

    @Test func whatIsWrittenOfCallsAndReadIsCountedByField() async throws {
        let routes = try await centre(), token = try routes.token(.operator)
        func post(_ path: String, _ body: String) async throws -> Int {
            try await routes.ask(.post, path, body, token: token).status
        }
        #expect(try await post("/v1/calls/c1/note", #"{"text":"Leak","spent_ms":12000}"#) == 200)
        #expect(try await post("/v1/calls/c1/note", #"{"text":"By a program"}"#) == 200)
        #expect(try await post("/v1/calls/c1/disposition", #"{"code":"resolved","spent_ms":3000}"#) == 200)
        #expect(try await post("/v1/customers/1/notes", #"{"text":"Prefers mail","seconds":5}"#) == 201)
        let uses = """
            {"items":[{"field":"note","queue":"support","shown":4,"opened":1},
                      {"field":"tags","filled":2,"timed":1,"spent_ms":1000}]}
            """
        #expect(try await post("/v1/field-uses", uses) == 204)
        #expect(try await post("/v1/field-uses", uses) == 204)
        let found = try await rows(routes)
        #expect(found.compactMap { $0["field"] as? String } == ["note", "customer_note", "disposition", "tags"])
        let note = try #require(found.first)
        #expect(note["filled"] as? Int == 2 && note["timed"] as? Int == 1 && note["unknown"] as? Int == 1)
        #expect(note["spent_ms"] as? Int == 12_000 && note["average_ms"] as? Int == 12_000)
        #expect(note["shown"] as? Int == 8 && note["opened"] as? Int == 2 && note["reads_per_filled"] as? Double == 5)
        #expect(note["costly"] as? Bool == false && found[1]["costly"] as? Bool == true)
        #expect(found[3]["filled"] as? Int == 4 && found[3]["average_ms"] as? Int == 1_000)
        // By queue: what belongs to no call has none.
        let support = try await rows(routes, "?queue=support")
        #expect(support.compactMap { $0["field"] as? String } == ["note", "disposition"])
        let byOperator = try await rows(routes, "?by=operator")
        #expect(Set(byOperator.compactMap { $0["operator"] as? String }) == ["101"])
        let csv = try await routes.ask(.get, "/v1/reports/note-cost?format=csv&by=queue")
        let lines = csv.text.split(separator: "\r\n")
        #expect(csv.headers[.contentType]?.hasPrefix("text/csv") == true && lines.count == 5)
        #expect(lines[0].contains("queue,field,filled,timed,unknown,spent_ms"))
        // In a past day there was nothing.
        #expect(try await rows(routes, "?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z").isEmpty)
    }

    @Test func anOperatorSeesItsOwnFigures() async throws {
        let routes = try await centre(), token = try routes.token(.operator)
        let other = #"{"items":[{"field":"note","shown":9}]}"#
        #expect(try await routes.ask(.post, "/v1/field-uses", other, token: routes.token(.supervisor)).status == 204)
        #expect(try await rows(routes).count == 1)
        #expect(try await rows(routes, token: token).isEmpty)
        let refused = try await routes.ask(.get, "/v1/reports/note-cost?operator=102", token: token)
        #expect(refused.status == 403)
    }

    @Test(arguments: [
        #"{"items":[{"field":"note","filled":1}]}"#, #"{"items":[{"field":""}]}"#,
        #"{"items":[{"field":"tags","filled":-1}]}"#, #"{"items":[{"field":"tags","timed":1}]}"#,
        #"{"items":[{"field":"tags","spent_ms":99999999999999}]}"#, #"{"items":[{"field":"tags","shown":10001}]}"#,
        #"{"items":[{"field":"a\u0007"}]}"#, #"{"items":[]"#,
    ]) func whatIsOutOfItsRangeIsRefused(body: String) async throws {
        let routes = try Routes()
        #expect(try await routes.ask(.post, "/v1/field-uses", body).status == 400)
    }

    @Test(arguments: ["?by=tier", "?from=soon", "?format=xml", "?from=2020-01-01T00:00:00Z", "?days=3"])
    func aReportThatCannotBeIsRefused(query: String) async throws {
        let routes = try Routes()
        #expect(try await routes.ask(.get, "/v1/reports/note-cost\(query)").status == 400)
    }
}
