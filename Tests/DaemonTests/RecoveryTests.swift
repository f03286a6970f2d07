import Foundation
import Glibc
import Testing

extension ProcessTests {
    /// The recovery of docs/administrator.md, done as an administrator would: by what the daemon says.
    @Suite(.serialized) struct RecoveryTests {
        /// Calls `range`, from their offer to their end.
        static func calls(_ range: Range<Int>, _ daemon: Daemon) throws {
            let client = try Client(daemon.socket)
            let lines = range.flatMap { n in (0..<4).map { DurabilityTests.line(n * 4 + $0) } }
            for part in stride(from: 0, to: lines.count, by: 400).map({ lines[$0..<min($0 + 400, lines.count)] }) {
                client.send(part.joined(separator: "\n") + "\n")
                for _ in part { _ = try #require(seq(client.reply())) }
            }
        }

        /// What the history and memory have, newest first: the ids and numbers of calls.
        static func history(_ daemon: Daemon) throws -> [String: Int64] {
            let page = try HTTP(path: daemon.api).json("/v1/calls?limit=500")
            let calls = page["calls"] as? [[String: Any]] ?? []
            return Dictionary(
                uniqueKeysWithValues: calls.compactMap { one in
                    (one["call"] as? String).flatMap { id in (one["number"] as? Int64).map { (id, $0) } }
                })
        }

        static func move(_ daemon: Daemon, _ name: String, to folder: String) throws {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            for file in [name, name + "-wal", name + "-shm"] {
                let path = daemon.state + "/" + file
                guard FileManager.default.fileExists(atPath: path) else { continue }
                try? FileManager.default.removeItem(atPath: folder + "/" + file)
                try FileManager.default.moveItem(atPath: path, toPath: folder + "/" + file)
            }
        }

        static func copy(_ name: String, from: String, to: String) throws {
            for file in [name, name + "-wal"] where FileManager.default.fileExists(atPath: from + "/" + file) {
                try FileManager.default.copyItem(atPath: from + "/" + file, toPath: to + "/" + file)
            }
        }

        /// Of a file whose pages are in its write-ahead log, too.
        static func damage(_ daemon: Daemon, _ name: String) throws {
            for file in [name + "-wal", name + "-shm"] {
                try? FileManager.default.removeItem(atPath: daemon.state + "/" + file)
            }
            try String(repeating: "no database ", count: 1_000)
                .write(toFile: daemon.state + "/" + name, atomically: true, encoding: .utf8)
        }

        @Test func aDamagedLogIsMovedAwayAndNoCallOfBeforeIsOverwritten() throws {
            let daemon = try Daemon()
            try daemon.start()
            try Self.calls(0..<60, daemon)
            let before = try Self.history(daemon)
            #expect(before.count == 60)
            #expect(daemon.stop() == .status(0))
            let healthy = daemon.folder + "/healthy"
            try FileManager.default.copyItem(atPath: daemon.state, toPath: healthy)

            try Self.damage(daemon, "events.db")
            let failed = try daemon.fail()
            #expect(failed.end == .status(73))
            #expect(failed.said.contains("is damaged"))
            #expect(failed.said.contains("move events.db, events.db-wal and events.db-shm away"), "\(failed.said)")
            try Self.move(daemon, "events.db", to: daemon.folder + "/away")
            try daemon.start()
            #expect(daemon.program?.standardError.contains("a new log begins") == true)
            #expect(try Self.history(daemon) == before)
            try Self.calls(60..<120, daemon)
            let after = try Self.history(daemon)
            #expect(after.count == 120)
            #expect(before.allSatisfy { after[$0.key] == $0.value }, "calls of before keep their numbers")
            let newest = try #require(before.values.max())
            #expect(after.filter { before[$0.key] == nil }.allSatisfy { $0.value > newest })
            #expect(daemon.stop() == .status(0))
            try daemon.start()
            #expect(try Self.history(daemon) == after)
            let replay = try Program(
                Program.built("screenpop"), ["--api-socket", daemon.api, "--language", "en", "replay"],
                errors: daemon.folder + "/replay")
            #expect(replay.waitForEnd(within: 60) == .status(0), "\(replay.standardOutput)")
            #expect(daemon.stop() == .status(0))

            // The old log, from a backup, belongs to these records no more.
            try Self.move(daemon, "events.db", to: daemon.folder + "/new")
            try Self.copy("events.db", from: healthy, to: daemon.state)
            let refused = try daemon.fail()
            #expect(refused.end == .status(73))
            #expect(refused.said.contains("do not belong together"), "\(refused.said)")
            try Self.move(daemon, "events.db", to: daemon.folder + "/away")
            try Self.copy("events.db", from: daemon.folder + "/new", to: daemon.state)
            try daemon.start()
            #expect(try Self.history(daemon) == after)
        }

        @Test func damagedRecordsAreMovedAwayAndTheHistoryIsToldAgain() throws {
            let daemon = try Daemon()
            try daemon.start()
            try Self.calls(0..<60, daemon)
            let before = try Self.history(daemon)
            #expect(daemon.stop() == .status(0))
            try Self.damage(daemon, "customers.db")
            let failed = try daemon.fail()
            #expect(failed.end == .status(73))
            #expect(
                failed.said.contains("move customers.db, customers.db-wal and customers.db-shm away"), "\(failed.said)")
            try Self.move(daemon, "customers.db", to: daemon.folder + "/away")
            try daemon.start()
            #expect(daemon.program?.standardError.contains("told again from the log") == true)
            #expect(try Self.history(daemon) == before)
            let count = try Program(
                "python3",
                [
                    "-c",
                    "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute('select count(*) from "
                        + "call').fetchone()[0])",
                    daemon.state + "/customers.db",
                ], errors: daemon.folder + "/py")
            #expect(count.waitForEnd() == .status(0))
            #expect(count.standardOutput == "60\n")
        }

