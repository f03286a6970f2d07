import ArgumentParser
import Foundation
import Terms

/// `screenpop lookup`.
struct LookUp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lookup", abstract: "What the daemon makes of a number, and whom it finds by it.",
        subcommands: [Try.self])

    /// `screenpop lookup try`.
    struct Try: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "try",
            abstract:
                "Look a number up as if it called: as written, as read, why it counts, and the customers who have it.",
            discussion: """
                It changes nothing. The number may be written as a PBX writes it, a SIP or tel URI included. The
                look-ups of [[lookup]] are asked too, without what is kept of earlier answers: each request is shown
                with its answer, and what would be on the card. An administrator may ask them.

                  screenpop lookup try 090-1234-5678
                  screenpop lookup try 'sip:+819012345678@pbx.example;user=phone'
                  screenpop lookup try --dialed 0-03-1234-5678   as an operator dials it, with [numbers] outside_prefix
                """)
        @OptionGroup var global: GlobalOptions
        @OptionGroup var output: JSONOption
        @Flag(help: "Read it as what an operator dialled.") var dialed = false
        @Option(help: "So many customers at most.") var limit = 20
        @Argument(help: "The number, or what stands in its place.") var number: String

        struct Answer: Decodable {
            struct Number: Decodable {
                var e164, region, place: String?
                var display, kind: String
            }
            var written: String
            var removed: [String]
            var normalized: String
            var number: Number
            var valid: String
            var pattern, key: String?
            var blocked: Bool
            var customers: [Customer]
            var matches: Int
        }

        func run() async throws {
            try await global.run {
                let asked = path(
                    ["v1", "lookup"], [("number", number), ("dialed", dialed ? "true" : nil), ("limit", String(limit))])
                let data = try await global.client.ask(.init(path: asked))
                let answer: Answer = try APIClient.decode(data)
                let outside = try await Outside.ask(answer, global.client, global.speech)
                if output.json { return say(Outside.joined(data, outside), end: "") }
                say(Try.text(answer, global.speech))
                if let outside { say(try Outside.text(outside, global.speech), end: "") }
            }
        }

        static func text(_ answer: Answer, _ l: Language) -> String {
            var lines: [String] = []
            func add(_ name: String, _ value: String) { lines.append("\(fitted(name, to: 12)) \(safe(value))") }
            add(l.say("入力", "written"), answer.written)
            if !answer.removed.isEmpty { add(l.say("除いた番号", "taken off"), answer.removed.joined(separator: ", ")) }
            if !answer.normalized.isEmpty { add(l.say("正規化", "read as"), answer.normalized) }
            add(l.say("番号", "number"), number(answer.number, l))
            if answer.number.kind == "number" || answer.key != nil { add(l.say("有効性", "valid"), validity(answer, l)) }
            add(l.say("検索キー", "looked up"), answer.key ?? l.say("検索しない", "not at all"))
            if answer.blocked { add(l.say("着信拒否", "blocked"), l.say("はい", "yes")) }
            for one in answer.customers {
                add(
                    l.say("顧客", "customer"),
                    "\(one.id) \(one.name)\(one.company.map { " (\($0))" } ?? "") [\(l.tier(one.tier))]")
            }
            if answer.customers.isEmpty { add(l.say("顧客", "customer"), l.say("該当なし", "nobody")) }
            if answer.matches > answer.customers.count {
                lines.append(l.say("全\(answer.matches)件", "\(answer.matches) in all; --limit shows more."))
            }
            return lines.joined(separator: "\n")
        }

        private static func number(_ number: Answer.Number, _ l: Language) -> String {
            switch number.kind {
            case "withheld", "unavailable": l.name(number.kind, of: CallerTerm.self)
            case "number":
                [number.e164, number.display, number.region, number.place].compactMap { $0 }.joined(separator: "  ")
            default: l.say("電話番号ではない: \(number.display)", "no telephone number: \(number.display)")
            }
        }

        private static func validity(_ answer: Answer, _ l: Language) -> String {
            switch answer.valid {
            case "libphonenumber": l.say("libphonenumber が有効と判定", "by libphonenumber")
            case "also_valid":
                l.say(
                    "[numbers] also_valid の \(answer.pattern ?? "")", "by [numbers] also_valid, \(answer.pattern ?? "")"
                )
            case "record": l.say("顧客の記録にこの番号がある", "a record has exactly it")
            default: l.say("無効: リピート・折り返しの対象外", "no: it counts for no repeat caller and no callback")
            }
        }
    }
}
