/// A mail as it matters for a customer's record.
public struct MailMessage: Equatable, Sendable {
    /// Who wrote or gets it.
    public struct Address: Equatable, Sendable {
        /// Lower case, as mail servers compare it.
        public var address: String
        /// The name beside the address, decoded; nil where there is none.
        public var name: String?

        /// Copies its values; the address is not changed.
        public init(_ address: String, name: String? = nil) {
            self.address = address
            self.name = name
        }
    }

    /// A part that is no text of the mail itself.
    public struct Attachment: Equatable, Sendable {
        /// nil where the mail gives none.
        public var name: String?
        /// As the mail says: `application/pdf`.
        public var type: String
        /// Bytes, after decoding.
        public var size: Int64

        init(name: String?, type: String, size: Int64) {
            self.name = name
            self.type = type
            self.size = size
        }
    }

    /// Who made it.
    public enum Kind: String, Equatable, Sendable {
        /// A person, or a program that writes for one.
        case message
        /// A program that answers by itself: out of office, a receipt, a mailing list.
        case automatic
        /// A mail server that could not deliver another mail.
        case bounce
    }

    /// nil where nobody can be read in it.
    public var from: Address?
    /// Where answers are to go; empty: to `from`.
    public var replyTo: [Address] = []
    /// In the order of the header.
    public var to: [Address] = []
    /// In the order of the header.
    public var cc: [Address] = []
    /// When it was written, by the sender's clock. Seconds since 1970; nil where it does not say.
    public var date: Int64?
    /// Decoded; empty where the mail has none.
    public var subject = ""
    /// Without its angle brackets; nil where it has none.
    public var messageID: String?
    /// The `messageID` of the mail that it answers, or that did not arrive; nil for none.
    public var inReplyTo: String?
    /// The mails before it in its thread, oldest first.
    public var references: [String] = []
    /// What it says, as plain text.
    public var text = ""
    /// In the order of the mail; their contents are not kept.
    public var attachments: [Attachment] = []
    /// By the headers that programs set (RFC 3834) and by the report of a bounce (RFC 3464).
    public var kind = Kind.message
    /// Of a bounce, who did not get the mail.
    public var failed: [String] = []
    /// Something of it was left out: it was longer, or had more parts, than is read.
    public var isCut = false

    init() {}
}

/// Every bound of reading a mail, with the reason beside it.
public enum MailLimits {
    /// A mail's length in bytes. What is behind is not read; it is the end of an attachment.
    public static let bytesMax = 25 << 20
    /// A text that somebody reads beside a call. Bytes.
    static let textBytesMax = 65_536
    /// Of a part that becomes text, before its markup is taken away. Bytes.
    static let partBytesMax = 1 << 20
    /// A header's text, and an address. Bytes.
    static let headerBytesMax = 998
    static let addressBytesMax = 320
    /// A header that names the mails of a thread. Bytes.
    static let threadBytesMax = 16_384
    /// Addresses in one header: a mail to more is a mass mailing.
    static let addressesMax = 100
    /// Mails in a thread that are compared.
    static let referencesMax = 50
    static let attachmentsMax = 100
}
