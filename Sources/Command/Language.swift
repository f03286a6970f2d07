import Glibc
import Terms

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

    func name(_ term: Term) -> String { self == .ja ? term.ja : term.en }

    /// The name of an identifier of a closed set; what is not in it as it came.
    func name<Set: Named>(_ id: String, of set: Set.Type) -> String {
        Set(rawValue: id).map { name($0.term) } ?? safe(id)
    }

    func tier(_ tier: String) -> String { name(tier, of: TierTerm.self) }

    func outcome(_ outcome: String?) -> String { outcome.map { name($0, of: OutcomeTerm.self) } ?? say("進行中", "open") }

    /// Through what a change of a record came.
    func through(_ through: String, import id: Int?) -> String {
        let name =
            switch through {
            case "desk": say("画面", "desk")
            case "api": "API"
            case "command": say("コマンド", "command line")
            case "import": say("インポート", "import")
            case "rule": say("規則", "a rule")
            case "undo": say("取り消し", "an import or a merge undone")
            case "merge": say("統合", "merge")
            case "earlier": say("旧バージョン", "an earlier version")
            default: safe(through)
            }
        return id.map { "\(name) \($0)" } ?? name
    }

    /// What a version of a customer is.
    func versionKind(_ kind: String) -> String {
        switch kind {
        case "created": say("作成", "created")
        case "deleted": say("削除", "deleted")
        default: say("変更", "changed")
        }
    }

    func state(_ state: String) -> String { name(state, of: StateTerm.self) }
}
