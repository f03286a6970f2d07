import Foundation
import Testing

/// How code and prose are written: lines that fit the screen, and words that mean one thing.
///
/// A reader who is no native speaker reads a comment once. An image costs such a reader a second reading, and a verb
/// with six meanings costs a search through the code.
@Suite struct StyleTests {
    static let lineMax = 120

    static let types: Set = ["swift", "js", "py", "sh", "c", "h", "md", "toml"]

    /// Recordings of a PBX are not written by hand. Hidden folders, such as that of the build, are not searched.
    static let exemptFolders = ["Tests/Recordings/"]

    /// Words that are images or have several meanings, with what to write instead.
    static let bannedWords: [(word: String, instead: String)] = [
        ("house", "the daemon, the centre, the container"), ("anew", "again; rebuilt, recomputed, reconfigured"),
        ("told again", "replayed, recomputed"), ("tells again", "replays, recomputes"),
        ("nobody sets", "monotonic"), ("heard of", "received, seen"), ("let go of", "removed, released"),
        ("lets go of", "removes, releases"),
        ("none of its business", "ignored, and why"), ("wish", "request"),
        ("the way in", "the request path, the input"),
        ("the way back", "the reply path, the connection for orders"),
    ]

    /// Names that are images, and verbs that had several meanings on one path.
    static let bannedNames: [String] = [
        "func take(", "func tell(", "func told(", "func give(", "func keep(", "func hear(", "func put(", "struct Wish",
        "enum Door", "struct House", "protocol HistoryKeeper", "struct Keeping", "enum Letter", "struct Taker",
    ]

    /// Every file that people write, by its path in the repository, with its lines.
    static func files(_ types: Set<String>) throws -> [(path: String, lines: [Substring])] {
        let root = ImportTests.root.path + "/"
        let all = try #require(
            FileManager.default.enumerator(
                at: ImportTests.root, includingPropertiesForKeys: nil, options: .skipsHiddenFiles))
        var found: [(String, [Substring])] = []
        for case let file as URL in all where types.contains(file.pathExtension) {
            let path = String(file.path.dropFirst(root.count))
            if exemptFolders.contains(where: path.hasPrefix) { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            found.append((path, text.split(separator: "\n", omittingEmptySubsequences: false)))
        }
        #expect(found.count > 10)
        return found.sorted { $0.0 < $1.0 }
    }

    @Test func linesFitTheScreen() throws {
        for (path, lines) in try StyleTests.files(StyleTests.types) {
            for (number, line) in lines.enumerated() where line.utf8.count > StyleTests.lineMax {
                guard line.count > StyleTests.lineMax, !StyleTests.cannotBreak(line, path) else { continue }
                Issue.record("\(path):\(number + 1) has \(line.count) characters; break it at \(StyleTests.lineMax)")
            }
        }
    }

    /// A row of a Markdown table, a line that is long by an address alone, and a key that TOML wants on one line.
    static func cannotBreak(_ line: Substring, _ path: String) -> Bool {
        if path.hasSuffix(".md"), line.drop(while: { $0 == " " }).hasPrefix("|") { return true }
        if path == "config/screenpop-asterisk.toml", line.hasPrefix("#inbound_contexts = ") { return true }
        let words = line.split(separator: " ")
        let addresses = words.filter { $0.contains("://") }.reduce(0) { $0 + $1.count }
        return addresses > 0 && line.count - addresses <= StyleTests.lineMax - 40
    }

    @Test func commentsUsePlainWords() throws {
        for (path, lines) in try StyleTests.files(["swift", "js", "py", "sh", "c", "h", "toml"]) {
            if path.hasSuffix("StyleTests.swift") { continue }
            for (number, line) in lines.enumerated() {
                guard let comment = StyleTests.comment(line, path) else { continue }
                for word in StyleTests.words(comment, "\(path):\(number + 1)") { Issue.record("\(word)") }
            }
        }
    }

