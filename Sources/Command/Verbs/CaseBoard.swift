import Foundation
import NIOHTTP1

/// `GET /v1/cases`.
struct CaseLines: Decodable {
    struct One: Decodable {
        struct Owner: Decodable {
            var owner, note: String?
            var since: String
        }
        struct Handover: Decodable { var to: String }
        var id: Int
        var customerName, kind, title, priority: String
        var phase, owner, due, nextStep, claimedBy: String?
        var progress: Int?
        var openParts: Int
        var overdue, atRisk, stalled, waiting: Bool
        var handover: Handover?
        var owners: [Owner]?
    }
    var items: [One]
    var next: String?
}

/// Cases as a table.
struct CaseBoard {
    let language: Language
    /// The centre's.
    let clock: CivilClock

    func table(_ cases: [CaseLines.One]) -> Table {
        let l = language
        var table = Table(
            [
                l.say("番号", "no."), l.say("顧客", "customer"), l.say("件名", "title"), l.say("フェーズ", "phase"),
                "%", l.say("優先度", "priority"), l.say("担当", "owner"), l.say("期限", "due"), l.say("状況", "state"),
            ], right: [0, 4])
        for one in cases {
            table.add([
                String(one.id), safe(one.customerName), safe(one.title),
                one.phase.map(safe) ?? kind(one.kind),
                one.progress.map(String.init) ?? "", priority(one.priority), one.owner.map(safe) ?? "",
                clock.shown(one.due), states(one).joined(separator: ", "),
            ])
        }
        return table
    }

    /// What has no phase says what it is.
    private func kind(_ word: String) -> String {
        switch word {
        case "promise": language.say("約束", "promise")
        case "task": language.say("タスク", "task")
        default: ""
        }
    }

    private func priority(_ word: String) -> String {
        switch word {
        case "low": language.say("低", "low")
        case "normal": language.say("通常", "normal")
        case "high": language.say("高", "high")
        case "urgent": language.say("至急", "urgent")
        default: safe(word)
        }
    }

    private func states(_ one: CaseLines.One) -> [String] {
        let l = language
        let all: [(Bool, String)] = [
            (one.overdue, l.say("遅れ", "overdue")), (one.atRisk, l.say("まもなく", "due soon")),
            (one.stalled, l.say("停滞", "stalled")), (one.waiting, l.say("返事待ち", "waits for the customer")),
            (one.owner == nil, l.say("担当なし", "nobody's")),
        ]
        var found = all.filter(\.0).map(\.1)
        if one.openParts > 0 {
            found.append(l.say("約束・タスク \(one.openParts) 件", "\(one.openParts) promises and tasks open"))
        }
        if let by = one.claimedBy { found.append(l.say("\(safe(by)) が対応中", "\(safe(by)) works on it")) }
        if let to = one.handover?.to { found.append(l.say("\(safe(to)) へ引継ぎ中", "handed to \(safe(to))")) }
        return found
    }
}

/// Fields of a case as they are typed: `progress=30`.
enum CaseFields {
    enum Value: Encodable, Equatable {
        case text(String), number(Int), flag(Bool), null

        func encode(to encoder: any Encoder) throws {
            var out = encoder.singleValueContainer()
            switch self {
            case .text(let text): try out.encode(text)
            case .number(let number): try out.encode(number)
            case .flag(let flag): try out.encode(flag)
            case .null: try out.encodeNil()
            }
        }
    }

    /// - Throws: `ClientError.local` for an argument that is no field.
    static func body(_ arguments: [String]) throws(ClientError) -> [String: Value] {
        var body: [String: Value] = [:]
        for argument in arguments {
            let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw .local("\(argument) is no field: write FIELD=VALUE, such as progress=30.")
            }
            let name = String(parts[0]), text = String(parts[1])
            switch name {
            case "progress", "due_in_ms", "case":
                guard text.isEmpty || Int(text) != nil else { throw .local("\(name) is a whole number.") }
                body[name] = Int(text).map(Value.number) ?? .null
            case "waiting", "complaint":
                guard let flag = ["true": true, "false": false][text] else {
                    throw .local("\(name) is true or false.")
                }
                body[name] = .flag(flag)
            default: body[name] = text.isEmpty ? .null : .text(text)
            }
        }
        return body
    }
}

/// What the verbs of a case have in common.
enum CaseVerb {
    /// Asks, and shows the case as it is now.
    static func ask(
        _ global: GlobalOptions, _ output: JSONOption, _ method: HTTPMethod, _ parts: [String],
        _ body: [String: CaseFields.Value]
    ) async throws {
        let data = try await global.client.ask(
            .init(method: method, path: path(parts), body: try .json(body)))
        if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
        let one: CaseLines.One = try APIClient.decode(data)
        let clock = try await global.centreTime().clock
        say(CaseBoard(language: global.speech, clock: clock).table([one]).text(on: global.terminal))
    }
}
