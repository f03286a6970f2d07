/// Finds the public declarations of a Swift file that have no doc comment directly above them.
///
/// It reads lines and braces and no grammar, which is enough for sources as they are formatted here: a declaration
/// begins its line. Counted are members of public extensions, requirements of public protocols, and the cases of public
/// enums, too. Where braces do not match at the end of a file, the reading was wrong, and that is an error.
struct PublicDeclarations {
    struct Unbalanced: Error {}

    /// Names that a well-known protocol explains.
    static let explained: Set = [
        "func hash(into", "func ==", "func <", "func encode(to encoder", "func makeIterator", "func next",
        "init(from decoder", "var description", "var debugDescription", "var errorDescription", "var hashValue",
        "var rawValue", "let rawValue", "var allCases", "var id", "let id", "enum CodingKeys", "typealias RawValue",
        "typealias Element", "typealias Iterator", "typealias AsyncIterator", "typealias Index", "typealias AllCases",
    ]

    private static let modifiers: Set = [
        "public", "package", "private", "fileprivate", "internal", "open", "static", "final", "mutating", "nonmutating",
        "nonisolated", "override", "required", "convenience", "indirect", "lazy", "weak", "unowned", "borrowing",
        "consuming", "prefix", "postfix", "infix", "isolated",
    ]
    private static let keywords: Set = [
        "func", "init", "var", "let", "struct", "enum", "class", "actor", "protocol", "typealias", "associatedtype",
        "subscript", "extension", "case",
    ]

    private enum Scope {
        case file
        /// A type's members; of an enum, its cases count as public where the enum is.
        case members(isEnum: Bool, isPublic: Bool)
        /// Members that are public without saying so: of a public protocol, of a public extension.
        case publicMembers
        /// A function's body, a closure, an initial value.
        case body
    }

    private struct Declaration {
        var keyword: Substring
        var text: String
        var isPublic: Bool
        var isHidden: Bool
    }

    /// The numbers of the lines, from 1.
    static func undocumented(in source: String) throws -> [Int] {
        let raw = source.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.drop { $0 == " " } }
        let code = SwiftText.withoutTextsAndComments(source).split(separator: "\n", omittingEmptySubsequences: false)
        var scopes: [Scope] = [.file], pending: Scope?, depth = 0, found: [Int] = []
        for (i, line) in code.enumerated() {
            if depth == 0, let one = declaration(line), let scope = scopes.last, isMember(of: scope) {
                let isPublic = counts(one, in: scope)
                if isPublic, one.keyword != "extension", !isDocumented(raw, i), !isExplained(one) {
                    found.append(i + 1)
                }
                pending = inside(one, isPublic: isPublic)
            }
            for byte in line.utf8 {
                switch byte {
                case UInt8(ascii: "{"):
                    scopes.append(pending ?? .body)
                    pending = nil
                case UInt8(ascii: "}"): if scopes.count > 1 { scopes.removeLast() } else { throw Unbalanced() }
                case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
            }
            if line.utf8.allSatisfy({ $0 == UInt8(ascii: " ") }) { pending = nil }
        }
        guard scopes.count == 1, depth == 0 else { throw Unbalanced() }
        return found
    }

    private static func isMember(of scope: Scope) -> Bool { if case .body = scope { false } else { true } }

    private static func counts(_ one: Declaration, in scope: Scope) -> Bool {
        switch scope {
        case .publicMembers: !one.isHidden
        case .members(isEnum: true, let isPublic) where one.keyword == "case": isPublic
        default: one.isPublic
        }
    }

    /// What the braces behind it have.
    private static func inside(_ one: Declaration, isPublic: Bool) -> Scope {
        switch one.keyword {
        case "struct", "class", "actor": .members(isEnum: false, isPublic: isPublic)
        case "enum": .members(isEnum: true, isPublic: isPublic)
        case "protocol", "extension": isPublic ? .publicMembers : .members(isEnum: false, isPublic: false)
        default: .body
        }
    }

    private static func isDocumented(_ raw: [Substring], _ line: Int) -> Bool {
        var above = line - 1
        while above >= 0, raw[above].hasPrefix("@") { above -= 1 }
        return above >= 0 && (raw[above].hasPrefix("///") || raw[above].hasSuffix("*/"))
    }

    private static func isExplained(_ one: Declaration) -> Bool {
        explained.contains { name in
            guard one.text.hasPrefix(name) else { return false }
            let next = one.text.dropFirst(name.count).first
            return next.map { !$0.isLetter && !$0.isNumber } ?? true
        }
    }

    /// The declaration that a line begins with; nil for any other line.
    private static func declaration(_ line: Substring) -> Declaration? {
        var words = line.split(separator: " ")[...]
        while let first = words.first, first.hasPrefix("@") {
            let isOpen = first.contains("(") && !first.contains(")")
            words = words.dropFirst()
            if isOpen { words = words.drop { !$0.contains(")") }.dropFirst() }
        }
        var isPublic = false, isHidden = false
        while let word = words.first {
            let name = word.prefix { $0.isLetter }
            if name == "class", let second = words.dropFirst().first, keywords.contains(String(second)) {
                words = words.dropFirst()
            } else if modifiers.contains(String(name)), words.count > 1 {
                // `private(set)` is about the setter alone.
                if name.count == word.count {
                    if name == "public" || name == "open" { isPublic = true }
                    if ["package", "private", "fileprivate", "internal"].contains(name) { isHidden = true }
                }
                words = words.dropFirst()
            } else if keywords.contains(String(name)), name.count == word.count || !isWord(word, behind: name) {
                return Declaration(
                    keyword: name, text: words.joined(separator: " "), isPublic: isPublic, isHidden: isHidden)
            } else {
                return nil
            }
        }
        return nil
    }

    private static func isWord(_ word: Substring, behind name: Substring) -> Bool {
        !["(", "?", "!", "<"].contains(word[name.endIndex])
    }
}
