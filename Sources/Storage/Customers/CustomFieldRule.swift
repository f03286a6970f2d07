import CallCenter

/// What a field of the centre's own may hold. Every value is kept as a text, in one spelling for each.
public struct CustomFieldRule: Equatable, Sendable {
    /// What a value may be.
    public enum Kind: Equatable, Sendable {
        /// Any text.
        case text
        /// A decimal: `12.5`.
        case number
        /// A day: `2026-11-26`.
        case date
        /// One of these texts, as they are written here.
        case choice([String])
        /// `true` or `false`.
        case yesNo
    }

    /// Its column.
    public var name: String
    /// What a value may be.
    var kind: Kind
    /// A regular expression for the whole text; nil for any text.
    public var format: String?
    /// Whether every record has to have a value.
    var isRequired: Bool

    /// Copies its arguments.
    public init(name: String, kind: Kind = .text, format: String? = nil, isRequired: Bool = false) {
        self.name = name
        self.kind = kind
        self.format = format
        self.isRequired = isRequired
    }
}

/// Reads values by their rules; for one import or one request.
public struct CustomFieldReader {
    private let fields: [String: (rule: CustomFieldRule, format: Regex<AnyRegexOutput>?)]

    /// An expression that cannot be read refuses nothing: the settings refuse it before.
    public init(_ rules: [CustomFieldRule]) {
        fields = Dictionary(
            rules.map { rule in (rule.name, (rule, rule.format.flatMap { try? Regex($0) })) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Why a value is refused: what to write instead.
    public struct Refused: Error, Equatable {
        /// What to write instead, in a part of a sentence.
        public var advice: String
    }

    /// The names of the fields that have to be there and are not.
    public func missing(in values: [String: String]) -> [String] {
        fields.values.map(\.rule).filter { $0.isRequired && values[$0.name, default: ""].isEmpty }.map(\.name).sorted()
    }

    /// A value in the spelling in which it is kept. An empty one is none, and one of an unknown field stays as it is.
    public func read(_ text: String, _ name: String) throws(Refused) -> String {
        guard !text.isEmpty, let (rule, format) = fields[name] else { return text }
        switch rule.kind {
        case .text:
            guard let format else { return text }
            guard (try? format.wholeMatch(in: text)) != nil else {
                throw Refused(advice: "it has the format \(rule.format ?? "")")
            }
            return text
        case .number:
            guard let number = ExactDecimal(text) else {
                throw Refused(advice: "write a number such as 12 or 12.5, of at most \(ExactDecimal.digitsMax) digits")
            }
            return number.text
        case .date:
            guard let date = CustomFieldReader.date(text) else {
                throw Refused(advice: "write a day such as 2026-11-26")
            }
            return date.text
        case .choice(let choices):
            guard choices.contains(text) else {
                throw Refused(advice: "write one of \(choices.joined(separator: ", "))")
            }
            return text
        case .yesNo:
            switch text.lowercased() {
            case "true", "yes", "1", "はい", "○": return "true"
            case "false", "no", "0", "いいえ", "×": return "false"
            default: throw Refused(advice: "write true or false")
            }
        }
    }

    /// `2026-11-26`, and as spreadsheets of the region write it: `2026/11/26`, `2026/1/5`.
    private static func date(_ text: String) -> CivilDate? {
        let separator: Character = text.contains("/") ? "/" : "-"
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts.allSatisfy({ $0.utf8.allSatisfy { 48...57 ~= $0 } }),
            separator == "/" || parts[1].utf8.count == 2 && parts[2].utf8.count == 2,
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), year > 0,
            (1...12).contains(month), (1...CivilDate.length(ofMonth: month, in: year)).contains(day)
        else { return nil }
        return CivilDate(days: CivilDate.days(year: year, month: month, day: day))
    }
}
