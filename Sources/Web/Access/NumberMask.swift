/// Replaces the telephone numbers in an answer by their last four digits: `+819012345678` and `090-1234-5678` become
/// `•••• 5678`. Works on the bytes of the answer, whatever it is made of, so that no route can forget a number: also
/// one that somebody typed into a note is masked.
///
/// What is taken for a number: E.164 and what begins with a country code, what begins with 0 and has 9 to 11 digits,
/// and a JSON string that is nothing but a number of at least 9 digits in groups or, as the value of a number's member,
/// of at least 7. What is the value of another member (`external_id`, `id`, `order`) stays, if it is digits alone.
struct NumberMask {
    /// Bytes that an answer may end a piece with before it is clear whether they are a number.
    static let runBytesMax = 64
    private static let shownDigits = 4
    private static let sign = Array("•••• ".utf8)
    /// Members whose values are numbers, whatever their spelling.
    private static let members: Set<String> = [
        "raw", "e164", "display", "number", "phone", "phone2", "phone3", "from", "to", "caller", "dialled", "key",
    ]
    /// Members whose values name something, and stay as they are.
    private static let names: Set<String> = ["id", "call", "pop", "next", "after", "external_id", "order"]

    /// The end of the piece before, which may go on as a number.
    private var waiting: [UInt8] = []
    /// The last bytes that were passed on.
    private var passed: [UInt8] = []

    /// As a number is shown to those who see no whole ones.
    static func masked(_ number: String) -> String {
        let digits = number.compactMap(\.wholeNumberValue).filter { $0 < 10 }
        return "•••• " + digits.suffix(shownDigits).map { String($0) }.joined()
    }

    /// Whether a text is such a mask.
    static func isMask(_ text: String) -> Bool { text.hasPrefix("••••") }

    /// - Parameter isEnd: nothing follows.
    mutating func feed(_ bytes: some Sequence<UInt8>, isEnd: Bool = false) -> [UInt8] {
        let all = passed + waiting + Array(bytes), text = NumberMask.narrowed(all)
        var at = passed.count, out: [UInt8] = []
        waiting = []
        scanning: while at < all.count {
            guard NumberMask.begins(text, at) else {
                if !isEnd, NumberMask.isCut(all, at) {
                    waiting = Array(all[at...])
                    break scanning
                }
                out.append(all[at])
                at += 1
                continue
            }
            var end = at + 1
            while end < all.count, NumberMask.isPart(text[end]), end - at < NumberMask.runBytesMax { end += 1 }
            if !isEnd, end - at < NumberMask.runBytesMax, end == all.count || NumberMask.isCut(all, end) {
                waiting = Array(all[at...])
                break scanning
            }
            if let masked = NumberMask.number(text, at, end) {
                let digits = text[at..<masked].filter { 48...57 ~= $0 }
                out += NumberMask.sign + digits.suffix(NumberMask.shownDigits)
                at = masked
            } else {
                // Another number may begin behind the first group of digits.
                repeat {
                    out.append(all[at])
                    at += 1
                } while at < end && (48...57 ~= text[at] || text[at] == 0)
            }
        }
        passed = Array(all[..<at].suffix(NumberMask.runBytesMax))
        return out
    }

    /// The same with what is wide of a number as its narrow self, in the first byte of the three; the others are 0.
    private static func narrowed(_ all: [UInt8]) -> [UInt8] {
        var text = all, at = 0
        while at + 2 < all.count {
            let narrow: UInt8? =
                switch (all[at], all[at + 1], all[at + 2]) {
                case (0xEF, 0xBC, let last) where 0x90...0x99 ~= last: last - 0x60
                case (0xEF, 0xBC, 0x8B): UInt8(ascii: "+")
                case (0xEF, 0xBC, 0x88): UInt8(ascii: "(")
                case (0xEF, 0xBC, 0x89): UInt8(ascii: ")")
                case (0xEF, 0xBC, 0x8D), (0xE2, 0x88, 0x92), (0xE3, 0x83, 0xBC): UInt8(ascii: "-")
                case (0xE2, 0x80, let last) where 0x90...0x95 ~= last: UInt8(ascii: "-")
                case (0xE3, 0x80, 0x80): UInt8(ascii: " ")
                default: nil
                }
            if let narrow {
                (text[at], text[at + 1], text[at + 2]) = (narrow, 0, 0)
                at += 3
            } else {
                at += 1
            }
        }
        return text
    }

