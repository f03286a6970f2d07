import CallCenter
import Doctor
import Foundation
import Testing

@testable import Web

@Suite struct DoctorRouteTests {
    static let cluster = ClusterFacts(
        leader: nil, asked: "a", nodes: [.init(name: "a", version: "0", isAlive: true, lag: nil, clockAhead: nil)],
        database: nil, databaseProblem: "connection refused")

    static func findings(_ answer: Answer) -> [[String: Any]] { answer.json["findings"] as? [[String: Any]] ?? [] }

    @Test func aDaemonThatIsAloneTellsOfItsMachine() async throws {
        let answer = try await Routes().ask(.get, "/v1/doctor")
        #expect(answer.status == 200)
        let checks = Self.findings(answer).compactMap { $0["check"] as? String }
        #expect(checks.starts(with: ["log", "checkpoint", "views"]))
        #expect(checks.contains("space") && !checks.contains("leader"))
        #expect(Self.findings(answer).first?["do"] is NSNull)
    }

    @Test func ofAClusterProblemsHaveAdviceInTheLanguageOfTheRequest() async throws {
        let routes = try Routes(cluster: Self.cluster)
        let english = try await routes.ask(.get, "/v1/doctor", headers: [.acceptLanguage: "en"])
        #expect(english.json["severity"] as? String == "problem")
        let leader = try #require(Self.findings(english).first { $0["check"] as? String == "leader" })
        #expect(leader["severity"] as? String == "problem")
        #expect((leader["what"] as? String)?.hasPrefix("No node leads") == true)
        #expect((leader["do"] as? String)?.isEmpty == false)
        let japanese = try await routes.ask(.get, "/v1/doctor", headers: [.acceptLanguage: "ja"])
        let database = try #require(Self.findings(japanese).first { $0["check"] as? String == "database" })
        #expect((database["what"] as? String)?.contains("接続できません: connection refused") == true)
    }

    @Test func itIsForAdministratorsAlone() async throws {
        let routes = try Routes()
        #expect(try await routes.ask(.get, "/v1/doctor", token: routes.token(.supervisor)).status == 403)
        #expect(try await routes.ask(.get, "/v1/doctor", token: routes.token(.admin)).status == 200)
    }
}

@Suite struct MachineSurveyTests {
    /// A machine in a folder.
    final class Folder {
        let path = NSTemporaryDirectory() + "screenpop-survey-\(UUID().uuidString)"

        init(_ files: [String]) throws {
            for file in files {
                let url = URL(fileURLWithPath: "\(path)/\(file)")
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: url)
            }
        }
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func facts(at now: String) throws -> MachineFacts {
            var survey = MachineSurvey()
            survey.backups = "\(path)/backups"
            survey.timer = "\(path)/timer"
            survey.synchronizedMark = "\(path)/timesync/synchronized"
            survey.otherTimeClients = ["\(path)/chrony"]
            survey.system = "\(path)/system"
            return survey.facts(
                stateDirectory: path, now: try #require(MachineSurvey.time(ofBackup: now)))
        }
    }

    @Test func theNewestCompleteBackupCounts() throws {
        let folder = try Folder([
            "backups/20261125T031500Z/manifest.json", "backups/20261126T031500Z-2/manifest.json",
            "backups/20261126T041500Z/events.db", "backups/20261126T051500Z.partial/manifest.json",
            "backups/lost+found/manifest.json", "timer",
        ])
        let facts = try folder.facts(at: "20261126T061500Z")
        #expect(
            facts.backups
                == .init(folder: "\(folder.path)/backups", newestAge: 3 * 3_600_000, hasTimer: true))
        #expect(facts.fileSystem?.isEmpty == false)
        #expect((facts.freeBytes ?? 0) > 0 && (facts.sizeBytes ?? 0) >= (facts.freeBytes ?? 0))
    }

    @Test func withoutBackupsThereIsNoAge() throws {
        let backups = try Folder(["x"]).facts(at: "20261126T061500Z").backups
        #expect(backups?.newestAge == nil && backups?.hasTimer == false)
    }

    @Test(arguments: [
        (["system"], false), (["system", "timesync/other"], false), (["system", "timesync/synchronized"], true),
        (["system", "chrony"], nil), (["x"], nil),
    ] as [([String], Bool?)])
    func theClockFollowsATimeServerWhereOneSaysSo(_ files: [String], _ expected: Bool?) throws {
        #expect(try Folder(files).facts(at: "20261126T061500Z").isClockSynchronised == expected)
    }
}

