import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Web

/// The history of what is no customer: the block list, deleted lists, accounts and tokens.
@Suite struct HistoryRouteTests {
    @Test func theBlockListHasAHistoryAndAWayBack() async throws {
        let routes = try Routes(), admin = try routes.token(.admin)
        let path = "/v1/blocked-numbers/03-0000-0101"
        #expect(try await routes.ask(.put, path, #"{"reason":"nuisance"}"#, token: admin).status == 200)
        #expect(try await routes.ask(.delete, path).status == 204)
        let answer = try await routes.ask(.get, "/v1/blocked-numbers/history?number=03-0000-0101", token: admin)
        #expect(answer.status == 200, "\(answer.text)")
        let items = try #require(answer.json["items"] as? [[String: Any]])
        #expect(items.compactMap { $0["kind"] as? String } == ["unblocked", "blocked"])
        #expect(items.compactMap { $0["through"] as? String } == ["command", "api"])
        #expect(items[0]["by"] is NSNull && items[1]["by"] is String)
        let change = try #require((items[1]["changes"] as? [[String: Any]])?.first)
        #expect(change["field"] as? String == "reason" && change["to"] as? String == "nuisance")
        let back = try await routes.ask(.post, path + "/restore", #"{"version":1}"#, token: admin)
        #expect(back.status == 200 && back.json["reason"] as? String == "nuisance", "\(back.text)")
        #expect(try await routes.ask(.post, path + "/restore", #"{"version":2}"#).status == 204)
        #expect(try await routes.ask(.post, path + "/restore", #"{"version":9}"#).status == 404)
        let chief = try routes.token(.supervisor)
        #expect(try await routes.ask(.post, path + "/restore", #"{"version":1}"#, token: chief).status == 403)
        #expect(try await routes.ask(.get, "/v1/blocked-numbers/history?limit=1", token: chief).json["next"] is String)
    }

    @Test func whoMadeATokenIsListed() async throws {
        let routes = try Routes(), admin = try routes.token(.admin)
        let made = try await routes.ask(.post, "/v1/tokens", #"{"role":"supervisor","name":"wall"}"#, token: admin)
        let id = try #require(made.json["id"] as? String), secret = try #require(made.json["token"] as? String)
        routes.clock.advance(by: 5)
        #expect(try await routes.ask(.delete, "/v1/tokens/\(id)").status == 204)
        let body = #"{"role":"operator","password":"a long enough secret"}"#
        routes.clock.advance(by: 5)
        #expect(try await routes.ask(.put, "/v1/accounts/101", body, token: admin).status == 201)
        let answer = try await routes.ask(.get, "/v1/audit/access", token: admin)
        let items = try #require(answer.json["items"] as? [[String: Any]])
        #expect(items.compactMap { $0["kind"] as? String } == ["account_made", "token_revoked", "token_made"])
        #expect(items[0]["by"] is String && items[1]["by"] is NSNull)
        #expect(!answer.text.contains(secret) && !answer.text.contains("long enough"))
        let ofToken = try await routes.ask(.get, "/v1/audit/access?token=\(id)&limit=1", token: admin).json
        #expect((ofToken["items"] as? [[String: Any]])?.first?["kind"] as? String == "token_revoked")
        let next = try #require(ofToken["next"] as? String)
        let rest = try await routes.ask(.get, "/v1/audit/access?token=\(id)&after=\(next)", token: admin).json
        #expect((rest["items"] as? [Any])?.count == 1 && rest["next"] is NSNull)
        #expect(try await routes.ask(.get, "/v1/audit/access?of=people", token: admin).status == 400)
        #expect(try await routes.ask(.get, "/v1/audit/access", token: routes.token(.supervisor)).status == 403)
    }

    @Test func aDeletedListIsPutBack() async throws {
        let routes = try Routes(), chief = try routes.token(.supervisor)
        let made = try await routes.ask(.post, "/v1/lists", #"{"name":"winback","tier":"vip"}"#, token: chief)
        #expect(made.status == 201, "\(made.text)")
        #expect(try await routes.ask(.delete, "/v1/lists/winback", token: chief).status == 204)
        let history = try await routes.ask(.get, "/v1/lists/winback/history", token: chief).json
        #expect(history["deleted"] as? Bool == true)
        let kinds = (history["items"] as? [[String: Any]])?.compactMap { $0["kind"] as? String }
        #expect(kinds == ["deleted", "created"])
        let back = try await routes.ask(.post, "/v1/lists/winback/restore", #"{"version":1}"#, token: chief)
        #expect(back.status == 200 && back.json["tier"] as? String == "vip", "\(back.text)")
        #expect(try await routes.ask(.get, "/v1/lists/nothing/history", token: chief).status == 404)
    }
}
