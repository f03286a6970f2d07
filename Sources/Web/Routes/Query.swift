import CallCenter
import EventWire
import Foundation
import Hummingbird
import HummingbirdCore

/// Parses query parameters. Throws `Problem` 400 for a value that cannot be parsed.
struct Query {
    private let parameters: FlatDictionary<Substring, Substring>

    init(_ request: Request) { parameters = request.uri.queryParameters }

    /// nil when it is absent or empty.
    func text(_ name: String) -> String? { parameters.get(name).flatMap { $0.isEmpty ? nil : String($0) } }

    func time(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = text(name) else { return nil }
        // A plus sign in a query is a space by the rules of forms.
        var plain = text.replacing(" ", with: "+")
        guard let time = plain.withUTF8({ RFC3339.timestamp(UnsafeRawBufferPointer($0)) }) else {
            throw .bad("\(name) is no time; write it as 2026-11-20T09:00:00Z.")
        }
        return time
    }

    func number(_ name: String, in range: Bounded) throws(Problem) -> Int64? {
        guard let text = text(name) else { return nil }
        guard let number = Int64(text) else { throw .bad("\(name) is no whole number.") }
        return try range.checked(number, name)
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        switch text(name) {
        case nil, "false", "0": false
        case "true", "1": true
        default: throw .bad("\(name) is true or false.")
        }
    }

    /// The language that the asker wants answered in; nil when it is not said.
    var language: Language? {
        get throws(Problem) {
            guard let text = text("lang") else { return nil }
            guard let language = Language(rawValue: text) else {
                throw .bad("lang is \(Language.allCases.map(\.rawValue).joined(separator: " or ")).")
            }
            return language
        }
    }

    /// How many lines a list may have.
    func limit(default usual: Int, max: Int) throws(Problem) -> Int {
        try number("limit", in: Bounded(1...Int64(max))).map(Int.init) ?? usual
    }
}

extension RequestContext {
    /// A part of the path, as it was before it was percent-encoded.
    func segment(_ name: String) throws -> String {
        guard let text = try parameters.require(name).removingPercentEncoding else {
            throw Problem.bad("The path is not percent-encoded UTF-8.")
        }
        return text
    }
}
