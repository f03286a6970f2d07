import ArgumentParser
import Foundation
import NIOHTTP1

/// `screenpop lists`: lists of customers that somebody works through.
struct Lists: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists of customers that somebody works through: dormant, expiring, at risk, saved ones.",
        discussion: """
              screenpop lists
              screenpop lists show dormant --sort spend
              screenpop lists show expiring --days 30 --csv > expiring.csv
              screenpop lists create winback of=dormant tier=vip title="Win back" assigned_to=101,102
              screenpop lists claim winback 17 --operator 101
              screenpop lists result winback 17 reached --note "Buys again in May"
              screenpop lists common best
              screenpop lists history winback
            """,
        subcommands: [
            All.self, Show.self, Create.self, Change.self, Delete.self, Claim.self, Release.self, Result.self,
            Common.self, ListHistory.self, RestoreList.self,
        ], defaultSubcommand: All.self)

    struct All: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "all", abstract: "Which lists there are, and how far each is worked through.",
            discussion: "  screenpop lists --assigned-to 101")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "Only saved ones that this operator works through.") var assignedTo: String?

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(path: path(["v1", "lists"], [("assigned_to", assignedTo), ("limit", "1000")])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: ListLines = try APIClient.decode(data)
                say(ListBoard(language: global.speech).table(answer.items).text(on: global.terminal))
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who is in a list, and why.",
            discussion: """
                dormant, expiring, overdue_purchase, at_risk, best, or a saved list.

                  screenpop lists show dormant --sort spend
                  screenpop lists show at_risk --json
                  screenpop lists show winback --done
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The list's name.") var name: String
        @Flag(help: "Those that are worked off instead.") var done = false
        @Flag(help: "As CSV with numbers and addresses; for supervisors.") var csv = false
        @Option(help: "Of dormant customers: last_contact, spend or frequency.") var sort: String?
        @Option(help: "Of contracts that end: within so many days.") var days: Int?
        @Option(help: "So many at most. (default: 100; of a table 10000)") var limit: Int?
        @Option(help: "The next page: what --json has as next.") var after: String?

        func run() async throws {
            try await global.run {
                let query: [(String, String?)] = [
                    ("done", done ? "true" : nil), ("format", csv ? "csv" : nil), ("sort", sort),
                    ("days", days.map(String.init)), ("limit", limit.map(String.init)), ("after", after),
                ]
                let data = try await global.client.ask(.init(path: path(["v1", "lists", name, "entries"], query)))
                if output.json || csv { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: ListEntryLines = try APIClient.decode(data), l = global.speech
                if answer.items.isEmpty {
                    say(l.say("該当する顧客はいません。", "Nobody is in it."))
                } else {
                    say(ListBoard(language: l).table(answer.items).text(on: global.terminal))
                }
                if answer.next != nil {
                    complain(l.say("続きがあります: --limit、--after", "There are more: --limit or --after shows them."))
                }
                if let behind = answer.behind, behind > 0 {
                    complain(
                        l.say(
                            "まだ集計中の顧客が\(behind)人以上います。",
                            "The figures of \(behind) customers or more are being computed."))
                }
            }
        }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Save a list: of a built-in one, or a search.",
            discussion: """
                Fields: title, of, sort, tier, tag, owner, status, q, min_spent, days, assigned_to.

                  screenpop lists create winback of=dormant tier=vip min_spent=50000 assigned_to=101,102
                  screenpop lists create machines tag=machine status=active
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "Its name: a-z, 0-9, - and _.") var name: String
        @Argument(help: "FIELD=VALUE …") var fields: [String] = []

        func run() async throws {
            try await global.run {
                var body = try ListFields.body(fields)
                body["name"] = .text(name)
                try await ListVerb.list(global, output, .POST, ["v1", "lists"], body)
            }
        }
    }

    struct Change: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a saved list; an empty value empties a field.",
            discussion: "  screenpop lists change winback assigned_to=103 tier=")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The list's name.") var name: String
        @Argument(help: "FIELD=VALUE …") var fields: [String]

        func run() async throws {
            try await global.run {
                try await ListVerb.list(global, output, .PATCH, ["v1", "lists", name], try ListFields.body(fields))
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a saved list, with what was worked off in it.",
            discussion: "  screenpop lists delete winback")
        @OptionGroup var global: GlobalOptions
        @Argument(help: "The list's name.") var name: String

        func run() async throws {
            try await global.run {
                _ = try await global.client.ask(.init(method: .DELETE, path: path(["v1", "lists", name])))
                say(global.speech.say("リスト \(safe(name)) を削除しました。", "The list \(safe(name)) is deleted."))
            }
        }
    }

    struct Claim: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that an operator works on an entry; what a colleague has is refused, with since when.",
            discussion: "  screenpop lists claim dormant 17 --operator 101")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(name: .customLong("operator"), help: "Who. (default: whose token it is)") var operatorID: String?
        @Argument(help: "The list's name.") var name: String
        @Argument(help: "The customer's number.") var customer: Int

        func run() async throws {
            try await global.run {
                let body = operatorID.map { ["operator": ListFields.Value.text($0)] } ?? [:]
                try await ListVerb.entry(global, output, name, customer, "claim", body)
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that nobody works on an entry any more.",
            discussion: "  screenpop lists release dormant 17")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The list's name.") var name: String
        @Argument(help: "The customer's number.") var customer: Int

        func run() async throws {
            try await global.run { try await ListVerb.entry(global, output, name, customer, "release", [:]) }
        }
    }

    struct Result: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what came of an entry; it leaves the list.",
            discussion: """
                As shipped: reached, not_reached, done, no_interest ([lists] results). An empty one puts it back.

                  screenpop lists result dormant 17 reached --note "Buys again in May" --operator 101
                  screenpop lists result dormant 17 ""
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(name: .customLong("operator"), help: "Who. (default: whose token it is)") var operatorID: String?
        @Option(help: "What there is to say about it.") var note: String?
        @Argument(help: "The list's name.") var name: String
        @Argument(help: "The customer's number.") var customer: Int
        @Argument(help: "What came of it.") var result: String

        func run() async throws {
            try await global.run {
                var body: [String: ListFields.Value] = ["result": result.isEmpty ? .null : .text(result)]
                if let note { body["note"] = .text(note) }
                if let operatorID { body["operator"] = .text(operatorID) }
                try await ListVerb.entry(global, output, name, customer, "result", body)
            }
        }
    }

    struct Common: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What the customers of a list have in common: values whose share differs most from the others'.",
            discussion: "  screenpop lists common best --limit 10")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The list's name.") var name: String
        @Option(help: "So many values at most.") var limit = 20

        private struct Answer: Decodable {
            struct Trait: Decodable {
                var field, value: String
                var count, restCount: Int
                var share, restShare: Double
            }
            var size, restSize: Int
            var sampled: Bool
            var items: [Trait]
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(path: path(["v1", "lists", name, "common"], [("limit", String(limit))])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data), l = global.speech
                let rest = answer.sampled ? l.say("ほか（標本）", "others, a sample") : l.say("ほか", "others")
                say(
                    l.say(
                        "リスト \(answer.size)人、\(rest) \(answer.restSize)人",
                        "\(answer.size) in the list, \(answer.restSize) \(rest)"))
                var table = Table(
                    [
                        l.say("項目", "field"), l.say("値", "value"), l.say("リスト", "list"), "%", l.say("ほか", "others"),
                        "%",
                    ], right: [2, 3, 4, 5])
                for one in answer.items {
                    table.add([
                        safe(one.field), safe(one.value), String(one.count), l.percent(one.share),
                        String(one.restCount), l.percent(one.restShare),
                    ])
                }
                say(table.text(on: global.terminal))
            }
        }
    }
}

/// What the verbs of a list have in common.
enum ListVerb {
    /// Asks, and shows the list as it is now.
    static func list(
        _ global: GlobalOptions, _ output: JSONOption, _ method: HTTPMethod, _ parts: [String],
        _ body: [String: ListFields.Value]
    ) async throws {
        let data = try await global.client.ask(.init(method: method, path: path(parts), body: try .json(body)))
        if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
        let one: ListLines.One = try APIClient.decode(data)
        say(ListBoard(language: global.speech).table([one]).text(on: global.terminal))
    }

    /// Does something with an entry, and shows it as it is now.
    static func entry(
        _ global: GlobalOptions, _ output: JSONOption, _ name: String, _ customer: Int, _ verb: String,
        _ body: [String: ListFields.Value]
    ) async throws {
        let parts = ["v1", "lists", name, "entries", String(customer), verb]
        let data = try await global.client.ask(.init(method: .POST, path: path(parts), body: try .json(body)))
        if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
        let one: ListEntryLines.One = try APIClient.decode(data)
        say(ListBoard(language: global.speech).table([one]).text(on: global.terminal))
    }
}
