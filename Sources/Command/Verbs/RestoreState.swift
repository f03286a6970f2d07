import ArgumentParser
import Backup
import Foundation
import Settings

/// `screenpop restore`: a state directory from a backup.
struct RestoreState: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Make the daemon's data from a backup, as it was then or at a moment before.",
        discussion: """
              screenpop restore /backup                          the newest backup
              screenpop restore /backup --at '2026-11-20 14:03'  that moment
              screenpop restore /backup --into /var/tmp/try      beside the real one

            Stop the daemon and its sockets before: systemctl stop screenpop-events.socket screenpop-http.socket \
            screenpop-api.socket screenpopd

            What is in the state directory is renamed to DIR.before-restore-TIME and never deleted. The restored log \
            has an identity of its own: its files do not fit beside those of the original any more.

            The time of --at is the centre's, as the backup knows its zone, unless it is written with its own zone \
            (2026-11-20T14:03:00+09:00). What was read up to that moment is there.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @OptionGroup var key: AgeIdentityOption
    @Option(
        name: [.customLong("into"), .customLong("state-dir")],
        help: ArgumentHelp(
            "The state directory to make. (env: SCREENPOP_STATE_DIR; default: by the configuration)", valueName: "dir"),
        completion: .directory)
    var into: String?
    @Option(help: ArgumentHelp("The moment: '2026-11-20 14:03', with seconds or without.", valueName: "time"))
    var at: String?
    @Option(
        help: ArgumentHelp("The zone of --at, such as Asia/Tokyo. (default: that of the backup)", valueName: "zone"))
    var timezone: String?
    @Flag(help: "Do not ask, and rename also a folder that is no state directory.") var force = false
    @Argument(help: "A backup, or the folder of several.", completion: .directory) var path: String

    func validate() throws {
        if let at {
            switch WrittenTime(at) {
            case .moment, .civil(_, seconds: _?): break
            case .civil(_, seconds: nil), nil:
                throw ValidationError("--at is a time such as '2026-11-20 14:03' or 2026-11-20T14:03:00+09:00.")
            }
        }
        if let timezone, !CivilClock.knows(timezone) {
            throw ValidationError("--timezone is an IANA name such as Asia/Tokyo.")
        }
    }

    private struct Answer: Encodable {
        var stateDirectory: String
        var aside: String?
        var source: String
        var base: String?
        var last: Int64
        var lastAt: UTCTime?
        var cut: Int64
        var log: String?
        var notices: [String]
    }

    func run() async throws {
        try await global.run {
            let directory = try into ?? StateDirectoryOption.configured().stateDirectory
            let zone = try zone()
            try global.backingUp { progress in
                var work = Restore(path: path, stateDirectory: directory)
                work.moment = try at.map { try RestoreState.moment($0, zone) }
                work.identity = key.ageIdentity
                work.isForced = force
                let report = try work.run(progress.show, confirm: confirm)
                progress.end()
                try print(report, CivilClock(timezone: zone))
            }
        }
    }

    /// The zone in which times are read and shown: what is named, else what the newest backup knows, else what the
    /// configuration of this machine says.
    private func zone() throws -> String {
        if let timezone { return timezone }
        if let known = Restore.timezone(of: path) { return known }
        return try StateDirectoryOption.configured().timezone
    }

    /// The moment that a text means in a zone.
    static func moment(_ text: String, _ zone: String) throws(ClientError) -> UTCTime {
        let date: Date?
        switch WrittenTime(text) {
        case .moment(let text): date = APITime.date(text) ?? (try? Date(text, strategy: .iso8601))
        case .civil(let day, let seconds?): date = CivilClock(timezone: zone).date(day, seconds: seconds)
        case .civil(_, nil), nil: date = nil
        }
        guard let date else { throw ClientError.local("\(text) is no time: write '2026-11-20 14:03'.") }
        return UTCTime(ms: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }

    /// On a terminal a person is asked before a state directory is renamed.
    private func confirm(_ state: String, _ aside: String) -> Bool {
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return true }
        let l = global.speech
        complain(
            l.say(
                "\(safe(state)) を \(safe(aside)) に移し、バックアップから復元します。よろしいですか？ [y/N] ",
                "\(safe(state)) is renamed to \(safe(aside)) and restored from the backup. Go on? [y/N] "), end: "")
        // Nothing is made yet: Ctrl-C ends the program at once.
        Interruption.ignore()
        defer { Interruption.listen() }
        return ["y", "yes", "はい"].contains(readLine()?.lowercased() ?? "")
    }

    private func print(_ report: Restore.Report, _ clock: CivilClock) throws {
        if output.json {
            return try sayJSON(
                Answer(
                    stateDirectory: report.stateDirectory, aside: report.aside, source: report.source,
                    base: report.base, last: report.last, lastAt: report.lastAt, cut: report.cut, log: report.log,
                    notices: report.notices))
        }
        let l = global.speech, at = "\(clock.shown(report.lastAt?.description)) \(clock.name)"
        say(
            l.say(
                "\(safe(report.stateDirectory)): イベント \(report.last)（\(at)）まで、\(safe(report.source)) から復元しました。",
                "\(safe(report.stateDirectory)): restored up to event \(report.last) (\(at)), from "
                    + "\(safe(report.source))."))
        if report.cut > 0 {
            say(
                l.say(
                    "その後の \(report.cut) 件は含みません。",
                    "Entries of the backup that are later, and left out: \(report.cut)."))
        }
        if let base = report.base, base != report.source {
            say(
                l.say(
                    "チェックポイントと顧客は \(safe(base)) のものです。",
                    "The checkpoint and the records are those of \(safe(base))."))
        }
        if let aside = report.aside {
            say(
                l.say(
                    "以前のデータは \(safe(aside)) にあります。要らなくなったら削除してください。",
                    "What was there is now \(safe(aside)): remove it when you no longer need it."))
        }
        for notice in report.notices { say(safe(notice)) }
        if Set(["/var/lib/screenpop"]).contains(report.stateDirectory) {
            say(l.say("起動: systemctl start screenpopd", "Start the daemon: systemctl start screenpopd"))
        }
    }
}
