/// JSON as FreeSWITCH writes it: well formed, on one line, with keys that may come twice, and with the bytes of callers
/// in it, so that it need not be UTF-8. Bytes that are no UTF-8 become U+FFFD.
enum SwitchJSON {
    case text(String)
    /// As it was written.
    case number(String)
    case list([SwitchJSON])
    case object([String: SwitchJSON])
    /// true, false or null.
    case word

    /// Deeper text is refused: FreeSWITCH writes an object of texts and lists of texts, its lists one level more.
    private static let depthMax = 6

    /// - Returns: nil for text that is not JSON.
    static func read(_ bytes: some Collection<UInt8>) -> SwitchJSON? {
        let read: SwitchJSON?? = bytes.withContiguousStorageIfAvailable { whole($0) }
        return read ?? Array(bytes).withUnsafeBufferPointer { whole($0) }
    }

    private static func whole(_ bytes: UnsafeBufferPointer<UInt8>) -> SwitchJSON? {
        var reader = Reader(bytes: bytes)
        guard let value = reader.value(depth: depthMax) else { return nil }
        reader.skipSpace()
        return reader.at == bytes.count ? value : nil
    }

    var text: String? {
        switch self {
        case .text(let text), .number(let text): text
        // Of a value that was set several times, all of them count as one text.
        case .list(let list): list.compactMap(\.text).joined(separator: "\n")
        case .object, .word: nil
        }
    }

    subscript(_ key: String) -> SwitchJSON? { if case .object(let fields) = self { fields[key] } else { nil } }

    private struct Reader {
        let bytes: UnsafeBufferPointer<UInt8>
        var at = 0

        var here: UInt8 { at < bytes.count ? bytes[at] : 0 }

        mutating func skipSpace() {
            while at < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[at]) { at += 1 }
        }

        mutating func step(over byte: UInt8) -> Bool {
            skipSpace()
            guard at < bytes.count, bytes[at] == byte else { return false }
            at += 1
            return true
        }

        mutating func value(depth: Int) -> SwitchJSON? {
            skipSpace()
            guard depth > 0 else { return nil }
            switch here {
            case UInt8(ascii: "\""): return string().map(SwitchJSON.text)
            case UInt8(ascii: "{"): return object(depth: depth)
            case UInt8(ascii: "["): return list(depth: depth)
            default: return plain()
            }
        }

        private mutating func object(depth: Int) -> SwitchJSON? {
            at += 1
            var fields: [String: SwitchJSON] = [:]
            if step(over: UInt8(ascii: "}")) { return .object(fields) }
            repeat {
                skipSpace()
                guard here == UInt8(ascii: "\""), let key = string(), step(over: UInt8(ascii: ":")),
                    let value = value(depth: depth - 1)
                else { return nil }
                fields[key] = value
            } while step(over: UInt8(ascii: ","))
            return step(over: UInt8(ascii: "}")) ? .object(fields) : nil
        }

        private mutating func list(depth: Int) -> SwitchJSON? {
            at += 1
            var values: [SwitchJSON] = []
            if step(over: UInt8(ascii: "]")) { return .list(values) }
            repeat {
                guard let value = value(depth: depth - 1) else { return nil }
                values.append(value)
            } while step(over: UInt8(ascii: ","))
            return step(over: UInt8(ascii: "]")) ? .list(values) : nil
        }

        private mutating func plain() -> SwitchJSON? {
            let start = at
            while at < bytes.count, !",]} \t\r\n".utf8.contains(bytes[at]) { at += 1 }
            let text = String(decoding: bytes[start..<at], as: UTF8.self)
            if ["true", "false", "null"].contains(text) { return .word }
            return Double(text) == nil ? nil : .number(text)
        }

        private mutating func string() -> String? {
            at += 1
            let start = at
            while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\") { at += 1 }
            guard at < bytes.count else { return nil }
            if bytes[at] == UInt8(ascii: "\"") {
                defer { at += 1 }
                return String(decoding: bytes[start..<at], as: UTF8.self)
            }
            var plain = Array(bytes[start..<at])
            while at < bytes.count {
                let byte = bytes[at]
                at += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: plain, as: UTF8.self) }
                if byte != UInt8(ascii: "\\") {
                    plain.append(byte)
                } else if !unescape(into: &plain) {
                    return nil
                }
            }
            return nil
        }

        private mutating func unescape(into plain: inout [UInt8]) -> Bool {
            guard at < bytes.count else { return false }
            let byte = bytes[at]
            at += 1
            switch byte {
            case UInt8(ascii: "n"): plain.append(0x0A)
            case UInt8(ascii: "r"): plain.append(0x0D)
            case UInt8(ascii: "t"): plain.append(0x09)
            case UInt8(ascii: "b"): plain.append(0x08)
            case UInt8(ascii: "f"): plain.append(0x0C)
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain.append(byte)
            case UInt8(ascii: "u"):
                guard var code = hex() else { return false }
                if (0xD800..<0xDC00).contains(code), at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
                    bytes[at + 1] == UInt8(ascii: "u")
                {
                    at += 2
                    guard let low = hex() else { return false }
                    code = (0xDC00..<0xE000).contains(low) ? 0x10000 + (code - 0xD800) << 10 + low - 0xDC00 : 0xFFFD
                }
                plain += Array(String(Character(Unicode.Scalar(code) ?? "\u{FFFD}")).utf8)
            default: return false
            }
            return true
        }

        private mutating func hex() -> UInt32? {
            guard at + 4 <= bytes.count else { return nil }
            defer { at += 4 }
            return UInt32(String(decoding: bytes[at..<(at + 4)], as: UTF8.self), radix: 16)
        }
    }
}
