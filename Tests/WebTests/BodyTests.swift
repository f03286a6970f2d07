import HTTPTypes
import Testing

@testable import Web

/// What comes in a request's body or query, and is not as it should be.
@Suite struct BodyTests {
    @Test(arguments: [
        ("POST", "/v1/customers", "", "is no JSON"), ("POST", "/v1/customers", "[]", "wrong type"),
        ("POST", "/v1/customers", #"{"name":7}"#, "name has the wrong type"),
        ("POST", "/v1/customers", #"{"name":""}"#, "name"), ("POST", "/v1/customers", "{\"name\":\"a", "is no JSON"),
        ("POST", "/v1/tokens", #"{"name":"x","role":"king"}"#, "role"),
        ("POST", "/v1/tokens", #"{"name":"x","role":"admin","expires_in_s":9223372036854775}"#, "expires_in_s"),
        ("POST", "/v1/messages", #"{"to":"101"}"#, "text is missing"),
        ("PUT", "/v1/blocked-numbers/not-a-number", "", "no telephone number"),
    ]) func aBadBodyIsRefusedWithWhatIsWrong(method: String, path: String, body: String, says: String) async throws {
        let answer = try await Routes().ask(#require(.init(method)), path, body)
        #expect(answer.status == 400 && answer.detail.contains(says), "\(answer)")
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test(arguments: [
        "/v1/calls?limit=0", "/v1/calls?limit=1001", "/v1/calls?limit=9223372036854775808", "/v1/calls?from=yesterday",
        "/v1/stats?from=2026-11-20T00:00:01Z", "/v1/stats?from=2026-11-20T01:00:00Z&to=2026-11-20T00:00:00Z",
        "/v1/customers?q=a&limit=-1", "/v1/calls?open=perhaps", "/v1/stats?at=2999-01-01T00:00:00Z",
    ]) func whatIsOutOfRangeIsRefused(target: String) async throws {
        #expect(try await Routes().ask(.get, target).status == 400)
    }

    /// A body in pieces has no `Content-Length`; its reason was lost once.
    @Test func aBodyThatComesInPiecesIsReadWhole() async throws {
        let routes = try Routes()
        let put = try await routes.ask(.put, "/v1/blocked-numbers/03-0000-0101", #"{"reason":"n"#, "uis", #"ance"}"#)
        #expect(put.status == 200 && put.json["reason"] as? String == "nuisance")
        let bare = try await routes.ask(.put, "/v1/blocked-numbers/03-0000-0102")
        #expect(bare.status == 200 && bare.text.contains(#""reason":null"#))
    }

    @Test func aBodyOfMoreThanAMebibyteIsRefused() async throws {
        let name = String(repeating: "x", count: 600_000)
        #expect(try await Routes().ask(.post, "/v1/customers", "{\"name\":\"\(name)", "\(name)\"}").status == 413)
    }
}
