import ArgumentParser
import Foundation

/// `screenpop lists history`.
struct ListHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show every version of a saved list, also of a deleted one.",
        discussion: """
              screenpop lists history winback
              screenpop lists restore winback --version 2
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many versions at most, the newest.") var limit = 50
    @Argument(help: "The list's name.") var name: String

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(path: path(["v1", "lists", name, "history"], [("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: VersionLines = try APIClient.decode(data)
            let last = answer.items.first { $0.kind != "deleted" }?.version ?? 1
            say(
                answer.text(
                    global, try await global.centreTime().clock,
                    back: "screenpop lists restore \(safe(name)) --version \(last)"))
        }
    }
}

/// `screenpop lists restore`.
struct RestoreList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put back what a saved list was at a version; also a deleted one.",
        discussion: "  screenpop lists restore winback --version 2")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "The version, as `history` lists it.") var version: Int
    @Argument(help: "The list's name.") var name: String

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    method: .POST, path: path(["v1", "lists", name, "restore"]),
                    body: try .json(["version": version])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let one: ListLines.One = try APIClient.decode(data)
            say(ListBoard(language: global.speech).table([one]).text(on: global.terminal))
        }
    }
}
