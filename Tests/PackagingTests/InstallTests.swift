import Foundation
import Testing

/// `make install` and `make uninstall`, into a folder with a space in its name and with programs in name only.
@Suite struct InstallTests {
    private let root: TemporaryFolder
    private let programs: TemporaryFolder
    private static let config = "etc/screenpop/screenpopd.toml"

    init() throws {
        root = try TemporaryFolder("screenpop root")
        programs = try TemporaryFolder("screenpop programs")
        try putPrograms(into: programs.url)
    }

    @discardableResult
    private func make(_ target: String, prefix: String = "/usr", in folder: URL = repository) throws -> String {
        let outcome = try run(
            "make",
            [
                "--no-print-directory", target, "DESTDIR=\(root.url.path)", "PREFIX=\(prefix)",
                "BINDIR=\(programs.url.path)",
            ], in: folder)
        try #require(outcome.status == 0, "\(outcome.output)")
        return outcome.output
    }

    private func shipped(_ path: String) throws -> String {
        try String(contentsOf: repository.appendingPathComponent(path), encoding: .utf8)
    }
    private func installed(_ path: String) throws -> String {
        try String(contentsOfFile: root.path(path), encoding: .utf8)
    }

    @Test func everyFileIsInItsPlaceWithItsMode() throws {
        try make("install")
        let files = try root.files()
        let expected: [(path: String, mode: String)] = [
            ("usr/bin/screenpopd", "755"), ("usr/bin/screenpop", "755"), ("usr/bin/screenpop-asterisk", "755"),
            ("usr/bin/screenpop-freeswitch", "755"), ("usr/share/doc/screenpop/freeswitch/screenpop.xml", "644"),
            ("usr/lib/systemd/system/screenpop-freeswitch.service", "644"),
            ("usr/lib/systemd/system/screenpopd.service", "644"),
            ("usr/lib/systemd/system/screenpop-asterisk.service", "644"),
            ("usr/lib/systemd/system/screenpop-events.socket", "644"),
            ("usr/lib/systemd/system/screenpop-api.socket", "644"),
            ("usr/lib/systemd/system/screenpop-http.socket", "644"),
            ("usr/lib/systemd/system/screenpop-backup.service", "644"),
            ("usr/lib/systemd/system/screenpop-backup.timer", "644"), ("usr/lib/sysusers.d/screenpop.conf", "644"),
            ("usr/lib/sysusers.d/screenpop-asterisk.conf", "644"),
            ("usr/lib/tmpfiles.d/screenpop-freeswitch.conf", "644"),
            ("usr/share/man/man1/screenpop.1", "644"), ("usr/share/man/man8/screenpopd.8", "644"),
            ("usr/lib/tmpfiles.d/screenpop.conf", "644"), (InstallTests.config, "640"),
            ("usr/share/doc/screenpop/LICENSE", "644"), ("usr/share/doc/screenpop/intake/sipgate.toml", "644"),
            ("usr/share/doc/screenpop/README.md", "644"), ("usr/share/bash-completion/completions/screenpop", "644"),
            ("usr/share/zsh/vendor-completions/_screenpop", "644"), ("usr/share/screenpop/manifest", "644"),
            ("usr/share/screenpop/pages/desk.html", "644"), ("usr/share/screenpop/pages/desk.js", "644"),
            ("usr/share/screenpop/pages/ja.json", "644"), ("usr/share/screenpop/openapi/openapi.json", "644"),
            ("usr/share/screenpop/openapi/calls.json", "644"),
        ]
        for (path, mode) in expected { #expect(files[path] == mode, "\(path)") }
        // Nothing lands outside of the folders a package may write to.
        for path in files.keys { #expect(["etc/screenpop/", "usr/"].contains { path.hasPrefix($0) }, "\(path)") }
        #expect(try installed(InstallTests.config) == shipped("config/screenpopd.toml"))
        #expect(
            try installed("usr/share/bash-completion/completions/screenpop").contains(
                "--generate-completion-script bash"))
        let unit = try installed("usr/lib/systemd/system/screenpopd.service")
        #expect(unit.contains("ExecStart=/usr/bin/screenpopd --config /etc/screenpop/screenpopd.toml"))
        for name in UnitTests.units {
            for address in try UnitTests.values(of: "Documentation", in: name) {
                #expect(files[String(address.dropFirst("file:/".count))] == "644", "\(name) leads to \(address)")
            }
        }
    }

    @Test func debugSymbolsStandApart() throws {
        let built = Bundle.main.bundleURL.appendingPathComponent("screenpop-asterisk")
        let program = programs.url.appendingPathComponent("screenpop-asterisk")
        try FileManager.default.removeItem(at: program)
        try FileManager.default.createSymbolicLink(at: program, withDestinationURL: built)
        func size(_ path: String) throws -> Int {
            try #require(FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        }
        try make("install")
        let installed = root.path("usr/bin/screenpop-asterisk")
        let symbols = root.path("usr/lib/debug/usr/bin/screenpop-asterisk.debug")
        #expect(try size(installed) < size(built.path) && size(symbols) > 1_000_000)
        #expect(
            try run("readelf", ["--string-dump=.gnu_debuglink", installed]).output.contains("screenpop-asterisk.debug"))
        #expect(try run(installed, ["--help"]).status == 0)
        try make("uninstall")
        #expect(try root.files().isEmpty)
    }

    @Test func anotherPrefixIsInTheUnitsToo() throws {
        try make("install", prefix: "/opt/screenpop")
        let unit = try installed("opt/screenpop/lib/systemd/system/screenpopd.service")
        #expect(unit.contains("ExecStart=/opt/screenpop/bin/screenpopd --config /etc/screenpop/screenpopd.toml"))
        #expect(!unit.contains("/usr/bin/screenpop"))
        try make("uninstall", prefix: "/opt/screenpop")
        #expect(try root.files().isEmpty)
    }

    @Test func installingTwiceChangesNothing() throws {
        try make("install")
        let files = try root.files()
        let manifest = try installed("usr/share/screenpop/manifest")
        try make("install")
        #expect(try root.files() == files)
        #expect(try installed("usr/share/screenpop/manifest") == manifest)
    }

    @Test func uninstallingLeavesNothing() throws {
        try make("install")
        try make("uninstall")
        #expect(try root.files().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: root.path("etc/screenpop")))
        #expect(!FileManager.default.fileExists(atPath: root.path("usr/share/doc/screenpop")))
    }

    @Test func anEditedConfigurationStaysAndTheNewDefaultIsBesideIt() throws {
        try make("install")
        try (shipped("config/screenpopd.toml") + "\n[pop]\n").write(
            toFile: root.path(InstallTests.config), atomically: true, encoding: .utf8)
        let said = try make("install")
        #expect(
            said.contains("kept /etc/screenpop/screenpopd.toml; the new default is /etc/screenpop/screenpopd.toml.new"))
        #expect(try installed(InstallTests.config).hasSuffix("\n[pop]\n"))
        #expect(try installed(InstallTests.config + ".new") == shipped("config/screenpopd.toml"))

        try make("install")
        #expect(try installed(InstallTests.config).hasSuffix("\n[pop]\n"), "also the time after")

        let goodbye = try make("uninstall")
        #expect(try Array(root.files().keys) == [InstallTests.config])
        #expect(goodbye.contains("kept /etc/screenpop/screenpopd.toml: it was edited"))
    }

