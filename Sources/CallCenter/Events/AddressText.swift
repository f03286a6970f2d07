/// The parts of a text that names a telephone: a plain number, a SIP or tel URI (RFC 3261, RFC 3966), either with a
/// display name.
///
/// Syntax only: whether the number is valid is not checked. A text that cannot be parsed is `user` as a whole.
public struct AddressText: Equatable, Sendable {
    /// The display name without its quotes; nil where there is none.
    public var name: String?
    /// The number or word in it: `+819012345678` of `"Taro" <sip:%2B819012345678;npdi@pbx.example;user=phone>`.
    public var user: String
    /// The host of a SIP URI or of `user@host`, in small letters, without its port.
    public var host: String?
    /// Whether `user` was taken out of a URI or of angle brackets.
    public var isWrapped: Bool

    /// Takes a text apart; every text has a `user`, which may be empty.
    public init(_ raw: String) {
        var body = AddressText.trimmed(Substring(raw))
        name = nil
        isWrapped = false
        if let open = body.lastIndex(of: "<") {
            let inside = body[body.index(after: open)...]
            name = AddressText.unquoted(body[..<open])
            body = AddressText.trimmed(inside[..<(inside.firstIndex(of: ">") ?? inside.endIndex)])
            isWrapped = true
        } else if body.first == "\"", let end = body.dropFirst().firstIndex(of: "\"") {
            let rest = AddressText.trimmed(body[body.index(after: end)...])
            if rest.isEmpty {
                body = body[body.index(after: body.startIndex)..<end]
            } else {
                name = AddressText.unquoted(body[...end])
                body = rest
            }
        }
        if let rest = AddressText.without(["sip:", "sips:"], body) {
            isWrapped = true
            (user, host) = AddressText.sip(rest)
        } else if let rest = AddressText.without(["tel:", "callto:"], body) {
            isWrapped = true
            user = AddressText.tel(rest)
            host = nil
        } else if body.contains("@"), !body.contains(where: \.isWhitespace) {
            (user, host) = AddressText.sip(body)
        } else {
            user = AddressText.decoded(body)
            host = nil
        }
    }

    /// `user[;parameters][:password]@host[:port][;parameters][?headers]`.
    private static func sip(_ text: Substring) -> (user: String, host: String?) {
        guard let at = text.firstIndex(of: "@") else { return (decoded(text.prefix { $0 != ";" && $0 != "?" }), nil) }
        let user = text[..<at].prefix { $0 != ";" && $0 != ":" }
        let behind = text[text.index(after: at)...].prefix { $0 != ";" && $0 != "?" && $0 != ":" }
        return (decoded(user), behind.isEmpty ? nil : behind.lowercased())
    }

    /// `number[;parameters]`. A local number is global together with its context (RFC 3966, 5.1.5).
    private static func tel(_ text: Substring) -> String {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        let number = decoded(trimmed(parts.first ?? ""))
        guard number.first != "+" else { return number }
        for part in parts.dropFirst() {
            guard let context = without(["phone-context="], part), context.first == "+" else { continue }
            return decoded(context) + number
        }
        return number
    }

    /// The text after one of the prefixes, compared without case; nil when none matches.
    private static func without(_ prefixes: [String], _ text: Substring) -> Substring? {
        for prefix in prefixes {
            let start = text.utf8.prefix(prefix.utf8.count)
            guard start.count == prefix.utf8.count else { continue }
            let isSame = zip(start, prefix.utf8).allSatisfy { $0 == $1 || ($0 >= 65 && $0 <= 90 && $0 | 0x20 == $1) }
            if isSame { return trimmed(text[start.endIndex...]) }
        }
        return nil
    }

    /// Decodes percent-encoded bytes; an invalid escape stays as it is.
    private static func decoded(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = [], rest = Substring(text).utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(hex),
                let low = rest.dropFirst().first.flatMap(hex)
            {
                rest = rest.dropFirst(2)
                bytes.append(high << 4 | low)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hex(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46, 0x61...0x66: (byte | 0x20) - 0x57
        default: nil
        }
    }

    private static func unquoted(_ text: Substring) -> String? {
        var text = trimmed(text)
        if text.count >= 2, text.first == "\"", text.last == "\"" { text = trimmed(text.dropFirst().dropLast()) }
        return text.isEmpty ? nil : String(text)
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}

extension AddressText {
    /// The number in a URI, and any other text as it is: `sip:0312345678@pbx.example` and `0312345678` are one line.
    static func line(_ raw: String) -> String {
        guard raw.utf8.contains(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "<") }) else { return raw }
        let address = AddressText(raw)
        return address.isWrapped && !address.user.isEmpty ? address.user : raw
    }
}
