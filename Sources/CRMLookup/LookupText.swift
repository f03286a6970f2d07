import Foundation
import Intake

/// A part of a request with places for values: `{number}`, `{national}`, `{values.app}`, `{secret}`, `{found.id}`.
///
/// What is filled in is written as its surroundings demand: percent-encoded in an address, escaped in JSON, without
/// control characters in a header. So neither a caller nor a CRM's answer can add anything to a request.
public struct LookupText: Equatable, Sendable {
    enum Form: Equatable, Sendable {
        case address, json, form, header
        /// The filter of a directory (RFC 4515).
        case filter
        /// A statement, whose values are sent beside it.
        case statement

        /// The form of a body, by its type.
        init(contentType: String) {
            let type = contentType.prefix { $0 != ";" }.lowercased()
            self =
                type == "application/x-www-form-urlencoded" ? .form : type.hasSuffix("json") ? .json : .header
        }
    }

    enum Place: Equatable, Sendable {
        /// The number in the notation that is tried.
        case number
        case notation(NumberNotation)
        case value(String)
        case secret
        case found(LookupPath)
    }

    enum Part: Equatable, Sendable {
        case text(String)
        /// - `isInText`: inside a JSON text. - `isBehindPath`: behind the path of an address.
        case place(Place, isInText: Bool, isBehindPath: Bool)
    }

    let parts: [Part]
    let form: Form
    /// As it was written.
    let text: String

    /// - Throws: `LookupWrong` for a place that nothing fills.
    init(_ text: String, _ form: Form) throws(LookupWrong) {
        self.text = text
        self.form = form
        var parts: [Part] = [], plain = "", rest = text[...], isInText = false, isBehindPath = false
        while let next = rest.first {
            if next == "{", let end = rest.firstIndex(of: "}") {
                let name = rest[rest.index(after: rest.startIndex)..<end]
                if let place = try LookupText.place(String(name), form) {
                    if !plain.isEmpty { parts.append(.text(plain)) }
                    plain = ""
                    parts.append(.place(place, isInText: isInText, isBehindPath: isBehindPath))
                    rest = rest[rest.index(after: end)...]
                    continue
                }
            }
            plain.append(rest.removeFirst())
            if next == "?" { isBehindPath = true }
            guard form == .json else { continue }
            if next == "\\", isInText, !rest.isEmpty { plain.append(rest.removeFirst()) }
            if next == "\"" { isInText.toggle() }
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
        if form == .address { try checkHost() }
    }

    /// The place that a name in braces stands for; nil for what only looks like one, as an object of JSON does.
    private static func place(_ name: String, _ form: Form) throws(LookupWrong) -> Place? {
        if name == "number" { return .number }
        if name == "secret" { return .secret }
        if let notation = NumberNotation(rawValue: name) { return .notation(notation) }
        if name.hasPrefix("values."), isName(name.dropFirst(7)) { return .value(String(name.dropFirst(7))) }
        if name.hasPrefix("found.") { return .found(try LookupPath(String(name.dropFirst(6)))) }
        guard isName(name[...]) || form != .json else { return nil }
        let known = ["number", "secret"] + NumberNotation.allCases.map(\.rawValue) + ["values.NAME", "found.PATH"]
        throw LookupWrong("there is no {\(name.prefix(40))}; there are \(known.joined(separator: ", "))")
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { ($0 | 0x20 >= 97 && $0 | 0x20 <= 122) || ($0 >= 48 && $0 <= 57) || $0 == 95 }
    }

    /// Only what the administrator wrote decides which machine is asked.
    private func checkHost() throws(LookupWrong) {
        for part in parts {
            switch part {
            case .text(let text):
                let behind = text.firstRange(of: "://").map { text[$0.upperBound...] } ?? text[...]
                if behind.contains("/") || behind.contains("?") { return }
            case .place(.value, _, _): continue
            case .place:
                throw LookupWrong("\"\(text)\" has a place before the path; write the machine's name there")
            }
        }
    }

    /// The names of `values` that it uses.
    var valueNames: [String] {
        parts.compactMap { if case .place(.value(let name), _, _) = $0 { name } else { nil } }
    }
    var usesNumber: Bool {
        parts.contains { if case .place(.number, _, _) = $0 { true } else { false } }
    }

    /// The text with what is known; nil where a place has no value.
    func filled(_ facts: LookupFacts) -> String? {
        var out = ""
        for part in parts {
            switch part {
            case .text(let text): out += form == .address ? LookupText.address(text) : text
            case .place(let place, let isInText, let isBehindPath):
                guard let value = facts.value(place) else { return nil }
                out += written(value, place, isInText: isInText, isBehindPath: isBehindPath)
            }
        }
        return out
    }

    private func written(_ value: String, _ place: Place, isInText: Bool, isBehindPath: Bool) -> String {
        switch form {
        case .address:
            // The administrator's own values are parts of the address until its path ends.
            if case .value = place, !isBehindPath { return LookupText.address(value) }
            return LookupText.encoded(value)
        case .form: return LookupText.encoded(value)
        case .json:
            if isInText { return String(LookupText.json(value).dropFirst().dropLast()) }
            let isWhole = value.utf8.count <= 15 && !value.isEmpty && (value == "0" || value.first != "0")
                && value.utf8.allSatisfy { (48...57).contains($0) }
            return isWhole ? value : LookupText.json(value)
        case .filter: return LookupText.filterValue(value)
        // Its values are not written into it: `LookupStatement`.
        case .statement: return ""
        case .header:
            var plain = String.UnicodeScalarView()
            for scalar in value.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
                plain.append(scalar)
            }
            return String(plain)
        }
    }

    /// A value of a filter: `*`, brackets, the backslash and NUL would be read as its syntax (RFC 4515, 3).
    public static func filterValue(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "*": out += "\\2a"
            case "(": out += "\\28"
            case ")": out += "\\29"
            case "\\": out += "\\5c"
            case "\0": out += "\\00"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    private static let ofAddresses = unreserved.union(CharacterSet(charactersIn: ":/?#@!$&'()*+,;=%"))
    /// With the brackets of a machine that is named by its number.
    private static let ofHosts = ofAddresses.union(CharacterSet(charactersIn: "[]"))

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// What an administrator wrote, with spaces, quotes and letters of other scripts encoded.
    private static func address(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: text.contains("://[") ? ofHosts : ofAddresses) ?? ""
    }

    private static func json(_ text: String) -> String {
        let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .withoutEscapingSlashes]
        let data = try? JSONSerialization.data(withJSONObject: text, options: options)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

/// What a request is filled from.
public struct LookupFacts: Sendable {
    /// The caller's, in all notations.
    public var number: LookupNumber
    /// The notation that is tried.
    public var notation: NumberNotation
    /// The configuration's own values.
    public var values: [String: String]
    /// What the file of the plan has; nil without one: a place for it cannot be filled.
    public var secret: String?
    /// The record that the request before has found.
    public var found: IntakeValue?

    /// Copies its values.
    public init(
        number: LookupNumber, notation: NumberNotation, values: [String: String], secret: String? = nil,
        found: IntakeValue? = nil
    ) {
        self.number = number
        self.notation = notation
        self.values = values
        self.secret = secret
        self.found = found
    }

    func value(_ place: LookupText.Place) -> String? {
        switch place {
        case .number: number.text(notation)
        // A request that has all notations in it has the same one twice for a number of another country.
        case .notation(let one): number.text(one) ?? number.e164
        case .value(let name): values[name]
        case .secret: secret
        case .found(let path): found.flatMap { path.text(in: $0) }
        }
    }
}
