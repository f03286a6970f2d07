import Foundation

/// The floor on one screen: what is drawn, as lines; nothing is read and nothing written here.
struct TopScreen {
    enum Order: CaseIterable { case name, waiting, longest, level }

    var figures: Figures
    /// Calls that are open, oldest first.
    var calls: [CallLine] = []
    var alarms: [String] = []
    /// The daemon's clock, seconds since 1970: ages move between two answers of the daemon.
    var now: Double
    /// Only this queue; nil for all.
    var queue: String?
    var order = Order.name
    /// Of the waiting calls shown.
    var selected = 0

    let language: Language
    let terminal: Terminal
    /// The centre's.
    let clock: CivilClock
    /// The tiers whose customers are VIPs.
    let vipTiers: Set<String>

    /// The queues that can be chosen.
    var queues: [String] { figures.queues.keys.sorted() }

    /// Calls that wait or ring, VIPs first, then the one that waits longest.
    var waiting: [CallLine] {
        calls.filter { $0.waitingSince != nil && (queue == nil || $0.queue == queue) }.sorted { a, b in
            let vip = (isVIP(a), isVIP(b))
            return vip.0 != vip.1 ? vip.0 : (a.waitingSince ?? "") < (b.waitingSince ?? "")
        }
    }

    /// - Parameters:
    ///   - width, height: of the terminal. No line is wider, and there are no more lines than that.
    func lines(width: Int, height: Int) -> [String] {
        var head = [summary(), ""]
        for alarm in alarms.prefix(3) {
            head.insert(terminal.styled(fitted("! \(safe(alarm))", to: width), .alarm), at: head.count - 1)
        }
        let marks = (queue.flatMap { figures.queues[$0] } ?? figures.centre).marks ?? []
        for mark in marks.prefix(2) {
            head.insert(terminal.styled(fitted("! \(mark.line(clock))", to: width), .warn), at: head.count - 1)
        }
        let foot = language.say(
            "q 終了  f キュー絞込  s 並べ替え  ↑↓ 呼を選ぶ  Enter 呼を開く",
            "q quit  f filter by queue  s sort  ↑↓ choose a call  Enter open it")
        let room = max(3, height - head.count - 1)
        // Queues get what they need, up to a third; then the calls, up to a half of the rest; then operators.
        let queueLines = queueTable(), callLines = callTable(), operatorLines = operatorTable()
        let forQueues = min(queueLines.count, max(2, room / 3))
        let forCalls = min(callLines.count, max(2, (room - forQueues) / 2))
        let forOperators = max(0, room - forQueues - forCalls - 2)
        var body = clipped(queueLines, forQueues, keeping: nil) + [""]
        body += clipped(callLines, forCalls, keeping: selected + 1) + [""]
        body += clipped(operatorLines, forOperators, keeping: nil)
        let shown = (head + body).prefix(max(1, height - 1)).map {
            columns($0) > width && !$0.contains("\u{1B}") ? fitted($0, to: width) : $0
        }
        let filling = Array(repeating: "", count: max(0, height - 1 - shown.count))
        return shown + filling + [terminal.styled(fitted(foot, to: width), .dim)]
    }

    /// The first lines, or those around one that has to be seen; the heading stays, and what is left out is counted.
    private func clipped(_ lines: [String], _ room: Int, keeping: Int?) -> [String] {
        guard lines.count > room, room > 1 else { return Array(lines.prefix(room)) }
        // A line that counts what is hidden, where there is room for it.
        let rows = room > 2 ? room - 2 : room - 1
        let first = max(1, min((keeping ?? 1) - rows + 1, lines.count - rows))
        let shown = [lines[0]] + lines[first..<(first + rows)]
        return room > 2 ? shown + [terminal.styled("  … +\(lines.count - 1 - rows)", .dim)] : shown
    }

    private func summary() -> String {
        let one = queue.flatMap { figures.queues[$0] } ?? figures.centre, l = language
        let level = one.serviceLevel.chosen
        let parts = [
            String(clock.shown(figures.at).suffix(8)), queue.map { "[\(safe($0))]" } ?? l.say("全体", "all queues"),
            l.say("待ち \(one.waiting)", "waiting \(one.waiting)"),
            one.waitingVip > 0 ? "★ \(one.waitingVip)" : nil, l.say("最長 ", "longest ") + l.duration(one.longestWaitMs),
            "SL " + l.percent(level),
            l.say("着信 \(one.offered)  放棄 \(one.abandoned)", "offered \(one.offered)  abandoned \(one.abandoned)"),
            outbound,
        ].compactMap { $0 }
        return parts.joined(separator: "  ")
    }