    @Test func guidesUsePlainWords() throws {
        // Decisions and the changelog are records of their time.
        for (path, lines) in try StyleTests.files(["md"])
        where !path.hasPrefix("docs/decisions/") && path != "CHANGELOG.md" {
            for (number, line) in lines.enumerated() {
                for word in StyleTests.words(line, "\(path):\(number + 1)") { Issue.record("\(word)") }
            }
        }
    }

    static func comment(_ line: Substring, _ path: String) -> Substring? {
        let text = line.drop { $0 == " " }
        let marks = ["py", "sh", "toml"].contains(where: path.hasSuffix) ? ["#"] : ["//", "/*", "* "]
        return marks.contains(where: text.hasPrefix) ? text : nil
    }

    /// The banned words in a text, each in a sentence with what to write instead.
    static func words(_ text: Substring, _ place: String) -> [String] {
        let lower = text.lowercased()
        return bannedWords.compactMap { word, instead in
            guard let range = lower.range(of: word) else { return nil }
            let before = range.lowerBound > lower.startIndex ? lower[lower.index(before: range.lowerBound)] : " "
            let after = range.upperBound < lower.endIndex ? lower[range.upperBound] : " "
            if before.isLetter || after.isLetter || "`/-_".contains(before) { return nil }
            return "\(place) says \"\(word)\"; write instead: \(instead)"
        }
    }

    /// One idea a file, of the pages' programs as of the others. A file is read as a whole.
    static let linesMax = 400

    @Test func scriptsHaveOneIdeaAFile() throws {
        for (path, lines) in try StyleTests.files(["js"]) where lines.count > StyleTests.linesMax {
            Issue.record("\(path) has \(lines.count) lines; \(StyleTests.linesMax) is the most: split it by idea")
        }
    }

    /// A comment behind code, on the same line: most comments of a script are there.
    @Test func commentsBehindCodeUsePlainWords() throws {
        for (path, lines) in try StyleTests.files(["js"]) {
            for (number, line) in lines.enumerated() where StyleTests.comment(line, path) == nil {
                guard let comment = StyleTests.trailingComment(line) else { continue }
                for word in StyleTests.words(comment, "\(path):\(number + 1)") { Issue.record("\(word)") }
            }
        }
    }

    static func trailingComment(_ line: Substring) -> Substring? {
        [" // ", " /* "].compactMap { line.range(of: $0)?.lowerBound }.min().map { line[$0...] }
    }

    @Test func namesMeanOneThing() throws {
        for (path, lines) in try StyleTests.files(["swift"]) where !path.hasSuffix("StyleTests.swift") {
            for (number, line) in lines.enumerated() where StyleTests.comment(line, path) == nil {
                // HTTP's own verb.
                let names = StyleTests.bannedNames.filter { $0 != "func put(" || !path.hasPrefix("Sources/Web/") }
                for name in names where line.contains(name) {
                    Issue.record("\(path):\(number + 1) declares \"\(name)\": name what it does")
                }
            }
        }
    }

    /// The checks themselves: each finds what it is for.
    @Test func theChecksFindWhatTheyAreFor() {
        let long = String(repeating: "word ", count: 25)
        #expect(!StyleTests.cannotBreak(long[...], "docs/a.md"))
        #expect(StyleTests.cannotBreak(("| " + long)[...], "docs/a.md"))
        #expect(StyleTests.cannotBreak(("see https://example.com/" + String(repeating: "a", count: 120))[...], "a.md"))
        #expect(StyleTests.comment("    /// A comment.", "a.swift") != nil)
        #expect(StyleTests.comment("# A comment.", "a.py") != nil)
        #expect(StyleTests.comment("let a = 1", "a.swift") == nil)
        #expect(StyleTests.trailingComment("let a = 1; // The house.") == " // The house.")
        #expect(StyleTests.trailingComment("catch { return; /* Asked anew. */ }") == " /* Asked anew. */ }")
        #expect(StyleTests.trailingComment("const a = 'https://example.com';") == nil)
        #expect(
            StyleTests.words("/// What the house keeps.", "a.swift:1") == [
                "a.swift:1 says \"house\"; write instead: the daemon, the centre, the container"
            ])
        #expect(StyleTests.words("/// See Tests/HouseTests and a warehouse.", "a.swift:1").isEmpty)
    }
}
