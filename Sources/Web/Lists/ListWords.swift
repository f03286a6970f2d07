import CallCenter
import EventWire
import Storage

/// What lists say: titles of the built-in ones, and why a customer is in one.
struct ListWords {
    let language: Language
    let clock: ListClock
    let currency: String

    private func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }

    static func title(_ list: BuiltInList, _ language: Language) -> String {
        let title: (ja: String, en: String) =
            switch list {
            case .dormant: ("休眠顧客", "Dormant customers")
            case .expiring: ("契約満了間近", "Contracts that end")
            case .overduePurchase: ("購入予定の遅れ", "Expected purchases that did not come")
            case .atRisk: ("要注意顧客", "Customers at risk")
            case .best: ("優良顧客", "Best customers")
            }
        return language == .ja ? title.ja : title.en
    }

    /// What the list is called in which a customer was worked off.
    static func title(of outcome: ListOutcome, _ language: Language) -> String {
        outcome.builtIn.map { title($0, language) } ?? outcome.title ?? outcome.list
    }

    /// The list of a result, and what was written about it.
    static func fields(of outcome: ListOutcome, title: String, into out: inout ByteBuilder) {
        out.field("name", outcome.list)
        out.field("title", title)
        out.field("note", outcome.result.note)
    }

    struct Reason: Equatable {
        var kind: String
        var text: String
    }

    /// Why a customer is in a list: at least one reason.
    func reasons(_ entry: ListEntry, in list: BuiltInList?) -> [Reason] {
        let facts = entry.facts
        switch list {
        case nil: return [Reason(kind: "search", text: say("検索条件に一致", "Matches the search"))]
        case .dormant:
            guard let last = facts.lastContact, last < clock.dormantBefore else { return [noLonger] }
            let days = (clock.now - last) / 86_400_000
            return [
                Reason(
                    kind: "dormant",
                    text: say("\(days)日間連絡なし", "No contact for \(many(days))"))
            ]
        case .expiring:
            // One that is worked off is sorted by that, and does not say which contract it was.
            guard let service = entry.service else {
                return [Reason(kind: "expiring", text: say("契約の満了", "A contract that ends"))]
            }
            let left = entry.key - clock.today, date = date(entry.key)
            return [
                Reason(
                    kind: "expiring",
                    text: left == 0
                        ? say("契約「\(service)」は本日満了", "Contract “\(service)” ends today")
                        : say(
                            "契約「\(service)」はあと\(left)日で満了（\(date)）",
                            "Contract “\(service)” ends in \(many(left)), on \(date)"))
            ]
        case .overduePurchase:
            guard let expected = facts.expected, expected < clock.today else { return [noLonger] }
            let late = clock.today - expected, date = date(expected)
            return [
                Reason(
                    kind: "overdue_purchase",
                    text: say(
                        "次の購入の見込み \(date) を\(late)日過ぎている",
                        "The next purchase was expected on \(date), \(many(late)) ago"))
            ]
        case .atRisk: return risks(entry)
        case .best:
            let sum = DecimalSum(micros: facts.spent).text, count = facts.purchases
            return [
                Reason(
                    kind: "best",
                    text: say(
                        "購入\(count)件、計 \(sum) \(currency)",
                        "\(count == 1 ? "1 purchase" : "\(count) purchases"), \(sum) \(currency)"))
            ]
        }
    }

    private func risks(_ entry: ListEntry) -> [Reason] {
        let facts = entry.facts, risks = Risks(rawValue: entry.key)
        // An entry that is worked off is sorted by that, and says what its facts say.
        let isSorted = entry.key < 32
        var found: [Reason] = []
        for (risk, word) in Risks.words {
            let isIt = isSorted ? risks.contains(risk) : isFact(risk, facts)
            guard isIt else { continue }
            let text: String
            switch risk {
            case .complaint: text = say("苦情\(ago(facts.complainedAt))", "Complained\(ago(facts.complainedAt))")
            case .overdue: text = say("期限を過ぎた案件・約束がある", "A case or promise is late")
            case .unansweredCase: text = say("手付かずの案件がある", "A case that nobody has answered")
            case .unansweredCall:
                text = say("電話に出られなかった\(ago(facts.unansweredAt))", "Called in vain\(ago(facts.unansweredAt))")
            default:
                let minutes = (facts.waited ?? 0) / 60_000
                text = say(
                    "\(minutes)分待たせた\(ago(facts.waitedAt))", "Waited for \(minutes) min\(ago(facts.waitedAt))")
            }
            found.append(Reason(kind: word, text: text))
        }
        return found.isEmpty ? [Reason(kind: "at_risk", text: say("要注意だった", "Was at risk"))] : found
    }

    private func isFact(_ risk: Risks, _ facts: CustomerFacts) -> Bool {
        let at: Timestamp? =
            switch risk {
            case .complaint: facts.complainedAt
            case .unansweredCall: facts.unansweredAt
            case .longWait: facts.waitedAt
            default: nil
            }
        return at.map { $0 >= clock.riskSince } ?? false
    }

    /// Of an entry that was worked off, and has no reason any more.
    private var noLonger: Reason { Reason(kind: "past", text: say("現在は該当しない", "The reason is past")) }

    /// `（3日前）`, ` 3 days ago`.
    private func ago(_ time: Timestamp?) -> String {
        guard let time else { return "" }
        let days = max(0, (clock.now - time) / 86_400_000)
        return days == 0 ? say("（本日）", " today") : say("（\(days)日前）", " \(many(days)) ago")
    }

    private func many(_ days: Int64) -> String { days == 1 ? "1 day" : "\(days) days" }

    private func date(_ days: Int64) -> String { CivilDate(days: Int(days)).text }
}