    /// Of the whole centre: a dialed call is in no queue.
    private var outbound: String? {
        guard queue == nil, let one = figures.centre.outbound, one.dialed > 0 else { return nil }
        return language.say("発信 \(one.dialed)/応答 \(one.reached)", "out \(one.dialed)/reached \(one.reached)")
    }

    private func queueTable() -> [String] {
        let l = language
        var table = Table(
            [
                l.say("キュー", "queue"), l.say("待ち", "waiting"), l.say("最長", "longest"), l.say("着信", "offered"),
                l.say("応答", "answered"),
                l.say("放棄", "abandoned"),
                "SL", "ASA", "AHT",
            ], right: Set(1...8))
        let shown = figures.queues.filter { queue == nil || $0.key == queue }.sorted { a, b in
            switch order {
            case .name: break
            case .waiting: if a.value.waiting != b.value.waiting { return a.value.waiting > b.value.waiting }
            case .longest:
                if a.value.longestWaitMs != b.value.longestWaitMs {
                    return a.value.longestWaitMs > b.value.longestWaitMs
                }
            case .level:
                let levels = (a.value.serviceLevel.chosen ?? 2, b.value.serviceLevel.chosen ?? 2)
                if levels.0 != levels.1 { return levels.0 < levels.1 }
            }
            return a.key < b.key
        }
        for (name, one) in shown {
            table.add([
                safe(name), (one.waitingVip > 0 ? "★\(one.waitingVip) " : "") + String(one.waiting),
                l.duration(one.longestWaitMs),
                String(one.offered), String(one.answered),
                String(one.abandoned), l.percent(one.serviceLevel.chosen), l.duration(one.asaMs), l.duration(one.ahtMs),
            ])
        }
        if table.isEmpty { return [l.say("今日はまだ着信がありません。", "No call came today yet.")] }
        return table.text(on: terminal).components(separatedBy: "\n")
    }

    private func callTable() -> [String] {
        let l = language, shown = waiting
        if shown.isEmpty { return [l.say("待っている呼はありません。", "Nobody waits.")] }
        var table = Table(
            [
                " ", l.say("待ち", "age"), l.say("キュー", "queue"), l.say("発信者", "from"), l.say("顧客", "customer"),
                l.say("状態", "state"),
            ], right: [1])
        for (i, call) in shown.enumerated() {
            table.add([
                (i == selected ? ">" : " ") + (isVIP(call) ? "★" : " "), l.duration(age(call.waitingSince)),
                call.queue.map(safe) ?? "",
                safe(call.from.shown(l)),
                call.customer.map { safe($0.name) } ?? l.say("不明", "unknown"),
                call.operator.map { l.say("呼出 ", "rings at ") + safe($0) } ?? l.say("待ち", "waits"),
            ])
        }
        return table.text(on: terminal).components(separatedBy: "\n").enumerated().map { i, line in
            guard i > 0 else { return line }
            return isVIP(shown[i - 1])
                ? terminal.styled(line, .gold) : i - 1 == selected ? terminal.styled(line, .bold) : line
        }
    }

    private func isVIP(_ call: CallLine) -> Bool { call.customer.map { vipTiers.contains($0.tier) } ?? false }

    private func operatorTable() -> [String] {
        let l = language
        var table = Table(
            [
                l.say("オペレーター", "operator"), l.say("名前", "name"), l.say("状態", "state"), l.say("時間", "for"),
                l.say("応答", "answered"),
                l.say("発信", "out"), l.say("稼働率", "occupancy"), l.say("理由", "reason"),
            ], right: [3, 4, 5, 6])
        let order = [
            "available", "ringing", "dialing", "talking", "holding", "wrap_up", "busy", "paused", "logged_out",
        ]
        let shown = figures.operators.filter { $0.value.state != "logged_out" }.sorted { a, b in
            let places = (order.firstIndex(of: a.value.state) ?? 9, order.firstIndex(of: b.value.state) ?? 9)
            return places.0 != places.1 ? places.0 < places.1 : (a.value.since ?? "") < (b.value.since ?? "")
        }
        for (id, one) in shown {
            table.add([
                safe(id), one.name.map(safe) ?? "", l.state(one.state), l.duration(age(one.since)),
                String(one.answered),
                String(one.outbound?.dialed ?? 0), l.percent(one.occupancy),
                one.reason.map(safe) ?? "",
            ])
        }
        if table.isEmpty { return [l.say("オペレーターはいません。", "No operator is logged in.")] }
        return table.text(on: terminal).components(separatedBy: "\n")
    }

    private func age(_ since: String?) -> Int64? {
        guard let date = since.flatMap(APITime.date) else { return nil }
        return Int64(max(0, now - date.timeIntervalSince1970) * 1_000)
    }
}
