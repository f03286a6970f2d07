/// What a reply may say: checked before it is written, so that nothing that was typed reaches a header of its own.
extension MailReply {
    /// Bounds of a reply, in bytes.
    public enum Limits {
        /// RFC 5321, 4.5.3.1.3.
        public static let addressMax = 254
        /// A header's line, encoded, stays below the 998 bytes of RFC 5322.
        public static let lineMax = 300
        /// Of the text of a mail.
        public static let textMax = 64 << 10
        /// Of the note with which a supervisor sends it back.
        public static let noteMax = 1_000
    }

    /// A mail address that mail is sent to, in lower case: a word of RFC 5322, an @, and a domain. Quoted words,
    /// comments and addresses in brackets are refused: nobody has one, and programs read them differently.
    ///
    /// - Returns: nil for any other text.
    public static func address(_ text: String) -> String? {
        let text = text.lowercased()
        guard text.utf8.count <= Limits.addressMax else { return nil }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), isWord(parts[0]), isDomain(parts[1]) else {
            return nil
        }
        return text
    }

    private static func isWord(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        // A minus at the beginning looks like an option to programs.
        return !text.hasPrefix("-")
            && parts.allSatisfy { part in !part.isEmpty && part.utf8.allSatisfy { isLetter($0) || marks.contains($0) } }
    }

    private static let marks = Set("!#$%&'*+-/=?^_`{|}~".utf8)

    private static func isDomain(_ text: Substring) -> Bool {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false)
        return labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
                    && label.utf8.allSatisfy { isLetter($0) || $0 == 45 }
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57)
    }

    /// A subject or a name in one line; nil for one that is empty, too long, or has a line end or another control
    /// character in it.
    public static func line(_ text: String) -> String? {
        let words = text.split(separator: " ").joined(separator: " ")
        let isPlain = words.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            // Controls, ends of lines, and marks that turn the direction of what follows.
            case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069: false
            default: true
            }
        }
        return isPlain && !words.isEmpty && words.utf8.count <= Limits.lineMax ? words : nil
    }

    /// The text of a mail with line ends of one byte; nil for one that is empty, too long, or has other control
    /// characters than line ends and tabs.
    public static func body(_ text: String) -> String? {
        let text = text.replacing("\r\n", with: "\n")
        guard text.utf8.count <= Limits.textMax, !text.allSatisfy(\.isWhitespace),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x09 })
        else { return nil }
        return text
    }

    /// The subject of an answer: what it answers, with one `Re:` before it.
    public static func subject(answering subject: String) -> String {
        let bare = subject.split(separator: " ").joined(separator: " ")
        let isAnswer = bare.lowercased().hasPrefix("re:") || bare.hasPrefix("返信:") || bare.hasPrefix("返信：")
        return (isAnswer ? bare : "Re: \(bare)").cut(Limits.lineMax)
    }
}
