import ArgumentParser
import Foundation
import Terms

/// `screenpop calls`: the calls behind any figure.
struct Calls: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List calls, newest first: those behind any figure.",
        discussion: """
            Times are the centre's.

              screenpop calls --today
              screenpop calls --queue support --outcome abandoned --today
              screenpop calls --operator 101 --from '2026-11-20 09:00' --limit 500
              screenpop calls --figure aht_ms --tier vip --today
              screenpop calls --operator 101 --figure unanswered --today
              screenpop calls --disposition complaint --today
              screenpop calls --direction outbound --outcome not_reached --today
              screenpop calls --find 水漏れ --from 2026-11-20
              screenpop calls --figure undocumented --operator 101 --today
              screenpop calls --open

            With --figure or --outcome, and of a queue, a tier or a line, there is a line for each visit that the \
            figure counts, by the moment that it
            counts: exactly as many as the figure says.
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "Visits to this queue.") var queue: String?
    @Option(help: "Of customers of this tier; unknown for callers nobody knows.") var tier: String?
    @Option(help: "Of calls to this number.") var line: String?
    @Option(help: "What is counted: offered, an outcome, handled, transfers, a figure of screenpop stats --json.")
    var figure: String?
    @Option(
        help: """
            answered, abandoned, short_abandoned, overflowed, callback, blocked, unknown or not_queued; of calls that \
            went out \
            reached or not_reached.
            """)
    var outcome: String?
    @Option(help: "Answered calls with this disposition; with --figure or --outcome, of calls with it alone.")
    var disposition: String?
    @Option(help: "Calls that came in, or that operators dialed.") var direction: Direction?
    @Option(name: .customLong("operator"), help: "At whom it rang; with --figure, what is counted of this operator.")
    var operatorID: String?
    @Option(help: "Of this customer, by number.") var customer: Int?
    @Option(help: "With these digits in the other side's number or the line's.") var number: String?
    @Option(help: "With this text in the notes, the customer's name or the caller.") var find: String?
    @Flag(help: "Since the start of the centre's day.") var today = false
    @Option(help: ArgumentHelp("From this time on: when calls began, or what the figure counts.", valueName: "time"))
    var from: String?
    @Option(help: ArgumentHelp("Before this time, or on this day at the latest.", valueName: "time")) var to: String?
    @Flag(help: "That are alive now.") var open = false
    @Option(help: "So many at most.") var limit = 100

    enum Direction: String, ExpressibleByArgument, CaseIterable { case inbound, outbound }

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit is 1 or more.") }
        for (name, text) in [("--from", from), ("--to", to)] where WrittenTime.isWrong(text) {
            throw ValidationError("\(name) is a day such as 2026-11-20, or a time such as '2026-11-20 14:03'.")
        }
    }

    func run() async throws {
        try await global.run {
            let centre = try await global.centreTime()
            let from = try from.map { try centre.moment($0) }, to = try to.map { try centre.moment($0, isEnd: true) }
            var rows: [CallLine] = [], documents: [Data] = []
            var after: String?
            repeat {
                let data = try await global.client.ask(
                    .init(
                        path: path(
                            ["v1", "calls"],
                            [
                                ("queue", queue), ("tier", tier), ("line", line), ("figure", figure),
                                ("outcome", outcome), ("disposition", disposition), ("direction", direction?.rawValue),
                                ("number", number), ("q", find),
                                ("operator", operatorID), ("customer", customer.map(String.init)),
                                ("today", today ? "true" : nil),
                                ("from", from), ("to", to), ("open", open ? "true" : nil),
                                ("limit", String(min(1_000, limit - rows.count))), ("after", after),
                            ])))
                let page: CallPage = try APIClient.decode(data)
                rows += page.calls
                documents.append(data)
                after = page.next?.text
            } while after != nil && rows.count < limit
            if output.json { return documents.forEach { say(String(decoding: $0, as: UTF8.self), end: "") } }
            if rows.isEmpty { return say(global.speech.say("該当する通話はありません。", "No such calls.")) }
            say(table(rows, centre).text(on: global.terminal))
            if after != nil {
                complain(global.speech.say("まだあります: --limit で件数を増やせます。", "There are more: raise --limit."))
            }
        }
    }

    private func table(_ rows: [CallLine], _ centre: CentreTime) -> Table {
        let l = global.speech
        var table = Table(
            [
                l.say("日時", "time"), l.say("呼", "call"), l.say("向き", "way"), l.say("相手", "number"),
                l.say("顧客", "customer"), l.say("キュー", "queue"), l.say("結果", "outcome"),
                l.say("待ち", "wait"), l.say("通話", "talk"), l.say("応対", "operator"),
            ], right: [7, 8])
        for row in rows {
            table.add([
                centre.clock.shown(row.offeredAt), safe(row.call),
                row.isOutbound ? l.say("発信", "out") : l.say("着信", "in"), safe(row.from.shown(l)),
                row.customer.map { safe($0.name) + (centre.vipTiers.contains($0.tier) ? " ★" : "") } ?? "",
                (row.visit?.queue ?? row.queue).map(safe) ?? "",
                l.outcome(row.visit.map(\.outcome) ?? row.outcome) + (row.partial ? l.say("（途中から）", " (partial)") : ""),
                l.duration(row.visit.map { $0.waitMs ?? 0 } ?? row.waitMs), l.duration(row.talkMs),
                row.operator.map(safe) ?? "",
            ])
        }
        return table
    }
}

struct CallPage: Decodable {
    /// Where the next page begins: a number, or a number and a place.
    struct Next: Decodable {
        var text: String
        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int64.self) {
                text = String(number)
            } else {
                text = try value.decode(String.self)
            }
        }
    }
    var calls: [CallLine]
    var next: Next?
}

/// A line of `GET /v1/calls`.
struct CallLine: Decodable {
    struct Number: Decodable {
        var display: String
        var kind: String
        func shown(_ l: Language) -> String {
            display.isEmpty ? l.name(kind, of: CallerTerm.self) : display
        }
    }
    struct Customer: Decodable {
        var id: Int
        var name: String
        var tier: String
    }
    var call: String
    var source: String
    var from: Number
    var to: String?
    var direction: String?
    var customer: Customer?
    var queue: String?
    var state: String
    var outcome: String?
    /// Why it ended, in the PBX's words.
    var cause: String?
    var partial: Bool
    var offeredAt, answeredAt, endedAt, waitingSince: String?
    var waitMs, talkMs: Int64
    var `operator`: String?
    /// What a figure counts of it.
    struct Visit: Decodable {
        var queue: String
        var outcome: String?
        var waitMs: Int64?
    }
    var visit: Visit?

    var isOutbound: Bool { direction == "outbound" }
}
