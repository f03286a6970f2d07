/// The line of each key of a TOML document, which the TOML library does not report.
///
/// It only parses the parts of TOML 1.0 that lead from one key to the next: comments, table headers, keys, and ends of
/// values. Everything else is left to the library, whose result counts. It runs first, and rejects input that would
/// crash the library.
struct KeyLines {
    /// A key by its path; elements of a list by the list's path and their index.
    private(set) var lines: [[String]: Int] = [:]

    private let path: String
    private var bytes: Span
    private var line = 1
    /// Keys that were given a value, and tables that had a header.
    private var given: [[String]: Int] = [:]
    private var arrayTables: [[String]: Int] = [:]

    /// Parts of one key, and values inside each other. The deepest key of ours has four parts.
    private static let depthMax = 32

    private static let valueEnds = Array(",]}#\r\n".utf8)

    private typealias Span = ArraySlice<UInt8>
    /// Ends the scan where TOML ends.
    private enum Stop: Error {
        case notUnderstood
        /// A key or a value is missing. Some of these crash the library, so it does not get them.
        case missing(String)
        case wrong(SettingsError)
    }

    /// - Throws: `SettingsError` for a key or table that is given twice, one too deep, one that is none, and the escape
    ///   of a NUL character.
    init(_ text: String, path: String) throws(SettingsError) {
        self.path = path
        bytes = Array(text.utf8)[...]
        do { try document() } catch {
            switch error {
            case .notUnderstood: break
            case .missing(let what):
                throw SyntaxAdvice.error(in: text, path: path, line: line, complaint: "here must be \(what)")
            case .wrong(let error): throw error
            }
        }
    }

    // MARK: The document

    private mutating func document() throws(Stop) {
        var table: [String] = []
        while true {
            skipBlank(newlines: true)
            guard let byte = bytes.first else { return }
            if byte == UInt8(ascii: "[") {
                table = try header()
            } else {
                try pair(in: table)
            }
        }
    }

    private mutating func header() throws(Stop) -> [String] {
        bytes.removeFirst()
        let isArray = consume("[")
        let start = line
        var name = inLastElements(try key())
        guard consume("]"), !isArray || consume("]") else { throw .notUnderstood }
        note(name)
        if isArray {
            let index = arrayTables[name, default: 0]
            arrayTables[name] = index + 1
            name.append(String(index))
            note(name)
        } else {
            try claim(name, shown: "[\(Node.key(name))]", line: start)
        }
        return name
    }

    /// A table within a table of a list is within the last one that the list has so far.
    private func inLastElements(_ key: [String]) -> [String] {
        var name: [String] = []
        for (place, part) in key.enumerated() {
            name.append(part)
            if place < key.count - 1, let count = arrayTables[name] { name.append(String(count - 1)) }
        }
        return name
    }

    /// `key = value`.
    private mutating func pair(in table: [String]) throws(Stop) {
        let start = line
        let name = table + (try key())
        guard name.count <= KeyLines.depthMax else { throw tooDeep() }
        guard consume("=") else { throw .notUnderstood }
        note(name)
        try claim(name, shown: Node.key(name), line: start)
        skipBlank(newlines: false)
        try value(of: name, depth: 0)
    }

    /// A key and every table on the way to it stand where they are first seen.
    private mutating func note(_ name: [String]) {
        for length in 1...name.count {
            let part = Array(name.prefix(length))
            if lines[part] == nil { lines[part] = line }
        }
    }

    private mutating func claim(_ name: [String], shown: String, line: Int) throws(Stop) {
        if let first = given.updateValue(line, forKey: name) {
            throw wrong("\(shown) is given again after line \(first); leave only one of the two")
        }
        // A table may have its header after its sub-tables': the header is where it stands.
        lines[name] = line
    }

    // MARK: Keys

    private mutating func key() throws(Stop) -> [String] {
        var parts: [String] = []
        repeat {
            skipBlank(newlines: false)
            guard parts.count < KeyLines.depthMax else { throw tooDeep() }
            parts.append(try keyPart())
            skipBlank(newlines: false)
        } while consume(".")
        return parts
    }

