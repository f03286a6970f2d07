import Foundation
import HTTPTypes
import Testing

@testable import CallCenter
@testable import Web

/// How often a customer was asked again after a transfer, over HTTP.
@Suite struct HandoverRouteTests {
    @Test func handoversAreCountedAndListed() async throws {
        let (routes, _) = try await ViewTests.centre()
        let token = try routes.token(.operator), supervisor = try routes.token(.supervisor)
        func push(_ lines: [String]) async throws {
            let sent = try await routes.ask(
                .post, "/v1/events", lines.map { $0 + "\n" }.joined(),
                headers: [.contentType: "application/x-ndjson"])
            #expect(sent.status == 200 && !sent.text.contains(#""ok":false"#), "\(sent.text)")
        }
        func seen() async throws -> [String: Any] {
            let answer = try await routes.ask(.get, "/v1/quality/handovers", token: supervisor)
            #expect(answer.status == 200, "\(answer.text)")
            return answer.json
        }
        let none = try await seen()
        #expect(none["handovers"] as? Int == 0 && none["asked_again_rate"] is NSNull)
        // c1 talks with 101, who says who it is and hands it on to 102, who asks again.
        let who = try await routes.ask(.post, "/v1/calls/c1/identify", #"{"customer":1}"#, token: token)
        #expect(who.status == 200, "\(who.text)")
        routes.clock.advance(by: 1_000)
        try await push([
            #"{"type":"operator.login","operator":"102","device":"PJSIP/102","queues":["support"]}"#,
            #"{"type":"call.transferred","call":"c1","operator":"102","kind":"blind"}"#,
            #"{"type":"call.ringing","call":"c1","operator":"102"}"#,
            #"{"type":"call.answered","call":"c1","operator":"102"}"#,
        ])
        let once = try await seen()
        #expect(once["handovers"] as? Int == 1 && once["asked_again"] as? Int == 0)
        #expect(once["asked_again_rate"] as? Double == 0 && (once["calls"] as? [Any])?.isEmpty == true)
        let second = try routes.parts.tokens.create(
            role: .operator, name: "102", operator: "102", source: nil, expiresAt: nil, now: routes.clock.now
        ).secret
        let again = try await routes.ask(.post, "/v1/calls/c1/identify", #"{"customer":1}"#, token: second)
        #expect(again.status == 200, "\(again.text)")
        let twice = try await seen()
        #expect(twice["identified_again"] as? Int == 1 && twice["asked_again_rate"] as? Double == 1)
        let row = try #require((twice["operators"] as? [[String: Any]])?.first)
        #expect(row["operator"] as? String == "101" && row["asked_again"] as? Int == 1)
        let behind = try #require((twice["calls"] as? [[String: Any]])?.first)
        #expect(behind["call"] as? String == "c1" && behind["to"] as? String == "102")
        #expect(behind["identified_again"] as? Bool == true && behind["note_rewritten"] as? Bool == false)
        #expect(try await routes.ask(.get, "/v1/quality/handovers", token: token).status == 403)
        let long = "/v1/quality/handovers?from=2020-01-01T00:00:00Z&to=2026-01-01T00:00:00Z"
        #expect(try await routes.ask(.get, long, token: supervisor).status == 400)
    }

    @Test func sumsOfPartsAreTheWhole() {
        let time = Timestamp(ms: 1_000_000)
        var one = HandoverSums(from: time, to: time + 10), other = one
        var counts = HandoverSums.Counts()
        counts.add(Handover(from: "101", to: "102", at: time, isIdentifiedAgain: true, isNoteRewritten: true))
        counts.add(Handover(from: "101", to: "102", at: time, isIdentifiedAgain: false, isNoteRewritten: false))
        #expect(counts.handovers == 2 && counts.askedAgain == 1 && counts.notesRewritten == 1)
        one.join(other)
        #expect(one.all == HandoverSums.Counts() && one.newest(5).isEmpty)
        other.join(one)
        #expect(other.byOperator.isEmpty)
    }
}
