import CMime

/// Reads a mail's bytes: MIME by GMime, and what is chosen of it here.
///
/// Mails come from strangers, so nothing here trusts them: every count and length has a bound (`MailLimits`). GMime
/// goes down into nested parts on the stack; call this on a thread that has some megabytes of it.
public enum MailReader {
    /// nil when these bytes are no mail: there is no header in them.
    public static func read(_ bytes: some Collection<UInt8>) -> MailMessage? {
        let isCut = bytes.count > MailLimits.bytesMax
        let whole = EncodedWords.inUTF8([UInt8](bytes.prefix(MailLimits.bytesMax).drop { $0 == 0x0A || $0 == 0x0D }))
        let start = envelopeEnd(whole)
        guard start < whole.count else { return nil }
        let parsed = whole[start...].withUnsafeBufferPointer { cmime_read($0.baseAddress, $0.count) }
        guard let parsed else { return nil }
        defer { cmime_free(parsed) }
        let mail = ParsedMail(parsed)
        var message = MailMessage()
        mail.readHeaders(into: &message)
        let hasHeaders = message.from != nil || !message.to.isEmpty || !message.subject.isEmpty
            || message.messageID != nil || message.date != nil
        guard hasHeaders else { return nil }
        let parts = mail.parts
        message.isCut = isCut || cmime_is_cut(parsed) != 0
        message.kind = MailOrigin.kind(mail, parts)
        if message.kind == .bounce { MailOrigin.readReport(mail, parts, into: &message) }
        MailBody.read(mail, parts, into: &message)
        return message
    }

    /// Delivery by a pipe may put a line of the envelope before the headers, as in a file of mails.
    private static func envelopeEnd(_ bytes: [UInt8]) -> Int {
        guard bytes.starts(with: "From ".utf8), let end = bytes.firstIndex(of: 0x0A) else { return 0 }
        return end + 1
    }
}

/// A mail that GMime has read, while it is there.
struct ParsedMail {
    private let message: OpaquePointer

    init(_ message: OpaquePointer) { self.message = message }

    /// A part of a mail.
    struct Part {
        enum Kind { case multipart, leaf, message }

        var place: Int32
        var kind: Kind
        /// `text/plain`.
        var type: String
        var isAttachment: Bool
        var name: String?
    }

    var parts: [Part] {
        (0..<cmime_part_count(message)).map { place in
            let kind: Part.Kind =
                switch cmime_part_kind(message, place) {
                case Int32(CMIME_LEAF): .leaf
                case Int32(CMIME_MESSAGE): .message
                default: .multipart
                }
            let name = owned(cmime_part_file_name(message, place)).flatMap { HeaderText.line($0) }
            let said = owned(cmime_part_disposition(message, place))
            return Part(
                place: place, kind: kind, type: owned(cmime_part_type(message, place)) ?? "text/plain",
                isAttachment: said == "attachment" || name != nil, name: name)
        }
    }

    /// - Parameter part: the part with the mail whose header it is; nil for the mail itself.
    func header(_ name: String, of part: Part? = nil, max: Int = MailLimits.headerBytesMax) -> String? {
        let place = part?.place ?? -1
        guard let raw = owned(cmime_raw_header(message, place, name)) else { return nil }
        // Some programs write Japanese into headers as it is in the text, which no standard allows.
        if raw.utf8.contains(0x1B) { return HeaderText.line(Charset.text(Array(raw.utf8), "iso-2022-jp")) }
        return owned(cmime_header(message, place, name)).flatMap { HeaderText.line($0, max: max) }
    }

    func parameter(_ name: String, of part: Part) -> String? { owned(cmime_part_parameter(message, part.place, name)) }

    func size(of part: Part) -> Int64 { cmime_part_size(message, part.place) }

    /// The first bytes of a part, decoded from base64 and the like.
    func content(of part: Part, max: Int = MailLimits.partBytesMax) -> [UInt8] {
        var count = 0
        guard let bytes = cmime_part_content(message, part.place, max, &count) else { return [] }
        defer { cmime_release(bytes) }
        return Array(UnsafeBufferPointer(start: bytes, count: count))
    }

    func addresses(_ which: Int) -> [MailMessage.Address] {
        let which = Int32(which), count = min(cmime_address_count(message, which), Int32(MailLimits.addressesMax))
        return (0..<count).compactMap { place in
            var name: UnsafeMutablePointer<CChar>?, address: UnsafeMutablePointer<CChar>?
            cmime_address(message, which, place, &name, &address)
            let text = owned(name)
            guard let found = owned(address).flatMap(HeaderText.address) else { return nil }
            return MailMessage.Address(found, name: text.flatMap { HeaderText.line($0) })
        }
    }

    /// The address that it says it is from.
    var sender: MailMessage.Address? { addresses(CMIME_FROM).first }

    /// Seconds since 1970, where it is a time of which there can be mails.
    var date: Int64? {
        var seconds: Int64 = 0
        guard cmime_date(message, &seconds) != 0, (0...4_102_444_800).contains(seconds) else { return nil }
        return seconds
    }

    private func owned(_ text: UnsafeMutablePointer<CChar>?) -> String? {
        guard let text else { return nil }
        defer { cmime_release(text) }
        return String(cString: text)
    }
}

extension ParsedMail {
    func readHeaders(into mail: inout MailMessage) {
        mail.from = sender ?? HeaderText.anyAddress(in: header("From"))
        mail.replyTo = addresses(CMIME_REPLY_TO)
        mail.to = addresses(CMIME_TO)
        mail.cc = addresses(CMIME_CC)
        mail.date = date
        mail.subject = header("Subject") ?? ""
        mail.messageID = header("Message-ID").flatMap(HeaderText.ids)?.first
        mail.inReplyTo = header("In-Reply-To").flatMap(HeaderText.ids)?.first
        let thread = header("References", max: MailLimits.threadBytesMax).flatMap(HeaderText.ids) ?? []
        mail.references = Array(thread.suffix(MailLimits.referencesMax))
    }
}
