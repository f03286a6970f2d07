import ArgumentParser
import Foundation

/// `screenpop work`: what an operator has to do.
struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "What an operator has to do, in order; claim the next of it.",
        discussion: """
              screenpop work --operator 101
              screenpop work next --operator 101
            """,
        subcommands: [List.self, Next.self], defaultSubcommand: List.self)

    struct Who: ParsableArguments {
        @Option(name: .customLong("operator"), help: "Whose. (default: whose token it is)") var operatorID: String?
    }

    fileprivate struct Answer: Decodable {
        struct Counts: Decodable { var overdue, today, callbacks, handovers, unowned: Int }
        var handovers, due, cases: [CaseLines.One]
        var callbacks: [CallbackLines.One]
        var lists: [ListLines.One]
        var counts: Counts
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What is late, due today, to be called back, handed over, and the rest.",
            discussion: "  screenpop work --operator 101")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @OptionGroup var who: Who

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(path: path(["v1", "work"], [("operator", who.operatorID)])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let work: Answer = try APIClient.decode(data), l = global.speech
                let centre = try await global.centreTime(), board = CaseBoard(language: l, clock: centre.clock)
                say(
                    l.say(
                        "遅れ \(work.counts.overdue)・今日 \(work.counts.today)・折返し \(work.counts.callbacks)"
                            + "・担当なし \(work.counts.unowned)",
                        "\(work.counts.overdue) overdue, \(work.counts.today) due today, "
                            + "\(work.counts.callbacks) to call back, \(work.counts.unowned) nobody's"))
                let groups = [
                    (l.say("引継ぎの依頼", "Handed over"), work.handovers), (l.say("今日まで", "Due"), work.due),
                    (l.say("案件", "Cases"), work.cases),
                ]
                for (title, cases) in groups where !cases.isEmpty {
                    say("\n\(title)")
                    say(board.table(cases).text(on: global.terminal))
                }
                if !work.callbacks.isEmpty {
                    let callbacks = CallbackBoard(language: l, clock: centre.clock, vipTiers: centre.vipTiers)
                    say("\n" + l.say("折返し", "Callbacks"))
                    say(callbacks.table(work.callbacks, done: false).text(on: global.terminal))
                }
                if !work.lists.isEmpty {
                    say("\n" + l.say("リスト", "Lists"))
                    say(ListBoard(language: l).table(work.lists).text(on: global.terminal))
                }
            }
        }
    }

    struct Next: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Claim the next thing that nobody has.", discussion: "  screenpop work next --operator 101")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @OptionGroup var who: Who

        private struct Picked: Decodable {
            var `case`: CaseLines.One?
            var callback: CallbackLines.One?
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(
                    .init(method: .POST, path: path(["v1", "work", "next"], [("operator", who.operatorID)])))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let picked: Picked = try APIClient.decode(data)
                let centre = try await global.centreTime()
                if let one = picked.case {
                    let board = CaseBoard(language: global.speech, clock: centre.clock)
                    say(board.table([one]).text(on: global.terminal))
                }
                if let one = picked.callback {
                    let board = CallbackBoard(
                        language: global.speech, clock: centre.clock, vipTiers: centre.vipTiers)
                    say(board.table([one], done: false).text(on: global.terminal))
                }
            }
        }
    }
}
