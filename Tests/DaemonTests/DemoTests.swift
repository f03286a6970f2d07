import Foundation
import Glibc
import Testing

/// What `make run` runs after the build, as a newcomer would.
@Suite(.serialized) struct DemoTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// The demo on a copy of what it needs, in a folder whose name has a space.
    private func demo(_ environment: [String: String]) throws -> (program: Program, folder: String) {
        let folder = "/tmp/screenpop demo \(UInt32.random(in: 0...UInt32.max))"
        let files = FileManager.default
        try files.createDirectory(atPath: folder + "/Tests", withIntermediateDirectories: true)
        try files.copyItem(atPath: Self.root + "/config", toPath: folder + "/config")
        try files.createSymbolicLink(
            atPath: folder + "/Tests/Recordings", withDestinationPath: Self.root + "/Tests/Recordings")
        let bin = URL(fileURLWithPath: Program.built("screenpopd")).deletingLastPathComponent().path
        let all = ["BINDIR": bin, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"].merging(environment) { _, new in new }
        return (try Program(folder + "/config/demo/run.sh", [], environment: all, errors: folder + "/err"), folder)
    }

    /// Played at twenty times their speed, calls are ahead of the clock: near the end of an interval of the figures,
    /// what ends in the next one is in no figure yet. Then they are played once more.
    private func played(_ environment: [String: String]) throws -> (program: Program, folder: String) {
        let interval = 900.0, ahead = 60.0
        while true {
            let began = Date().timeIntervalSince1970, (program, folder) = try demo(environment)
            #expect(program.waitForEnd(within: 120) == .status(0), "\(program.standardError)")
            let ended = Date().timeIntervalSince1970 + ahead
            if (began / interval).rounded(.down) == (ended / interval).rounded(.down) { return (program, folder) }
            try FileManager.default.removeItem(atPath: folder)
        }
    }

    @Test func callsPopAndFiguresMove() throws {
        let (program, folder) = try played(["SCREENPOP_DEMO_ONCE": "1", "SCREENPOP_DEMO_SPEED": "20"])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let shown = program.standardOutput
        for part in [
            "VIP", "18 rows: 18 new", "ends in 12 days", "Back after a long time", "⚠ Incident: ",
            "Complained just now", "Offer a maintenance contract", "or: 伊藤 蓮",
            "figures: offered 1, answered 1", "abandoned 2", "looked after by Agent 101", "socat", "stats --watch",
            "Ended; nothing is left behind.",
        ] {
            #expect(shown.contains(part), "not shown: \(part)")
        }
        #expect(program.standardError == "")
        #expect(!shown.contains("\u{1B}["), "colours although no terminal reads them")
    }

    @Test func itSpeaksJapaneseToAJapaneseTerminal() throws {
        let (program, folder) = try demo([
            "SCREENPOP_DEMO_ONCE": "1", "SCREENPOP_DEMO_SPEED": "50", "LANG": "ja_JP.UTF-8", "LC_ALL": "ja_JP.UTF-8",
        ])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(program.waitForEnd(within: 120) == .status(0), "\(program.standardError)")
        #expect(program.standardOutput.contains("優良顧客"))
    }

    @Test(arguments: [SIGINT, SIGTERM]) func aSignalEndsAllOfIt(_ signal: Int32) throws {
        let (program, folder) = try demo([:])
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let played = poll(within: 60) { program.standardOutput.contains("VIP") ? true : nil }
        #expect(played == true)
        let state = program.standardOutput.firstMatch(of: /on SQLite in (\/tmp\/screenpop\.\w+)\/data/).map {
            String($0.1)
        }
        #expect(program.stop(signal) == .status(128 + signal))
        #expect(program.standardOutput.contains("Ended; nothing is left behind."))
        let folderOfState = try #require(state)
        #expect(!FileManager.default.fileExists(atPath: folderOfState))
        let left = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { pid in
            guard Int(pid) != nil, let command = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
                return false
            }
            return String(decoding: command, as: UTF8.self).contains(folderOfState)
        }
        #expect(left == [])
    }
}
