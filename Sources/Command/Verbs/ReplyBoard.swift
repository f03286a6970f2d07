import Foundation
import NIOHTTP1

/// Mails that were written in cases as a table.
struct ReplyBoard {
    let language: Language
    /// The centre's.
    let clock: CivilClock

    func table(_ replies: [ReplyLine]) -> Table {
        let l = language
        var table = Table(
            [
                l.say("番号", "no."), l.say("作成", "written at"), l.say("案件", "case"), l.say("顧客", "customer"),
                l.say("宛先", "to"), l.say("件名", "subject"), l.say("作成者", "by"), l.say("状態", "state"),
                l.say("回数", "tries"),
            ], right: [0, 2, 8])
        for one in replies {
            table.add([
                String(one.id), clock.shown(one.createdAt), String(one.case), one.customerName.map(safe) ?? "",
                safe(one.to), safe(one.subject), one.operator.map(safe) ?? "", state(one), String(one.tries),
            ])
        }
        return table
    }

    private func state(_ one: ReplyLine) -> String {
        let l = language
        switch one.state {
        case "waiting": return l.say("承認待ち", "waits for a supervisor")
        case "returned": return l.say("差し戻し", "came back")
        case "queued":
            let next = one.nextTry.map { " (\(clock.shown($0)))" } ?? ""
            return l.say("送信待ち", "goes out") + next
        case "sending": return l.say("送信中", "being sent")
        case "unknown": return l.say("不明・要確認", "unknown, look")
        case "sent": return l.say("送信済み", "sent")
        case "failed": return l.say("送信できず", "failed")
        case "withdrawn": return l.say("取りやめ", "withdrawn")
        default: return safe(one.state)
        }
    }

    /// A text of several lines, safe for a terminal.
    static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { safe(String($0)) }.joined(separator: "\n")
    }

    /// Asks, and shows the mail as it is now.
    static func ask(
        _ global: GlobalOptions, _ output: JSONOption, _ id: Int, _ verb: String, _ body: APIClient.Question.Body
    ) async throws {
        let data = try await global.client.ask(
            .init(method: .POST, path: path(["v1", "replies", String(id), verb]), body: body))
        if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
        let one: ReplyLine = try APIClient.decode(data)
        let clock = try await global.centreTime().clock
        say(ReplyBoard(language: global.speech, clock: clock).table([one]).text(on: global.terminal))
    }
}
