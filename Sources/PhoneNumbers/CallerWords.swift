import CallCenter

/// The words that PBXs, networks and phones write where a number would be.
enum CallerWords {
    enum Meaning { case withheld, unavailable }

    /// nil when the text says neither.
    static func meaning(of address: AddressText) -> Meaning? {
        if let host = address.host {
            // RFC 3323, 4.1.1.3; 3GPP TS 23.003, 13.6 and 13.7.
            if host == "anonymous.invalid" || host.hasSuffix(".anonymous.invalid") { return .withheld }
            if host == "unknown.invalid", CallerWords.meaning(address.user) != .withheld { return .unavailable }
        }
        if let meaning = meaning(address.user) { return meaning }
        // A name that says so hides the number beside it; a name that says that nothing is known does not.
        if let name = address.name, meaning(name) == .withheld { return .withheld }
        return address.user.isEmpty ? .unavailable : nil
    }

    static func meaning(_ text: String) -> Meaning? {
        // Most texts are numbers: a look at their first character is enough.
        guard text.utf8.count <= 128, let first = text.utf8.first, !(first >= 0x30 && first <= 0x39),
            first != UInt8(ascii: "+")
        else { return nil }
        let words = words(of: text)
        guard !words.isEmpty else { return nil }
        let joined = words.joined()
        if withheldJapanese.contains(where: joined.contains) || withheld.contains(joined) { return .withheld }
        if unavailable.contains(joined) { return .unavailable }
        let rest = words.filter { !fillers.contains($0) }
        guard rest.count == 1, let word = rest.first else { return nil }
        if withheld.contains(word) { return .withheld }
        return unavailable.contains(word) ? .unavailable : nil
    }

    /// Letters only, small and narrow, parted where something else stands between them. None when there is a digit:
    /// `Private 101` is the name of a phone.
    private static func words(of text: String) -> [String] {
        var words: [String] = [], word = ""
        for scalar in NumberText.narrow(text).unicodeScalars {
            if scalar.properties.numericType != nil, !scalar.properties.isIdeographic { return [] }
            if scalar.properties.isAlphabetic || scalar.value == 0x30FC {
                word += scalar.properties.lowercaseMapping
            } else if !scalar.properties.isDefaultIgnorableCodePoint,
                scalar.properties.generalCategory != .nonspacingMark, !word.isEmpty
            {
                words.append(word)
                word = ""
            }
        }
        if !word.isEmpty { words.append(word) }
        return words
    }

    /// Alone, or with fillers around: "Private Number", "Caller ID blocked", "No Caller ID".
    private static let withheld: Set<String> = [
        "anonymous", "anonym", "anonyme", "anonimo", "private", "privat", "privado", "privato", "withheld",
        "restricted", "blocked", "hidden",
        "suppressed", "secret", "privatenumber", "privatecaller", "nocallerid", "calleridblocked", "numberwithheld",
        "withheldnumber",
        "unterdrückt", "unterdruckt", "masqué", "masque", "oculto", "匿名", "비공개", "발신번호표시제한", "발신자표시제한",
        "ﾋﾂｳﾁ", "ヒツウチ", "ひつうち", "ユーザー拒否", "ユーザ拒否"
    ]
    /// Anywhere in the text.
    private static let withheldJapanese = ["非通知"]

    private static let unavailable: Set<String> = [
        "unknown", "unavailable", "unidentified", "unbekannt", "inconnu", "desconocido", "sconosciuto", "notavailable",
        "notprovided",
        "outofarea", "nonumber", "na", "null", "none", "undefined", "payphone",
        "公衆電話", "表示圏外", "通知圏外", "通知不可", "通知不可能", "番号なし", "不明", "番号不明", "発信者不明", "未知", "未知号码"
    ]

    private static let fillers: Set<String> = [
        "caller", "callers", "call", "calls", "calling", "number", "no", "id", "callerid", "name", "user", "party",
        "line", "by", "the", "is",
        "customer", "network", "numero", "número", "numéro", "nummer", "rufnummer", "anruf", "anrufer", "appel",
        "appelant", "llamada"
    ]
}
