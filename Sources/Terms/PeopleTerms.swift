/// What an operator does.
public enum StateTerm: String, Named {
    /// The raw values are those of `state` of an operator. `busy`: the phone is in use by what is no customer's call.
    case available, ringing, dialing, talking, holding, paused, busy
    /// Serves no queue: no call is offered.
    case loggedOut = "logged_out"
    /// After-call work: no call is offered until it ends.
    case wrapUp = "wrap_up"

    /// For boards and lists, in both languages.
    public var term: Term {
        switch self {
        case .loggedOut: Term("ログアウト中", "logged out")
        case .available: Term("受付可", "available")
        case .ringing: Term("呼出中", "ringing")
        case .dialing: Term("発信中", "dialing")
        case .talking: Term("通話中", "talking")
        case .holding: Term("保留中", "on hold")
        case .wrapUp: Term("後処理", "after-call work")
        case .paused: Term("離席中", "paused")
        case .busy: Term("使用中（他の通話）", "on another call")
        }
    }
}

/// The tiers that every centre has; another has the name that the configuration gives it.
public enum TierTerm: String, Named {
    /// The raw values are those of `tier` of a customer. `unknown`: the caller is no customer that is known.
    case vip, regular, prospect, unknown

    /// For lists and pops, in both languages.
    public var term: Term {
        switch self {
        case .vip: Term("優良", "VIP")
        case .regular: Term("一般", "regular")
        case .prospect: Term("見込み", "prospect")
        case .unknown: Term("不明", "unknown")
        }
    }
}

/// What a caller is called whom nobody knows, by the kind of the number.
public enum CallerTerm: String, Named {
    /// The raw values are those of `kind` of a caller's number. `unavailable`: the network gave no number.
    case number, withheld, unavailable
    /// The PBX sent a text that is no telephone number.
    case notANumber = "not_a_number"

    /// What stands in the place of a caller's name.
    public var term: Term {
        switch self {
        case .number: Term("登録のない番号", "unknown number")
        case .withheld: Term("番号非通知", "number withheld")
        case .unavailable: Term("番号なし", "no number")
        case .notANumber: Term("番号ではない発信元", "not a number")
        }
    }
}

/// How customers are in contact.
public enum ChannelTerm: String, Named {
    /// The raw values are those of `channel` of a touchpoint. `line` is the messenger LINE.
    case phone, email, line, sms, web, visit, fax, note

    /// For lists and timelines, in both languages.
    public var term: Term {
        switch self {
        case .phone: Term("電話", "phone")
        case .email: Term("メール", "e-mail")
        case .line: Term("LINE", "LINE")
        case .sms: Term("SMS", "SMS")
        case .web: Term("ウェブ", "web")
        case .visit: Term("来店", "visit")
        case .fax: Term("FAX", "fax")
        case .note: Term("メモ", "note")
        }
    }
}
