import CallCenter
import Foundation
import Settings
import Storage
import Testing

@testable import Web

/// How soon something was done in cases, over a period.
@Suite struct CaseResponseRouteTests {
    @Test func percentilesAreTimesThatOccurred() {
        var times = ResponseTimes()
        #expect(times.figures(within: 5) == .init(opened: 0, answered: 0, within: 0))
        for time in [9, 1, 2, 3, 4, 5, 6, 7, 8, 100] {
            times.add(CaseResponse(kind: .case, priority: .normal, owner: nil, response: Int64(time)))
        }
        times.add(CaseResponse(kind: .case, priority: .normal, owner: nil, response: nil))
        let found = times.figures(within: 5)
        #expect(found.opened == 11 && found.answered == 10 && found.average == 14)
        #expect(found.median == 5 && found.p90 == 9 && found.max == 100)
        #expect(found.within == 5 && found.withinRate == 5.0 / 11)
    }

    private static func ids(_ routes: Routes, _ query: String) async throws -> [Int] {
        try await CaseRouteTests.ids(routes, "state=all&\(query)").sorted()
    }

    @Test func aPeriodIsSplitByKindPriorityAndOwner() async throws {
        let routes = try await CaseRouteTests.routes(), supervisor = try routes.token(.supervisor)
        // The first moment of Monday, 2026-11-23, in UTC.
        _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"before","owner":"101"}"#)
        routes.clock.advance(by: 900_000)
        _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"a","owner":"101","priority":"high"}"#)
        _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"b","owner":"102"}"#)
        _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"c","owner":null}"#)
        _ = try await CaseRouteTests.open(
            routes, #"{"customer":1,"kind":"promise","title":"d","owner":"101","due":"2026-11-24T09:00:00Z"}"#)
        routes.clock.advance(by: 60_000)
        #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"progress":10}"#).status == 200)
        #expect(try await routes.ask(.patch, "/v1/cases/2", #"{"progress":10}"#).status == 200)
        routes.clock.advance(by: 120_000)
        #expect(try await routes.ask(.patch, "/v1/cases/2", #"{"progress":20}"#).status == 200)
        #expect(try await routes.ask(.post, "/v1/cases/5/close").status == 200)
        let path = "/v1/quality/case-response?from=2026-11-23T00:15:00Z&to=2026-11-23T01:00:00Z&within_ms=60000"
        let answer = try await routes.ask(.get, path, token: supervisor)
        #expect(answer.status == 200, "\(answer.text)")
        let all = answer.json
        #expect(all["opened"] as? Int == 4 && all["answered"] as? Int == 2 && all["average_ms"] as? Int == 120_000)
        #expect(all["median_ms"] as? Int == 60_000 && all["p90_ms"] as? Int == 180_000)
        #expect(all["within"] as? Int == 1 && all["within_rate"] as? Double == 0.25)
        func row(_ list: String, _ key: String, _ value: String?) throws -> [String: Any] {
            try #require((all[list] as? [[String: Any]])?.first { $0[key] as? String == value })
        }
        let promises = try row("kinds", "kind", "promise")
        #expect(promises["opened"] as? Int == 1 && promises["median_ms"] as? Int == 180_000)
        #expect(try row("priorities", "priority", "high")["average_ms"] as? Int == 60_000)
        let theirs = try row("owners", "owner", "102")
        #expect(theirs["opened"] as? Int == 1 && theirs["answered"] as? Int == 0 && theirs["p90_ms"] is NSNull)
        #expect(try row("owners", "owner", nil)["opened"] as? Int == 1)
        // Each count is that of its list.
        let period = "opened_from=2026-11-23T00:15:00Z&opened_before=2026-11-23T01:00:00Z"
        #expect(try await Self.ids(routes, period) == [2, 3, 4, 5])
        #expect(try await Self.ids(routes, "\(period)&answered=true") == [2, 5])
        #expect(try await Self.ids(routes, "\(period)&answered=false") == [3, 4])
        #expect(try await Self.ids(routes, "\(period)&priority=high&owner=101&kind=case") == [2])
        #expect(try await Self.ids(routes, "opened_before=2026-11-23T00:15:00Z") == [1])
        for wrong in ["priority=some", "opened_from=soon", "answered=yes"] {
            #expect(try await routes.ask(.get, "/v1/cases?\(wrong)").status == 400)
        }
        #expect(try await routes.ask(.get, path, token: routes.token(.operator)).status == 403)
        for wrong in ["from=soon", "within_ms=-1", "from=2026-11-23T01:00:00Z&to=2026-11-23T00:00:00Z"] {
            #expect(try await routes.ask(.get, "/v1/quality/case-response?\(wrong)").status == 400)
        }
    }
}
