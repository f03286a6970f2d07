import CallCenter
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Settings
@testable import Web

/// Mails and the inbox, over HTTP.
@Suite struct InboxRouteTests {
    static func routes() async throws -> Routes {
        let routes = try Routes { $0.settings.contacts.ownAddresses = ["support@shop.example", "@own.example"] }
        routes.clock.advance(by: 1_795_392_000_000 - routes.clock.now.ms)
        let made = try await routes.ask(
            .post, "/v1/customers", #"{"name":"Hanako Example","email":"hanako@customer.example"}"#)
        #expect(made.status == 201)
        return routes
    }

    static func mail(
        _ id: String, from: String = "hanako@customer.example", to: String = "support@shop.example",
        subject: String = "Leak", more: String = ""
    ) -> String {
        #"{"message_id":"\#(id)","from":{"address":"\#(from)"},"to":[{"address":"\#(to)"}],"subject":"\#(subject)","#
            + #""text":"Text of \#(id)"\#(more)}"#
    }

    static func send(_ routes: Routes, _ body: String, status: Int = 201) async throws -> [String: Any] {
        let answer = try await routes.ask(.post, "/v1/contacts/mail", body, token: routes.token(.ingest))
        #expect(answer.status == status, "\(answer.text)")
        return answer.json
    }

    static func items(_ routes: Routes, _ query: String = "") async throws -> [[String: Any]] {
        let answer = try await routes.ask(.get, "/v1/inbox\(query)", token: routes.token(.operator))
        #expect(answer.status == 200, "\(answer.text)")
        return try #require(answer.json["items"] as? [[String: Any]])
    }

    @Test func aMailIsOnTheRecord() async throws {
        let routes = try await Self.routes()
        let made = try await Self.send(routes, Self.mail("a", more: #","date":"2026-11-20T10:00:00+09:00""#))
        #expect(made["outcome"] as? String == "recorded" && made["inbox"] is NSNull)
        let place = try #require((made["contacts"] as? [[String: Any]])?.first)
        #expect(place["customer"] as? Int == 1 && place["new_case"] as? Bool == true)
        let known = try await Self.send(routes, Self.mail("a"), status: 200)
        #expect(known["outcome"] as? String == "known")
        let contacts = try await routes.ask(.get, "/v1/customers/1/contacts").json["items"] as? [[String: Any]]
        #expect(contacts?.first?["summary"] as? String == "Leak\nText of a")
        #expect(contacts?.first?["at"] as? String == "2026-11-20T01:00:00.000Z")
        let one = try await routes.ask(.get, "/v1/cases/\(try #require(place["case"] as? Int))").json
        #expect(one["title"] as? String == "Leak" && one["came_by"] as? String == "email")
    }

    @Test func directionGoesByTheCentresAddresses() async throws {
        let routes = try await Self.routes()
        let sent = try await Self.send(
            routes, Self.mail("a", from: "Support@Shop.example", to: "hanako@customer.example"))
        #expect(sent["outcome"] as? String == "recorded")
        let contacts = try await routes.ask(.get, "/v1/customers/1/contacts").json["items"] as? [[String: Any]]
        #expect(contacts?.first?["direction"] as? String == "outbound")
        // Among colleagues, and to a supplier.
        let own = try await Self.send(routes, Self.mail("b", from: "x@own.example"), status: 200)
        #expect(own["outcome"] as? String == "ignored")
        // A form of the centre's site.
        let form = Self.mail(
            "c", from: "noreply@own.example", more: #","reply_to":[{"address":"hanako@customer.example"}]"#)
        #expect((try await Self.send(routes, form)["contacts"] as? [[String: Any]])?.first?["customer"] as? Int == 1)
        let after = try await routes.ask(.get, "/v1/customers/1/contacts").json["items"] as? [[String: Any]]
        #expect(after?.contains { $0["direction"] as? String == "inbound" } == true)
    }

    @Test func aMailWithoutAnIdComesOnceToo() async throws {
        let routes = try await Self.routes()
        let body = #"{"from":{"address":"hanako@customer.example"},"subject":"No id","text":"x"}"#
        #expect(try await Self.send(routes, body)["outcome"] as? String == "recorded")
        #expect(try await Self.send(routes, body, status: 200)["outcome"] as? String == "known")
        let other = #"{"from":{"address":"hanako@customer.example"},"subject":"No id","text":"y"}"#
        #expect(try await Self.send(routes, other)["outcome"] as? String == "recorded")
    }

    @Test(arguments: [
        (#"{"from":{"address":"nobody"}}"#, "nobody is no mail address"), (#"{"subjekt":"x"}"#, "subjekt is no field"),
        (#"{"kind":"spam"}"#, "kind is message, automatic, bounce"), (#"{"date":"yesterday"}"#, "date is a time"),
        (#"{"message_id":""}"#, "message_id"), (#"{"text":"\u0000"}"#, "control characters"), ("[]", "JSON object"),
        ("nonsense", "no JSON"),
    ]) func whatIsNoMailIsRefused(_ body: String, _ detail: String) async throws {
        let routes = try await Self.routes()
        let answer = try await routes.ask(.post, "/v1/contacts/mail", body, token: routes.token(.ingest))
        #expect(answer.status == 400 && answer.detail.contains(detail), "\(answer.text)")
        #expect(try await routes.ask(.post, "/v1/contacts/mail", "{}", token: routes.token(.operator)).status == 403)
    }

    @Test func theInboxIsWorkedOff() async throws {
        let routes = try await Self.routes()
        for (id, from) in [("a", "new@else.example"), ("b", "new@else.example"), ("c", "other@else.example")] {
            let made = try await Self.send(routes, Self.mail(id, from: from))
            #expect(made["outcome"] as? String == "inbox")
        }
        let all = try await Self.items(routes)
        #expect(all.compactMap { $0["id"] as? Int } == [3, 2, 1])
        #expect(all[0]["address"] as? String == "other@else.example" && all[0]["text"] as? String == "Text of c")
        #expect(all[0]["state"] as? String == "open" && all[0]["candidates"] as? [Int] == [])
        let page = try await routes.ask(.get, "/v1/inbox?limit=2").json
        #expect(page["next"] as? String == "2" && page["open"] as? Int == 3)
        #expect(try await Self.items(routes, "?limit=2&after=2").compactMap { $0["id"] as? Int } == [1])

        let token = try routes.token(.operator)
        let attached = try await routes.ask(.post, "/v1/inbox/1/attach", #"{"customer":1}"#, token: token)
        #expect(attached.status == 200 && attached.json["customer"] as? Int == 1, "\(attached.text)")
        #expect(attached.json["others"] as? [Int] == [2] && attached.json["handled_by"] as? String == "101")
        let record = try await routes.ask(.get, "/v1/customers/1").json
        #expect(record["emails"] as? [String] == ["new@else.example"])
        let twice = try await routes.ask(.post, "/v1/inbox/1/attach", #"{"customer":1}"#, token: token)
        #expect(twice.status == 409 && twice.detail.contains("customer 1"))

        let made = try await routes.ask(
            .post, "/v1/inbox/3/attach", #"{"create":{"name":"Taro Example","company":"A"}}"#, token: token)
        #expect(made.status == 200 && made.json["customer"] as? Int == 2, "\(made.text)")
        let taro = try await routes.ask(.get, "/v1/customers/2").json
        #expect(taro["email"] as? String == "other@else.example" && taro["company"] as? String == "A")
        #expect(try await Self.items(routes).isEmpty)
        #expect(try await Self.items(routes, "?state=attached").count == 3)

        let back = try await routes.ask(.post, "/v1/inbox/3/reopen", "", token: token)
        #expect(back.json["state"] as? String == "open" && back.json["customer"] is NSNull)
        let gone = try await routes.ask(.post, "/v1/inbox/3/dismiss", "", token: token)
        #expect(gone.json["state"] as? String == "dismissed")
        #expect(try await Self.items(routes, "?state=dismissed").count == 1)
    }

    @Test func ofTwoWhoClaimOneGetsIt() async throws {
        let routes = try await Self.routes()
        _ = try await Self.send(routes, Self.mail("a", from: "new@else.example"))
        let first = try routes.token(.operator)
        let second = try routes.parts.tokens.create(
            role: .operator, name: "102", operator: "102", source: nil, expiresAt: nil, now: routes.clock.now
        ).secret
        let claimed = try await routes.ask(.post, "/v1/inbox/1/claim", token: first)
        #expect(claimed.status == 200 && claimed.json["claimed_by"] as? String == "101", "\(claimed.text)")
        #expect(claimed.json["version"] as? Int == 1, "a claim is no version")
        #expect(try await Self.items(routes).first?["claimed_by"] as? String == "101")
        for path in ["claim", "release", "dismiss"] {
            let refused = try await routes.ask(.post, "/v1/inbox/1/\(path)", token: second)
            #expect(refused.status == 409 && refused.detail.contains("Operator 101 has had this mail since"), "\(path)")
            #expect(refused.json["claimed_by"] as? String == "101" && refused.json["claimed_at"] is String)
        }
        let attach = try await routes.ask(.post, "/v1/inbox/1/attach", #"{"customer":1}"#, token: second)
        #expect(attach.status == 409, "\(attach.text)")
        // It falls back after a time.
        routes.clock.advance(by: 30 * 60_000 - 1)
        #expect(try await routes.ask(.post, "/v1/inbox/1/claim", token: second).status == 409)
        routes.clock.advance(by: 1)
        #expect(try await Self.items(routes).first?["claimed_by"] is NSNull)
        #expect(try await routes.ask(.post, "/v1/inbox/1/claim", token: second).status == 200)
        // A supervisor may release it, and give it to somebody.
        let supervisor = try routes.token(.supervisor)
        let released = try await routes.ask(.post, "/v1/inbox/1/release", token: supervisor)
        #expect(released.status == 200 && released.json["claimed_by"] is NSNull)
        let given = try await routes.ask(.post, "/v1/inbox/1/claim", #"{"operator":"101"}"#, token: supervisor)
        #expect(given.json["claimed_by"] as? String == "101")
        #expect(try await routes.ask(.post, "/v1/inbox/1/claim", #"{"operator":"101"}"#, token: second).status == 403)
        let done = try await routes.ask(.post, "/v1/inbox/1/dismiss", token: first)
        #expect(done.status == 200 && done.json["claimed_by"] is NSNull, "\(done.text)")
        let over = try await routes.ask(.post, "/v1/inbox/1/claim", token: first)
        #expect(over.status == 409, "nobody has to do anything about it")
        let back = try await routes.ask(.post, "/v1/inbox/1/reopen", token: first)
        #expect(back.json["claimed_by"] is NSNull && back.json["state"] as? String == "open")
    }

    @Test func whoMayBeMeantIsSaidAndNoted() async throws {
        let routes = try await Self.routes()
        let second = try await routes.ask(
            .post, "/v1/customers", #"{"name":"Taro Example","email":"hanako@customer.example"}"#)
        #expect(second.status == 201)
        #expect(try await Self.send(routes, Self.mail("a"))["outcome"] as? String == "inbox")
        let before = try routes.views.all.count
        let item = try #require(try await Self.items(routes).first)
        let candidates = try #require(item["candidates"] as? [[String: Any]])
        #expect(candidates.compactMap { $0["name"] as? String } == ["Hanako Example", "Taro Example"])
        #expect(Set(try routes.views.all.dropFirst(before).map(\.customer)) == [1, 2])
    }

    @Test(arguments: [
        ("/v1/inbox/1/attach", "{}", 400), ("/v1/inbox/1/attach", #"{"customer":1,"create":{"name":"x"}}"#, 400),
        ("/v1/inbox/1/attach", #"{"customer":77}"#, 404), ("/v1/inbox/1/attach", #"{"create":{"name":" "}}"#, 400),
        ("/v1/inbox/1/attach", #"{"kunde":1}"#, 400), ("/v1/inbox/77/attach", #"{"customer":1}"#, 404),
        ("/v1/inbox/77/dismiss", "", 404), ("/v1/inbox/x/reopen", "", 404),
    ]) func whatIsNotThereIsRefused(_ path: String, _ body: String, _ status: Int) async throws {
        let routes = try await Self.routes()
        #expect(try await Self.send(routes, Self.mail("a", from: "new@else.example"))["inbox"] as? Int == 1)
        let answer = try await routes.ask(.post, path, body, token: routes.token(.operator))
        #expect(answer.status == status, "\(answer.text)")
        #expect(try await Self.items(routes).count == 1)
        #expect(try await routes.ask(.get, "/v1/inbox?state=lost", token: routes.token(.operator)).status == 400)
    }
}
