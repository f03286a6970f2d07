import ArgumentParser
import Foundation

/// Why two records may be of one customer, in words.
extension Language {
    func duplicate(_ reason: String) -> String {
        switch reason {
        case "number": say("電話番号", "number")
        case "email": say("メール", "email")
        case "account": say("アカウント", "account")
        case "name_address": say("氏名と住所", "name and address")
        case "name_company": say("氏名と会社", "name and company")
        default: safe(reason)
        }
    }
}

/// `screenpop customers duplicates`.
struct Duplicates: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duplicates", abstract: "List records that may be of one customer, and why.",
        discussion: """
            Without a number all pairs, the likeliest first. Members of a family share a number and have other names: \
            they come last.

              screenpop customers duplicates
              screenpop customers duplicates 17
              screenpop customers merge 17 18 --dry-run
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many at most.") var limit = 50
    @Argument(help: "Only those of this customer.") var id: Int?

    private struct Pairs: Decodable {
        struct Pair: Decodable {
            var customers: [Customer]
            var reasons: [String]
        }
        var items: [Pair]
        var total: Int
    }
    private struct Ones: Decodable {
        struct One: Decodable {
            var customer: Customer
            var reasons: [String]
        }
        var items: [One]
    }

    func run() async throws {
        try await global.run {
            let place = id.map { ["v1", "customers", String($0), "duplicates"] } ?? ["v1", "duplicates"]
            let data = try await global.client.ask(.init(path: path(place, [("limit", String(limit))])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let l = global.speech
            var table = Table(
                [
                    l.say("番号", "id"), l.say("氏名", "name"), l.say("電話", "phones"), l.say("番号", "id"),
                    l.say("氏名", "name"), l.say("電話", "phones"), l.say("同じもの", "the same"),
                ], right: [0, 3])
            func cells(_ one: Customer) -> [String] {
                [String(one.id), safe(one.name), one.phones.first.map { safe($0.display) } ?? ""]
            }
            func reasons(_ all: [String]) -> String { all.map(l.duplicate).joined(separator: ", ") }
            var count = 0, total = 0
            if let id {
                let one: Customer = try await global.client.ask(.init(path: path(["v1", "customers", String(id)])))
                let answer: Ones = try APIClient.decode(data)
                for other in answer.items {
                    table.add(cells(one) + cells(other.customer) + [reasons(other.reasons)])
                }
                count = answer.items.count
                total = count
            } else {
                let answer: Pairs = try APIClient.decode(data)
                for pair in answer.items { table.add(pair.customers.flatMap(cells) + [reasons(pair.reasons)]) }
                count = answer.items.count
                total = answer.total
            }
            if count == 0 { return say(l.say("重複の疑いはありません。", "No duplicates were found.")) }
            say(table.text(on: global.terminal))
            if total > count { complain(l.say("全\(total)組: --limit", "\(total) in all; --limit shows more.")) }
        }
    }
}

/// `screenpop customers merge`.
struct MergeCustomers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Make one of two records of one customer; `unmerge` takes them apart.",
        discussion: """
            Numbers, mails, purchases, contracts, contacts, notes, cases and calls of the second go to the first. \
            Where both have a value, the first one's stays. The second number finds the first customer from then on.

              screenpop customers merge 17 18 --dry-run
              screenpop customers merge 17 18
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Flag(name: .customLong("dry-run"), help: "Only say what would be done.") var dryRun = false
    @Argument(help: "The customer who stays.") var id: Int
    @Argument(help: "The customer who becomes a part of the first.") var other: Int

    private struct Answer: Decodable {
        struct Choice: Decodable { var field, kept, dropped: String }
        struct Moved: Decodable { var purchases, contracts, contacts, notes, files, calls, cases: Int }
        var merge: Int?
        var customer, other: Customer
        var dropped: [Choice]
        var moved: Moved
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    method: .POST,
                    path: path(["v1", "customers", String(id), "merge"], [("dry_run", dryRun ? "true" : nil)]),
                    body: try .json(["other": other])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech, moved = answer.moved
            let names = (safe(answer.other.name), safe(answer.customer.name))
            var lines = [
                dryRun
                    ? l.say("\(names.0) は \(names.1) に統合されます。", "\(names.0) would become a part of \(names.1).")
                    : l.say("\(names.0) を \(names.1) に統合しました。", "\(names.0) is a part of \(names.1) now."),
                l.say(
                    "購入 \(moved.purchases)、契約 \(moved.contracts)、応対 \(moved.contacts)、メモ \(moved.notes)、"
                        + "ファイル \(moved.files)、通話 \(moved.calls)、案件 \(moved.cases)",
                    "\(moved.purchases) purchases, \(moved.contracts) contracts, \(moved.contacts) contacts, "
                        + "\(moved.notes) notes, \(moved.files) files, \(moved.calls) calls, \(moved.cases) cases"),
            ]
            for one in answer.dropped {
                lines.append(
                    l.say(
                        "  \(safe(one.field)): \(safe(one.kept))（使わない値: \(safe(one.dropped))）",
                        "  \(safe(one.field)): \(safe(one.kept)), and not \(safe(one.dropped))"))
            }
            if let merge = answer.merge {
                lines.append(
                    l.say(
                        "元に戻す: screenpop customers unmerge \(merge)",
                        "To undo: screenpop customers unmerge \(merge)"))
            }
            say(lines.joined(separator: "\n"))
        }
    }
}

/// `screenpop customers unmerge`.
struct UnmergeCustomers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unmerge", abstract: "Take a merge apart: both are as before, with what was changed since.",
        discussion: """
              screenpop customers merges
              screenpop customers unmerge 7
            """)
    @OptionGroup var global: GlobalOptions
    @Argument(help: "The merge's number, as `merge` says it and `merges` lists it.") var merge: Int

    private struct Answer: Decodable { var customer, other: Customer }

    func run() async throws {
        try await global.run {
            let apart: Answer = try await global.client.ask(
                .init(method: .POST, path: path(["v1", "merges", String(merge), "undo"])))
            let one = "\(apart.customer.id) \(safe(apart.customer.name))"
            let other = "\(apart.other.id) \(safe(apart.other.name))"
            say(global.speech.say("\(one) と \(other) に分けました。", "They are two again: \(one), \(other)."))
        }
    }
}

/// `screenpop customers merges`.
struct Merges: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merges", abstract: "List merges, the newest first.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many at most.") var limit = 50
    @Option(help: "Only those of this customer.") var customer: Int?

    private struct Answer: Decodable {
        struct Merge: Decodable {
            var id, customer, other: Int
            var at: String
            var by, undoneAt: String?
        }
        var items: [Merge]
    }

    func run() async throws {
        try await global.run {
            let query = [("customer", customer.map(String.init)), ("limit", String(limit))]
            let data = try await global.client.ask(.init(path: path(["v1", "merges"], query)))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let answer: Answer = try APIClient.decode(data), l = global.speech
            if answer.items.isEmpty { return say(l.say("統合はありません。", "Nothing was merged.")) }
            let clock = try await global.centreTime().clock
            var table = Table(
                [
                    l.say("統合", "merge"), l.say("顧客", "customer"), l.say("統合された番号", "part"), l.say("日時", "at"),
                    l.say("誰が", "by"), l.say("取り消し", "undone"),
                ], right: [0, 1, 2])
            for one in answer.items {
                table.add([
                    String(one.id), String(one.customer), String(one.other), clock.shown(one.at),
                    one.by.map(safe) ?? "", one.undoneAt.map { clock.shown($0) } ?? "",
                ])
            }
            say(table.text(on: global.terminal))
        }
    }
}
