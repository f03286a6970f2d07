/// When two names, addresses or companies are written differently and mean the same.
///
/// Spellings are brought to one: width, case, kana, spaces, the forms of kanji that names have, the legal forms of
/// companies, and the ways to write the parts of an address. Japanese names that differ in one character are two names:
/// brothers have such.
enum Likeness {
    /// Forms of one character that are used in names, each followed by those that stand for it.
    private static let forms = [
        "斎斉齋齊", "辺邉邊", "高髙", "崎﨑嵜", "浜濱濵", "沢澤", "広廣", "桜櫻", "島嶋嶌", "富冨", "国國", "吉𠮷", "恵惠",
        "真眞", "条條", "滝瀧", "竜龍", "徳德", "栄榮", "関關", "黒黑", "万萬", "隆隆", "渡渉", "蔵藏", "実實", "寿壽",
    ]
    private static let form: [UInt32: UInt32] = {
        var found: [UInt32: UInt32] = [:]
        for group in forms {
            let all = group.unicodeScalars.map(\.value)
            for other in all.dropFirst() { found[other] = all[0] }
        }
        return found
    }()

    private static let legalForms = [
        "株式会社", "有限会社", "合同会社", "合資会社", "合名会社", "一般社団法人", "(株)", "(有)", "(合)", "㈱", "㈲",
        "inc.", "inc", "ltd.", "ltd", "gmbh", "llc", "corp.", "co.,", "co.",
    ].map { Array($0.unicodeScalars.map(\.value)) }

    /// A name in one spelling; empty for none.
    static func name(_ text: String?) -> [UInt32] {
        guard let text else { return [] }
        return SearchText.normalized(text).map { form[$0] ?? $0 }.filter { $0 != 0x30FB && $0 != 0x2E && $0 != 0x2C }
    }

    /// A company's name in one spelling, without its legal form; empty for none.
    static func company(_ text: String?) -> [UInt32] {
        var all = name(text)
        for legal in legalForms {
            // Where nothing else is left, it is the name.
            if all.count > legal.count, all.starts(with: legal) { all.removeFirst(legal.count) }
            if all.count > legal.count, all.suffix(legal.count).elementsEqual(legal) { all.removeLast(legal.count) }
        }
        return all
    }

    /// An address up to its last number, in one spelling: what is behind it is a building's name, which many leave out.
    /// Empty for one without a number.
    static func address(_ text: String?) -> [UInt32] {
        guard let text else { return [] }
        var all: [UInt32] = [], end = 0
        let hyphen: UInt32 = 0x2D
        func isDigit(_ scalar: UInt32) -> Bool { (0x30...0x39).contains(scalar) }
        var skipsPart = false
        for scalar in SearchText.normalized(text) {
            if skipsPart {
                skipsPart = false
                // 丁目, 番地.
                if scalar == 0x76EE || scalar == 0x5730 { continue }
            }
            switch scalar {
            case 0x4E01, 0x756A, 0x53F7, 0x2010...0x2015, 0x2212, 0x30FC, 0xFF0D, hyphen, 0x2C, 0x306E, 0x30CE:
                // Only behind a number; elsewhere it is a part of a name.
                guard let last = all.last, isDigit(last) || last == hyphen else {
                    all.append(scalar)
                    break
                }
                if last != hyphen { all.append(hyphen) }
                skipsPart = true
            default:
                // A run of numbers has ended: the rest is a building, unless it is a block within.
                if end > 0, !isDigit(scalar), all.last != hyphen { return Array(all.prefix(end)) }
                if end > 0, !isDigit(scalar), all.last == hyphen { return Array(all.prefix(end)) }
                all.append(scalar)
                if isDigit(scalar) { end = all.count }
            }
        }
        return Array(all.prefix(end))
    }

    /// Whether two names are one name: in one spelling the same, the same words in another order, or of the same
    /// reading. Longer ones in Latin letters may differ by one letter.
    static func isSameName(_ a: (name: String, kana: String?), _ b: (name: String, kana: String?)) -> Bool {
        let first = name(a.name), second = name(b.name)
        if first == second { return !first.isEmpty }
        let kana = (name(a.kana), name(b.kana))
        if !kana.0.isEmpty, kana.0 == kana.1 { return true }
        if words(a.name) == words(b.name) { return true }
        guard min(first.count, second.count) >= 6, first.allSatisfy({ $0 < 0x250 }), second.allSatisfy({ $0 < 0x250 })
        else { return false }
        return isOneEdit(first, second)
    }

    /// The words of a name in one order.
    static func words(_ text: String) -> [[UInt32]] {
        text.split { $0.isWhitespace || $0 == "," }.map { name(String($0)) }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Whether one letter more, less or another makes one of the other.
    private static func isOneEdit(_ a: [UInt32], _ b: [UInt32]) -> Bool {
        let (short, long) = a.count <= b.count ? (a, b) : (b, a)
        guard long.count - short.count <= 1 else { return false }
        let same = zip(short, long).prefix { $0 == $1 }.count
        let rest = short.count == long.count ? short.dropFirst(same + 1) : short.dropFirst(same)
        return rest.elementsEqual(long.dropFirst(same + 1))
    }
}
