import Foundation

/// Words of headers in character sets of Japan, written in UTF-8 before GMime reads them: it does not know the
/// characters that vendors added, such as ㈱ in the names of companies.
enum EncodedWords {
    /// Where headers are looked for: those of the mail, and those of parts that are near. Bytes.
    private static let bytesMax = 1 << 20
    /// RFC 2047 has 75; programs write more. Bytes.
    private static let wordMax = 1_000
    /// Besides ISO-2022-JP.
    private static let charsets: Set = ["shift_jis", "shift-jis", "sjis", "x-sjis", "euc-jp", "x-euc-jp"]

    static func inUTF8(_ bytes: [UInt8]) -> [UInt8] {
        let end = min(bytes.count, bytesMax)
        var out: [UInt8] = [], copied = 0, at = 0
        while at + 16 < end {
            guard bytes[at] == UInt8(ascii: "="), bytes[at + 1] == UInt8(ascii: "?"),
                let word = word(bytes[at..<min(end, at + wordMax)])
            else {
                at += 1
                continue
            }
            out += bytes[copied..<at]
            out += Array("=?UTF-8?B?\(Data(word.text.utf8).base64EncodedString())?=".utf8)
            at = word.end
            copied = at
        }
        return copied == 0 ? bytes : out + bytes[copied...]
    }

    /// A word at the beginning of these bytes; nil where there is none of this character set.
    private static func word(_ bytes: ArraySlice<UInt8>) -> (text: String, end: Int)? {
        let rest = bytes.dropFirst(2), mark = UInt8(ascii: "?")
        let name = rest.prefix(24).prefix { $0 != mark }
        let charset = String(decoding: name, as: UTF8.self).lowercased()
        guard charset.hasPrefix("iso-2022-jp") || charsets.contains(charset) else { return nil }
        let kind = rest.dropFirst(name.count + 1)
        guard kind.count > 3, kind[kind.startIndex + 1] == mark else { return nil }
        let text = kind.dropFirst(2).prefix { $0 != mark && $0 > 0x20 }, end = text.endIndex
        guard end + 1 < bytes.endIndex, bytes[end] == mark, bytes[end + 1] == UInt8(ascii: "=") else { return nil }
        let decoded: [UInt8]?
        switch kind[kind.startIndex] | 0x20 {
        case UInt8(ascii: "b"): decoded = Data(base64Encoded: Data(text)).map { [UInt8]($0) }
        case UInt8(ascii: "q"): decoded = quoted(text)
        default: decoded = nil
        }
        guard let decoded else { return nil }
        return (Charset.text(decoded, charset), end + 2)
    }

    private static func quoted(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = [], at = text.startIndex
        while at < text.endIndex {
            if text[at] == UInt8(ascii: "="), at + 2 < text.endIndex,
                let byte = UInt8(String(decoding: text[(at + 1)...(at + 2)], as: UTF8.self), radix: 16)
            {
                out.append(byte)
                at += 3
            } else {
                out.append(text[at] == UInt8(ascii: "_") ? 0x20 : text[at])
                at += 1
            }
        }
        return out
    }
}
