/// What a template can be filled in with. A closed set: a misspelt field is refused when the template is saved, and not
/// seen by a customer.
public enum TemplateField: String, Equatable, Sendable, CaseIterable {
    /// The customer's name.
    case customerName = "customer.name"
    /// The reading of the name.
    case customerKana = "customer.kana"
    /// The customer's company.
    case customerCompany = "customer.company"
    /// The customer's first mail address.
    case customerEmail = "customer.email"
    /// The customer's first telephone number, as people write it.
    case customerPhone = "customer.phone"
    /// The customer's postal address.
    case customerAddress = "customer.address"
    /// The id that the centre's CRM has for the customer.
    case customerID = "customer.external_id"
    /// The number of the operator who fills it in.
    case operatorNumber = "operator.number"
    /// The name of the operator who fills it in.
    case operatorName = "operator.name"
    /// The id of a customer's open case.
    case caseNumber = "case.number"
    /// What that is about.
    case caseTitle = "case.title"
    /// The phase that it is in.
    case casePhase = "case.phase"
    /// What is to be done next in it.
    case caseNextStep = "case.next_step"
    /// By when it is to be done.
    case caseDue = "case.due"
    /// The caller's number, as people write it.
    case callFrom = "call.from"
    /// The queue that the call is in or came from.
    case callQueue = "call.queue"
    /// The number that was called.
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

    /// Takes a text apart. Any text can be; `unknownField` says whether it may be saved.
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
