import CRMLookup
import Foundation
import Synchronization
import Testing

@testable import Workers

/// One look-up and a CRM that is slow, wrong, down, huge or hostile.
@Suite struct LookupAskerTests {
    static func plan(_ server: LookupServer, _ change: (inout LookupPlan) -> Void = { _ in }) -> LookupPlan {
        var plan = LookupPlan()
        plan.name = "crm"
        plan.numbers = [.e164]
        plan.request.url = "\(server.url)/find?n={number}"
        plan.answer.records = "items"
        var field = LookupPlan.Field()
        (field.label, field.path) = ("Name", "name")
        plan.fields = [field]
        plan.externalID = "id"
        plan.timeout = 2_000
        change(&plan)
        return plan
    }

    static func asker(_ plan: LookupPlan) throws -> LookupAsker {
        LookupAsker(try LookupRecipe(plan), send: LookupHTTP.send, now: { 1_795_392_000_000 })
    }

    static func number(_ digits: String = "+819012345678") throws -> LookupNumber {
        try #require(LookupNumber(e164: digits, display: "090-1234-5678"))
    }

    static let taro = #"{"items":[{"id":"K-1","name":"Taro Example"}]}"#

    static func name(_ outcome: LookupAsker.Outcome) -> String {
        switch outcome {
        case .answered(.found(let record), _, _): record.fields.map(\.value).joined()
        case .answered(.missing, _, _): "nobody"
        case .failed(let why): "failed: \(why)"
        }
    }

    @Test func anAnswerIsKeptAndNotAskedForAgain() async throws {
        let server = try LookupServer { _ in .json(Self.taro) }
        let asker = try Self.asker(Self.plan(server)), number = try Self.number()
        #expect(asker.known(number) == nil)
        #expect(Self.name(await asker.ask(number)) == "Taro Example")
        #expect(Self.name(await asker.ask(number)) == "Taro Example")
        #expect(server.requests.count == 1)
        #expect(server.requests[0].query == ["n": "+819012345678"])
        #expect(asker.known(number)?.isFresh == true)
        asker.forget()
        #expect(asker.known(number) == nil)
    }

