/// What a mail says, and what is attached to it.
enum MailBody {
    static func read(_ mail: ParsedMail, _ parts: [ParsedMail.Part], into message: inout MailMessage) {
        let leaves = parts.filter { $0.kind == .leaf }
        let plain = texts(mail, leaves, "text/plain")
        message.text = tidy(plain).isEmpty ? tidy(texts(mail, leaves, "text/html")) : tidy(plain)
        for part in parts where part.kind == .message || isAttached(part) {
            guard message.attachments.count < MailLimits.attachmentsMax else {
                message.isCut = true
                return
            }
            // A mail in a mail, such as the one that a bounce is about.
            let name = part.name ?? (part.kind == .message ? mail.header("Subject", of: part) : nil)
            message.attachments.append(.init(name: name, type: part.type, size: mail.size(of: part)))
        }
    }

    /// What is read as a text is no attachment, and neither is what a mail server says to programs.
    private static func isAttached(_ part: ParsedMail.Part) -> Bool {
        let isReport = ["message/delivery-status", "message/disposition-notification"].contains(part.type)
        guard part.kind == .leaf, !isReport else { return false }
        if part.isAttachment { return part.type != "application/pgp-signature" }
        return !part.type.hasPrefix("text/") && part.type != "application/pgp-signature"
    }

    /// The parts of a type that belong to the text, one behind the other.
    private static func texts(_ mail: ParsedMail, _ leaves: [ParsedMail.Part], _ type: String) -> String {
        var whole = ""
        for part in leaves where part.type == type && !part.isAttachment {
            guard whole.utf8.count < MailLimits.textBytesMax else { break }
            let bytes = mail.content(of: part)
            var text = Charset.text(bytes, mail.parameter("charset", of: part) ?? HTMLText.charset(of: bytes, type))
            if type == "text/html" { text = HTMLText.plain(text) }
            if !whole.isEmpty { whole += "\n\n" }
            whole += text
        }
        return whole
    }

    /// Lines that end in a line feed, no control characters, not more than one empty line, and no quoted mail at the
    /// end.
    static func tidy(_ text: String) -> String {
        var lines: [Substring] = [], wasEmpty = true
        let plain = String(
            String.UnicodeScalarView(
                text.replacing("\r\n", with: "\n").replacing("\r", with: "\n").unicodeScalars.filter {
                    $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
                        && !(0x202A...0x202E).contains($0.value) && $0.value != 0xFEFF
                }))
        for line in plain.split(separator: "\n", omittingEmptySubsequences: false) {
            let trimmed = line.trimmingSpaceAtEnd
            if trimmed.isEmpty, wasEmpty { continue }
            wasEmpty = trimmed.isEmpty
            lines.append(trimmed)
        }
        let all = lines
        while let last = lines.last, last.isEmpty || last.hasPrefix(">") { lines.removeLast() }
        // A mail that says nothing of its own.
        if lines.isEmpty { lines = all }
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines.joined(separator: "\n").prefix(bytes: MailLimits.textBytesMax)
    }
}

extension Substring {
    fileprivate var trimmingSpaceAtEnd: Substring {
        var end = endIndex
        while end > startIndex, self[index(before: end)].isWhitespace { end = index(before: end) }
        return self[..<end]
    }
}
