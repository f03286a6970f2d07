import CallCenter
import Foundation
import HTTPTypes
import Testing

@testable import Settings
@testable import Storage
@testable import Web

/// Passwords, second factors and sessions over HTTP.
@Suite struct SignInTests {
    static let password = "correct horse"

    static func routes(need: Set<Settings.SignIn.Who> = []) throws -> Routes {
        let routes = try Routes { $0.settings.signIn.secondFactor = need }
        for (who, role) in [("101", Role.operator), ("900", .supervisor)] {
            let account = Account(
                operator: who, role: role, name: nil, createdAt: routes.clock.now, changedAt: routes.clock.now,
                lastSignInAt: nil)
            // Cheap to compute: the rule of the store takes a tenth of a second.
            let hash = try Password(of: password, cost: .init(rounds: 16, blockSize: 1, parallelism: 1))
            let entry = SecretEntry(at: routes.clock.now, .account(account, hash))
            try routes.parts.accounts.write { _ in (entry, ()) }
        }
        return routes
    }

    static func signIn(_ routes: Routes, _ who: String, code: String? = nil, password: String = password) async throws
        -> Answer
    {
        let more = code.map { #","code":"\#($0)""# } ?? ""
        return try await routes.ask(
            .post, "/v1/session", #"{"operator":"\#(who)","password":"\#(password)"\#(more)}"#,
            headers: [.userAgent: "Mozilla/5.0 Firefox/140.0"], token: "")
    }

    static func cookie(_ answer: Answer) throws -> HTTPFields {
        let set = try #require(answer.headers[.setCookie])
        return [.cookie: String(set.prefix { $0 != ";" })]
    }

    static func code(_ secret: String, _ routes: Routes, ahead: Int64 = 0) throws -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
        var bits = ""
        for letter in secret where letter != " " {
            let digits = String(try #require(letters.firstIndex(of: letter)), radix: 2)
            bits += String(repeating: "0", count: 5 - digits.count) + digits
        }
        let bytes = stride(from: 0, to: bits.count - 7, by: 8).compactMap { at in
            UInt8(bits.dropFirst(at).prefix(8), radix: 2)
        }
        return OneTimeCode.code(bytes, step: OneTimeCode.step(at: routes.clock.now) + ahead)
    }

    static func enrol(_ routes: Routes, _ headers: HTTPFields) async throws -> (secret: String, codes: [String]) {
        let begun = try await routes.ask(
            .post, "/v1/account/second-factor", #"{"password":"\#(password)"}"#, headers: headers, token: "")
        #expect(begun.status == 201, "\(begun.text)")
        let secret = try #require(begun.json["secret"] as? String)
        #expect(
            (begun.json["uri"] as? String)?.contains("secret=\(secret.filter { $0 != " " })&") == true)
        let wrong = try await routes.ask(
            .post, "/v1/account/second-factor/confirm", #"{"code":"000000"}"#, headers: headers, token: "")
        #expect(wrong.status == 409 && wrong.json["second_factor"] as? String == "wrong")
        let confirmed = try await routes.ask(
            .post, "/v1/account/second-factor/confirm", #"{"code":"\#(try code(secret, routes))"}"#, headers: headers,
            token: "")
        #expect(confirmed.status == 201, "\(confirmed.text)")
        return (secret, try #require(confirmed.json["recovery_codes"] as? [String]))
    }

    @Test func whoHasASecondFactorSignsInWithACode() async throws {
        let routes = try Self.routes(), own = try Self.cookie(try await Self.signIn(routes, "101"))
        let (secret, codes) = try await Self.enrol(routes, own)
        let without = try await Self.signIn(routes, "101")
        #expect(without.status == 401 && without.json["second_factor"] as? String == "needed")
        let used = try await Self.signIn(routes, "101", code: Self.code(secret, routes))
        #expect(used.status == 401 && used.json["second_factor"] as? String == "used")
        let next = try Self.code(secret, routes, ahead: 1)
        let right = try await Self.signIn(routes, "101", code: "\(next.prefix(3)) \(next.suffix(3))")
        #expect(right.status == 200 && right.headers[.setCookie] != nil)
        #expect(try await Self.signIn(routes, "101", code: next).status == 401)
        #expect(try await Self.signIn(routes, "101", code: codes[0]).status == 200)
        #expect(try await Self.signIn(routes, "101", code: codes[0]).status == 401)
        // A wrong password says nothing of the code.
        let wrong = try await Self.signIn(routes, "101", code: codes[1], password: "wrong horse")
        #expect(wrong.status == 401 && wrong.json["second_factor"] == nil)
        let account = try await routes.ask(.get, "/v1/account", headers: own, token: "")
        #expect(account.json["recovery_codes_left"] as? Int == 9)
        // Another authenticator takes a code of this one.
        let again = try await routes.ask(
            .post, "/v1/account/second-factor", #"{"password":"\#(Self.password)"}"#, headers: own, token: "")
        #expect(again.status == 409 && again.json["second_factor"] as? String == "needed")
        // An administrator removes it.
        #expect(
            try await routes.ask(.delete, "/v1/accounts/101/second-factor", token: routes.token(.supervisor)).status
                == 403)
        #expect(try await routes.ask(.delete, "/v1/accounts/101/second-factor").status == 204)
        #expect(try await routes.ask(.delete, "/v1/accounts/101/second-factor").status == 404)
        #expect(try await routes.ask(.get, "/v1/session", headers: own, token: "").status == 401)
        #expect(try await Self.signIn(routes, "101").status == 200)
    }

    @Test func codesAreTriedNoFasterThanPasswords() async throws {
        let routes = try Self.routes(), own = try Self.cookie(try await Self.signIn(routes, "101"))
        _ = try await Self.enrol(routes, own)
        for _ in 0..<SignInLimit.freeOfOperator {
            // The right password in between takes no wrong code back.
            #expect(try await Self.signIn(routes, "101").status == 401)
            #expect(try await Self.signIn(routes, "101", code: "000000").status == 401)
        }
        let waits = try await Self.signIn(routes, "101", code: "000000")
        #expect(waits.status == 429 && waits.headers[.retryAfter] != nil)
        #expect(try await Self.signIn(routes, "900").status == 200)
    }

    @Test func aRoleThatNeedsOneSetsItUpBeforeAnythingElse() async throws {
        let routes = try Self.routes(need: [.supervisor])
        #expect(try await Self.signIn(routes, "101").status == 200)
        let answer = try await Self.signIn(routes, "900"), own = try Self.cookie(answer)
        #expect(answer.status == 202 && answer.json["second_factor"] as? String == "missing")
        for path in ["/v1/session", "/v1/stats", "/v1/customers?q=a", "/v1/stream?operator=all", "/metrics"] {
            let refused = try await routes.ask(.get, path, headers: own, token: "")
            #expect(refused.status == 401 && refused.detail.contains("second factor"), "\(path)")
        }
        let account = try await routes.ask(.get, "/v1/account", headers: own, token: "")
        #expect(account.json["second_factor_required"] as? Bool == true)
        // The browser that was left open is not enough.
        let guessed = try await routes.ask(
            .post, "/v1/account/second-factor", #"{"password":"a guess at it"}"#, headers: own, token: "")
        #expect(guessed.status == 409)
        _ = try await Self.enrol(routes, own)
        #expect(try await routes.ask(.get, "/v1/session", headers: own, token: "").status == 200)
        #expect(try await routes.ask(.get, "/v1/stats", headers: own, token: "").status == 200)
        // Tokens are as they were.
        #expect(try await routes.ask(.get, "/v1/stats", token: routes.token(.supervisor)).status == 200)
    }

    @Test func sessionsAreListedAndEnded() async throws {
        let routes = try Self.routes()
        let one = try Self.cookie(try await Self.signIn(routes, "101")),
            two = try Self.cookie(try await Self.signIn(routes, "101")),
            chief = try Self.cookie(try await Self.signIn(routes, "900"))
        let own = try await routes.ask(.get, "/v1/account", headers: one, token: "")
        let sessions = try #require(own.json["sessions"] as? [[String: Any]])
        #expect(sessions.count == 2 && sessions.count { $0["own"] as? Bool == true } == 1)
        #expect(sessions[0]["agent"] as? String == "Mozilla/5.0 Firefox/140.0")
        let other = try #require(sessions.first { $0["own"] as? Bool == false }?["id"] as? String)
        // Not by somebody else.
        #expect(try await routes.ask(.delete, "/v1/account/sessions/\(other)", headers: chief, token: "").status == 404)
        #expect(try await routes.ask(.delete, "/v1/account/sessions/\(other)", headers: one, token: "").status == 204)
        #expect(try await routes.ask(.get, "/v1/session", headers: two, token: "").status == 401)
        _ = try await Self.signIn(routes, "101")
        let ended = try await routes.ask(.delete, "/v1/account/sessions", headers: one, token: "")
        #expect(ended.json["ended"] as? Int == 1)
        // All of them, in pages.
        #expect(try await routes.ask(.get, "/v1/sessions", headers: chief, token: "").status == 403)
        let page = try await routes.ask(.get, "/v1/sessions?limit=1")
        let next = try #require(page.json["next"] as? String)
        let rest = try await routes.ask(.get, "/v1/sessions?limit=1&after=\(next)")
        #expect(rest.json["next"] is NSNull && (rest.json["items"] as? [Any])?.count == 1)
        #expect(try await routes.ask(.get, "/v1/sessions?after=00").status == 400)
        #expect(try await routes.ask(.delete, "/v1/sessions/00").status == 404)
        #expect(try await routes.ask(.delete, "/v1/accounts/101/sessions").json["ended"] as? Int == 1)
        #expect(try await routes.ask(.delete, "/v1/accounts/9/sessions").status == 404)
        #expect(try await routes.ask(.get, "/v1/session", headers: one, token: "").status == 401)
        // A token has no account.
        #expect(try await routes.ask(.get, "/v1/account", token: routes.token(.admin)).status == 404)
    }

    @Test func anotherPasswordIsChosenWithTheOldOne() async throws {
        let routes = try Self.routes(), own = try Self.cookie(try await Self.signIn(routes, "101"))
        func set(_ old: String, _ new: String) async throws -> Answer {
            try await routes.ask(
                .put, "/v1/account/password", #"{"password":"\#(old)","new_password":"\#(new)"}"#, headers: own,
                token: "")
        }
        #expect(try await set("wrong horse", "battery staple").status == 409)
        #expect(try await set(Self.password, "short").detail.contains("at least 8"))
        #expect(try await set(Self.password, Self.password).status == 400)
        #expect(try await set(Self.password, "battery staple").status == 204)
        #expect(try await routes.ask(.get, "/v1/session", headers: own, token: "").status == 401)
        #expect(try await Self.signIn(routes, "101").status == 401)
        #expect(try await Self.signIn(routes, "101", password: "battery staple").status == 200)
    }

    @Test(arguments: [
        ("correct horse", nil), ("日本語の合言葉です", nil), ("101-kaffee", nil),
        ("1234567", "at least 8"), ("password", "first that are tried"), ("PassWord1", "first that are tried"),
        ("aaaaaaaa", "first that are tried"), ("abababab", "first that are tried"),
        ("12345678", "first that are tried"),
        ("hgfedcba", "first that are tried"), ("satou101", "number or name"), ("hanako101satou", "number or name"),
        ("screenpop101", "number or name"),
    ] as [(String, String?)]) func passwordsThatAreRefused(password: String, why: String?) {
        let fault = PasswordRule(least: 8).fault(password, of: "101", name: "Satou Hanako")
        if let why { #expect(fault?.contains(why) == true, "\(fault ?? "accepted")") } else { #expect(fault == nil) }
        #expect(PasswordRule(least: 64).fault(password, of: "101", name: nil)?.contains("at least 64") == true)
    }
}
