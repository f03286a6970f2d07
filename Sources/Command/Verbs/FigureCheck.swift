import Simulation

/// Compares every figure with the true one of the simulation.
enum FigureCheck {
    static func differences(
        _ truth: SimulatedTruth, queues: [String: Intervals.Row], operators: [String: Intervals.Row]
    ) -> [String] {
        var differences: [String] = []
        func same<Value: Equatable>(_ whose: String, _ figure: String, _ told: Value?, _ real: Value?) {
            if told != real {
                differences.append(
                    "\(whose) \(figure): \(told.map { "\($0)" } ?? "-"), really \(real.map { "\($0)" } ?? "-")")
            }
        }
        for (name, real) in truth.queues.sorted(by: { $0.key < $1.key }) {
            let told = queues[name]
            same(name, "offered", told?.offered, real.offered)
            same(name, "answered", told?.answered, real.answered)
            same(name, "abandoned", told?.abandoned, real.abandoned)
            same(name, "overflowed", told?.overflowed, real.overflowed)
            same(name, "callback", told?.callback, real.callback)
            same(name, "max_wait_ms", told?.maxWaitMs, real.longestWait)
            // Means are told as whole milliseconds.
            for (figure, shown, exact) in [("asa_ms", told?.asaMs, real.asa), ("aht_ms", told?.ahtMs, real.aht)]
            where shown.map({ abs($0 - (exact ?? .min / 2)) > 1 }) ?? (exact != nil) {
                same(name, figure, shown, exact)
            }
            let threshold = told?.serviceLevel?.thresholdMs ?? 20_000
            let level = told?.serviceLevel?.negative, exact = real.serviceLevel(threshold: threshold)
            if let level, let exact, abs(level - exact) < 1e-4 {
            } else {
                same(name, "service_level.negative", level, exact)
            }
            for (percent, shown) in [
                (50, told?.waitP50Ms), (90, told?.waitP90Ms), (95, told?.waitP95Ms), (99, told?.waitP99Ms),
            ] {
                guard let exact = real.wait(percent: percent) else { continue }
                if shown.map({ abs(Double($0 - exact)) <= max(1, Double(exact) * 0.01) }) != true {
                    same(name, "wait_p\(percent)_ms", shown, exact)
                }
            }
        }
        for (id, real) in truth.agents.sorted(by: { $0.key < $1.key }) {
            let told = operators[id]
            same(id, "answered", told?.answered, real.answered)
            same(id, "unanswered", told?.unanswered, real.unanswered)
            same(id, "talk_ms", told?.talkMs, real.talk)
            same(id, "hold_ms", told?.holdMs, real.hold)
            same(id, "wrap_up_ms", told?.wrapUpMs, real.wrapUp)
            same(id, "paused_ms", told?.pausedMs, real.paused)
            same(id, "logged_in_ms", told?.loggedInMs, real.loggedIn)
        }
        return differences
    }
}
