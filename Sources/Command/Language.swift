import Glibc

/// The interface's languages.
enum Language: String, CaseIterable, Sendable {
    case ja, en

    /// From the environment variables `LC_ALL`, `LC_MESSAGES` and `LANG`.
    static var preferred: Language {
        for name in ["LC_ALL", "LC_MESSAGES", "LANG"] {
            guard let value = getenv(name).map({ String(cString: $0) }), !value.isEmpty else { continue }
            return value.hasPrefix("ja") ? .ja : .en
        }
        return .en
    }

    func say(_ japanese: String, _ english: String) -> String { self == .ja ? japanese : english }

    /// `0:07`, `12:34`, `1:02:03`, of milliseconds.
    func duration(_ ms: Int64?) -> String {
        guard let ms else { return "–" }
        let s = max(0, ms) / 1000
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return s >= 3600 ? "\(s / 3600):\(two(s / 60 % 60)):\(two(s % 60))" : "\(s / 60):\(two(s % 60))"
    }

    /// `81.1 %`, of a share between 0 and 1.
    func percent(_ share: Double?) -> String {
        guard let share else { return "–" }
        let tenths = Int((share * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    func tier(_ tier: String) -> String {
        switch tier {
        case "vip": say("優良", "VIP")
        case "regular": say("一般", "regular")
        case "prospect": say("見込み", "prospect")
        case "unknown": say("不明", "unknown")
        default: safe(tier)
        }
    }

    func outcome(_ outcome: String?) -> String {
        switch outcome {
        case nil: say("進行中", "open")
        case "answered": say("応答", "answered")
        case "abandoned": say("放棄", "abandoned")
        case "short_abandoned": say("即放棄", "short abandoned")
        case "overflowed": say("転出", "overflowed")
        case "callback": say("折返し", "callback")
        case "blocked": say("着信拒否", "blocked")
        case "unknown": say("不明", "unknown")
        case "not_queued": say("キュー外", "not queued")
        case "reached": say("発信・応答", "reached")
        case "not_reached": say("発信・不応答", "not reached")
        case let other?: safe(other)
        }
    }

    func state(_ state: String) -> String {
        switch state {
        case "logged_out": say("退席", "logged out")
        case "available": say("待機", "available")
        case "ringing": say("呼出", "ringing")
        case "dialing": say("発信中", "dialing")
        case "talking": say("通話", "talking")
        case "holding": say("保留", "holding")
        case "wrap_up": say("後処理", "wrap-up")
        case "paused": say("休止", "paused")
        case "busy": say("使用中", "busy")
        default: safe(state)
        }
    }
}
