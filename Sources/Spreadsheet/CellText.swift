import CallCenter
import Glibc

/// What a cell's value is as text.
enum CellText {
    /// A number as somebody sees it: without an exponent where it is whole, with the 15 digits that a spreadsheet
    /// keeps.
    static func number(_ raw: String) -> String {
        if raw.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return raw }
        guard let value = Double(raw), value.isFinite else { return raw }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return withVaList([value]) { arguments in
            var out = [CChar](repeating: 0, count: 40)
            vsnprintf(&out, out.count, "%.15g", arguments)
            return String(decoding: out.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// A date or time, which a cell has as days since the workbook's day 0: `2026-11-26`, `2026-11-26 14:03`, `14:03`.
    static func moment(_ raw: String, countsFrom1904: Bool) -> String {
        // Up to the year 9999; a negative one is no date.
        guard let value = Double(raw), value.isFinite, value >= 0, value < 2_958_466 else { return number(raw) }
        // To the second: a fraction of a day is seldom exact.
        let seconds = Int((value * 86_400).rounded()), days = seconds / 86_400, rest = seconds % 86_400
        let time = clock(rest)
        guard days > 0 else { return time }
        let zero = CivilDate.days(year: 1899, month: 12, day: countsFrom1904 ? 30 + 1_462 : 30)
        // Day 60 of the other count is a 29th of February that was none, so days before it are one later.
        let shift = !countsFrom1904 && days < 60 ? 1 : 0
        let date = CivilDate(days: zero + days + shift).text
        return rest == 0 ? date : "\(date) \(time)"
    }

    private static func clock(_ seconds: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = "\(two(seconds / 3_600)):\(two(seconds / 60 % 60))"
        return seconds % 60 == 0 ? minutes : "\(minutes):\(two(seconds % 60))"
    }

    /// The column of a reference such as `BC12`, from 0; nil when it is none.
    static func column(_ reference: String) -> Int? {
        var column = 0, letters = 0
        for byte in reference.utf8 {
            switch byte {
            case 0x41...0x5A: column = column * 26 + Int(byte - 0x40)
            case 0x61...0x7A: column = column * 26 + Int(byte - 0x60)
            case 0x30...0x39: return letters > 0 ? column - 1 : nil
            default: return nil
            }
            letters += 1
            guard letters <= 3 else { return nil }
        }
        return nil
    }

    /// Characters that XML cannot have are written `_x000D_` in a workbook (ECMA-376, 22.9.2.19).
    static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "_")), text.contains("_x") else { return text }
        var out = "", rest = text[...]
        while let at = rest.firstRange(of: "_x") {
            out += rest[..<at.lowerBound]
            let digits = rest[at.upperBound...].prefix(4), after = rest[at.upperBound...].dropFirst(4)
            if digits.count == 4, after.first == "_", let code = UInt32(digits, radix: 16),
                let scalar = Unicode.Scalar(code)
            {
                out.unicodeScalars.append(scalar)
                rest = after.dropFirst()
            } else {
                out += "_x"
                rest = rest[at.upperBound...]
            }
        }
        return out + rest
    }
}
