import Foundation
import Testing

extension ProcessTests {
    /// The board at a past moment, the replayed state, and the log with pseudonyms.
    @Suite(.serialized) struct TimeTravelTests {
        static func program(_ daemon: Daemon, _ arguments: String...) throws -> (end: Program.End?, out: String) {
            let program = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                errors: daemon.folder + "/cli")
            return (program.waitForEnd(), program.standardOutput)
        }

        static func now() -> String { Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

        /// A moment that is later, by the milliseconds in which times are told, than everything before the call.
        static func laterMoment() -> String? {
            let begin = Date()
            return poll { Date().timeIntervalSince(begin) > 0.002 ? now() : nil }
        }

        /// - Returns: the moment between an answered call and an abandoned one.
        static func traffic(_ client: Client) throws -> String {
            for line in [
                #"{"type":"operator.login","operator":"101","name":"佐藤"}"#,
                #"{"type":"call.offered","call":"t1","from":"09000000001","to":"0300000000","queue":"support","#
                    + #""name":"山田"}"#,
                #"{"type":"call.queued","call":"t1","queue":"support"}"#,
                #"{"type":"call.answered","call":"t1","operator":"101"}"#,
                #"{"type":"call.offered","call":"t2","from":"+81 90-0000-0001","to":"0300000000","queue":"support"}"#,
                #"{"type":"call.queued","call":"t2","queue":"support"}"#,
            ] { #expect(seq(client.ask(line)) != nil) }
            let between = try #require(Self.laterMoment())
            _ = try #require(Self.laterMoment())
            for line in [
                #"{"type":"call.ended","call":"t1","by":"caller"}"#,
                #"{"type":"call.ended","call":"t2","by":"caller"}"#,
            ] {
                #expect(seq(client.ask(line)) != nil)
            }
            return between
        }

        @Test func theBoardIsShownAsItWas() throws {
            let daemon = try Daemon(), before = TimeTravelTests.now()
            try daemon.start()
            let between = try TimeTravelTests.traffic(try Client(daemon.socket)), http = HTTP(path: daemon.api)
            func support(_ at: String) throws -> [String: Any] {
                try #require(
                    (try http.json("/v1/stats?at=\(at)")["queues"] as? [String: Any])?["support"] as? [String: Any])
            }
            let then = try support(between)
            #expect(
                [then["offered"], then["answered"], then["waiting"], then["abandoned"]].map { $0 as? Int } == [
                    2, 1, 1, 0,
                ])
            let last = try support(TimeTravelTests.now())
            #expect(
                [last["offered"], last["answered"], last["waiting"], last["abandoned"]].map { $0 as? Int } == [
                    2, 1, 0, 1,
                ])
            let board = try TimeTravelTests.program(daemon, "stats", "--at", between)
            #expect(board.end == .status(0) && board.out.contains("talking"))
            #expect(try http.ask("GET", "/v1/stats?at=2099-01-01T00:00:00Z").status == 400)
            let empty = try http.json("/v1/stats?at=\(before)")
            #expect((empty["operators"] as? [String: Any])?.isEmpty == true)
            #expect(daemon.stop() == .status(0))
        }

        /// Today's threshold applied to the past: stored figures stay, unless a recount is requested.
        @Test func thePastIsCountedAnewByTheThresholdsOfToday() throws {
            let daemon = try Daemon()
            try daemon.start()
            _ = try TimeTravelTests.traffic(try Client(daemon.socket))
            try "[queues.support]\nshort_abandon = \"5s\"\n".write(
                toFile: daemon.config, atomically: true, encoding: .utf8)
            kill(daemon.pid, SIGHUP)
            let http = HTTP(path: daemon.api)
            func support(_ recount: Bool) throws -> [Int?] {
                let all = try #require(
                    try http.json("/v1/intervals?by=queue&recount=\(recount)&from=\(Self.today())")["intervals"]
                        as? [[String: Any]])
                return ["offered", "answered", "abandoned", "short_abandoned"].map { name in
                    all.filter { $0["queue"] as? String == "support" }.compactMap { $0[name] as? Int }.reduce(0, +)
                }
            }
            let isAnew = poll(within: 20) { (try? support(true)) == [2, 1, 0, 1] ? true : nil }
            #expect(isAnew == true)
            #expect(try support(false) == [2, 1, 1, 0])
            let report = try TimeTravelTests.program(
                daemon, "report", "--recount", "--by", "queue", "--from", Self.today(), "--format", "json")
            #expect(report.end == .status(0) && report.out.contains(#""short_abandoned":1"#), "\(report.out)")
            #expect(try TimeTravelTests.program(daemon, "report", "--recount", "--by", "operator").end == .status(64))
            #expect(daemon.stop() == .status(0))
        }

        /// Of the centre's clock, which is UTC unless it is configured; the day before, lest midnight comes in between.
        static func today() -> String {
            let format = DateFormatter()
            format.dateFormat = "yyyy-MM-dd"
            format.timeZone = TimeZone(secondsFromGMT: 0)
            return format.string(from: Date(timeIntervalSinceNow: -86_400))
        }

        @Test func theStateToldAgainIsTheOneThatIsAlive() throws {
            let daemon = try Daemon()
            try daemon.start()
            let between = try TimeTravelTests.traffic(try Client(daemon.socket))
            #expect(daemon.stop(SIGKILL) == .signal(SIGKILL))
            try daemon.start()
            let whole = try TimeTravelTests.program(daemon, "replay")
            #expect(whole.end == .status(0) && whole.out.contains("It is the state that is alive."), "\(whole.out)")
            let part = try TimeTravelTests.program(daemon, "replay", "--until", between)
            #expect(part.end == .status(0) && part.out.contains("2 open calls, 1 operators logged in"), "\(part.out)")
            #expect(daemon.stop() == .status(0))
        }

        @Test func aPseudonymousLogTellsTheSameStoryOfNobody() throws {
            let daemon = try Daemon(config: "region = \"JP\"\n")
            try daemon.start()
            _ = try TimeTravelTests.traffic(try Client(daemon.socket))
            let log = try TimeTravelTests.program(daemon, "log", "export", "--pseudonymise")
            #expect(log.end == .status(0))
            for word in ["佐藤", "山田", "9000000001", "0000-0001", "0300000000"] {
                #expect(!log.out.contains(word), "\(word) is in it")
            }
            // One caller, who wrote the number in two ways.
            let callers = Set(log.out.matches(of: /"from":"([^"]+)"/).map { String($0.1) })
            #expect(callers.count == 1)
            let plain = try TimeTravelTests.program(daemon, "log", "export")
            #expect(plain.out.contains("山田"))

            let other = try Daemon()
            try other.start()
            try log.out.write(toFile: other.folder + "/log.ndjson", atomically: true, encoding: .utf8)
            let sent = try Program(
                "sh",
                [
                    "-c", #""$0" send --events-socket "$1" < "$2""#, Program.built("screenpop"), other.socket,
                    other.folder + "/log.ndjson",
                ],
                errors: other.folder + "/send")
            #expect(sent.waitForEnd() == .status(0), "\(sent.standardOutput)")
            func support(_ daemon: Daemon) throws -> [Int?] {
                let set =
                    (try HTTP(path: daemon.api).json("/v1/stats")["queues"] as? [String: Any])?["support"]
                    as? [String: Any]
                return ["offered", "answered", "abandoned", "max_wait_ms"].map { set?[$0] as? Int }
            }
            #expect(try support(other) == support(daemon))
            #expect(try support(other)[0] == 2)
            #expect(daemon.stop() == .status(0) && other.stop() == .status(0))
        }
    }
}
