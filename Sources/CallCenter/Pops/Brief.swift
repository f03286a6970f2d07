/// Three lines that an operator reads before the phone rings twice, made by rules:
/// who this is to us, what happened last, what to beware of.
struct Brief {
    let words: Words
    let policy: Policy

    static let linesMax = 3

    func lines(
        caller: CallerNumber, candidate: Candidate?, alerts: [AlertKind], waitedBefore: WaitedBefore?,
        operatorNames: (String) -> String, at now: Timestamp
    ) -> [String] {
        guard let candidate else { return stranger(caller, alerts, waitedBefore) }
        var lines = [standing(candidate.customer, operatorNames)]
        lines.append(last(candidate, now))
        if let warning = warning(candidate, alerts, waitedBefore) { lines.append(warning) }
        return Array(lines.prefix(Brief.linesMax))
    }

    /// "優良顧客・担当 佐藤"
    private func standing(_ customer: CustomerCard, _ operatorNames: (String) -> String) -> String {
        var parts = [words.say("\(words.tier(customer.tier))顧客", "\(words.tier(customer.tier)) customer")]
        if let owner = customer.owner {
            parts.append(words.say("担当 \(operatorNames(owner))", "looked after by \(operatorNames(owner))"))
        }
        if let company = customer.company { parts.append(company) }
        parts += customer.tags.prefix(3)
        return parts.joined(separator: words.say("・", " · "))
    }

    /// "前回 3日前: 苦情、折返し約束 期限超過"
    private func last(_ candidate: Candidate, _ now: Timestamp) -> String {
        var line: String
        if let touchpoint = candidate.history.first(where: \.isContact) {
            let what =
                touchpoint.summary.isEmpty
                ? ([words.channel(touchpoint.channel)] + (touchpoint.outcome.map { [words.outcome($0)] } ?? [])).joined(
                    separator: " ")
                : touchpoint.summary
            line = words.say(
                "前回 \(words.ago(now - touchpoint.at)): \(what)",
                "Last contact \(words.ago(now - touchpoint.at)): \(what)")
        } else {
            line = words.say("初めての応対", "First contact")
        }
        if let pressing = candidate.cases.first {
            let overdue = (pressing.due ?? Timestamp(ms: .max)) < now
            let kind =
                pressing.kind == .promise
                ? words.say("折返し約束", "promised callback")
                : words.say("案件「\(pressing.title)」", "case “\(pressing.title)”")
            line += words.say("、\(kind)\(overdue ? " 期限超過" : "")", ", \(kind)\(overdue ? " overdue" : "")")
        }
        return line
    }

    private func warning(_ candidate: Candidate, _ alerts: [AlertKind], _ waitedBefore: WaitedBefore?) -> String? {
        if let caution = candidate.customer.cautions.first { return words.say("注意: \(caution)", "Caution: \(caution)") }
        let telling: [AlertKind] = [.abandonedBefore, .dormantBack, .tierChanged]
        return alerts.first(where: telling.contains).map {
            words.alert($0, customer: candidate.customer, calls: 0, waitedBefore: waitedBefore)
        }
    }

    private func stranger(
        _ caller: CallerNumber, _ alerts: [AlertKind], _ waitedBefore: WaitedBefore?
    ) -> [String] {
        switch caller.kind {
        case .withheld: return [words.alert(.anonymous, customer: nil, calls: 0)]
        case .unavailable: return [words.say("番号が届いていません", "The network gave no number")]
        case .notANumber: return [words.say("電話番号ではない発信元です", "Not a telephone number")]
        case .number:
            var lines = [words.alert(.unknownCaller, customer: nil, calls: 0)]
            if let place = caller.place, !place.isEmpty { lines.append(place) }
            if alerts.contains(.abandonedBefore) {
                lines.append(words.alert(.abandonedBefore, customer: nil, calls: 0, waitedBefore: waitedBefore))
            }
            return lines
        }
    }
}
