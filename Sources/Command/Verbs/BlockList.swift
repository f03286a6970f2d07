import ArgumentParser
import Foundation

/// `screenpop customers block`.
struct BlockNumber: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "block", abstract: "Reject the calls of a number from now on.")
    @OptionGroup var global: GlobalOptions
    @Option(help: "Why, for whoever asks later.") var reason: String?
    @Argument(help: "The telephone number.") var number: String

    func run() async throws { try await global.run { try await Self.block(number, reason, global) } }

    static func block(_ number: String, _ reason: String?, _ global: GlobalOptions) async throws {
        var why: [String: String] = [:]
        why["reason"] = reason
        let entry: BlockedNumbers.Entry = try await global.client.ask(
            .init(
                method: .PUT, path: path(["v1", "blocked-numbers", number]),
                body: try .json(why)))
        say(global.speech.say("\(safe(entry.display)) を着信拒否にしました。", "\(safe(entry.display)) is blocked."))
    }
}

/// `screenpop customers unblock`.
struct UnblockNumber: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unblock", abstract: "Take the calls of a number again.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The telephone number.") var number: String

    func run() async throws { try await global.run { try await Self.unblock(number, global) } }

    static func unblock(_ number: String, _ global: GlobalOptions) async throws {
        _ = try await global.client.ask(.init(method: .DELETE, path: path(["v1", "blocked-numbers", number])))
        say(global.speech.say("着信拒否を解除しました。", "It is not blocked any more."))
    }
}

/// `screenpop customers blocked`.
struct BlockedNumbers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "blocked", abstract: "List the blocked numbers.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption

    struct Entry: Decodable {
        var number: String
        var display: String
        var reason: String?
        var since: String
    }
    private struct Answer: Decodable { var numbers: [Entry] }

    func run() async throws { try await global.run { try await Self.list(global, output) } }

    static func list(_ global: GlobalOptions, _ output: JSONOption) async throws {
        let data = try await global.client.ask(.init(path: "/v1/blocked-numbers"))
        if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
        let answer: Answer = try APIClient.decode(data), l = global.speech
        if answer.numbers.isEmpty { return say(l.say("着信拒否の番号はありません。", "No number is blocked.")) }
        var table = Table([l.say("番号", "number"), l.say("いつから", "since"), l.say("理由", "reason")])
        let clock = try await global.centreTime().clock
        for entry in answer.numbers {
            table.add([safe(entry.display), clock.shown(entry.since), entry.reason.map(safe) ?? ""])
        }
        say(table.text(on: global.terminal))
    }
}
