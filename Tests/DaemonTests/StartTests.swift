import Foundation
import Glibc
import Testing

extension ProcessTests {
    @Suite(.serialized) struct StartTests {
        @Test func tellsTheServiceManagerWhenItIsReadyAndWhenItStops() throws {
            let daemon = try Daemon()
            let path = daemon.folder + "/notify"
            let file = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            defer { close(file) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
            let bound = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    bind(file, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                }
            }
            #expect(bound == 0)
            func received(_ word: String) -> Bool {
                poll(within: 10) {
                    var text = [UInt8](repeating: 0, count: 1_024)
                    let count = recv(file, &text, text.count, Int32(MSG_DONTWAIT))
                    return count > 0 && String(decoding: text[..<count], as: UTF8.self).contains(word) ? true : nil
                } ?? false
            }
            try daemon.start(environment: ["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "2000000"])
            #expect(received("READY=1"))
            #expect(received("WATCHDOG=1"))
            #expect(daemon.stop() == .status(0))
            #expect(received("STOPPING=1"))
        }

        @Test func takesTheSocketsThatSystemdOpened() throws {
            let daemon = try Daemon()
            let program = try Program(
                "systemd-socket-activate",
                ["-l", daemon.socket, "-l", daemon.api, "--fdname=events:api", Program.built("screenpopd")]
                    + daemon.arguments, errors: daemon.folder + "/act")
            defer { program.stop(SIGKILL) }
            #expect(
                poll { FileManager.default.fileExists(atPath: daemon.api) ? true : nil } == true,
                "\(program.standardError)")
            let client = try Client(daemon.socket)
            #expect(client.ask(#"{"type":"ping"}"#) == #"{"ok":true}"#)
            #expect(try HTTP(path: daemon.api).json("/healthz")["alive"] as? Bool == true)
            #expect(program.stop() == .status(0))
        }

        /// The loader's tables and most constants of the libraries are read by a start alone: 10 MB of libgeocoding.
        @Test func pagesThatOnlyAStartReadsAreGivenBack() throws {
            let daemon = try Daemon()
            try daemon.start()
            func resident() throws -> Int {
                let smaps = try String(contentsOfFile: "/proc/\(daemon.pid)/smaps", encoding: .utf8)
                var sum = 0, isWanted = false
                for line in smaps.split(separator: "\n") {
                    let words = line.split(separator: " ")
                    if words.count >= 5, words[0].contains("-"), words[1].count == 4 {
                        isWanted = words[1] == "r--p" && line.contains("/libgeocoding.so")
                    } else if isWanted, words.first == "Rss:" {
                        sum += Int(words[1]) ?? 0
                    }
                }
                return sum
            }
            let isGivenBack = try poll { try resident() < 4_096 ? true : nil }, left = try resident()
            #expect(isGivenBack == true, "\(left) KB")
            // They are read again where they are needed.
            let found = try HTTP(path: daemon.api).json("/v1/lookup?number=0312345678")
            let number = try #require(found["number"] as? [String: Any])
            #expect(number["e164"] as? String == "+81312345678" && number["place"] is String)
        }

        @Test func aSecondDaemonIsRefusedWithThePidOfTheFirst() throws {
            let daemon = try Daemon()
            try daemon.start()
            let second = try daemon.fail()
            #expect(second.end == .status(73))
            #expect(second.said.contains("pid \(daemon.pid)"))
            // The first one's sockets are its own still.
            #expect(try Client(daemon.socket).ask(#"{"type":"ping"}"#) == #"{"ok":true}"#)
        }

        @Test func aSocketPathThatIsNoSocketIsLeftAlone() throws {
            let daemon = try Daemon()
            try "mine".write(toFile: daemon.socket, atomically: true, encoding: .utf8)
            let failed = try daemon.fail()
            #expect(failed.end == .status(73))
            #expect(failed.said.contains("is not a socket"))
            #expect(try String(contentsOfFile: daemon.socket, encoding: .utf8) == "mine")
        }

        @Test func aDamagedLogIsRefusedWithASentence() throws {
            let daemon = try Daemon()
            try FileManager.default.createDirectory(atPath: daemon.state, withIntermediateDirectories: true)
            try String(repeating: "no database ", count: 1_000).write(
                toFile: daemon.state + "/events.db", atomically: true, encoding: .utf8)
            let failed = try daemon.fail()
            #expect(failed.end == .status(73))
            #expect(failed.said.contains("is damaged"))
        }

        @Test func aLogOfANewerVersionIsRefused() throws {
            let daemon = try Daemon()
            try daemon.start()
            #expect(daemon.stop() == .status(0))
            let sql = try Program(
                "python3",
                [
                    "-c", "import sqlite3,sys; sqlite3.connect(sys.argv[1]).execute('pragma user_version=99')",
                    daemon.state + "/events.db",
                ], errors: daemon.folder + "/py")
            #expect(sql.waitForEnd() == .status(0))
            let failed = try daemon.fail()
            #expect(failed.end == .status(73))
            #expect(failed.said.contains("newer"))
        }

        @Test func aFolderThatCannotBeWrittenIsRefused() throws {
            let daemon = try Daemon()
            try daemon.start()
            daemon.stop()
            chmod(daemon.state, 0o555)
            chmod(daemon.state + "/events.db", 0o444)
            chmod(daemon.folder, 0o777)
            // Whatever umask another test has at the moment.
            chmod(daemon.folder + "/screenpopd.toml", 0o644)
            // Root may write everywhere, so somebody else tries.
            let failed = try daemon.fail(
                through: getuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [])
            #expect(failed.end == .status(73))
            #expect(
                failed.said.contains("cannot be written") || failed.said.contains("write permission"), "\(failed.said)")
            chmod(daemon.state, 0o755)
        }

        @Test func aWrongConfigurationIsOneLineAndStatus78() throws {
            let daemon = try Daemon(config: "timezone = \"Asia/Tokyo\"\n[routing]\nlast_operator_day = 3\n")
            let failed = try daemon.fail()
            #expect(failed.end == .status(78))
            #expect(failed.said.split(separator: "\n").count == 1)
            #expect(failed.said.contains("screenpopd.toml:3"))
            #expect(failed.said.contains("last_operator_days"))
        }

        @Test func aReloadTakesNewRulesOverAndAWrongFileChangesNothing() throws {
            let daemon = try Daemon()
            try daemon.start()
            let http = HTTP(path: daemon.api)
            func threshold() throws -> Int? {
                ((try http.json("/v1/stats")["queues"] as? [String: Any])?["support"] as? [String: Any]).flatMap {
                    ($0["service_level"] as? [String: Any])?["threshold_ms"] as? Int
                }
            }
            try "[queues.support]\nservice_level_threshold = \"7s\"\n".write(
                toFile: daemon.config, atomically: true, encoding: .utf8)
            kill(daemon.pid, SIGHUP)
            #expect(try poll { try threshold() == 7_000 ? true : nil } == true)
            try "nonsense".write(toFile: daemon.config, atomically: true, encoding: .utf8)
            kill(daemon.pid, SIGHUP)
            #expect(poll { daemon.program?.standardError.contains("stays as it was") == true ? true : nil } == true)
            #expect(try threshold() == 7_000)
        }
    }
}
