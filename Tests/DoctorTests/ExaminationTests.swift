import CallCenter
import Testing

@testable import Doctor

/// One row: what is changed in facts that are all well, and what is then found.
struct Row<Facts: Sendable>: Sendable, CustomTestStringConvertible {
    let name: String
    let change: @Sendable (inout Facts) -> Void
    let check: Check
    let severity: Finding.Severity
    /// Words of the English sentence, or of its advice.
    let words: String

    var testDescription: String { name }
}

@Suite struct ExaminationTests {
    static let gibibyte: Int64 = 1 << 30

    static var machine: MachineFacts {
        var facts = MachineFacts(stateDirectory: "/var/lib/screenpop")
        facts.fileSystem = "ext4"
        facts.freeBytes = 50 * gibibyte
        facts.sizeBytes = 100 * gibibyte
        facts.isClockSynchronised = true
        facts.backups = .init(folder: "/var/backups/screenpop", newestAge: 3 * 3_600_000, hasTimer: true)
        facts.certificate = CertificateFacts(
            file: "/c.pem", keyFile: "/c.key", left: 60 * 86_400_000, lifetime: 90 * 86_400_000,
            startsIn: -30 * 86_400_000, problem: nil, isKeyOpen: false)
        facts.holidays = HolidayFacts(file: "/h.txt", last: 21_145, daysLeft: 90)
        return facts
    }

    static let database: DatabaseFacts = {
        var facts = DatabaseFacts(
            synchronousCommit: "on", standbyNames: "ANY 1 (db1, db2, db3)", synchronousStandbys: 2, standbys: 2,
            hasFsync: true, hasFullPageWrites: true, isInRecovery: false)
        facts.behind = [
            .init(name: "db2", unwritten: 0, unapplied: 4_096), .init(name: "db3", unwritten: 64 << 20, unapplied: nil),
        ]
        return facts
    }()

    static func node(_ name: String) -> ClusterFacts.Node {
        .init(
            name: name, version: "0.3.0", isAlive: true, lag: name == "a" ? nil : 12, clockAhead: 3,
            address: "\(name).example:8791")
    }

    static let cluster: ClusterFacts = {
        var facts = ClusterFacts(
            leader: "a", asked: "b", nodes: [node("a"), node("b"), node("c")], database: database)
        facts.peers = ["a.example:8791", "c.example:8791"]
        return facts
    }()

    @Test func whereAllIsWellNothingIsAdvised() {
        let found = Examination(Self.machine, Self.cluster)
        #expect(found.severity == .ok)
        #expect(found.findings.allSatisfy { $0.severity == .ok && $0.advice == nil })
        let examined = Set(found.findings.map(\.check))
        // A database that is written to is not in recovery: nothing is said of it.
        #expect(Set(Check.allCases).subtracting(examined) == [.recovery])
    }

    @Test func aDaemonThatIsAloneIsNotExaminedForACluster() {
        let checks = Examination(Self.machine, nil).findings.map(\.check)
        #expect(checks == [.log, .checkpoint, .views, .fileSystem, .space, .clock, .backup, .certificate, .holidays])
    }

    @Test func whatIsNotKnownIsNotSaid() {
        let checks = Examination(MachineFacts(stateDirectory: "/x"), nil).findings.map(\.check)
        #expect(checks == [.log, .checkpoint, .views])
    }

