import ArgumentParser
import Foundation

/// `screenpop customers timeline`.
struct CustomerTimeline: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timeline", abstract: "Show all that happened with a customer, newest first.",
        discussion: """
              screenpop customers timeline 17
              screenpop customers timeline 17 --channel visit
              screenpop customers timeline 17 --find 見積
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many entries at most.") var limit = 50
    @Option(help: "Only this channel: phone, email, visit, note, purchase, contract, list, …") var channel: String?
    @Option(help: "Only what has this part in its note, summary, product or service.") var find: String?
    @Argument(help: "The customer's number, as `find` lists it.") var id: Int

    private struct Answer: Decodable {
        var items: [Entry]
        var next: String?
    }
    private struct Entry: Decodable {
        var kind, at, channel, summary: String
        var direction, `operator`, operatorName, outcome: String?
        var durationMs: Int64?
    }

    func run() async throws {
        try await global.run {
            let query = [("channel", channel), ("q", find), ("limit", String(limit))]
            let data = try await global.client.ask(
                .init(path: path(["v1", "customers", String(id), "timeline"], query)))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech
            if answer.items.isEmpty { return say(l.say("記録はありません。", "Nothing is recorded.")) }
            let clock = try await global.centreTime().clock
            var table = Table([
                l.say("日時", "at"), l.say("手段", "channel"), l.say("方向", "direction"), l.say("担当", "operator"),
                l.say("時間", "duration"), l.say("結果", "outcome"), l.say("内容", "summary"),
            ])
            for one in answer.items {
                let outcome = one.kind == "call" ? l.outcome(one.outcome) : one.outcome ?? ""
                table.add([
                    clock.day(one.at), safe(one.channel), l.direction(one.direction),
                    safe(one.operatorName ?? one.operator ?? ""), one.durationMs.map { l.duration($0) } ?? "",
                    safe(outcome), safe(one.summary.replacing("\n", with: " / ")),
                ])
            }
            say(table.text(on: global.terminal))
            if answer.next != nil { complain(l.say("さらに古い記録: --limit", "There are older ones: --limit shows more.")) }
        }
    }
}
