import Foundation
import Testing

/// The systemd units: right, hardened, and explained.
@Suite struct UnitTests {
    static let units = [
        "screenpopd.service", "screenpop-asterisk.service", "screenpop-freeswitch.service", "screenpop-events.socket",
        "screenpop-api.socket",
        "screenpop-http.socket", "screenpop-backup.service", "screenpop-backup.timer",
    ]

    static func text(_ name: String) throws -> String {
        try String(contentsOf: repository.appendingPathComponent("systemd/\(name)"), encoding: .utf8)
    }

    /// The values of a key, in their order.
    static func values(of key: String, in unit: String) throws -> [String] {
        try text(unit).split(separator: "\n").filter { $0.hasPrefix("\(key)=") }.map {
            String($0.dropFirst(key.count + 1))
        }
    }

    @Test func allUnitsAreTested() throws {
        let names = try FileManager.default.contentsOfDirectory(
            atPath: repository.appendingPathComponent("systemd").path)
        let isUnit = { (name: String) in [".service", ".socket", ".timer"].contains(where: name.hasSuffix) }
        #expect(Set(names.filter(isUnit)) == Set(UnitTests.units))
    }

    @Test(arguments: [
        "screenpopd.service", "screenpop-asterisk.service", "screenpop-freeswitch.service", "screenpop-backup.service",
    ])
    func exposesLittle(unit: String) throws {
        // The threshold is ten times the level that is printed.
        let outcome = try run(
            "systemd-analyze", ["security", "--offline=true", "--threshold=20", "--no-pager", "systemd/\(unit)"])
        #expect(outcome.status == 0, "\(outcome.output)")
        let words = try #require(outcome.output.split(separator: "\n").last { $0.contains("Overall exposure level") })
            .split(separator: " ")
        let level = try #require(words.compactMap { Double($0) }.first)
        #expect(level <= 2.0)
    }

    @Test func systemdHasNothingToSayAgainstThem() throws {
        let folder = try TemporaryFolder("screenpop-units")
        try putPrograms(into: folder.url)
        for unit in UnitTests.units {
            let patched = try UnitTests.text(unit).replacing(
                "=/usr/bin/screenpop", with: "=\(folder.path("screenpop"))")
            try patched.write(toFile: folder.path(unit), atomically: true, encoding: .utf8)
        }
        let outcome = try run(
            "systemd-analyze", ["verify", "--man=no"] + UnitTests.units.map { "./\($0)" }, in: folder.url)
        #expect(outcome.status == 0)
        // An unknown key is told without failing.
        #expect(!outcome.output.contains("screenpop"), "\(outcome.output)")
    }

    @Test(arguments: units) func everyLineIsExplained(unit: String) throws {
        let lines = try UnitTests.text(unit).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains("=") && !line.hasPrefix("#") {
            #expect(index > 0 && lines[index - 1].hasPrefix("# "), "line \(index + 1): \(line)")
        }
    }

    @Test func theDaemonSaysItselfThatItIsReadyAndAlive() throws {
        #expect(try UnitTests.values(of: "Type", in: "screenpopd.service") == ["notify"])
        #expect(try UnitTests.values(of: "NotifyAccess", in: "screenpopd.service") == ["main"])
        #expect(try UnitTests.values(of: "WatchdogSec", in: "screenpopd.service").count == 1)
        #expect(try UnitTests.values(of: "ExecReload", in: "screenpopd.service") == ["/bin/kill -HUP $MAINPID"])
    }

    /// configuration.md: 64 is wrong usage, 78 a wrong configuration.
    @Test(arguments: ["screenpopd.service", "screenpop-asterisk.service", "screenpop-freeswitch.service"])
    func whatCannotGetBetterIsNotTriedAgain(
        unit: String
    ) throws {
        #expect(try UnitTests.values(of: "RestartPreventExitStatus", in: unit) == ["64 78"])
    }

    @Test(arguments: [
        ("screenpop-events.socket", "/run/screenpop/events.sock", "events", "screenpop-events"),
        ("screenpop-api.socket", "/run/screenpop/api.sock", "api", "screenpop"),
    ])
    func aUnixSocketIsForItsGroupAlone(unit: String, path: String, name: String, group: String) throws {
        #expect(try UnitTests.values(of: "ListenStream", in: unit) == [path])
        #expect(try UnitTests.values(of: "FileDescriptorName", in: unit) == [name])
        #expect(try UnitTests.values(of: "SocketUser", in: unit) == ["screenpop"])
        #expect(try UnitTests.values(of: "SocketGroup", in: unit) == [group])
        #expect(try UnitTests.values(of: "SocketMode", in: unit) == ["0660"])
    }

    @Test func httpIsForThisMachineAlone() throws {
        #expect(try UnitTests.values(of: "ListenStream", in: "screenpop-http.socket") == ["127.0.0.1:8790"])
        #expect(try UnitTests.values(of: "FileDescriptorName", in: "screenpop-http.socket") == ["http"])
        for unit in ["screenpop-http.socket", "screenpopd.service"] {
            #expect(try UnitTests.values(of: "IPAddressDeny", in: unit) == ["any"])
            #expect(try UnitTests.values(of: "IPAddressAllow", in: unit) == ["localhost"])
        }
    }

    @Test func theBackupIsMadeAtNightAsTheDaemonsUserAndNightsStay() throws {
        let unit = "screenpop-backup.service", timer = "screenpop-backup.timer"
        #expect(try UnitTests.values(of: "Type", in: unit) == ["oneshot"])
        #expect(try UnitTests.values(of: "User", in: unit) == ["screenpop"])
        let command = try #require(UnitTests.values(of: "ExecStart", in: unit).first)
        #expect(command == "/usr/bin/screenpop backup --keep 14 /var/backups/screenpop")
        // The folder is made, may be written, and is nobody else's.
        let folder = "/var/backups/screenpop"
        #expect(try UnitTests.values(of: "ReadWritePaths", in: unit) == ["-" + folder])
        #expect(try UnitTests.text("tmpfiles.d/screenpop.conf").contains("d \(folder) 0700 screenpop screenpop -"))
        #expect(try UnitTests.values(of: "Persistent", in: timer) == ["true"])
        let when = try #require(UnitTests.values(of: "OnCalendar", in: timer).first)
        #expect(try run("systemd-analyze", ["calendar", when]).status == 0)
        #expect(try UnitTests.values(of: "WantedBy", in: timer) == ["timers.target"])
    }

    @Test func theDaemonAndItsSocketsKnowEachOther() throws {
        let sockets = UnitTests.units.filter { $0.hasSuffix(".socket") }
        let named = try #require(UnitTests.values(of: "Sockets", in: "screenpopd.service").first)
        #expect(Set(named.split(separator: " ").map(String.init)) == Set(sockets))
        let enabled = try #require(UnitTests.values(of: "Also", in: "screenpopd.service").first)
        #expect(Set(enabled.split(separator: " ").map(String.init)) == Set(sockets))
        for socket in sockets { #expect(try UnitTests.values(of: "Service", in: socket) == ["screenpopd.service"]) }
    }
}
