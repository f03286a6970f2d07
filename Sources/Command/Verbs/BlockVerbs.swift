import ArgumentParser
import Foundation
import NIOHTTP1

/// `screenpop block`: the block list, who changed it, and what puts a change back.
struct BlockVerbs: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Numbers whose calls are rejected, who changed that, and the way back.",
        discussion: """
              screenpop block                              which numbers are blocked
              screenpop block add 090-0000-0001 --reason nuisance
              screenpop block remove 090-0000-0001
              screenpop block history
              screenpop block restore 090-0000-0001 --version 3
            """,
        subcommands: [
            List.self, Add.self, Remove.self, BlockHistory.self, RestoreBlocking.self,
        ], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the blocked numbers.")
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption

        func run() async throws { try await global.run { try await BlockedNumbers.list(global, output) } }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reject the calls of a number from now on.",
            discussion: "  screenpop block add 090-0000-0001 --reason nuisance")
        @OptionGroup var global: GlobalOptions
        @Option(help: "Why, for whoever asks later.") var reason: String?
        @Argument(help: "The telephone number.") var number: String

        func run() async throws { try await global.run { try await BlockNumber.block(number, reason, global) } }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take the calls of a number again.", discussion: "  screenpop block remove 090-0000-0001")
        @OptionGroup var global: GlobalOptions
        @Argument(help: "The telephone number.") var number: String

        func run() async throws { try await global.run { try await UnblockNumber.unblock(number, global) } }
    }
}

/// `screenpop block history`.
struct BlockHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Who blocked which number and let which through again, newest first.",
        discussion: """
              screenpop block history
              screenpop block history 090-0000-0001
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many versions at most, the newest.") var limit = 50
    @Argument(help: "Only of this telephone number.") var number: String?

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    path: path(
                        ["v1", "blocked-numbers", "history"], [("number", number), ("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: VersionLines = try APIClient.decode(data)
            say(answer.text(global, try await global.centreTime().clock))
        }
    }
}

/// `screenpop block restore`.
struct RestoreBlocking: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put back what the entry of a number was after a version; as a new version.",
        discussion: "  screenpop block restore 090-0000-0001 --version 3")
    @OptionGroup var global: GlobalOptions
    @Option(help: "The version, as `history` lists it.") var version: Int
    @Argument(help: "The telephone number.") var number: String

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    method: .POST, path: path(["v1", "blocked-numbers", number, "restore"]),
                    body: try .json(["version": version])))
            let l = global.speech
            if data.isEmpty { return say(l.say("着信拒否を解除しました。", "It is not blocked any more.")) }
            let entry: BlockedNumbers.Entry = try APIClient.decode(data)
            say(l.say("\(safe(entry.display)) を着信拒否にしました。", "\(safe(entry.display)) is blocked."))
        }
    }
}
