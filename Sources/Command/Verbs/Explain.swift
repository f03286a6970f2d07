import ArgumentParser
import Foundation

/// `screenpop explain`: why a call went where it went, as a person would tell it.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Tell why a call went where it went, and what became of it.",
        discussion: """
              screenpop explain 1732269600.15
              screenpop explain 1732269600.15 --source pbx1 --language ja
            """)

    @OptionGroup var global: GlobalOptions
    @OptionGroup var output: JSONOption
    @Option(help: "Which PBX, when several have a call of this id.") var source: String?
    @Argument(help: "The PBX's id of the call, as `screenpop calls` lists it.") var call: String

    struct Whole: Decodable {
        struct Step: Decodable {
            var rule: String
            var text: String
        }
        struct Routing: Decodable {
            var action: String
            var `operator`: String?
            var reason: String
            var priority: Int
            var steps: [Step]
        }
        struct Moment: Decodable {
            var at: String
            var what: String
            var queue, `operator`, reason, kind, to, by, text, code, slot: String?
        }
        var timeline: [Moment]
        var routing: Routing?
        var alerts: [String]
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: path(["v1", "calls", call], [("source", source)])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let story = CallStory(language: global.speech, terminal: global.terminal, clock: try await global.centreTime().clock)
            say(story.text(try APIClient.decode(data), try APIClient.decode(data)))
        }
    }
}

/// A call told as a person would: why it went where it went, and what became of it.
struct CallStory {
    let language: Language
    let terminal: Terminal
    /// The centre's.
    let clock: CivilClock

    func text(_ line: CallLine, _ whole: Explain.Whole) -> String {
        let l = language, t = terminal
        var parts = [t.styled("\(safe(line.call))  (\(safe(line.source)))", .bold) + t.styled("  \(safe(clock.name))", .dim)]
        let who = line.customer.map { "\(safe($0.name)) [\(l.tier($0.tier))]  " } ?? ""
        parts.append("\(clock.shown(line.offeredAt))  \(who)\(safe(line.from.shown(l)))  \(l.outcome(line.outcome))")
        parts.append("")
        if let routing = whole.routing {
            parts.append(t.styled(l.say("なぜこう振り分けたか", "Why it was sent there"), .dim))
            parts += routing.steps.map { "  \(safe($0.text))" }
            let to = routing.operator.map { " → \(safe($0))" } ?? ""
            parts.append(t.styled("  = \(routing.action)\(to)  (\(routing.reason), \(l.say("優先度", "priority")) \(routing.priority))", .bold))
        } else {
            parts.append(l.say("この呼の着信通知は届いていないため、振り分けはしていません。", "No offer of this call was seen, so nothing was decided about it."))
        }
        parts.append("")
        parts.append(t.styled(l.say("経過", "What became of it"), .dim))
        for moment in whole.timeline { parts.append("  \(clock.shown(moment.at))  \(sentence(moment, l))") }
        return parts.joined(separator: "\n")
    }

    private func sentence(_ moment: Explain.Whole.Moment, _ l: Language) -> String {
        let queue = moment.queue.map(safe), who = moment.operator.map(safe)
        let to = [who, queue, moment.to.map(safe)].compactMap { $0 }.first ?? ""
        let reason = moment.reason.map { " (\(safe($0)))" } ?? ""
        return switch moment.what {
        case "offered": l.say("○ 着信", "○ offered") + (queue.map { " [\($0)]" } ?? "")
        case "rejected": l.say("✕ 着信拒否", "✕ rejected")
        case "queued": l.say("│ キュー\(queue ?? "")へ", "│ queued in \(queue ?? "")")
        case "ringing": l.say("│ \(who ?? "") を呼出", "│ rings at \(who ?? "")")
        case "unanswered": l.say("│ \(who ?? "") 応答なし\(reason)", "│ not answered by \(who ?? "")\(reason)")
        case "dialed": l.say("○ \(who ?? "") が発信", "○ dialed by \(who ?? "")")
        case "reached": l.say("┃ 相手が応答", "┃ answered at the far end")
        case "parked": l.say("┆ \(who ?? "") がパーク", "┆ parked by \(who ?? "")") + place(moment)
        case "retrieved": l.say("┃ \(who ?? "") がパークから取得", "┃ taken off its place by \(who ?? "")") + place(moment)
        case "answered": l.say("┃ \(who ?? "") が応答", "┃ answered by \(who ?? "")")
        case "held": l.say("┆ 保留", "┆ on hold")
        case "resumed": l.say("┃ 保留解除", "┃ back from hold")
        case "transferred": l.say("➜ \(to) へ転送", "➜ transferred to \(to)") + (moment.kind.map { " (\($0))" } ?? "")
        case "dequeued": l.say("│ キューを出た\(reason)", "│ left the queue\(reason)")
        case "ended": l.say("● 終了", "● ended") + (moment.by.map { ending($0, l) } ?? "")
        case "noted": "✎ " + (who.map { "\($0): " } ?? "") + safe((moment.text ?? "").replacing("\n", with: " / "))
        case "disposition": l.say("✔ 結果: ", "✔ came out as ") + safe(moment.code ?? "")
        case "missing": l.say("● 終わりは見えなかった", "● gone when the PBX listed its calls: the end was not seen")
        case "found": l.say("○ 途中から把握", "○ first seen in its middle")
        default: safe(moment.what)
        }
    }

    private func place(_ moment: Explain.Whole.Moment) -> String { moment.slot.map { " [\(safe($0))]" } ?? "" }

    private func ending(_ by: String, _ l: Language) -> String {
        switch by {
        case "caller": l.say("（お客様）", " by the caller")
        case "operator": l.say("（オペレーター）", " by the operator")
        case "system": l.say("（システム）", " by the system")
        default: " (\(safe(by)))"
        }
    }
}
