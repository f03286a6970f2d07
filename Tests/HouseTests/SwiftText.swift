/// Swift's source as text.
enum SwiftText {
    /// The source with the same lines, and without what is in texts, regular expressions and comments: what is left
    /// has the braces of the code alone.
    static func withoutTextsAndComments(_ source: String) -> String {
        let bytes = Array(source.utf8)
        var out: [UInt8] = [], i = 0
        out.reserveCapacity(bytes.count)
        func leaveOut(upTo end: Int) {
            out += bytes[i..<end].lazy.filter { $0 == newline }
            i = end
        }
        while i < bytes.count {
            if let end = endOfComment(bytes, from: i) ?? endOfText(bytes, from: i) ?? endOfExpression(bytes, from: i) {
                leaveOut(upTo: end)
            } else {
                out.append(bytes[i])
                i += 1
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static let newline = UInt8(ascii: "\n"), quote = UInt8(ascii: "\""), hash = UInt8(ascii: "#")
    private static let slash = UInt8(ascii: "/"), star = UInt8(ascii: "*")

    /// Behind the comment that begins here, a line's without its end; nil where none begins.
    private static func endOfComment(_ bytes: [UInt8], from begin: Int) -> Int? {
        guard bytes[begin] == slash, begin + 1 < bytes.count else { return nil }
        if bytes[begin + 1] == slash { return bytes[begin...].firstIndex(of: newline) ?? bytes.count }
        guard bytes[begin + 1] == star else { return nil }
        var i = begin + 2
        while i + 1 < bytes.count, bytes[i] != star || bytes[i + 1] != slash { i += 1 }
        return min(i + 2, bytes.count)
    }

    /// Behind the text that begins here: `"…"`, `"""…"""`, or either between hashes. nil where none begins.
    private static func endOfText(_ bytes: [UInt8], from begin: Int) -> Int? {
        guard bytes[begin] == quote || bytes[begin] == hash else { return nil }
        var i = begin
        while i < bytes.count, bytes[i] == hash { i += 1 }
        let hashes = i - begin
        guard i < bytes.count, bytes[i] == quote else { return nil }
        let isLong = bytes[i...].prefix(3).elementsEqual([quote, quote, quote])
        let quotes = isLong ? 3 : 1
        let close = Array(repeating: quote, count: quotes) + Array(repeating: hash, count: hashes)
        let escape = [UInt8(ascii: "\\")] + Array(repeating: hash, count: hashes)
        i += quotes
        while i < bytes.count {
            let rest = bytes[i...]
            if rest.starts(with: escape) {
                i += escape.count
                i = i < bytes.count && bytes[i] == UInt8(ascii: "(") ? endOfInserted(bytes, from: i) : i + 1
            } else if rest.starts(with: close) {
                return i + close.count
            } else {
                i += 1
            }
        }
        return bytes.count
    }

    /// Behind the parentheses of a value that a text has in it, which may have texts in it again.
    private static func endOfInserted(_ bytes: [UInt8], from begin: Int) -> Int {
        var i = begin, depth = 0
        while i < bytes.count {
            if let end = endOfText(bytes, from: i) {
                i = end
                continue
            }
            if bytes[i] == UInt8(ascii: "(") { depth += 1 }
            if bytes[i] == UInt8(ascii: ")") { depth -= 1 }
            i += 1
            if depth == 0 { break }
        }
        return i
    }

    /// Behind the regular expression `#/…/#` that begins here; nil where none does.
    private static func endOfExpression(_ bytes: [UInt8], from begin: Int) -> Int? {
        guard bytes[begin] == hash, bytes[begin...].starts(with: [hash, slash]) else { return nil }
        var i = begin + 2
        while i < bytes.count {
            if bytes[i...].starts(with: [slash, hash]) { return i + 2 }
            i += 1
        }
        return nil
    }
}
