import Foundation
import Testing

extension ProcessTests {
    /// Signing in over TCP, and what nobody gets who has not.
    @Suite(.serialized) struct SessionTests {
        struct Answer {
            var status: Int
            var head: String
            var body: String

            var cookie: String? { head.firstMatch(of: /(?i)set-cookie: (screenpop=[^;]*)/).map { String($0.1) } }
        }

        /// Over TCP, by curl.
        func ask(_ daemon: Daemon, _ method: String, _ path: String, body: String? = nil, headers: [String] = []) throws
            -> Answer
        {
            let said = daemon.program?.standardError ?? ""
            let port = try #require(said.firstMatch(of: /HTTP at 127\.0\.0\.1:(\d+)/)?.1)
            var arguments = ["-s", "-i", "-m", "20", "-X", method, "--path-as-is", "http://127.0.0.1:\(port)\(path)"]
            if let body { arguments += ["-H", "Content-Type: application/json", "-d", body] }
            for header in headers { arguments += ["-H", header] }
            let curl = try Program("curl", arguments, errors: daemon.folder + "/curl")
            #expect(curl.waitForEnd() == .status(0))
            let parts = curl.standardOutput.split(separator: "\r\n\r\n", maxSplits: 1)
            return Answer(
                status: Int(curl.standardOutput.split(separator: " ").dropFirst().first ?? "") ?? 0,
                head: parts.first.map(String.init) ?? "",
                body: parts.count > 1 ? String(parts[1]) : "")
        }

