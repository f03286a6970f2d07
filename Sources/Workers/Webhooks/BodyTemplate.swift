import Foundation

/// The body of a webhook's requests: a text with places for values of the event, such as `{call}` or
/// `{record.name}`.
///
/// In JSON a place inside a text gets the value as a part of that text, and one outside of a text gets it as JSON, null
/// where the event has none. In a form it is percent-encoded; in any other text it stands as it is.
struct BodyTemplate: Equatable, Sendable {
    private enum Part: Equatable {
        case text(String)
        /// - `isInText`: inside of a JSON text.
        case value(path: [String], isInText: Bool)
    }

    /// How values are written.
    enum Form: Equatable {
        case json, form, text

        init(contentType: String) {
            let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
            if type == "application/json" || type.hasSuffix("+json") {
                self = .json
            } else if type == "application/x-www-form-urlencoded" {
                self = .form
            } else {
                self = .text
            }
        }
    }

    private var parts: [Part] = []
    private let form: Form

    /// - Throws: `TemplateProblem` for a body that could not be JSON.
    init(_ template: String, contentType: String) throws(TemplateProblem) {
        form = Form(contentType: contentType)
        var text = "", isInText = false, rest = Substring(template)
        while let next = rest.first {
            if next == "{", let path = BodyTemplate.path(rest) {
                if !text.isEmpty { parts.append(.text(text)) }
                text = ""
                parts.append(.value(path: path.parts, isInText: isInText))
                rest = path.rest
                continue
            }
            text.append(rest.removeFirst())
            guard form == .json else { continue }
            if next == "\\", isInText, !rest.isEmpty { text.append(rest.removeFirst()) }
            if next == "\"" { isInText.toggle() }
        }
        if !text.isEmpty { parts.append(.text(text)) }
        guard form == .json else { return }
        let tried = Data(body([:]))
        guard (try? JSONSerialization.jsonObject(with: tried, options: .fragmentsAllowed)) != nil else {
            throw TemplateProblem("it is no JSON where each place in braces has a value")
        }
    }

    /// What begins a text: a name in braces, or several with dots between.
    private static func path(_ text: Substring) -> (parts: [String], rest: Substring)? {
        guard let end = text.firstIndex(of: "}") else { return nil }
        let name = text[text.index(after: text.startIndex)..<end]
        let isName = name.utf8.allSatisfy { byte in
            (byte >= 97 && byte <= 122) || (byte >= 48 && byte <= 57) || byte == 95 || byte == 46
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard isName, !parts.contains("") else { return nil }
        return (parts, text[text.index(after: end)...])
    }

    /// The first names of the places.
    var names: Set<String> {
        Set(parts.compactMap { if case .value(let path, _) = $0 { path.first } else { nil } })
    }

    func body(_ event: [String: Any]) -> [UInt8] {
        var out = ""
        for part in parts {
            switch part {
            case .text(let text): out += text
            case .value(let path, let isInText): out += written(BodyTemplate.value(path, in: event), isInText)
            }
        }
        return Array(out.utf8)
    }

    private static func value(_ path: [String], in event: [String: Any]) -> Any? {
        var value: Any? = event
        for name in path { value = (value as? [String: Any])?[name] }
        return value is NSNull ? nil : value
    }

    private func written(_ value: Any?, _ isInText: Bool) -> String {
        switch form {
        case .json where isInText: value.map { BodyTemplate.inText(BodyTemplate.text($0)) } ?? ""
        case .json: value.map(BodyTemplate.json) ?? "null"
        case .form: value.map { BodyTemplate.encoded(BodyTemplate.text($0)) } ?? ""
        case .text: value.map(BodyTemplate.text) ?? ""
        }
    }

    /// A text as it is, anything else as JSON.
    private static func text(_ value: Any) -> String { value as? String ?? json(value) }

    /// A text as a part of a JSON text: escaped, without quotes.
    private static func inText(_ text: String) -> String { String(json(text).dropFirst().dropLast()) }

    private static func json(_ value: Any) -> String {
        let options: JSONSerialization.WritingOptions = [.fragmentsAllowed, .withoutEscapingSlashes, .sortedKeys]
        let data = try? JSONSerialization.data(withJSONObject: value, options: options)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }
}

/// What is wrong with a template, in a part of a sentence.
struct TemplateProblem: Error, Equatable, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