    @Test func anEditedConfigurationOfNobodysKnowledgeStaysToo() throws {
        let folder = root.url.appendingPathComponent("etc/screenpop")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try "# mine\n".write(toFile: root.path(InstallTests.config), atomically: true, encoding: .utf8)
        try make("install")
        #expect(try installed(InstallTests.config) == "# mine\n")
        try make("uninstall")
        #expect(try Array(root.files().keys) == [InstallTests.config])
    }

    /// An upgrade: what nobody edited follows the new version, what it no longer has goes.
    @Test func anUntouchedConfigurationFollowsTheNewVersion() throws {
        let copy = try TemporaryFolder("screenpop source")
        for item in ["Makefile", "LICENSE", "systemd", "config"] {
            // What a link leads to, or the changes below would be made to the repository itself.
            let original = repository.appendingPathComponent(item).resolvingSymlinksInPath()
            try FileManager.default.copyItem(at: original, to: copy.url.appendingPathComponent(item))
        }
        try "# gone in the next version\n".write(
            toFile: copy.path("config/old.toml"), atomically: true, encoding: .utf8)
        try make("install", in: copy.url)
        #expect(FileManager.default.fileExists(atPath: root.path("etc/screenpop/old.toml")))

        try FileManager.default.removeItem(atPath: copy.path("config/old.toml"))
        try "# next version\n".write(toFile: copy.path("config/screenpopd.toml"), atomically: true, encoding: .utf8)
        try make("install", in: copy.url)
        #expect(try installed(InstallTests.config) == "# next version\n")
        #expect(!FileManager.default.fileExists(atPath: root.path(InstallTests.config + ".new")))
        #expect(!FileManager.default.fileExists(atPath: root.path("etc/screenpop/old.toml")))
    }

