import ArgumentParser
import Foundation

/// `screenpop customers purchases`, `contracts`, `contacts`, `notes`: what belongs to a customer.
struct ItemVerbs<Kind: ItemKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Kind.path, abstract: Kind.abstract, discussion: Kind.examples,
            subcommands: [
                ListItems<Kind>.self, AddItem<Kind>.self, ChangeItem<Kind>.self, DeleteItem<Kind>.self,
                ItemVersions<Kind>.self, RestoreItem<Kind>.self,
            ], defaultSubcommand: ListItems<Kind>.self)
    }
}

/// `list`, and the verb alone.
struct ListItems<Kind: ItemKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: "List them, newest first.", discussion: Kind.examples)
    }
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many at most.") var limit = 100
    @Argument(help: "The customer's number, as `find` lists it.") var customer: Int

    private struct Answer: Decodable {
        var items: [Item]
        var next: String?
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(path: path(["v1", "customers", String(customer), Kind.path], [("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech
            if answer.items.isEmpty { return say(l.say("まだ何もありません。", "There is nothing yet.")) }
            let clock = try await global.centreTime().clock
            var table = Table([l.say("番号", "id")] + Kind.columns(l), right: [0])
            for item in answer.items {
                let cells = Kind.cells(item, l, clock).map { safe($0.replacing("\n", with: " / ")) }
                table.add([String(item.id)] + cells)
            }
            say(table.text(on: global.terminal))
            if answer.next != nil { complain(l.say("さらにあります: --limit", "There are more: --limit shows them.")) }
        }
    }
}

/// `add`.
struct AddItem<Kind: ItemKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "add", abstract: "Record one.",
            discussion: "Fields: \(Kind.fields.joined(separator: ", ")).\n\(Kind.examples)")
    }
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Argument(help: "The customer's number, as `find` lists it.") var customer: Int
    @Argument(help: "NAME=VALUE for each field.") var fields: [String]

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    method: .POST, path: path(["v1", "customers", String(customer), Kind.path]),
                    body: try .json(try ItemAssignments(fields, Kind.fields).values)))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let made: Item = try APIClient.decode(data)
            say(global.speech.say("\(made.id) として記録しました。", "It is recorded as \(made.id)."))
        }
    }
}

/// `change`.
struct ChangeItem<Kind: ItemKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "change", abstract: "Change fields of one; NAME= empties a field.",
            discussion: "Fields: \(Kind.fields.joined(separator: ", ")).\n\(Kind.examples)")
    }
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Argument(help: "The customer's number, as `find` lists it.") var customer: Int
    @Argument(help: "Its own number, as `list` has it.") var id: Int
    @Argument(help: "NAME=VALUE for each field.") var fields: [String]

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    method: .PATCH, path: path(["v1", "customers", String(customer), Kind.path, String(id)]),
                    body: try .json(try ItemAssignments(fields, Kind.fields).values)))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let now: Item = try APIClient.decode(data)
            say(global.speech.say("バージョン \(now.version ?? 0) です。", "It has version \(now.version ?? 0) now."))
        }
    }
}

/// `delete`.
struct DeleteItem<Kind: ItemKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "delete", abstract: "Delete one; `restore` brings it back.")
    }
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The customer's number, as `find` lists it.") var customer: Int
    @Argument(help: "Its own number, as `list` has it.") var id: Int

    func run() async throws {
        try await global.run {
            _ = try await global.client.ask(
                .init(
                    method: .DELETE, path: path(["v1", "customers", String(customer), Kind.path, String(id)])))
            let back = "screenpop customers \(Kind.path) restore \(customer) \(id) --version 1"
            say(global.speech.say("削除しました。元に戻す: \(back)", "It is deleted. To bring it back: \(back)"))
        }
    }
}

/// `history`.
struct ItemVersions<Kind: ItemKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "history", abstract: "Show every version of one: who changed what, when, through what.")
    }
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many versions at most, the newest.") var limit = 50
    @Argument(help: "The customer's number, as `find` lists it.") var customer: Int
    @Argument(help: "Its own number, as `list` has it.") var id: Int

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    path: path(
                        ["v1", "customers", String(customer), Kind.path, String(id), "history"],
                        [("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: CustomerHistory.Answer = try APIClient.decode(data), l = global.speech, t = global.terminal
            let clock = try await global.centreTime().clock
            for one in answer.items {
                let who = one.by.map(safe) ?? l.say("コマンド", "the command line")
                let through = l.through(one.through, import: one.import)
                let head = "v\(one.version)  \(clock.shown(one.at))  \(who)  \(through)"
                say(t.styled(head, .bold) + "  " + l.versionKind(one.kind))
                for change in one.changes {
                    let from = change.from.map { safe($0.text) } ?? "—", to = change.to.map { safe($0.text) } ?? "—"
                    say("    \(safe(change.field)): \(from) → \(to)")
                }
            }
        }
    }
}

/// `restore`.
struct RestoreItem<Kind: ItemKind>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "restore", abstract: "Put back what one was at a version; also a deleted one.")
    }
    @OptionGroup var global: GlobalOptions
    @Option(help: "The version, as `history` lists it.") var version: Int
    @Argument(help: "The customer's number, as `find` lists it.") var customer: Int
    @Argument(help: "Its own number, as `list` has it.") var id: Int

    func run() async throws {
        try await global.run {
            let now: Item = try await global.client.ask(
                .init(
                    method: .POST,
                    path: path(["v1", "customers", String(customer), Kind.path, String(id), "restore"]),
                    body: try .json(["version": version])))
            say(
                global.speech.say(
                    "バージョン \(version) の内容に戻しました（バージョン \(now.version ?? 0)）。",
                    "It is as it was at version \(version), as version \(now.version ?? 0)."))
        }
    }
}

/// NAME=VALUE of a command line, as the interface takes fields.
struct ItemAssignments {
    enum Value: Encodable, Equatable {
        case null
        case text(String)
        case whole(Int64)
        case number(Double)
        case flag(Bool)

        func encode(to encoder: any Encoder) throws {
            var out = encoder.singleValueContainer()
            switch self {
            case .null: try out.encodeNil()
            case .text(let text): try out.encode(text)
            case .whole(let number): try out.encode(number)
            case .number(let number): try out.encode(number)
            case .flag(let flag): try out.encode(flag)
            }
        }
    }

    private(set) var values: [String: Value] = [:]

    init(_ fields: [String], _ known: [String]) throws(ValidationError) {
        for field in fields {
            guard let mark = field.firstIndex(of: "=") else {
                throw ValidationError("'\(field)' is no field: write NAME=VALUE, such as \(known[0])=…")
            }
            let name = String(field[..<mark]), text = String(field[field.index(after: mark)...])
            guard known.contains(name) else {
                throw ValidationError("There is no field '\(name)': the fields are \(known.joined(separator: ", ")).")
            }
            values[name] = try ItemAssignments.value(name, text)
        }
    }

    private static func value(_ name: String, _ text: String) throws(ValidationError) -> Value {
        if text.isEmpty { return .null }
        switch name {
        case "duration_ms":
            guard let number = Int64(text) else { throw ValidationError("\(name) is a whole number of milliseconds.") }
            return .whole(number)
        case "seconds":
            guard let number = Double(text), number.isFinite else { throw ValidationError("\(name) is a number.") }
            return .number(number)
        case "renews" where text == "true" || text == "false": return .flag(text == "true")
        default: return .text(text)
        }
    }
}
