import ArgumentParser
import Foundation

/// Articles, templates or incidents, as their verbs need them.
protocol KnowledgeKind: Sendable {
    /// In the path, and the verb's name.
    static var path: String { get }
    static var abstract: String { get }
    /// Examples for the help.
    static var examples: String { get }
    /// The fields that can be said.
    static var fields: [String] { get }
    /// What a file is.
    static var fileField: String { get }
    /// More verbs of this kind.
    static var more: [any ParsableCommand.Type] { get }
    static func columns(_ l: Language) -> [String]
    static func cells(_ one: KnowledgeLine, _ l: Language, _ clock: CivilClock) -> [String]
}

/// An entry of any kind, as the API gives it.
struct KnowledgeLine: Decodable {
    var id: Int
    var version: Int
    var title: String
    var kind, body, answer, owner, review, text, cause, course, solution, cost, currency, state: String?
    var openedAt, closedAt: String?
    var tags, queues, products, regions, lines: [String]?
    var reviewDue: Bool?
    var used, helped, notHelped: Int?
    var updatedAt: String
    var updatedBy: String?
}

enum ArticleVerb: KnowledgeKind {
    static let path = "articles"
    static let abstract = "Questions with answers, and pages of the manual: read, write, put back."
    static let examples = """
          screenpop articles --find 水漏れ
          screenpop articles --call 1732269600.15
          screenpop articles show 5
          screenpop articles add --file leak.md queues=support tags=repair review=2027-03-31
          screenpop articles change 5 owner=101
          screenpop articles report
        """
    static let fields = ["title", "kind", "body", "answer", "tags", "queues", "products", "owner", "review"]
    static let fileField = "body"
    static var more: [any ParsableCommand.Type] { [ArticleReportVerb.self] }

    static func columns(_ l: Language) -> [String] {
        [
            l.say("題名", "title"), l.say("種類", "kind"), l.say("キュー", "queues"), l.say("タグ", "tags"),
            l.say("見直し", "review"), l.say("利用", "used"), l.say("役立った", "helped"),
        ]
    }

    static func cells(_ one: KnowledgeLine, _ l: Language, _ clock: CivilClock) -> [String] {
        let due = one.reviewDue == true ? " !" : ""
        return [
            one.title, one.kind ?? "", (one.queues ?? []).joined(separator: ", "),
            (one.tags ?? []).joined(separator: ", "), (one.review ?? "") + due, String(one.used ?? 0),
            "\(one.helped ?? 0)/\((one.helped ?? 0) + (one.notHelped ?? 0))",
        ]
    }
}

enum TemplateVerb: KnowledgeKind {
    static let path = "templates"
    static let abstract = "Texts with fields such as {{customer.name}}: read, write, fill in."
    static let examples = """
          screenpop templates
          screenpop templates add title=Thanks text="{{customer.name}} 様"
          screenpop templates add --file thanks.txt title=Thanks
          screenpop templates fill 7 --customer 17
        """
    static let fields = ["title", "text", "tags", "queues"]
    static let fileField = "text"
    static var more: [any ParsableCommand.Type] { [FillTemplate.self] }

    static func columns(_ l: Language) -> [String] {
        [l.say("題名", "title"), l.say("本文", "text"), l.say("キュー", "queues")]
    }

    static func cells(_ one: KnowledgeLine, _ l: Language, _ clock: CivilClock) -> [String] {
        [one.title, String((one.text ?? "").prefix(60)), (one.queues ?? []).joined(separator: ", ")]
    }
}

enum IncidentVerb: KnowledgeKind {
    static let path = "incidents"
    static let abstract = "What makes many call: cause, course, solution, cost; desks show it while it is open."
    static let examples = """
          screenpop incidents
          screenpop incidents add title="No light in Tokyo" regions=+813 products=Hikari
          screenpop incidents change 9 solution="Restart the router" state=closed
        """
    static let fields = [
        "title", "cause", "course", "solution", "cost", "currency", "state", "tags", "queues", "products", "regions",
        "lines", "cases",
    ]
    static let fileField = "course"
    static var more: [any ParsableCommand.Type] { [] }

    static func columns(_ l: Language) -> [String] {
        [
            l.say("題名", "title"), l.say("状態", "state"), l.say("開始", "since"), l.say("終了", "until"),
            l.say("対象", "of"), l.say("費用", "cost"),
        ]
    }

    static func cells(_ one: KnowledgeLine, _ l: Language, _ clock: CivilClock) -> [String] {
        let state = one.state == "open" ? l.say("対応中", "open") : l.say("終了", "closed")
        let of = [one.queues, one.lines, one.regions, one.products, one.tags].compactMap { $0 }.joined()
        return [
            one.title, state, clock.day(one.openedAt), clock.day(one.closedAt), of.joined(separator: ", "),
            [one.cost, one.currency].compactMap { $0 }.joined(separator: " "),
        ]
    }
}

/// NAME=VALUE of a command line, and a file, as the interface takes the fields of an entry.
struct KnowledgeAssignments {
    enum Value: Encodable, Equatable {
        case null
        case text(String)
        case texts([String])
        case wholes([Int])

        func encode(to encoder: any Encoder) throws {
            var out = encoder.singleValueContainer()
            switch self {
            case .null: try out.encodeNil()
            case .text(let text): try out.encode(text)
            case .texts(let texts): try out.encode(texts)
            case .wholes(let numbers): try out.encode(numbers)
            }
        }
    }

    private(set) var values: [String: Value] = [:]

    private static let lists: Set = ["tags", "queues", "products", "regions", "lines"]

    /// - Parameters:
    ///   - file: what a file has: Markdown for an article. Its first heading is the title where none is said.
    ///   - field: what the file is.
    init(
        _ fields: [String], _ known: [String], file: String? = nil, as field: String = ""
    ) throws(ValidationError) {
        if let file {
            var text = file.replacing("\r\n", with: "\n")
            if known.contains("body"), let line = text.split(separator: "\n").first, line.hasPrefix("# ") {
                values["title"] = .text(line.dropFirst(2).trimmingCharacters(in: .whitespaces))
                text = String(text[line.endIndex...].drop { $0 == "\n" })
            }
            values[field] = .text(text)
        }
        for one in fields {
            guard let mark = one.firstIndex(of: "=") else {
                throw ValidationError("'\(one)' is no field: write NAME=VALUE, such as \(known[0])=…")
            }
            let name = String(one[..<mark]), text = String(one[one.index(after: mark)...])
            guard known.contains(name) else {
                throw ValidationError("There is no field '\(name)': the fields are \(known.joined(separator: ", ")).")
            }
            values[name] = try KnowledgeAssignments.value(name, text)
        }
    }

    private static func value(_ name: String, _ text: String) throws(ValidationError) -> Value {
        let parts = text.split { $0 == "," || $0 == "、" }.map { $0.trimmingCharacters(in: .whitespaces) }
        if lists.contains(name) { return .texts(parts.filter { !$0.isEmpty }) }
        if name == "cases" {
            let numbers = parts.compactMap { Int($0) }
            guard numbers.count == parts.count else { throw ValidationError("cases are numbers: cases=5,7") }
            return .wholes(numbers)
        }
        return text.isEmpty ? .null : .text(text)
    }
}
