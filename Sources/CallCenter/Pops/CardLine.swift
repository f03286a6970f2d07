/// A line of a customer's card: what matters now, and why it is there.
public struct CardLine: Equatable, Sendable, Codable {
    /// What a line is about, the most pressing first.
    public enum Kind: String, Equatable, Sendable, Codable, CaseIterable {
        /// The customer does not want to be called.
        case doNotCall = "do_not_call"
        /// A promise is past its due time.
        case promiseBroken = "promise_broken"
        /// The customer complained some days ago.
        case complaint
        /// The customer called about the same before.
        case sameTopic = "same_topic"
        /// A contract ends soon or ended lately, and does not renew itself.
        case contractEnding = "contract_ending"
        /// The next purchase was expected before today.
        case purchaseLate = "purchase_late"
        /// What was bought last.
        case lastPurchase = "last_purchase"
        /// Something to offer, by a rule of the centre.
        case offer
        /// A field of the centre's own that is marked for cards.
        case field
    }

    /// What it is about.
    public var kind: Kind
    /// The line, in the reader's language.
    public var text: String
    /// The fact or the rule that the line comes from.
    public var reason: String

    /// Copies its arguments.
    public init(_ kind: Kind, _ text: String, because reason: String) {
        self.kind = kind
        self.text = text
        self.reason = reason
    }

    /// Lines that rules choose: more are read by nobody while the phone rings. The centre's own fields stand behind
    /// them.
    public static let linesMax = 5
}

/// Chooses the lines of a card: facts in, lines out, the most pressing first. Each fact has one line.
struct CardRules {
    let words: Words
    let policy: Policy
    let now: Timestamp

    private static let dayMs: Int64 = 86_400_000

    func lines(for candidate: Candidate?) -> [CardLine] {
        guard let candidate, !candidate.customer.isErased else { return [] }
        var lines = [doNotCall(candidate), promise(candidate), complaint(candidate), topic(candidate)].compactMap { $0 }
        lines += dealings(candidate)
        return lines.prefix(CardLine.linesMax) + fields(candidate)
    }

    private func doNotCall(_ candidate: Candidate) -> CardLine? {
        guard candidate.customer.doNotCall == true else { return nil }
        return CardLine(
            .doNotCall, words.say("電話しないでほしい顧客", "Does not want to be called"),
            because: words.say("顧客情報の「電話しない」", "the record says: do not call"))
    }

    /// The centre's own fields, all of them, by the names that the centre gave them.
    private func fields(_ candidate: Candidate) -> [CardLine] {
        let filled = candidate.customer.custom.filter { !$0.value.isEmpty }.map { name, value in
            (name: policy.card.labels?[name].flatMap(said) ?? name, value: value)
        }
        return filled.sorted { ($0.name, $0.value) < ($1.name, $1.value) }.map { name, value in
            CardLine(
                .field, "\(name): \(value)",
                because: words.say("カードに表示する項目「\(name)」", "the field \(name) is marked for cards"))
        }
    }

    // MARK: A person's company

    /// What was bought and agreed by the customer, and where it has none of its own, by its company.
    private func dealings(_ candidate: Candidate) -> [CardLine] {
        let own = candidate.dealings, company = candidate.company, theirs = company?.dealings
        var lines: [CardLine] = []
        if let own, !own.contracts.isEmpty {
            lines += contracts(own)
        } else if let theirs {
            lines += contracts(theirs).map { of(company, $0) }
        }
        lines += [
            own.flatMap(late) ?? (own?.nextExpected == nil ? theirs.flatMap(late).map { of(company, $0) } : nil),
            own.flatMap(last) ?? theirs.flatMap(last).map { of(company, $0) },
        ].compactMap { $0 }
        guard let theirs else { return lines + (own.map(offers) ?? []) }
        // What the company has, the person has: it is not offered, and what goes with it is.
        var both = own ?? Dealings()
        both.owned += theirs.owned.filter { !both.owned.contains($0) }
        both.isWhole = both.isWhole && theirs.isWhole
        let alone = own.map(offers) ?? []
        return lines + offers(both).map { alone.contains($0) ? $0 : of(company, $0) }
    }

