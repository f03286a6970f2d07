import ArgumentParser
import Foundation

/// `screenpop status`: the daemon's state and health.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How the daemon does: since when, how much, and whether the log can be written.",
        discussion: "The exit status is 1 when the log cannot be written.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption

    private struct Answer: Decodable {
        struct Database: Decodable { var eventsBytes, customersBytes: Int64 }
        var version: String
        var pid: Int
        var startedAt: String
        var uptimeMs: Int64
        var committedSeq: Int64
        var logWritable: Bool
        var openCalls, operatorsLoggedIn, eventConnections, streams, customers: Int
        var stateDir: String
        var database: Database
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: "/v1/status"))
            let answer: Answer = try APIClient.decode(data)
            if output.json {
                say(String(decoding: data, as: UTF8.self), end: "")
            } else {
                say(text(answer, try await global.centreTime().clock))
            }
            if !answer.logWritable { throw ExitCode(Exit.refused) }
        }
    }

    private func text(_ one: Answer, _ clock: CivilClock) -> String {
        let l = global.speech, t = global.terminal
        func mebibytes(_ bytes: Int64) -> String {
            "\((bytes * 10 / 1_048_576) / 10).\((bytes * 10 / 1_048_576) % 10) MiB"
        }
        let rows: [(String, String)] = [
            (l.say("版", "version"), one.version), (l.say("プロセス", "process"), String(one.pid)),
            (l.say("起動", "started"), "\(clock.shown(one.startedAt)) (\(l.duration(one.uptimeMs)))"),
            (
                l.say("記録", "log"),
                one.logWritable
                    ? t.styled(l.say("書込可", "writable"), .good)
                    : t.styled(l.say("書き込めません。ディスクの空きを確かめてください", "cannot be written: is the disk full?"), .bad)
            ),
            (l.say("イベント", "events"), String(one.committedSeq)), (l.say("進行中の通話", "open calls"), String(one.openCalls)),
            (l.say("ログイン中", "operators"), String(one.operatorsLoggedIn)),
            (l.say("PBX接続", "PBX links"), String(one.eventConnections)),
            (l.say("画面", "streams"), String(one.streams)), (l.say("顧客", "customers"), String(one.customers)),
            (
                l.say("保存先", "state"),
                "\(safe(one.stateDir)) (\(mebibytes(one.database.eventsBytes)) + "
                    + "\(mebibytes(one.database.customersBytes)))"
            ),
        ]
        return rows.map { "\(fitted($0.0, to: 14)) \($0.1)" }.joined(separator: "\n")
    }
}