    static let machines: [Row<MachineFacts>] = [
        .init(
            name: "log", change: { $0.isLogWritable = false }, check: .log, severity: .problem,
            words: "no event is taken"),
        .init(
            name: "checkpoint", change: { $0.checkpointProblem = "No space left" }, check: .checkpoint,
            severity: .warning, words: "No space left"),
        .init(
            name: "views", change: { $0.viewsProblem = "I/O error" }, check: .views, severity: .problem,
            words: "I/O error"),
        .init(
            name: "tmpfs", change: { $0.fileSystem = "tmpfs" }, check: .fileSystem, severity: .problem,
            words: "in memory (tmpfs)"),
        .init(
            name: "nfs", change: { $0.fileSystem = "nfs4" }, check: .fileSystem, severity: .problem,
            words: "on another machine (nfs4)"),
        .init(
            name: "9 % free", change: { $0.freeBytes = 9 * gibibyte }, check: .space, severity: .warning,
            words: "9 % of the disk of /var/lib/screenpop is free, 9.0 GiB"),
        .init(
            name: "1 % free", change: { $0.freeBytes = gibibyte }, check: .space, severity: .problem,
            words: "retention"),
        .init(
            name: "clock", change: { $0.isClockSynchronised = false }, check: .clock, severity: .warning,
            words: "timedatectl"),
        .init(
            name: "holidays end in 89 days", change: { $0.holidays?.daysLeft = 89 }, check: .holidays,
            severity: .warning, words: "The holidays in /h.txt end in 89 days, on 2027-11-23"),
        .init(
            name: "the last holiday is today", change: { $0.holidays?.daysLeft = 0 }, check: .holidays,
            severity: .warning, words: "systemctl reload screenpopd"),
        .init(
            name: "the last holiday has passed", change: { $0.holidays?.daysLeft = -1 }, check: .holidays,
            severity: .warning, words: "2027-11-23, has passed"),
        .init(
            name: "no holiday", change: { $0.holidays = HolidayFacts(file: "/h.txt", last: nil, daysLeft: nil) },
            check: .holidays, severity: .warning, words: "/h.txt, names no day"),
        .init(
            name: "no backup", change: { $0.backups?.newestAge = nil }, check: .backup, severity: .warning,
            words: "no backup in /var/backups/screenpop"),
        .init(
            name: "an old backup", change: { $0.backups?.newestAge = 50 * 3_600_000 }, check: .backup,
            severity: .warning, words: "50 hours old"),
        .init(
            name: "no timer", change: { $0.backups?.hasTimer = false }, check: .backup, severity: .warning,
            words: "enable --now screenpop-backup.timer"),
        .init(
            name: "a certificate that ends soon", change: { $0.certificate?.left = 13 * 86_400_000 },
            check: .certificate, severity: .warning, words: "valid for 13 more days"),
        .init(
            name: "tomorrow", change: { $0.certificate?.left = 80_000_000 }, check: .certificate, severity: .problem,
            words: "certbot renew"),
        .init(
            name: "it has ended", change: { $0.certificate?.left = 0 }, check: .certificate, severity: .problem,
            words: "has expired"),
        .init(
            name: "not yet valid", change: { $0.certificate?.startsIn = 1 }, check: .certificate, severity: .problem,
            words: "clock"),
        .init(
            name: "a broken renewal", change: { $0.certificate?.problem = "/c.pem is empty" }, check: .certificate,
            severity: .warning, words: "/c.pem is empty"),
        .init(
            name: "an open key", change: { $0.certificate?.isKeyOpen = true }, check: .certificate,
            severity: .warning, words: "chmod o-rwx /c.key"),
    ]

    @Test(arguments: machines) func ofAMachine(_ row: Row<MachineFacts>) {
        var facts = Self.machine
        row.change(&facts)
        Self.expect(row.check, row.severity, row.words, in: Examination(facts, nil))
    }

    @Test func limitsThemselvesAreWell() {
        var facts = Self.machine
        facts.freeBytes = 10 * Self.gibibyte
        facts.backups?.newestAge = Examination.backupAgeMax
        var cluster = Self.cluster
        cluster.nodes[1].clockAhead = -Examination.clockOffMax
        cluster.nodes[2].lag = Examination.lagMax
        #expect(Examination(facts, cluster).severity == .ok)
    }