    /// The line with whose it is in its reason.
    private func of(_ company: CompanyFacts?, _ line: CardLine) -> CardLine {
        guard let name = company?.name else { return line }
        let reason =
            switch line.kind {
            case .contractEnding: words.say("\(name)の契約: \(line.reason)", "contract of \(name): \(line.reason)")
            case .purchaseLate, .lastPurchase:
                words.say("\(name)の購入: \(line.reason)", "purchase of \(name): \(line.reason)")
            case .promiseBroken: words.say("\(name)との約束: \(line.reason)", "promise to \(name): \(line.reason)")
            default: words.say("\(name): \(line.reason)", "\(name): \(line.reason)")
            }
        return CardLine(line.kind, line.text, because: reason)
    }

    // MARK: What is open

    private func promise(_ candidate: Candidate) -> CardLine? {
        promise(candidate.cases) ?? promise(candidate.company?.cases ?? []).map { of(candidate.company, $0) }
    }

    private func promise(_ cases: [OpenCase]) -> CardLine? {
        let broken = cases.filter { $0.kind == .promise && ($0.due.map { $0 < now } ?? false) }
        guard let first = broken.min(by: { ($0.due ?? now) < ($1.due ?? now) }), let due = first.due else { return nil }
        let more = broken.count > 1 ? words.say("（ほか\(broken.count - 1)件）", " (and \(broken.count - 1) more)") : ""
        return CardLine(
            .promiseBroken,
            words.say(
                "約束「\(first.title)」が\(length(now - due))超過\(more)",
                "Promise “\(first.title)” is \(length(now - due)) late\(more)"),
            because: words.say("約束 \(first.id) の期限を過ぎている", "promise \(first.id) is past its due time"))
    }

    private func complaint(_ candidate: Candidate) -> CardLine? {
        let days = policy.card.complaintDays
        guard let found = candidate.newestComplaint(within: days, by: policy, at: now) else { return nil }
        let open = candidate.openCases.count { $0.kind == .case }
        let state =
            open == 0
            ? "" : words.say("・対応中の案件\(open)件", open == 1 ? ", a case is open" : ", \(open) cases are open")
        return CardLine(
            .complaint,
            words.say("\(words.ago(now - found.at))に苦情\(state)", "Complained \(words.ago(now - found.at))\(state)"),
            because: found.disposition == nil
                ? words.say("\(days)日以内の案件が苦情", "a case of the last \(days) days is a complaint")
                : words.say(
                    "\(days)日以内の応対の結果が苦情", "a contact of the last \(days) days came out as a complaint"))
    }

    /// The third call about one thing is another call than the first.
    private func topic(_ candidate: Candidate) -> CardLine? {
        let complaints = policy.complaints.union(["complaint"])
        var counts: [String: Int] = [:], order: [String] = []
        for contact in candidate.history where isRecent(contact, policy.card.topicDays) {
            // Complaints have a line already.
            guard let code = contact.disposition, !complaints.contains(code) else { continue }
            if counts[code] == nil { order.append(code) }
            counts[code, default: 0] += 1
        }
        guard let code = order.first(where: { counts[$0, default: 0] >= 2 }), let count = counts[code] else {
            return nil
        }
        let name = policy.dispositions.first { $0.code == code }?.label(words.language) ?? code
        return CardLine(
            .sameTopic,
            words.say("「\(name)」で\(count + 1)回目の連絡", "Contact no. \(count + 1) about “\(name)”"),
            because: words.say(
                "\(policy.card.topicDays)日以内の応対\(count)件の結果が同じ",
                "\(count) contacts of the last \(policy.card.topicDays) days came out so"))
    }

    private func isRecent(_ contact: Touchpoint, _ days: Int) -> Bool {
        contact.isContact && now - contact.at <= Int64(days) * CardRules.dayMs
    }

    // MARK: What was bought and agreed

