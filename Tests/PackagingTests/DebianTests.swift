import Foundation
import Testing

/// The files that Debian's packages are made by: complete, and in step with what `make install` installs. Whether the
/// packages work is what `make test-deb` tries.
@Suite struct DebianTests {
    private static let folder = repository.appendingPathComponent("config/debian")

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }

    private static func lines(_ path: String) throws -> [String] {
        try text(path).split(separator: "\n").map { String($0.split(separator: " ")[0]) }
    }

    private static let packages = ["screenpop", "screenpop-asterisk", "screenpop-freeswitch"]

    /// A file that is in no package would be missing, one in two could not be installed.
    @Test func everyInstalledFileIsInOnePackage() throws {
        let root = try TemporaryFolder("screenpop-packages"), programs = try TemporaryFolder("screenpop-programs")
        try putPrograms(into: programs.url)
        let outcome = try run(
            "make",
            [
                "--no-print-directory", "install", "DESTDIR=\(root.url.path)", "BINDIR=\(programs.url.path)",
                "STRIP=no",
            ])
        try #require(outcome.status == 0, "\(outcome.output)")
        let entries = try DebianTests.packages.map { try DebianTests.lines("\($0).install") }
        let leftOut = Set(try DebianTests.lines("not-installed"))
        var used: Set<String> = []
        for path in try root.files().keys {
            let taken = entries.map { $0.filter { path == $0 || path.hasPrefix($0 + "/") } }
            used.formUnion(taken.joined())
            if leftOut.contains(path) { continue }
            #expect(taken.filter { !$0.isEmpty }.count == 1, "\(path) is in \(taken)")
        }
        // Nothing is named that is not there any more.
        #expect(Set(entries.joined()).subtracting(used).isEmpty)
    }

    @Test func eachBridgeAndTheDaemonHaveTheirOwnUsers() throws {
        for package in DebianTests.packages {
            let users = try UnitTests.text("sysusers.d/\(package).conf")
            #expect(users.contains("\nu \(package) - "))
            #expect(try DebianTests.lines("\(package).install").contains("usr/lib/sysusers.d/\(package).conf"))
            #expect(try DebianTests.lines("\(package).install").contains("usr/lib/tmpfiles.d/\(package).conf"))
            #expect(try DebianTests.text("control").contains("\nPackage: \(package)\n"))
        }
    }

    @Test func whatNeedsASecretOrADecisionIsNotStarted() throws {
        let rules = try DebianTests.text("rules")
        for unit in ["screenpop-backup.timer", "screenpop-asterisk.service", "screenpop-freeswitch.service"] {
            let line = try #require(rules.split(separator: "\n").first { $0.hasSuffix(" \(unit)") })
            #expect(line.contains("--no-enable --no-start"))
        }
        // An upgrade restarts the daemon, and leaves the sockets open; they are the unit's Also=.
        #expect(rules.contains("--no-stop-on-upgrade --no-restart-after-upgrade screenpopd.service\n"))
        #expect(try DebianTests.text("screenpop.postinst").contains("try-restart screenpopd.service"))
        #expect(!rules.contains(".socket"))
    }

    /// The words of the question, and what the scripts ask, are the same name; no answer keeps the data.
    @Test func aPurgeAsksBeforeItRemovesData() throws {
        let templates = try DebianTests.text("screenpop.templates")
        #expect(templates.contains("Template: screenpop/purge-data\nType: boolean\nDefault: false\n"))
        let script = try DebianTests.text("screenpop.postrm")
        #expect(script.contains("db_input high screenpop/purge-data"))
        #expect(script.contains("state=/var/lib/screenpop\n"))
        #expect(!script.contains("rm -rf -- /var/backups"))
        let japanese = try DebianTests.text("po/ja.po")
        #expect(japanese.components(separatedBy: "msgstr \"\"\n\n").count == 1, "a text is not translated")
    }

    @Test func theScriptsCanBeRead() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: DebianTests.folder.path)
        let kinds = ["preinst", "postinst", "prerm", "postrm", "config"]
        let scripts = names.filter { name in kinds.contains { name.hasSuffix("." + $0) } }
        #expect(scripts.count >= 5)
        for script in scripts {
            let outcome = try run("sh", ["-n", "config/debian/\(script)"])
            #expect(outcome.status == 0, "\(outcome.output)")
            let text = try DebianTests.text(script)
            // Here debhelper puts what it adds; without it units would not be known.
            #expect(script.hasSuffix(".config") || text.contains("\n#DEBHELPER#\n"))
            #expect(text.contains("\nset -e\n"))
        }
        for script in ["build.sh", "version.sh"] {
            #expect(try run("bash", ["-n", "config/debian/tools/\(script)"]).status == 0)
        }
    }

    @Test func theVersionIsTheSameEverywhere() throws {
        let header = try String(
            contentsOf: repository.appendingPathComponent("Sources/CVersion/include/CVersion.h"), encoding: .utf8)
        let number = try #require(header.firstMatch(of: /\n#define SCREENPOP_VERSION "([0-9.]+)"\n/)).1
        let said = try run("config/debian/tools/version.sh", [])
        #expect(said.status == 0 && said.output.hasPrefix("number=\(number) commit="), "\(said.output)")
        let interface = try String(
            contentsOf: repository.appendingPathComponent("Sources/Web/OpenAPI/openapi.json"), encoding: .utf8)
        #expect(interface.contains("\"version\": \"\(number)\""))
    }

    // MARK: Manuals and parts

    /// What troff would take for a request or an escape is neither; verbs within verbs are there.
    @Test func aManualHasEveryVerbAndItsTextsAsTheyAre() throws {
        let programs = try TemporaryFolder("screenpop-programs"), out = try TemporaryFolder("screenpop-manuals")
        try putPrograms(into: programs.url)
        let description = #"""
            {"serializationVersion":0,"command":{"commandName":"screenpop","abstract":"Asks.",
            "discussion":"Of calls.\n\nEXAMPLES\n  .dot a\\b 水漏れ\n\nEXIT STATUS\n  0   done",
            "arguments":[{"kind":"option","shouldDisplay":true,"names":[{"kind":"long","name":"url"}],
            "valueName":"address","abstract":"Where.","defaultValue":"here"}],
            "subcommands":[{"commandName":"calls","abstract":"List calls.","subcommands":[
            {"commandName":"show","abstract":"Show one.","arguments":[
            {"kind":"option","shouldDisplay":true,"names":[{"kind":"long","name":"url"}],"valueName":"address"},
            {"kind":"flag","shouldDisplay":true,"names":[{"kind":"long","name":"json"}],"abstract":"As JSON."},
            {"kind":"positional","shouldDisplay":true,"valueName":"call","abstract":"Which."}]}]},
            {"commandName":"help","abstract":"Help."},{"commandName":"secret","shouldDisplay":false}]}}
            """#
        try description.write(toFile: programs.path("description"), atomically: true, encoding: .utf8)
        try "#!/bin/sh\n[ $1 = --version ] && echo screenpop 1.2.3 || cat '\(programs.path("description"))'\n".write(
            toFile: programs.path("screenpop"), atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: programs.path("screenpop"))
        let arguments = ["-B", "config/debian/tools/manpages.py", programs.url.path, out.url.path]
        let outcome = try run("python3", arguments)
        try #require(outcome.status == 0, "\(outcome.output)")
        #expect(
            try Set(out.files().keys) == [
                "man1/screenpop.1", "man1/screenpop-calls.1", "man8/screenpopd.8", "man8/screenpop-asterisk.8",
                "man8/screenpop-freeswitch.8",
            ])
        let page = try String(contentsOfFile: out.path("man1/screenpop.1"), encoding: .utf8)
        #expect(page.contains("\nscreenpop \\- Asks\n"))
        #expect(page.contains("\n\\&.dot a\\eb 水漏れ\n"))
        #expect(page.contains("\n\\fB\\-\\-url\\fR \\fIaddress\\fR\nWhere. (default: here)\n"))
        #expect(page.contains("\n.SH \"EXIT STATUS\"\n"))
        let verb = try String(contentsOfFile: out.path("man1/screenpop-calls.1"), encoding: .utf8)
        #expect(verb.contains("\n\\fBscreenpop calls show\\fR [\\fIoptions\\fR] \\fIcall\\fR\n"))
        #expect(verb.contains("\n\\fB\\-\\-json\\fR\nAs JSON.\n"))
        // An option of every verb is told once, in the program's page.
        #expect(!verb.contains("\\-\\-url"))
    }

    @Test func thePartsAreListedTheSameWayEachTime() throws {
        let arguments = [
            "-B", "config/debian/tools/sbom.py", "--version", "1.2.3", "--epoch", "1795165200", "--commit", "abc",
            "--swift", "6.3",
        ]
        let outcome = try run("python3", arguments)
        try #require(outcome.status == 0, "\(outcome.output)")
        #expect(try run("python3", arguments).output == outcome.output)
        let document = try #require(
            JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(document["spdxVersion"] as? String == "SPDX-2.3")
        let parts = try #require(document["packages"] as? [[String: Any]])
        let names = parts.compactMap { $0["name"] as? String }
        for name in ["screenpop", "swift", "swift-nio", "hummingbird", "tomlkit"] { #expect(names.contains(name)) }
        let relations = try #require(document["relationships"] as? [[String: String]])
        #expect(relations.count == parts.count)
        let tests = relations.filter { $0["relationshipType"] == "TEST_DEPENDENCY_OF" }
        #expect(tests.map { $0["spdxElementId"] } == ["SPDXRef-Swift-hdrhistogram-swift"])
    }
}
