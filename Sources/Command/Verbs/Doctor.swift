import ArgumentParser
import Foundation

/// `screenpop doctor`: what is not as it should be for what the centre is promised, and what to do.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say in plain words what is not right, and what to do about it.",
        discussion: """
            It examines the daemon's machine (log, disk, clock, backups), and in a cluster the nodes and the database. \
            It takes the role admin. The exit status is 1 when there is a problem; a warning is none.

              screenpop doctor
              screenpop doctor --quiet        only what is not right
              screenpop doctor --json
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Flag(help: "Leave out what is as it should be.") var quiet = false

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: "/v1/doctor"))
            let answer: DoctorAnswer = try APIClient.decode(data)
            if output.json {
                say(String(decoding: data, as: UTF8.self), end: "")
            } else {
                let text = DoctorBoard(language: global.speech, terminal: global.terminal).text(answer, quiet: quiet)
                if !text.isEmpty { say(text) }
            }
            if answer.severity == "problem" { throw ExitCode(Exit.refused) }
        }
    }
}

/// The answer of `GET /v1/doctor`.
struct DoctorAnswer: Decodable {
    struct Finding: Decodable {
        var severity: String
        var check: String
        var what: String
        var `do`: String?
    }
    var severity: String
    var findings: [Finding]
}

/// The findings, problems first, each with what to do below it.
struct DoctorBoard {
    let language: Language
    let terminal: Terminal

    func text(_ answer: DoctorAnswer, quiet: Bool) -> String {
        let order = ["problem", "warning", "ok"]
        let sorted = answer.findings.enumerated().sorted { a, b in
            let ranks = [a, b].map { order.firstIndex(of: $0.element.severity) ?? order.count }
            return (ranks[0], a.offset) < (ranks[1], b.offset)
        }
        let shown = sorted.map(\.element).filter { !quiet || $0.severity != "ok" }
        var lines: [String] = []
        for finding in shown {
            lines.append("\(mark(finding.severity)) \(safe(finding.what))")
            if let advice = finding.do { lines.append("  → \(safe(advice))") }
        }
        if let summary = summary(answer), !quiet { lines.append(summary) }
        return lines.joined(separator: "\n")
    }

    private func mark(_ severity: String) -> String {
        switch severity {
        case "ok": terminal.styled("✓", .good)
        case "warning": terminal.styled("!", .warn)
        default: terminal.styled("✗", .bad)
        }
    }

    private func summary(_ answer: DoctorAnswer) -> String? {
        let problems = answer.findings.count { $0.severity == "problem" }
        let warnings = answer.findings.count { $0.severity == "warning" }
        if problems == 0, warnings == 0 { return language.say("全て正常です。", "All is as it should be.") }
        func counted(_ number: Int, _ word: String) -> String { "\(number) \(word)\(number == 1 ? "" : "s")" }
        return language.say(
            "問題 \(problems) 件、警告 \(warnings) 件。",
            "\(counted(problems, "problem")), \(counted(warnings, "warning")).")
    }
}
