import ArgumentParser
import Foundation

/// `screenpop callbacks`: who gave up and was not reached since.
struct Callbacks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List who waits to be called back, or say that somebody was.", subcommands: [List.self, Done.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Callers who gave up and were not reached since, in either direction; the one who waits longest first.",
            discussion: "  screenpop callbacks --queue support")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "Whose newest try was in this queue.") var queue: String?

        private struct Answer: Decodable {
            struct One: Decodable {
                struct Customer: Decodable {
                    var name, tier: String
                    var owner: String?
                }
                struct Try: Decodable {
                    var call: String?
                    var waitedMs: Int64
                }
                var from: CallLine.Number
                var customer: Customer?
                var queue: String?
                var since: String
                var dueMs: Int64
                var tries: [Try]
            }
            var callbacks: [One]
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: path(["v1", "callbacks"], [("queue", queue)])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let l = global.speech, answer: Answer = try APIClient.decode(data)
                if answer.callbacks.isEmpty { return say(l.say("折返し待ちの方はいません。", "Nobody waits to be called back.")) }
                var table = Table(
                    [
                        l.say("番号", "number"), l.say("顧客", "customer"), l.say("担当", "owner"), l.say("キュー", "queue"), l.say("最初に放棄", "gave up first"),
                        l.say("経過", "ago"), l.say("回数", "times"), l.say("それぞれの待ち", "waited"), l.say("最後の呼", "last call"),
                    ], right: [5, 6])
                let clock = try await global.centreTime().clock
                for one in answer.callbacks {
                    table.add([
                        safe(one.from.shown(l)), one.customer.map { safe($0.name) + ($0.tier == "vip" ? " ★" : "") } ?? "",
                        one.customer?.owner.map(safe) ?? "",
                        one.queue.map(safe) ?? "", clock.shown(one.since), l.duration(one.dueMs), String(one.tries.count),
                        one.tries.map { l.duration($0.waitedMs) }.joined(separator: ", "), one.tries.last?.call.map(safe) ?? "",
                    ])
                }
                say(table.text(on: global.terminal))
            }
        }
    }

    struct Done: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that a caller was called back, or need not be.",
            discussion: "  screenpop callbacks done 090-0000-0001 --operator 101 --note \"asked for the invoice, sent\"")
        @OptionGroup var global: GlobalOptions
        @Option(name: .customLong("operator"), help: "Who called back.") var operatorID: String?
        @Option(help: "What came of it; it becomes part of the customer's history.") var note: String?
        @Argument(help: "The telephone number, as the list shows it.") var number: String

        private struct Body: Encodable { var from: String, `operator`, note: String? }

        func run() async throws {
            try await global.run {
                let body = Body(from: number, operator: operatorID, note: note)
                _ = try await global.client.ask(
                    .init(method: .POST, path: "/v1/callbacks/done", body: .bytes(Array(try JSONEncoder().encode(body)), type: "application/json")))
                say(global.speech.say("折返し済みにしました。", "Nobody waits there any more."))
            }
        }
    }
}
