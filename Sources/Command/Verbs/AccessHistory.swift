import ArgumentParser
import Foundation

/// `screenpop audit access`, `screenpop account history`, `screenpop token history`: who made, changed and removed what
/// one signs in with.
struct AccessHistory: ParsableArguments {
    private struct Answer: Decodable {
        struct Line: Decodable {
            var at, through, kind: String
            var by, account, token: String?
            var changes: [CustomerHistory.Change]
        }
        var items: [Line]
        var next: String?
    }

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many lines at most, 1 to 1000.") var limit = 100

    /// - Parameter query: which of the changes; empty for all.
    func show(_ query: [(String, String?)] = []) async throws {
        try await global.run { try await ask(query + [("limit", String(limit))]) }
    }

    private func ask(_ query: [(String, String?)]) async throws {
        let data = try await global.client.ask(.init(path: path(["v1", "audit", "access"], query)))
        if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
        let answer: Answer = try APIClient.decode(data), l = global.speech, t = global.terminal
        if answer.items.isEmpty { return say(l.say("変更はまだありません。", "Nothing changed yet.")) }
        let clock = try await global.centreTime().clock
        for one in answer.items {
            let who = one.by.map(safe) ?? l.say("コマンド", "the command line")
            let head = "\(clock.shown(one.at))  \(who)  \(l.through(one.through, import: nil))"
            say(t.styled(head, .bold) + "  \(l.changeKind(one.kind))  \(safe(one.account ?? one.token ?? ""))")
            for change in one.changes {
                say(
                    "    \(safe(change.field)): \(change.from.map { safe($0.text) } ?? "—") → "
                        + "\(change.to.map { safe($0.text) } ?? "—")")
            }
        }
        if answer.next != nil { complain(l.say("さらに古い変更: --limit", "There are older ones: --limit shows more.")) }
    }
}

extension Audit {
    struct Access: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who made, changed and removed accounts and tokens, newest first; without a secret.",
            discussion: "  screenpop audit access --limit 20")
        @OptionGroup var options: AccessHistory

        func run() async throws {
            try await options.show()
        }
    }
}

extension Accounts {
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who made, changed and removed accounts, newest first.",
            discussion: "  screenpop account history 101")
        @OptionGroup var options: AccessHistory
        @Argument(help: "Only of this account: the operator's number.") var id: String?

        func run() async throws {
            try await options.show([("account", id), ("of", "accounts")])
        }
    }
}

extension Tokens {
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who made and revoked tokens, newest first.", discussion: "  screenpop token history")
        @OptionGroup var options: AccessHistory
        @Argument(help: "Only of this token: its id.") var id: String?

        func run() async throws {
            try await options.show([("token", id), ("of", "tokens")])
        }
    }
}
