import ArgumentParser
import Foundation
import Testing

@testable import Command

@Suite struct ArgumentTests {
    @Test(
        arguments: [
            (["stats"], ["stats"]),
            (["--api-socket", "/s", "stats", "--watch"], ["stats", "--watch", "--api-socket", "/s"]),
            (
                ["--language=ja", "--no-color", "--json", "calls", "--today"],
                ["calls", "--today", "--language=ja", "--no-color", "--json"]
            ),
            (["--url", "http://h:1", "send", "--", "--json"], ["send", "--url", "http://h:1", "--", "--json"]),
            (["--help"], ["--help"]),
            ([], []), (["--token"], ["--token"]),
            (["customers", "find", "--json", "x"], ["customers", "find", "--json", "x"]), (["--json"], ["--json"]),
            (["--version", "stats"], ["--version", "stats"]),
        ] as [([String], [String])]) func optionsMayStandBeforeTheVerb(given: [String], parsed: [String])
    {
        #expect(Screenpop.reordered(given) == parsed)
    }

    @Test(
        arguments: [
            ["--calls-per-hour", "1e300"], ["--calls-per-hour", "inf"], ["--calls-per-hour", "nan"],
            ["--operators", "9223372036854775807"], ["--calls", "9223372036854775807"], ["--calls", "0"],
            ["--shuffle", "9223372036854775807"], ["--shuffle", "-1"], ["--speed", "nan"], ["--duplicates", "2"],
        ]) func aDayThatNobodyCanPlayIsRefused(arguments: [String])
    {
        let refusal = #expect(throws: (any Error).self) { try Screenpop.parseAsRoot(["simulate"] + arguments) }
        #expect(refusal.map { Screenpop.message(for: $0).contains(arguments[0]) } == true)
    }

    @Test func aSourceAndAZoneAreOfAQueueLog() throws {
        let options = ["--source", "pbx", "--zone", "Asia/Tokyo"]
        let command = try Screenpop.parseAsRoot(["import", "queue_log", "--kind", "queue-log"] + options)
        let verb = try #require(command as? ImportCustomers)
        #expect(verb.source == "pbx" && verb.zone == "Asia/Tokyo")
        for option in [options.prefix(2), options.suffix(2)] {
            let refusal = #expect(throws: (any Error).self) {
                try Screenpop.parseAsRoot(["import", "a.csv", "--kind", "notes"] + option)
            }
            #expect(refusal.map { Screenpop.message(for: $0).contains("--kind queue-log") } == true)
        }
    }

    /// What somebody who reports a fault is asked for.
    @Test func theVersionNamesTheCommit() {
        let version = /screenpop \d+\.\d+\.\d+ \(commit ([0-9a-z-]+|not recorded)\)/
        #expect(Screenpop.configuration.version.wholeMatch(of: version) != nil)
        #expect(Screenpop.configuration.version.hasPrefix("screenpop \(Screenpop.number) "))
    }

    @Test func theVerbGetsThem() throws {
        let command = try Screenpop.parseAsRoot(
            Screenpop.reordered([
                "--api-socket", "/tmp/s", "--language", "ja", "token", "create", "--role", "supervisor", "--name",
                "wall",
            ])
        )
        let create = try #require(command as? Tokens.Create)
        #expect(create.global.apiSocket == "/tmp/s")
        #expect(create.global.speech == .ja)
        #expect(create.role == "supervisor")
        #expect(create.global.client.address == .socket("/tmp/s"))
    }

    @Test(arguments: [
        ["stats", "--language", "de"], ["stats", "--url", "ftp://h"],
        ["token", "create", "--role", "king", "--name", "x"],
        ["token", "create", "--role", "operator", "--name", "x"],
        ["token", "create", "--role", "admin", "--name", "x", "--expires-in", "soon"], ["nothing"],
    ]) func wrongUsageIsRefused(arguments: [String]) {
        do {
            _ = try Screenpop.parseAsRoot(arguments)
            Issue.record("\(arguments) was taken")
        } catch { #expect(Screenpop.exitCode(for: error) == .validationFailure) }
    }

    @Test(
        arguments: [
            ("http://127.0.0.1:8790", .host("127.0.0.1", port: 8790)),
            ("http://pop.example.com", .host("pop.example.com", port: 8790)),
            ("http://[::1]:99", .host("::1", port: 99)), ("http://h:1/", .host("h", port: 1)),
            ("https://h", .secure("h", port: 443)), ("https://[::1]:8443", .secure("::1", port: 8443)),
            ("ftp://h", nil), ("h:8790", nil), ("", nil), ("http://", nil), ("127.0.0.1:8790", nil),
        ] as [(String, APIClient.Address?)]) func addresses(url: String, address: APIClient.Address?)
    {
        #expect(GlobalOptions.address(url) == address)
    }

    @Test(
        arguments: [
            ("30m", 1_800), ("12h", 43_200), ("90d", 7_776_000), ("1d", 86_400), ("0d", nil), ("-1d", nil), ("d", nil),
            ("", nil),
            ("90", nil), ("90s", nil), ("1.5h", nil), ("100000d", nil), ("９d", nil), ("+5m", 300),
        ] as [(String, Int?)]) func timesOfTokens(text: String, seconds: Int?)
    { #expect(Tokens.Create.seconds(text) == seconds) }

    @Test(
        arguments: [
            (["v1", "customers"], [("q", "山田 &=")], "/v1/customers?q=%E5%B1%B1%E7%94%B0%20%26%3D"),
            (["v1", "calls", "a/../b?c"], [("x", nil)], "/v1/calls/a%2F..%2Fb%3Fc"),
            (["v1", "customers"], [("phone", "+81 90"), ("limit", "5")], "/v1/customers?phone=%2B81%2090&limit=5"),
        ] as [([String], [(String, String?)], String)]) func pathsAreEncoded(
            parts: [String], query: [(String, String?)], encoded: String
        )
    {
        #expect(path(parts, query) == encoded)
    }

    @Test(arguments: [
        (ClientError.unreachable(address: "/s", reason: "x"), Int32(69)), (.cutOff(address: "/s"), 69),
        (.refused(status: 401, detail: "x"), 77), (.refused(status: 403, detail: "x"), 77),
        (.refused(status: 422, detail: "x"), 1), (.strange("x"), 1), (.local("x"), 64),
    ]) func exitStatuses(error: ClientError, status: Int32) { #expect(error.exitStatus == status) }

    @Test func durationsAndShares() {
        #expect(
            [nil, 0, 7_400, 754_000, 3_723_000, -5].map { Language.en.duration($0) } == [
                "–", "0:00", "0:07", "12:34", "1:02:03", "0:00",
            ])
        #expect(
            [nil, 0, 0.811, 1, 0.99996].map { Language.ja.percent($0) } == [
                "–", "0.0 %", "81.1 %", "100.0 %", "100.0 %",
            ])
    }
}
