import CallCenter

/// A contact that came from elsewhere: a mail, a message of LINE, an SMS, a web form.
public struct IncomingContact: Equatable, Sendable {
    /// Who made it.
    public enum Kind: Int64, Equatable, Sendable, CaseIterable {
        /// A person.
        case message = 1
        /// A program that answers by itself: it opens no case.
        case automatic = 2
        /// A mail server that could not deliver a mail of the centre's.
        case bounce = 3

        /// What the interface calls it.
        public var word: String {
            switch self {
            case .message: "message"
            case .automatic: "automatic"
            case .bounce: "bounce"
            }
        }

        /// The kind that this word names; nil for another word.
        public init?(word: String) {
            guard let kind = Kind.allCases.first(where: { $0.word == word }) else { return nil }
            self = kind
        }
    }

    /// By what the other side is known on its channel.
    public enum Address: Equatable, Sendable {
        /// In lower case.
        case email(String)
        /// A telephone number, as it was written and read.
        case phone(PhoneEntry)
        /// `line`, and an id there.
        case account(service: String, id: String)

        /// What two addresses are compared by.
        public var key: String {
            switch self {
            case .email(let address): address
            case .phone(let number): number.key ?? number.raw
            case .account(_, let id): id
            }
        }

        /// As a person reads it.
        public var shown: String {
            switch self {
            case .email(let address): address
            case .phone(let number): number.display
            case .account(let service, let id): "\(service): \(id)"
            }
        }
    }

    /// Somebody on the other side.
    public struct Party: Equatable, Sendable {
        /// By what it is known on its channel.
        public var address: Address
        /// What it calls itself; nil where nothing says it.
        public var name: String?

        /// Copies its arguments.
        public init(_ address: Address, name: String? = nil) {
            self.address = address
            self.name = name
        }
    }

    /// A file that came with it, without its bytes.
    public struct Attachment: Equatable, Sendable {
        /// The file's name; nil when it has none.
        public var name: String?
        /// The media type that the sender gave.
        public var type: String
        /// Bytes.
        public var size: Int64

        /// Copies its arguments.
        public init(name: String?, type: String, size: Int64) {
            self.name = name
            self.type = type
            self.size = size
        }
    }

    /// Names this contact and no other: what comes with the same key once more is the same contact.
    public var key: String
    /// `email`, `line`, `sms`, `web`, or the centre's own.
    public var channel: String
    /// Whether the other side sent it, or the centre.
    public var direction: TouchpointRecorded.Direction
    /// When it was sent, as far as that is known.
    public var at: Timestamp
    /// Whom it came from; of one that the centre sent, who gets it; of a bounce, who did not get it. Empty where that
    /// cannot be read.
    public var parties: [Party] = []
    /// Its subject; nil for none.
    public var subject: String?
    /// What it says, as plain text; empty for nothing.
    public var text = ""
    /// What came with it, at most `Limits.attachmentsMax`.
    public var attachments: [Attachment] = []
    /// Keys of the contacts before it, oldest first.
    public var thread: [String] = []
    /// Who made it.
    public var kind = Kind.message

    /// Copies its arguments; a message of a person, without parties and text.
    public init(key: String, channel: String, direction: TouchpointRecorded.Direction, at: Timestamp) {
        self.key = key
        self.channel = channel
        self.direction = direction
        self.at = at
    }

    /// Bounds of what is kept of one.
    public enum Limits {
        /// What is kept of it as a contact, which is in pops and in the log of calls. Bytes.
        public static let summaryBytesMax = 6_000
        /// Parties whose records it is written to. A mail to more is a mass mailing.
        public static let partiesMax = 20
        /// Attachments that are kept of one; of more, the first.
        public static let attachmentsMax = 100
        /// Keys of a thread that are kept of one.
        public static let threadMax = 50
    }

