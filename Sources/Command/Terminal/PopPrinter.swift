import Foundation
import Terms

/// A pop in the terminal: who, what to beware of, what happened last, in one glance. A VIP is told by a frame of its
/// own, by the word and by colour, in this order of certainty.
struct PopPrinter: Sendable {
    let terminal: Terminal
    let language: Language

    struct Pop: Decodable {
        struct Number: Decodable {
            var display: String
            var place: String?
            var kind: String
        }
        struct Customer: Decodable {
            var name: String
            var kana: String?
            var company: String?
            var tier: String
            var owner: String?
        }
        struct Line: Decodable { var text: String }
        struct Incident: Decodable { var title: String }
        struct Alert: Decodable {
            var kind: String
            var text: String
        }
        var call: String
        var `operator`: String
        var phase: String
        var from: Number
        /// The line called; of a dialed call what was dialed.
        var to: String?
        var queue: String?
        var waitedMs: Int64
        var transferredFrom: String?
        var customer: Customer?
        var candidates: [Customer]
        var alerts: [Alert]
        var brief: [String]
        /// nil from a daemon of before there were lines.
        var card: [Line]?
        /// nil from a daemon of before pops had them.
        var incidents: [Incident]?
        var reason: String?
        /// nil from a daemon of before there were dialed calls.
        var direction: String?
        var vip: Bool
        var isOutbound: Bool { direction == "outbound" }
        var url: String?
    }
    private struct Withdrawn: Decodable {
        var call: String
        var `operator`: String
        var reason: String
        var by: String?
    }
    private struct Warning: Decodable {
        struct Customer: Decodable { var name: String }
        var kind: String
        var call: String
        var queue: String?
        var `operator`: String?
        var customer: Customer?
        var waitedMs: Int64
        var text: String
    }
    private struct State: Decodable {
        var `operator`: String
        var name: String?
        var state: String
        var reason: String?
    }

    /// nil for what a person need not see.
    func text(_ event: SSEParser.Event) -> String? {
        let data = Data(event.data.utf8)
        switch event.name {
        case "pop", "pop.update":
            return (try? APIClient.decode(data) as Pop).map { pop($0, isNew: event.name == "pop") }
        case "pop.withdrawn": return (try? APIClient.decode(data) as Withdrawn).map(withdrawn)
        case "alert": return (try? APIClient.decode(data) as Warning).map(warning)
        case "operator": return (try? APIClient.decode(data) as State).map(state)
        case "reset":
            return terminal.styled(
                language.say("（画面を作り直しました）", "(starting afresh: what follows is what is alive)"), .dim)
        default: return nil
        }
    }

    func pop(_ pop: Pop, isNew: Bool) -> String {
        let head = head(of: pop)
        guard isNew || pop.phase == "transferred" else {
            return "\(terminal.styled("·", .dim)) \(head)  \(name(pop))"
        }
        var lines = [head]
        lines.append("\(terminal.styled(name(pop), .bold))  \(number(pop.from))")
        if let customer = pop.customer, let company = customer.company { lines.append(safe(company)) }
        for alert in pop.alerts where alert.kind != "vip" {
            lines.append(terminal.styled("⚠ \(safe(alert.text))", .warn))
        }
        for incident in pop.incidents ?? [] {
            let title = safe(incident.title)
            lines.append(terminal.styled(language.say("⚠ 障害発生中: \(title)", "⚠ Incident: \(title)"), .warn))
        }
        lines += unsaid(pop).map(safe)
        lines += (pop.card ?? []).map { "• \(safe($0.text))" }
        if !pop.candidates.isEmpty {
            lines.append(
                language.say("他の候補: ", "or: ") + pop.candidates.prefix(4).map { safe($0.name) }.joined(separator: ", "))
        }
        if let from = pop.transferredFrom {
            lines.append(language.say("\(safe(from)) から転送", "transferred by \(safe(from))"))
        }
        if let url = pop.url { lines.append(terminal.styled(safe(url), .dim)) }
        return frame(lines, vip: pop.vip)
    }

    /// The brief without what an alert above it says: its last line is the first caution, or an alert.
    private func unsaid(_ pop: Pop) -> [String] {
        func part(_ text: String) -> Substring { text.firstRange(of: ": ").map { text[$0.upperBound...] } ?? text[...] }
        guard let last = pop.brief.last, pop.alerts.contains(where: { part($0.text).hasPrefix(part(last)) }) else {
            return pop.brief
        }
        return pop.brief.dropLast()
    }

    private func head(of pop: Pop) -> String {
        let who = "\(phase(pop))  \(safe(pop.operator))\(pop.queue.map { "  [\(safe($0))]" } ?? "")"
        // Nobody waits for an operator who calls out.
        if pop.isOutbound { return who + (pop.to.map { "  → \(safe($0))" } ?? "") }
        return "\(who)  \(language.say("待ち", "waited")) \(language.duration(pop.waitedMs))"
    }

    private func name(_ pop: Pop) -> String {
        guard let customer = pop.customer else {
            return language.name(pop.from.kind, of: CallerTerm.self)
        }
        let kana = customer.kana.map { "（\(safe($0))）" } ?? ""
        return safe(customer.name) + kana
    }

    private func number(_ number: Pop.Number) -> String {
        ([number.display] + [number.place].compactMap { $0 }).filter { !$0.isEmpty }.map(safe).joined(separator: " ")
    }

    private func phase(_ pop: Pop) -> String {
        language.name(pop.phase, of: PhaseTerm.self).uppercased()
    }

    /// A VIP's frame is double and says so at its top.
    private func frame(_ lines: [String], vip: Bool) -> String {
        let (corners, side, line): (String, String, String) = vip ? ("╔╚", "║", "═") : ("┌└", "│", "─")
        let width = min(terminal.width, 78) - 2
        let title = vip ? language.say(" ★ 優良顧客 VIP ★ ", " ★ VIP ★ ") : ""
        let top =
            "\(corners.first ?? "+")\(line)" + (vip ? terminal.styled(title, .alarm) : "")
            + String(repeating: line, count: max(0, width - columns(title) - 1))
        let bottom = "\(corners.last ?? "+")" + String(repeating: line, count: width)
        let edge = vip ? terminal.styled(side, .gold) : side
        return ([top] + lines.map { "\(edge) \($0)" } + [bottom]).joined(separator: "\n")
    }

    private func withdrawn(_ gone: Withdrawn) -> String {
        let why = language.name(gone.reason, of: WithdrawalTerm.self)
            .replacing("{by}", with: gone.by.map(safe) ?? language.say("他の人", "somebody else"))
        return terminal.styled("✕ \(safe(gone.operator))  \(safe(gone.call))  \(why)", .dim)
    }

    private func warning(_ alert: Warning) -> String {
        let who = alert.customer.map { safe($0.name) } ?? safe(alert.call)
        let place = [
            alert.queue.map { "[\(safe($0))]" }, alert.operator.map(safe),
            alert.waitedMs > 0 ? language.duration(alert.waitedMs) : nil,
        ].compactMap { $0 }
        return terminal.styled(" ★ ", .alarm) + " \(who)  \(safe(alert.text))  \(place.joined(separator: "  "))"
    }

    private func state(_ one: State) -> String {
        let name = one.name.map { " \(safe($0))" } ?? ""
        return terminal.styled(
            "  \(safe(one.operator))\(name): \(language.state(one.state))\(one.reason.map { " (\(safe($0)))" } ?? "")",
            .dim)
    }
}