@Suite struct ClusterMetricsTests {
    @Test func aNodeShowsItsCluster() async throws {
        var facts = DoctorRouteTests.cluster
        facts.leader = "b"
        facts.nodes.append(.init(name: "b", version: "0", isAlive: true, lag: nil, clockAhead: -1_500))
        facts.nodes.append(.init(name: "c", version: "0", isAlive: false, lag: 9_000, clockAhead: nil))
        facts.nodes[0].lag = 250
        let text = try await Routes(cluster: facts).ask(.get, "/metrics").text
        for line in [
            "screenpop_cluster_nodes 3", "screenpop_cluster_nodes_alive 2", "screenpop_cluster_has_leader 1",
            "screenpop_cluster_leads 0", "screenpop_cluster_database_reached 0",
            "screenpop_cluster_lag_seconds{node=\"a\"} 0.25", "screenpop_cluster_clock_ahead_seconds{node=\"b\"} -1.5",
        ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
        #expect(!text.contains("node=\"c\"") && !text.contains("\nscreenpop_cluster_synchronous_standbys "))
    }

    @Test func standbysThatAreBehindAreShown() async throws {
        var facts = DoctorRouteTests.cluster
        facts.database = DatabaseFacts(
            synchronousCommit: "on", standbyNames: "db2", synchronousStandbys: 1, standbys: 2, hasFsync: true,
            hasFullPageWrites: true, isInRecovery: false)
        facts.database?.behind = [
            .init(name: "db2", unwritten: 4_096, unapplied: 8_192), .init(name: "db3", unwritten: nil, unapplied: nil),
        ]
        let text = try await Routes(cluster: facts).ask(.get, "/metrics").text
        for line in [
            "screenpop_cluster_replication_lag_bytes{standby=\"db2\"} 4096",
            "screenpop_cluster_replay_lag_bytes{standby=\"db2\"} 8192",
        ] { #expect(text.contains("\n\(line)\n"), "\(line)") }
        #expect(!text.contains("standby=\"db3\""))
    }

    @Test(arguments: [
        ("on", "db2", false, "1"), ("remote_apply", "db2", false, "1"), ("remote_write", "db2", false, "0"),
        ("local", "db2", false, "0"), ("off", "db2", false, "0"), ("on", "", false, "0"), ("on", "db2", true, nil),
    ] as [(String, String, Bool, String?)])
    func whetherCommitsWaitIsShown(_ commit: String, _ names: String, _ isStandby: Bool, _ value: String?) async throws
    {
        var facts = DoctorRouteTests.cluster
        facts.database = DatabaseFacts(
            synchronousCommit: commit, standbyNames: names, synchronousStandbys: 1, standbys: 2, hasFsync: true,
            hasFullPageWrites: true, isInRecovery: isStandby)
        let lines = try await Routes(cluster: facts).ask(.get, "/metrics").text.split(separator: "\n")
        let name = "screenpop_cluster_commit_waits_for_standby "
        #expect(lines.filter { $0.hasPrefix(name) } == (value.map { [Substring(name + $0)] } ?? []))
    }

    @Test func aDaemonThatIsAloneHasNoneOfThem() async throws {
        let text = try await Routes().ask(.get, "/metrics").text
        #expect(text.contains("# TYPE screenpop_cluster_nodes gauge\n"))
        #expect(!text.contains("\nscreenpop_cluster_"))
    }
}
