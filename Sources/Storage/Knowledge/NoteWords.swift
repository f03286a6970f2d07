import Foundation

/// The words of a text that say what it is about. Japanese is written without spaces: a run of one script is a word,
/// and a long one is taken in parts, as 修理希望 is 修理 and 希望.
struct NoteWords {
    struct Word: Hashable {
        var text: String
        /// What a match counts, before it is known how rare the word is.
        var weight: Double
    }

    /// Words that are looked for: of a long text the last ones.
    static let max = 32

    private(set) var words: [Word] = []

    init(_ text: String) {
        var run = "", script: Script?
        // Half-width katakana have their marks behind them.
        for scalar in text.precomposedStringWithCompatibilityMapping.unicodeScalars {
            let next = Script(scalar)
            if next != script {
                add(run, script)
                run = ""
                script = next
            }
            run.unicodeScalars.append(scalar)
        }
        add(run, script)
        var seen: Set<String> = []
        words = words.reversed().filter { seen.insert($0.text).inserted }.prefix(NoteWords.max).reversed()
    }

    private enum Script {
        case kanji, katakana, hiragana, latin

        /// nil for what separates words.
        init?(_ scalar: Unicode.Scalar) {
            switch scalar.value {
            case 0x3400...0x9FFF, 0x3005, 0xF900...0xFAFF, 0x20000...0x3FFFF: self = .kanji
            case 0x30A1...0x30FA, 0x30FC: self = .katakana
            case 0x3041...0x3096: self = .hiragana
            default:
                guard scalar.properties.isAlphabetic || scalar.properties.numericType != nil else { return nil }
                self = .latin
            }
        }
    }

    private mutating func add(_ run: String, _ script: Script?) {
        let letters = Array(run)
        func parts(of length: Int, weight: Double) -> [Word] {
            guard letters.count > length else { return [Word(text: run, weight: weight)] }
            return (0...letters.count - length).map { Word(text: String(letters[$0..<$0 + length]), weight: weight) }
        }
        switch script {
        case .kanji: if letters.count > 1 { words += parts(of: 2, weight: 1) }
        case .katakana: if letters.count > 1 { words += parts(of: 4, weight: 1) }
        // Most of them are grammar.
        case .hiragana: if letters.count > 2 { words.append(Word(text: run, weight: 0.5)) }
        case .latin: if letters.count > 1 { words.append(Word(text: run, weight: 1.5)) }
        case nil: break
        }
    }
}