    /// A program's answer is no contact of a person, so it has no direction: nothing opens again by it.
    var contact: Contact {
        var one = Contact(at: at, channel: channel)
        one.direction = kind == .message ? direction : nil
        one.summary = summary
        return one
    }

    /// Subject, text and names of what is attached.
    public var summary: String {
        var lines = [subject, text.isEmpty ? nil : text].compactMap { $0 }
        for one in attachments {
            let facts = [one.name, one.type, "\(one.size / 1_024 + 1) KB"].compactMap { $0 }
            lines.append("[\(facts.joined(separator: ", "))]")
        }
        return lines.joined(separator: "\n").cut(IncomingContact.Limits.summaryBytesMax)
    }

    /// The line of a case that it opens.
    var title: String {
        let lines = text.split(whereSeparator: \.isNewline).map { String($0).replacing("\t", with: " ") }
        let first = subject ?? lines.first { $0.contains { !$0.isWhitespace } } ?? channel
        return first.cut(200)
    }

    /// What contacts of one subject have in common. Messages without a subject are one conversation.
    var subjectKey: String {
        let bare = IncomingContact.bare(subject ?? "")
        return bare.isEmpty ? "\u{1}\(channel)" : bare
    }

    /// A subject without what programs write before it when they answer or pass on.
    static func bare(_ subject: String) -> String {
        var rest = subject.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")[...]
        scan: while true {
            for word in prefixes where rest.hasPrefix(word) {
                var after = rest.dropFirst(word.count)
                // Re[2]: Re(2):
                if let open = after.first, open == "[" || open == "(",
                    let end = after.firstIndex(of: open == "[" ? "]" : ")")
                {
                    after = after[after.index(after: end)...]
                }
                guard let colon = after.first, colon == ":" || colon == "：" else { continue }
                rest = after.dropFirst().drop(while: \.isWhitespace)
                continue scan
            }
            return String(rest).cut(500)
        }
    }

    private static let prefixes = ["re", "fwd", "fw", "aw", "wg", "sv", "tr", "返信", "回答", "転送"]
}

extension String {
    /// At most so many bytes of UTF-8, and no part of a character; what was cut ends in …
    public func cut(_ bytes: Int) -> String {
        guard utf8.count > bytes else { return self }
        var end = utf8.index(startIndex, offsetBy: max(0, bytes - 3))
        while end > startIndex, String.Index(end, within: self) == nil { end = utf8.index(before: end) }
        return self[..<end] + "…"
    }
}

/// How contacts from elsewhere become work.
public struct IncomingRules: Equatable, Sendable {
    /// Whether a message of a customer opens a case, where none is open about its subject.
    public var opensCases = true
    /// The phase of a new case.
    public var phase: String?
    /// Contacts of one subject further apart than this are about something else. Milliseconds.
    public var threadWithin: Int64 = 30 * 86_400_000
    /// A closed case opens again within this time. Milliseconds.
    public var reopenWithin: Int64 = 0

    /// Messages open cases, and closed ones stay closed.
    public init() {}
}

/// What became of a contact from elsewhere.
public struct Received: Equatable, Sendable {
    /// What became of it; the raw value is in the API.
    public enum Outcome: String, Equatable, Sendable {
        /// It is on a customer's record.
        case recorded
        /// Nobody knows the sender: somebody attaches it.
        case inbox
        /// It came before.
        case known
        /// The centre wrote to nobody who is a customer.
        case ignored
    }

    /// A record that it is on.
    public struct Place: Equatable, Sendable {
        /// The customer's id.
        public var customer: Int64
        /// The id of the contact there.
        public var contact: Int64
        /// The case that it is in; nil for none.
        public var caseID: Int64?
        /// The case was opened for it.
        public var isNewCase = false
    }

    /// What became of it.
    public var outcome: Outcome
    /// The records that it is on; empty unless it was recorded, or known.
    public var places: [Place] = []
    /// The item of the inbox that it is; nil for another outcome.
    public var inbox: Int64?
}