        func started(_ config: String = "") throws -> Daemon {
            let daemon = try Daemon(config: config)
            try daemon.start()
            let made = try HTTP(path: daemon.api).ask(
                "PUT", "/v1/accounts/101", body: #"{"password":"correct horse","name":"佐藤"}"#)
            #expect(made.status == 201 && made.body.contains(#""role":"operator""#), "\(made)")
            return daemon
        }

        @Test func aPasswordBecomesACookieThatNoScriptReads() throws {
            let daemon = try started()
            defer { daemon.stop() }
            let wrong = try ask(daemon, "POST", "/v1/session", body: #"{"operator":"101","password":"wrong horse"}"#)
            #expect(wrong.status == 401 && wrong.cookie == nil)
            let right = try ask(daemon, "POST", "/v1/session", body: #"{"operator":"101","password":"correct horse"}"#)
            #expect(
                right.status == 200 && right.body.contains(#""operator":"101","name":"佐藤","role":"operator""#),
                "\(right)")
            for part in ["HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=50400"] {
                #expect(right.head.contains(part))
            }
            #expect(!right.head.contains("Secure"))
            let cookie = "Cookie: \(try #require(right.cookie))"
            #expect(try ask(daemon, "GET", "/v1/session", headers: [cookie]).status == 200)
            // It is an operator's: what others may, it may not.
            #expect(try ask(daemon, "GET", "/v1/stats", headers: [cookie]).status == 403)
            // It holds when the daemon is started again.
            daemon.stop(SIGKILL)
            try daemon.start()
            #expect(try ask(daemon, "GET", "/v1/session", headers: [cookie]).status == 200)
            // Made by another site's page.
            for origin in [
                ["Sec-Fetch-Site: cross-site"], ["Sec-Fetch-Site: same-site"], ["Origin: https://elsewhere.example"],
            ] {
                let forged = try ask(
                    daemon, "POST", "/v1/operators/101/state", body: #"{"state":"paused"}"#, headers: [cookie] + origin)
                #expect(forged.status == 403 && forged.body.contains("another site"), "\(forged)")
            }
            // Nor does another site sign anybody in as somebody else.
            #expect(
                try ask(
                    daemon, "POST", "/v1/session", body: #"{"operator":"101","password":"correct horse"}"#,
                    headers: ["Sec-Fetch-Site: cross-site"]
                ).status == 403)
            #expect(
                try ask(
                    daemon, "POST", "/v1/operators/101/state", body: #"{"state":"paused"}"#,
                    headers: [cookie, "Sec-Fetch-Site: same-origin"]
                ).status == 409)
            // Another password ends it.
            _ = try HTTP(path: daemon.api).ask("PUT", "/v1/accounts/101", body: #"{"password":"battery staple"}"#)
            #expect(try ask(daemon, "GET", "/v1/session", headers: [cookie]).status == 401)
        }

        @Test func aTokenIsExchangedForACookie() throws {
            let daemon = try started()
            defer { daemon.stop() }
            let made = try HTTP(path: daemon.api).ask(
                "POST", "/v1/tokens", body: #"{"role":"supervisor","name":"wall"}"#
            ).body
            let token = try #require(made.firstMatch(of: /"token":"([^"]+)"/)?.1)
            for answer in [
                try ask(daemon, "POST", "/v1/session", body: #"{"token":"\#(token)"}"#),
                try ask(daemon, "POST", "/v1/session", headers: ["Authorization: Bearer \(token)"]),
            ] {
                #expect(answer.status == 204)
                #expect(
                    try ask(daemon, "GET", "/v1/stats", headers: ["Cookie: \(try #require(answer.cookie))"]).status
                        == 200)
            }
            #expect(try ask(daemon, "POST", "/v1/session", body: #"{"token":"sp_no"}"#).status == 401)
        }

        /// The cookie is a session of its own: it ends with signing out, with the token, and with nothing else.
        @Test func signingOutEndsTheSessionOfATokenAndLeavesTheToken() throws {
            let daemon = try started()
            defer { daemon.stop() }
            let local = HTTP(path: daemon.api)
            let made = try local.ask("POST", "/v1/tokens", body: #"{"role":"supervisor","name":"wall"}"#).body
            let token = try #require(made.firstMatch(of: /"token":"([^"]+)"/)?.1)
            let id = try #require(made.firstMatch(of: /"id":"([^"]+)"/)?.1)
            func signIn() throws -> String {
                let answer = try ask(daemon, "POST", "/v1/session", body: #"{"token":"\#(token)"}"#)
                return "Cookie: \(try #require(answer.cookie))"
            }
            func status(_ header: String) throws -> Int {
                try ask(daemon, "GET", "/v1/stats", headers: [header]).status
            }
            let first = try signIn(), second = try signIn(), bearer = "Authorization: Bearer \(token)"
            #expect(first != second && !first.contains(token))
            #expect(try ask(daemon, "DELETE", "/v1/session", headers: [first]).status == 204)
            #expect(try [status(first), status(second), status(bearer)] == [401, 200, 200])
            // The token itself is no session.
            #expect(try status("Cookie: screenpop=\(token)") == 401)
            daemon.stop(SIGKILL)
            try daemon.start()
            #expect(try [status(first), status(second), status(bearer)] == [401, 200, 200])
            #expect(try local.ask("DELETE", "/v1/tokens/\(id)").status == 204)
            #expect(try [status(second), status(bearer)] == [401, 401])
            // It ends no later than the token.
            let short = try local.ask(
                "POST", "/v1/tokens", body: #"{"role":"operator","operator":"101","name":"x","expires_in_s":60}"#
            ).body
            let soon = try #require(short.firstMatch(of: /"token":"([^"]+)"/)?.1)
            let answer = try ask(daemon, "POST", "/v1/session", body: #"{"token":"\#(soon)"}"#)
            let age = try #require(answer.head.firstMatch(of: /Max-Age=(\d+)/)?.1)
            #expect(Int(age).map { $0 <= 60 } == true, "\(answer.head)")
        }

        @Test func whoHasNotSignedInGetsThePageToSignInAndNothingElse() throws {
            let daemon = try started()
            defer { daemon.stop() }
            for path in ["/", "/wall", "/supervisor"] {
                let page = try ask(daemon, "GET", path)
                #expect(
                    page.status == 200 && page.body.contains("signin.js") && !page.body.contains("desk.js"), "\(path)")
                #expect(page.head.contains("default-src 'none'") && !page.head.contains("unsafe"))
            }
            for path in ["/pages/style.css", "/pages/signin.js", "/pages/ja.json"] {
                #expect(try ask(daemon, "GET", path).status == 200)
            }
            for path in [
                "/pages/desk.js", "/pages/desk.html", "/v1/session", "/v1/calls", "/v1/customers?q=a", "/v1/stream",
                "/metrics", "/readyz", "/v1/accounts", "/v1/openapi.json",
                "/pages/../../../../etc/passwd", "/pages/%2e%2e%2fPackage.swift",
            ] {
                #expect(try ask(daemon, "GET", path).status == 401, "\(path)")
            }
            #expect(try ask(daemon, "DELETE", "/v1/session").status == 401)
        }

        @Test func aProxyIsBelievedWhereItIsConfigured() throws {
            let daemon = try started("[desk]\nproxies = [\"127.0.0.1\"]\nuser_header = \"X-Remote-User\"\n")
            #expect(
                try ask(daemon, "GET", "/v1/session", headers: ["X-Remote-User: 101"]).body.contains(
                    #""operator":"101""#))
            #expect(try ask(daemon, "GET", "/v1/session", headers: ["X-Remote-User: 102"]).status == 401)
            let over = try ask(
                daemon, "POST", "/v1/session", body: #"{"operator":"101","password":"correct horse"}"#,
                headers: ["X-Forwarded-Proto: https"])
            #expect(over.head.contains("; Secure"))
            daemon.stop()
            let other = try started("[desk]\nproxies = [\"192.0.2.1\"]\nuser_header = \"X-Remote-User\"\n")
            #expect(try ask(other, "GET", "/v1/session", headers: ["X-Remote-User: 101"]).status == 401)
            other.stop()
        }

        @Test func aPasswordThatIsTooShortIsRefused() throws {
            let daemon = try started()
            defer { daemon.stop() }
            let short = try HTTP(path: daemon.api).ask("PUT", "/v1/accounts/102", body: #"{"password":"1234567"}"#)
            #expect(short.status == 400 && short.body.contains("at least 8"))
            let role = try HTTP(path: daemon.api).ask(
                "PUT", "/v1/accounts/102", body: #"{"password":"12345678","role":"ingest"}"#)
            #expect(role.status == 400)
        }
    }
}
