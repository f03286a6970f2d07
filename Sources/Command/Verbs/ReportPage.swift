import Foundation

/// A report as one self-contained HTML page: it can be sent by mail and printed.
struct ReportPage {
    let language: Language
    /// The centre, step by step.
    let steps: Intervals
    /// Each queue, tier or line, in months.
    let parts: Intervals
    /// The centre, hour by hour.
    let hours: Intervals

    private var l: Language { language }

    var text: String {
        let title = l.say("応対レポート", "Call report")
        let period = "\(steps.label(steps.from)) – \(steps.label(steps.to))"
        let busy = steps.intervals.contains { ($0.offered ?? 0) > 0 }
        return """
            <!doctype html>
            <html lang="\(language.rawValue)">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <title>\(title) \(escaped(period))</title>
            <style>\(ReportPage.style)\(ReportValues.style)</style>
            </head>
            <body>
            <main>
            <h1>\(title)</h1>
            <p class="period">\(escaped(period)) · \(escaped(steps.clock.name))</p>
            \(marks)
            \(busy ? content : "<p>\(l.say("この期間の記録はありません。", "Nothing happened in this time."))</p>")
            </main>
            </body>
            </html>
            """
    }

    /// Why some of the figures may be wrong.
    private var marks: String {
        let reasons = steps.reasons
        let lines = reasons.prefix(ReportTable.reasonsMax).map { "<li>⚑ \(escaped($0))</li>" }
        return lines.isEmpty ? "" : "<ul class=\"marks\">\(lines.joined())</ul>"
    }

    private var content: String {
        [
            tiles,
            figure(l.say("着信・応答・放棄", "Offered, answered, abandoned"), volume),
            figure(l.say("サービスレベル", "Service level"), level),
            figure(l.say("応答までの待ち", "Waits of the answered"), waits),
            distribution.map { figure(l.say("待ち時間の分布", "How long the answered waited"), $0) } ?? "",
            figure(l.say("曜日と時刻ごとの着信", "Offered, by weekday and hour"), heat),
            table(parts), table(steps),
        ].joined(separator: "\n")
    }

    // MARK: Tiles

    private var tiles: String {
        let rows = steps.intervals
        let offered = rows.reduce(0) { $0 + ($1.offered ?? 0) }, answered = rows.reduce(0) { $0 + $1.answered }
        let abandoned = rows.reduce(0) { $0 + ($1.abandoned ?? 0) },
            short = rows.reduce(0) { $0 + ($1.shortAbandoned ?? 0) }
        let longest = rows.compactMap(\.maxWaitMs).max()
        return "<dl class=\"tiles\">"
            + [
                (l.say("着信", "offered"), String(offered)), (l.say("応答", "answered"), String(answered)),
                (l.say("放棄", "abandoned"), String(abandoned)),
                (l.say("短時間放棄", "short abandoned"), String(short)),
                (
                    l.say("応答率", "answer rate"),
                    l.percent(offered > 0 ? Double(answered) / Double(offered) : nil)
                ),
                (l.say("最長待ち", "longest wait"), l.duration(longest)),
                (l.say("発信", "dialed"), String(rows.reduce(0) { $0 + ($1.outbound?.dialed ?? 0) })),
                (l.say("応答あり", "reached"), String(rows.reduce(0) { $0 + ($1.outbound?.reached ?? 0) })),
            ].map { "<div><dt>\($0.0)</dt><dd>\($0.1)</dd></div>" }.joined() + "</dl>"
    }

    // MARK: Charts

    private static let width = 900.0, height = 220.0, left = 44.0, bottom = 24.0

    private func figure(_ title: String, _ svg: String) -> String {
        "<figure><figcaption>\(title)</figcaption>\(svg)</figure>"
    }

    private func chart(_ label: String, max top: Double, unit: (Double) -> String, _ body: String) -> String {
        let w = ReportPage.width, h = ReportPage.height, inner = h - ReportPage.bottom
        let lines = [0, 0.5, 1].map { part in
            let y = inner - part * (inner - 10)
            return "<line x1=\"\(ReportPage.left)\" x2=\"\(w)\" y1=\"\(y)\" y2=\"\(y)\" class=\"grid\"/>"
                + "<text x=\"\(ReportPage.left - 6)\" y=\"\(y + 4)\" class=\"axis end\">\(unit(part * top))</text>"
        }.joined()
        let rows = steps.intervals
        let every = max(1, rows.count / 8)
        let labels = rows.indices.filter { $0 % every == 0 }.map { i in
            "<text x=\"\(x(i))\" y=\"\(h - 6)\" class=\"axis\">\(escaped(short(rows[i].from)))</text>"
        }.joined()
        return "<svg viewBox=\"0 0 \(w) \(h)\" role=\"img\" aria-label=\"\(label)\">\(lines)\(body)\(labels)</svg>"
    }

