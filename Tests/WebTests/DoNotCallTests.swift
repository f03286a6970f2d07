import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Web

/// Who does not want to be called: asked about before a call, and marked where one works through people.
@Suite struct DoNotCallTests {
    private func routes() async throws -> Routes {
        let routes = try Routes()
        let body = #"{"name":"Hanako","phones":["03-0000-0101"],"do_not_call":true}"#
        #expect(try await routes.ask(.post, "/v1/customers", body).status == 201)
        let other = #"{"name":"Taro","phones":["03-0000-0102"]}"#
        #expect(try await routes.ask(.post, "/v1/customers", other).status == 201)
        return routes
    }

    @Test func aCallToThemIsRefusedUnlessSomebodySaysSo() async throws {
        let routes = try await routes(), path = "/v1/operators/101/dial"
        let refused = try await routes.ask(.post, path, #"{"to":"03 0000 0101"}"#)
        #expect(refused.status == 409 && refused.json["do_not_call"] as? Bool == true, "\(refused.text)")
        #expect(refused.json["customers"] as? [Int] == [1])
        #expect(refused.detail.contains("override_do_not_call"))
        // The next reason is another: nobody is logged in.
        let said = try await routes.ask(.post, path, #"{"to":"03-0000-0101","override_do_not_call":true}"#)
        #expect(said.status == 409 && said.detail.contains("not logged in"), "\(said.text)")
        let other = try await routes.ask(.post, path, #"{"to":"03-0000-0102"}"#)
        #expect(other.status == 409 && other.detail.contains("not logged in"), "\(other.text)")
    }

    @Test func aListMarksThem() async throws {
        let routes = try await routes()
        #expect(try await routes.ask(.post, "/v1/lists", #"{"name":"all","tier":"regular"}"#).status == 201)
        let answer = try await routes.ask(.get, "/v1/lists/all/entries").json
        let items = try #require(answer["items"] as? [[String: Any]])
        let marked = items.filter { $0["do_not_call"] as? Bool == true }.compactMap { $0["customer"] as? Int }
        #expect(items.count == 2 && marked == [1])
        let table = try await routes.ask(.get, "/v1/lists/all/entries?format=csv")
        #expect(table.text.split(whereSeparator: \.isNewline).first?.hasSuffix("do_not_call") == true, "\(table.text)")
    }
}
