import Foundation
import Testing

extension ProcessTests {
    /// Other rules on the log of a daemon that runs.
    @Suite(.serialized) struct TryRulesTests {
        static func tryRules(_ daemon: Daemon, _ arguments: String...) throws -> (
            end: Program.End?, out: String, errors: String
        ) {
            let program = try Program(
                Program.built("screenpop"), ["--language", "en", "try-rules"] + arguments,
                environment: ["SCREENPOP_TIMEZONE": "UTC", "SCREENPOP_STATE_DIR": daemon.state, "SCREENPOP_CONFIG": ""],
                errors: daemon.folder + "/try")
            return (program.waitForEnd(), program.standardOutput, program.standardError)
        }

        /// A VIP of operator 101 calls while 101 talks, and so does a regular customer.
        static func traffic(_ daemon: Daemon) throws {
            let http = HTTP(path: daemon.api)
            for (name, tier, phone) in [("山田", "vip", "0312345678"), ("Mary", "regular", "0312345679")] {
                let body = #"{"name":"\#(name)","tier":"\#(tier)","owner":"101","phones":["\#(phone)"]}"#
                #expect(try http.ask("POST", "/v1/customers", body: body).status == 201)
            }
            let client = try Client(daemon.socket)
            func offer(_ call: String, _ from: String) -> String {
                #"{"type":"call.offered","call":"\#(call)","from":"\#(from)","to":"0300000000","queue":"support"}"#
            }
            for line in [
                #"{"type":"operator.login","operator":"101"}"#, offer("t1", "09000000001"),
                #"{"type":"call.answered","call":"t1","operator":"101"}"#, offer("vip", "0312345678"),
                offer("regular", "0312345679"), #"{"type":"call.ended","call":"t1","by":"caller"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
        }

        @Test func aChangedCopyIsTriedBesideTheDaemon() throws {
            let daemon = try Daemon(config: "region = \"JP\"\n")
            try daemon.start()
            try Self.traffic(daemon)
            let file = daemon.folder + "/new.toml"
            try "region = \"JP\"\n[routing]\nvip_wait_for_operator = \"0s\"\nunavailable_boost = 8\n".write(
                toFile: file, atomically: true, encoding: .utf8)

            let json = try Self.tryRules(daemon, file, "--json")
            #expect(json.end == .status(0), "\(json.errors)")
            let document = try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any]
            let decisions = try #require(document?["decisions"] as? [String: Any])
            #expect(["made", "alike", "destination", "priority"].map { decisions[$0] as? Int } == [3, 1, 1, 1])
            let listed = try #require(document?["differing"] as? [[String: Any]])
            #expect(listed.map { $0["call"] as? String } == ["vip", "regular"])
            let real = try #require(listed.first?["real"] as? [String: Any])
            // The reasoning is the one that `explain` tells of the call.
            let explained = try TimeTravelTests.program(daemon, "explain", "vip", "--json")
            let whole = try JSONSerialization.jsonObject(with: Data(explained.out.utf8)) as? [String: Any]
            let kept = try #require(whole?["routing"] as? [String: Any])
            #expect(real["reason"] as? String == kept["reason"] as? String)
            let steps = (kept["steps"] as? [[String: Any]])?.compactMap { $0["text"] as? String }
            let told = try #require(real["steps"] as? [String])
            #expect(told.count > 3 && told.allSatisfy { steps?.contains($0) == true }, "\(told) \(steps ?? [])")
            #expect((document?["cannot_know"] as? [[String: Any]])?.isEmpty == false)

            let text = try Self.tryRules(daemon, file, "--list")
            #expect(text.end == .status(0) && text.errors.isEmpty, "\(text.errors)")
            #expect(text.out.contains("as a VIP the caller waits up to 20 s") && text.out.contains("not waited for"))
            #expect(!text.out.contains("\u{1B}"))
            let csv = try Self.tryRules(daemon, file, "--csv", "--limit", "1")
            #expect(csv.end == .status(0) && csv.out.split(separator: "\r\n").count == 2)

            // The very rules that apply change nothing.
            let same = try Self.tryRules(daemon, daemon.config)
            #expect(same.out.contains("3 in all: 3 alike, 0 differ."), "\(same.out) \(same.errors)")
            #expect(daemon.stop() == .status(0))
            // And without a daemon.
            #expect(try Self.tryRules(daemon, daemon.config).out.contains("3 in all: 3 alike"))
        }

        @Test func whatCannotBeTriedIsSaid() throws {
            let daemon = try Daemon()
            let none = try Self.tryRules(daemon, daemon.config)
            #expect(none.end == .status(64) && none.errors.contains("There is no events.db in \(daemon.state)"))
            try daemon.start()
            try Self.traffic(daemon)
            #expect(daemon.stop() == .status(0))
            let late = try Self.tryRules(daemon, daemon.config, "--from", "2099-01-01", "--to", "2099-01-02")
            #expect(late.end == .status(1) && late.errors.contains("The log ends at "))
            let early = try Self.tryRules(daemon, daemon.config, "--from", "2001-01-01", "--to", "2001-01-02")
            #expect(early.end == .status(1) && early.errors.contains("The log begins on "))

            // The sentence is that of the daemon's own check.
            try "[routing]\nreservation = \"10\"\n".write(toFile: daemon.config, atomically: true, encoding: .utf8)
            let wrong = try Self.tryRules(daemon, daemon.config)
            let check = try Program(
                Program.built("screenpopd"), ["--check-config", "--config", daemon.config],
                errors: daemon.folder + "/check")
            #expect(wrong.end == .status(78) && check.waitForEnd() == .status(78))
            #expect(wrong.errors.hasPrefix("screenpop: \(daemon.config):2: routing.reservation is \"10\""))
            #expect(check.standardError == wrong.errors.replacing("screenpop: ", with: "screenpopd: "))
        }
    }
}