    /// The picture with the values of its steps, or of what `values` has instead.
    private func read(_ picture: String, _ name: String, _ title: String, _ values: [String]) -> String {
        ReportValues(
            name: name, title: title, lead: ReportPage.left / ReportPage.width, values: values.map(escaped),
            hint: l.say(
                "値を読むには、指すか、Tab で移って ← → を押します。",
                "Point at a step, or go here by Tab and use ← →, to read its values.")
        ).over(picture)
    }

    /// What is said of each step, behind its time.
    private func said(_ text: (Intervals.Row) -> String) -> [String] {
        steps.intervals.map { "\(steps.label($0.from)): \(text($0))" }
    }

    private var slot: Double { (ReportPage.width - ReportPage.left) / Double(max(1, steps.intervals.count)) }
    private func x(_ i: Int) -> Double { ReportPage.left + Double(i) * slot }
    private func y(_ value: Double, of top: Double) -> Double {
        let inner = ReportPage.height - ReportPage.bottom
        return inner - (top > 0 ? value / top : 0) * (inner - 10)
    }
    private func short(_ time: String) -> String { String(steps.label(time).dropFirst(5)) }

    private var volume: String {
        let top = Double(steps.intervals.map { $0.offered ?? 0 }.max() ?? 0)
        let bars = steps.intervals.enumerated().map { i, row in
            let offered = Double(row.offered ?? 0), answered = Double(row.answered), lost = Double(row.abandoned ?? 0)
            func bar(_ from: Double, _ to: Double, _ name: String) -> String {
                to > from
                    ? "<rect x=\"\(x(i) + slot * 0.1)\" width=\"\(slot * 0.8)\" y=\"\(y(to, of: top))\" "
                        + "height=\"\(y(from, of: top) - y(to, of: top))\" class=\"\(name)\"/>"
                    : ""
            }
            return bar(0, offered, "offered") + bar(0, min(answered, top), "answered")
                + bar(answered, min(answered + lost, top), "lost")
        }.joined()
        let key =
            "<p class=\"key\"><i class=\"answered\"></i>\(l.say("応答", "answered")) <i "
                + "class=\"lost\"></i>\(l.say("放棄", "abandoned")) <i "
                + "class=\"offered\"></i>\(l.say("その他の着信", "offered otherwise"))</p>"
        let title = l.say("着信・応答・放棄", "Offered, answered, abandoned")
        let values = said { row in
            "\(l.say("着信", "offered")) \(row.offered ?? 0), \(l.say("応答", "answered")) \(row.answered), "
                + "\(l.say("放棄", "abandoned")) \(row.abandoned ?? 0)"
        }
        return read(chart(title, max: top, unit: { String(Int($0.rounded())) }, bars), "volume", title, values) + key
    }

    private func line(_ values: [Double?], of top: Double, _ name: String) -> String {
        var runs: [[String]] = [[]]
        for (i, value) in values.enumerated() {
            if let value {
                runs[runs.count - 1].append("\(x(i) + slot / 2),\(y(min(value, top), of: top))")
            } else if runs.last?.isEmpty == false {
                runs.append([])
            }
        }
        return runs.map { run in
            let dots = run.map { point in
                let parts = point.split(separator: ",")
                return "<circle cx=\"\(parts[0])\" cy=\"\(parts[1])\" r=\"2\" class=\"\(name) dot\"/>"
            }.joined()
            return run.count > 1
                ? "<polyline points=\"\(run.joined(separator: " "))\" class=\"\(name)\"/>" + dots : dots
        }.joined()
    }

    private var level: String {
        let threshold = steps.intervals.compactMap(\.serviceLevel?.thresholdMs).first ?? 20_000
        let key = l.say(
            "\(threshold / 1000)秒以内の応答の割合（キューごとの基準を合算）",
            "Answered within \(threshold / 1000) s, or what each queue's threshold is")
        let title = l.say("サービスレベル", "Service level")
        let picture = chart(
            title, max: 1, unit: { "\(Int($0 * 100)) %" },
            line(steps.intervals.map(\.serviceLevel?.chosen), of: 1, "level"))
        return read(picture, "level", title, said { l.percent($0.serviceLevel?.chosen) })
            + "<p class=\"key\">\(key)</p>"
    }

