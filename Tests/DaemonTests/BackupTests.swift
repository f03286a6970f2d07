import Foundation
import Glibc
import Testing

extension ProcessTests {
    /// Backups beside a daemon, and daemons that start from one.
    @Suite(.serialized) struct BackupTests {
        static let fields = ["offered", "answered", "abandoned", "short_abandoned", "waiting", "talk_ms", "wait_ms"]

        /// Where the backups of a test are.
        static func backups(_ daemon: Daemon) -> String { daemon.folder + "/backups" }

        /// Runs a verb; standard error is in the folder's `cli`.
        static func screenpop(_ daemon: Daemon, _ arguments: [String]) throws -> (end: Program.End?, out: String) {
            let program = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en"] + arguments,
                errors: daemon.folder + "/cli")
            return (program.waitForEnd(within: 60), program.standardOutput)
        }

        /// What the last verb wrote to standard error.
        static func said(_ daemon: Daemon) -> String {
            (try? String(contentsOfFile: daemon.folder + "/cli", encoding: .utf8)) ?? ""
        }

        /// Makes a backup, and returns its manifest.
        static func backUp(_ daemon: Daemon) throws -> [String: Any] {
            let made = try screenpop(daemon, ["backup", backups(daemon), "--json"])
            guard made.end == .status(0) else { throw Failure(description: "no backup: \(said(daemon))") }
            let answer = try JSONSerialization.jsonObject(with: Data(made.out.utf8)) as? [String: Any]
            return try #require(answer?["manifest"] as? [String: Any])
        }

        /// The figures of a moment, as JSON text.
        static func figures(_ daemon: Daemon, at moment: String) throws -> String {
            let asked = try screenpop(daemon, ["stats", "--at", moment, "--json"])
            guard asked.end == .status(0) else { throw Failure(description: "no figures: \(said(daemon))") }
            return asked.out
        }

