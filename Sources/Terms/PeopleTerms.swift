/// What an operator does.
public enum StateTerm: String, Named {
    case available, ringing, dialing, talking, holding, paused, busy
    case loggedOut = "logged_out"
    case wrapUp = "wrap_up"

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
    case vip, regular, prospect, unknown

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
    case number, withheld, unavailable
    case notANumber = "not_a_number"

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
    case phone, email, line, sms, web, visit, fax, note

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