    private var waits: String {
        let series: [(KeyPath<Intervals.Row, Int64?>, String, String)] = [
            (\.waitP50Ms, "p50", "median"), (\.waitP90Ms, "p90", "ninety"), (\.waitP99Ms, "p99", "most"),
        ]
        let top = max(1, steps.intervals.compactMap { $0.waitP99Ms.map(Double.init) }.max() ?? 0)
        let lines = series.map { path, _, name in
            line(steps.intervals.map { $0[keyPath: path].map(Double.init) }, of: top, name)
        }.joined()
        let key =
            "<p class=\"key\">" + series.map { "<i class=\"\($0.2)\"></i>\($0.1)" }.joined(separator: " ") + "</p>"
        let title = l.say("応答までの待ち", "Waits of the answered")
        let values = said { row in
            series.map { "\($0.1) \(l.duration(row[keyPath: $0.0]))" }.joined(separator: ", ")
        }
        return read(chart(title, max: top, unit: { l.duration(Int64($0)) }, lines), "waits", title, values) + key
    }

    /// A bar for each span of waits; nil from a daemon that does not tell, and when nobody was answered.
    private var distribution: String? {
        guard let bounds = steps.waitBoundsMs, !bounds.isEmpty else { return nil }
        let answered = steps.intervals.reduce(0) { $0 + $1.answered }
        var upTo = [Int](repeating: 0, count: bounds.count)
        for row in steps.intervals {
            for (i, count) in (row.waitsUpTo ?? []).enumerated() where i < upTo.count { upTo[i] += count }
        }
        // Waits whose beginning was not seen are in no span.
        let counts =
            upTo.indices.map { i in upTo[i] - (i > 0 ? upTo[i - 1] : 0) } + [max(0, answered - (upTo.last ?? 0))]
        guard let top = counts.max(), top > 0 else { return nil }
        let names = bounds.indices.map { i in "≤ " + l.duration(bounds[i]) } + ["> " + l.duration(bounds.last)]
        let w = ReportPage.width, h = ReportPage.height, inner = h - ReportPage.bottom,
            wide = (w - ReportPage.left) / Double(counts.count)
        let bars = counts.enumerated().map { i, count in
            let x = ReportPage.left + Double(i) * wide, tall = Double(count) / Double(top) * (inner - 24)
            let label =
                "<text x=\"\(x + wide / 2)\" y=\"\(h - 6)\" class=\"axis "
                    + "middle\">\(names[i].replacing("<", with: "&lt;").replacing(">", with: "&gt;"))</text>"
            let number =
                count > 0
                ? "<text x=\"\(x + wide / 2)\" y=\"\(inner - tall - 5)\" class=\"axis middle\">\(count)</text>" : ""
            return
                "<rect x=\"\(x + wide * 0.1)\" width=\"\(wide * 0.8)\" y=\"\(inner - tall)\" height=\"\(tall)\" "
                    + "class=\"answered\"/>"
                + number + label
        }.joined()
        let title = l.say("待ち時間の分布", "How long the answered waited")
        let picture = "<svg viewBox=\"0 0 \(w) \(h)\" role=\"img\" aria-label=\"\(title)\">\(bars)</svg>"
        return read(picture, "distribution", title, zip(names, counts).map { "\($0): \($1)" })
    }

