import CallCenter
import Foundation
import Storage
import Testing

@testable import Settings
@testable import Web

/// One customer is answered by one: who writes a mail has its case, and who comes second is told whose it is.
@Suite struct ReplyClaimTests {
    private let path = ReplyRouteTests.path

    /// The case is 101's; 102 is a colleague.
    private func centre(
        _ change: (inout Settings.Mail) -> Void = { _ in }
    ) async throws -> (routes: Routes, first: String, second: String) {
        let routes = try await ReplyRouteTests.routes(change)
        return (routes, try ReplyRouteTests.token(routes, "101"), try ReplyRouteTests.token(routes, "102"))
    }

    private func texts(_ routes: Routes, _ token: String) async throws -> [String] {
        let page = try await routes.ask(.get, "/v1/messages?unread=true", token: token)
        return try #require(page.json["items"] as? [[String: Any]]).compactMap { $0["text"] as? String }
    }

    @Test func whoHasTheCaseWritesInIt() async throws {
        let (routes, first, second) = try await centre()
        #expect(try await routes.ask(.post, "/v1/cases/1/claim", token: second).status == 200)
        let draft = try await routes.ask(.get, path, token: first).json["draft"] as? [String: Any]
        #expect(draft?["claimed_by"] as? String == "102" && draft?["claimed_at"] is String, "\(draft ?? [:])")
        // The owner of the case does not answer beside whoever has it.
        let refused = try await routes.ask(.post, path, #"{"text":"x"}"#, token: first)
        #expect(refused.status == 409 && refused.json["claimed_by"] as? String == "102", "\(refused.text)")
        #expect(refused.json["claimed_at"] is String && refused.detail.contains("102"))
        #expect((try await routes.ask(.get, path).json["items"] as? [Any])?.isEmpty == true)
        #expect(try await routes.ask(.post, path, #"{"text":"x"}"#, token: second).status == 201)
    }

    @Test func whoeverWritesHasTheCaseUntilTheClaimFallsBack() async throws {
        let (routes, first, second) = try await centre()
        #expect(try await routes.ask(.post, path, #"{"text":"x"}"#, token: first).status == 201)
        #expect(try await routes.ask(.get, "/v1/cases/1").json["claimed_by"] as? String == "101")
        #expect(try await routes.ask(.post, "/v1/replies/1/withdraw", token: first).status == 200)
        #expect(try await routes.ask(.post, "/v1/cases/1/claim", token: second).status == 409)
        routes.clock.advance(by: 31 * 60_000)
        #expect(try await routes.ask(.post, "/v1/cases/1/claim", token: second).status == 200)
        #expect(try await routes.ask(.post, path, #"{"text":"y"}"#, token: second).status == 201)
        // A program is held up by no claim, as elsewhere, and has none.
        #expect(try await routes.ask(.post, path, #"{"text":"z"}"#).status == 201)
        #expect(try await routes.ask(.get, "/v1/cases/1").json["claimed_by"] as? String == "102")
    }

    @Test func aMailThatIsNotSentYetStandsInTheWay() async throws {
        let (routes, first, second) = try await centre { $0.isReviewed = true }
        #expect(try await routes.ask(.post, path, #"{"text":"x"}"#, token: first).status == 201)
        // Its author's claim is long over, and the mail waits still.
        routes.clock.advance(by: 3_600_000)
        #expect(try await routes.ask(.post, "/v1/cases/1/claim", token: second).status == 200)
        let refused = try await routes.ask(.post, path, #"{"text":"y"}"#, token: second)
        #expect(refused.status == 409 && refused.json["claimed_by"] as? String == "101", "\(refused.text)")
        #expect(refused.json["reply"] as? Int == 1 && refused.json["state"] as? String == "waiting")
        // Its author writes another one as before, once nobody else has the case.
        #expect(try await routes.ask(.post, path, #"{"text":"z"}"#, token: first).status == 409)
        #expect(try await routes.ask(.post, "/v1/cases/1/release", token: second).status == 200)
        #expect(try await routes.ask(.post, path, #"{"text":"z"}"#, token: first).status == 201)
        for id in [1, 2] {
            #expect(try await routes.ask(.post, "/v1/replies/\(id)/withdraw", token: first).status == 200)
        }
        routes.clock.advance(by: 3_600_000)
        #expect(try await routes.ask(.post, "/v1/cases/1/claim", token: second).status == 200)
        #expect(try await routes.ask(.post, path, #"{"text":"y"}"#, token: second).status == 201)
    }

    @Test func whatAColleagueHasIsTakenOverOnPurpose() async throws {
        let (routes, first, second) = try await centre { $0.isReviewed = true }
        #expect(try await routes.ask(.post, path, #"{"text":"x"}"#, token: first).status == 201)
        let taken = try await routes.ask(.post, "/v1/cases/1/claim", #"{"take_over":true}"#, token: second)
        #expect(taken.status == 200 && taken.json["claimed_by"] as? String == "102", "\(taken.text)")
        #expect(try await texts(routes, first).contains { $0.hasPrefix("102 took it over: ") })
        #expect(try await routes.ask(.post, path, #"{"text":"y"}"#, token: second).status == 409)
        let written = try await routes.ask(.post, path, #"{"text":"y","take_over":true}"#, token: second)
        #expect(written.status == 201, "\(written.text)")
        #expect(try await texts(routes, first).contains("102 has written a mail in this case too: Re: Leak"))
        // In one step, as a program for a person does it.
        let back = try await routes.ask(.post, path, #"{"text":"z","take_over":true}"#, token: first)
        #expect(back.status == 201, "\(back.text)")
        #expect(try await routes.ask(.get, "/v1/cases/1").json["claimed_by"] as? String == "101")
        #expect(try await texts(routes, second).contains { $0.hasPrefix("101 took it over: ") })
        // It is a word of new mails alone, and it opens nobody's closed case.
        #expect(try await routes.ask(.patch, "/v1/replies/3", #"{"take_over":true}"#, token: first).status == 400)
        #expect(try await routes.ask(.post, "/v1/cases/1/close", token: first).status == 200)
        let closed = try await routes.ask(.post, path, #"{"text":"w","take_over":true}"#, token: second)
        #expect(closed.status == 403, "\(closed.text)")
    }

    /// Both may write in what nobody owns; the one whose mail comes second reads who was first.
    @Test func ofTwoWhoWriteInWhatIsNobodysOneDoes() async throws {
        let (routes, first, second) = try await centre()
        let opened = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"Nobody's"}"#)
        let place = "/v1/cases/\(try #require(opened["id"] as? Int))/replies"
        #expect(try await routes.ask(.post, place, #"{"text":"x"}"#, token: second).status == 201)
        let late = try await routes.ask(.post, place, #"{"text":"y"}"#, token: first)
        #expect(late.status == 409 && late.json["claimed_by"] as? String == "102", "\(late.text)")
        #expect((try await routes.ask(.get, place).json["items"] as? [Any])?.count == 1)
        let over = try await routes.ask(.post, place, #"{"text":"y","take_over":true}"#, token: first)
        #expect(over.status == 201, "\(over.text)")
    }
}
