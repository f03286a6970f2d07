import ArgumentParser
import Foundation

/// `screenpop replay`: the state replayed from the log.
struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Rebuild the state from the log, and say whether it is the one that is alive.",
        discussion: """
            The daemon reads its whole log again, beside the calls: some seconds for each million events. The exit \
            status is 1 when the result \
            differs from what is alive.

              screenpop replay
              screenpop replay --until '2026-11-20 14:03'
              screenpop stats --at '2026-11-20 14:03'      the board at that time
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: ArgumentHelp("Only what was read until then.", valueName: "time")) var until: String?

    func validate() throws {
        if WrittenTime.isWrong(until) { throw ValidationError("--until is a time such as '2026-11-20 14:03'.") }
    }

    private struct Answer: Decodable {
        var until: String
        var events: Int
        var logBegins: String?
        var whole: Bool
        var ms: Int64
        var openCalls, operatorsLoggedIn: Int
        var equal: Bool?
        var differences: [String]
    }

    func run() async throws {
        try await global.run {
            let centre = try await global.centreTime(), until = try until.map { try centre.moment($0) }
            let data = try await global.client.ask(
                .init(method: .POST, path: path(["v1", "log", "replay"], [("until", until)])))
            let answer: Answer = try APIClient.decode(data)
            if output.json {
                say(String(decoding: data, as: UTF8.self), end: "")
            } else {
                say(text(answer, centre.clock))
            }
            if answer.equal == false { throw ExitCode(Exit.refused) }
        }
    }

    private func text(_ one: Answer, _ clock: CivilClock) -> String {
        let l = global.speech, t = global.terminal
        var lines = [
            l.say(
                "\(one.events) イベントを \(one.ms) ms で再現しました（\(clock.shown(one.until)) まで）。通話中 \(one.openCalls)、ログイン中 "
                    + "\(one.operatorsLoggedIn)。",
                "\(one.events) events told again in \(one.ms) ms, until \(clock.shown(one.until)): \(one.openCalls) "
                    + "open calls, \(one.operatorsLoggedIn) operators logged in."
            )
        ]
        switch one.equal {
        case true?: lines.append(t.styled(l.say("現在の状態と一致しました。", "It is the state that is alive."), .good))
        case false?:
            lines.append(t.styled(l.say("現在の状態と異なります:", "It is not the state that is alive:"), .bad))
            lines += one.differences.map { "  \(safe($0))" }
        case nil where !one.whole:
            lines.append(
                l.say(
                    "ログは \(clock.shown(one.logBegins)) からです。それ以前の状態は分かりません。",
                    "The log begins at \(clock.shown(one.logBegins)): the state before it is not known."
                ))
        case nil: break
        }
        return lines.joined(separator: "\n")
    }
}

/// `screenpop log export`: the events that are kept.
struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "The events that are kept.", subcommands: [Export.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write every event that is kept, one a line, as screenpop send takes them.",
            discussion: """
                With --pseudonymise numbers, names and texts are replaced, the same by the same; order and times stay. \
                Such a log can go into a bug \
                report: what happened can be seen again with it, and nobody be recognised.

                  screenpop log export --pseudonymise > bug.ndjson
                  screenpop send < bug.ndjson                     into a daemon of your own
                """)
        @OptionGroup var global: GlobalOptions
        @Flag(help: "Replace what tells of people.") var pseudonymise = false

        func run() async throws {
            try await global.run {
                try await global.client.ask(
                    .init(path: path(["v1", "log"], [("pseudonymise", pseudonymise ? "true" : nil)]))
                ) { piece in
                    say(String(buffer: piece), end: "")
                    return true
                }
            }
        }
    }
}
