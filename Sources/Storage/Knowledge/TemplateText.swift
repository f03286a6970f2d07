/// What a template can be filled in with. A closed set: a misspelt field is refused when the template is saved, and not
/// seen by a customer.
public enum TemplateField: String, Equatable, Sendable, CaseIterable {
    case customerName = "customer.name"
    case customerKana = "customer.kana"
    case customerCompany = "customer.company"
    case customerEmail = "customer.email"
    case customerPhone = "customer.phone"
    case customerAddress = "customer.address"
    case customerID = "customer.external_id"
    case operatorNumber = "operator.number"
    case operatorName = "operator.name"
    case caseNumber = "case.number"
    case caseTitle = "case.title"
    case casePhase = "case.phase"
    case caseNextStep = "case.next_step"
    case caseDue = "case.due"
    case callFrom = "call.from"
    case callQueue = "call.queue"
    case callLine = "call.line"
    /// Today, by the centre's calendar.
    case date
}

/// A text with fields in two braces: `{{customer.name}} 様`.
public struct TemplateText: Equatable, Sendable {
    /// Texts, and the names of fields.
    private enum Part: Equatable, Sendable {
        case text(Substring)
        case field(String)
    }
    private let parts: [Part]

    public init(_ text: String) {
        var parts: [Part] = [], rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            parts.append(.text(rest[..<open.lowerBound]))
            let name = rest[open.upperBound..<close.lowerBound]
            parts.append(.field(name.split(whereSeparator: \.isWhitespace).joined(separator: " ")))
            rest = rest[close.upperBound...]
        }
        parts.append(.text(rest))
        self.parts = parts
    }

    /// The first name in braces that is no field; nil when all are.
    public var unknownField: String? {
        for case .field(let name) in parts where TemplateField(rawValue: name) == nil { return name }
        return nil
    }

    /// The text with its fields filled in, and those that have no value here: nothing stands in their place.
    public func filled(_ values: [TemplateField: String]) -> (text: String, missing: [TemplateField]) {
        var text = "", missing: [TemplateField] = []
        for part in parts {
            switch part {
            case .text(let piece): text += piece
            case .field(let name):
                guard let field = TemplateField(rawValue: name) else { continue }
                if let value = values[field], !value.isEmpty {
                    text += value
                } else if !missing.contains(field) {
                    missing.append(field)
                }
            }
        }
        return (text, missing)
    }
}
