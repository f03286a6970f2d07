/// A routing decision as sentences for people.
public struct Reasoning: Sendable {
    let words: Words

    /// Sentences in one language.
    public init(language: Language) { words = Words(language) }

    /// One sentence for each step.
    public func sentence(_ step: RoutingStep) -> String { sentence(step, at: nil) }

    private func sentence(_ step: RoutingStep, at decided: Timestamp?) -> String {
        let w = words
        switch step.finding {
        case .found(let name, let tier, let candidates):
            let others =
                candidates > 1
                ? w.say("（この番号の候補は\(candidates)名）", " (likeliest of \(candidates) who share the number)") : ""
            return w.say("発信者は\(name)様、\(w.tier(tier))\(others)。", "The caller is \(name), \(w.tier(tier))\(others).")
        case .notApplicable(let why): return sentence(step.rule, why)
        case .cannotTake(let who, let unfit):
            return w.say(
                "\(role(step.rule))は\(who)だが、\(reason(unfit))。", "\(role(step.rule)) is \(who), who \(reason(unfit)).")
        case .chosen(let who):
            return w.say(
                "\(role(step.rule))の\(who)が受付可なので、\(who)へ。",
                "\(role(step.rule)) is \(who), who is free: the call goes to \(who).")
        case .waits(let who, let state, let seconds):
            return w.say(
                "\(role(step.rule))の\(who)は\(w.state(state))。優良顧客なので最大\(seconds)秒待つ。",
                "\(role(step.rule)) is \(who), who is \(w.state(state)); as a VIP the caller waits up to \(seconds) s "
                    + "for them."
            )
        case .busy(let who, let state):
            return w.say(
                "\(role(step.rule))の\(who)は\(w.state(state))。待たずに先へ進む。",
                "\(role(step.rule)) is \(who), who is \(w.state(state)): not waited for.")
        case .group(let name, let members):
            return w.say(
                "グループ\(name)で受けられるのは、待機の長い順に\(members.joined(separator: "、"))。",
                "Of the group \(name), longest idle first: \(members.joined(separator: ", ")).")
        case .noneOfGroupFree(let name):
            return w.say("グループ\(name)に受けられる人がいない。", "Nobody of the group \(name) can take it now.")
        case .rejected: return w.say("着信拒否の番号なので断る。", "The number is blocked: the call is rejected.")
        case .toQueue(let queue?): return w.say("キュー\(queue)へ。", "The call goes to the queue \(queue).")
        case .toQueue(nil): return w.say("PBXの通常の順路へ。", "The call goes the PBX's usual way.")
        case .spoke(let who, let at): return spoke(who, at, decided, w.say("。", "."))
        case .spokeLongAgo(let who, let at, let days):
            return spoke(
                who, at, decided, w.say("。\(days)日より前なので考慮しない。", ", which is more than \(days) days: not counted."))
        case .weighs(let who, let permille, let talks, let isEnough):
            return weighs(who, permille, talks, isEnough)
        case .complainedAbout(let who, let at):
            let when = decided.map { w.ago($0 - at) }
            return w.say(
                "\(role(step.rule))の\(who)には\(when.map { "\($0)に" } ?? "")苦情があったので、他の人にする。",
                "\(role(step.rule)) is \(who), about whom the customer complained"
                    + "\(when.map { " \($0)" } ?? ""): another is offered.")
        case .overShare(let who, let talks, let of, let percent, let othersFree):
            let role = role(step.rule)
            let had = w.say(
                "\(role)の\(who)は直近\(of)回の応対のうち\(talks)回を受けていて、もう1回で\(percent)%を超える",
                "\(role) is \(who), who had \(talks) of the last \(of) talks; one more is over \(percent) %")
            let end =
                othersFree
                ? w.say("ので、他の人にする。", ": another is offered.") : w.say("が、他に空いている人がいない。", ", but nobody else is free.")
            return had + end
        case .raised(.tier, let by): return w.say("区分により優先度+\(by)。", "Priority +\(by) for the tier.")
        case .raised(.ownOperatorBusy, let by):
            return w.say("担当者が話し中のため優先度+\(by)。", "Priority +\(by) because the own operator is busy.")
        case .raised(.abandonedBefore, let by):
            return w.say("先ほど待って切れた分、優先度+\(by)。", "Priority +\(by) for the time waited in vain a moment ago.")
        }
    }

