import CMime

/// Bytes of a part as text.
enum Charset {
    /// - Parameter named: the character set that the part names; nil where it names none.
    static func text(_ bytes: [UInt8], _ named: String?) -> String {
        let plain = named?.lowercased().filter { !$0.isWhitespace && $0 != "\"" && $0 != "'" } ?? ""
        if bytes.contains(0x1B), plain.isEmpty || plain.hasPrefix("iso-2022-jp") || plain == "us-ascii" {
            return converted(eucOf2022(bytes), "EUC-JP-MS") ?? String(decoding: bytes, as: UTF8.self)
        }
        if ["", "us-ascii", "ascii", "utf-8", "utf8", "unknown-8bit", "default", "x-unknown"].contains(plain) {
            return guessed(bytes)
        }
        return converted(bytes, known[plain] ?? plain) ?? guessed(bytes)
    }

    /// Supersets of what mail programs name: they write characters that only these have.
    private static let known = [
        "shift_jis": "CP932", "shift-jis": "CP932", "sjis": "CP932", "x-sjis": "CP932", "ms_kanji": "CP932",
        "windows-31j": "CP932", "euc-jp": "EUC-JP-MS", "x-euc-jp": "EUC-JP-MS", "iso-8859-1": "WINDOWS-1252",
        "latin1": "WINDOWS-1252", "gb2312": "GB18030", "gbk": "GB18030", "ks_c_5601-1987": "CP949",
        "euc-kr": "CP949", "iso-2022-jp-ms": "ISO-2022-JP", "utf-7": "UTF-7",
    ]

    /// Of what names no character set, or a wrong one: UTF-8 where it is, else what mails in Japan are written in.
    private static func guessed(_ bytes: [UInt8]) -> String {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        let wide = converted(bytes, "CP932") ?? "", euc = converted(bytes, "EUC-JP-MS") ?? ""
        let western = converted(bytes, "WINDOWS-1252") ?? ""
        let tried = [wide, euc, western].filter { !$0.isEmpty }
        return tried.min { faults($0) < faults($1) } ?? String(decoding: bytes, as: UTF8.self)
    }

    /// What a wrong character set makes: characters that are none, half-width kana and control characters.
    private static func faults(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { sum, scalar in
            switch scalar.value {
            case 0xFFFD: sum + 10
            case 0xFF61...0xFF9F, 0xE000...0xF8FF: sum + 3
            case 0x80...0x9F: sum + 3
            case 0xA0...0xFF: sum + 2
            default: sum
            }
        }
    }

    private static func converted(_ bytes: [UInt8], _ charset: String) -> String? {
        var count = 0
        guard let text = cmime_to_utf8(bytes, bytes.count, charset, &count) else { return nil }
        defer { cmime_release(text) }
        return text.withMemoryRebound(to: UInt8.self, capacity: count) {
            String(decoding: UnsafeBufferPointer(start: $0, count: count), as: UTF8.self)
        }
    }

    /// ISO-2022-JP as EUC: libraries know the characters that vendors added, such as ①, in EUC only.
    static func eucOf2022(_ bytes: [UInt8]) -> [UInt8] {
        enum Set { case ascii, kanji, kana }
        var out: [UInt8] = [], set = Set.ascii, at = 0
        out.reserveCapacity(bytes.count)
        while at < bytes.count {
            let byte = bytes[at]
            if byte == 0x1B, at + 2 < bytes.count {
                switch (bytes[at + 1], bytes[at + 2]) {
                case (0x24, 0x40), (0x24, 0x42): set = .kanji
                case (0x28, 0x49): set = .kana
                case (0x28, _): set = .ascii
                default: break
                }
                at += 3
                continue
            }
            // A line begins in ASCII, also where the one before was cut.
            if byte == 0x0A || byte == 0x0D { set = .ascii }
            switch set {
            case .kanji where (0x21...0x7E).contains(byte): out.append(byte | 0x80)
            case .kana where (0x21...0x5F).contains(byte): out += [0x8E, byte | 0x80]
            default: out.append(byte)
            }
            at += 1
        }
        return out
    }
}
