/// Whether a person wrote a mail, a program, or a mail server.
enum MailOrigin {
    static func kind(_ mail: ParsedMail, _ parts: [ParsedMail.Part]) -> MailMessage.Kind {
        let report = parts.first.flatMap { $0.type == "multipart/report" ? $0 : nil }
        switch report.flatMap({ mail.parameter("report-type", of: $0) })?.lowercased() {
        case "delivery-status": return .bounce
        // A receipt that a mail program sends.
        case "disposition-notification": return .automatic
        default: break
        }
        if parts.contains(where: { $0.type == "message/delivery-status" }) { return .bounce }
        if mail.header("X-Failed-Recipients") != nil { return .bounce }
        let sender = mail.sender?.address.prefix { $0 != "@" } ?? ""
        if isFromServer(String(sender)), isNobodys(mail) { return .bounce }
        return isAutomatic(mail) ? .automatic : .message
    }

    private static func isFromServer(_ sender: String) -> Bool {
        ["mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon"].contains(sender)
    }

    /// A mail that nobody is to answer: RFC 3834 wants the null sender of what programs send.
    private static func isNobodys(_ mail: ParsedMail) -> Bool {
        guard let path = mail.header("Return-Path") else { return true }
        let sender = path.filter { $0 != "<" && $0 != ">" && $0 != " " }.lowercased()
        return sender.isEmpty || isFromServer(String(sender.prefix { $0 != "@" }))
    }

    private static func isAutomatic(_ mail: ParsedMail) -> Bool {
        if let word = mail.header("Auto-Submitted")?.lowercased(), !word.hasPrefix("no") { return true }
        for name in ["X-Autoreply", "X-Autorespond", "X-Auto-Reply", "List-Id", "List-Unsubscribe"] {
            if mail.header(name) != nil { return true }
        }
        let precedence = mail.header("Precedence")?.lowercased() ?? ""
        if ["auto_reply", "auto-reply", "bulk", "junk", "list"].contains(precedence) { return true }
        let subject = mail.header("Subject")?.lowercased() ?? ""
        return subjects.contains { subject.hasPrefix($0) }
    }

    /// How mail programs that say it in no header begin their subjects.
    private static let subjects = [
        "automatic reply:", "auto reply:", "autoreply:", "auto-reply:", "out of office:", "自動応答:", "自動応答：",
        "自動返信:", "自動返信：", "【自動返信】", "[自動返信]", "不在通知", "【不在】",
    ]

    // MARK: Bounces

    /// Who did not get the mail, and which mail it was (RFC 3464; and Exim's header).
    static func readReport(_ mail: ParsedMail, _ parts: [ParsedMail.Part], into message: inout MailMessage) {
        var failed: [String] = []
        for part in parts where part.type == "message/delivery-status" {
            let text = Charset.text(mail.content(of: part), "utf-8")
            var final: String?, original: String?
            for line in text.split(whereSeparator: \.isNewline) {
                if let address = recipient(line, "final-recipient:") { final = address }
                if let address = recipient(line, "original-recipient:") { original = address }
            }
            // The address that was written to, where the server has sent it on to another.
            failed += [original, final].compactMap { $0 }
        }
        if let list = mail.header("X-Failed-Recipients") {
            failed += list.split(separator: ",").compactMap { HeaderText.address(String($0)) }
        }
        if failed.isEmpty { failed = quoted(mail, parts) }
        var seen: Set<String> = []
        message.failed = Array(failed.filter { seen.insert($0).inserted }.prefix(MailLimits.addressesMax))
        for part in parts {
            if part.kind == .message {
                if let id = mail.header("Message-ID", of: part).flatMap(HeaderText.ids)?.first { add(id, &message) }
            } else if part.type == "text/rfc822-headers" || part.type == "message/rfc822-headers" {
                if let id = messageID(in: Charset.text(mail.content(of: part), "utf-8")) { add(id, &message) }
            }
        }
    }

    private static func add(_ id: String, _ message: inout MailMessage) {
        if message.inReplyTo == nil { message.inReplyTo = id }
    }

    /// `Final-Recipient: rfc822; somebody@example.com`
    private static func recipient(_ line: Substring, _ name: String) -> String? {
        guard line.lowercased().hasPrefix(name) else { return nil }
        let value = line.dropFirst(name.count)
        let address = value.split(separator: ";", maxSplits: 1).last ?? value
        return HeaderText.address(String(address))
    }

    private static func messageID(in headers: String) -> String? {
        for line in headers.split(whereSeparator: \.isNewline) where line.lowercased().hasPrefix("message-id:") {
            return HeaderText.ids(String(line.dropFirst(11)))?.first
        }
        return nil
    }

    /// Of servers that write no report: `<somebody@example.com>:` at the beginning of a line (qmail).
    private static func quoted(_ mail: ParsedMail, _ parts: [ParsedMail.Part]) -> [String] {
        guard let part = parts.first(where: { $0.type == "text/plain" }) else { return [] }
        let text = Charset.text(mail.content(of: part), mail.parameter("charset", of: part))
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            guard line.hasPrefix("<"), let end = line.firstIndex(of: ">"), line[end...].hasPrefix(">:") else {
                return nil
            }
            return HeaderText.address(String(line[..<end]))
        }
    }
}
