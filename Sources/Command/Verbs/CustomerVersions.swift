import ArgumentParser
import Foundation

/// `screenpop customers history`.
struct CustomerHistory: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show every version of a customer: who changed what, when, through what.",
        discussion: """
              screenpop customers history 17
              screenpop customers restore 17 --version 3
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many versions at most, the newest.") var limit = 50
    @Argument(help: "The customer's number, as `find` lists it.") var id: Int

    struct Answer: Decodable {
        var deleted: Bool
        var items: [Version]
        var next: String?
    }
    struct Version: Decodable {
        var version: Int
        var at: String
        var by: String?
        var through: String
        var kind: String
        var `import`: Int?
        var changes: [Change]
    }
    struct Change: Decodable {
        var field: String
        var from, to: Value?
    }
    /// A text, or several.
    struct Value: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            let one = try decoder.singleValueContainer()
            text = try (try? one.decode(String.self)) ?? one.decode([String].self).joined(separator: ", ")
            // An address has several lines.
            text = text.replacing("\n", with: " / ")
        }
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(path: path(["v1", "customers", String(id), "history"], [("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data)
            say(text(answer, try await global.centreTime().clock))
        }
    }

    private func text(_ answer: Answer, _ clock: CivilClock) -> String {
        let l = global.speech, t = global.terminal
        var lines: [String] = []
        if answer.deleted {
            lines.append(
                t.styled(
                    l.say(
                        "この顧客は削除されています。元に戻す: screenpop customers undelete \(id)",
                        "This customer is deleted. To bring it back: screenpop customers undelete \(id)"), .warn))
        }
        if answer.items.isEmpty { lines.append(l.say("変更はまだありません。", "Nothing changed yet.")) }
        for one in answer.items {
            let who = one.by.map(safe) ?? l.say("コマンド", "the command line")
            let head = "v\(one.version)  \(clock.shown(one.at))  \(who)  \(l.through(one.through, import: one.import))"
            lines.append(t.styled(head, .bold) + "  " + l.versionKind(one.kind))
            for change in one.changes {
                let from = change.from.map { safe($0.text) } ?? "", to = change.to.map { safe($0.text) } ?? ""
                lines.append("    \(safe(change.field)): \(from.isEmpty ? "—" : from) → \(to.isEmpty ? "—" : to)")
            }
        }
        if answer.next != nil {
            lines.append(l.say("さらに古い変更: --limit", "There are older ones: --limit shows more."))
        }
        return lines.joined(separator: "\n")
    }
}

/// `screenpop customers restore`.
struct RestoreCustomer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put back what a customer was at a version; as a new version.")
    @OptionGroup var global: GlobalOptions
    @Option(help: "The version, as `history` lists it.") var version: Int
    @Argument(help: "The customer's number, as `find` lists it.") var id: Int

    func run() async throws {
        try await global.run {
            let now: Customer = try await global.client.ask(
                .init(
                    method: .POST, path: path(["v1", "customers", String(id), "restore"]),
                    body: try .json(["version": version])))
            say(
                global.speech.say(
                    "\(safe(now.name)) をバージョン \(version) の内容に戻しました。",
                    "\(safe(now.name)) is as it was at version \(version)."))
        }
    }
}

/// `screenpop customers delete`.
struct DeleteCustomer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete a customer; `undelete` brings it back.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The customer's number, as `find` lists it.") var id: Int

    func run() async throws {
        try await global.run {
            _ = try await global.client.ask(.init(method: .DELETE, path: path(["v1", "customers", String(id)])))
            say(
                global.speech.say(
                    "顧客 \(id) を削除しました。元に戻す: screenpop customers undelete \(id)",
                    "Customer \(id) is deleted. To bring it back: screenpop customers undelete \(id)"))
        }
    }
}

/// `screenpop customers undelete`.
struct UndeleteCustomer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undelete", abstract: "Bring a deleted customer back with everything.")
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The customer's number, as `deleted` lists it.") var id: Int

    func run() async throws {
        try await global.run {
            let back: Customer = try await global.client.ask(
                .init(method: .POST, path: path(["v1", "customers", String(id), "undelete"])))
            say(global.speech.say("\(safe(back.name)) を元に戻しました。", "\(safe(back.name)) is back."))
        }
    }
}

/// `screenpop customers deleted`.
struct DeletedCustomers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deleted", abstract: "List deleted customers, the newest deletion first.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many at most.") var limit = 100

    private struct Answer: Decodable { var items: [Line] }
    private struct Line: Decodable {
        var id: Int
        var name: String
        var deletedAt: String
        var by: String?
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(path: path(["v1", "deleted-customers"], [("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech
            if answer.items.isEmpty { return say(l.say("削除された顧客はいません。", "No customer is deleted.")) }
            var table = Table(
                [l.say("番号", "id"), l.say("氏名", "name"), l.say("削除", "deleted"), l.say("誰が", "by")], right: [0])
            let clock = try await global.centreTime().clock
            for one in answer.items {
                table.add([String(one.id), safe(one.name), clock.shown(one.deletedAt), one.by.map(safe) ?? ""])
            }
            say(table.text(on: global.terminal))
        }
    }
}
