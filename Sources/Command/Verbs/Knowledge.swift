import ArgumentParser
import Foundation

/// `screenpop articles`, `templates`, `incidents`.
struct KnowledgeVerbs<Kind: KnowledgeKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Kind.path, abstract: Kind.abstract, discussion: Kind.examples,
            subcommands: [
                ListKnowledge<Kind>.self, ShowKnowledge<Kind>.self, AddKnowledge<Kind>.self,
                ChangeKnowledge<Kind>.self, DeleteKnowledge<Kind>.self, UndeleteKnowledge<Kind>.self,
                KnowledgeVersions<Kind>.self, RestoreKnowledge<Kind>.self,
            ] + Kind.more, defaultSubcommand: ListKnowledge<Kind>.self)
    }
}

/// `list`, and the verb alone.
struct ListKnowledge<Kind: KnowledgeKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: "List them.", discussion: Kind.examples)
    }
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "With all of these words, also as parts of words.") var find: String?
    @Option(help: "What fits this call, the best first.") var call: String?
    @Option(help: "With this tag.") var tag: String?
    @Option(help: "For calls of this queue.") var queue: String?
    @Flag(help: "The deleted ones.") var deleted = false
    @Option(help: "So many at most.") var limit = 100

    private struct Answer: Decodable {
        var items: [KnowledgeLine]
        var next: String?
    }

    func run() async throws {
        try await global.run {
            let query: [(String, String?)] = [
                ("q", find), ("call", call), ("tag", tag), ("queue", queue), ("deleted", deleted ? "true" : nil),
                ("limit", String(limit)),
            ]
            let data = try await global.client.ask(.init(path: path(["v1", Kind.path], query)))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech
            if answer.items.isEmpty { return say(l.say("該当するものはありません。", "There is nothing of that kind.")) }
            let clock = try await global.centreTime().clock
            var table = Table([l.say("番号", "id")] + Kind.columns(l), right: [0])
            for one in answer.items {
                let cells = Kind.cells(one, l, clock).map { safe($0.replacing("\n", with: " / ")) }
                table.add([String(one.id)] + cells)
            }
            say(table.text(on: global.terminal))
            if answer.next != nil { complain(l.say("続きがあります: --limit", "There are more: --limit shows them.")) }
        }
    }
}

/// `show`.
struct ShowKnowledge<Kind: KnowledgeKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: "Show one with its texts.")
    }
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Argument(help: "Its number, as `list` has it.") var id: Int

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: path(["v1", Kind.path, String(id)])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let one: KnowledgeLine = try APIClient.decode(data), t = global.terminal
            say(t.styled(safe(one.title), .bold))
            let texts = [one.body, one.text, one.cause, one.course, one.solution, one.answer]
            for text in texts.compactMap({ $0 }) where !text.isEmpty {
                say("")
                for line in text.split(separator: "\n", omittingEmptySubsequences: false) { say(safe(String(line))) }
            }
        }
    }
}

/// `add`.
struct AddKnowledge<Kind: KnowledgeKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "add", abstract: "Write one; --file takes \(Kind.fileField) from a file.",
            discussion: "Fields: \(Kind.fields.joined(separator: ", ")). Lists have commas.\n\(Kind.examples)")
    }
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "A file with the text, - for the standard input. The first heading of Markdown is the title.")
    var file: String?
    @Argument(help: "NAME=VALUE for each field.") var fields: [String] = []

    func run() async throws {
        try await global.run {
            let body = try KnowledgeAssignments(
                fields, Kind.fields, file: try file.map(KnowledgeFile.read), as: Kind.fileField)
            let data = try await global.client.ask(
                .init(method: .POST, path: path(["v1", Kind.path]), body: try .json(body.values)))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let made: KnowledgeLine = try APIClient.decode(data)
            say(global.speech.say("\(made.id) として保存しました。", "It is written as \(made.id)."))
        }
    }
}

/// `change`.
struct ChangeKnowledge<Kind: KnowledgeKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "change", abstract: "Change fields of one; NAME= empties a field.",
            discussion: "Fields: \(Kind.fields.joined(separator: ", ")). Lists have commas.\n\(Kind.examples)")
    }
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "A file with the text, - for the standard input.") var file: String?
    @Argument(help: "Its number, as `list` has it.") var id: Int
    @Argument(help: "NAME=VALUE for each field.") var fields: [String] = []

    func run() async throws {
        try await global.run {
            let body = try KnowledgeAssignments(
                fields, Kind.fields, file: try file.map(KnowledgeFile.read), as: Kind.fileField)
            let data = try await global.client.ask(
                .init(method: .PATCH, path: path(["v1", Kind.path, String(id)]), body: try .json(body.values)))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let now: KnowledgeLine = try APIClient.decode(data)
            say(global.speech.say("バージョン \(now.version) です。", "It has version \(now.version) now."))
        }
    }
}

/// `delete`.
struct DeleteKnowledge<Kind: KnowledgeKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "delete", abstract: "Delete one; `undelete` brings it back.")
    }
    @OptionGroup var global: GlobalOptions
    @Argument(help: "Its number, as `list` has it.") var id: Int

    func run() async throws {
        try await global.run {
            _ = try await global.client.ask(.init(method: .DELETE, path: path(["v1", Kind.path, String(id)])))
            let back = "screenpop \(Kind.path) undelete \(id)"
            say(global.speech.say("削除しました。元に戻す: \(back)", "It is deleted. To bring it back: \(back)"))
        }
    }
}

