import Terms

/// The texts of pops, alerts and reasoning in the two languages of the interface. States, outcomes and reasons are
/// named by `Terms`.
///
/// Short sentences with a value or two in them: both languages stand side by side here instead of in a table of
/// formats.
public struct Words: Sendable {
    /// In which language `say` answers.
    let language: Language

    /// Texts in one language.
    init(_ language: Language) { self.language = language }

    func say(_ ja: @autoclosure () -> String, _ en: @autoclosure () -> String) -> String {
        language == .ja ? ja() : en()
    }

    // MARK: Alerts

    func alert(
        _ kind: AlertKind, customer: CustomerCard?, calls: Int, waitedBefore: WaitedBefore? = nil,
        complaint: String? = nil
    ) -> String {
        switch kind {
        case .vip: say("優良顧客です", "VIP customer")
        case .caution:
            say("応対前に確認: ", "Read first: ") + (customer?.cautions.joined(separator: say("、", "; ")) ?? "")
        case .blocked: say("着信拒否の番号です", "Blocked number")
        case .repeatCaller: say("24時間以内に\(calls)回目の入電", "Call no. \(calls) within 24 hours")
        case .abandonedBefore: abandonedBefore(waitedBefore)
        case .dormantBack: say("久しぶりのお客様です", "Back after a long time")
        case .tierChanged:
            say(
                "前回の後、区分が「\(tier(customer?.tier))」に変わりました",
                "Tier changed to \(tier(customer?.tier)) since the last contact")
        case .statusChanged: say("状態が変わりました", "Status changed")
        case .promiseBroken: say("約束の期限を過ぎています", "A promise is overdue")
        case .complainedBefore: complaint ?? say("以前に苦情がありました", "Complained before")
        case .unknownCaller: say("登録のない番号です", "Unknown caller")
        case .anonymous: say("番号非通知です", "Number withheld")
        case .vipWaiting: say("優良顧客がお待ちです", "A VIP is waiting")
        case .vipUnseen: say("優良顧客の着信が確認されていません", "A VIP's call has not been looked at")
        }
    }

    private func abandonedBefore(_ waited: WaitedBefore?) -> String {
        guard let waited else {
            return say("前回つながらず、まだ折り返していません", "Waited in vain before and was not called back")
        }
        let times = waited.times == 1 ? "once" : "\(waited.times) times"
        return say(
            "24時間以内に\(waited.times)回つながらず（お待ち 計\(clock(waited.waited))）、まだ折り返していません",
            "Waited in vain \(times) within 24 hours (\(clock(waited.waited)) in all) and was not called back")
    }

    /// `1:05`: minutes and seconds.
    private func clock(_ ms: Int64) -> String {
        let seconds = max(0, ms / 1_000), rest = seconds % 60
        return "\(seconds / 60):\(rest < 10 ? "0" : "")\(rest)"
    }

    func name(_ term: Term) -> String { language == .ja ? term.ja : term.en }

    func tier(_ name: String?) -> String {
        guard let name else { return self.name(TierTerm.unknown.term) }
        return TierTerm(rawValue: name).map { self.name($0.term) } ?? name
    }

    // MARK: Lengths of time

    /// `3日前`, `2 h ago`.
    func ago(_ ms: Int64) -> String {
        let minutes = max(0, ms / 60_000)
        if minutes < 1 { return say("たった今", "just now") }
        if minutes < 60 { return say("\(minutes)分前", "\(minutes) min ago") }
        if minutes < 24 * 60 { return say("\(minutes / 60)時間前", "\(minutes / 60) h ago") }
        let days = minutes / (24 * 60)
        return say("\(days)日前", days == 1 ? "1 day ago" : "\(days) days ago")
    }

    func seconds(_ ms: Int64) -> String { say("\(ms / 1000)秒", "\(ms / 1000) s") }

    func outcome(_ outcome: String) -> String { name((OutcomeTerm(rawValue: outcome) ?? .unknown).term) }

    func channel(_ channel: String) -> String { ChannelTerm(rawValue: channel).map { name($0.term) } ?? channel }

    /// A state as the end of a sentence: `通話中`, `in after-call work`.
    func state(_ state: OperatorState) -> String {
        let name = StateTerm(rawValue: state.rawValue).map { self.name($0.term) } ?? state.rawValue
        return state == .wrapUp ? say("\(name)中", "in \(name)") : name
    }
}
