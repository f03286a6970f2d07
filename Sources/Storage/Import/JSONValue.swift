import Foundation

/// A value of JSON, whatever it is.
public enum JSONValue: Codable, Equatable, Sendable {
    /// `null`.
    case null
    /// A string.
    case text(String)
    /// Exactly as it was written, up to 38 digits.
    case number(Decimal)
    /// `true` or `false`.
    case flag(Bool)
    /// An array.
    case list([JSONValue])
    /// Values by their names; of a name that is there twice, one.
    case object([String: JSONValue])

    public init(from decoder: any Decoder) throws {
        let one = try decoder.singleValueContainer()
        if one.decodeNil() {
            self = .null
        } else if let text = try? one.decode(String.self) {
            self = .text(text)
        } else if let flag = try? one.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? one.decode(Decimal.self) {
            self = .number(number)
        } else if let list = try? one.decode([JSONValue].self) {
            self = .list(list)
        } else {
            self = .object(try one.decode([String: JSONValue].self))
        }
    }

    /// A number that is not whole becomes a text, so that no reader makes a floating-point number of it.
    public func encode(to encoder: any Encoder) throws {
        var out = encoder.singleValueContainer()
        switch self {
        case .null: try out.encodeNil()
        case .text(let text): try out.encode(text)
        case .number(let number):
            if let whole = Int64(number.description) { try out.encode(whole) } else {
                try out.encode(number.description)
            }
        case .flag(let flag): try out.encode(flag)
        case .list(let list): try out.encode(list)
        case .object(let object): try out.encode(object)
        }
    }

    /// As a cell has it; nil for what is no single value.
    var text: String? {
        switch self {
        case .text(let text): text
        case .flag(let flag): flag ? "true" : "false"
        case .number(let number): number.description
        case .null: ""
        case .list, .object: nil
        }
    }

    subscript(name: String) -> JSONValue? { if case .object(let all) = self { all[name] } else { nil } }
}
