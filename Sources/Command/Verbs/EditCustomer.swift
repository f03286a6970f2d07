import ArgumentParser
import Foundation

/// `screenpop customers add`.
struct AddCustomer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Create a customer: a person or a company.",
        discussion: """
              screenpop customers add --name 山田太郎 --kana ヤマダタロウ --phone 090-1234-5678 --tier regular
              screenpop customers add --name 見本商事 --kind company
              screenpop customers add --name 見本花子 --company-id 17 --account instagram:hanako --consent newsletter=no
              screenpop customers add --json - < customer.json

            The file has the object of one record, as `screenpop customers show 17 --json` writes it; - is standard
            input. Options count before what the file says.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @OptionGroup(title: "Fields") var fields: CustomerOptions
    @Argument(help: "A file with a JSON object; - for standard input.") var file: String?

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(
                .init(
                    method: .POST, path: path(["v1", "customers"]), body: try .json(try fields.values(over: file))))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let made: Customer = try APIClient.decode(data)
            say(
                global.speech.say(
                    "\(safe(made.name)) を顧客 \(made.id) として登録しました。", "\(safe(made.name)) is customer \(made.id)."))
        }
    }
}

/// `screenpop customers change`.
struct ChangeCustomer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "change", abstract: "Change fields of a customer; what is not said stays.",
        discussion: """
              screenpop customers change 17 --tier vip --owner 101
              screenpop customers change 17 --phone 090-1234-5678 --phone 03-1234-5678 --email ''
              screenpop customers change 17 --consent newsletter=yes --clear persona
              screenpop customers change 17 --version 4 --json - < customer.json

            A list is written as a whole; consent and the centre's own fields one by one. What somebody else changed
            meanwhile stays: with --version the change is refused when the record has another version by then.
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "Change it only as long as it has this version, as `show` and `history` give it.")
    var version: Int64?
    @OptionGroup(title: "Fields") var fields: CustomerOptions
    @Argument(help: "The customer's number, as `find` lists it.") var id: Int
    @Argument(help: "A file with a JSON object; - for standard input.") var file: String?

    /// The parts of a record that are written one by one.
    struct Current: Decodable {
        var id: Int
        var version: Int64
        var consent: [String: CustomerOptions.Value]
        var custom: [String: CustomerOptions.Value]

        /// What is sent: consent and the centre's own fields with what they have besides.
        func completed(_ values: [String: CustomerOptions.Value]) -> [String: CustomerOptions.Value] {
            var values = values
            for (member, now) in [("consent", consent), ("custom", custom)] {
                guard case .object(let said)? = values[member] else { continue }
                values[member] = .object(now.merging(said) { _, said in said })
            }
            return values
        }
    }

    func run() async throws {
        try await global.run {
            let wanted = try fields.values(over: file)
            let current: Current = try await global.client.ask(.init(path: path(["v1", "customers", String(id)])))
            let data = try await global.client.ask(
                .init(
                    method: .PATCH, path: path(["v1", "customers", String(current.id)]),
                    headers: [("If-Match", "\"v\(version ?? current.version)\"")],
                    body: try .json(current.completed(wanted))))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let now: Current = try APIClient.decode(data)
            let history: CustomerHistory.Answer = try await global.client.ask(
                .init(
                    path: path(
                        ["v1", "customers", String(now.id), "history"],
                        [("after", String(now.version + 1)), ("limit", "1")])))
            say(ChangeCustomer.text(now, history.items.first, global.speech))
        }
    }

    /// What changed, and which version that made.
    static func text(_ now: Current, _ version: CustomerHistory.Version?, _ l: Language) -> String {
        let changes = version.map { Int64($0.version) == now.version ? $0.changes : [] } ?? []
        let head =
            changes.isEmpty
            ? l.say("顧客 \(now.id) に変わりはありません。", "Nothing of customer \(now.id) is other than before.")
            : l.say("顧客 \(now.id) はバージョン \(now.version) です。", "Customer \(now.id) has version \(now.version) now.")
        let lines = changes.map { change in
            let from = change.from.map { safe($0.text) } ?? "", to = change.to.map { safe($0.text) } ?? ""
            return "    \(safe(change.field)): \(from.isEmpty ? "—" : from) → \(to.isEmpty ? "—" : to)"
        }
        return ([head] + lines).joined(separator: "\n")
    }
}
