import ArgumentParser

/// `screenpop customers`: the one record of each.
struct Customers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Find, show, import and export customers and what belongs to them; put back changes; erase; block numbers.",
        subcommands: [
            FindCustomers.self, SearchContacts.self, ShowCustomer.self,
            CustomerHistory.self, RestoreCustomer.self, DeleteCustomer.self,
            UndeleteCustomer.self, DeletedCustomers.self, EraseCustomer.self, ImportCustomers.self, Imports.self,
            UndoImport.self, ExportCustomers.self, BlockNumber.self, UnblockNumber.self, BlockedNumbers.self,
            ItemVerbs<PurchaseVerb>.self, ItemVerbs<ContractVerb>.self, ItemVerbs<ContactVerb>.self,
            ItemVerbs<NoteVerb>.self, FileVerbs.self, CustomerTimeline.self, Duplicates.self, MergeCustomers.self,
            UnmergeCustomers.self, Merges.self, DiscloseCustomer.self,
        ])
}

/// A customer as the API gives it.
struct Customer: Decodable {
    struct Phone: Decodable { var display: String }
    struct Contact: Decodable {
        var at: String
        var channel: String
        var direction: String?
        var `operator`: String?
        var summary: String
        var durationMs: Int64?
        var outcome: String?
    }
    var id: Int
    var externalId: String?
    var name: String
    var kana, company, owner, address, email, lineId: String?
    var tier: String
    var tags, cautions, doNotPair, emails, preferences, persona: [String]
    var doNotCall: Bool
    var phones: [Phone]
    var custom: [String: String]
    var status: String
    var lastContactAt: String?
    var history: [Contact]?
}

/// `screenpop customers find`.
struct FindCustomers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "find", abstract: "Find customers by a number, or by a part of what is written about them.",
        discussion: """
              screenpop customers find 090-0000-0001
              screenpop customers find 山田
            """)
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "So many at most.") var limit = 20
    @Argument(help: "A telephone number, or a part of a name, reading, company, mail, tag or number.") var text: String

    private struct Answer: Decodable {
        var customers: [Customer]
        var matches: Int
    }

    func run() async throws {
        try await global.run {
            let isNumber =
                text.filter(\.isNumber).count >= 6 && text.allSatisfy { $0.isNumber || "+-() 　－−ー".contains($0) }
            var data = try await global.client.ask(
                .init(path: path(["v1", "customers"], [(isNumber ? "phone" : "q", text), ("limit", String(limit))])))
            var answer: Answer = try APIClient.decode(data)
            if isNumber, answer.customers.isEmpty {
                // A part of a number, perhaps.
                data = try await global.client.ask(
                    .init(path: path(["v1", "customers"], [("q", text), ("limit", String(limit))])))
                answer = try APIClient.decode(data)
            }
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let l = global.speech
            if answer.customers.isEmpty { return say(l.say("該当する顧客はいません。", "Nobody found.")) }
            var table = Table(
                [
                    l.say("番号", "id"), l.say("氏名", "name"), l.say("読み", "reading"), l.say("会社", "company"),
                    l.say("区分", "tier"), l.say("担当", "owner"),
                    l.say("電話", "phones"),
                ], right: [0])
            for one in answer.customers {
                table.add([
                    String(one.id), safe(one.name), one.kana.map(safe) ?? "", one.company.map(safe) ?? "",
                    l.tier(one.tier), one.owner.map(safe) ?? "",
                    one.phones.map { safe($0.display) }.joined(separator: ", "),
                ])
            }
            say(table.text(on: global.terminal))
            if answer.matches > answer.customers.count {
                complain(l.say("全\(answer.matches)件", "\(answer.matches) in all; --limit shows more."))
            }
        }
    }
}

/// `screenpop customers show`.
struct ShowCustomer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one customer's record and last contacts.")
    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Argument(help: "The customer's number, as `find` lists it.") var id: Int

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: path(["v1", "customers", String(id)])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            say(text(try APIClient.decode(data), try await global.centreTime().clock))
        }
    }

    private func text(_ one: Customer, _ clock: CivilClock) -> String {
        let l = global.speech, t = global.terminal
        var lines = [
            t.styled(safe(one.name), .bold) + (one.kana.map { "（\(safe($0))）" } ?? "") + "  [\(l.tier(one.tier))]"
        ]
        func add(_ name: String, _ value: String?) {
            if let value, !value.isEmpty { lines.append("\(fitted(name, to: 12)) \(safe(value))") }
        }
        for caution in one.cautions { lines.append(t.styled("⚠ \(safe(caution))", .warn)) }
        add(l.say("会社", "company"), one.company)
        add(l.say("電話", "phones"), one.phones.map(\.display).joined(separator: ", "))
        if one.doNotCall { lines.append(t.styled(l.say("⚠ 電話しない", "⚠ Do not call"), .warn)) }
        add(l.say("メール", "email"), ([one.email].compactMap { $0 } + one.emails).joined(separator: ", "))
        add("LINE", one.lineId)
        add(l.say("住所", "address"), one.address)
        add(l.say("担当", "owner"), one.owner)
        add(l.say("タグ", "tags"), one.tags.joined(separator: ", "))
        add(l.say("希望・好み", "preferences"), one.preferences.joined(separator: ", "))
        add(l.say("人物像", "persona"), one.persona.joined(separator: ", "))
        add(l.say("組合せ不可", "do not pair"), one.doNotPair.joined(separator: ", "))
        add(l.say("顧客番号", "external id"), one.externalId)
        for (name, value) in one.custom.sorted(by: { $0.key < $1.key }) { add(safe(name), value) }
        lines.append("")
        guard let history = one.history, !history.isEmpty else {
            return (lines + [l.say("応対の記録はまだありません。", "No contact recorded yet.")]).joined(separator: "\n")
        }
        for contact in history {
            let parts = [
                clock.shown(contact.at), contact.channel, contact.outcome.map { l.outcome($0) }, contact.operator,
                contact.durationMs.map { l.duration($0) }, contact.summary,
            ]
            lines.append("  " + parts.compactMap { $0 }.filter { !$0.isEmpty }.map(safe).joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }
}
