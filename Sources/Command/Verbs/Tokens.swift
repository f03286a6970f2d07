import ArgumentParser
import Foundation

/// `screenpop token`: the tokens of TCP clients.
struct Tokens: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Make, list and revoke the tokens that open the HTTP interface over TCP.",
        subcommands: [Create.self, List.self, Revoke.self, History.self])

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a token; it is printed this once, alone on standard output.",
            discussion: """
                  screenpop token create --role supervisor --name wall
                  screenpop token create --role operator --operator 101 --name 'desk 101' --expires-in 90d
                  screenpop token create --role ingest --source pbx2 --name 'branch office'
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Option(help: "operator, supervisor, admin or ingest.") var role: String
        @Option(help: "What it is for, for whoever lists the tokens later.") var name: String
        @Option(name: .customLong("operator"), help: "Whose screen it opens, for the role operator.") var operatorID:
            String?
        @Option(help: "The source its events have, for the role ingest.") var source: String?
        @Option(
            name: .customLong("expires-in"),
            help: ArgumentHelp("After how long it ends: 12h, 90d. (default: never)", valueName: "time")) var expiresIn:
            String?

        private struct Body: Encodable {
            var role: String
            var name: String
            var `operator`: String?
            var source: String?
            var expires_in_s: Int?
        }
        private struct Answer: Decodable { var token: String }

        func validate() throws {
            guard ["operator", "supervisor", "admin", "ingest"].contains(role) else {
                throw ValidationError("--role is operator, supervisor, admin or ingest.")
            }
            if role == "operator", operatorID == nil {
                throw ValidationError("--role operator needs --operator, whose screen it opens.")
            }
            if let expiresIn, Create.seconds(expiresIn) == nil {
                throw ValidationError("--expires-in is a number with m, h or d: 30m, 12h, 90d.")
            }
        }

        static func seconds(_ text: String) -> Int? {
            guard let unit = ["m": 60, "h": 3_600, "d": 86_400][text.suffix(1)], let number = Int(text.dropLast()),
                number > 0, number < 100_000
            else { return nil }
            return number * unit
        }

        func run() async throws {
            try await global.run {
                let asked = Body(
                    role: role, name: name, operator: operatorID, source: source,
                    expires_in_s: expiresIn.flatMap(Create.seconds))
                let data = try await global.client.ask(
                    .init(
                        method: .POST, path: "/v1/tokens",
                        body: try .json(asked)))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                say((try APIClient.decode(data) as Answer).token)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the tokens: everything but themselves.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption

        private struct Answer: Decodable {
            struct Token: Decodable {
                var id, name, role: String
                var `operator`, source, expiresAt, lastUsedAt: String?
                var createdAt: String
            }
            var tokens: [Token]
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: "/v1/tokens"))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data), l = global.speech
                if answer.tokens.isEmpty {
                    return say(
                        l.say(
                            "トークンはまだありません。",
                            "No tokens yet. Make one: screenpop token create --role supervisor --name wall"))
                }
                var table = Table([
                    "id", l.say("権限", "role"), l.say("対象", "of"), l.say("作成", "made"), l.say("期限", "ends"),
                    l.say("最終使用", "last used"), l.say("名前", "name"),
                ])
                let clock = try await global.centreTime().clock
                for token in answer.tokens {
                    table.add([
                        token.id, token.role, safe(token.operator ?? token.source ?? ""), clock.shown(token.createdAt),
                        token.expiresAt.map { clock.shown($0) } ?? l.say("なし", "never"),
                        clock.shown(token.lastUsedAt), safe(token.name),
                    ])
                }
                say(table.text(on: global.terminal))
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a token at once.")
        @OptionGroup var global: GlobalOptions
        @Argument(help: "The token's id, as `list` shows it.") var id: String

        func run() async throws {
            try await global.run {
                _ = try await global.client.ask(.init(method: .DELETE, path: path(["v1", "tokens", id])))
                say(global.speech.say("トークン \(safe(id)) を無効にしました。", "Token \(safe(id)) is revoked."))
            }
        }
    }
}
