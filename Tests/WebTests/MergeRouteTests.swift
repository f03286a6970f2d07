import CallCenter
import Foundation
import HTTPTypes
import Storage
import Testing

@testable import Web

/// Duplicates over HTTP: warned of, listed, merged with a preview, taken apart.
@Suite struct MergeRouteTests {
    private func made(_ routes: Routes, _ body: String) async throws -> Int {
        let answer = try await routes.ask(.post, "/v1/customers", body)
        #expect(answer.status == 201, "\(answer.text)")
        return answer.json["id"] as? Int ?? 0
    }

    private func two(_ routes: Routes) async throws -> (Int, Int) {
        (
            try await made(routes, #"{"name":"Hanako Example","phones":["090-0000-0001"],"address":"Tokyo 1-2-3"}"#),
            try await made(
                routes, #"{"name":"Example Hanako","phones":["090-0000-0001","03-0000-0002"],"company":"Sample"}"#)
        )
    }

    private func items(_ answer: Answer) -> [[String: Any]] { answer.json["items"] as? [[String: Any]] ?? [] }

    @Test func whoIsTypedInIsWarnedOf() async throws {
        let routes = try Routes(), (one, other) = try await two(routes), token = try routes.token(.operator)
        let warned = try await routes.ask(
            .get, "/v1/customers/duplicates?name=Hanako%20Example&phone=090-0000-0001", token: token)
        #expect(items(warned).compactMap { ($0["customer"] as? [String: Any])?["id"] as? Int } == [one, other])
        #expect(items(warned).first?["reasons"] as? [String] == ["number"])
        #expect(items(warned).first?["same_name"] as? Bool == true)
        let edited = try await routes.ask(
            .get, "/v1/customers/duplicates?name=x&phone=03-0000-0002&except=\(other)", token: token)
        #expect(items(edited).isEmpty)
        let ofOne = try await routes.ask(.get, "/v1/customers/\(one)/duplicates", token: token)
        #expect(items(ofOne).compactMap { ($0["customer"] as? [String: Any])?["id"] as? Int } == [other])
        #expect(try await routes.ask(.get, "/v1/customers/99/duplicates", token: token).status == 404)
        #expect(try await routes.ask(.get, "/v1/customers/duplicates?nmae=x", token: token).status == 400)
        #expect(try await routes.ask(.get, "/v1/duplicates", token: token).status == 403)
        let all = try await routes.ask(.get, "/v1/duplicates?limit=1")
        #expect(items(all).count == 1 && all.json["total"] as? Int == 1)
    }

    @Test func mergedWithAPreviewAndTakenApart() async throws {
        let routes = try Routes(), (one, other) = try await two(routes), token = try routes.token(.supervisor)
        let before = try await routes.ask(.get, "/v1/customers/\(other)")
        _ = try await routes.ask(.post, "/v1/customers/\(other)/purchases", #"{"product":"Filters"}"#)
        let path = "/v1/customers/\(one)/merge", body = #"{"other":\#(other)}"#
        let preview = try await routes.ask(.post, path + "?dry_run=true", body, token: token)
        #expect(preview.status == 200 && preview.json["merge"] is NSNull, "\(preview.text)")
        #expect((preview.json["moved"] as? [String: Any])?["purchases"] as? Int == 1)
        #expect(try await routes.ask(.get, "/v1/customers/\(other)").json["id"] as? Int == other)

        let stale = try await routes.ask(.post, path, body, headers: [.ifMatch: "\"v7\""], token: token)
        #expect(stale.status == 412)
        let merged = try await routes.ask(.post, path, body, headers: [.ifMatch: "\"v1\""], token: token)
        let customer = merged.json["customer"] as? [String: Any]
        #expect(customer?["company"] as? String == "Sample" && customer?["version"] as? Int == 2)
        let dropped = merged.json["dropped"] as? [[String: String]]
        #expect(dropped == [["field": "name", "kept": "Hanako Example", "dropped": "Example Hanako"]])

        let asked = try await routes.ask(.get, "/v1/customers/\(other)")
        #expect(asked.status == 200 && asked.json["id"] as? Int == one)
        #expect(asked.headers[.location] == "/v1/customers/\(one)")
        #expect(items(try await routes.ask(.get, "/v1/customers/\(other)/purchases")).count == 1)
        #expect(items(try await routes.ask(.get, "/v1/customers/\(other)/timeline")).count == 1)
        let edit = try await routes.ask(
            .patch, "/v1/customers/\(other)", #"{"company":"A"}"#, headers: [.ifMatch: "*"])
        #expect(edit.status == 409 && edit.detail.contains("merged into \(one)"))
        #expect(try await routes.ask(.delete, "/v1/customers/\(other)").status == 409)
        let history = try await routes.ask(.get, "/v1/customers/\(other)/history")
        #expect(items(history).first?["through"] as? String == "merge")

        let number = try #require(merged.json["merge"] as? Int)
        let listed = try await routes.ask(.get, "/v1/merges?customer=\(other)", token: token)
        #expect(items(listed).first?["id"] as? Int == number)
        let apart = try await routes.ask(.post, "/v1/merges/\(number)/undo", token: token)
        #expect(apart.status == 200 && (apart.json["other"] as? [String: Any])?["id"] as? Int == other)
        let after = try await routes.ask(.get, "/v1/customers/\(other)")
        for field in ["name", "phones", "company", "created_at", "tags", "emails"] {
            let (now, then) = (after.json[field] as? NSObject, before.json[field] as? NSObject)
            #expect(now != nil && now == then, "\(field)")
        }
        #expect(items(try await routes.ask(.get, "/v1/customers/\(other)/purchases")).count == 1)
        #expect(items(try await routes.ask(.get, "/v1/customers/\(one)/purchases")).isEmpty)
        #expect(try await routes.ask(.post, "/v1/merges/\(number)/undo", token: token).status == 409)
        #expect(try await routes.ask(.post, "/v1/merges/99/undo", token: token).status == 404)
    }

    @Test func whoMayAndWhatIsRefused() async throws {
        let routes = try Routes(), (one, other) = try await two(routes)
        let body = #"{"other":\#(other)}"#, path = "/v1/customers/\(one)/merge"
        #expect(try await routes.ask(.post, path, body, token: routes.token(.operator)).status == 403)
        #expect(try await routes.ask(.post, path, #"{"other":\#(one)}"#).status == 400)
        #expect(try await routes.ask(.post, path, #"{"other":99}"#).status == 404)
        #expect(try await routes.ask(.post, path, #"{"with":3}"#).status == 400)
        #expect(try await routes.ask(.post, path, body).status == 200)
        #expect(try await routes.ask(.post, path, body).status == 409)
        #expect(try await routes.ask(.post, "/v1/customers/\(other)/erase").status == 409)
    }
}
