import CallCenter
import Crypto
import EventWire
import Foundation
import Intake
import PhoneNumbers
import Storage

/// What a rule made of a request, as what the daemon records.
enum IntakeContact {
    /// Why fields make no contact, in a sentence.
    struct Wrong: Error { var sentence: String }

    private static let textBytesMax = 1 << 16

    /// - Parameter intake: its name, within which ids are unique.
    static func made(
        of fields: [IntakeMapping.Result.Named], intake: String, numbers: PhoneNumberReader, now: Timestamp
    ) throws(Wrong) -> IncomingContact {
        var values: [String: String] = [:]
        for field in fields { values[field.name] = field.text }
        let channel = line(values["channel"] ?? "") ?? "web", direction = values["direction"] ?? "inbound"
        guard channel.utf8.count <= WireLimits.idBytesMax else { throw Wrong(sentence: "channel is too long.") }
        guard let direction = TouchpointRecorded.Direction(rawValue: direction) else {
            throw Wrong(sentence: "direction is \"\(direction.prefix(40))\"; it is inbound or outbound.")
        }
        var one = IncomingContact(
            key: "intake:\(intake):\(try key(values))", channel: channel, direction: direction, at: now)
        if let text = values["at"] {
            guard let at = DayOrTime(written: text), !at.isDay else {
                throw Wrong(
                    sentence: "at is \"\(text.prefix(40))\", which is no time in RFC 3339; unix, unix_ms and local "
                        + "make one.")
            }
            if at.ms <= now.ms, Timestamp(ms: at.ms) >= WireLimits.timeMin { one.at = Timestamp(ms: at.ms) }
        }
        if let address = address(values, channel, numbers) {
            one.parties = [.init(address, name: values["name"].flatMap(line))]
        }
        one.subject = values["subject"].flatMap(line)
        one.text = text(values["text"] ?? "")
        if let thread = values["thread"] { one.thread = ["intake:\(intake):\(thread)"] }
        return one
    }

    private static func address(
        _ values: [String: String], _ channel: String, _ numbers: PhoneNumberReader
    ) -> IncomingContact.Address? {
        if let mail = values["email"].flatMap(line)?.lowercased(), mail.contains("@") { return .email(mail) }
        if let raw = values["phone"].flatMap(line) {
            let reading = numbers.reading(raw: raw)
            return .phone(
                PhoneEntry(raw: raw, reading)
                    ?? PhoneEntry(raw: raw, e164: reading.recorded.e164, display: reading.recorded.display))
        }
        guard let id = values["account"].flatMap(line) else { return nil }
        return .account(service: values["service"].flatMap(line) ?? channel, id: id)
    }

    /// What names the contact: its id, else all that it says.
    private static func key(_ values: [String: String]) throws(Wrong) -> String {
        if let id = values["id"] {
            guard id.utf8.count <= WireLimits.stringBytesMax else { throw Wrong(sentence: "id is too long.") }
            return id
        }
        var hash = SHA256()
        for (name, text) in values.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Data(name.utf8))
            hash.update(data: [UInt8(0)])
            hash.update(data: Data(text.utf8))
            hash.update(data: [UInt8(0)])
        }
        return "hash:" + hash.finalize().prefix(16).map { String($0, radix: 16) }.joined(separator: ".")
    }

    private static func line(_ text: String) -> String? {
        let words = text.split { $0.isWhitespace || $0.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F } }
        return words.isEmpty ? nil : words.joined(separator: " ").cut(WireLimits.stringBytesMax)
    }

    private static func text(_ text: String) -> String {
        let plain = text.replacing("\r\n", with: "\n").unicodeScalars.filter {
            $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value)
        }
        return String(String.UnicodeScalarView(plain)).cut(textBytesMax)
    }
}

extension IntakeMapping.Result {
    /// An event as a line of the protocol; nil for a contact.
    var eventLine: ByteBuilder? {
        guard case .event(let fields) = self else { return nil }
        var out = ByteBuilder(capacity: 256)
        out.object { out in
            for field in fields {
                out.key(text: field.name)
                if IntakeFields.numbers.contains(field.name), let number = Int64(field.text) {
                    out.value(number)
                } else if IntakeFields.lists.contains(field.name) {
                    out.value(
                        field.text.split(separator: ",").map {
                            String($0.drop(while: \.isWhitespace))
                        })
                } else {
                    out.value(field.text)
                }
            }
            // An offer says that it does not know a number; a sender that has none leaves it out.
            guard fields.contains(where: { $0.name == "type" && $0.text == "call.offered" }) else { return }
            for name in ["from", "to"] where !fields.contains(where: { $0.name == name }) {
                out.key(text: name)
                out.null()
            }
        }
        return out
    }
}
