import ArgumentParser
import Foundation
import NIOHTTP1

/// A mail that was written in a case, as `/v1/replies` has it.
struct ReplyLine: Decodable {
    var id: Int
    var `case`: Int
    var customerName, caseTitle: String?
    var state, to, subject, text, createdAt: String
    var `operator`, problem, reviewNote, reviewedBy, sentAt, nextTry: String?
    var tries: Int
}

extension Cases {
    /// `screenpop cases reply`.
    struct Reply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a mail in a case; the mail program of the daemon's machine sends it.",
            discussion: """
                It goes to the first mail address of the customer's record, in the thread of the case, and waits for a
                supervisor where the configuration says so ([mail] review…).

                  screenpop cases reply 5 --text "We come tomorrow at ten."
                  screenpop cases reply 5 --file answer.txt --subject "Your order"
                  screenpop cases reply 5 --template 3
                  screenpop cases reply 5 --template 3 --show     the text alone, nothing is written
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The case's number.") var id: Int
        @Option(help: "What the mail says.") var text: String?
        @Option(help: "A file with what it says, - for the standard input.") var file: String?
        @Option(help: "A template of the knowledge base, filled in with the customer's and the case's fields.")
        var template: Int?
        @Option(help: "Its subject. (default: that of the thread)") var subject: String?
        @Option(help: "An address of the customer's record. (default: the first one)") var to: String?
        @Flag(help: "Write it although a colleague has the case, or has a mail in it that is not sent yet.")
        var takeOver = false
        @Flag(help: "Show what it would say, and write nothing.") var show = false

        func validate() throws {
            guard [text != nil, file != nil, template != nil].filter({ $0 }).count == 1 else {
                throw ValidationError("Say what the mail says by one of --text, --file and --template.")
            }
        }

        private struct Body: Encodable {
            var text: String, subject, to: String?, takesOver: Bool?

            enum CodingKeys: String, CodingKey {
                case text, subject, to
                case takesOver = "take_over"
            }
        }

        private struct Filling: Encodable { var `case`: Int }
        private struct Filled: Decodable { var text: String, missing: [String] }

        func run() async throws {
            try await global.run {
                let letter = try await said()
                if show { return say(ReplyBoard.lines(letter.text)) }
                let data = try await global.client.ask(
                    .init(
                        method: .POST, path: path(["v1", "cases", String(id), "replies"]),
                        body: try .json(
                            Body(text: letter.text, subject: subject, to: to, takesOver: takeOver ? true : nil))))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let one: ReplyLine = try APIClient.decode(data), l = global.speech
                say(
                    one.state == "waiting"
                        ? l.say("メール \(one.id) は承認待ちです。", "Mail \(one.id) waits for a supervisor.")
                        : l.say("メール \(one.id) を \(safe(one.to)) へ送ります。", "Mail \(one.id) goes to \(safe(one.to))."))
            }
        }

        private func said() async throws -> Filled {
            if let text { return Filled(text: text, missing: []) }
            if let file { return Filled(text: try KnowledgeFile.read(file), missing: []) }
            let data = try await global.client.ask(
                .init(
                    method: .POST, path: path(["v1", "templates", String(template ?? 0), "fill"]),
                    body: try .json(Filling(case: id))))
            let filled: Filled = try APIClient.decode(data)
            let missing = filled.missing.joined(separator: ", ")
            guard filled.missing.isEmpty || show else {
                throw ClientError.local(
                    "The template has no value here for \(missing): write the mail with --file, or fill the record.")
            }
            return filled
        }
    }
}

/// `screenpop replies`: mails that were written in cases.
struct Replies: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List mails that were written in cases, approve them, and say what became of them.",
        discussion: """
              screenpop replies --state waiting
              screenpop replies show 5
              screenpop replies approve 5
              screenpop replies return 5 --note "Please add the price."
              screenpop replies --state unknown,failed
              screenpop replies resend 5
              screenpop replies sent 5

