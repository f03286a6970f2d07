import Foundation

/// A text with fields of a request in it: `{from}`, `{caller.number ?? from}`, `{from | plus}`.
public struct IntakeTemplate: Equatable, Sendable {
    /// Why a text is no template, in a sentence that says what to write.
    public struct Wrong: Error, Equatable, Sendable, CustomStringConvertible {
        public var description: String
    }

    enum Part: Equatable, Sendable {
        case text(String)
        case field(Field)
    }

    struct Field: Equatable, Sendable {
        /// The first of them that the request has.
        var paths: [[String]]
        var filters: [Filter]
        /// As it was written.
        var text: String
    }

    enum Filter: Equatable, Sendable {
        /// `+` before digits that are a number with its country code.
        case plus
        /// What is before an @, without a scheme before it.
        case user
        case lower
        /// What is behind the last /.
        case last
        /// Seconds, and milliseconds, since 1970 as RFC 3339.
        case unix
        case unixMs
        /// A date and time without a zone, in the intake's.
        case local
        /// Words of the sender's and ours.
        case words([String: String])
    }

    let parts: [Part]
    /// As it was written.
    public let text: String

    /// Whether it is the same for every request.
    var isFixed: Bool {
        parts.allSatisfy { part in
            if case .text = part { return true }
            return false
        }
    }

