import ArgumentParser
import Foundation
import Glibc

/// `screenpop customers erase`.
struct EraseCustomer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "erase", abstract: "Erase a person from records, log and history. There is no way back.",
        discussion: """
            Figures stay as they are. Numbers that another customer has too stay; backups keep what they have until \
            they are removed. A deleted customer can be erased. Asking again shows what was done.

              screenpop customers erase 17 --reason "request of 2026-11-20"
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "Why, for the line that stays. Do not name the person in it.") var reason: String?
    @Flag(help: "Do not ask first.") var yes = false
    @Argument(help: "The customer's number, as `find` or `deleted` lists it.") var id: Int

    struct Answer: Decodable {
        struct Erased: Decodable { var versions, cases, numbers, calls, contacts, logEntries: Int }
        struct Kept: Decodable {
            var sharedNumbers: Int
            var folders: [String]
        }
        var state: String
        var already: Bool
        var at: String
        var by: String?
        var erased: Erased
        var kept: Kept
    }

    func run() async throws {
        try await global.run {
            try confirm()
            var data = try await ask(), answer: Answer = try APIClient.decode(data)
            let wasErased = answer.already
            while answer.state == "running" {
                let l = global.speech
                if isatty(STDERR_FILENO) == 1 { complain(l.say("消去しています…", "Erasing …")) }
                data = try await ask()
                answer = try APIClient.decode(data)
            }
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            say(text(answer, wasErased, try await global.centreTime().clock))
        }
    }

    private func ask() async throws -> Data {
        try await global.client.ask(
            .init(
                method: .POST, path: path(["v1", "customers", String(id), "erase"]),
                body: try .json(reason.map { ["reason": $0] } ?? [:])))
    }

    /// Asks on a terminal; elsewhere `--yes` has to be there.
    private func confirm() throws {
        if yes { return }
        let l = global.speech
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw ClientError.local(
                l.say(
                    "消去は元に戻せません。確認せずに実行するには --yes を付けてください。",
                    "An erase cannot be undone; add --yes to do it without being asked."))
        }
        complain(
            l.say(
                "顧客 \(id) を記録・ログ・履歴から消去します。元に戻せません。続けるには顧客番号を入力してください: ",
                "Customer \(id) will be erased from records, log and history. This cannot be undone. Type the "
                    + "customer's number to go on: "), end: "")
        guard readLine()?.trimmingCharacters(in: .whitespaces) == String(id) else {
            throw ClientError.local(l.say("何も消去していません。", "Nothing was erased."))
        }
    }

    private func text(_ answer: Answer, _ wasErased: Bool, _ clock: CivilClock) -> String {
        let l = global.speech, erased = answer.erased
        let who = answer.by.map(safe) ?? l.say("コマンド", "the command line"), at = clock.shown(answer.at)
        var lines = [
            wasErased
                ? l.say("顧客 \(id) は \(at) に消去済みです（\(who)）。", "Customer \(id) was erased at \(at) by \(who).")
                : l.say("顧客 \(id) を消去しました。", "Customer \(id) is erased."),
            l.say(
                "版 \(erased.versions)、案件 \(erased.cases)、電話番号 \(erased.numbers)、通話 \(erased.calls)、"
                    + "応対 \(erased.contacts)、ログ \(erased.logEntries) 件",
                "\(erased.versions) versions, \(erased.cases) cases, \(erased.numbers) numbers, \(erased.calls) calls, "
                    + "\(erased.contacts) contacts, \(erased.logEntries) entries of the log"),
        ]
        if answer.kept.sharedNumbers > 0 {
            lines.append(
                l.say(
                    "他の顧客も使う電話番号 \(answer.kept.sharedNumbers) 件は残しました。",
                    "\(answer.kept.sharedNumbers) numbers that other customers have too were kept."))
        }
        for folder in answer.kept.folders {
            lines.append(
                l.say(
                    "\(safe(folder)) には以前の版のファイルがそのまま残っています。",
                    "\(safe(folder)) has files of an earlier version as they were; delete that folder."))
        }
        lines.append(
            l.say("バックアップは保存期間の終わりまで残ります。", "Backups keep what they have until they are removed."))
        return lines.joined(separator: "\n")
    }
}