    @Test func callersOfOneNumberAreOneQuestion() async throws {
        let server = try LookupServer { _ in .slow(milliseconds: 100, Self.taro) }
        let asker = try Self.asker(Self.plan(server)), number = try Self.number()
        let names = await withTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { Self.name(await asker.ask(number)) } }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(names == ["Taro Example"])
        #expect(server.requests.count == 1)
    }

    @Test func onlySoManyAreAskedAtOnce() async throws {
        let server = try LookupServer { _ in .slow(milliseconds: 30, Self.taro) }
        let asker = try Self.asker(Self.plan(server) { $0.atOnce = 2 })
        await withTaskGroup(of: Void.self) { group in
            for n in 0..<8 {
                group.addTask {
                    guard let number = LookupNumber(e164: "+8190123456\(10 + n)", display: "") else { return }
                    _ = await asker.ask(number)
                }
            }
        }
        #expect(server.requests.count == 8)
        #expect(server.openMax <= 2)
    }

    @Test func notationsAreTriedUntilOneFinds() async throws {
        let server = try LookupServer { request in
            request.query["n"] == "090-1234-5678" ? .json(Self.taro) : .json(#"{"items":[]}"#)
        }
        let asker = try Self.asker(Self.plan(server) { $0.numbers = [.e164, .nationalHyphens, .national] })
        #expect(Self.name(await asker.ask(try Self.number())) == "Taro Example")
        #expect(server.requests.map { $0.query["n"] } == ["+819012345678", "090-1234-5678"])
    }

    @Test func whatWasFoundLeadsToFurtherRequests() async throws {
        let server = try LookupServer { request in
            request.path == "/find" ? .json(Self.taro) : .json(#"{"open":[{"title":"Invoice"}]}"#)
        }
        let asker = try Self.asker(
            Self.plan(server) { plan in
                var follow = LookupPlan.Follow(), field = LookupPlan.Field()
                follow.request.url = "\(server.url)/cases/{found.id}"
                follow.answer.records = "open"
                (field.label, field.path) = ("Case", "title")
                follow.fields = [field]
                plan.follows = [follow]
            })
        #expect(Self.name(await asker.ask(try Self.number())) == "Taro ExampleInvoice")
        #expect(server.requests.map(\.path) == ["/find", "/cases/K-1"])
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var answer: LookupServer.Answer
        var says: String
    }

    static let hostile = [
        Hostile(testDescription: "hangs up", answer: .hangUp, says: "it cannot be asked"),
        Hostile(testDescription: "is silent", answer: .silence, says: "it did not answer in time"),
        Hostile(testDescription: "drips", answer: .drip, says: "it did not answer in time"),
        Hostile(testDescription: "is endless", answer: .endless, says: "more than 262144 bytes"),
        Hostile(testDescription: "speaks no HTTP", answer: .raw("220 mail.example ESMTP\r\n"), says: "cannot be asked"),
        Hostile(
            testDescription: "lies about its length",
            answer: .raw("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"items\":[]}"), says: "it "),
        Hostile(
            testDescription: "redirects", answer: .status(302, headers: ["Location: http://127.0.0.1:1/"]),
            says: "302, a redirect"),
        Hostile(testDescription: "fails", answer: .status(500, "<html>"), says: "it answered 500"),
        Hostile(testDescription: "refuses", answer: .status(401), says: "it refuses the credentials"),
        Hostile(testDescription: "answers HTML", answer: .json("<html>login</html>"), says: "no JSON"),
        Hostile(testDescription: "answers something else", answer: .json(#"{"ok":true}"#), says: "has no items"),
        Hostile(
            testDescription: "nests deeply", answer: .json(String(repeating: "[", count: 50_000)), says: "no JSON"),
    ]

    @Test(arguments: hostile) func aBadAnswerIsAFailureInTime(_ one: Hostile) async throws {
        let server = try LookupServer { _ in one.answer }
        let asker = try Self.asker(Self.plan(server) { $0.timeout = 400 })
        let began = ContinuousClock.now
        let said = Self.name(await asker.ask(try Self.number()))
        #expect(said.hasPrefix("failed: ") && said.contains(one.says), "\(said)")
        #expect(began.duration(to: .now) < .seconds(20))
        #expect(asker.status.problem?.contains(one.says) == true)
        #expect(asker.status.entries == 0, "a failure is not kept")
    }

    @Test func aCRMThatFailsIsLeftAloneForAWhile() async throws {
        let server = try LookupServer { _ in .status(500) }
        let asker = try Self.asker(
            Self.plan(server) { plan in
                plan.failuresMax = 3
                plan.pause = 3_600_000
            })
        for n in 0..<10 {
            let number = try Self.number("+8190123456\(10 + n)")
            #expect(Self.name(await asker.ask(number)).hasPrefix("failed: it answered 500"))
        }
        #expect(server.requests.count == 3)
        #expect(!asker.isAsked)
        #expect(asker.status.state == .open)
    }

    @Test func nobodyThereIsAFailureAtOnce() async throws {
        let server = try LookupServer { _ in .hangUp }
        let plan = Self.plan(server)
        server.stop()
        let asker = try Self.asker(plan)
        #expect(Self.name(await asker.ask(try Self.number())).hasPrefix("failed: it cannot be asked"))
    }

    // MARK: Signing in

    private static func file(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "screenpop-lookup-\(UUID().uuidString)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func aTokenIsGotOnceAndAgainWhenItIsRefused() async throws {
        let tokens = Mutex(0)
        let server = try LookupServer { request in
            if request.path == "/token" {
                let count = tokens.withLock { count in
                    count += 1
                    return count
                }
                return .json(#"{"access_token":"t\#(count)","expires_in":3600,"token_type":"Bearer"}"#)
            }
            // The first token is refused.
            let isGood = request.headers["authorization"] == "Bearer t2"
            return isGood ? .json(Self.taro) : .status(401)
        }
        let secret = try Self.file("s&cret\n")
        defer { try? FileManager.default.removeItem(atPath: secret) }
        let asker = try Self.asker(
            Self.plan(server) { plan in
                plan.authentication = .oauth2
                plan.secretFile = secret
                plan.oauth2.tokenURL = "\(server.url)/token"
                plan.oauth2.clientID = "id"
                plan.oauth2.scope = "a b"
            })
        for n in 0..<3 {
            let number = try Self.number("+8190123456\(10 + n)")
            #expect(Self.name(await asker.ask(number)) == "Taro Example")
        }
        #expect(tokens.withLock { $0 } == 2)
        let asked = server.requests.first { $0.path == "/token" }
        #expect(asked?.body == "client_id=id&client_secret=s%26cret&grant_type=client_credentials&scope=a%20b")
    }

    @Test func aPasswordIsSentAsBasic() async throws {
        let server = try LookupServer { request in
            request.headers["authorization"] == "Basic dTpw" ? .json(Self.taro) : .status(401)
        }
        let secret = try Self.file("p")
        defer { try? FileManager.default.removeItem(atPath: secret) }
        let asker = try Self.asker(
            Self.plan(server) { plan in
                plan.authentication = .basic
                plan.user = "u"
                plan.secretFile = secret
            })
        #expect(Self.name(await asker.ask(try Self.number())) == "Taro Example")
    }

    @Test func aSecretThatCannotBeReadIsSaid() async throws {
        let server = try LookupServer { _ in .json(Self.taro) }
        let asker = try Self.asker(
            Self.plan(server) { plan in
                plan.authentication = .bearer
                plan.secretFile = "/nowhere/at/all"
            })
        let said = Self.name(await asker.ask(try Self.number()))
        #expect(said == "failed: /nowhere/at/all cannot be read; let the daemon's user read it")
        #expect(server.requests.isEmpty)
    }

    @Test func aTrialShowsEachRequestAndNoSecret() async throws {
        let server = try LookupServer { request in
            request.query["n"] == "09012345678" ? .json(Self.taro) : .json(#"{"items":[]}"#)
        }
        let secret = try Self.file("top-secret")
        defer { try? FileManager.default.removeItem(atPath: secret) }
        let asker = try Self.asker(
            Self.plan(server) { plan in
                plan.numbers = [.e164, .national]
                plan.authentication = .bearer
                plan.secretFile = secret
                plan.request.url += "&key={secret}"
                plan.request.headers = ["X-Key": "{secret}"]
            })
        let trial = await asker.trial(try Self.number())
        #expect(trial.state == .found)
        #expect(trial.steps.map(\.notation) == [.e164, .national])
        #expect(trial.steps.map(\.meaning) == ["nobody", "found"])
        #expect(trial.record?.externalID == "K-1")
        #expect(!"\(trial)".contains("top-secret"))
        #expect(trial.steps[0].call.url.hasSuffix("&key=…"))
        #expect(server.requests.allSatisfy { $0.headers["x-key"] == "top-secret" })
        #expect(asker.status.entries == 0)
    }
}
