import CMime

/// A mail that the centre writes: text for one person, written as MIME by GMime.
public struct OutgoingMail: Equatable, Sendable {
    /// The centre's own address.
    public var from: MailMessage.Address
    /// The one person who gets it.
    public var to: MailMessage.Address
    /// Any text; it is encoded where it has to be.
    public var subject: String
    /// Plain text, of any line length.
    public var text: String
    /// Without angle brackets, as the others.
    public var messageID: String
    /// The `messageID` of the mail that it answers; nil where it answers none.
    public var inReplyTo: String?
    /// The mails before it, oldest first.
    public var references: [String]
    /// When it was written. Seconds since 1970.
    public var date: Int64

    /// Copies its values; `bytes` checks them.
    public init(
        from: MailMessage.Address, to: MailMessage.Address, subject: String, text: String, messageID: String,
        inReplyTo: String? = nil, references: [String] = [], date: Int64
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.text = text
        self.messageID = messageID
        self.inReplyTo = inReplyTo
        self.references = references
        self.date = date
    }

    /// Its bytes, with line ends of one byte. Every header is one line of what is said here: control characters become
    /// spaces, so that no text begins a header of its own.
    ///
    /// - Returns: nil when there is nobody whom it is from, or for, and when it cannot be written.
    public var bytes: [UInt8]? {
        guard HeaderText.address(from.address) != nil, HeaderText.address(to.address) != nil,
            let ownID = HeaderText.line(messageID), ownID.contains("@"), ownID.wholeMatch(of: /[^<>\s]+/) != nil
        else { return nil }
        let ids = references.filter { $0.wholeMatch(of: /[^<>\s]+/) != nil }.map { "<\($0)>" }
        let before = inReplyTo.flatMap { $0.wholeMatch(of: /[^<>\s]+/) != nil ? "<\($0)>" : nil }
        let body = text.replacing("\r\n", with: "\n").filter { $0 != "\0" }
        let texts: [String?] = [
            from.name.flatMap { HeaderText.line($0) }, from.address, to.name.flatMap { HeaderText.line($0) },
            to.address, HeaderText.line(subject) ?? "", body, ownID, before,
            ids.isEmpty ? nil : ids.joined(separator: " "),
        ]
        return OutgoingMail.composed(texts, at: date)
    }

    /// - Parameter texts: in the order of `cmime_outgoing`.
    private static func composed(_ texts: [String?], at seconds: Int64) -> [UInt8]? {
        // Bytes with a zero at the end, which stay where they are while GMime reads them.
        let copies: [UnsafeMutablePointer<CChar>?] = texts.map { text in
            guard let text else { return nil }
            let bytes = text.utf8CString
            let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            bytes.withUnsafeBufferPointer { from in
                if let base = from.baseAddress { copy.initialize(from: base, count: from.count) }
            }
            return copy
        }
        defer { for copy in copies { copy?.deallocate() } }
        func text(_ place: Int) -> UnsafePointer<CChar>? { copies[place].map { UnsafePointer($0) } }
        var mail = cmime_outgoing(
            from_name: text(0), from: text(1), to_name: text(2), to: text(3), subject: text(4), text: text(5),
            message_id: text(6), in_reply_to: text(7), references: text(8), seconds: seconds)
        guard let made = cmime_compose(&mail) else { return nil }
        defer { cmime_release(made) }
        return Array(String(cString: made).utf8)
    }
}
