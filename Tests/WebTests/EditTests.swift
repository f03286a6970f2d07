import CallCenter
import HTTPTypes
import Testing

@testable import Web

/// An edit over somebody else's newer one, and what the clock decides.
@Suite struct EditTests {
    private func customer(_ routes: Routes) async throws -> String {
        let made = try await routes.ask(.post, "/v1/customers", #"{"name":"Hanako Example"}"#)
        #expect(made.status == 201)
        return "/v1/customers/\(made.json["id"] as? Int ?? 0)"
    }

    @Test func anEditWithoutIfMatchIsToldTheETag() async throws {
        let routes = try Routes(), path = try await customer(routes)
        let answer = try await routes.ask(.patch, path, #"{"company":"A"}"#)
        #expect(answer.status == 428 && answer.detail.contains(#""v1""#))
    }

    @Test func anEditOfTheNewestVersionIsTakenAndItsETagIsAnother() async throws {
        let routes = try Routes(), path = try await customer(routes)
        let read = try await routes.ask(.get, path), tag = try #require(read.headers[.eTag])
        let saved = try await routes.ask(.patch, path, #"{"company":"A"}"#, headers: [.ifMatch: tag])
        #expect(saved.status == 200 && saved.headers[.eTag] != tag)
        #expect(saved.headers[.eTag] == (try await routes.ask(.get, path)).headers[.eTag])
        #expect(try await routes.ask(.patch, path, #"{"company":"B"}"#, headers: [.ifMatch: "*"]).status == 200)
    }

    @Test(arguments: [#""v9""#, #""v0""#, "nonsense", ""])
    func anEditOfAnotherVersionIsShownBoth(tag: String) async throws {
        let routes = try Routes(), path = try await customer(routes)
        let answer = try await routes.ask(.patch, path, #"{"company":"mine"}"#, headers: [.ifMatch: tag])
        #expect(answer.status == 412)
        #expect((answer.json["yours"] as? [String: Any])?["company"] as? String == "mine")
        #expect((answer.json["theirs"] as? [String: Any])?["name"] as? String == "Hanako Example")
        #expect(try await routes.ask(.get, path).text.contains(#""company":null"#))
    }

    @Test func aTokenEndsWhenItsTimeHasCome() async throws {
        let routes = try Routes(), token = try routes.token(.supervisor, expiresAt: routes.clock.now + 1_000)
        routes.clock.advance(by: 999)
        #expect(try await routes.ask(.get, "/v1/operators", token: token).status == 200)
        routes.clock.advance(by: 1)
        #expect(try await routes.ask(.get, "/v1/operators", token: token).status == 401)
    }
}
