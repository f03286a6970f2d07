/// The ways in which a CRM may have a number written.
public enum NumberNotation: String, Equatable, Sendable, CaseIterable {
    /// `+819012345678`
    case e164
    /// `819012345678`
    case digits
    /// `09012345678`
    case national
    /// `090-1234-5678`
    case nationalHyphens = "national_hyphens"
    /// `+81 90-1234-5678`
    case international
}

/// A caller's number in all of its notations.
public struct LookupNumber: Equatable, Hashable, Sendable {
    /// `+819012345678`
    public let e164: String
    /// As people of its region write it: `090-1234-5678`.
    public let display: String

    /// - Returns: nil for what is no number in E.164.
    public init?(e164: String?, display: String) {
        guard let e164, e164.first == "+", (4...16).contains(e164.utf8.count),
            e164.utf8.dropFirst().allSatisfy(LookupNumber.isDigit)
        else { return nil }
        self.e164 = e164
        // Nothing but what numbers are written with comes into a request.
        let isPlain = display.utf8.allSatisfy { LookupNumber.isDigit($0) || "+-() ".utf8.contains($0) }
        self.display = isPlain ? display : ""
    }

    /// nil where the number has no such notation: a number of another country has no national one that a CRM of this
    /// country would have.
    public func text(_ notation: NumberNotation) -> String? {
        switch notation {
        case .e164: e164
        case .digits: String(e164.dropFirst())
        case .national: isNational ? String(decoding: display.utf8.filter(LookupNumber.isDigit), as: UTF8.self) : nil
        case .nationalHyphens:
            isNational ? display.replacing(" ", with: "-").replacing("(", with: "").replacing(")", with: "-") : nil
        case .international: international
        }
    }

    private var isNational: Bool { !display.isEmpty && !display.hasPrefix("+") }

    /// The country code before the national number without its trunk prefix.
    private var international: String? {
        if display.hasPrefix("+") { return display }
        let digits = display.utf8.filter(LookupNumber.isDigit)
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        guard !significant.isEmpty, e164.utf8.reversed().starts(with: significant.reversed()) else { return nil }
        let country = e164.utf8.dropLast(significant.count)
        guard country.count > 1 else { return nil }
        let rest = display.drop { $0 == "0" || $0 == "(" || $0 == " " || $0 == "-" }
        return String(decoding: country, as: UTF8.self) + " " + rest
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