    private func weighs(_ who: String, _ permille: Int, _ talks: Int, _ isEnough: Bool) -> String {
        let hundredths = (permille + 5) / 10, rest = hundredths % 100
        let weight = "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
        let many = talks == 1 ? "1 talk" : "\(talks) talks"
        return words.say(
            "応対の重みが最も大きいのは\(who)（\(talks)回、計\(weight)）\(isEnough ? "。" : "だが、小さいので考慮しない。")",
            "Of those who spoke with the customer, \(who) weighs most (\(many), \(weight) of one of now)"
                + (isEnough ? "." : ", which is too little: not preferred."))
    }

    /// One sentence for each step of a decision, times told from its moment.
    public func sentences(_ decision: Decision) -> [String] {
        decision.steps.map { sentence($0, at: decision.at) }
    }

    /// The whole reasoning in one text.
    public func text(_ decision: Decision) -> String {
        sentences(decision).joined(separator: words.say("", " "))
    }

    private func spoke(_ who: String, _ at: Timestamp, _ decided: Timestamp?, _ end: String) -> String {
        let when = decided.map { words.ago($0 - at) }
        let ja = when.map { "\($0)に" } ?? "", en = when.map { " \($0)" } ?? ""
        return words.say("最後に話したのは\(ja)\(who)\(end)", "\(who) spoke with the customer last\(en)\(end)")
    }

    /// How the number was read and by what the customer was found: the beginning of the way to a decision.
    public func reading(_ caller: CallerNumber, _ match: Decision.Match?) -> String {
        let w = words
        var text: String
        switch caller.kind {
        case .withheld: text = w.say("番号は非通知。", "The number is withheld.")
        case .unavailable: text = w.say("番号は届いていない。", "The network gave no number.")
        case .notANumber: text = w.say("「\(caller.raw)」は有効な電話番号ではない。", "“\(caller.raw)” is no valid telephone number.")
        case .number:
            let plain = caller.e164 ?? caller.display
            text = w.say("番号「\(caller.raw)」は\(plain)。", "The number “\(caller.raw)” is \(plain).")
        }
        switch match {
        case .otherNumber?: text += w.say("別の番号で照合した。", " Looked up by another number.")
        case .customer?: text += w.say("顧客を指定して照合した。", " The customer was named.")
        case .externalID?: text += w.say("CRMの番号で照合した。", " Looked up by the CRM's id.")
        case .account?: text += w.say("アカウントで照合した。", " Looked up by the account.")
        case .email?: text += w.say("メールアドレスで照合した。", " Looked up by the e-mail address.")
        case .number?, nil: break
        }
        return text
    }

    private func role(_ rule: RoutingStep.Rule) -> String {
        switch rule {
        case .openCase: words.say("未完了の案件・約束の担当", "The owner of the open case or promise")
        case .assignedOperator: words.say("担当者", "The assigned operator")
        case .lastOperator: words.say("前回応対した人", "The operator who last spoke with the customer")
        case .anotherOperator: words.say("待機の最も長い他の人", "Of the others, the longest idle")
        default: words.say("係", "The operator")
        }
    }

    private func reason(_ unfit: RoutingStep.Unfit) -> String {
        switch unfit {
        case .loggedOut: words.say("ログインしていない", "is not logged in")
        case .paused: words.say("離席中", "is paused")
        case .notInQueue: words.say("このキューにいない", "is not in this queue")
        case .doNotPair: words.say("このお客様とは組ませない設定", "is on this customer's do-not-pair list")
        case .complaint: words.say("このお客様から苦情があった", "was complained about by the customer")
        }
    }

    private func sentence(_ rule: RoutingStep.Rule, _ why: RoutingStep.Why) -> String {
        switch why {
        case .notBlocked: words.say("着信拒否ではない。", "The number is not blocked.")
        case .noCustomer: words.say("この番号の登録はない。", "Nobody in the records has this number.")
        case .unknownNumber:
            words.say("電話番号ではないので検索しない。", "The caller id is no telephone number, so it is not looked up.")
        case .withheld: words.say("番号がないので検索しない。", "There is no number to look up.")
        case .noCase: words.say("未完了の案件や約束はない。", "There is no open case or promise.")
        case .noOwner: words.say("担当者は決まっていない。", "No operator is assigned.")
        case .neverSpoke: words.say("期間内に話した人はいない。", "Nobody spoke with the customer lately.")
        case .notVIP: words.say("優良顧客ではない。", "Not a VIP, so the veterans are not asked.")
        case .noGroup: words.say("ベテランのグループが設定されていない。", "No group of veterans is configured.")
        case .nobodyFree: words.say("他に空いている人がいない。", "Nobody else is free.")
        case .off: words.say("設定で無効。", "Switched off in the configuration.")
        }
    }
}