    /// Parses the text. Throws what is wrong with a field or a filter, and what to write.
    public init(_ text: String) throws(Wrong) {
        var parts: [Part] = [], plain = "", rest = text[...]
        while let one = rest.first {
            if rest.hasPrefix("{{") || rest.hasPrefix("}}") {
                plain.append(one)
                rest = rest.dropFirst(2)
            } else if one == "{" {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Wrong(description: "the { in \"\(text)\" has no }; write {field}, or {{ for the character")
                }
                if !plain.isEmpty { parts.append(.text(plain)) }
                plain = ""
                parts.append(.field(try IntakeTemplate.field(String(rest[rest.index(after: rest.startIndex)..<end]))))
                rest = rest[rest.index(after: end)...]
            } else {
                plain.append(one)
                rest = rest.dropFirst()
            }
        }
        if !plain.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
        self.text = text
    }

    private static func field(_ text: String) throws(Wrong) -> Field {
        var pieces = text.split(separator: "|", omittingEmptySubsequences: false).map(trimmed)
        let names = pieces.removeFirst()
        var paths: [[String]] = []
        for name in names.replacing("??", with: "\u{1}").split(
            separator: "\u{1}", omittingEmptySubsequences: false
        ).map(trimmed) {
            let path = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard path.allSatisfy({ !$0.isEmpty && !$0.contains(" ") }) else {
                throw Wrong(description: "{\(text)} names no field; write {field}, {object.field} or {a ?? b}")
            }
            // Names of headers are the same in capitals.
            paths.append(path.first == "header" ? path.map { $0.lowercased() } : path)
        }
        var filters: [Filter] = []
        for piece in pieces { filters.append(try filter(piece, text)) }
        return Field(paths: paths, filters: filters, text: text)
    }

    private static func filter(_ text: String, _ field: String) throws(Wrong) -> Filter {
        switch text {
        case "plus": return .plus
        case "user": return .user
        case "lower": return .lower
        case "last": return .last
        case "unix": return .unix
        case "unix_ms": return .unixMs
        case "local": return .local
        case _ where text.hasPrefix("words "):
            var words: [String: String] = [:]
            for pair in text.dropFirst(6).split(separator: ",") {
                let parts = pair.split(separator: "=", maxSplits: 1).map(trimmed)
                guard parts.count == 2 else {
                    throw Wrong(description: "{\(field)}: write words as words in=inbound, out=outbound")
                }
                words[parts[0]] = parts[1]
            }
            return .words(words)
        default:
            throw Wrong(
                description: "{\(field)}: there is no \"\(text)\"; there are plus, user, lower, last, unix, unix_ms, "
                    + "local and words")
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// What it becomes; nil where a field in it is not in the request.
    func filled(_ request: IntakeValue, _ zone: IntakeZone) -> String? {
        var out = ""
        for part in parts {
            switch part {
            case .text(let text): out += text
            case .field(let field):
                guard var value = field.paths.lazy.compactMap({ request.at($0)?.plain }).first else { return nil }
                for filter in field.filters { value = filter.applied(to: value, zone) }
                out += value
            }
        }
        return out.isEmpty ? nil : out
    }
}

/// How a date without a zone is read.
public struct IntakeZone: Sendable {
    /// Seconds that the clock on the wall is ahead of UTC at a moment, in seconds since 1970.
    var ahead: @Sendable (Int64) -> Int64

    /// `ahead` gets seconds since 1970 in UTC, and gives by how many seconds the clock on the wall is ahead then.
    public init(ahead: @escaping @Sendable (Int64) -> Int64) { self.ahead = ahead }

    /// For senders that write UTC.
    public static let utc = IntakeZone { _ in 0 }
}

extension IntakeTemplate.Filter {
    /// What is not of its kind stays as it is: the daemon says what is wrong with it.
    func applied(to text: String, _ zone: IntakeZone) -> String {
        switch self {
        case .plus:
            let isNumber = text.utf8.count >= 6 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            return isNumber && !text.hasPrefix("0") ? "+\(text)" : text
        case .user:
            let bare = text.split(separator: ":", maxSplits: 1).last ?? ""
            return String(bare.prefix { $0 != "@" })
        case .lower: return text.lowercased()
        case .last: return text.split(separator: "/").last.map(String.init) ?? text
        case .unix: return Double(text).flatMap { Self.time(ms: $0 * 1_000) } ?? text
        case .unixMs: return Double(text).flatMap { Self.time(ms: $0) } ?? text
        case .local: return Self.local(text, zone) ?? text
        case .words(let words): return words[text] ?? text
        }
    }

    private static func time(ms: Double) -> String? {
        guard ms >= 0, ms < 4e12 else { return nil }
        let whole = Int64(ms.rounded()), part = whole % 1_000
        let text = Date(timeIntervalSince1970: TimeInterval(whole / 1_000)).formatted(.iso8601)
        return "\(text.dropLast()).\(String(1_000 + part).dropFirst())Z"
    }

    /// `2026-11-26 10:00:00`
    private static func local(_ text: String, _ zone: IntakeZone) -> String? {
        let numbers = text.split { !$0.isNumber }.compactMap { Int64($0) }
        let ranges: [ClosedRange<Int64>] = [1_970...2_100, 1...12, 1...31, 0...23, 0...59, 0...59]
        guard numbers.count >= 5, zip(ranges, numbers).allSatisfy({ $0.0.contains($0.1) }) else { return nil }
        var parts = DateComponents()
        parts.year = Int(numbers[0])
        parts.month = Int(numbers[1])
        parts.day = Int(numbers[2])
        parts.hour = Int(numbers[3])
        parts.minute = Int(numbers[4])
        parts.second = numbers.count > 5 ? Int(numbers[5]) : 0
        var calendar = Calendar(identifier: .gregorian)
        guard let utc = TimeZone(secondsFromGMT: 0) else { return nil }
        calendar.timeZone = utc
        guard let civil = calendar.date(from: parts).map({ Int64($0.timeIntervalSince1970) }) else { return nil }
        // The clock may be changed between the two: what it is ahead at the moment that is meant.
        let near = civil - zone.ahead(civil)
        return time(ms: Double(civil - zone.ahead(near)) * 1_000)
    }
}

extension IntakeTemplate {
    /// An answer to a request.
    ///
    /// - Parameters:
    ///   - more: fields besides those of the request; they come first.
    ///   - type: the answer's media type: in XML and JSON, texts are written so that they stay texts.
    public func reply(
        to request: IntakeRequest, more: [String: String], type: String, zone: IntakeZone
    ) -> String {
        var object: [String: IntakeValue] = [:]
        if case .object(let members)? = try? request.fields() { object = members }
        for (name, text) in more { object[name] = .text(text) }
        let value = IntakeValue.object(object)
        return parts.map { part in
            guard case .field(let field) = part else {
                if case .text(let text) = part { return text }
                return ""
            }
            var text = field.paths.lazy.compactMap { value.at($0)?.plain }.first ?? ""
            for filter in field.filters { text = filter.applied(to: text, zone) }
            return IntakeTemplate.escaped(text, type)
        }.joined()
    }

    private static func escaped(_ text: String, _ type: String) -> String {
        if type.contains("xml") || type.contains("html") {
            return text.reduce(into: "") { out, one in
                switch one {
                case "&": out += "&amp;"
                case "<": out += "&lt;"
                case ">": out += "&gt;"
                case "\"": out += "&quot;"
                case "'": out += "&apos;"
                default: out.append(one)
                }
            }
        }
        guard type.contains("json"), let quoted = try? JSONEncoder().encode([text]) else { return text }
        return String(String(decoding: quoted, as: UTF8.self).dropFirst(2).dropLast(2))
    }
}
