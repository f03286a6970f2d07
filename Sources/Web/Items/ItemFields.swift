import CallCenter
import EventWire
import Foundation
import Storage

/// Reads the fields of an item from a request's body. What is absent stays as it is; null empties.
struct ItemFields {
    let members: JSONMembers

    /// A text of one line that has to be there.
    func line(_ name: String, _ target: inout String, bytesMax: Int = WireLimits.stringBytesMax) throws(Problem) {
        switch members[name] {
        case nil: break
        case .text(let text): target = try ItemFields.line(text, name, bytesMax)
        default: throw .bad("\(name) is a text.")
        }
        guard target.contains(where: { !$0.isWhitespace }) else { throw .bad("\(name) is missing or empty.") }
    }

    /// A text of one line that may be left out.
    func line(ifAny name: String, _ target: inout String?, bytesMax: Int) throws(Problem) {
        switch members[name] {
        case nil: break
        case .null: target = nil
        case .text(let text):
            target = text.isEmpty ? nil : try ItemFields.line(text, name, bytesMax)
        default: throw .bad("\(name) is a text, or null.")
        }
    }

    private static func line(_ text: String, _ name: String, _ bytesMax: Int) throws(Problem) -> String {
        guard text.utf8.count <= bytesMax, text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw .bad("\(name) has at most \(bytesMax) bytes and no control characters.")
        }
        return text
    }

    /// A text of several lines that may be empty.
    func text(_ name: String, _ target: inout String, bytesMax: Int = WireLimits.noteBytesMax) throws(Problem) {
        switch members[name] {
        case nil: break
        case .null: target = ""
        case .text(let text):
            let plain = text.replacing("\r\n", with: "\n")
            let isPlain = plain.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x09 }
            guard plain.utf8.count <= bytesMax, isPlain else {
                throw .bad("\(name) has control characters in it, or is longer than \(bytesMax) bytes.")
            }
            target = plain
        default: throw .bad("\(name) is a text.")
        }
    }

    /// Money: a decimal as a text, so that no reader makes a floating-point number of it.
    func money(_ name: String, _ target: inout ExactDecimal?) throws(Problem) {
        switch members[name] {
        case nil: break
        case .null: target = nil
        case .text(let text):
            guard let amount = ExactDecimal(text) else { throw ItemFields.noMoney(name) }
            target = amount
        default: throw ItemFields.noMoney(name)
        }
    }

    private static func noMoney(_ name: String) -> Problem {
        .bad(
            "\(name) is a decimal as a text, such as \"12800\" or \"19.90\": at most \(ExactDecimal.digitsMax) digits, "
                + "\(ExactDecimal.scaleMax) of them after the point.")
    }

    /// A number, or a decimal as a text.
    func quantity(_ name: String, _ target: inout ExactDecimal?) throws(Problem) {
        let text: String
        switch members[name] {
        case nil: return
        case .null:
            target = nil
            return
        case .text(let written): text = written
        case .whole(let number): text = String(number)
        case .number(let number): text = number.description
        default: text = ""
        }
        guard let quantity = ExactDecimal(text), !quantity.isNegative else {
            throw .bad(
                "\(name) is a number from 0 on, with at most \(ExactDecimal.digitsMax) digits, "
                    + "\(ExactDecimal.scaleMax) of them after the point.")
        }
        target = quantity
    }

    func currency(_ target: inout String?, neededFor amounts: [ExactDecimal?]) throws(Problem) {
        switch members["currency"] {
        case nil: break
        case .null: target = nil
        case .text(let text):
            guard text.utf8.count == 3, text.utf8.allSatisfy({ $0 >= 65 && $0 <= 90 }) else {
                throw .bad("currency is three capitals of ISO 4217, such as JPY.")
            }
            target = text
        default: throw .bad("currency is three capitals of ISO 4217, such as JPY.")
        }
        if target == nil, amounts.contains(where: { $0 != nil }) {
            throw .bad("currency is missing: an amount has one, three capitals of ISO 4217 such as JPY.")
        }
    }

    /// A day or a moment; nil when it is absent or null.
    func moment(_ name: String) throws(Problem) -> DayOrTime? {
        guard let value = members[name], value != .null else { return nil }
        guard case .text(let text) = value, let moment = DayOrTime(written: text) else {
            throw .bad("\(name) is a day such as 2026-11-26, or a time in RFC 3339 such as 2026-11-26T09:00:00Z.")
        }
        return moment
    }

    func moment(_ name: String, _ target: inout DayOrTime?) throws(Problem) {
        if members[name] != nil { target = try moment(name) }
    }

    /// A moment of something that has happened.
    func past(_ name: String, _ target: inout Timestamp, now: Timestamp) throws(Problem) {
        guard let value = members[name], value != .null else { return }
        guard case .text(let text) = value, let moment = DayOrTime(written: text), !moment.isDay else {
            throw .bad("\(name) is a time in RFC 3339, such as 2026-11-26T09:00:00Z.")
        }
        target = Timestamp(ms: moment.ms)
        guard target <= now + ItemFields.aheadMax else { throw .bad("\(name) has not come yet.") }
    }

    /// How far ahead of the daemon's a client's clock may be. Milliseconds.
    private static let aheadMax: Int64 = 300_000

    /// Whole milliseconds.
    func duration(_ name: String, _ target: inout Int64?) throws(Problem) {
        switch members[name] {
        case nil: break
        case .null: target = nil
        case .whole(let number): target = try Bounded.spentMs.checked(number, name)
        default: throw .bad("\(name) is a whole number of milliseconds.")
        }
    }

    /// Seconds with fractions, as milliseconds.
    func seconds(_ name: String, _ target: inout Int64?) throws(Problem) {
        let secondsMax = WireLimits.durationMax / 1_000
        var seconds: Decimal
        switch members[name] {
        case nil: return
        case .null:
            target = nil
            return
        case .whole(let number): seconds = Decimal(number)
        case .number(let number): seconds = number
        default: throw .bad("\(name) is from 0 to \(secondsMax).")
        }
        guard seconds >= 0, seconds <= Decimal(secondsMax) else { throw .bad("\(name) is from 0 to \(secondsMax).") }
        var ms = Decimal()
        seconds *= 1_000
        NSDecimalRound(&ms, &seconds, 0, .plain)
        target = NSDecimalNumber(decimal: ms).int64Value
    }

    func `operator`(_ target: inout String?) throws(Problem) {
        try line(ifAny: "operator", &target, bytesMax: WireLimits.idBytesMax)
    }
}

extension DayOrTime {
    /// `2026-11-26`, or a time in RFC 3339; nil for another text.
    init?(written text: String) {
        var plain = text.utf8.count == 10 ? text + "T00:00:00Z" : text
        guard let time = plain.withUTF8({ RFC3339.timestamp(UnsafeRawBufferPointer($0)) }) else { return nil }
        if text.utf8.count == 10 { self.init(days: Int(time.ms / 86_400_000)) } else { self.init(time) }
    }

    /// As it was given; a moment in UTC.
    var text: String { isDay ? date.text : RFC3339.string(Timestamp(ms: ms)) }
}
