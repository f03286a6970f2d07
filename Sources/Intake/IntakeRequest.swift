/// A request of a PBX, a messenger or a form, as it is mapped.
public struct IntakeRequest: Equatable, Sendable {
    /// Without the question mark.
    public var query: String
    /// By their names in lower case.
    public var headers: [String: String]
    /// As it was received; `content-type` or its first byte says what it is written in.
    public var body: [UInt8]

    /// Copies its values; nothing is parsed yet. Names of headers must be in lower case.
    public init(query: String = "", headers: [String: String] = [:], body: [UInt8] = []) {
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// A request as it was pasted: with its first line and headers, or the body alone.
    public init(pasted text: String) {
        self.init()
        let lines = text.replacing("\r\n", with: "\n")
        let first = lines.prefix { $0 != "\n" }
        let words = first.split(separator: " ")
        let isHead = words.count >= 2 && ["POST", "GET", "PUT"].contains(String(words[0]))
            && (words.count == 2 || words[2].hasPrefix("HTTP/"))
        guard isHead else {
            body = Array(lines.utf8)
            while body.last == 0x0A { body.removeLast() }
            return
        }
        if let mark = words[1].firstIndex(of: "?") { query = String(words[1][words[1].index(after: mark)...]) }
        var rest = lines[first.endIndex...].dropFirst()
        while let line = Optional(rest.prefix(while: { $0 != "\n" })), !line.isEmpty {
            if let colon = line.firstIndex(of: ":") {
                let value = line[line.index(after: colon)...].drop { $0 == " " }
                headers[line[..<colon].lowercased()] = String(value)
            }
            rest = rest[line.endIndex...].dropFirst()
        }
        body = Array(rest.dropFirst().utf8)
        while body.last == 0x0A { body.removeLast() }
    }

    /// What cannot be mapped.
    public struct Unreadable: Error, Equatable, CustomStringConvertible {
        public var description: String
    }

    /// The fields of the body, with `query` and `header` beside them.
    public func fields() throws(Unreadable) -> IntakeValue {
        let type = headers["content-type"]?.prefix { $0 != ";" }.lowercased() ?? ""
        guard !type.hasPrefix("multipart/") else {
            throw Unreadable(description: "the body is multipart; send JSON or application/x-www-form-urlencoded")
        }
        let start = body.first { $0 > 0x20 }, looksLikeJSON = start == UInt8(ascii: "{") || start == UInt8(ascii: "[")
        var object: [String: IntakeValue] = [:]
        if type.hasSuffix("json") || looksLikeJSON && type != "application/x-www-form-urlencoded" {
            guard let value = IntakeValue(json: body) else {
                throw Unreadable(description: "the body is no JSON, which its type says it is")
            }
            if case .object(let members) = value { object = members } else { object["body"] = value }
        } else if !body.isEmpty {
            guard let text = String(validating: body, as: UTF8.self) else {
                throw Unreadable(description: "the body is no UTF-8; send JSON or application/x-www-form-urlencoded")
            }
            if case .object(let members) = IntakeValue(form: text) { object = members }
        }
        object["query"] = IntakeValue(form: query)
        object["header"] = .object(headers.mapValues { .text($0) })
        return .object(object)
    }
}
