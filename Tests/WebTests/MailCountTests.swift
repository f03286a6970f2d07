import CallCenter
import Foundation
import Storage
import Testing

@testable import Settings
@testable import Web

/// Mails that wait for somebody in numbers: in the inbox, and for approval; and when they are late.
@Suite struct MailCountTests {
    private static let hour: Int64 = 3_600_000

    private func mails(_ routes: Routes, _ path: String, token: String? = nil) async throws -> [String: Any] {
        let answer = try await routes.ask(.get, path, token: token)
        let counts = path.hasPrefix("/v1/work") ? answer.json["counts"] as? [String: Any] : answer.json
        return try #require(counts?["mails"] as? [String: Any], "\(answer.text)")
    }

    private func counts(_ all: [String: Any], _ name: String) -> [Int?] {
        let one = all[name] as? [String: Any]
        return [one?["open"] as? Int, one?["late"] as? Int]
    }

    @Test func whatWaitsIsCountedAndLateAfterItsTime() async throws {
        let routes = try await ReplyRouteTests.routes { $0.isReviewed = true }
        let token = try ReplyRouteTests.token(routes, "101"), path = "/v1/cases/counts"
        let before = try await mails(routes, path)
        #expect(counts(before, "inbox") == [0, 0] && counts(before, "approval") == [0, 0])
        #expect((before["inbox"] as? [String: Any])?["oldest_at"] is NSNull)
        for id in 1...3 {
            let from = "stranger\(id)@else.example"
            _ = try await InboxRouteTests.send(routes, InboxRouteTests.mail("s\(id)@else.example", from: from))
            routes.clock.advance(by: Self.hour)
        }
        let wrote = try await routes.ask(.post, ReplyRouteTests.path, #"{"text":"x"}"#, token: token)
        #expect(wrote.status == 201 && wrote.json["late"] as? Bool == false, "\(wrote.text)")
        #expect(counts(try await mails(routes, path), "inbox") == [3, 0])
        // Two of the inbox are older than four hours then.
        routes.clock.advance(by: Self.hour + 10_000)
        let all = try await mails(routes, path)
        #expect(counts(all, "inbox") == [3, 1] && counts(all, "approval") == [1, 0])
        let items = try await InboxRouteTests.items(routes)
        #expect(items.compactMap { $0["late"] as? Bool } == [false, false, true])
        let oldest = (all["inbox"] as? [String: Any])?["oldest_at"] as? String
        #expect(oldest != nil && oldest == items.last?["received_at"] as? String)
        routes.clock.advance(by: 4 * Self.hour)
        let later = try await mails(routes, path)
        #expect(counts(later, "inbox") == [3, 3] && counts(later, "approval") == [1, 1])
        let waiting = try await routes.ask(.get, "/v1/replies?state=waiting").json["items"] as? [[String: Any]]
        #expect(waiting?.first?["late"] as? Bool == true)
        // An operator has the inbox on the desk, and approves nothing.
        let own = try await mails(routes, "/v1/work", token: token)
        #expect(counts(own, "inbox") == [3, 3] && own["approval"] is NSNull)
        #expect(counts(try await mails(routes, "/v1/work?operator=101"), "approval") == [1, 1])
        let mine = try await routes.ask(.get, path, token: token).json
        #expect(mine["mails"] == nil, "counts of one operator have none of all")
        let metrics = try await routes.ask(.get, "/metrics", token: routes.token(.supervisor)).text
        #expect(metrics.contains(#"screenpop_waiting_mails{place="inbox",state="open"} 3"#))
        #expect(metrics.contains(#"screenpop_waiting_mails{place="inbox",state="late"} 3"#))
        #expect(metrics.contains(#"screenpop_waiting_mails{place="approval",state="late"} 1"#))
        let age = try #require(metrics.firstMatch(of: /oldest_seconds{place="inbox"} ([0-9.]+)/)).output.1
        #expect(abs((Double(age) ?? 0) - 28_810) < 1, "\(age)")
        // What is done is counted no more.
        #expect(try await routes.ask(.post, "/v1/inbox/1/dismiss").status == 200)
        #expect(try await routes.ask(.post, "/v1/replies/1/withdraw", token: token).status == 200)
        let left = try await mails(routes, path)
        #expect(counts(left, "inbox") == [2, 2] && counts(left, "approval") == [0, 0])
    }

    /// What comes in the evening is not late in the morning, and nothing is where nothing ever is.
    @Test func lateIsCountedInOpeningHours() throws {
        var cases = Settings.Cases()
        let spans = try #require(OpeningHours.Span("09:00-17:00"))
        let hours = OpeningHours(
            zone: try #require(ZoneDirectory.rules("UTC")), week: Array(repeating: [spans], count: 7), days: [:])
        let midnight = Timestamp(ms: 1_795_392_000_000 / 86_400_000 * 86_400_000)
        func at(_ hour: Int64) -> Timestamp { midnight + hour * Self.hour }
        func isLate(since: Timestamp, at now: Timestamp) -> Bool {
            WaitingMails.isLate(since: since, WorkClock(cases, hours).mailsLateBefore(at: now))
        }
        #expect(!isLate(since: at(20), at: at(24 + 13) - 60_000) && isLate(since: at(20), at: at(24 + 13) + 60_000))
        #expect(isLate(since: at(10), at: at(14) + 1) && !isLate(since: at(10), at: at(14)))
        cases.mailsLateAfter = 0
        #expect(!isLate(since: at(10), at: at(24 * 9)))
    }
}