        static func text(_ ms: Int64) -> String {
            Date(timeIntervalSince1970: (Double(ms) + 0.1) / 1_000).formatted(
                Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }

        static func ms(_ text: String) throws -> Int64 {
            let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
            return Int64((try Date(text, strategy: style).timeIntervalSince1970 * 1_000).rounded())
        }

        static func write(_ count: Int, to path: String) throws {
            let lines = (0..<count).map(DurabilityTests.line).joined(separator: "\n")
            try (lines + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        }

        @Test func aBackupBesideEventsComesBackAfterAKillWithTheSameFigures() throws {
            let daemon = try Daemon(), file = daemon.folder + "/events.ndjson"
            try daemon.start()
            let client = try Client(daemon.socket)
            client.send((0..<400).map(DurabilityTests.line).joined(separator: "\n") + "\n")
            for _ in 0..<400 { #expect(seq(client.reply()) != nil) }
            try Self.write(12_000, to: file)
            let sending = try Program(
                "sh",
                [
                    "-c", #""$0" send --events-socket "$1" < "$2""#, Program.built("screenpop"), daemon.socket, file,
                ], errors: daemon.folder + "/send")
            let manifest = try Self.backUp(daemon), log = try #require(manifest["log"] as? [String: Any])
            #expect(sending.waitForEnd(within: 60) == .status(0))
            let last = try #require(log["last"] as? Int), lastAt = try #require(log["last_at"] as? String)
            #expect(last >= 400)
            let verified = try Self.screenpop(daemon, ["backup", "verify", Self.backups(daemon)])
            #expect(verified.end == .status(0) && verified.out.contains("can be restored"), "\(verified.out)")

            // Just before the newest entry, as others of its millisecond may be in the log of the original only.
            let moment = Self.text(try Self.ms(lastAt) - 1), before = try Self.figures(daemon, at: moment)
            let refused = try Self.screenpop(
                daemon, ["restore", Self.backups(daemon), "--state-dir", daemon.state, "--force"])
            #expect(refused.end == .status(1))
            #expect(Self.said(daemon).contains("(pid \(daemon.pid)): stop it and its sockets first"))
            #expect(daemon.stop(SIGKILL) == .signal(SIGKILL))

            let restored = try Self.screenpop(daemon, ["restore", Self.backups(daemon), "--state-dir", daemon.state])
            #expect(restored.end == .status(0), "\(Self.said(daemon))")
            #expect(restored.out.contains("What was there is now") && restored.out.contains("up to event \(last) "))
            try daemon.start()
            #expect(daemon.program?.standardError.contains("is complete up to event") == false)
            #expect(try HTTP(path: daemon.api).json("/v1/status")["committed_seq"] as? Int == last)
            #expect(try Self.figures(daemon, at: moment) == before)
            let replay = try Self.screenpop(daemon, ["replay"])
            #expect(replay.end == .status(0) && replay.out.contains("It is the state that is alive."), "\(replay.out)")
            // What came after the backup comes again: the log goes on behind it.
            let again = try Client(daemon.socket)
            #expect(seq(again.ask(DurabilityTests.line(20_000))) == last + 1)
            #expect(daemon.stop() == .status(0))
        }

        /// "PITR: restored to ten random moments, each equal to `stats --at` of that moment."
        @Test func tenRandomMomentsAreRestoredAsTheyWere() throws {
            let seed = UInt64.random(in: 0...UInt64.max)
            var random = SplitMix(state: seed)
            let daemon = try Daemon(config: "timezone = \"Asia/Tokyo\"\n")
            try daemon.start()
            let customers = daemon.folder + "/customers.csv"
            try "external_id,name,phone,tier\n1,山田,+815010000003,vip\n2,佐藤,+815010000005,regular\n".write(
                toFile: customers, atomically: true, encoding: .utf8)
            let imported = try Self.screenpop(daemon, ["customers", "import", customers])
            #expect(imported.end == .status(0), "\(imported.out)")
            let client = try Client(daemon.socket)
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101","name":"鈴木"}"#)) != nil)
            _ = try Self.backUp(daemon)
            let begin = try #require(TimeTravelTests.laterMoment())
            var next = 0
            for round in 0..<40 {
                let count = Int.random(in: 1...60, using: &random)
                client.send((next..<(next + count)).map(DurabilityTests.line).joined(separator: "\n") + "\n")
                for _ in 0..<count { #expect(seq(client.reply()) != nil) }
                next += count
                let named = try HTTP(path: daemon.api).ask(
                    "PATCH", "/v1/customers/1", body: "{\"name\":\"R\(round)\"}", headers: "If-Match: *\r\n")
                #expect(named.status == 200, "\(named)")
                if round == 20 { _ = try Self.backUp(daemon) }
            }
            let end = try #require(TimeTravelTests.laterMoment())
            _ = try Self.backUp(daemon)
            let span = try Self.ms(begin)...Self.ms(end)
            let history = try HTTP(path: daemon.api).json("/v1/customers/1/history?limit=100")["items"]
            let versions = try #require(history as? [[String: Any]])
            #expect(versions.count == 41)
            for _ in 0..<10 {
                let moment = Self.text(.random(in: span, using: &random))
                let truth = try Self.figures(daemon, at: moment)
                let other = try Daemon(config: "timezone = \"Asia/Tokyo\"\n")
                let restored = try Self.screenpop(
                    daemon, ["restore", Self.backups(daemon), "--into", other.state, "--at", moment])
                #expect(restored.end == .status(0), "seed \(seed), \(moment): \(Self.said(daemon))")
                try other.start()
                #expect(try Self.figures(other, at: moment) == truth, "seed \(seed), \(moment)")
                let replay = try Self.screenpop(other, ["replay"])
                #expect(replay.out.contains("It is the state that is alive."), "seed \(seed), \(moment): \(replay.out)")
                #expect(try HTTP(path: other.api).json("/v1/status")["customers"] as? Int == 2)
                // Newest first. A change is in the log milliseconds after its own time: until then, the one before.
                let latest = try Self.ms(moment)
                let then = try versions.filter { try Self.ms($0["at"] as? String ?? "") <= latest }
                let recent = try then.count { try Self.ms($0["at"] as? String ?? "") > latest - 100 }
                let names = then.prefix(recent + 1).map { version in
                    let changes = version["changes"] as? [[String: Any]] ?? []
                    return changes.first { $0["field"] as? String == "name" }?["to"] as? String
                }
                let name = try #require(try HTTP(path: other.api).json("/v1/customers/1")["name"] as? String)
                #expect(names.contains(name), "seed \(seed), \(moment)")
                #expect(other.stop() == .status(0))
            }
            let early = try Self.screenpop(
                daemon,
                ["restore", Self.backups(daemon), "--into", daemon.folder + "/x", "--at", "2020-01-01 00:00"])
            #expect(early.end == .status(1))
            #expect(Self.said(daemon).contains("the earliest moment possible is "))
            #expect(!FileManager.default.fileExists(atPath: daemon.folder + "/x"))
            #expect(daemon.stop() == .status(0))
        }

        /// The records alone are lost, and what a backup has of them is put back beside the log of now.
        @Test func theRecordsOfABackupGoOnFromTheirPlaceInTheLog() throws {
            let daemon = try RecordLogTests.customers(try Daemon(config: "region = \"JP\"\n"))
            let http = HTTP(path: daemon.api)
            _ = try Self.backUp(daemon)
            for name in ["A Example", "B Example"] {
                let renamed = try http.ask(
                    "PATCH", "/v1/customers/1", body: "{\"name\":\"\(name)\"}", headers: "If-Match: *\r\n")
                #expect(renamed.status == 200, "\(renamed)")
            }
            #expect(try http.ask("DELETE", "/v1/customers/2").status == 204)
            #expect(try http.ask("POST", "/v1/customers/1/cases", body: #"{"title":"invoice"}"#).status == 201)
            #expect(daemon.stop() == .status(0))
            let names = ["customers.db", "access.db", "accounts.db"]
            let rows = try RecordLogTests.rows(daemon, names)
            // Of the same log: a restored one has an identity of its own.
            let made = try #require(try FileManager.default.contentsOfDirectory(atPath: Self.backups(daemon)).first)
            for name in names {
                try RecoveryTests.move(daemon, name, to: daemon.folder + "/away")
                try FileManager.default.copyItem(
                    atPath: "\(Self.backups(daemon))/\(made)/\(name)", toPath: "\(daemon.state)/\(name)")
            }
            #expect(try RecordLogTests.rows(daemon, names) != rows)
            try daemon.start()
            #expect(try http.json("/v1/customers/1")["name"] as? String == "B Example")
            #expect(daemon.stop() == .status(0))
            let now = try RecordLogTests.rows(daemon, names)
            for (table, earlier) in rows { #expect(now[table] == earlier, "\(table)") }
        }

        @Test func ctrlCLeavesNothingBehindAndSaysSo() throws {
            let daemon = try Daemon()
            try daemon.start()
            #expect(daemon.stop() == .status(0))
            // Something that takes a while.
            let large = try Program(
                "python3",
                [
                    "-c",
                    "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.execute('CREATE TABLE t(x)'); "
                        + "d.execute('INSERT INTO t VALUES(zeroblob(120000000))'); d.commit()",
                    daemon.state + "/large.db",
                ], errors: daemon.folder + "/python")
            #expect(large.waitForEnd() == .status(0))
            let folder = Self.backups(daemon)
            let program = try Program(
                Program.built("screenpop"),
                ["--language", "en", "backup", folder, "--state-dir", daemon.state],
                environment: ["SCREENPOP_CONFIG": daemon.config], errors: daemon.folder + "/cli")
            let isUnderWay = poll {
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                return names.contains { $0.hasSuffix(".partial") } ? true : nil
            }
            #expect(isUnderWay == true)
            #expect(program.stop(SIGINT) == .status(130))
            #expect(program.standardError.contains("stopped; nothing is left behind"))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        }
    }
}
