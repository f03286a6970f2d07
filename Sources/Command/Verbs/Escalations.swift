import ArgumentParser
import Foundation
import Settings

/// `screenpop escalations`: the rules about cases that wait for too long.
struct Escalations: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The rules about cases that wait for too long, and how often they would have fired.",
        discussion: """
              screenpop escalations
              screenpop escalations try
              screenpop escalations try new.toml --days 30
            """,
        subcommands: [List.self, Try.self], defaultSubcommand: List.self)

    struct Answer: Decodable {
        struct Rule: Decodable {
            struct Firing: Decodable {
                var at: String
                var `case`: Int
            }
            var name, when: String
            var afterMs: Int64
            var kind, phase, priority, owner: String?
            var alarm, webhook: Bool
            var fired: Int?
            var firings: [Firing]?
        }
        var items: [Rule]
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The rules that are in force.", discussion: "  screenpop escalations")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: "/v1/escalations"))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data), l = global.speech
                if answer.items.isEmpty {
                    let nothing = l.say(
                        "規則はありません。設定の [[escalation]] に書きます。", "There is no rule; [[escalation]] has them.")
                    return say(nothing)
                }
                say(table(answer.items, l).text(on: global.terminal))
            }
        }
    }

    struct Try: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "try",
            abstract: "How often the rules would have fired on the cases of past days; nothing is changed.",
            discussion: """
                Without a file those that are in force. What a rule would have changed is not taken into account: an
                owner who is given by one rule keeps another from firing.

                  screenpop escalations try
                  screenpop escalations try new.toml --days 30
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "So many days back.") var days = 90
        @Flag(help: "Which cases, and when; the newest 100 of each rule.") var cases = false
        @Argument(help: "A configuration with [[escalation]] tables.") var file: String?

        func run() async throws {
            try await global.run {
                var items: [Answer.Rule] = [], answers: [String] = []
                for query in try queries() {
                    let data = try await global.client.ask(.init(path: path(["v1", "escalations", "try"], query)))
                    answers.append(String(decoding: data, as: UTF8.self))
                    let answer: Answer = try APIClient.decode(data)
                    items += answer.items
                }
                if output.json { return say(answers.joined(), end: "") }
                let l = global.speech
                if items.isEmpty { return say(l.say("規則はありません。", "There is no rule to try.")) }
                let clock = try await global.centreTime().clock
                for rule in items {
                    let count = rule.fired ?? 0
                    say(
                        l.say(
                            "\(safe(rule.name)): 過去 \(days) 日で \(count) 回",
                            "\(safe(rule.name)): would have fired \(count) times in the last \(days) days"))
                    guard cases else { continue }
                    for one in rule.firings ?? [] { say("  \(clock.shown(one.at))  \(one.case)") }
                }
            }
        }

        /// One for all rules in force, or one for each rule of the file.
        func queries() throws -> [[(String, String?)]] {
            let days = ("days", Optional(String(days)))
            guard let file else { return [[days]] }
            let settings: Settings
            do throws(SettingsError) {
                settings = try Settings.load(file: file, environment: [:], flags: .init())
            } catch { throw ClientError.local(error.description) }
            return settings.escalations.map { rule in
                [
                    days, ("name", rule.name), ("when", rule.condition.rawValue), ("after_ms", String(rule.after)),
                    ("kind", rule.kind?.rawValue), ("phase", rule.phase),
                ]
            }
        }
    }

    static func table(_ rules: [Answer.Rule], _ l: Language) -> Table {
        var table = Table([
            l.say("名前", "name"), l.say("条件", "when"), l.say("時間", "after"), l.say("対象", "of"),
            l.say("すること", "then"),
        ])
        for rule in rules {
            var deeds: [String] = []
            if let priority = rule.priority {
                deeds.append(l.say("優先度 \(safe(priority))", "priority \(safe(priority))"))
            }
            if let owner = rule.owner { deeds.append(l.say("担当 \(safe(owner))", "owner \(safe(owner))")) }
            if rule.alarm { deeds.append(l.say("通知", "alarm")) }
            if rule.webhook { deeds.append("webhook") }
            let of = [rule.kind, rule.phase].compactMap { $0 }.map(safe).joined(separator: " ")
            table.add([
                safe(rule.name), condition(rule.when, l), l.duration(rule.afterMs), of, deeds.joined(separator: ", "),
            ])
        }
        return table
    }

    private static func condition(_ word: String, _ l: Language) -> String {
        switch word {
        case "no_progress": l.say("進展なし", "no progress")
        case "overdue": l.say("期限切れ", "overdue")
        case "unowned": l.say("担当なし", "nobody's")
        case "waiting": l.say("返事待ち", "waits for the customer")
        default: safe(word)
        }
    }
}
