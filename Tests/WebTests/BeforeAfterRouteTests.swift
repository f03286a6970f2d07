import CallCenter
import EventWire
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Engine
@testable import Web

/// Two periods side by side: what came of calls and of lists, each figure with the calls behind it.
@Suite struct BeforeAfterRouteTests {
    private func line(_ answer: Answer, _ figure: String) -> [String: Any] {
        (answer.json["items"] as? [[String: Any]])?.first { $0["figure"] as? String == figure } ?? [:]
    }

    /// The day of the centre's three calls, and the one before it.
    private func periods(_ routes: Routes) -> String {
        let day: Int64 = 86_400_000, today = routes.clock.now.ms / day * day
        func text(_ ms: Int64) -> String { RFC3339.string(Timestamp(ms: ms)) }
        return "before_from=\(text(today - day))&before_to=\(text(today))"
            + "&after_from=\(text(today))&after_to=\(text(today + day))"
    }

    @Test func eachFigureHasItsDifferenceAndItsCalls() async throws {
        let (routes, _) = try await ViewTests.centre(), token = try routes.token(.operator)
        for (call, code) in [("c0", "resolved"), ("c1", "complaint")] {
            let said = try await routes.ask(
                .post, "/v1/calls/\(call)/disposition", "{\"code\":\"\(code)\"}", token: token)
            #expect(said.status == 200, "\(said.text)")
        }
        let answer = try await routes.ask(.get, "/v1/reports/before-after?\(periods(routes))")
        #expect(answer.status == 200, "\(answer.text)")
        let answered = line(answer, "answered_calls")
        #expect(answered["before"] as? Int == 0 && answered["after"] as? Int == 2)
        #expect(answered["difference"] as? Int == 2 && answered["unit"] as? String == "count")
        let documented = line(answer, "documented_rate")
        #expect(documented["before"] is NSNull && documented["after"] as? Double == 1)
        #expect(documented["difference"] is NSNull && documented["unit"] as? String == "ratio")
        let resolved = line(answer, "disposition:resolved")
        #expect(resolved["after"] as? Int == 1 && resolved["share_after"] as? Double == 0.5)
        #expect(resolved["share_before"] is NSNull)
        // The calls behind a figure are as many as it says.
        for figure in ["answered_calls", "disposition:resolved"] {
            let one = line(answer, figure), path = try #require(one["calls_after"] as? String)
            let calls = try await routes.ask(.get, path)
            #expect(calls.status == 200, "\(path): \(calls.text)")
            #expect((calls.json["calls"] as? [Any])?.count == one["after"] as? Int, "\(path)")
        }
        let ofQueue = try await routes.ask(.get, "/v1/reports/before-after?queue=support&\(periods(routes))")
        #expect(line(ofQueue, "answered_calls")["after"] as? Int == 2)
        #expect((line(ofQueue, "answered_calls")["calls_after"] as? String)?.hasSuffix("&queue=support") == true)
        let ofOther = try await routes.ask(.get, "/v1/reports/before-after?operator=102&\(periods(routes))")
        #expect(line(ofOther, "answered_calls")["after"] as? Int == 0)
    }

    @Test func resultsOfListsAreThere() async throws {
        let (routes, _) = try await ViewTests.centre()
        let made = try await routes.ask(.post, "/v1/lists", #"{"name":"winback","title":"Win back","tier":"regular"}"#)
        #expect(made.status == 201, "\(made.text)")
        let done = try await routes.ask(
            .post, "/v1/lists/winback/entries/1/result", #"{"result":"reached"}"#, token: routes.token(.operator))
        #expect(done.status == 200, "\(done.text)")
        let answer = try await routes.ask(.get, "/v1/reports/before-after?\(periods(routes))")
        let lists = answer.json["lists"] as? [[String: Any]] ?? []
        #expect(lists.count == 1 && lists.first?["list"] as? String == "winback")
        #expect(lists.first?["before"] as? Int == 0 && lists.first?["after"] as? Int == 1)
        // Who works through a list does so for no queue.
        let ofQueue = try await routes.ask(.get, "/v1/reports/before-after?queue=support&\(periods(routes))")
        #expect((ofQueue.json["lists"] as? [Any])?.isEmpty == true)
    }

    @Test(arguments: [
        "before_from=2026-11-01T00:00:00Z", "before_from=soon&before_to=x&after_from=y&after_to=z",
        "before_from=2026-11-02T00:00:00Z&before_to=2026-11-01T00:00:00Z&after_from=2026-11-03T00:00:00Z"
            + "&after_to=2026-11-04T00:00:00Z",
        "before_from=2026-11-01T00:00:01Z&before_to=2026-11-02T00:00:00Z&after_from=2026-11-03T00:00:00Z"
            + "&after_to=2026-11-04T00:00:00Z",
        "operator=101&queue=support&before_from=2026-11-01T00:00:00Z&before_to=2026-11-02T00:00:00Z"
            + "&after_from=2026-11-03T00:00:00Z&after_to=2026-11-04T00:00:00Z",
    ]) func whatCannotBeComparedIsRefused(query: String) async throws {
        let routes = try Routes()
        #expect(try await routes.ask(.get, "/v1/reports/before-after?\(query)").status == 400)
    }

    @Test func aRatioThatIsMissingHasNoDifference() {
        typealias Value = BeforeAfter.Value
        #expect(Value.count(5).difference(to: .count(3)) == .count(-2))
        #expect(Value.ratio(0.5).difference(to: .ratio(0.75)) == .ratio(0.25))
        #expect(Value.ratio(nil).difference(to: .ratio(0.75)) == nil)
        #expect(Value.ratio(0.5).difference(to: .ratio(nil)) == nil)
        #expect(Value.count(1).difference(to: .ratio(0.5)) == nil)
    }
}
