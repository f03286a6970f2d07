import ArgumentParser
import Foundation
import Terms

/// `screenpop callbacks`: who gave up or asked to be called back, and who of the operators sees to it.
struct Callbacks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List who waits to be called back, take one on, or say that somebody was.",
        discussion: """
              screenpop callbacks --kind requested
              screenpop callbacks claim 090-0000-0001 --operator 101
              screenpop callbacks release 090-0000-0001
              screenpop callbacks done 090-0000-0001 --operator 101 --note "sorted out"
              screenpop callbacks --done
            """,
        subcommands: [List.self, Claim.self, Release.self, Done.self], defaultSubcommand: List.self)

    enum Kind: String, ExpressibleByArgument, CaseIterable { case abandoned, requested }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Callers who gave up or asked to be called back and were not reached since; the longest wait first.",
            discussion: """
                Times are the centre's. A try is a call that an operator dialed and nobody answered.

                  screenpop callbacks --queue support
                  screenpop callbacks --done
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "Whose newest call was in this queue.") var queue: String?
        @Option(help: "Those who gave up, or those who asked.") var kind: Kind?
        @Flag(help: "Those of the last 24 hours who were reached, with the time that it took.") var done = false

        func run() async throws {
            try await global.run {
                let asked = path(
                    ["v1", "callbacks"],
                    [
                        ("queue", queue), ("kind", kind?.rawValue), ("state", done ? "done" : nil),
                    ])
                let data = try await global.client.ask(.init(path: asked))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: CallbackLines = try APIClient.decode(data)
                let l = global.speech
                if answer.callbacks.isEmpty {
                    return say(
                        done
                            ? l.say("折返しが済んだ方はいません。", "Nobody was called back in the last 24 hours.")
                            : l.say("折返し待ちの方はいません。", "Nobody waits to be called back."))
                }
                let centre = try await global.centreTime()
                let board = CallbackBoard(language: l, clock: centre.clock, vipTiers: centre.vipTiers)
                say(board.table(answer.callbacks, done: done).text(on: global.terminal))
            }
        }
    }

    struct Claim: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that an operator is to call back; what a colleague has is refused, with who and since when.",
            discussion: "  screenpop callbacks claim 090-0000-0001 --operator 101")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(name: .customLong("operator"), help: "Who calls back. (default: whose token it is)") var operatorID:
            String?
        @Argument(help: "The telephone number, as the list shows it.") var number: String

        private struct Body: Encodable { var `operator`: String? }

        func run() async throws {
            try await global.run {
                let one = try await ask(global, number, "claim", Body(operator: operatorID), output)
                guard let one else { return }
                let l = global.speech
                let by = one.claimedBy.map(safe) ?? ""
                say(
                    l.say("\(by) が \(safe(one.from.shown(l))) に折り返します。", "\(by) calls \(safe(one.from.shown(l))) back.")
                )
            }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give a callback back, for anybody to take on.",
            discussion: "  screenpop callbacks release 090-0000-0001")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The telephone number, as the list shows it.") var number: String

        func run() async throws {
            try await global.run {
                guard let one = try await ask(global, number, "release", [String: String](), output) else { return }
                let l = global.speech
                say(
                    l.say(
                        "\(safe(one.from.shown(l))) は誰でも引き受けられます。", "Anybody may call \(safe(one.from.shown(l))) back.")
                )
            }
        }
    }

    struct Done: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that a caller was called back, or need not be.",
            discussion: "  screenpop callbacks done 090-0000-0001 --operator 101 --note \"asked for the invoice, sent\""
        )
        @OptionGroup var global: GlobalOptions
        @Option(name: .customLong("operator"), help: "Who called back.") var operatorID: String?
        @Option(help: "What came of it; it becomes part of the customer's history.") var note: String?
        @Argument(help: "The telephone number, as the list shows it.") var number: String

        private struct Body: Encodable { var from: String, `operator`, note: String? }

        func run() async throws {
            try await global.run {
                let body = Body(from: number, operator: operatorID, note: note)
                _ = try await global.client.ask(
                    .init(
                        method: .POST, path: "/v1/callbacks/done", body: try .json(body)))
                say(global.speech.say("折返し済みにしました。", "Nobody waits there any more."))
            }
        }
    }

    /// - Returns: the callback as it is now; nil when the answer was written as JSON.
    private static func ask(
        _ global: GlobalOptions, _ number: String, _ what: String, _ body: some Encodable, _ output: JSONOption
    ) async throws -> CallbackLines.One? {
        let data = try await global.client.ask(
            .init(
                method: .POST, path: path(["v1", "callbacks", number, what]),
                body: try .json(body)))
        if output.json {
            say(String(decoding: data, as: UTF8.self), end: "")
            return nil
        }
        return try APIClient.decode(data)
    }
}

/// `GET /v1/callbacks`.
struct CallbackLines: Decodable {
    struct One: Decodable {
        struct Customer: Decodable {
            var name, tier: String
            var owner: String?
        }
        struct Lost: Decodable {
            var call: String?
            var waitedMs: Int64
        }
        struct Try: Decodable {
            var at, `operator`: String
            var reachedAt: String?
        }
        var kind: String
        var from: CallLine.Number
        var customer: Customer?
        var queue: String?
        var since: String
        var dueMs: Int64
        var claimedBy, claimedAt, reachedAt: String?
        var recallMs: Int64?
        /// The calls that were lost, oldest first.
        var calls: [Lost]
        /// The calls that operators dialed, oldest first.
        var tries: [Try]
    }
    var callbacks: [One]
}

/// The list of callbacks as a table.
struct CallbackBoard {
    let language: Language
    /// The centre's.
    let clock: CivilClock
    /// The tiers whose customers are VIPs.
    let vipTiers: Set<String>

    private var l: Language { language }

    /// - Parameter done: of those who were reached, and by whom.
    func table(_ callbacks: [CallbackLines.One], done: Bool) -> Table {
        let first = [
            l.say("番号", "number"), l.say("顧客", "customer"), l.say("担当", "owner"), l.say("キュー", "queue"),
            l.say("種類", "kind"),
            l.say("最初の呼", "first call"), l.say("着信", "calls"), l.say("それぞれの待ち", "waited"), l.say("発信", "tries"),
        ]
        let last =
            done
            ? [l.say("折返しまで", "took"), l.say("つながった時刻", "reached"), l.say("応対", "by")]
            : [l.say("経過", "ago"), l.say("引受け", "claimed by"), l.say("最後の呼", "last call")]
        var table = Table(first + last, right: [6, 8, 9])
        for one in callbacks {
            let customer = one.customer.map { safe($0.name) + (vipTiers.contains($0.tier) ? " ★" : "") }
            var row = [
                safe(one.from.shown(l)), customer ?? "", one.customer?.owner.map(safe) ?? "", one.queue.map(safe) ?? "",
            ]
            row += [kind(one.kind), clock.shown(one.since), String(one.calls.count)]
            row += [one.calls.map { l.duration($0.waitedMs) }.joined(separator: ", "), String(one.tries.count)]
            if done {
                let by = one.tries.last { $0.reachedAt != nil }?.operator
                row += [l.duration(one.recallMs), clock.shown(one.reachedAt), by.map(safe) ?? ""]
            } else {
                row += [l.duration(one.dueMs), claim(one), one.calls.last?.call.map(safe) ?? ""]
            }
            table.add(row)
        }
        return table
    }

    private func kind(_ kind: String) -> String {
        l.name(kind, of: CallbackTerm.self)
    }

    private func claim(_ one: CallbackLines.One) -> String {
        guard let by = one.claimedBy else { return "" }
        let since = one.claimedAt.flatMap(APITime.date).map { " " + clock.timeOfDay($0) } ?? ""
        return safe(by) + since
    }
}
