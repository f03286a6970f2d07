import ArgumentParser
import Foundation
import Terms

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
        let queue = moment.queue.map(safe), who = moment.operator.map(safe)
        let isElsewhere = moment.what == "unanswered" && moment.reason == "elsewhere"
        let phrase = l.name(isElsewhere ? "elsewhere" : moment.what, of: MomentTerm.self)
            .replacing("{operator}", with: who ?? "").replacing("{queue}", with: queue ?? "")
            .replacing(" {slot}", with: moment.slot.map { " [\(safe($0))]" } ?? "")
        let line = "\(mark(moment.what))\(phrase)"
        let reason = moment.reason.map { " (\(safe($0)))" } ?? "", device = moment.device.map { " (\(safe($0)))" } ?? ""
        return switch moment.what {
        case "offered": line + (queue.map { " [\($0)]" } ?? "")
        case "ringing": line + device
        case "unanswered": line + device + (isElsewhere ? "" : reason)
        case "dequeued": line + reason
        case "transferred":
            line + ([who, queue, moment.to.map(safe)].compactMap { $0 }.first.map { " → \($0)" } ?? "")
                + (moment.kind.map { " (\($0))" } ?? "")
        case "ended": line + (moment.by.map { ending($0, l) } ?? "") + (moment.cause.map { ": \(safe($0))" } ?? "")
        case "noted":
            mark("noted") + (who.map { "\($0): " } ?? "") + safe((moment.text ?? "").replacing("\n", with: " / "))
        case "disposition": line + ": " + safe(moment.code ?? "")
        default: line
        }
    }

    /// A line down the call: thin while it waits, thick while somebody talks.
    private func mark(_ what: String) -> String {
        switch what {
        case "offered", "dialed", "found": "○ "
        case "rejected": "✕ "
        case "queued", "ringing", "unanswered", "dequeued": "│ "
        case "answered", "reached", "resumed", "retrieved": "┃ "
        case "held", "parked": "┆ "
        case "transferred": "➜ "
        case "ended", "missing": "● "
        case "noted": "✎ "
        case "disposition": "✔ "
        case "pop_sent", "pop_seen", "pop_acted": "▣ "
        default: "  "
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
