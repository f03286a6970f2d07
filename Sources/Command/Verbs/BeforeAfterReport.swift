import ArgumentParser
import Foundation

/// `screenpop report before-after`: two periods side by side.
struct BeforeAfterReport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "before-after",
        abstract: "What came of calls and lists in two periods: whether a measure has changed anything.",
        discussion: """
            Each period is its first and its last day. 'screenpop calls --figure FIGURE --from DAY --to DAY' lists the \
            calls behind a figure; --json has the address of them.

              screenpop report before-after --before 2026-10-01..2026-10-31 --after 2026-11-01..2026-11-26
              screenpop report before-after --before 2026-10-01..2026-10-07 --after 2026-11-01..2026-11-07 --queue sales
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: ArgumentHelp("The period before the measure.", valueName: "day..day")) var before: String
    @Option(help: ArgumentHelp("The period after it.", valueName: "day..day")) var after: String
    @Option(help: "Calls of this queue alone.") var queue: String?
    @Option(name: .customLong("operator"), help: "Calls of this operator alone.") var operatorID: String?
    @Option(help: "Calls of customers of this tier alone.") var tier: String?

    func validate() throws {
        for (name, text) in [("--before", before), ("--after", after)] where BeforeAfterReport.days(text) == nil {
            throw ValidationError("\(name) is a first and a last day: 2026-10-01..2026-10-31.")
        }
        if operatorID != nil, queue != nil || tier != nil {
            throw ValidationError("--operator goes without --queue and --tier.")
        }
    }

    /// `2026-10-01..2026-10-31`; nil for anything else.
    static func days(_ text: String) -> (from: String, to: String)? {
        let parts = text.components(separatedBy: "..")
        guard parts.count == 2, CivilDay(parts[0]) != nil, CivilDay(parts[1]) != nil else { return nil }
        return (parts[0], parts[1])
    }

    func run() async throws {
        try await global.run {
            let first = BeforeAfterReport.days(before), second = BeforeAfterReport.days(after)
            let data = try await global.client.ask(
                .init(
                    path: path(
                        ["v1", "reports", "before-after"],
                        [
                            ("before_from", first?.from), ("before_to", first?.to), ("after_from", second?.from),
                            ("after_to", second?.to), ("queue", queue), ("operator", operatorID), ("tier", tier),
                        ])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: BeforeAfterLines = try APIClient.decode(data)
            say(BeforeAfterTable(language: global.speech).text(answer, on: global.terminal))
        }
    }
}

/// `GET /v1/reports/before-after`.
struct BeforeAfterLines: Decodable {
    struct Line: Decodable {
        var figure, unit: String
        var before, after, difference, shareBefore, shareAfter: Double?
    }
    struct ListLine: Decodable {
        var list, result: String
        var before, after, difference: Int
    }
    var items: [Line]
    var lists: [ListLine]
}

/// Two periods as a table.
struct BeforeAfterTable {
    let language: Language

    func text(_ found: BeforeAfterLines, on terminal: Terminal) -> String {
        let l = language
        let heading = [l.say("前", "before"), l.say("後", "after"), l.say("差", "difference")]
        var figures = Table([l.say("指標", "figure")] + heading, right: [1, 2, 3])
        for one in found.items {
            let shares = [one.shareBefore, one.shareAfter].map { $0.map { " (\(l.percent($0)))" } ?? "" }
            figures.add([
                safe(name(of: one.figure)), shown(one.before, one.unit) + shares[0],
                shown(one.after, one.unit) + shares[1], difference(one.difference, one.unit),
            ])
        }
        if found.lists.isEmpty { return figures.text(on: terminal) }
        var lists = Table([l.say("リスト", "list"), l.say("結果", "result")] + heading, right: [2, 3, 4])
        for one in found.lists {
            lists.add([
                safe(one.list), safe(one.result), String(one.before), String(one.after),
                difference(Double(one.difference), "count"),
            ])
        }
        return figures.text(on: terminal) + "\n\n" + lists.text(on: terminal)
    }

    private func name(of figure: String) -> String {
        let l = language
        return switch figure {
        case "answered_calls": l.say("応答した通話", "answered calls")
        case "documented_rate": l.say("記録率", "documented")
        case "undocumented": l.say("記録なし", "nothing written")
        case "without_disposition": l.say("結果なし", "without a disposition")
        case "complaint_rate": l.say("苦情率", "complaint rate")
        case "complaints": l.say("苦情", "complaints")
        default: figure
        }
    }

    private func shown(_ value: Double?, _ unit: String) -> String {
        unit == "ratio" ? language.percent(value) : value.map { String(Int64($0)) } ?? "–"
    }

    /// With its sign; of ratios in points of a hundred.
    private func difference(_ value: Double?, _ unit: String) -> String {
        guard let value else { return "–" }
        let sign = value > 0 ? "+" : value < 0 ? "−" : "±"
        guard unit == "ratio" else { return sign + String(Int64(value.magnitude)) }
        let tenths = Int((value.magnitude * 1_000).rounded())
        return sign + "\(tenths / 10).\(tenths % 10) " + language.say("ポイント", "points")
    }
}
