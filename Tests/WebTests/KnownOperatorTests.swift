import HTTPTypes
import Testing

@testable import Web

/// Work is given to somebody who is there.
@Suite struct KnownOperatorTests {
    /// What is answered to everything that gives work to an operator, of case 1.
    private static func answers(_ routes: Routes, givingTo who: String) async throws -> [Answer] {
        let asked: [(HTTPRequest.Method, String, String)] = [
            (.post, "/v1/cases", #"{"customer":1,"title":"x","owner":"\#(who)"}"#),
            (.post, "/v1/customers/1/cases", #"{"title":"x","owner":"\#(who)"}"#),
            (.patch, "/v1/cases/1", #"{"owner":"\#(who)"}"#),
            (.patch, "/v1/cases/1", #"{"owner":null}"#),
            (.post, "/v1/cases/1/handover", #"{"to":"\#(who)"}"#),
            (.post, "/v1/cases/assign", #"{"cases":[1],"owner":"\#(who)"}"#),
        ]
        var answers: [Answer] = []
        for (method, path, body) in asked {
            let answer = try await routes.ask(method, path, body)
            if !body.contains("null") { answers.append(answer) }
        }
        return answers
    }

    private static func login(_ routes: Routes, _ who: String) async throws {
        let line = #"{"type":"operator.login","operator":"\#(who)","device":"PJSIP/\#(who)"}"# + "\n"
        let source: HTTPFields = [.contentType: "application/x-ndjson"]
        #expect(try await routes.ask(.post, "/v1/events", line, headers: source).status == 200)
    }

    @Test func aNumberOfNobodyIsRefused() async throws {
        let routes = try await CaseRouteTests.routes()
        _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"a"}"#)
        // Nobody is known, and then four: others have not signed in yet.
        for who in 201...204 {
            for answer in try await Self.answers(routes, givingTo: "999") {
                #expect(answer.status < 300, "\(answer.text)")
            }
            #expect(try await routes.ask(.patch, "/v1/cases/1", #"{"owner":null}"#).status == 200)
            try await Self.login(routes, String(who))
        }
        try await Self.login(routes, "205")
        for answer in try await Self.answers(routes, givingTo: "998") {
            #expect(answer.status == 400 && answer.detail.contains("998"), "\(answer.text)")
        }
        // What somebody has already is kept by a change of something else.
        #expect(try await routes.ask(.patch, "/v1/cases/2", #"{"priority":"high"}"#).status == 200)
        #expect(try await routes.ask(.patch, "/v1/cases/2", #"{"owner":"999"}"#).status == 200)
    }

    @Test(arguments: ["login", "account", "token", "owner"])
    func whoeverIsKnownIsGivenWork(_ how: String) async throws {
        let routes = try await CaseRouteTests.routes()
        _ = try await CaseRouteTests.open(routes, #"{"customer":1,"title":"a"}"#)
        for who in ["201", "202", "204", "205", "206"] { try await Self.login(routes, who) }
        #expect(try await Self.answers(routes, givingTo: "203").allSatisfy { $0.status == 400 })
        switch how {
        case "login": try await Self.login(routes, "203")
        case "account":
            _ = try routes.parts.accounts.set(
                "203", role: .supervisor, name: nil, password: "correct horse battery", now: routes.clock.now)
        case "token":
            _ = try routes.parts.tokens.create(
                role: .operator, name: "t", operator: "203", source: nil, expiresAt: nil, now: routes.clock.now)
        default:
            #expect(try await routes.ask(.post, "/v1/customers", #"{"name":"B Example","owner":"203"}"#).status == 201)
        }
        for answer in try await Self.answers(routes, givingTo: "203") { #expect(answer.status < 300, "\(answer.text)") }
    }
}
