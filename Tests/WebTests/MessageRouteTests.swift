import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Engine
@testable import Web

/// Messages between desks over HTTP: kept, read, and answered by somebody with a name.
@Suite struct MessageRouteTests {
    private func routes() async throws -> (Routes, one: String, other: String, chief: String) {
        let routes = try await CaseRouteTests.routes()
        func token(_ who: String) throws -> String {
            try routes.parts.tokens.create(
                role: .operator, name: who, operator: who, source: nil, expiresAt: nil, now: routes.clock.now
            ).secret
        }
        _ = try routes.parts.accounts.set(
            "900", role: .supervisor, name: "Chief", password: "long enough", now: routes.clock.now)
        return (routes, try token("101"), try token("102"), try routes.token(.supervisor))
    }

    private func items(_ answer: Answer) throws -> [[String: Any]] {
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(answer.json["items"] as? [[String: Any]])
    }

    private func texts(_ answer: Answer) throws -> [String] { try items(answer).compactMap { $0["text"] as? String } }

    @Test func whatIsWrittenIsKeptForWhomItIs() async throws {
        let (routes, one, other, chief) = try await routes()
        let sent = try await routes.ask(.post, "/v1/messages", #"{"to":"102","text":"次をお願い"}"#, token: chief)
        #expect(sent.status == 200 && sent.json["shown"] as? Bool == false && sent.json["id"] as? Int == 1)
        #expect(sent.json["to"] as? String == "102" && sent.json["read_by"] as? [String] == [])
        #expect(try await routes.ask(.post, "/v1/messages", #"{"to":"102","text":"x"}"#, token: one).status == 403)
        #expect(try await routes.ask(.post, "/v1/messages", #"{"to":"all","text":"全員"}"#, token: chief).status == 200)
        let help = try await routes.ask(.post, "/v1/messages", #"{"to":"supervisors","text":"助けて"}"#, token: one)
        #expect(help.json["from"] as? String == "101" && help.json["help"] as? Bool == true)
        #expect(try texts(await routes.ask(.get, "/v1/messages", token: one)) == ["助けて", "全員"])
        #expect(try texts(await routes.ask(.get, "/v1/messages", token: other)) == ["全員", "次をお願い"])
        #expect(try await routes.ask(.get, "/v1/messages?operator=101", token: other).status == 403)
        #expect(try texts(await routes.ask(.get, "/v1/messages", token: chief)) == ["助けて", "全員", "次をお願い"])
        let unread = try await routes.ask(.get, "/v1/messages?unread=true", token: other)
        #expect(try texts(unread) == ["全員", "次をお願い"] && unread.json["unread"] as? Int == 2)
        let read = try await routes.ask(.post, "/v1/messages/1/read", token: other)
        #expect(read.json["read_at"] is String && read.text.contains(#""read_by":[{"operator":"102""#), "\(read.text)")
        #expect(try await routes.ask(.post, "/v1/messages/1/read", token: one).status == 404, "it is not theirs")
        #expect(try texts(await routes.ask(.get, "/v1/messages?unread=true", token: other)) == ["全員"])
        let unsaid = try await routes.ask(.get, "/v1/messages?unread=true", token: chief)
        #expect(unsaid.status == 400, "a program says whose")
        #expect(try texts(await routes.ask(.get, "/v1/messages?unread=true&operator=900")) == ["助けて", "全員"])
        let page = try await routes.ask(.get, "/v1/messages?limit=1")
        let next = try #require(page.json["next"] as? String)
        #expect(try texts(await routes.ask(.get, "/v1/messages?limit=1&after=\(next)")) == ["全員"])
        #expect(try await routes.ask(.get, "/v1/messages?colour=red").status == 400)
    }

    @Test func oneAnswerIsKeptAndTheOthersSeeWhose() async throws {
        let (routes, one, other, chief) = try await routes()
        _ = try await routes.ask(.post, "/v1/messages", #"{"to":"supervisors","text":"助けて"}"#, token: one)
        #expect(try texts(await routes.ask(.get, "/v1/messages?waiting=true", token: chief)) == ["助けて"])
        #expect(try await routes.ask(.get, "/v1/messages?waiting=true", token: one).status == 403)
        let path = "/v1/messages/1/answer", body = #"{"text":"行きます","operator":"900"}"#
        #expect(try await routes.ask(.post, path, body, token: other).status == 404)
        #expect(try await routes.ask(.post, path, #"{"text":"x"}"#, token: one).status == 403)
        #expect(try await routes.ask(.post, path, #"{"text":"x"}"#, token: chief).status == 400, "somebody is named")
        #expect(try await routes.ask(.post, path, #"{"text":" ","operator":"900"}"#, token: chief).status == 400)
        let answer = try await routes.ask(.post, path, body, token: chief)
        #expect(answer.status == 200 && answer.json["to"] as? String == "101", "\(answer.text)")
        #expect(answer.json["from_name"] as? String == "Chief" && answer.json["in_reply_to"] as? Int == 1)
        let late = try await routes.ask(.post, path, #"{"text":"x","operator":"901"}"#, token: chief)
        #expect(late.status == 409 && late.json["answered_by"] as? String == "900")
        #expect(late.detail.contains("900 answered at "))
        let asked = try #require(try items(await routes.ask(.get, "/v1/messages", token: one)).last)
        #expect(asked["answered_by"] as? String == "900" && asked["answer"] as? Int == 2)
        // What was written to an operator is answered by that one; nobody reads the answer of a program's.
        _ = try await routes.ask(.post, "/v1/messages", #"{"to":"102","text":"どう?"}"#)
        #expect(try await routes.ask(.post, "/v1/messages/3/answer", #"{"text":"x"}"#, token: other).status == 409)
        _ = try await routes.ask(.post, "/v1/messages/2/answer", #"{"text":"ありがとう"}"#, token: one)
        #expect(try texts(await routes.ask(.get, "/v1/messages?unread=true&operator=900")) == ["ありがとう"])
    }

    @Test func aMessageAboutACustomerIsSeenByWhoSeesTheCustomer() async throws {
        let (routes, one, other, _) = try await routes()
        _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"水漏れ"}"#)
        let sent = try await routes.ask(
            .post, "/v1/messages", #"{"to":"supervisors","text":"誰か","customer":1}"#, token: one)
        #expect(sent.json["customer_name"] as? String == "Hanako Example", "\(sent.text)")
        let byCase = try await routes.ask(.post, "/v1/messages", #"{"to":"all","text":"件","case":1}"#)
        #expect(byCase.json["customer"] as? Int == 1 && byCase.json["case"] as? Int == 1)
        #expect(try texts(await routes.ask(.get, "/v1/messages?customer=1", token: other)) == ["件", "誰か"])
        #expect(try texts(await routes.ask(.get, "/v1/messages?case=1", token: other)) == ["件"])
        #expect(try await routes.ask(.post, "/v1/messages", #"{"to":"all","text":"x","customer":99}"#).status == 404)
        #expect(try await routes.ask(.post, "/v1/messages", #"{"to":"all","text":"x","case":99}"#).status == 404)
        #expect(try await routes.ask(.delete, "/v1/customers/1").status == 204)
        #expect(try texts(await routes.ask(.get, "/v1/messages")) == [])
    }

    @Test func whoAsksAboutACallAsksAboutItsCustomer() async throws {
        let (routes, _) = try await ViewTests.centre(), token = try routes.token(.operator)
        let sent = try await routes.ask(
            .post, "/v1/messages", #"{"to":"supervisors","text":"助けて","call":"c1"}"#, token: token)
        #expect(sent.json["customer"] as? Int == 1 && sent.json["call"] as? String == "c1", "\(sent.text)")
    }
}
