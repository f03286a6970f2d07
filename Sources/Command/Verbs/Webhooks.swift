import ArgumentParser
import Foundation

/// `screenpop webhooks`: who is told of events, and what was not accepted.
struct Webhooks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Who is told of events by HTTP, how that does, and what was not accepted.",
        discussion: """
              screenpop webhooks
              screenpop webhooks try crm              what the newest event would be sent as; nothing is sent
              screenpop webhooks dead crm             what was given up
              screenpop webhooks send crm 1234        send it again
              screenpop webhooks send crm --all
            """,
        subcommands: [List.self, Dead.self, Send.self, Try.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The webhooks of the configuration, and how each does.", discussion: "  screenpop webhooks")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption

        fileprivate struct Answer: Decodable {
            struct Item: Decodable {
                var name, url, state: String
                var types: [String]
                var waiting: Int
                var dead: Int64
                var delivered: Int64
                var deliveredAt, problem: String?
            }
            var items: [Item]
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: "/v1/webhooks"))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data), l = global.speech
                if answer.items.isEmpty {
                    return say(
                        l.say("webhook はありません。設定の [[webhook]] に書きます。", "There is none; [[webhook]] has them."))
                }
                var table = Table(
                    [
                        l.say("名前", "name"), l.say("状態", "state"), l.say("待ち", "waiting"), l.say("未達", "dead"),
                        l.say("送信済み", "delivered"), l.say("最終送信", "last"), l.say("宛先", "url"),
                    ], right: [2, 3, 4])
                let clock = try await global.centreTime().clock
                for one in answer.items {
                    table.add([
                        safe(one.name), List.state(one.state, l), String(one.waiting), String(one.dead),
                        String(one.delivered), one.deliveredAt.map { clock.shown($0) } ?? "—", safe(one.url),
                    ])
                }
                say(table.text(on: global.terminal))
                for one in answer.items {
                    if let problem = one.problem { complain("\(safe(one.name)): \(safe(problem))") }
                }
            }
        }

        private static func state(_ word: String, _ l: Language) -> String {
            switch word {
            case "running": l.say("稼働中", "running")
            case "failing": l.say("失敗中", "failing")
            case "held": l.say("停止中（未達が多すぎます）", "held: too much was given up")
            case "elsewhere": l.say("他のノードが送信", "another node sends")
            default: safe(word)
            }
        }
    }

    fileprivate struct DeadAnswer: Decodable {
        struct Item: Decodable {
            var id, type, at, problem: String
            var tries: Int
        }
        var items: [Item]
        var next: String?
    }

    struct Dead: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The events that were given up: the receiver did not accept them.",
            discussion: "  screenpop webhooks dead crm")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "So many at most, the oldest.") var limit = 100
        @Argument(help: "The webhook's name.") var name: String

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(path: path(["v1", "webhooks", name, "dead"], [("limit", String(limit))])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: DeadAnswer = try APIClient.decode(data), l = global.speech
                if answer.items.isEmpty { return say(l.say("未達のイベントはありません。", "Nothing was given up.")) }
                var table = Table(
                    [
                        l.say("番号", "id"), l.say("種類", "type"), l.say("断念", "given up"), l.say("回数", "tries"),
                        l.say("理由", "problem"),
                    ], right: [0, 3])
                let clock = try await global.centreTime().clock
                for one in answer.items {
                    table.add([
                        safe(one.id), safe(one.type), clock.shown(one.at), String(one.tries), safe(one.problem),
                    ])
                }
                say(table.text(on: global.terminal))
                if answer.next != nil { complain(l.say("他にもあります: --limit", "There are more: --limit shows them.")) }
            }
        }
    }

    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send events that were given up once more, as the log has them now.",
            discussion: """
                  screenpop webhooks send crm 1234 1240
                  screenpop webhooks send crm --all
                """)
        @OptionGroup var global: GlobalOptions
        @Flag(help: "All that were given up, the oldest first; it ends with the first that is not accepted.")
        var all = false
        @Argument(help: "The webhook's name.") var name: String
        @Argument(help: "The events, as `dead` lists them.") var ids: [String] = []

        func validate() throws {
            if ids.isEmpty != all { throw ValidationError("Name events, or say --all.") }
        }

        func run() async throws {
            try await global.run {
                var sent = 0
                if all {
                    while true {
                        let page: DeadAnswer = try await global.client.ask(
                            .init(path: path(["v1", "webhooks", name, "dead"])))
                        if page.items.isEmpty { break }
                        for one in page.items {
                            try await send(one.id)
                            sent += 1
                        }
                    }
                } else {
                    for id in ids {
                        try await send(id)
                        sent += 1
                    }
                }
                say(global.speech.say("\(sent) 件を送信しました。", "\(sent) sent."))
            }
        }

        private func send(_ id: String) async throws {
            _ = try await global.client.ask(
                .init(method: .POST, path: path(["v1", "webhooks", name, "dead", id, "send"])))
        }
    }

    struct Try: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "try", abstract: "Show what the newest event would be sent as; nothing is sent.",
            discussion: "  screenpop webhooks try crm")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The webhook's name.") var name: String

        private struct Answer: Decodable {
            var event, url, body: String
            var headers: [String: String]
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: path(["v1", "webhooks", name, "try"])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                // Names of headers stay as they are.
                let answer: Answer
                do { answer = try JSONDecoder().decode(Answer.self, from: data) } catch {
                    throw ClientError.strange("\(error)")
                }
                say("POST \(safe(answer.url))")
                for (name, value) in answer.headers.sorted(by: { $0.key < $1.key }) {
                    say("\(safe(name)): \(safe(value))")
                }
                say("")
                for line in answer.body.split(separator: "\n", omittingEmptySubsequences: false) {
                    say(safe(String(line)))
                }
            }
        }
    }
}
