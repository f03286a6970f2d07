import Foundation
import HTTPTypes
import Testing

@testable import Web

/// What an operator's desk asks for beside the calls.
@Suite struct OperatorDayTests {
    @Test func anOperatorSeesTheOwnDay() async throws {
        let (routes, pop) = try await ViewTests.centre()
        let own = try routes.token(.operator)
        let day = try await routes.ask(.get, "/v1/operators/101/day", token: own)
        #expect(day.status == 200, "\(day.text)")
        #expect(day.json["operator"] as? String == "101" && day.json["queues"] as? [String] == ["support"])
        #expect(day.json["answered"] as? Int == 2 && day.json["unanswered"] as? Int == 0)
        #expect(day.json["waiting"] as? Int == 0 && day.json["longest_wait_ms"] is NSNull)
        let waits = try await routes.ask(
            .post, "/v1/events",
            #"{"type":"call.offered","call":"w1","from":"0300000103","to":"0300000000","queue":"support"}"# + "\n"
                + #"{"type":"call.queued","call":"w1","queue":"support"}"# + "\n",
            headers: [.contentType: "application/x-ndjson"])
        #expect(waits.status == 200, "\(waits.text)")
        let after = try await routes.ask(.get, "/v1/operators/101/day", token: own)
        #expect(after.json["waiting"] as? Int == 1 && after.json["longest_wait_ms"] is Int)
        #expect(try await routes.ask(.get, "/v1/operators/102/day", token: own).status == 403)
        #expect(try await routes.ask(.get, "/v1/operators/102/day").json["answered"] as? Int == 0)
        #expect(try await routes.ask(.get, "/v1/operators/101/day?at=now", token: own).status == 400)
        // The pop of the call in hand has its clock.
        let shown = try await routes.ask(.get, "/v1/pops/\(pop)", token: own)
        #expect(shown.json["answered_at"] is String && shown.json["held_since"] is NSNull)
        #expect(shown.json["hold_ms"] as? Int == 0)
    }

    @Test func aSessionKnowsTheNamesOfColleagues() async throws {
        let (routes, _) = try await ViewTests.centre()
        let login = #"{"type":"operator.login","operator":"102","name":"Jiro Example","device":"PJSIP/102"}"# + "\n"
        let sent = try await routes.ask(
            .post, "/v1/events", login, headers: [.contentType: "application/x-ndjson"])
        #expect(sent.status == 200, "\(sent.text)")
        let session = try await routes.ask(.get, "/v1/session", token: routes.token(.operator))
        #expect(session.json["operator_names"] as? [String: String] == ["102": "Jiro Example"], "\(session.text)")
    }
}
