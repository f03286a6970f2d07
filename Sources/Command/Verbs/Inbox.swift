import ArgumentParser
import Foundation
import NIOHTTP1

/// `screenpop inbox`: contacts of senders whom no record knows.
struct Inbox: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List contacts of unknown senders; attach them to a customer, or dismiss them.",
        discussion: """
              screenpop inbox
              screenpop inbox attach 5 17
              screenpop inbox create 5 "Hanako Example"
              screenpop inbox claim 5 --operator 101
              screenpop inbox dismiss 5
              screenpop inbox reopen 5
            """,
        subcommands: [
            List.self, Show.self, Claim.self, Release.self, Attach.self, Create.self, Dismiss.self, Reopen.self,
        ],
        defaultSubcommand: List.self)

    /// `GET /v1/inbox`.
    private struct Lines: Decodable {
        var items: [One]
        var next: String?
    }

    private struct One: Decodable {
        struct Candidate: Decodable {
            var id: Int
            var name: String
        }
        struct Attachment: Decodable {
            var name: String?
            var type: String
            var size: Int
        }
        var id: Int
        var state, kind, channel, direction, at, text: String
        var address, name, subject, claimedBy, claimedAt: String?
        var customer: Int?
        var candidates: [Candidate]
        var attachments: [Attachment]
        var others: [Int]?

        var sender: String { [name, address].compactMap { $0 }.map(safe).joined(separator: " ") }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What waits for somebody, newest first.",
            discussion: """
                  screenpop inbox
                  screenpop inbox --state dismissed --json
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "open, attached, dismissed or all. (default: open)") var state: String?
        @Option(help: "So many at most.") var limit = 50

        func run() async throws {
            try await global.run {
                let query = [("state", state), ("limit", String(limit))]
                let data = try await global.client.ask(.init(path: path(["v1", "inbox"], query)))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Lines = try APIClient.decode(data), l = global.speech
                if answer.items.isEmpty { return say(l.say("受信箱は空です。", "There is nothing in the inbox.")) }
                let clock = try await global.centreTime().clock
                var table = Table(
                    [
                        l.say("番号", "no."), l.say("日時", "at"), l.say("手段", "channel"), l.say("相手", "who"),
                        l.say("件名", "subject"), l.say("候補", "may be"), l.say("対応中", "taken by"),
                    ], right: [0])
                for one in answer.items {
                    let line = one.subject ?? one.text.split(separator: "\n").first.map(String.init) ?? ""
                    let who = one.customer.map { ["\($0)"] } ?? one.candidates.map { "\($0.id) \(safe($0.name))" }
                    table.add([
                        String(one.id), clock.shown(one.at), safe(one.channel), one.sender,
                        fitted(safe(line), to: 40), who.joined(separator: ", "), one.claimedBy.map(safe) ?? "",
                    ])
                }
                say(table.text(on: global.terminal))
                if answer.next != nil { complain(l.say("続きがあります: --limit", "There are more: --limit shows them.")) }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what somebody wrote.", discussion: "  screenpop inbox show 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The item's number.") var id: Int

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: path(["v1", "inbox", String(id)])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let one: One = try APIClient.decode(data)
                say(one.sender)
                if let subject = one.subject { say(safe(subject)) }
                say("")
                let lines = one.text.split(separator: "\n", omittingEmptySubsequences: false)
                for line in lines { say(safe(String(line))) }
                for file in one.attachments { say("[\(safe(file.name ?? "?")), \(safe(file.type)), \(file.size)]") }
            }
        }
    }

    struct Claim: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that an operator works on it; what a colleague has is refused, with who and since when.",
            discussion: "  screenpop inbox claim 5 --operator 101")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(name: .customLong("operator"), help: "Who. (default: whose token it is)") var operatorID: String?
        @Argument(help: "The item's number.") var id: Int

        func run() async throws {
            try await Inbox.act(global, output, id, "claim", operatorID.map { ["operator": $0] } ?? [:])
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that nobody works on it any more.", discussion: "  screenpop inbox release 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The item's number.") var id: Int

        func run() async throws { try await Inbox.act(global, output, id, "release", [String: String]()) }
    }

    struct Attach: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Attach it to a customer; the address becomes one of the customer's.",
            discussion: "  screenpop inbox attach 5 17")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The item's number.") var id: Int
        @Argument(help: "The customer's number.") var customer: Int

        func run() async throws { try await Inbox.act(global, output, id, "attach", ["customer": customer]) }
    }

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create a customer for it, with its address.",
            discussion: "  screenpop inbox create 5 \"Hanako Example\"")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The item's number.") var id: Int
        @Argument(help: "The new customer's name.") var name: String

        func run() async throws {
            try await Inbox.act(global, output, id, "attach", ["create": ["name": name]])
        }
    }

    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Nobody has to do anything about it.", discussion: "  screenpop inbox dismiss 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The item's number.") var id: Int

        func run() async throws { try await Inbox.act(global, output, id, "dismiss", [String: String]()) }
    }

    struct Reopen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put it back into the inbox; what attaching it did is undone.",
            discussion: "  screenpop inbox reopen 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The item's number.") var id: Int

        func run() async throws { try await Inbox.act(global, output, id, "reopen", [String: String]()) }
    }

    private static func act(
        _ global: GlobalOptions, _ output: JSONOption, _ id: Int, _ verb: String, _ body: some Encodable
    ) async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(method: .POST, path: path(["v1", "inbox", String(id), verb]), body: try .json(body)))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let one: One = try APIClient.decode(data), l = global.speech
            switch (verb, one.claimedBy) {
            case ("claim", let who?): return say(l.say("\(safe(who)) が対応します。", "\(safe(who)) works on it."))
            case ("release", _): return say(l.say("戻しました。", "Nobody works on it any more."))
            default: break
            }
            switch one.state {
            case "attached":
                let more = one.others.map(\.count) ?? 0, customer = one.customer ?? 0
                say(
                    l.say("顧客\(customer)に登録しました。", "It is on the record of customer \(customer).")
                        + (more > 0 ? l.say("同じ相手の\(more)件も。", " \(more) more of the same sender are too.") : ""))
            case "dismissed": say(l.say("対応不要にしました。", "It is dismissed."))
            default: say(l.say("受信箱に戻しました。", "It is in the inbox again."))
            }
        }
    }
}
