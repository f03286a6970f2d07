import CallCenter

/// What a trial cannot know.
public struct Unknown: Equatable, Sendable, Codable {
    /// A stable word.
    public var about: String
    /// For people, in the language of the request.
    public var text: String
    /// How many calls it is about, where that is known.
    public var calls: Int?

    static func all(_ trial: TrialFigures, _ log: TrialReport.Log, _ language: Language) -> [Unknown] {
        func say(_ ja: String, _ en: String) -> String { language == .ja ? ja : en }
        func calls(_ count: Int) -> String { count == 1 ? "1 call" : "\(count) calls" }
        let tally = trial.tally
        var all: [Unknown] = []
        func add(_ about: String, calls: Int? = nil, _ ja: String, _ en: String) {
            all.append(Unknown(about: about, text: say(ja, en), calls: calls))
        }
        if let count = tally.unknown[.destination] {
            add(
                "answer", calls: count,
                "\(count)呼は別の行き先になります。そこで応答があったか、いつか、通話の長さは分かりません。待ち時間と結果は記録のままで、新しい設定のものではありません。",
                "\(calls(count)) would have gone elsewhere: whether and when somebody would have answered there, and "
                    + "for how long they would have talked, nobody knows. Their recorded waits and outcomes are not "
                    + "those of the new rules.")
        }
        if let count = tally.unknown[.wait] {
            add(
                "wait", calls: count,
                "\(count)呼は呼び出す時間かその次の行き先が異なります。短い方の時間が過ぎた後は分かりません。",
                "\(calls(count)) would have rung longer or shorter at the same operator, or gone elsewhere after it: "
                    + "what would have happened once the shorter time was over is not known.")
        }
        if let count = tally.unknown[.priority] {
            add(
                "priority", calls: count,
                "\(count)呼は優先度だけが異なります。順番がどう変わったかはPBXのキュー次第です。",
                "\(calls(count)) would have had another priority alone: how much sooner or later their turn would have "
                    + "come is up to the PBX's queue.")
        }
        add(
            "later_calls",
            "各判断はその時の実際の状態で比べています。先の呼が別の人に行けば後の呼のときの空きも変わりますが、それはどの数にも、変わらないとした呼の待ち時間にも入っていません。",
            "Each decision is compared by itself, on the state that really was. Had earlier calls gone to others, "
                + "other operators would have been free for later ones; that is in no number here, nor in the waits of "
                + "calls about which nothing changes.")
        add(
            "records",
            "顧客、担当者、区分、案件、着信拒否、番号の読み方は、着信の時のままです。",
            "Customers, their operators, tiers and cases, the block list and the reading of numbers are as they were "
                + "at the call.")
        if wrapUpDiffers(trial.rules) {
            add(
                "after_call_work",
                "後処理は記録のまま、新しい上限で区切ります。上限が長ければ次の記録まで続いたものとします。実際にどれだけ使ったかは分かりません。",
                "After-call work that operators ended is as recorded, cut at a shorter limit; under a longer limit it "
                    + "goes on to the next thing recorded. How much of it they would have used is not known.")
        }
        add(
            "people",
            "警告は記録された事実から新しい条件で数えたものです。それを見た人がどうしたかは分かりません。",
            "Warnings are counted from the recorded facts by the new conditions. What people would have done about "
                + "them is not known.")
        add(
            "not_tried",
            "ログにない設定（アラーム、番号、画面、保存期間など）は試していません。",
            "Settings that are not in the log (alarms, numbers, desk, retention) are not tried.")
        if !log.whole {
            add(
                "before_the_log",
                "ログは\(log.begins)からです。それ以前のログイン、通話、折返し待ちは、その後の記録から分かる分だけです。",
                "The log begins at \(log.begins): of logins, calls and callbacks before that only what later events "
                    + "tell is known.")
        }
        return all
    }

    private static func wrapUpDiffers(_ rules: Both<Policy>) -> Bool {
        let names = Set(rules.real.queues.keys).union(rules.new.queues.keys)
        return rules.real.queueDefault.wrapUpLimit != rules.new.queueDefault.wrapUpLimit
            || names.contains { rules.real.queue($0).wrapUpLimit != rules.new.queue($0).wrapUpLimit }
    }
}