    private mutating func keyPart() throws(Stop) -> String {
        guard let first = bytes.first else { throw .missing("a key") }
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return try quoted() }
        let part = bytes.prefix(while: isBareKeyByte)
        guard !part.isEmpty else { throw .missing("a key") }
        bytes = bytes.dropFirst(part.count)
        return String(decoding: part, as: UTF8.self)
    }

    // MARK: Values

    private mutating func value(of name: [String], depth: Int) throws(Stop) {
        guard depth < KeyLines.depthMax else { throw tooDeep() }
        guard let first = bytes.first else { throw .missing("a value") }
        switch first {
        case UInt8(ascii: "["): try list(name, depth)
        case UInt8(ascii: "{"): try inlineTable(name, depth)
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            if bytes.starts(with: [first, first, first]) { try multilineText(first) } else { _ = try quoted() }
        default:
            // A number, a date, true or false.
            guard isBareKeyByte(first) || first == UInt8(ascii: "+") || first == UInt8(ascii: ".") else {
                throw .missing("a value")
            }
            bytes = bytes.drop { !KeyLines.valueEnds.contains($0) }
        }
    }

    private mutating func list(_ name: [String], _ depth: Int) throws(Stop) {
        bytes.removeFirst()
        var index = 0
        while true {
            skipBlank(newlines: true)
            if consume("]") { return }
            lines[name + [String(index)]] = line
            try value(of: name + [String(index)], depth: depth + 1)
            index += 1
            skipBlank(newlines: true)
            if consume(",") { continue }
            guard consume("]") else { throw .notUnderstood }
            return
        }
    }

    private mutating func inlineTable(_ name: [String], _ depth: Int) throws(Stop) {
        bytes.removeFirst()
        skipBlank(newlines: false)
        if consume("}") { return }
        repeat {
            let start = line
            let inner = name + (try key())
            guard inner.count <= KeyLines.depthMax * 2 else { throw tooDeep() }
            guard consume("=") else { throw .notUnderstood }
            note(inner)
            try claim(inner, shown: Node.key(inner), line: start)
            skipBlank(newlines: false)
            try value(of: inner, depth: depth + 1)
            skipBlank(newlines: false)
        } while consume(",")
        guard consume("}") else { throw .notUnderstood }
    }

    /// A text on one line; returns what it says.
    private mutating func quoted() throws(Stop) -> String {
        let quote = bytes.removeFirst()
        var text: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case quote: return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\n"): throw .notUnderstood
            case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""): text += try escape()
            default: text.append(byte)
            }
        }
        throw .notUnderstood
    }

    private mutating func multilineText(_ quote: UInt8) throws(Stop) {
        bytes = bytes.dropFirst(3)
        while let byte = bytes.first {
            if bytes.starts(with: [quote, quote, quote]) {
                // Up to two more quotes belong to the text.
                bytes = bytes.dropFirst(bytes.prefix { $0 == quote }.count)
                return
            }
            bytes.removeFirst()
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                if bytes.first == UInt8(ascii: "\n") { line += 1 }
                _ = try escape()
            }
        }
        throw .notUnderstood
    }

    /// What stands after a backslash.
    private mutating func escape() throws(Stop) -> [UInt8] {
        guard let byte = bytes.popFirst() else { throw .notUnderstood }
        let digits: Int
        switch byte {
        case UInt8(ascii: "u"): digits = 4
        case UInt8(ascii: "U"): digits = 8
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "r"): return [0x0d]
        default: return [byte]
        }
        guard let code = UInt32(String(decoding: bytes.prefix(digits), as: UTF8.self), radix: 16),
            let scalar = Unicode.Scalar(code)
        else { throw .notUnderstood }
        // The library returns texts as C strings, which would silently end here.
        if code == 0 { throw wrong("a text cannot have the character NUL; leave out the \\u0000") }
        bytes = bytes.dropFirst(digits)
        return Array(String(Character(scalar)).utf8)
    }

    // MARK: Steps

    private mutating func skipBlank(newlines: Bool) {
        while let byte = bytes.first {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"): bytes.removeFirst()
            case UInt8(ascii: "\r") where newlines && bytes.dropFirst().first == UInt8(ascii: "\n"): bytes.removeFirst()
            case UInt8(ascii: "\n") where newlines:
                bytes.removeFirst()
                line += 1
            case UInt8(ascii: "#") where newlines: bytes = bytes.drop { $0 != UInt8(ascii: "\n") }
            default: return
            }
        }
    }

    private mutating func consume(_ character: Unicode.Scalar) -> Bool {
        guard bytes.first == UInt8(ascii: character) else { return false }
        bytes.removeFirst()
        return true
    }

    private func wrong(_ sentence: String) -> Stop { .wrong(SettingsError(.file(path: path, line: line), sentence)) }
    private func tooDeep() -> Stop {
        wrong("this is nested more than \(KeyLines.depthMax) deep; write the keys as config/screenpopd.toml has them")
    }
}
