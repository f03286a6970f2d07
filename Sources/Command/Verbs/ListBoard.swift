import Foundation

/// `GET /v1/lists`.
struct ListLines: Decodable {
    struct One: Decodable {
        var name, title, kind: String
        var assignedTo: [String]
        var open, done, claimed: Int
        var more: Bool
    }
    var items: [One]
    var next: String?
}

/// `GET /v1/lists/{name}/entries`.
struct ListEntryLines: Decodable {
    struct One: Decodable {
        struct Reason: Decodable { var text: String }
        var customer: Int
        var customerName, tier, figure: String
        var owner, claimedBy, result, note, workedBy: String?
        var reasons: [Reason]
    }
    var items: [One]
    var next: String?
    var behind: Int?
}

/// Lists and their entries as tables.
struct ListBoard {
    let language: Language

    func table(_ lists: [ListLines.One]) -> Table {
        let l = language
        var table = Table(
            [
                l.say("名前", "name"), l.say("表題", "title"), l.say("残り", "open"), l.say("対応中", "claimed"),
                l.say("済み", "done"), l.say("担当", "assigned to"),
            ], right: [2, 3, 4])
        for one in lists {
            table.add([
                safe(one.name), safe(one.title), String(one.open) + (one.more ? "+" : ""), String(one.claimed),
                String(one.done), one.assignedTo.map(safe).joined(separator: ", "),
            ])
        }
        return table
    }

    func table(_ entries: [ListEntryLines.One]) -> Table {
        let l = language
        var table = Table(
            [
                l.say("番号", "no."), l.say("顧客", "customer"), l.say("区分", "tier"), l.say("担当", "owner"),
                l.say("理由", "reason"), l.say("状況", "state"),
            ], right: [0])
        for one in entries {
            table.add([
                String(one.customer), safe(one.customerName), safe(one.tier), one.owner.map(safe) ?? "",
                one.reasons.map { safe($0.text) }.joined(separator: ", "), state(one),
            ])
        }
        return table
    }

    private func state(_ one: ListEntryLines.One) -> String {
        if let by = one.claimedBy { return language.say("\(safe(by)) が対応中", "\(safe(by)) works on it") }
        guard let result = one.result else { return "" }
        let note = one.note.map { ": " + safe($0.replacing("\n", with: " / ")) } ?? ""
        return word(result) + (one.workedBy.map { " (\(safe($0)))" } ?? "") + note
    }

    /// The four results that are shipped; one of the centre's own as it is.
    func word(_ result: String) -> String {
        switch result {
        case "reached": language.say("連絡済み", "reached")
        case "not_reached": language.say("不在", "not reached")
        case "done": language.say("完了", "done")
        case "no_interest": language.say("希望なし", "no interest")
        default: safe(result)
        }
    }
}

/// Fields of a list as they are typed: `tier=vip assigned_to=101,102`.
enum ListFields {
    /// - Throws: `ClientError.local` for an argument that is no field.
    static func body(_ arguments: [String]) throws(ClientError) -> [String: Value] {
        var body: [String: Value] = [:]
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw .local("\(argument) is no field: write FIELD=VALUE, such as tier=vip.")
            }
            let name = String(parts[0]), text = String(parts[1])
            switch name {
            case "days":
                guard text.isEmpty || Int(text) != nil else { throw .local("days is a whole number.") }
                body[name] = Int(text).map(Value.number) ?? .null
            case "assigned_to":
                body[name] = .list(text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
            default: body[name] = text.isEmpty ? .null : .text(text)
            }
        }
        return body
    }

    enum Value: Encodable, Equatable {
        case text(String), number(Int), list([String]), null

        func encode(to encoder: any Encoder) throws {
            var out = encoder.singleValueContainer()
            switch self {
            case .text(let text): try out.encode(text)
            case .number(let number): try out.encode(number)
            case .list(let list): try out.encode(list)
            case .null: try out.encodeNil()
            }
        }
    }
}
