import ArgumentParser
import Foundation

/// `screenpop customers search`.
struct SearchContacts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find calls, other contacts and notes of all customers by a part of what was written of them.",
        discussion: """
            Case, width and kana do not matter. 'customers find' finds customers by name, number, address or tag.

              screenpop customers search 水漏れ
              screenpop customers search leak --limit 100
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many at most, up to 200.") var limit = 20
    @Argument(help: "A part of a note or of a summary.") var text: String

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(path: path(["v1", "contacts"], [("q", text), ("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: ContactLines = try APIClient.decode(data), l = global.speech
            if answer.items.isEmpty { return say(l.say("該当する記録はありません。", "Nothing was written like that.")) }
            let clock = try await global.centreTime().clock
            say(ContactBoard(language: l, text: text).table(answer.items) { clock.day($0) }.text(on: global.terminal))
        }
    }
}

/// `GET /v1/contacts`.
struct ContactLines: Decodable {
    struct One: Decodable {
        var customer: Int
        var customerName, at, channel, summary: String
        var `operator`, operatorName: String?
    }
    var items: [One]
}

/// Contacts that were found as a table, each with the words around what was searched for.
struct ContactBoard {
    let language: Language
    /// What was searched for.
    let text: String

    /// Characters that are shown before the match and behind it.
    private static let around = 24

    func table(_ contacts: [ContactLines.One], at day: (String) -> String) -> Table {
        let l = language
        var table = Table(
            [
                l.say("日時", "at"), l.say("番号", "no."), l.say("顧客", "customer"), l.say("手段", "channel"),
                l.say("担当", "operator"), l.say("内容", "text"),
            ], right: [1])
        for one in contacts {
            table.add([
                day(one.at), String(one.customer), safe(one.customerName), safe(one.channel),
                safe(one.operatorName ?? one.operator ?? ""), safe(excerpt(one.summary)),
            ])
        }
        return table
    }

    /// The beginning of a text that has the match in another spelling.
    func excerpt(_ summary: String) -> String {
        let line = summary.replacing("\n", with: " / ")
        let match = line.range(of: text, options: [.caseInsensitive, .widthInsensitive])
        let middle = match ?? line.startIndex..<line.startIndex
        let from = line.index(middle.lowerBound, offsetBy: -ContactBoard.around, limitedBy: line.startIndex)
        let to = line.index(middle.upperBound, offsetBy: ContactBoard.around * 2, limitedBy: line.endIndex)
        let part = line[(from ?? line.startIndex)..<(to ?? line.endIndex)]
        return (part.startIndex > line.startIndex ? "…" : "") + part + (part.endIndex < line.endIndex ? "…" : "")
    }
}
