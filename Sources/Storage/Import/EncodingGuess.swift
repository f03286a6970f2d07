/// Which of the encodings without a mark a text is in that is not UTF-8, by how plausible it reads in each.
///
/// Many files are valid in several: the EUC-JP of a kanji name is half-width katakana in Shift_JIS, and an accented
/// letter between two plain ones is a rare kanji there. So characters are weighed: what people write in names and
/// addresses speaks for an encoding, what only a wrong reading makes speaks against it. A file of very few such
/// characters may be guessed wrong: the answer of an import says what was taken, and it can be said instead.
struct EncodingGuess {
    static let candidates: [TextEncoding] = [.cp932, .eucJP, .windows1252]

    /// Weight of a byte, from -1 to 1, of the bytes beyond ASCII that were read so far.
    private var weights = [0.0, 0.0, 0.0]
    private var counts = [0, 0, 0]
    /// How numbers are read without country code: centres in Japan have files in Japanese encodings.
    private let isJapan: Bool

    init(region: String) { isJapan = region == "JP" }

    /// Whether enough has been read to decide: characters beyond ASCII.
    var isSure: Bool { counts[0] > 20_000 }

    /// - Parameter bytes: of the file, cut anywhere: what is wrong at the cuts does not weigh.
    mutating func feed(_ bytes: [UInt8]) {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return }
        weigh(0, EncodingGuess.cp932(bytes))
        weigh(1, EncodingGuess.eucJP(bytes))
        weigh(2, EncodingGuess.windows1252(bytes))
    }

    private mutating func weigh(_ place: Int, _ found: (weight: Double, count: Int)) {
        weights[place] += found.weight
        counts[place] += found.count
    }

    /// The candidates, the most plausible first.
    var order: [TextEncoding] {
        func mean(_ place: Int) -> Double {
            let prior = (place < 2) == isJapan ? 0.15 : 0
            return (counts[place] == 0 ? 0 : weights[place] / Double(counts[place])) + prior
        }
        return EncodingGuess.candidates.indices.sorted { mean($0) > mean($1) || mean($0) == mean($1) && $0 < $1 }
            .map { EncodingGuess.candidates[$0] }
    }

    // MARK: One byte after the other

    private static func isLetter(_ byte: UInt8?) -> Bool {
        byte.map { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A } ?? false
    }
    private static func isCapital(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x41 && $0 <= 0x5A } ?? false }
    private static func isSmall(_ byte: UInt8?) -> Bool { byte.map { $0 >= 0x61 && $0 <= 0x7A } ?? false }

    /// Kana and the kanji of JIS level 1 are what Japanese is written with. A kanji of level 2 is rare, and one that
    /// touches a Latin letter is an accented letter that took its neighbour with it.
    private static func kanji(isCommon: Bool, before: UInt8?, after: UInt8?) -> Double {
        let touches = isLetter(before) || isLetter(after)
        return isCommon ? (touches ? 0.5 : 1) : (touches ? -1 : 0.1)
    }

    static func cp932(_ bytes: [UInt8]) -> (weight: Double, count: Int) {
        var weight = 0.0, count = 0, at = 0
        while at < bytes.count {
            let lead = bytes[at], before = at > 0 ? bytes[at - 1] : nil
            switch lead {
            case ..<0x80: at += 1
            case 0xA1...0xDF:
                // A half-width katakana of its own. Beside a small letter it is none.
                let after = at + 1 < bytes.count ? bytes[at + 1] : nil
                weight += isSmall(before) || isSmall(after) ? -1 : 0.4
                count += 1
                at += 1
            case 0x81...0x9F, 0xE0...0xFC:
                guard at + 1 < bytes.count else { return (weight, count) }
                let trail = bytes[at + 1], after = at + 2 < bytes.count ? bytes[at + 2] : nil
                guard trail >= 0x40, trail != 0x7F, trail <= 0xFC else {
                    weight -= 2
                    count += 1
                    at += 1
                    continue
                }
                let value: Double =
                    switch lead {
                    case 0x81: 0.7
                    case 0x82, 0x83: 1
                    case 0x84...0x87: -0.3
                    // One after the other: half-width katakana of EUC-JP.
                    case 0x8E where after == 0x8E || at >= 2 && bytes[at - 2] == 0x8E: 0
                    case 0x88...0x97: kanji(isCommon: true, before: before, after: after)
                    case 0x98: kanji(isCommon: trail <= 0x72, before: before, after: after)
                    case 0x99...0x9F, 0xE0...0xEA: kanji(isCommon: false, before: before, after: after)
                    // Of NEC and IBM: 髙 and 﨑 are in names. Others are nobody's.
                    case 0xED, 0xEE, 0xFA...0xFC: isLetter(before) || isLetter(after) ? -1 : 0.1
                    default: -1
                    }
                weight += 2 * value
                count += 2
                at += 2
            default:
                weight -= 2
                count += 1
                at += 1
            }
        }
        return (weight, count)
    }

    static func eucJP(_ bytes: [UInt8]) -> (weight: Double, count: Int) {
        var weight = 0.0, count = 0, at = 0
        while at < bytes.count {
            let lead = bytes[at], before = at > 0 ? bytes[at - 1] : nil
            if lead < 0x80 {
                at += 1
                continue
            }
            let length = lead == 0x8F ? 3 : 2
            guard at + length <= bytes.count else { return (weight, count) }
            let after = at + length < bytes.count ? bytes[at + length] : nil
            let isWhole =
                (lead >= 0xA1 && lead <= 0xFE || lead == 0x8E || lead == 0x8F)
                && bytes[(at + 1)..<(at + length)].allSatisfy { $0 >= 0xA1 && $0 <= 0xFE }
            guard isWhole else {
                weight -= 2
                count += 1
                at += 1
                continue
            }
            let value: Double =
                switch lead {
                case 0x8E: after == 0x8E || at >= 2 && bytes[at - 2] == 0x8E ? 0.8 : 0.3
                case 0x8F: 0
                case 0xA1: 0.7
                case 0xA3, 0xA4, 0xA5: 1
                case 0xA2, 0xA6...0xAF: -0.3
                case 0xB0...0xCF: kanji(isCommon: true, before: before, after: after)
                case 0xD0...0xF4: kanji(isCommon: false, before: before, after: after)
                default: 0
                }
            weight += Double(length) * value
            count += length
            at += length
        }
        return (weight, count)
    }

    /// An accented letter stands among plain ones. Two that touch, or a sign inside of a word, are what another
    /// encoding reads like here.
    static func windows1252(_ bytes: [UInt8]) -> (weight: Double, count: Int) {
        var weight = 0.0, count = 0
        for (at, byte) in bytes.enumerated() where byte >= 0x80 {
            let before = at > 0 ? bytes[at - 1] : nil, after = at + 1 < bytes.count ? bytes[at + 1] : nil
            let touches = (before ?? 0) >= 0x80 || (after ?? 0) >= 0x80
            let value: Double =
                switch byte {
                // À to Ö, Ø to Þ, Š, Œ, Ž, Ÿ: capitals, which do not follow a small letter.
                case 0xC0...0xD6, 0xD8...0xDE, 0x8A, 0x8C, 0x8E, 0x9F:
                    touches || isSmall(before) ? -1 : isLetter(before) || isLetter(after) ? 1 : -0.2
                // ß to ö, ø to ÿ, š, œ, ž: small ones, which no capital follows but in STRAßE.
                case 0xDF...0xF6, 0xF8...0xFF, 0x9A, 0x9C, 0x9E:
                    touches
                        ? -0.7
                        : isCapital(after) && !isCapital(before) ? -1 : isLetter(before) || isLetter(after) ? 1 : -0.2
                // Quotation marks, dashes, €, and what stands beside numbers.
                case 0x80, 0x85, 0x91...0x94, 0x96, 0x97, 0xA0, 0xA1, 0xA3, 0xA7, 0xA9, 0xAA, 0xAB, 0xAE, 0xB0, 0xB2,
                    0xB3, 0xB7, 0xBA, 0xBB, 0xBF:
                    touches ? -0.7 : 0.4
                case 0x81, 0x8D, 0x8F, 0x90, 0x9D: -2
                default: -1
                }
            weight += value
            count += 1
        }
        return (weight, count)
    }
}
