/// `[mail]`.
extension Settings.Mail {
    private static let example =
        #"write a path and its arguments, such as ["/usr/sbin/sendmail", "-t", "-i", "-f", "{from}"]"#

    static let keys: [Key<Settings.Mail>] = [
        .text("from", \.from) { text, node throws(SettingsError) in
            if text.isEmpty { return nil }
            let address = text.lowercased(), parts = address.split(separator: "@", omittingEmptySubsequences: false)
            // What stands in a header and in a command line is a plain address.
            let isPlain = address.utf8.allSatisfy { byte in
                (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || [43, 45, 46, 64, 95].contains(byte)
            }
            guard parts.count == 2, isPlain, !parts[0].isEmpty, !parts[0].hasPrefix("-"), parts[1].contains("."),
                address.utf8.count <= 254
            else { throw node.wrong(#"write a plain mail address, such as "support@example.com""#) }
            return address
        },
        .text("from_name", \.fromName) { text, node throws(SettingsError) in
            guard text.utf8.count <= 200, text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F })
            else { throw node.wrong("write a name of one line, at most 200 bytes") }
            return text
        },
        Key(name: "program", leaves: ["program"]) { node, mail throws(SettingsError) in
            // Not as other lists: an argument may stand there twice.
            guard case .list(let nodes) = node.value else { throw node.wrong(example) }
            var words: [String] = []
            for element in nodes {
                let word = try element.text()
                guard !word.utf8.contains(0) else { throw element.wrong("write an argument without a zero byte") }
                words.append(word)
            }
            guard let path = words.first, path.hasPrefix("/") else { throw node.wrong(example) }
            mail.program = words
        },
        .duration("timeout", \.timeout, DurationText.second...10 * DurationText.minute),
        .number("tries", \.tries, 1...100),
        .yesNo("review", \.isReviewed),
        .names("review_queues", \.reviewedQueues),
        .names("review_operators", \.reviewedOperators),
    ]
}
