import HTTPTypes
import Testing

@testable import Web

/// Streams subscribe where their body is written and nowhere before: of a client that goes before the headers are
/// written, no body is, and what was subscribed earlier would stay for good.
@Suite struct StreamTests {
    @Test(arguments: ["/v1/stream?operator=101", "/v1/stream?operator=all", "/v1/stats/stream"])
    func whoGoesBeforeTheHeadersIsNotSubscribed(target: String) async throws {
        let routes = try Routes()
        for _ in 0..<50 {
            let response = try await routes.response(.get, target)
            #expect(response.status == .ok)
            #expect(response.headers[.contentType] == "text/event-stream; charset=utf-8")
        }
        #expect(routes.parts.engine.streams.count == 0)
    }

    @Test func anOperatorsTokenIsForItsOwnStream() async throws {
        let routes = try Routes(), token = try routes.token(.operator)
        #expect(try await routes.response(.get, "/v1/stream", token: token).status == .ok)
        #expect(try await routes.response(.get, "/v1/stream?operator=101", token: token).status == .ok)
        #expect(try await routes.response(.get, "/v1/stream?operator=102", token: token).status == .forbidden)
        #expect(try await routes.response(.get, "/v1/stream?operator=all", token: token).status == .forbidden)
        let supervisor = try routes.token(.supervisor)
        #expect(try await routes.response(.get, "/v1/stream", token: supervisor).status == .badRequest)
    }
}
