import CRMLookup
import Foundation
import LDAP
import Testing

@testable import Workers

/// Callers who are looked up in a directory: a real slapd.
@Suite(.enabled(if: DirectoryServer.isThere, DirectoryServer.missing)) struct DirectoryLookupTests {
    private static func file(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "screenpop-directory-\(UUID().uuidString)"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private static func asker(_ url: String, _ change: (inout LookupPlan) -> Void = { _ in }) throws -> LookupAsker {
        var plan = LookupPlan(), name = LookupPlan.Field(), phones = LookupPlan.Field()
        plan.name = "staff"
        plan.kind = .ldap
        plan.request.url = url
        plan.ldap.base = DirectoryServer.people
        plan.ldap.filter = "(|(mobile={e164})(telephoneNumber={national_hyphens}))"
        plan.numbers = [.e164]
        (name.label, name.path) = ("Name", "displayName ?? cn")
        (phones.label, phones.path) = ("Phones", "telephonenumber")
        plan.fields = [name, phones]
        plan.externalID = "employeeNumber"
        plan.timeout = 2_000
        change(&plan)
        let recipe = try LookupRecipe(plan)
        let send = LookupTransport.send(
            for: plan, attributes: recipe.attributes, http: { _, _, _ in throw LookupFault("HTTP") })
        return LookupAsker(recipe, send: send, now: { 1_795_392_000_000 })
    }

    private static func number(_ e164: String = "+818000000000") throws -> LookupNumber {
        try #require(LookupNumber(e164: e164, display: ""))
    }

    private static func problem(_ outcome: LookupAsker.Outcome) -> String {
        if case .failed(let why) = outcome { why } else { "\(outcome)" }
    }

    @Test func aCallerIsFound() async throws {
        let asker = try Self.asker(try DirectoryServer.shared.url)
        let trial = await asker.trial(try Self.number())
        #expect(trial.state == .found, "\(trial.problem ?? "")")
        #expect(trial.record?.text == "Name: 架空 太郎\nPhones: 03-0000-0000, 03-0000-0001")
        #expect(trial.record?.externalID == "101")
        let nobody = await asker.ask(try Self.number("+818000000009"))
        guard case .answered(.missing, _, _) = nobody else {
            Issue.record("\(nobody)")
            return
        }
    }

    @Test func itSignsInByTLS() async throws {
        let server = try DirectoryServer.shared, secret = try Self.file(DirectoryServer.searcherPassword + "\n")
        defer { try? FileManager.default.removeItem(atPath: secret) }
        for (url, startTLS) in [(server.secureURL, false), (server.url, true)] {
            let asker = try Self.asker(url) { plan in
                plan.user = DirectoryServer.searcher
                plan.secretFile = secret
                plan.ldap.startTLS = startTLS
                plan.ldap.authorities = server.certificate
            }
            let trial = await asker.trial(try Self.number())
            #expect(trial.state == .found, "\(url): \(trial.problem ?? "")")
            #expect(!"\(trial)".contains(DirectoryServer.searcherPassword))
        }
    }

    @Test func aCertificateThatNobodyVouchesForIsRefused() async throws {
        let asker = try Self.asker(try DirectoryServer.shared.secureURL)
        #expect(Self.problem(await asker.ask(try Self.number())).hasPrefix("the directory"))
        #expect(asker.status.failed == 1)
    }

    @Test func aWrongPasswordIsSaid() async throws {
        let secret = try Self.file("wrong")
        defer { try? FileManager.default.removeItem(atPath: secret) }
        let asker = try Self.asker(try DirectoryServer.shared.url) { plan in
            plan.user = DirectoryServer.searcher
            plan.secretFile = secret
        }
        #expect(Self.problem(await asker.ask(try Self.number())).contains("refuses the name or the password"))
    }

    /// Silent, and it is noticed at each step: asking, StartTLS, and the handshake of ldaps://.
    @Test func aServerThatSaysNothingCostsTheTimeoutAndNoMore() async throws {
        let silent = try LookupServer { _ in .silence }
        for (scheme, startTLS) in [("ldap", false), ("ldap", true), ("ldaps", false)] {
            let asker = try Self.asker("\(scheme)://127.0.0.1:\(silent.port)") { plan in
                plan.timeout = 200
                plan.ldap.startTLS = startTLS
            }
            let began = ContinuousClock.now
            #expect(Self.problem(await asker.ask(try Self.number())).contains("in time"))
            #expect(began.duration(to: .now) < .seconds(10))
        }
    }

    @Test func anEmptyPasswordNeverBinds() throws {
        let server = try DirectoryServer.shared
        let place = DirectoryPlace(url: server.url, startTLS: false, authorities: "")
        let session = try DirectorySession(place, within: 2_000)
        for (dn, password) in [
            ("uid=taro,\(DirectoryServer.people)", ""), ("", "correct horse"), ("", ""),
            ("uid=taro,\(DirectoryServer.people)", "\0"),
        ] {
            #expect(throws: DirectoryError.emptyCredentials) {
                try session.bind(dn: dn, password: password, within: 2_000)
            }
        }
        try session.bind(dn: "uid=taro,\(DirectoryServer.people)", password: "correct horse", within: 2_000)
        #expect(throws: DirectoryError.wrongCredentials) {
            try session.bind(dn: "uid=taro,\(DirectoryServer.people)", password: "correct", within: 2_000)
        }
    }

    @Test(arguments: [
        "ldap://", "http://a.example", "a.example", "ldap://a.example:0", "ldap://a.example:70000", "ldap://a/b",
    ]) func whatIsNoAddressIsSaid(url: String) {
        #expect(throws: DirectoryError.self) {
            _ = try DirectorySession(DirectoryPlace(url: url, startTLS: false, authorities: ""), within: 100)
        }
    }
}
