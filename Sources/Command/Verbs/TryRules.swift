import ArgumentParser
import Foundation
import Glibc
import Shadow

/// `screenpop try-rules`: other rules on the log of days that really were.
struct TryRules: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "try-rules",
        abstract: "Try a configuration on the calls of past days: what would it have decided otherwise?",
        discussion: """
            The log of those days is read beside the daemon, at a low priority. Each decision is compared with the one \
            that the new rules make of the same call at the same moment; figures are counted by the thresholds of \
            both. Nothing is made up: where a call would have gone elsewhere, what would have come of it is not known, \
            and the answer says so.

              sudo -u screenpop screenpop try-rules new.toml
              screenpop try-rules new.toml --from 2026-11-16 --to 2026-11-20
              screenpop try-rules new.toml --queue support --list --limit 20
              screenpop try-rules new.toml --from 2026-11-16 --csv > differing.csv

            FILE is a whole configuration, such as a changed copy of /etc/screenpop/screenpopd.toml; dates are days of \
            its time zone. Times are taken to whole quarters of an hour. docs/administrator.md explains the output.
            """)

    @OptionGroup var global: GlobalOptions
    @Argument(help: "The configuration to try.", completion: .file(extensions: ["toml"])) var file: String
    @Option(help: ArgumentHelp("From this day or time on. (default: the last day of the log)", valueName: "date"))
    var from: String?
    @Option(
        help: ArgumentHelp(
            "To the end of this day, or up to this time. (default: the last day of the log)", valueName: "date"))
    var to: String?
    @Option(
        name: .customLong("state-dir"),
        help: ArgumentHelp(
            "Where the log is. (env: SCREENPOP_STATE_DIR; default: what FILE says, else /var/lib/screenpop)",
            valueName: "dir"))
    var stateDirectory: String?
    @Option(help: "Calls and figures of this queue alone.") var queue: String?
    @Flag(help: "List the decisions that differ, with both reasonings.") var list = false
    @Flag(help: "The decisions that differ as CSV, all of them unless --limit says otherwise.") var csv = false
    @Flag(help: "The whole result as JSON, for programs.") var json = false
    @Option(help: "So many decisions at most. (default: 100; with --csv all)") var limit: Int?

    func validate() throws {
        for (name, text) in [("--from", from), ("--to", to)] where WrittenTime.isWrong(text) {
            throw ValidationError("\(name) is a day such as 2026-11-20, or a time such as '2026-11-20 14:00'.")
        }
        if let limit, limit < 1 { throw ValidationError("--limit is 1 or more.") }
        if csv, json || list { throw ValidationError("--csv stands alone: without --json and --list.") }
        if file.isEmpty { throw ValidationError("Name the configuration to try.") }
    }

    func run() async throws {
        try await global.run {
            do { try tryRules() } catch let error as TrialError {
                complain("screenpop: \(TryRules.sentence(error, global.speech))")
                throw ExitCode(TryRules.exitStatus(error))
            } catch let error as TriedRules.Wrong {
                complain("screenpop: \(error)")
                throw ExitCode(error.exitStatus)
            }
        }
    }

    private func tryRules() throws {
        let rules = try TriedRules(
            file: file, stateDirectory: stateDirectory, environment: ProcessInfo.processInfo.environment)
        let run = try ShadowRun(rules)
        // No daemon is asked: the days are those of the configuration, and the newest is that of the log.
        let centre = try CentreTime(
            .init(timezone: rules.timezone, dayStart: rules.dayStart, today: run.lastDay, now: run.logEnds))
        let request = try request(centre)
        let bar = ProgressBar(total: 0, language: global.speech)
        stopOnInterrupt()
        // The daemon answers calls on the same machine.
        _ = nice(10)
        if csv { return try writeCSV(run, request, bar) }
        let report = try run.run(request, progress: bar.replayed(_:of:))
        bar.finish()
        if json { return say(try TryRules.document(report)) }
        let text = TryRulesText(
            file: file, report: report, clock: centre.clock, language: global.speech, terminal: global.terminal)
        say(text.text(list: list))
    }

    private func request(_ centre: CentreTime) throws(ClientError) -> ShadowRun.Request {
        func moment(_ text: String?, isEnd: Bool) throws(ClientError) -> Int64 {
            let text = try centre.moment(text ?? centre.today.text, isEnd: isEnd)
            guard let date = APITime.moment(text) else { throw .local("\(text) is no time.") }
            return Int64((date.timeIntervalSince1970 * 1_000).rounded())
        }
        let start = try moment(from, isEnd: false), end = try moment(to, isEnd: true)
        guard start < end else { throw .local("--to is before --from: nothing lies between them.") }
        return ShadowRun.Request(
            from: start, to: end, queue: queue, language: global.speech.rawValue, listMax: limit ?? 100)
    }

    /// The decisions are written as they are found: nothing of a long time is kept.
    private func writeCSV(_ run: ShadowRun, _ request: ShadowRun.Request, _ bar: ProgressBar) throws {
        say("\u{FEFF}" + TryRules.row(ListedDecision.columns), end: "\r\n")
        var left = limit ?? .max
        var request = request
        request.listMax = 0
        _ = try run.run(request, progress: bar.replayed(_:of:)) { one in
            guard left > 0 else { return }
            left -= 1
            say(TryRules.row(one.cells), end: "\r\n")
        }
        bar.finish()
    }

    static func row(_ cells: [String]) -> String {
        cells.map { cell in
            cell.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
                ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
        }.joined(separator: ",")
    }

    static func document(_ report: TrialReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self)
    }

    // MARK: What is wrong

    static func sentence(_ error: TrialError, _ l: Language) -> String {
        switch error {
        case .noLog(let directory):
            return l.say(
                "\(directory) に events.db がありません。--state-dir でデーモンのデータの場所を指定してください。",
                "There is no events.db in \(directory): name the daemon's folder with --state-dir.")
        case .notAllowed(let directory):
            return l.say(
                "このユーザーは \(directory) を読めません。デーモンのユーザーで実行してください: sudo -u screenpop screenpop try-rules …",
                "This user may not read \(directory). Run it as the daemon's: sudo -u screenpop screenpop try-rules …")
        case .empty(let directory):
            return l.say(
                "\(directory) のログにはまだ何もありません。", "The log in \(directory) has no event yet: nothing can be tried.")
        case .tooEarly(let day, isCut: true):
            return l.say(
                "その期間はもうログにありません（retention.events）。試せるのは \(day) からです: --from \(day)",
                "The log does not reach back to that time any more (retention.events). The first day that can be tried "
                    + "is \(day): --from \(day)")
        case .tooEarly(let day, isCut: false):
            return l.say(
                "ログは \(day) からです: --from \(day)", "The log begins on \(day): --from \(day)")
        case .tooLate(let end):
            return l.say(
                "ログは \(end) までです。それより前の期間を指定してください。",
                "The log ends at \(end): name a time before that with --from.")
        case .unreadable(let why): return why
        }
    }

    static func exitStatus(_ error: TrialError) -> Int32 {
        switch error {
        case .noLog: Exit.usage
        case .notAllowed: Exit.notAllowed
        case .empty, .tooEarly, .tooLate, .unreadable: Exit.refused
        }
    }
}

/// Ctrl-C ends a run that has shown nothing yet: the progress is taken off the terminal, and the status is the shell's.
private func stopOnInterrupt() {
    for number in [SIGINT, SIGTERM] {
        signal(number) { number in
            if isatty(STDERR_FILENO) == 1 { _ = Glibc.write(STDERR_FILENO, "\r\u{1B}[K", 4) }
            _exit(128 + number)
        }
    }
}
