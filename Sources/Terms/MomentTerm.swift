/// What happened to a call, as a line of its timeline. `{operator}`, `{queue}` and `{slot}` stand for who and where.
public enum MomentTerm: String, Named {
    /// The raw values are those of `what` in a call's timeline. `elsewhere`: rang here, answered by somebody else.
    case offered, identified, dialed, reached, rejected, queued, ringing, elsewhere, unanswered, answered, held, resumed
    /// `missing`: the call ended while the PBX was not connected; `found`: a snapshot lists it.
    case transferred, dequeued, parked, retrieved, ended, noted, disposition, missing, found
    /// A pop went to an operator's screen.
    case popSent = "pop_sent"
    /// The operator looked at the pop.
    case popSeen = "pop_seen"
    /// The operator began to write at the pop.
    case popActed = "pop_acted"

    /// A line of a timeline; the caller replaces the places `{operator}`, `{queue}` and `{slot}`.
    public var term: Term {
        switch self {
        case .offered: Term("着信", "arrived")
        case .identified: Term("特定", "identified")
        case .dialed: Term("{operator} が発信", "dialed by {operator}")
        case .reached: Term("相手が応答", "answered at the far end")
        case .rejected: Term("着信拒否", "rejected")
        case .queued: Term("{queue} に入る", "entered {queue}")
        case .ringing: Term("{operator} を呼出", "rang at {operator}")
        case .elsewhere: Term("{operator} は呼出のみ（別の人が応答）", "rang at {operator}, taken by somebody else")
        case .unanswered: Term("{operator} 応答なし", "not answered by {operator}")
        case .answered: Term("{operator} が応答", "answered by {operator}")
        case .held: Term("保留", "held")
        case .resumed: Term("保留解除", "taken back")
        case .transferred: Term("転送", "transferred")
        case .dequeued: Term("{queue} を出る", "left {queue}")
        case .parked: Term("{operator} がパーク {slot}", "parked by {operator} {slot}")
        case .retrieved: Term("{operator} がパークから取得 {slot}", "taken off its place by {operator} {slot}")
        case .ended: Term("終了", "ended")
        case .noted: Term("メモ", "note")
        case .disposition: Term("結果", "disposition")
        case .missing: Term("見えない間に終了", "ended unseen")
        case .found: Term("継続を確認", "found alive")
        case .popSent: Term("{operator} の画面に表示", "put on the screen of {operator}")
        case .popSeen: Term("{operator} が確認", "looked at by {operator}")
        case .popActed: Term("{operator} が書き始める", "{operator} began to write")
        }
    }
}
