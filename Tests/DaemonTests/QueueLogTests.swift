import Foundation
import Testing

extension ProcessTests {
    /// Asterisk's queue_log, imported into a centre that works.
    @Suite(.serialized) struct QueueLogTests {
        /// A midnight in UTC, some weeks ago.
        private static let day = Int(Date().timeIntervalSince1970) / 86_400 * 86_400 - 40 * 86_400
        private static let file = [
            "1|MANAGER|support|PJSIP/101|ADDMEMBER|", "10|1.1|support|NONE|ENTERQUEUE||09000000001|1",
            "20|1.1|support|PJSIP/101|CONNECT|10|x|3", "80|1.1|support|PJSIP/101|COMPLETEAGENT|10|60|1",
            "90|2.1|support|NONE|ENTERQUEUE||0300000102|1", "120|2.1|support|NONE|ABANDON|1|1|30",
            "900|MANAGER|support|PJSIP/101|REMOVEMEMBER|",
        ]

        @Test func itIsInTheHistoryAndInNothingThatIsLive() throws {
            let (daemon, client, http) = try RecordAtOnceTests.ready(wrapUp: "30s")
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101","device":"PJSIP/101"}"#)) != nil)
            RecordAtOnceTests.talk("in1", from: "09000000001", client)
            let path = daemon.folder + "/queue_log"
            let text = Self.file.map { line in
                let parts = line.split(separator: "|", maxSplits: 1)
                return "\(Self.day + (Int(parts[0]) ?? 0))|\(parts[1])\n"
            }.joined()
            try (text + "nonsense\n").write(toFile: path, atomically: true, encoding: .utf8)
            func run(_ words: String...) throws -> (end: Program.End?, out: String) {
                let program = try Program(
                    Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + words,
                    errors: daemon.folder + "/cli")
                return (program.waitForEnd(), program.standardOutput)
            }
            let taken = try run("import", path, "--kind", "queue-log")
            #expect(taken.end == .status(2) && taken.out.contains("2 calls new"), "\(taken.out)")
            #expect(taken.out.contains("line 8: a line has a time"), "\(taken.out)")
            // Nothing that is live knows of it.
            let stats = try http.json("/v1/stats"), queues = stats["queues"] as? [String: [String: Any]]
            #expect(queues?["support"]?["offered"] as? Int == 1)
            let one = (stats["operators"] as? [String: [String: Any]])?["101"]
            #expect(one?["answered"] as? Int == 1 && one?["state"] as? String != "logged_out", "\(one ?? [:])")
            let callbacks = try http.json("/v1/callbacks")["callbacks"] as? [[String: Any]]
            #expect(callbacks?.isEmpty == true)

            func moment(_ seconds: Int) -> String {
                Date(timeIntervalSince1970: Double(Self.day + seconds)).formatted(.iso8601)
            }
            let period = "from=\(moment(0))&to=\(moment(86_400))"
            func rows(_ by: String) throws -> [[String: Any]] {
                try http.json("/v1/intervals?\(period)&step=1d&by=\(by)")["intervals"] as? [[String: Any]] ?? []
            }
            func check() throws {
                let support = try #require(try rows("queue").first), one = try #require(try rows("operator").first)
                #expect(support["offered"] as? Int == 2 && support["answered"] as? Int == 1)
                #expect(support["abandoned"] as? Int == 1 && support["asa_ms"] as? Int == 10_000)
                #expect(one["talk_ms"] as? Int == 60_000 && one["wrap_up_ms"] as? Int == 30_000)
                #expect(one["logged_in_ms"] as? Int == 899_000)
                // What is behind a figure is in the list.
                let lost = try http.json("/v1/calls?\(period)&queue=support&outcome=abandoned")["calls"]
                #expect((lost as? [[String: Any]])?.map { $0["call"] as? String } == ["2.1"])
                let items = try http.json("/v1/customers/1/timeline?channel=phone")["items"] as? [[String: Any]]
                #expect(items?.compactMap { $0["call"] as? String } == ["in1", "1.1"])
            }
            try check()
            #expect(try http.json("/v1/calls/1.1")["source"] as? String == "asterisk")
            daemon.stop(SIGKILL)
            try daemon.start()
            try check()
            #expect(try run("import", path, "--kind", "queue-log").out.contains("0 calls new, 2 known"))
            try check()
            let undone = try run("imports", "undo", "2")
            #expect(undone.end == .status(0) && undone.out.contains("2 deleted"), "\(undone.out)")
            #expect(try rows("queue").isEmpty && rows("operator").isEmpty)
            #expect(daemon.stop() == .status(0))
        }
    }
}