    /// Mondays first, by the centre's clock.
    private var heat: String {
        var counts = [[Int]](repeating: .init(repeating: 0, count: 24), count: 7)
        let clock = hours.clock
        for row in hours.intervals {
            guard let begin = row.begin else { continue }
            let parts = clock.parts(begin)
            counts[((parts.weekday ?? 2) + 5) % 7][parts.hour ?? 0] += row.offered ?? 0
        }
        let top = counts.joined().max() ?? 0
        let days = l == .ja ? ["月", "火", "水", "木", "金", "土", "日"] : ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        let head = "<tr><td></td>" + (0..<24).map { "<th scope=\"col\">\($0)</th>" }.joined() + "</tr>"
        let rows = counts.enumerated().map { day, hours in
            "<tr><th scope=\"row\">\(days[day])</th>"
                + hours.map { count in
                    let shade = top > 0 ? Double(count) / Double(top) : 0
                    return
                        "<td style=\"--heat:\((shade * 100).rounded() / 100)\"\(shade > 0.55 ? " class=\"hot\"" : "")"
                            + ">\(count > 0 ? String(count) : "")</td>"
                }.joined() + "</tr>"
        }.joined()
        return scrolled(
            l.say("曜日と時刻ごとの着信", "Offered, by weekday and hour"), "<table class=\"heat\">\(head)\(rows)</table>")
    }

    // MARK: Tables

    private func table(_ intervals: Intervals) -> String {
        let named = intervals.by != "centre"
        let heading =
            [l.say("開始", "from")] + (named ? [l.say("区分", intervals.by)] : [])
            + [
                l.say("着信", "offered"), l.say("応答", "answered"), l.say("放棄", "abandoned"),
                l.say("短時間放棄", "short abandoned"), l.say("放棄率", "abandon rate"),
                l.say("サービスレベル", "SL"), "ASA", "p90", "AHT", l.say("苦情率", "complaint rate"),
            ]
        let rows = intervals.intervals.filter(\.isBusy).map { row in
            let cells =
                [intervals.label(row.from)] + (named ? [row.key ?? ""] : [])
                + [
                    String(row.offered ?? 0), String(row.answered), String(row.abandoned ?? 0),
                    String(row.shortAbandoned ?? 0),
                    l.percent(row.abandonRate), l.percent(row.serviceLevel?.chosen),
                    l.duration(row.asaMs), l.duration(row.waitP90Ms), l.duration(row.ahtMs),
                    l.percent(row.complaintRate),
                ]
            return "<tr>" + cells.map { "<td>\(escaped($0))</td>" }.joined() + "</tr>"
        }.joined()
        return scrolled(
            named ? l.say("区分ごとの数値", "Figures by \(intervals.by)") : l.say("期間ごとの数値", "Figures by time"),
            "<table><thead><tr>" + heading.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
                + "</tr></thead><tbody>\(rows)</tbody></table>")
    }

    /// What is wider than the page is scrolled by keys as well.
    private func scrolled(_ title: String, _ table: String) -> String {
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"\(escaped(title))\">\(table)</div>"
    }

    private func escaped(_ text: String) -> String {
        safe(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"", with: "&quot;")
    }

    private static let style = """
        :root{color-scheme:light dark;--ink:#1c2430;--dim:#5b6675;--paper:#fff;--grid:#d9dee5;--answered:#2e7d5b;\
        --lost:#b4472f;--offered:#9db4cf;--level:#2d5f9a}
        @media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--dim:#a3adba;--paper:#161b22;--grid:#323a45;\
        --answered:#4cae84;--lost:#e0775f;--offered:#4b627e;--level:#7fb0ea}}
        body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Noto Sans \
        JP",sans-serif}main{max-width:960px;margin:0 auto;padding:24px}
        .marks{margin:8px 0;padding:6px 12px;border:1px dashed var(--dim);list-style:none}
        h1{font-size:24px;margin:0}.period{color:var(--dim);margin:0 0 \
        16px}.tiles{display:flex;flex-wrap:wrap;gap:12px;margin:0 0 8px}.tiles div{border:1px solid \
        var(--grid);border-radius:8px;padding:8px 16px}
        dt{color:var(--dim);font-size:13px}dd{margin:0;font-size:22px;font-variant-numeric:tabular-nums}\
        figure{margin:24px 0}figcaption{font-weight:600;margin-bottom:6px}svg{width:100%;height:auto}
        .grid{stroke:var(--grid)}.axis{fill:var(--dim);font-size:11px}.end{text-anchor:end}\
        .middle{text-anchor:middle}rect.offered{fill:var(--offered)}rect.answered{fill:var(--answered)}\
        rect.lost{fill:var(--lost)}
        polyline{fill:none;stroke-width:2}polyline.level,polyline.median{stroke:var(--level)}\
        polyline.ninety{stroke:var(--answered);stroke-dasharray:6 3}polyline.most{stroke:var(--lost);\
        stroke-dasharray:2 3}
        .dot.level,.dot.median{fill:var(--level)}.dot.ninety{fill:var(--answered)}.dot.most{fill:var(--lost)}\
        .key{color:var(--dim);font-size:13px;margin:2px 0}
        .key i{display:inline-block;width:12px;height:12px;border-radius:2px;margin:0 4px 0 \
        8px;vertical-align:-1px}i.answered,i.ninety{background:var(--answered)}i.lost,\
        i.most{background:var(--lost)}i.offered{background:var(--offered)}i.median{background:var(--level)}
        .scroll{overflow-x:auto;margin:16px 0}table{border-collapse:collapse;font-variant-numeric:tabular-nums;\
        width:100%}th,td{padding:4px 8px;text-align:right;border-bottom:1px solid var(--grid);white-space:nowrap}
        th:first-child,td:first-child{text-align:left}.heat{table-layout:fixed}.heat th,.heat \
        td{text-align:center;padding:3px 4px;font-size:12px;border:1px solid var(--paper)}.heat \
        td{background:color-mix(in srgb,var(--level) calc(var(--heat)*100%),var(--paper))}.heat .hot{color:var(--paper)}
        @media print{main{max-width:none;padding:0}figure{break-inside:avoid}}
        """
}