    private func contracts(_ dealings: Dealings) -> [CardLine] {
        let within = policy.card.contractDays
        let ending = dealings.contracts.compactMap { one -> (Dealings.Agreed, days: Int)? in
            guard within > 0, !one.renews, let expires = one.expires else { return nil }
            let days = day(expires) - today
            return abs(days) <= within ? (one, days) : nil
        }
        return ending.sorted { $0.days < $1.days }.prefix(2).map { one, days in
            let date = CivilDate(days: today + days).text
            let text =
                switch days {
                case ..<0:
                    words.say(
                        "契約「\(one.service)」は\(-days)日前に満了", "Contract “\(one.service)” ended \(many(-days)) ago")
                case 0: words.say("契約「\(one.service)」は本日満了", "Contract “\(one.service)” ends today")
                default:
                    words.say(
                        "契約「\(one.service)」はあと\(days)日で満了", "Contract “\(one.service)” ends in \(many(days))")
                }
            return CardLine(
                .contractEnding, text,
                because: words.say(
                    "満了日 \(date)、自動更新なし（card.contract_days は \(within)）",
                    "it ends on \(date) and does not renew; card.contract_days is \(within)"))
        }
    }

    private func late(_ dealings: Dealings) -> CardLine? {
        guard let expected = dealings.nextExpected, expected < today else { return nil }
        return CardLine(
            .purchaseLate,
            words.say("次の購入の予定を\(today - expected)日過ぎている", "The next purchase is \(many(today - expected)) late"),
            because: words.say(
                "これまでの間隔から \(CivilDate(days: expected).text) ごろの見込み",
                "by the time between purchases it was expected on \(CivilDate(days: expected).text)"))
    }

    private func last(_ dealings: Dealings) -> CardLine? {
        guard let last = dealings.last else { return nil }
        let days = today - day(last.at), state = words.purchaseState(last.state)
        let date = CivilDate(days: day(last.at)).text
        let when =
            days <= 0 ? words.say("本日", "today") : words.say("\(days)日前", "\(many(days)) ago")
        return CardLine(
            .lastPurchase,
            words.say(
                "最後の購入: \(last.product)（\(when)・\(state)）", "Last purchase: \(last.product), \(when), \(state)"),
            because: words.say("\(date) の購入", "bought on \(date)"))
    }

    private func offers(_ dealings: Dealings) -> [CardLine] {
        // What is not known to be lacking is not offered.
        guard dealings.isWhole else { return [] }
        return policy.card.rules.compactMap { rule -> CardLine? in
            guard dealings.owned.contains(where: { $0.contains(rule.has) }),
                !dealings.owned.contains(where: { $0.contains(rule.lacks) })
            else { return nil }
            let text =
                said(rule.say) ?? words.say("「\(rule.lacks)」のご提案", "Offer “\(rule.lacks)”")
            return CardLine(
                .offer, text,
                because: words.say(
                    "「\(rule.has)」があり「\(rule.lacks)」がない（card.rule）",
                    "has “\(rule.has)”, lacks “\(rule.lacks)” (card.rule)"))
        }
    }

    /// In the reader's language, else in the other one; nil when the centre gave none.
    private func said(_ label: DispositionPolicy.Label) -> String? {
        words.language == .ja ? label.ja ?? label.en : label.en ?? label.ja
    }

    // MARK: Days

    private var today: Int { CardRules.days(now.ms + policy.card.clockAhead) }

    private func day(_ moment: Dealings.Moment) -> Int {
        CardRules.days(moment.isDay ? moment.ms : moment.ms + policy.card.clockAhead)
    }

    private static func days(_ ms: Int64) -> Int {
        Int((ms - ((ms % dayMs) + dayMs) % dayMs) / dayMs)
    }

    private func many(_ days: Int) -> String { days == 1 ? "1 day" : "\(days) days" }

    /// Days from one on, hours below.
    private func length(_ ms: Int64) -> String {
        let hours = ms / 3_600_000
        guard hours >= 24 else { return words.say("\(max(1, hours))時間", hours <= 1 ? "1 hour" : "\(hours) hours") }
        return words.say("\(hours / 24)日", many(Int(hours / 24)))
    }
}

extension Words {
    /// The state of a purchase; one of the centre's own as it is.
    func purchaseState(_ state: String) -> String {
        switch state {
        case "ordered": say("注文済み", "ordered")
        case "shipped": say("発送済み", "shipped")
        case "delivered": say("お届け済み", "delivered")
        case "returned": say("返品", "returned")
        case "cancelled": say("取り消し", "cancelled")
        default: state
        }
    }
}
