import ArgumentParser
import Foundation

extension Accounts {
    struct Sessions: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Who is signed in, since when and from where.",
            discussion: """
                  screenpop account sessions
                  screenpop account sessions 101
                  screenpop account end-session 00f3a9c2b1d47e60
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The operator's number. (default: everybody)") var id: String?

        private struct Answer: Decodable {
            struct One: Decodable {
                var id: String
                var `operator`, token, name, openedAt, address, agent: String?
                var expiresAt: String
            }
            var items: [One]
            var next: String?
        }

        func run() async throws {
            try await global.run {
                let query: [(String, String?)] = [("operator", id), ("limit", "1000")]
                let data = try await global.client.ask(.init(path: path(["v1", "sessions"], query)))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let l = global.speech
                var answer: Answer = try APIClient.decode(data), all = answer.items
                while let next = answer.next {
                    answer = try await global.client.ask(
                        .init(path: path(["v1", "sessions"], query + [("after", next)])))
                    all += answer.items
                }
                if all.isEmpty { return say(l.say("サインイン中の人はいません。", "Nobody is signed in.")) }
                var table = Table([
                    "id", l.say("オペレーター", "operator"), l.say("名前", "name"), l.say("開始", "since"),
                    l.say("期限", "until"), l.say("アドレス", "address"), l.say("ブラウザー", "browser"),
                ])
                let clock = try await global.centreTime().clock
                for one in all {
                    table.add([
                        one.id, safe(one.operator ?? one.token.map { l.say("トークン \($0)", "token \($0)") } ?? ""),
                        one.name.map(safe) ?? "", clock.shown(one.openedAt), clock.shown(one.expiresAt),
                        one.address.map(safe) ?? "", one.agent.map { safe(String($0.prefix(60))) } ?? "",
                    ])
                }
                say(table.text(on: global.terminal))
            }
        }
    }

    struct EndSession: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a session, or all of an account: the browser has to sign in again.",
            discussion: """
                  screenpop account end-session 00f3a9c2b1d47e60
                  screenpop account end-session --operator 101
                """)
        @OptionGroup var global: GlobalOptions
        @Argument(help: "The session's id, as `sessions` shows it.") var id: String?
        @Option(name: .customLong("operator"), help: "All sessions of this account.") var who: String?

        func validate() throws {
            if (id == nil) == (who == nil) { throw ValidationError("Name a session, or an account with --operator.") }
        }

        private struct Ended: Decodable { var ended: Int }

        func run() async throws {
            try await global.run {
                let l = global.speech
                if let who {
                    let answer: Ended = try await global.client.ask(
                        .init(method: .DELETE, path: path(["v1", "accounts", who, "sessions"])))
                    return say(l.say("\(answer.ended) 件を終了しました。", "\(answer.ended) sessions have ended."))
                }
                _ = try await global.client.ask(.init(method: .DELETE, path: path(["v1", "sessions", id ?? ""])))
                say(l.say("終了しました。", "It has ended."))
            }
        }
    }

    struct ResetSecondFactor: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reset-second-factor",
            abstract: "Remove an account's second factor, for who has lost the telephone and the recovery codes.",
            discussion: """
                The account's sessions end. Make sure who asks: afterwards the password alone signs in, and where the \
                role needs a
                second factor, whoever signs in first sets up the next one.
                """)
        @OptionGroup var global: GlobalOptions
        @Argument(help: "The operator's number.") var id: String

        func run() async throws {
            try await global.run {
                _ = try await global.client.ask(
                    .init(method: .DELETE, path: path(["v1", "accounts", id, "second-factor"])))
                say(
                    global.speech.say(
                        "\(safe(id)) の二段階認証を解除しました。", "The second factor of \(safe(id)) is removed."))
            }
        }
    }
}
