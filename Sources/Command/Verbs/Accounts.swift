import ArgumentParser
import Foundation

/// `screenpop account`: who may sign in at the desk.
struct Accounts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Make, reset, list and remove the accounts that sign in at the desk, and end their sessions.",
        subcommands: [
            Set.self, List.self, Remove.self, Sessions.self, EndSession.self, ResetSecondFactor.self,
            History.self,
        ], defaultSubcommand: List.self)

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an account, or give one another password; whoever is signed in with it no longer is.",
            discussion: """
                  screenpop account set 101 --name 佐藤
                  screenpop account set 900 --role supervisor
                  openssl rand -base64 12 | tee 101.txt | screenpop account set 101

                The password is asked for on a terminal, and read from standard input otherwise: its first line.
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Argument(help: "The operator's number.") var id: String
        @Option(help: "operator, supervisor or admin. (default: as it was, else operator)") var role: String?
        @Option(help: "Who it is.") var name: String?

        private struct Body: Encodable {
            var role, name: String?
            var password: String
        }
        private struct Answer: Decodable { var role: String }

        func validate() throws {
            if let role, !["operator", "supervisor", "admin"].contains(role) {
                throw ValidationError("--role is operator, supervisor or admin.")
            }
        }

        func run() async throws {
            try await global.run {
                let l = global.speech
                let asked = Body(role: role, name: name, password: try Typed.password(l))
                let data = try await global.client.ask(
                    .init(
                        method: .PUT, path: path(["v1", "accounts", id]),
                        body: try .json(asked)))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let answer: Answer = try APIClient.decode(data)
                say(
                    l.say(
                        "\(safe(id)) はこのパスワードでサインインできます（\(answer.role)）。",
                        "\(safe(id)) can sign in with this password (\(answer.role))."))
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Who may sign in, and when they last did.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption

        private struct Answer: Decodable {
            struct One: Decodable {
                var `operator`: String
                var name: String?
                var role: String
                var passwordSetAt: String
                var lastSignInAt: String?
                var secondFactorSince: String?
            }
            var accounts: [One]
        }

        func run() async throws {
            try await global.run {
                let data = try await global.client.ask(.init(path: "/v1/accounts"))
                if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
                let l = global.speech, answer: Answer = try APIClient.decode(data)
                if answer.accounts.isEmpty {
                    return say(
                        l.say(
                            "サインインできる人はまだいません: screenpop account set 101",
                            "Nobody can sign in yet: screenpop account set 101"))
                }
                var table = Table([
                    l.say("オペレーター", "operator"), l.say("名前", "name"), l.say("役割", "role"),
                    l.say("パスワード設定", "password set"),
                    l.say("最後のサインイン", "last sign-in"), l.say("二段階認証", "second factor"),
                ])
                let clock = try await global.centreTime().clock
                for one in answer.accounts {
                    table.add([
                        safe(one.operator), one.name.map(safe) ?? "", one.role, clock.shown(one.passwordSetAt),
                        clock.shown(one.lastSignInAt), clock.shown(one.secondFactorSince),
                    ])
                }
                say(table.text(on: global.terminal))
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove an account; whoever is signed in with it no longer is.")
        @OptionGroup var global: GlobalOptions
        @Argument(help: "The operator's number.") var id: String

        func run() async throws {
            try await global.run {
                _ = try await global.client.ask(.init(method: .DELETE, path: path(["v1", "accounts", id])))
                say(global.speech.say("\(safe(id)) はもうサインインできません。", "\(safe(id)) can no longer sign in."))
            }
        }
    }
}

/// What somebody types that is not to be seen.
enum Typed {
    /// Asked for twice on a terminal; the first line of standard input otherwise.
    static func password(_ l: Language) throws -> String {
        guard isatty(STDIN_FILENO) == 1 else {
            guard let line = readLine(strippingNewline: true), !line.isEmpty else {
                throw ClientError.local(l.say("標準入力にパスワードがありません。", "There is no password on standard input."))
            }
            return line
        }
        let first = try hidden(l.say("パスワード: ", "Password: ")), second = try hidden(l.say("もう一度: ", "Again: "))
        guard first == second else { throw ClientError.local(l.say("二つのパスワードが違います。", "The two passwords differ.")) }
        return first
    }

    private static func hidden(_ prompt: String) throws -> String {
        complain(prompt, end: "")
        var old = termios()
        tcgetattr(STDIN_FILENO, &old)
        var silent = old
        silent.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        defer {
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &old)
            complain("")
        }
        return readLine(strippingNewline: true) ?? ""
    }
}