        @Test func aCheckpointThatCannotBeKeptIsSaid() throws {
            let daemon = try Daemon()
            try daemon.start()
            try Self.calls(0..<10, daemon)
            try FileManager.default.createDirectory(
                atPath: daemon.state + "/checkpoint.new", withIntermediateDirectories: false)
            #expect(daemon.stop() == .status(0))
            #expect(daemon.program?.standardError.contains("the checkpoint cannot be kept") == true)
            // The log says everything it would have said.
            try daemon.start()
            #expect(try Self.history(daemon).count == 10)
            let metrics = try HTTP(path: daemon.api).ask("GET", "/metrics").body
            #expect(
                metrics.contains("screenpop_checkpoint_failures_total 0")
                    && metrics.contains("screenpop_checkpoint_behind 40"))
            #expect(try HTTP(path: daemon.api).json("/readyz")["ready"] as? Bool == true)
        }

        /// A file that may not grow is a full disk: `prlimit` makes it one, and room again.
        @Test func aCardOfACallThatNeverReachedTheDiskIsTakenBack() throws {
            let daemon = try Daemon()
            // Python ignores SIGXFSZ, and so does what it becomes: a write that may not grow the file fails then.
            try daemon.start(through: ["python3", "-c", "import os, sys; os.execv(sys.argv[1], sys.argv[1:])"])
            func room(_ bytes: String) throws {
                let limit = try Program(
                    "prlimit", ["--pid", String(daemon.pid), "--fsize=\(bytes)"], errors: daemon.folder + "/limit")
                #expect(limit.waitForEnd() == .status(0))
            }
            func ring(_ call: String) -> String {
                #"{"type":"call.ringing","id":"\#(call)","call":"\#(call)","operator":"101"}"#
            }
            let client = try Client(daemon.socket), http = HTTP(path: daemon.api)
            #expect(seq(client.ask(#"{"type":"operator.login","operator":"101"}"#)) == 1)
            let screen = try http.stream("/v1/stream?operator=101")
            _ = try screen.read(until: "event: operator")
            try room("1:unlimited")
            #expect(client.ask(ring("lost"))?.contains(#""code":"unavailable""#) == true)
            let shown = try screen.read(until: #""call":"lost""#)
            let ready = try http.ask("GET", "/readyz")
            #expect(ready.status == 503 && ready.body.contains("The log cannot be written"))
            try room("unlimited:unlimited")
            _ = try screen.read(until: "event: reset")
            let taken = poll { () -> Int? in seq(client.ask(ring("next"))) }
            #expect(taken == 2, "the place is given out again")
            let all = try screen.read(until: #""call":"next""#)
            func pop(_ text: String, of call: String) throws -> Substring {
                let end = try #require(text.firstRange(of: #"","call":"\#(call)""#))
                let start = try #require(text[..<end.lowerBound].ranges(of: #""pop":""#).last)
                return text[start.upperBound..<end.lowerBound]
            }
            let lost = try pop(shown, of: "lost"), next = try pop(all, of: "next")
            #expect(lost.hasPrefix("8192-") && next.hasPrefix("8192-") && lost != next)
            // An action on the discarded pop reaches no other call.
            let stale = try http.ask("POST", "/v1/pops/\(lost)/seen")
            #expect(stale.status == 404, "\(stale)")
            #expect(try http.ask("GET", "/readyz").status == 200)
        }

        @Test func aStartThatReadsALongLogAsksForTime() throws {
            let daemon = try Daemon()
            try daemon.start()
            try Self.calls(0..<2_300, daemon)
            #expect(daemon.stop(SIGKILL) == .signal(SIGKILL))
            let manager = try ServiceManager(daemon.folder + "/notify")
            try daemon.start(environment: ["NOTIFY_SOCKET": manager.path])
            let said = manager.said(until: "READY=1")
            #expect(said.contains("EXTEND_TIMEOUT_USEC=60000000"), "\(said)")
            #expect(said.contains("STATUS=the log is replayed: 8192 of 9200 events, 89 %"), "\(said)")
        }
    }
}

/// Receives the daemon's notifications in place of a service manager.
final class ServiceManager {
    let path: String
    private let file: Int32

    init(_ path: String) throws {
        self.path = path
        file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8.prefix(107))) }
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard code == 0 else { throw Failure(description: "cannot listen at \(path)") }
    }
    deinit { close(file) }

    /// Everything that was said, up to a word.
    func said(until word: String) -> String {
        var all = ""
        _ = poll(within: 10) { () -> Bool? in
            var text = [UInt8](repeating: 0, count: 4_096)
            let count = recv(file, &text, text.count, Int32(MSG_DONTWAIT))
            if count > 0 { all += String(decoding: text[..<count], as: UTF8.self) + "\n" }
            return all.contains(word) ? true : nil
        }
        return all
    }
}