            unknown: the daemon stopped while the mail program had it. Look into the log of the mail server, then say
            `sent` or `resend`; nothing is sent twice by itself.
            """,
        subcommands: [
            List.self, Show.self, Approve.self, Return.self, Withdraw.self, Resend.self, Sent.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Mails, newest first.", discussion: "  screenpop replies --state waiting")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "waiting, returned, queued, sending, unknown, sent, failed, withdrawn; several with commas.")
        var state: String?
        @Option(name: .customLong("operator"), help: "Who wrote them.") var operatorID: String?
        @Option(name: .customLong("case"), help: "In this case.") var caseID: Int?
        @Option(help: "To this customer.") var customer: Int?
        @Option(help: "So many at most.") var limit = 50

        private struct Answer: Decodable {
            var items: [ReplyLine]
            var next: String?
        }

        func run() async throws {
            try await global.run {
                let query: [(String, String?)] = [
                    ("state", state), ("operator", operatorID), ("case", caseID.map(String.init)),
                    ("customer", customer.map(String.init)), ("limit", String(limit)),
                ]
                let data = try await global.client.ask(.init(path: path(["v1", "replies"], query)))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data), l = global.speech
                if answer.items.isEmpty { return say(l.say("メールはありません。", "There is no such mail.")) }
                let clock = try await global.centreTime().clock
                say(ReplyBoard(language: l, clock: clock).table(answer.items).text(on: global.terminal))
                if answer.next != nil { complain(l.say("続きがあります: --limit", "There are more: --limit shows them.")) }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a mail, with what it says.", discussion: "  screenpop replies show 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The mail's number.") var id: Int

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: path(["v1", "replies", String(id)])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let one: ReplyLine = try APIClient.decode(data), l = global.speech
                let clock = try await global.centreTime().clock
                say(ReplyBoard(language: l, clock: clock).table([one]).text(on: global.terminal))
                if let problem = one.problem { say(safe(problem)) }
                if let note = one.reviewNote { say("\(one.reviewedBy.map(safe) ?? ""): \(safe(note))") }
                say("")
                say(ReplyBoard.lines(one.text))
            }
        }
    }

    struct Approve: ReplyVerb {
        static let configuration = CommandConfiguration(
            abstract: "Approve a mail, which goes out.", discussion: "  screenpop replies approve 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The mail's number.") var id: Int
        var verb: String { "approve" }
    }

    struct Return: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a mail back to whoever wrote it.",
            discussion: "  screenpop replies return 5 --note \"Please add the price.\"")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The mail's number.") var id: Int
        @Option(help: "What has to be different.") var note: String

        private struct Body: Encodable { var note: String }

        func run() async throws {
            try await global.run {
                try await ReplyBoard.ask(global, output, id, "return", try .json(Body(note: note)))
            }
        }
    }

    struct Withdraw: ReplyVerb {
        static let configuration = CommandConfiguration(
            abstract: "Not send a mail.", discussion: "  screenpop replies withdraw 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The mail's number.") var id: Int
        var verb: String { "withdraw" }
    }

    struct Resend: ReplyVerb {
        static let configuration = CommandConfiguration(
            abstract: "Send a mail that failed, or of which nobody knows, once more.",
            discussion: "  screenpop replies resend 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The mail's number.") var id: Int
        var verb: String { "resend" }
    }

    struct Sent: ReplyVerb {
        static let configuration = CommandConfiguration(
            abstract: "Say that a mail of which nobody knew was sent.", discussion: "  screenpop replies sent 5")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The mail's number.") var id: Int
        var verb: String { "sent" }
    }
}

/// A verb that needs the mail alone.
protocol ReplyVerb: AsyncParsableCommand {
    var global: GlobalOptions { get }
    var output: JSONOption { get }
    var id: Int { get }
    var verb: String { get }
}

extension ReplyVerb {
    func run() async throws { try await global.run { try await ReplyBoard.ask(global, output, id, verb, .none) } }
}