    static let clusters: [Row<ClusterFacts>] = [
        .init(
            name: "no leader", change: { $0.leader = nil }, check: .leader, severity: .problem,
            words: "No node leads"),
        .init(
            name: "one node",
            change: {
                $0.nodes = [node("a")]
                $0.peers = []
            }, check: .nodes, severity: .problem, words: "Only one node is running"),
        .init(
            name: "one node is silent", change: { $0.nodes[2].isAlive = false }, check: .nodes, severity: .warning,
            words: "not reaching the database: c"),
        .init(
            name: "all others are silent",
            change: {
                $0.nodes[1].isAlive = false
                $0.nodes[2].isAlive = false
            }, check: .nodes, severity: .problem, words: "systemctl status screenpopd` on b, c"),
        .init(
            name: "ahead", change: { $0.nodes[1].clockAhead = 501 }, check: .nodeClock, severity: .warning,
            words: "node b is 501 ms ahead"),
        .init(
            name: "behind", change: { $0.nodes[2].clockAhead = -90_000 }, check: .nodeClock, severity: .warning,
            words: "node c is 90000 ms behind"),
        .init(
            name: "lag", change: { $0.nodes[1].lag = 2_001 }, check: .lag, severity: .warning,
            words: "Node b is 2001 ms behind"),
        .init(
            name: "versions", change: { $0.nodes[0].version = "0.4.0" }, check: .version, severity: .warning,
            words: "a 0.4.0, b 0.3.0, c 0.3.0"),
        .init(
            name: "no database",
            change: {
                $0.database = nil
                $0.databaseProblem = "connection refused"
            }, check: .database, severity: .problem, words: "does not reach the database: connection refused"),
        .init(
            name: "a standby", change: { $0.database?.isInRecovery = true }, check: .recovery, severity: .problem,
            words: "target_session_attrs=read-write"),
        .init(
            name: "no synchronous standby is set", change: { $0.database?.standbyNames = "" }, check: .standby,
            severity: .problem, words: "on the disk of one machine"),
        .init(
            name: "no synchronous standby is there", change: { $0.database?.synchronousStandbys = 0 },
            check: .standby, severity: .problem, words: "no event is acknowledged"),
        .init(
            name: "one standby", change: { $0.database?.standbys = 1 }, check: .standby, severity: .warning,
            words: "One standby alone"),
        .init(
            name: "a standby that is behind", change: { $0.database?.behind[0].unwritten = 80 << 20 },
            check: .replication, severity: .warning, words: "Standby db2 has not written 80 MiB"),
        .init(
            name: "a standby that does not apply", change: { $0.database?.behind[1].unapplied = 200 << 20 },
            check: .replication, severity: .warning, words: "not applied 200 MiB"),
        .init(
            name: "a node that nobody named", change: { $0.nodes.append(node("d")) }, check: .peers,
            severity: .warning, words: "Node d at d.example:8791 is none of `[cluster] peers`"),
        .init(
            name: "a peer that was never there", change: { $0.peers.append("e.example:8791") }, check: .peers,
            severity: .warning, words: "No node was ever there at e.example:8791"),
        .init(
            name: "standbys cannot be seen", change: { $0.database?.synchronousStandbys = nil }, check: .standby,
            severity: .warning, words: "GRANT pg_monitor"),
        .init(
            name: "commit off", change: { $0.database?.synchronousCommit = "off" }, check: .synchronousCommit,
            severity: .problem, words: "synchronous_commit = off"),
        .init(
            name: "commit local", change: { $0.database?.synchronousCommit = "local" }, check: .synchronousCommit,
            severity: .problem, words: "does not wait for a standby"),
        .init(
            name: "commit remote_write", change: { $0.database?.synchronousCommit = "remote_write" },
            check: .synchronousCommit, severity: .warning, words: "a standby's memory"),
        .init(
            name: "fsync", change: { $0.database?.hasFsync = false }, check: .fsync, severity: .problem,
            words: "fsync = off"),
        .init(
            name: "full_page_writes", change: { $0.database?.hasFullPageWrites = false }, check: .fullPageWrites,
            severity: .problem, words: "full_page_writes = off"),
    ]

    @Test(arguments: clusters) func ofACluster(_ row: Row<ClusterFacts>) {
        var facts = Self.cluster
        row.change(&facts)
        Self.expect(row.check, row.severity, row.words, in: Examination(Self.machine, facts))
    }

    /// They find each other in the database: who names nobody is told nothing.
    @Test func whoNamesNoPeersIsToldNothingOfThem() {
        var facts = Self.cluster
        facts.peers = []
        facts.nodes.append(Self.node("d"))
        facts.database?.behind = []
        let checks = Examination(Self.machine, facts).findings.map(\.check)
        #expect(!checks.contains(.peers) && !checks.contains(.replication))
    }

    @Test func aClockOfANodeThatIsGoneDoesNotMatter() {
        var facts = Self.cluster
        facts.nodes[2].isAlive = false
        facts.nodes[2].clockAhead = 90_000
        facts.nodes[2].lag = 90_000
        facts.nodes[2].version = "0.1.0"
        let found = Examination(Self.machine, facts).findings
        #expect(found.filter { $0.severity != .ok }.map(\.check) == [.nodes])
    }

    /// The one finding that is not well is the expected one, and both languages say it.
    private static func expect(
        _ check: Check, _ severity: Finding.Severity, _ words: String, in examination: Examination
    ) {
        let found = examination.findings.filter { $0.severity != .ok }
        #expect(found.map(\.check) == [check])
        #expect(examination.severity == severity)
        guard let one = found.first else { return }
        #expect(one.severity == severity)
        let advice = one.advice?.en ?? ""
        #expect((one.what.en + " " + advice).contains(words))
        #expect(!advice.isEmpty)
        for text in [one.what.ja, one.advice?.ja ?? ""] {
            #expect(text.unicodeScalars.contains { (0x3040...0x9FFF).contains($0.value) }, "\(text)")
        }
    }
}
