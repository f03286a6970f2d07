import Foundation
import Testing

/// The README's commands, as they stand there, one block after the other.
@Suite struct ReadmeTests {
    @Test func whatTheReadmeSaysByHandWorks() throws {
        let folder = "/tmp/screenpop readme \(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let readme = try String(contentsOfFile: DemoTests.root + "/README.md", encoding: .utf8)
        // The port may be somebody's here.
        var blocks = readme.components(separatedBy: "```sh\n").dropFirst().compactMap {
            $0.components(separatedBy: "\n```").first
        }
        .map { $0.replacing("127.0.0.1:8790", with: "127.0.0.1:0") }
        try #require(blocks.count == 5)
        let bin = URL(fileURLWithPath: Program.built("screenpopd")).deletingLastPathComponent().path
        let environment = [
            "PATH": bin + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""), "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8", "HOME": folder,
        ]
        func shell(_ script: String, _ name: String) throws -> Program {
            try Program(
                "/bin/bash", ["-ec", "cd '\(folder)'\n" + script], environment: environment, errors: folder + "/" + name
            )
        }
        let daemon = try shell(blocks.removeFirst().replacing("screenpopd --", with: "exec screenpopd --"), "daemon")
        defer { daemon.stop() }
        try #require(
            poll(within: 60) { daemon.standardError.contains("ready") ? true : nil } == true, "\(daemon.standardError)")

        let rest = try shell(blocks.joined(separator: "\n"), "rest")
        #expect(rest.waitForEnd(within: 60) == .status(0), "\(rest.standardError)")
        let said = rest.standardOutput
        #expect(said.contains(#"{"ok":true,"seq":1}"#))
        #expect(said.contains(#"{"ok":true,"seq":2,"call":"a1","customer":null"#))
        #expect(said.contains("a1    in   090-1234-5678"))
        #expect(said.contains("answered by 101"))
        #expect(said.contains("log            writable"))
        #expect(said.contains("sp_"))
        #expect(
            said.contains("101 can sign in with this password (operator).")
                && said.contains("900 can sign in with this password (supervisor)."))
        #expect(rest.standardError == "")
    }

    /// A guide that a page names has to be there.
    @Test func everyLinkBetweenThePagesLeadsSomewhere() throws {
        let docs = DemoTests.root + "/docs"
        let pages = try FileManager.default.subpathsOfDirectory(atPath: docs).filter { $0.hasSuffix(".md") }.map {
            docs + "/" + $0
        }
        var followed = 0
        for page in pages + [DemoTests.root + "/README.md"] {
            let text = try String(contentsOfFile: page, encoding: .utf8)
            for link in text.matches(of: /\]\(([^)#:]+)(#[^)]*)?\)/) {
                followed += 1
                let target = URL(fileURLWithPath: page).deletingLastPathComponent().appendingPathComponent(
                    String(link.1)
                ).path
                #expect(FileManager.default.fileExists(atPath: target), "\(page) names \(link.1)")
            }
        }
        #expect(followed > 10)
    }
}
