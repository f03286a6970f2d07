import Foundation

/// What a request says, whatever it was written in: JSON, a form, a query, headers.
public indirect enum IntakeValue: Equatable, Sendable, Decodable {
    /// JSON's `null`: as if it were not there.
    case null
    /// A text; numbers and true and false as they are written.
    case text(String)
    /// In its order.
    case list([IntakeValue])
    /// By name.
    case object([String: IntakeValue])

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    public init(from decoder: any Decoder) throws {
        if let members = try? decoder.container(keyedBy: Name.self) {
            var object: [String: IntakeValue] = [:]
            for key in members.allKeys { object[key.stringValue] = try members.decode(IntakeValue.self, forKey: key) }
            self = .object(object)
        } else if var elements = try? decoder.unkeyedContainer() {
            var list: [IntakeValue] = []
            while !elements.isAtEnd { list.append(try elements.decode(IntakeValue.self)) }
            self = .list(list)
        } else {
            let one = try decoder.singleValueContainer()
            if one.decodeNil() {
                self = .null
            } else if let text = try? one.decode(String.self) {
                self = .text(text)
            } else if let flag = try? one.decode(Bool.self) {
                self = .text(String(flag))
            } else if let whole = try? one.decode(Int64.self) {
                self = .text(String(whole))
            } else {
                self = .text(try one.decode(Decimal.self).description)
            }
        }
    }

    /// Parses JSON; nil for bytes that are none.
    public init?(json bytes: some Collection<UInt8>) {
        guard let value = try? JSONDecoder().decode(IntakeValue.self, from: Data(bytes)) else { return nil }
        self = value
    }

    /// A form or a query: a name that is there several times has a list.
    init(form text: String) {
        var object: [String: IntakeValue] = [:]
        for pair in text.split(separator: "&").prefix(IntakeLimits.fieldsMax) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = IntakeValue.decoded(parts[0]), value = IntakeValue.decoded(parts.count > 1 ? parts[1] : "")
            switch object[name] {
            case nil: object[name] = .text(value)
            case .list(let list): object[name] = .list(list + [.text(value)])
            case let before?: object[name] = .list([before, .text(value)])
            }
        }
        self = .object(object)
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return String(spaced).removingPercentEncoding ?? String(spaced)
    }

    /// What is at a path; nil where there is nothing. A text that is JSON is entered as what it says, as some senders
    /// put JSON into a text.
    public func at(_ path: [String]) -> IntakeValue? { at(path[...]) }

    private func at(_ path: ArraySlice<String>) -> IntakeValue? {
        guard let first = path.first else { return self }
        let rest = path.dropFirst()
        switch self {
        case .object(let members): return members[first]?.at(rest)
        case .list(let elements):
            // Of a list without a number, the first element that has it.
            guard let number = Int(first) else { return elements.lazy.compactMap { $0.at(path) }.first }
            return elements.indices.contains(number) ? elements[number].at(rest) : nil
        case .text(let text):
            let isJSON = text.hasPrefix("{") || text.hasPrefix("[")
            guard isJSON, let inner = IntakeValue(json: Array(text.utf8)) else { return nil }
            return inner.at(path)
        case .null: return nil
        }
    }

    /// As one text; nil for what is none, and for an empty one.
    public var plain: String? {
        switch self {
        case .text(let text): text.isEmpty ? nil : text
        case .list(let elements): elements.lazy.compactMap(\.plain).first
        case .object, .null: nil
        }
    }

    /// The first paths of texts, in alphabetical order, for a message that says what there is.
    func paths(_ above: String = "", into found: inout [String]) {
        guard found.count < IntakeLimits.shownMax, above.utf8.count < 200 else { return }
        switch self {
        case .object(let members):
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                value.paths(above.isEmpty ? name : "\(above).\(name)", into: &found)
            }
        case .list(let elements):
            if let first = elements.first { first.paths(above, into: &found) } else { found.append(above) }
        case .text, .null: found.append(above)
        }
    }
}

/// Bounds of what is read of a request.
public enum IntakeLimits {
    /// Bytes of a body.
    public static let bytesMax = 1 << 20
    /// Fields of a form.
    static let fieldsMax = 1_000
    /// Elements of a list that are mapped; a sender with more sends several requests.
    static let elementsMax = 500
    /// Fields that a message names.
    static let shownMax = 40
}
