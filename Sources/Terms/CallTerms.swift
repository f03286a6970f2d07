/// How a visit or a call ended.
public enum OutcomeTerm: String, Named {
    case answered, abandoned, overflowed, callback, blocked, unknown, reached
    case shortAbandoned = "short_abandoned"
    case notQueued = "not_queued"
    case notReached = "not_reached"

    public var term: Term {
        switch self {
        case .answered: Term("応答", "answered")
        case .abandoned: Term("放棄", "abandoned")
        case .shortAbandoned: Term("短時間放棄", "short abandoned")
        case .overflowed: Term("あふれ", "overflowed")
        case .callback: Term("折返し", "callback")
        case .blocked: Term("着信拒否", "blocked")
        case .unknown: Term("不明", "unknown")
        case .notQueued: Term("キュー外", "not queued")
        case .reached: Term("発信・応答あり", "called, reached")
        case .notReached: Term("発信・応答なし", "called, not reached")
        }
    }
}

/// How far the call of a pop is.
public enum PhaseTerm: String, Named {
    case offered, ringing, dialing, answered, transferred, ended

    public var term: Term {
        switch self {
        case .offered: Term("着信", "offered")
        case .ringing: Term("呼出中", "ringing")
        case .dialing: Term("発信中", "you are calling")
        case .answered: Term("通話中", "talking")
        case .transferred: Term("転送", "transferred")
        case .ended: Term("終了", "ended")
        }
    }
}

/// Why a pop leaves the screen, as a sentence. `{by}` stands for who answered instead.
public enum WithdrawalTerm: String, Named {
    case unanswered, abandoned, ended, transferred, rerouted, gap
    case answeredElsewhere = "answered_elsewhere"
    case leftQueue = "left_queue"

    public var term: Term {
        switch self {
        case .answeredElsewhere: Term("{by} が応答しました。", "Answered by {by}.")
        case .unanswered: Term("応答がありませんでした。", "Not answered.")
        case .leftQueue: Term("キューを出ました。", "Left the queue.")
        case .abandoned: Term("お客様が電話を切りました。", "The caller hung up.")
        case .ended: Term("通話は終わりました。", "The call is over.")
        case .transferred: Term("転送されました。", "Transferred.")
        case .rerouted:
            Term("お客様が分かったため、別の担当者に回りました。", "The caller was identified: the call goes to somebody else.")
        case .gap: Term("接続が切れている間に通話が終わりました。", "The call ended while the connection was lost.")
        }
    }
}

/// Why somebody is to be called back.
public enum CallbackTerm: String, Named {
    case abandoned, requested

    public var term: Term {
        switch self {
        case .abandoned: Term("放棄", "gave up")
        case .requested: Term("折返し希望", "asked for it")
        }
    }
}
