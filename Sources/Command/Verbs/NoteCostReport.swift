import ArgumentParser
import Foundation

/// `screenpop report note-cost`: what notes cost, field by field.
struct NoteCostReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note-cost",
        abstract: "What notes cost: how long operators write in each field, how often, and how often it is read.",
        discussion: """
            Texts whose time nobody measured are unknown, and not free. A star marks fields that take a tenth of the \
            time or more and are read less than once for two times they are written. An operator sees its own figures.

              screenpop report note-cost --from 2026-11-01 --to 2026-11-30
              screenpop report note-cost --from 2026-11-01 --by operator --csv > cost.csv
            """)

    enum Grouping: String, ExpressibleByArgument, CaseIterable { case field, day, queue, `operator` }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: ArgumentHelp("From this day on. (default: today)", valueName: "date")) var from: String?
    @Option(help: ArgumentHelp("To the end of this day. (default: now)", valueName: "date")) var to: String?
    @Option(help: "A row for each field and each of these.") var by: Grouping?
    @Option(help: "Of calls in this queue alone.") var queue: String?
    @Option(name: .customLong("operator"), help: "What this operator wrote and read.") var operatorID: String?
    @Flag(help: "As CSV.") var csv = false

    func validate() throws {
        for (name, text) in [("--from", from), ("--to", to)] where text.map({ CivilDay($0) == nil }) ?? false {
            throw ValidationError("\(name) is a day such as 2026-11-20.")
        }
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    path: path(
                        ["v1", "reports", "note-cost"],
                        [
                            ("from", from), ("to", to), ("by", by?.rawValue), ("queue", queue),
                            ("operator", operatorID), ("format", csv ? "csv" : nil),
                        ])))
            if output.json || csv { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: FieldCosts = try APIClient.decode(data)
            say(NoteCostTable(language: global.speech).text(answer, on: global.terminal))
        }
    }
}

/// `GET /v1/reports/note-cost`.
struct FieldCosts: Decodable {
    struct One: Decodable {
        var field: String
        var day, queue, `operator`: String?
        var filled, unknown, shown, opened: Int64
        var spentMs, averageMs: Int64?
        var share, readsPerFilled: Double?
        var costly: Bool
    }
    var by: String
    var items: [One]
}

/// What notes cost as a table.
struct NoteCostTable {
    let language: Language

    func text(_ costs: FieldCosts, on terminal: Terminal) -> String {
        let l = language
        if costs.items.isEmpty {
            return l.say("この期間に入力・閲覧された項目はありません。", "Nothing was written or read in this time.")
        }
        let parts = costs.by == "field" ? [] : [name(of: costs.by)]
        let heading =
            parts + [
                l.say("項目", "field"), l.say("入力", "written"), l.say("時間不明", "time unknown"),
                l.say("1回の時間", "time each"), l.say("合計時間", "time"), l.say("割合", "share"),
                l.say("表示", "shown"), l.say("開いた回数", "opened"), l.say("閲覧/入力", "read/written"),
            ]
        var table = Table(heading, right: Set((parts.count + 1)..<heading.count))
        for one in costs.items {
            let part = parts.isEmpty ? [] : [safe(one.day ?? one.queue ?? one.operator ?? "–")]
            table.add(
                part + [
                    safe(one.field) + (one.costly ? " *" : ""), String(one.filled), String(one.unknown),
                    seconds(one.averageMs), l.duration(one.spentMs), l.percent(one.share), String(one.shown),
                    String(one.opened), one.readsPerFilled.map(tenths) ?? "–",
                ])
        }
        let hasStar = costs.items.contains(where: \.costly)
        let star = l.say("* 手間がかかり、あまり読まれていない項目", "* much work, seldom read")
        return table.text(on: terminal) + (hasStar ? "\n" + star : "")
    }

    private func name(of grouping: String) -> String {
        switch grouping {
        case "queue": language.say("キュー", "queue")
        case "operator": language.say("オペレーター", "operator")
        default: language.say("日", "day")
        }
    }

    private func seconds(_ ms: Int64?) -> String {
        guard let ms else { return "–" }
        return tenths(Double(ms) / 1_000) + language.say(" 秒", " s")
    }

    private func tenths(_ number: Double) -> String {
        let whole = Int((number * 10).rounded())
        return "\(whole / 10).\(whole % 10)"
    }
}
