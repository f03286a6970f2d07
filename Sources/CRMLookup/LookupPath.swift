import Intake

/// Where a value is in an answer: names with dots between, `company.name`; a number is a place in a list, a name with a
/// dot in it stands in quotes, and `??` is between paths of which the first that has a value counts.
struct LookupPath: Equatable, Sendable {
    let alternatives: [[String]]
    /// As it was written.
    let text: String

    /// - Throws: `LookupWrong` for an empty name and a quote without its end.
    init(_ text: String) throws(LookupWrong) {
        self.text = text
        var all: [[String]] = []
        for one in text.split(separator: "??" as String, omittingEmptySubsequences: false) {
            all.append(try LookupPath.names(one.drop { $0 == " " }, text))
        }
        alternatives = all
    }

    private static func names(_ text: Substring, _ whole: String) throws(LookupWrong) -> [String] {
        var names: [String] = [], name = "", isQuoted = false, wasQuoted = false
        var rest = text
        while rest.last == " " { rest.removeLast() }
        for character in rest {
            if character == "\"" {
                isQuoted.toggle()
                wasQuoted = true
            } else if character == ".", !isQuoted {
                guard !name.isEmpty else { throw LookupWrong("\"\(whole)\" has a dot with no name before it") }
                names.append(name)
                (name, wasQuoted) = ("", false)
            } else {
                name.append(character)
            }
        }
        guard !isQuoted else { throw LookupWrong("\"\(whole)\" has a quote without its end") }
        guard !name.isEmpty || wasQuoted else {
            throw LookupWrong("\"\(whole)\" names nothing; write a path such as company.name")
        }
        return names + [name]
    }

    /// The first value that is there.
    func value(in answer: IntakeValue) -> IntakeValue? {
        for path in alternatives {
            if let found = answer.at(path), found != .null { return found }
        }
        return nil
    }

    /// The first value as a text for people: one line, and not longer than `lengthMax`.
    func text(in answer: IntakeValue) -> String? {
        for path in alternatives {
            if let text = answer.at(path).flatMap(LookupPath.shown), !text.isEmpty { return text }
        }
        return nil
    }

    /// Characters of a value.
    static let lengthMax = 300
    /// Elements of a list that are shown.
    private static let elementsMax = 8

    private static func shown(_ value: IntakeValue) -> String? {
        switch value {
        case .text(let text): clean(text)
        case .list(let elements):
            clean(elements.prefix(elementsMax).compactMap { $0.plain }.joined(separator: ", "))
        case .object, .null: nil
        }
    }

    /// A CRM's texts are written by anybody: nothing that moves a cursor or ends a line is shown.
    private static func clean(_ text: String) -> String {
        var result = "", isSpace = true
        for scalar in text.unicodeScalars {
            let isBlank: Bool
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate: isBlank = true
            default: isBlank = false
            }
            if isBlank, scalar != "\u{3000}" {
                if !isSpace { result.append(" ") }
                isSpace = true
            } else {
                result.unicodeScalars.append(scalar)
                isSpace = false
            }
        }
        while result.last == " " { result.removeLast() }
        return result.count > lengthMax ? String(result.prefix(lengthMax - 1)) + "…" : result
    }
}

/// What is wrong with a look-up's configuration, in a part of a sentence that says what to write.
public struct LookupWrong: Error, Equatable, Sendable, CustomStringConvertible {
    /// Stands behind the place in the file; without a capital and a full stop.
    public let description: String
    /// A sentence's part, with what to write instead.
    public init(_ description: String) { self.description = description }
}