/// `undelete`.
struct UndeleteKnowledge<Kind: KnowledgeKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "undelete", abstract: "Bring a deleted one back as it was.")
    }
    @OptionGroup var global: GlobalOptions
    @Argument(help: "Its number, as `list --deleted` has it.") var id: Int

    func run() async throws {
        try await global.run {
            let now: KnowledgeLine = try await global.client.ask(
                .init(method: .POST, path: path(["v1", Kind.path, String(id), "undelete"])))
            say(global.speech.say("元に戻しました（バージョン \(now.version)）。", "It is back, as version \(now.version)."))
        }
    }
}

/// `history`.
struct KnowledgeVersions<Kind: KnowledgeKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "history", abstract: "Show every version of one: who changed what, when, through what.")
    }
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many versions at most, the newest.") var limit = 50
    @Argument(help: "Its number, as `list` has it.") var id: Int

    private struct Answer: Decodable {
        struct Version: Decodable {
            struct Change: Decodable { var field: String, from, to: String? }
            var version: Int
            var at, through, kind: String
            var by: String?
            var changes: [Change]
        }
        var items: [Version]
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(path: path(["v1", Kind.path, String(id), "history"], [("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech, t = global.terminal
            let clock = try await global.centreTime().clock
            func shown(_ text: String?) -> String {
                guard let text else { return "—" }
                return safe(String(text.replacing("\n", with: " / ").prefix(60)))
            }
            for one in answer.items {
                let who = one.by.map(safe) ?? l.through(one.through, import: nil)
                say(t.styled("v\(one.version)  \(clock.shown(one.at))  \(who)", .bold) + "  " + l.versionKind(one.kind))
                for change in one.changes {
                    say("    \(safe(change.field)): \(shown(change.from)) → \(shown(change.to))")
                }
            }
        }
    }
}

/// `restore`.
struct RestoreKnowledge<Kind: KnowledgeKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "restore", abstract: "Put back what one was at a version; also a deleted one.")
    }
    @OptionGroup var global: GlobalOptions
    @Option(help: "The version, as `history` lists it.") var version: Int
    @Argument(help: "Its number, as `list` has it.") var id: Int

    func run() async throws {
        try await global.run {
            let now: KnowledgeLine = try await global.client.ask(
                .init(
                    method: .POST, path: path(["v1", Kind.path, String(id), "restore"]),
                    body: try .json(["version": version])))
            say(
                global.speech.say(
                    "バージョン \(version) の内容に戻しました（バージョン \(now.version)）。",
                    "It is as it was at version \(version), as version \(now.version)."))
        }
    }
}

/// `fill`.
struct FillTemplate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fill", abstract: "Print a template's text with its fields filled in.",
        discussion: "  screenpop templates fill 7 --customer 17")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "Of this customer.") var customer: Int?
    @Option(help: "Of this call.") var call: String?
    @Option(name: .customLong("case"), help: "Of this case.") var caseID: Int?
    @Argument(help: "Its number, as `list` has it.") var id: Int

    private struct Body: Encodable {
        var customer: Int?
        var call: String?
        var `case`: Int?
    }
    private struct Answer: Decodable {
        var text: String
        var missing: [String]
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    method: .POST, path: path(["v1", "templates", String(id), "fill"]),
                    body: try .json(Body(customer: customer, call: call, case: caseID))))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech
            for line in answer.text.split(separator: "\n", omittingEmptySubsequences: false) { say(safe(String(line))) }
            if !answer.missing.isEmpty {
                let names = answer.missing.map(safe).joined(separator: ", ")
                complain(l.say("値のない項目: \(names)", "Without a value: \(names)"))
            }
        }
    }
}

/// `report`.
struct ArticleReportVerb: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Reviews that are due, what nobody uses, what did not help, what is missing.",
        discussion: "  screenpop articles report --days 30")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many days back.") var days = 90

    private struct Answer: Decodable {
        struct Line: Decodable {
            var id: Int
            var title: String
            var owner, review, lastUsedAt: String?
            var used, helped, notHelped: Int
        }
        struct Missing: Decodable {
            var text: String
            var count: Int
            var lastAt: String
        }
        var reviewDue, unused, unhelpful: [Line]
        var missing: [Missing]
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(path: path(["v1", "articles", "report"], [("days", String(days))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech
            let clock = try await global.centreTime().clock
            func list(_ title: String, _ lines: [String]) {
                say("\(title): \(lines.count)")
                for line in lines { say("  \(line)") }
            }
            list(
                l.say("見直しの期日", "Review is due"),
                answer.reviewDue.map { "\($0.id)  \(safe($0.title))  \($0.review ?? "")  \($0.owner.map(safe) ?? "")" })
            list(
                l.say("見つからなかった検索", "Searched for, and not there"),
                answer.missing.map { "\(safe($0.text))  \($0.count)  \(clock.shown($0.lastAt))" })
            list(
                l.say("役立たない記事", "Did not help"),
                answer.unhelpful.map { "\($0.id)  \(safe($0.title))  \($0.helped)/\($0.helped + $0.notHelped)" })
            list(
                l.say("使われていない記事", "Nobody uses"),
                answer.unused.map { one in
                    let last = one.lastUsedAt.map { clock.shown($0) } ?? l.say("利用なし", "never")
                    return "\(one.id)  \(safe(one.title))  \(last)"
                })
        }
    }
}

/// The text of an entry, from a file.
enum KnowledgeFile {
    static func read(_ name: String) throws -> String {
        let isInput = name == "-"
        let data = isInput ? FileHandle.standardInput.readDataToEndOfFile() : FileManager.default.contents(atPath: name)
        guard let data else { throw ClientError.local("\(name) cannot be read; name a file with the text.") }
        guard let text = String(data: data, encoding: .utf8) else {
            throw ClientError.local("\(name) is no text in UTF-8; convert it first.")
        }
        return text
    }
}
