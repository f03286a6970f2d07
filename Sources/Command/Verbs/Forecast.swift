import ArgumentParser
import Foundation

/// `screenpop forecast`: how many will call on a coming day, and how many operators that takes.
struct Forecast: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "How many will call on a coming day, and how many operators that takes.",
        discussion: """
            From the same weekday of the weeks before, step by step: the callers expected and the operators needed for \
            the service level, by Erlang C \
            (callers wait for ever) and Erlang A (callers lose patience, as they did in those weeks). Operators at \
            work, that is: breaks, training \
            and illness come on top, by --shrinkage. Only what is within the opening hours is planned, and holidays of \
            the weeks before say nothing.

              screenpop forecast                             tomorrow
              screenpop forecast --day 2026-12-01 --queue support --target 90
              screenpop forecast --weeks 12 --step 30m --json
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: ArgumentHelp("The day. (default: tomorrow)", valueName: "2026-12-01")) var day: String?
    @Option(help: "Of this queue alone.") var queue: String?
    @Option(help: "So many weeks back are looked at.") var weeks = 6
    @Option(help: "15m, 30m or 1h.") var step = "1h"
    @Option(help: ArgumentHelp("So many percent are to be answered in time.", valueName: "percent")) var target = 80.0
    @Option(
        help: ArgumentHelp("In time is within so many seconds. (default: the queue's threshold)", valueName: "seconds"))
    var within: Double?
    @Option(help: ArgumentHelp("So many percent of those who are paid are not at work.", valueName: "percent"))
    var shrinkage = 0.0

    func validate() throws {
        guard 1...104 ~= weeks, 1..<100 ~= target, 0..<90 ~= shrinkage, within.map({ $0 >= 0 }) ?? true else {
            throw ValidationError("--weeks is 1 to 104, --target 1 to 99, --shrinkage 0 to 89, --within 0 or more.")
        }
        guard ["15m", "30m", "1h"].contains(step) else { throw ValidationError("--step is 15m, 30m or 1h.") }
        if let day, CivilDay(day) == nil { throw ValidationError("--day is a date such as 2026-12-01.") }
    }

    func run() async throws {
        try await global.run {
            let centre = try await global.centreTime()
            let wanted = day.flatMap(CivilDay.init) ?? centre.today.adding(1)
            let from = wanted.adding(-(weeks * 7 + 1))
            // Whole days only: the centre's today has not ended.
            let last = min(wanted, centre.today).adding(-1)
            let history: Intervals = try await global.client.ask(
                .init(
                    path: path(
                        ["v1", "intervals"],
                        [
                            ("from", from.text), ("to", last.text), ("step", step), ("queue", queue),
                        ])))
            let seconds =
                within ?? Double(history.intervals.lazy.compactMap { $0.serviceLevel?.thresholdMs }.first ?? 20_000)
                / 1_000
            let minutes = ["15m": 15, "30m": 30][step] ?? 60
            let hours = ForecastHours(
                wanted, past: try await openingHours(from, last), coming: try await openingHours(wanted, wanted))
            let model = ForecastModel(
                history, weekday: wanted.weekday, centre: centre, hours: hours, stepMinutes: minutes,
                share: target / 100, within: seconds)
            if output.json { return say(try json(model, hours, seconds)) }
            say(text(model, hours, seconds))
        }
    }

    private func openingHours(_ from: CivilDay, _ to: CivilDay) async throws -> ForecastHours.Answer {
        try await global.client.ask(.init(path: path(["v1", "opening-hours"], [("from", from.text), ("to", to.text)])))
    }

    private struct Answer: Encodable {
        var day: String
        /// The centre is closed on that day.
        var closed: Bool
        var queue: String?
        var target: Double
        var withinS: Double
        var patienceS: Double?
        var basedOn: [String]
        var slots: [ForecastModel.Slot]
    }

    private func json(_ model: ForecastModel, _ hours: ForecastHours, _ seconds: Double) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys]
        let answer = Answer(
            day: hours.wanted.text, closed: hours.isClosed, queue: queue, target: target / 100, withinS: seconds,
            patienceS: model.patience,
            basedOn: model.days, slots: model.slots)
        return String(decoding: try encoder.encode(answer), as: UTF8.self)
    }

    private func text(_ model: ForecastModel, _ hours: ForecastHours, _ seconds: Double) -> String {
        let l = global.speech, day = hours.wanted.text
        if hours.isClosed { return l.say("\(day) は休業日です。", "The centre is closed on \(day).") }
        guard !model.slots.isEmpty else {
            return l.say(
                "過去 \(weeks) 週の同じ曜日に着信がないため、予測できません。",
                "No call came on that weekday in the last \(weeks) weeks: there is nothing to go by. Try more --weeks.")
        }
        var table = Table(
            [
                l.say("時刻", "time"), l.say("予想", "calls"), l.say("実績幅", "range"), "AHT", l.say("呼量", "erlangs"),
                "Erlang C", "Erlang A",
                l.say("要員", "to plan"), l.say("サービスレベル", "SL"),
                l.say("放棄", "abandon"), l.say("平均待ち", "wait"),
            ], right: Set(1...10))
        func plan(_ operators: Int) -> Int { Int((Double(operators) / (1 - shrinkage / 100)).rounded(.up)) }
        func one(_ number: Double) -> String { String(format: "%.1f", number) }
        for slot in model.slots {
            table.add([
                slot.time, one(slot.calls), "\(slot.fewest)–\(slot.most)", l.duration(Int64(slot.handleS * 1_000)),
                one(slot.erlangs),
                String(slot.operatorsC),
                String(slot.operatorsA), String(plan(slot.operatorsA)), l.percent(slot.serviceLevel),
                l.percent(slot.abandoned),
                l.duration(Int64(slot.meanWaitS * 1_000)),
            ])
        }
        let calls = model.slots.reduce(0) { $0 + $1.calls }, most = model.slots.map(\.operatorsA).max() ?? 0
        let based = model.days.joined(separator: ", ")
        let patience =
            model.patience.map { l.duration(Int64($0 * 1_000)) }
            ?? l.say(
                "不明（\(Int(ForecastModel.patienceDefault)) 秒と仮定）",
                "unknown, \(Int(ForecastModel.patienceDefault)) s assumed")
        return [
            global.terminal.styled(
                "\(day)\(queue.map { "  [\(safe($0))]" } ?? "")  \(l.say("目標", "target")) \(Int(target)) % / "
                    + "\(Int(seconds)) s",
                .bold),
            table.text(on: global.terminal),
            "",
            l.say(
                "合計 \(one(calls)) 呼、最大 \(plan(most)) 人。", "\(one(calls)) calls in all, \(plan(most)) operators at most."
            ),
            global.terminal.styled(
                l.say(
                    "根拠: \(based)。お客様の忍耐 平均 \(patience)。",
                    "Based on \(based). Callers' patience: \(patience) in the mean."), .dim),
        ].joined(separator: "\n")
    }
}
