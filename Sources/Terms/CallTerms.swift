/// How a visit or a call ended.
public enum OutcomeTerm: String, Named {
    /// The raw values are those of `outcome` in answers of the HTTP interface; `reached` and `not_reached` are of
    /// outgoing calls.
    case answered, abandoned, overflowed, callback, blocked, unknown, reached
    /// Abandoned sooner than the centre's threshold for short calls.
    case shortAbandoned = "short_abandoned"
    /// The call was in no queue.
    case notQueued = "not_queued"
    /// An outgoing call that nobody answered.
    case notReached = "not_reached"

    /// For columns and timelines, in both languages.
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
    /// The raw values are those of `phase` in a pop.
    case offered, ringing, dialing, answered, transferred, ended

    /// The operator's view: `dialing` is a call of their own.
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
    /// The raw values are those of `reason` when a pop is withdrawn. `gap`: the connection to the PBX was lost
    /// meanwhile.
    case unanswered, abandoned, ended, transferred, rerouted, gap
    /// Needs who answered: its term has the place `{by}`.
    case answeredElsewhere = "answered_elsewhere"
    /// The call left the queue before anybody answered.
    case leftQueue = "left_queue"

    /// A whole sentence; the caller replaces `{by}` with the operator's name.
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
    /// The raw values are those of `kind` in the list of callbacks. `requested`: the caller asked for it.
    case abandoned, requested

    /// For a list, in both languages.
    public var term: Term {
        switch self {
        case .abandoned: Term("放棄", "gave up")
        case .requested: Term("折返し希望", "asked for it")
        }
    }
}
