import Foundation
import Shadow
import Terms

/// The result of a trial, to be read.
struct TryRulesText {
    let file: String
    let report: TrialReport
    let clock: CivilClock
    let language: Language
    let terminal: Terminal

    func text(list: Bool) -> String {
        var parts = [heading, rules, decisions, vips, operators, figures, warnings]
        if list { parts.append(listed) }
        parts.append(unknown)
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private func say(_ ja: String, _ en: String) -> String { language.say(ja, en) }
    private func title(_ ja: String, _ en: String) -> String { terminal.styled(say(ja, en), .bold) }

    private var heading: String {
        let from = clock.shown(report.from), to = clock.shown(report.to)
        let queue = report.queue.map { say("、キュー \(safe($0))", ", queue \(safe($0))") } ?? ""
        return terminal.styled(safe(file), .bold)
            + terminal.styled("  \(from) – \(to)  \(safe(clock.name))\(queue)", .dim) + "\n"
            + say(
                "\(report.log.events)イベントを再現しました。", "\(report.log.events) events were replayed.")
    }

    private var rules: String {
        var lines = [title("変わる設定", "What is configured otherwise")]
        if report.rules.isEmpty {
            lines.append(
                say("  なし: 判断に関わる設定は期間の終わりと同じです。", "  Nothing: these are the rules at the end of that time."))
        } else {
            var table = Table([say("設定", "key"), say("これまで", "then"), say("新", "new")])
            for change in report.rules { table.add([safe(change.key), safe(change.real), safe(change.new)]) }
            lines.append(indented(table))
        }
        if report.rulesChanged > 0 {
            lines.append(
                say(
                    "  期間中に設定が\(report.rulesChanged)回変わりました。各判断はその時の設定と比べています。",
                    "  The rules changed \(times(report.rulesChanged)) within that time: each decision is compared "
                        + "with those of its moment."))
        }
        return lines.joined(separator: "\n")
    }

    private func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

    private var decisions: String {
        let all = report.decisions
        var lines = [title("判断", "Decisions")]
        lines.append(
            say(
                "  \(all.made)件のうち\(all.alike)件は同じ、\(all.made - all.alike)件が異なります。",
                "  \(all.made) in all: \(all.alike) alike, \(all.made - all.alike) differ."))
        let kinds = [
            (all.destination, say("行き先", "where the call goes")),
            (all.wait, say("呼び出す時間かその次", "how long the operator's phone rings, or what comes then")),
            (all.priority, say("優先度", "priority")), (all.reason, say("理由の語", "the reason that the PBX is told")),
        ].filter { $0.0 > 0 }
        if !kinds.isEmpty {
            let list = kinds.map { "\($0.1) \($0.0)" }.joined(separator: say("、", ", "))
            lines.append("  " + say("異なる点: ", "They differ in: ") + list)
        }
        if !all.changes.isEmpty {
            var table = Table([say("これまで", "then"), say("新", "new"), say("件", "decisions")], right: [2])
            for change in all.changes { table.add([way(change.from), way(change.to), String(change.decisions)]) }
            lines.append(indented(table))
        }
        return lines.joined(separator: "\n")
    }

    private func way(_ way: TrialReport.Change.Way) -> String { "\(way.action) (\(way.reason))" }

    private var vips: String {
        let both = report.vips
        guard both.real.calls + both.new.calls > 0 else { return "" }
        var table = Table(
            [
                say("区分", "VIPs by"), say("呼", "calls"), say("知る人へ これまで", "sent, then"), say("新", "new"),
                say("知る人が応答", "reached"), say("うち変わらず", "alike"), say("不明", "not known"),
            ], right: [1, 2, 3, 4, 5, 6])
        let kinds = [(say("これまでの区分", "the tiers of then"), both.real), (say("新しい区分", "the new tiers"), both.new)]
        for (name, vips) in kinds {
            table.add([
                name, String(vips.calls), share(vips.sent.real, vips.calls), share(vips.sent.new, vips.calls),
                share(vips.reached, vips.calls), String(vips.reachedStands), String(vips.unknown),
            ])
        }
        let note = say(
            "  知る人: 案件の担当、顧客の担当、前回応対した人。応答は記録です。「不明」は新しい設定で何かが変わる呼です。",
            "  Sent: to an operator who knows them (owner of the case, assigned, or last). Reached: such an operator "
                + "answered, as recorded;\n  alike: those of them for whom nothing changes. Not known: something "
                + "changes.")
        return [title("優良顧客", "VIPs"), indented(table), terminal.styled(note, .dim)].joined(separator: "\n")
    }

    /// `12 (40.0 %)`
    private func share(_ part: Int, _ whole: Int) -> String {
        whole > 0 ? "\(part) (\(language.percent(Double(part) / Double(whole))))" : "\(part)"
    }

    private var operators: String {
        guard report.decisions.made > 0 else { return "" }
        let changed = report.operators.filter { $0.alone.real != $0.alone.new || $0.inGroup.real != $0.inGroup.new }
        var parts = [title("誰に送ったか", "Who was sent calls")]
        if !changed.isEmpty {
            var table = Table(
                [
                    say("オペレーター", "operator"), say("個別 これまで", "alone, then"), say("新", "new"), say("差", "change"),
                    say("グループ これまで", "group, then"), say("新", "new"), say("差", "change"),
                ], right: [1, 2, 3, 4, 5, 6])
            for one in changed {
                table.add([
                    safe(one.operator), String(one.alone.real), String(one.alone.new), signed(one.alone),
                    String(one.inGroup.real), String(one.inGroup.new), signed(one.inGroup),
                ])
            }
            parts.append(indented(table))
        }
        let others = report.operators.count - changed.count
        if others > 0 {
            let name = others == 1 ? "operator" : "operators"
            parts.append(say("  \(others)人には同じ数を送ります。", "  As many as before: \(others) \(name)."))
        }
        return (parts + [queues]).joined(separator: "\n")
    }

    private var queues: String {
        var queues = Table(
            [
                say("キュー", "queue"), say("判断", "decisions"), say("すぐキューへ これまで", "at once, then"),
                say("新", "new"), say("差", "change"),
            ], right: [1, 2, 3, 4])
        for one in report.queues {
            queues.add([
                safe(one.queue), String(one.decisions), String(one.atOnce.real), String(one.atOnce.new),
                signed(one.atOnce),
            ])
        }
        return indented(queues)
    }

    private func signed(_ both: Both<Int>) -> String {
        let difference = both.new - both.real
        return difference > 0 ? "+\(difference)" : difference == 0 ? "" : "\(difference)"
    }

    private var figures: String {
        let rows = report.queue == nil ? [report.centre] + report.figures : report.figures
        var table = Table(
            [
                say("キュー", "queue"), "", say("着信", "offered"), say("応答", "answered"), say("放棄", "abandoned"),
                say("短時間放棄", "short"), say("サービスレベル", "service level"), say("平均応答", "ASA"),
                say("平均後処理", "after-call work"),
            ], right: [2, 3, 4, 5, 6, 7, 8])
        for row in rows where row.real.offered + row.new.offered > 0 {
            let name = row.name == "centre" ? say("全体", "centre") : safe(row.name)
            table.add([name] + cells(say("これまで", "then"), row.real))
            if row.new != row.real { table.add([""] + cells(say("新しい条件", "new thresholds"), row.new)) }
            if row.standing != row.new {
                table.add([""] + cells(say("うち変わらない呼", "of these, calls alike"), row.standing))
            }
        }
        guard !table.isEmpty else { return "" }
        let note = say(
            "  どれも記録された事実です。待ち時間が新しい設定でも成り立つのは「うち変わらない呼」だけです。",
            "  All of this is what was recorded. Under the new rules only the waits of calls alike would have been so.")
        return [title("数値", "Figures"), indented(table), terminal.styled(note, .dim)].joined(separator: "\n")
    }

    private func cells(_ name: String, _ figures: VisitFigures) -> [String] {
        let after = figures.afterCallMs.map { Int64($0.rounded()) }
        return [
            name, String(figures.offered), String(figures.answered), String(figures.abandoned),
            String(figures.shortAbandoned), language.percent(figures.serviceLevel),
            language.duration(figures.asaMs.map { Int64($0.rounded()) }), language.duration(after),
        ]
    }

    private var warnings: String {
        guard !report.warnings.isEmpty else { return "" }
        var table = Table(
            [
                say("警告", "warning"), say("呼 これまで", "calls, then"), say("新", "new"), say("差", "change"),
                say("管理者へ これまで", "to supervisors, then"), say("新", "new"), say("差", "change"),
            ], right: [1, 2, 3, 4, 5, 6])
        for one in report.warnings {
            table.add([
                safe(one.kind), String(one.calls.real), String(one.calls.new), signed(one.calls),
                String(one.supervisors.real), String(one.supervisors.new), signed(one.supervisors),
            ])
        }
        return [title("警告", "Warnings"), indented(table)].joined(separator: "\n")
    }

    // MARK: Decisions with both reasonings

    private var listed: String {
        var parts = [title("異なる判断", "Decisions that differ")]
        if report.differing.isEmpty { parts.append(say("  ありません。", "  None.")) }
        for one in report.differing {
            let who = one.customer.map { "  \(safe($0.name)) [\(language.tier(one.tier))]" } ?? ""
            let queue = one.queue.map { "  \(safe($0))" } ?? ""
            var lines = [
                terminal.styled("  \(safe(one.call))  (\(safe(one.source)))", .bold)
                    + "  \(clock.shown(one.at))\(queue)\(who)"
            ]
            lines += side(say("これまで", "then"), one.real)
            let isSame = one.real.steps == one.new.steps
            lines += side(say("新", "new"), one.new, isSame ? [say("同じ理由です。", "The same reasoning.")] : nil)
            parts.append(lines.joined(separator: "\n"))
        }
        if report.leftOff > 0 {
            parts.append(
                say(
                    "  ほかに\(report.leftOff)件あります: --limit で件数を増やせます。",
                    "  There are \(report.leftOff) more: raise --limit."))
        }
        return parts.joined(separator: "\n")
    }

    private func side(_ name: String, _ side: ListedDecision.Side, _ steps: [String]? = nil) -> [String] {
        let wait = side.waitS.map { say("、\($0)秒まで", ", up to \($0) s") } ?? ""
        let priority = "\(say("優先度", "priority")) \(side.priority)"
        let to = side.action == side.target ? side.action : "\(side.action) → \(side.target)"
        return [terminal.styled("    \(name): \(safe(to))\(wait)  (\(side.reason), \(priority))", .blue)]
            + (steps ?? side.steps).map { "      \(safe($0))" }
    }

    private var unknown: String {
        ([title("分からないこと", "What this cannot know")] + report.cannotKnow.map { "  - \(safe($0.text))" })
            .joined(separator: "\n")
    }

    private func indented(_ table: Table) -> String {
        table.text(on: terminal).split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
            .joined(separator: "\n")
    }
}