    @Test func withoutProgramsItSaysWhatToDoFirst() throws {
        let outcome = try run(
            "make", ["--no-print-directory", "install", "DESTDIR=\(root.url.path)", "BINDIR=\(root.path("nowhere"))"])
        #expect(outcome.status != 0)
        #expect(outcome.output.contains("run 'make build' first"))
        #expect(try root.files().isEmpty)
    }

    @Test(arguments: ["usr", "/opt/screen pop"]) func aPrefixThatCannotWorkIsRefused(prefix: String) throws {
        let arguments = [
            "--no-print-directory", "install", "DESTDIR=\(root.url.path)", "PREFIX=\(prefix)",
            "BINDIR=\(programs.url.path)",
        ]
        let outcome = try run("make", arguments)
        #expect(outcome.status != 0)
        #expect(outcome.output.contains("PREFIX must be an absolute path without spaces"))
        #expect(try root.files().isEmpty)
    }

    // MARK: Users and folders

    @Test(.enabled(if: geteuid() == 0, "only root may make users and give files away"))
    func theUsersAndFoldersAreMade() throws {
        try make("install")
        let users = try run("systemd-sysusers", ["--root=\(root.url.path)"])
        #expect(users.status == 0, "\(users.output)")
        let passwd = try installed("etc/passwd").split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false)
        }
        let daemon = try #require(passwd.first { $0[0] == "screenpop" })
        #expect(daemon[5] == "/var/lib/screenpop")
        #expect(daemon[6] == "/usr/sbin/nologin")
        for bridge in ["screenpop-asterisk", "screenpop-freeswitch"] {
            #expect(passwd.contains { $0[0] == bridge })
        }
        let groups = try installed("etc/group").split(separator: "\n").map {
            $0.split(separator: ":", omittingEmptySubsequences: false)
        }
        let events = try #require(groups.first { $0[0] == "screenpop-events" })
        #expect(events[3] == "screenpop-asterisk,screenpop-freeswitch")

        let folders = try run("systemd-tmpfiles", ["--root=\(root.url.path)", "--create"])
        #expect(folders.status == 0, "\(folders.output)")
        let run = try FileManager.default.attributesOfItem(atPath: root.path("run/screenpop"))
        #expect(run[.posixPermissions] as? Int == 0o755)
        #expect((run[.ownerAccountID] as? NSNumber)?.stringValue == String(daemon[2]))
        let config = try FileManager.default.attributesOfItem(atPath: root.path(InstallTests.config))
        #expect(config[.posixPermissions] as? Int == 0o640)
        #expect((config[.ownerAccountID] as? NSNumber)?.intValue == 0)
        #expect((config[.groupOwnerAccountID] as? NSNumber)?.stringValue == String(daemon[3]))
    }
}
