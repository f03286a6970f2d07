import CallCenter
import Crypto
import EventWire
import Foundation
import Settings
import Storage

/// A mail as `screenpop contact mail` sends it. The program that reads MIME is not the daemon, and what it sends is
/// checked like everything that comes from outside.
struct ParsedMail: Decodable {
    struct Address: Decodable {
        var address: String
        var name: String?
    }

    struct Attachment: Decodable {
        var name: String?
        var type: String?
        var size: Int64?
    }

    var from: Address?
    var replyTo, to, cc: [Address]?
    var date, subject, messageID, inReplyTo, text, kind: String?
    var references, failed: [String]?
    var attachments: [Attachment]?

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case from, to, cc, date, subject, text, kind, references, failed, attachments
        case replyTo = "reply_to"
        case messageID = "message_id"
        case inReplyTo = "in_reply_to"
    }

    static let names = CodingKeys.allCases.map(\.rawValue)

    private static let textBytesMax = 1 << 17
    private static let listMax = 200

    /// The contact that it is.
    ///
    /// A form on the centre's site writes in the centre's name and has the customer as whom to answer: that is inbound.
    func contact(_ rules: Settings.Contacts, now: Timestamp) throws(Problem) -> IncomingContact {
        try check()
        let kind = try kindNamed(), from = from.flatMap(ParsedMail.party)
        let answers = (replyTo ?? []).compactMap(ParsedMail.party).filter { !rules.isOwn($0.address.key) }
        let isOwn = from.map { rules.isOwn($0.address.key) } ?? false
        let isOutbound = isOwn && answers.isEmpty && kind != .bounce
        var contact = IncomingContact(
            key: key, channel: "email", direction: isOutbound ? .outbound : .inbound, at: try time(now))
        if kind == .bounce {
            contact.parties = (failed ?? []).compactMap { ParsedMail.party(Address(address: $0)) }
        } else if isOutbound {
            contact.parties = ((to ?? []) + (cc ?? [])).compactMap(ParsedMail.party)
        } else if isOwn {
            contact.parties = Array(answers.prefix(1))
        } else {
            contact.parties = Array(([from].compactMap { $0 } + answers).prefix(1))
        }
        contact.parties.removeAll { rules.isOwn($0.address.key) }
        contact.parties = Array(contact.parties.prefix(IncomingContact.Limits.partiesMax))
        contact.kind = kind
        contact.subject = subject.flatMap(ParsedMail.line)
        contact.text = (text ?? "").replacing("\r\n", with: "\n")
        contact.attachments = (attachments ?? []).prefix(IncomingContact.Limits.attachmentsMax).map { one in
            .init(
                name: one.name.flatMap(ParsedMail.line), type: one.type.flatMap(ParsedMail.line) ?? "file",
                size: min(max(0, one.size ?? 0), 1 << 40))
        }
        let thread = (references ?? []) + [inReplyTo].compactMap { $0 }
        contact.thread = thread.suffix(IncomingContact.Limits.threadMax).map { "mail:\($0)" }
        return contact
    }

    private func check() throws(Problem) {
        guard (text?.utf8.count ?? 0) <= ParsedMail.textBytesMax else {
            throw .bad("text is longer than \(ParsedMail.textBytesMax) bytes; send the beginning.")
        }
        guard text?.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || [0x09, 0x0A, 0x0D].contains($0) }) ?? true else {
            throw .bad("text has control characters.")
        }
        let counts = [
            replyTo?.count, to?.count, cc?.count, references?.count, failed?.count, attachments?.count,
        ].compactMap { $0 }
        guard counts.allSatisfy({ $0 <= ParsedMail.listMax }) else {
            throw .bad("One of the lists has more than \(ParsedMail.listMax) elements; send the first ones.")
        }
        let ids = [messageID, inReplyTo].compactMap { $0 } + (references ?? [])
        guard ids.allSatisfy({ !$0.isEmpty && $0.utf8.count <= WireLimits.stringBytesMax }) else {
            throw .bad("message_id, in_reply_to and references are ids of 1 to \(WireLimits.stringBytesMax) bytes.")
        }
        let addresses = [from].compactMap { $0 } + (replyTo ?? []) + (to ?? []) + (cc ?? [])
        if let wrong = addresses.first(where: { ParsedMail.party($0) == nil }) {
            throw .bad("\(wrong.address.prefix(100)) is no mail address.")
        }
    }

    private func kindNamed() throws(Problem) -> IncomingContact.Kind {
        guard let kind = IncomingContact.Kind(word: kind ?? "message") else {
            throw .bad("kind is \(IncomingContact.Kind.allCases.map(\.word).joined(separator: ", ")).")
        }
        return kind
    }

    /// A sender's clock may be wrong, and a mail may be old.
    private func time(_ now: Timestamp) throws(Problem) -> Timestamp {
        guard let date else { return now }
        guard let moment = DayOrTime(written: date), !moment.isDay else {
            throw .bad("date is a time in RFC 3339, such as 2026-11-26T09:00:00Z.")
        }
        let at = Timestamp(ms: moment.ms)
        return at > now || at < WireLimits.timeMin ? now : at
    }

    /// By its id; of a mail without one, by what it says.
    private var key: String {
        if let messageID { return "mail:\(messageID)" }
        var hash = SHA256()
        for piece in [date ?? "", from?.address ?? "", subject ?? "", text ?? ""] {
            hash.update(data: Data(piece.utf8))
            hash.update(data: [UInt8(0)])
        }
        return "mail-hash:" + hash.finalize().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// nil for what is no mail address.
    private static func party(_ one: Address) -> IncomingContact.Party? {
        let address = one.address.lowercased()
        guard address.utf8.count <= 320, let at = address.lastIndex(of: "@"), at != address.startIndex,
            address.index(after: at) != address.endIndex, address.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { return nil }
        return IncomingContact.Party(.email(address), name: one.name.flatMap(line))
    }

    /// A text of one line; nil for an empty one.
    private static func line(_ text: String) -> String? {
        let words = text.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
        return words.isEmpty ? nil : words.joined(separator: " ").cut(WireLimits.stringBytesMax)
    }
}
