import ArgumentParser
import Foundation

/// `screenpop explain`: why a call was routed as it was, in sentences.
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
            var at: String
            var action: String
            var `operator`: String?
            var reason: String
            var priority: Int
            var steps: [Step]
        }
        struct Moment: Decodable {
            var at: String
            var what: String
            var queue, `operator`, reason, kind, to, by, text, code, device, slot, cause: String?
        }
        var timeline: [Moment]
        var routing: Routing?
        /// What the PBX was told before the caller was identified, oldest first.
        var routingBefore: [Routing]?
        var alerts: [String]
    }

    func run() async throws {
        try await global.run {
            let data = try await global.client.ask(.init(path: path(["v1", "calls", call], [("source", source)])))
            if output.json { return say(String(decoding: data, as: UTF8.self), end: "") }
            let story = CallStory(
                language: global.speech, terminal: global.terminal, clock: try await global.centreTime().clock)
            say(story.text(try APIClient.decode(data), try APIClient.decode(data)))
        }
    }
}

/// A call in sentences: its routing, and its result.
struct CallStory {
    let language: Language
    let terminal: Terminal
    /// The centre's.
    let clock: CivilClock

    func text(_ line: CallLine, _ whole: Explain.Whole) -> String {
        let l = language
        let t = terminal
        var parts = [
            t.styled("\(safe(line.call))  (\(safe(line.source)))", .bold) + t.styled("  \(safe(clock.name))", .dim)
        ]
        let who = line.customer.map { "\(safe($0.name)) [\(l.tier($0.tier))]  " } ?? ""
        let way = line.isOutbound ? l.say("発信 → ", "outbound → ") : ""
        let cause = line.cause.map { l.say("  終了理由: ", "  cause: ") + safe($0) } ?? ""
        parts.append(
            "\(clock.shown(line.offeredAt))  \(way)\(who)\(safe(line.from.shown(l)))  \(l.outcome(line.outcome))"
                + cause
        )
        parts.append("")
        for earlier in whole.routingBefore ?? [] {
            let title = l.say("発信者が分かる前の振り分け", "Before the caller was identified")
            parts += [t.styled("\(title)  \(clock.shown(earlier.at))", .dim)] + reasoning(earlier) + [""]
        }
        if let routing = whole.routing {
            let title =
                whole.routingBefore?.isEmpty == false
                ? l.say("発信者が分かってからの振り分け", "Once the caller was identified")
                : l.say("なぜこう振り分けたか", "Why it was sent there")
            let at = whole.routingBefore?.isEmpty == false ? "  \(clock.shown(routing.at))" : ""
            parts += [t.styled(title + at, .dim)] + reasoning(routing)
        } else if line.isOutbound {
            parts.append(l.say("オペレーターからの発信なので、振り分けはありません。", "An operator dialed it, so there was nothing to decide."))
        } else {
            parts.append(
                l.say(
                    "この呼の着信通知は届いていないため、振り分けはしていません。", "No offer of this call was seen, so nothing was decided about it."
                ))
        }
        parts.append("")
        parts.append(t.styled(l.say("経過", "What became of it"), .dim))
        for moment in whole.timeline { parts.append("  \(clock.shown(moment.at))  \(sentence(moment, l))") }
        return parts.joined(separator: "\n")
    }

    private func reasoning(_ routing: Explain.Whole.Routing) -> [String] {
        let l = language
        let to = routing.operator.map { " → \(safe($0))" } ?? ""
        let priority = "\(l.say("優先度", "priority")) \(routing.priority)"
        return routing.steps.map { "  \(safe($0.text))" }
            + [terminal.styled("  = \(routing.action)\(to)  (\(routing.reason), \(priority))", .bold)]
    }

    private func sentence(_ moment: Explain.Whole.Moment, _ l: Language) -> String {
        let queue = moment.queue.map(safe)
        let who = moment.operator.map(safe)
        let to = [who, queue, moment.to.map(safe)].compactMap { $0 }.first ?? ""
        let reason = moment.reason.map { " (\(safe($0)))" } ?? ""
        let device = moment.device.map { " (\(safe($0)))" } ?? ""
        let slot = moment.slot.map { " [\(safe($0))]" } ?? ""
        return switch moment.what {
        case "offered": l.say("○ 着信", "○ offered") + (queue.map { " [\($0)]" } ?? "")
        case "dialed": l.say("○ \(who ?? "") が発信", "○ dialed by \(who ?? "")")
        case "reached": l.say("┃ 相手が応答", "┃ the far end answered")
        case "parked": l.say("┆ \(who ?? "") がパーク\(slot)", "┆ parked by \(who ?? "")\(slot)")
        case "retrieved": l.say("┃ \(who ?? "") がパークから取得\(slot)", "┃ taken off its place by \(who ?? "")\(slot)")
        case "rejected": l.say("✕ 着信拒否", "✕ rejected")
        case "queued": l.say("│ キュー\(queue ?? "")へ", "│ queued in \(queue ?? "")")
        case "ringing": l.say("│ \(who ?? "") を呼出\(device)", "│ rings at \(who ?? "")\(device)")
        case "unanswered" where moment.reason == "elsewhere":
            l.say("│ \(who ?? "") 以外が応答\(device)", "│ stopped at \(who ?? "")\(device): a colleague took it")
        case "unanswered":
            l.say("│ \(who ?? "") 応答なし\(device)\(reason)", "│ not answered by \(who ?? "")\(device)\(reason)")
        case "answered": l.say("┃ \(who ?? "") が応答", "┃ answered by \(who ?? "")")
        case "held": l.say("┆ 保留", "┆ on hold")
        case "resumed": l.say("┃ 保留解除", "┃ back from hold")
        case "transferred": l.say("➜ \(to) へ転送", "➜ transferred to \(to)") + (moment.kind.map { " (\($0))" } ?? "")
        case "dequeued": l.say("│ キューを出た\(reason)", "│ left the queue\(reason)")
        case "ended":
            l.say("● 終了", "● ended") + (moment.by.map { ending($0, l) } ?? "")
                + (moment.cause.map { ": \(safe($0))" } ?? "")
        case "noted": "✎ " + (who.map { "\($0): " } ?? "") + safe((moment.text ?? "").replacing("\n", with: " / "))
        case "disposition": l.say("✔ 結果: ", "✔ came out as ") + safe(moment.code ?? "")
        case "pop_sent": l.say("▣ \(who ?? "") の画面へ", "▣ sent to \(who ?? "")'s screen")
        case "pop_seen": l.say("▣ \(who ?? "") が確認", "▣ seen by \(who ?? "")")
        case "pop_acted": l.say("▣ \(who ?? "") が記入を開始", "▣ \(who ?? "") began to write")
        case "missing": l.say("● 終わりは見えなかった", "● gone when the PBX listed its calls: the end was not seen")
        case "found": l.say("○ 途中から把握", "○ first seen in its middle")
        default: safe(moment.what)
        }
    }

    private func ending(_ by: String, _ l: Language) -> String {
        switch by {
        case "caller": l.say("（お客様）", " by the caller")
        case "operator": l.say("（オペレーター）", " by the operator")
        case "system": l.say("（システム）", " by the system")
        default: " (\(safe(by)))"
        }
    }
}
