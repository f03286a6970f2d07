import ArgumentParser
import Foundation

/// `screenpop messages`: what was written from desk to desk.
struct Messages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List messages between desks, write and answer them.",
        discussion: """
              screenpop messages --waiting
              screenpop messages --customer 17
              screenpop messages --operator 101 --unread
              screenpop messages send 101 "Please take the next one."
              screenpop messages send supervisors "Who knows the maker?" --customer 17
              screenpop messages answer 5 "I do." --operator 900
            """,
        subcommands: [List.self, Send.self, Answer.self, Read.self], defaultSubcommand: List.self)

    fileprivate struct One: Decodable {
        struct Reading: Decodable { var `operator`: String }
        var id: Int
        var at, to, text: String
        var from, fromName, customerName, answeredBy, answeredAt, readAt: String?
        var readBy: [Reading]
        var shown: Bool?
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Messages, newest first.", discussion: "  screenpop messages --waiting")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(name: .customLong("operator"), help: "Whose; all if it is not said.") var operatorID: String?
        @Flag(help: "Those that --operator has not read.") var unread = false
        @Flag(help: "Those that supervisors were asked and nobody has answered.") var waiting = false
        @Option(help: "About this customer.") var customer: Int?
        @Option(name: .customLong("case"), help: "About this case.") var caseID: Int?
        @Option(help: "So many at most.") var limit = 50

        private struct Answer: Decodable {
            var items: [One]
            var next: String?
        }

        func run() async throws {
            try await global.run {
                let query: [(String, String?)] = [
                    ("operator", operatorID), ("unread", unread ? "true" : nil), ("waiting", waiting ? "true" : nil),
                    ("customer", customer.map(String.init)), ("case", caseID.map(String.init)),
                    ("limit", String(limit)),
                ]
                let data = try await global.client.ask(.init(path: path(["v1", "messages"], query)))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data), l = global.speech
                if answer.items.isEmpty { return say(l.say("メッセージはありません。", "There is no such message.")) }
                let clock = try await global.centreTime().clock
                var table = Table(
                    [
                        l.say("番号", "no."), l.say("日時", "at"), l.say("差出人", "from"), l.say("宛先", "to"),
                        l.say("顧客", "customer"), l.say("本文", "text"), l.say("回答", "answered by"),
                        l.say("既読", "read by"),
                    ], right: [0])
                for one in answer.items {
                    table.add([
                        String(one.id), clock.shown(one.at), (one.fromName ?? one.from).map(safe) ?? "", safe(one.to),
                        one.customerName.map(safe) ?? "", safe(one.text.replacing("\n", with: " / ")),
                        one.answeredBy.map(safe) ?? "", one.readBy.map { safe($0.operator) }.joined(separator: ", "),
                    ])
                }
                say(table.text(on: global.terminal))
                if answer.next != nil { complain(l.say("続きがあります: --limit", "There are more: --limit shows them.")) }
            }
        }
    }

    struct Send: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write to an operator, to all, or to supervisors.",
            discussion: "  screenpop messages send 101 \"Please take the next one.\"")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "About this customer.") var customer: Int?
        @Option(name: .customLong("case"), help: "About this case.") var caseID: Int?
        @Argument(help: "An operator's number, all, or supervisors.") var to: String
        @Argument(help: "The text.") var text: String

        private struct Body: Encodable {
            var to, text: String
            var customer: Int?
            var `case`: Int?
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(
                        method: .POST, path: path(["v1", "messages"]),
                        body: try .json(Body(to: to, text: text, customer: customer, case: caseID))))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let one: One = try APIClient.decode(data), l = global.speech
                say(
                    one.shown == true
                        ? l.say("\(one.id) として送りました。", "It is sent as \(one.id).")
                        : l.say("\(one.id) として送りました。開いている画面はありません。", "It is sent as \(one.id); no desk is open there."))
            }
        }
    }

    struct Answer: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Answer a message; what a colleague has answered is refused, with who and when.",
            discussion: "  screenpop messages answer 5 \"I do.\" --operator 900")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(name: .customLong("operator"), help: "Who answers.") var operatorID: String?
        @Argument(help: "The message's number.") var id: Int
        @Argument(help: "The text.") var text: String

        private struct Body: Encodable {
            var text: String
            var `operator`: String?
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(
                        method: .POST, path: path(["v1", "messages", String(id), "answer"]),
                        body: try .json(Body(text: text, operator: operatorID))))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let one: One = try APIClient.decode(data)
                say(global.speech.say("\(safe(one.to)) に回答しました。", "\(safe(one.to)) is answered."))
            }
        }
    }

    struct Read: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that somebody read a message.", discussion: "  screenpop messages read 5 --operator 101")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(name: .customLong("operator"), help: "Who read it.") var operatorID: String?
        @Argument(help: "The message's number.") var id: Int

        private struct Body: Encodable { var `operator`: String? }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(
                        method: .POST, path: path(["v1", "messages", String(id), "read"]),
                        body: try .json(Body(operator: operatorID))))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let one: One = try APIClient.decode(data)
                let who = one.readBy.map { safe($0.operator) }.joined(separator: ", ")
                say(global.speech.say("既読: \(who)", "Read by \(who)."))
            }
        }
    }
}