    /// Whether the piece ends within a character that may be of a number.
    private static func isCut(_ all: [UInt8], _ at: Int) -> Bool {
        all.count - at < 3 && at < all.count && [0xE2, 0xE3, 0xEF].contains(all[at])
    }

    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0, 48...57, UInt8(ascii: "-"), UInt8(ascii: " "), UInt8(ascii: "("), UInt8(ascii: ")"): true
        default: false
        }
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Whether a number may begin here: not inside a word, a time or a decimal.
    private static func begins(_ all: [UInt8], _ at: Int) -> Bool {
        guard 48...57 ~= all[at] || all[at] == UInt8(ascii: "+") || all[at] == UInt8(ascii: "(") else { return false }
        var place = at - 1
        while place >= 0, all[place] == 0 { place -= 1 }
        guard place >= 0 else { return true }
        let before = all[place]
        if isWord(before) {
            // `\n` and its like in a JSON string.
            return place > 0 && all[place - 1] == UInt8(ascii: "\\") && "nrtbf".utf8.contains(before)
        }
        return before != UInt8(ascii: ".") && before != UInt8(ascii: "-") && before != UInt8(ascii: "+")
    }

    /// Where the number that begins here ends; nil for what is none.
    private static func number(_ all: [UInt8], _ start: Int, _ limit: Int) -> Int? {
        func isDigit(_ at: Int) -> Bool { 48...57 ~= all[at] || all[at] == 0 }
        var end = limit
        while end > start {
            // Back to the end of a group of digits.
            while end > start, !isDigit(end - 1) { end -= 1 }
            guard end > start else { return nil }
            if end == all.count || !isWord(all[end]), isNumber(all, start, end) { return end }
            while end > start, isDigit(end - 1) { end -= 1 }
        }
        return nil
    }

    private static func isNumber(_ all: [UInt8], _ start: Int, _ end: Int) -> Bool {
        let run = all[start..<end], digits = run.count { 48...57 ~= $0 }, first = run.first { 48...57 ~= $0 }
        let isGrouped = run.contains { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ")") }
        let quote = UInt8(ascii: "\"")
        let isString = start > 0 && all[start - 1] == quote && end < all.count && all[end] == quote
        let member = isString ? member(all, start - 1) : nil
        if let member, names.contains(member) { return false }
        if all[start] == UInt8(ascii: "+") { return (8...15).contains(digits) }
        // A time goes on behind its date, and a decimal behind its point.
        let goesOn = end + 1 < all.count && (all[end] == UInt8(ascii: ":") || all[end] == UInt8(ascii: "."))
        if goesOn, 48...57 ~= all[end + 1] { return false }
        let isOfNumbers = member.map(members.contains) ?? isString
        if isGrouped {
            return first == 48 && (9...11).contains(digits) || isOfNumbers && (9...15).contains(digits)
        }
        if member != nil, isOfNumbers { return (7...15).contains(digits) }
        return first == 48 && (10...11).contains(digits)
    }

    /// The name of the member whose value is the string that begins at a quote; nil where none is before it.
    private static func member(_ all: [UInt8], _ quote: Int) -> String? {
        var at = quote - 1
        while at >= 0, all[at] == UInt8(ascii: " ") { at -= 1 }
        guard at > 1, all[at] == UInt8(ascii: ":"), all[at - 1] == UInt8(ascii: "\"") else { return nil }
        let end = at - 1
        at = end - 1
        while at >= 0, all[at] != UInt8(ascii: "\"") { at -= 1 }
        guard at >= 0 else { return nil }
        return String(decoding: all[(at + 1)..<end], as: UTF8.self)
    }
}
