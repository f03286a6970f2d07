extension Alarm {
    /// The alarm in one sentence, for a supervisor's screen.
    public func text(_ language: Language) -> String {
        func say(_ japanese: String, _ english: String) -> String { language == .ja ? japanese : english }
        let over = clearedAt == nil ? "" : say("解消: ", "over: ")
        let what =
            switch kind {
            case .waiting: say("待ち呼 \(value)（しきい値 \(threshold)）", "\(value) calls wait (threshold \(threshold))")
            case .longestWait:
                say(
                    "最長待ち \(Alarm.clock(value))（しきい値 \(Alarm.clock(threshold))）",
                    "the oldest call has waited \(Alarm.clock(value)) (threshold \(Alarm.clock(threshold)))")
            case .vipWaiting:
                say(
                    "優良顧客の待ち \(Alarm.clock(value))（しきい値 \(Alarm.clock(threshold))）",
                    "a VIP has waited \(Alarm.clock(value)) (threshold \(Alarm.clock(threshold)))")
            case .serviceLevel:
                say("サービスレベル \(value) %（目標 \(threshold) %）", "service level \(value) % (target \(threshold) %)")
            case .abandonRate:
                say("放棄率 \(value) %（しきい値 \(threshold) %）", "\(value) % abandoned (threshold \(threshold) %)")
            case .noOperator: say("オペレーターがいません", "no operator is logged in")
            }
        return "\(queue): \(over)\(what)"
    }

    /// `1:35`.
    private static func clock(_ ms: Int64) -> String {
        let seconds = max(0, ms) / 1_000
        return "\(seconds / 60):\(seconds % 60 < 10 ? "0" : "")\(seconds % 60)"
    }
}
