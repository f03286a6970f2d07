import ArgumentParser
import Backup
import Foundation
import Settings

/// `screenpop backup`: everything that the daemon keeps, copied while it runs.
struct Backups: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy everything that the daemon keeps, while it runs; check and list copies.",
        discussion: """
              screenpop backup /backup                    in /backup/20261126T140300Z
              screenpop backup /backup --keep 14          the newest fourteen stay
              screenpop backup /backup --age-recipient K  encrypted by the program age
              screenpop backup verify /backup             can each one be restored?
              screenpop backup list /backup
              screenpop restore /backup --at '2026-11-20 14:03'

            `screenpop backup create --help` has the options. The program works on the files themselves, so run it as \
            root or as the daemon's user. The daemon may run or not.
            """,
        subcommands: [Create.self, Verify.self, List.self], defaultSubcommand: Create.self)

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a backup.",
            discussion: """
                A backup is a folder with a copy of each file of the state directory, which fit together, and a \
                manifest with checksums. It is checked before it gets its name; one that is interrupted leaves nothing.

                Encrypted with age, it is read with the private key alone, which should not be on this machine:

                  age-keygen -o backup-key.txt       elsewhere; keep it safe
                  screenpop backup /backup --age-recipient age1…
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @OptionGroup var state: StateDirectoryOption
        @Option(
            help: ArgumentHelp(
                "How many backups stay: older ones, and what interrupted ones left, are removed when the new one is "
                    + "checked. (default: all)", valueName: "count"))
        var keep: Int?
        @Option(
            name: .customLong("age-recipient"),
            help: ArgumentHelp("Encrypt for this public key of age or SSH.", valueName: "key"))
        var ageRecipient: String?
        @Option(
            name: .customLong("age-recipients-file"),
            help: ArgumentHelp("Encrypt for the public keys in this file, one a line.", valueName: "file"))
        var ageRecipientsFile: String?
        @Argument(help: "The folder that gets the backup; made when it is missing.", completion: .directory)
        var folder: String

        func validate() throws {
            if let keep, keep < 1 { throw ValidationError("--keep is 1 or more.") }
            if ageRecipient != nil, ageRecipientsFile != nil {
                throw ValidationError("Give --age-recipient or --age-recipients-file, not both.")
            }
        }

        private var recipients: AgeRecipients? {
            ageRecipient.map(AgeRecipients.key) ?? ageRecipientsFile.map(AgeRecipients.file)
        }

        func run() async throws {
            try await global.run {
                let centre = try await state.locate(global)
                try global.backingUp(isBeside: true) { progress in
                    var work = BackupRun(
                        stateDirectory: centre.stateDirectory, folder: folder, keep: keep, recipients: recipients,
                        program: Screenpop.number, timezone: centre.timezone)
                    work.isStopped = { Interruption.isAsked }
                    let report = try work.run(progress.show)
                    progress.end()
                    try print(report)
                }
            }
        }

        private struct Answer: Encodable {
            var path: String
            var manifest: Manifest
            var removed: [String]
            var notices: [String]
        }

        private func print(_ report: BackupRun.Report) throws {
            let l = global.speech, entry = report.entry
            if output.json {
                return try sayJSON(
                    Answer(
                        path: entry.path, manifest: entry.manifest, removed: report.removed, notices: report.notices))
            }
            let took = entry.manifest.endedAt.ms - entry.manifest.begunAt.ms
            let size = mebibytes(entry.bytes), last = entry.manifest.log.last
            say(
                l.say(
                    "\(safe(entry.path)): イベント \(last) まで、\(size)、\(l.duration(took))。検証済みです。",
                    "\(safe(entry.path)): events up to \(last), \(size), in \(l.duration(took)); checked."))
            for path in report.removed { say(l.say("削除: \(safe(path))", "removed: \(safe(path))")) }
            for notice in report.notices { complain("screenpop: \(safe(notice))") }
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Whether a backup, or each in a folder, can be restored.",
            discussion: """
                Compares the checksums, and looks through the databases and the log. Of an encrypted backup the \
                contents are looked at with the private key only. The exit status is 1 when something is wrong.
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @OptionGroup var key: AgeIdentityOption
        @Argument(help: "A backup, or a folder of several.", completion: .directory) var path: String

        private struct Answer: Encodable {
            struct One: Encodable {
                var path: String
                var ok: Bool
                var problems: [String]
                var contentsChecked: Bool
            }
            var backups: [One]
        }

        func run() async throws {
            try await global.run {
                try global.backingUp(isBeside: true) { progress in
                    let results = try Verification(identity: key.ageIdentity).run(path, progress.show)
                    progress.end()
                    if output.json {
                        let all = results.map {
                            Answer.One(
                                path: $0.path, ok: $0.problems.isEmpty, problems: $0.problems,
                                contentsChecked: $0.isDeep)
                        }
                        try sayJSON(Answer(backups: all))
                    } else {
                        results.forEach(print)
                    }
                    if results.contains(where: { !$0.problems.isEmpty }) { throw ExitCode(Exit.refused) }
                }
            }
        }

        private func print(_ result: Verification.Result) {
            let l = global.speech, t = global.terminal
            for problem in result.problems {
                say("\(safe(result.path)): " + t.styled(l.say("破損", "damaged"), .bad) + ": \(safe(problem))")
            }
            guard result.problems.isEmpty else { return }
            let what =
                result.isDeep
                ? t.styled(l.say("復元できます", "can be restored"), .good)
                : l.say(
                    "チェックサムは正しい。中身の検査には --age-identity が要ります",
                    "the checksums are right; to look at the contents give --age-identity")
            say("\(safe(result.path)): \(what)")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the backups in a folder: how far each reaches, and how large it is.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The folder.", completion: .directory) var folder: String

        private struct Answer: Encodable {
            struct One: Encodable {
                var path: String
                var bytes: Int64
                var manifest: Manifest
            }
            struct Unreadable: Encodable {
                var path: String
                var reason: String
            }
            var backups: [One]
            var unreadable: [Unreadable]
            var interrupted: [String]
        }

        func run() async throws {
            try await global.run {
                try global.backingUp { _ in
                    let backups = BackupFolder(path: folder), found = try backups.entries()
                    let left = try backups.leftovers()
                    if output.json {
                        return try sayJSON(
                            Answer(
                                backups: found.complete.map {
                                    .init(path: $0.path, bytes: $0.bytes, manifest: $0.manifest)
                                }, unreadable: found.unreadable.map { .init(path: $0.path, reason: $0.reason) },
                                interrupted: left))
                    }
                    print(found.complete)
                    for one in found.unreadable { complain("screenpop: \(safe(one.path)): \(safe(one.reason))") }
                    for one in left {
                        complain(
                            global.speech.say(
                                "screenpop: \(safe(one)) は途中で止まったか実行中です",
                                "screenpop: \(safe(one)) was interrupted, or is being written"))
                    }
                }
            }
        }

        private func print(_ entries: [BackupFolder.Entry]) {
            let l = global.speech
            if entries.isEmpty { return say(l.say("バックアップはまだありません。", "No backup yet.")) }
            var table = Table(
                [
                    l.say("名前", "name"), l.say("ここまで", "reaches to"), l.say("ここから", "begins"),
                    l.say("イベント", "events up to"), l.say("サイズ", "size"), l.say("暗号", "encrypted"),
                    l.say("ログ", "log"),
                ], right: [3, 4])
            for one in entries {
                let log = one.manifest.log, clock = CivilClock(timezone: one.manifest.timezone ?? "UTC")
                table.add([
                    safe(one.name), clock.shown(log.reach.description),
                    clock.shown(log.firstAt?.description), String(log.last), mebibytes(one.bytes),
                    one.manifest.encrypted ? l.say("あり", "yes") : l.say("なし", "no"),
                    String((log.identity ?? "–").prefix(8)),
                ])
            }
            say(table.text(on: global.terminal))
        }
    }
}
