/// HTML as somebody reads it: without markup, styles and programs, a block a line.
///
/// Mail programs write every kind of HTML, so nothing is taken for granted: a tag that does not end is text, an entity
/// that nobody knows stays. Nothing is fetched.
enum HTMLText {
    static func plain(_ html: String) -> String {
        var reader = HTMLText.Reader()
        reader.read(Array(html.unicodeScalars))
        return String(reader.out)
    }

    /// The character set that a page names in itself.
    static func charset(of bytes: [UInt8], _ type: String) -> String? {
        guard type == "text/html" else { return nil }
        let head = String(decoding: bytes.prefix(1_024).filter { $0 < 0x80 }, as: UTF8.self).lowercased()
        guard let at = head.range("charset=") else { return nil }
        let value = head[at...].drop { $0 == "\"" || $0 == "'" }
        let name = value.prefix { $0.isLetter || $0.isNumber || "-_".contains($0) }
        return name.isEmpty ? nil : String(name)
    }

    private struct Reader {
        var out = String.UnicodeScalarView()
        private var isNewLine = true
        private var lastIsSpace = true
        /// How many characters tags were looked for in. A page of broken tags would be read again for each of them.
        private var steps = 0
        private var stepsMax = 0
        /// Elements without text that never end.
        private var endless: Set<String> = []

        /// These have a line of their own, and those below an empty one around them.
        private static let lines: Set = ["div", "tr", "li", "section", "article", "header", "footer", "dt", "dd"]
        private static let blocks: Set = [
            "p", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "hr", "pre",
        ]
        /// What is in these is no text.
        private static let silent: Set = ["script", "style", "head", "title", "template", "noscript"]

        mutating func read(_ text: [Unicode.Scalar]) {
            var at = 0
            stepsMax = 8 * text.count + 65_536
            while at < text.count {
                switch text[at] {
                case "<":
                    if let tag = tag(text, at) {
                        at = tag.end
                        if tag.isOpening, Reader.silent.contains(tag.name) {
                            at = end(of: tag.name, text, at)
                        } else if tag.name == "br" {
                            newLine(isWanted: !out.isEmpty)
                        } else if Reader.lines.contains(tag.name) {
                            newLine(isWanted: !isNewLine)
                        } else if Reader.blocks.contains(tag.name) {
                            newLine(isWanted: !isNewLine)
                            let isApart = out.isEmpty || out.suffix(2).elementsEqual("\n\n".unicodeScalars)
                            newLine(isWanted: !isApart)
                        } else if tag.name == "td" || tag.name == "th" {
                            add(" ")
                        }
                    } else {
                        add("<")
                        at += 1
                    }
                case "&":
                    let (scalars, next) = entity(text, at)
                    for scalar in scalars { add(scalar) }
                    at = next
                default:
                    add(text[at])
                    at += 1
                }
            }
        }

        private mutating func add(_ scalar: Unicode.Scalar) {
            let isSpace = scalar.properties.isWhitespace && scalar.value != 0x3000
            if isSpace {
                if !lastIsSpace { out.append(" ") }
                lastIsSpace = true
            } else {
                out.append(scalar)
                lastIsSpace = false
                isNewLine = false
            }
        }

        private mutating func newLine(isWanted: Bool) {
            if out.last == " " { out.removeLast() }
            if isWanted { out.append("\n") }
            isNewLine = true
            lastIsSpace = true
        }

        private struct Tag {
            var name: String
            var isOpening: Bool
            /// Behind it.
            var end: Int
        }

        /// nil where this is no tag.
        private mutating func tag(_ text: [Unicode.Scalar], _ start: Int) -> Tag? {
            var at = start + 1
            guard at < text.count, steps < stepsMax else { return nil }
            if text[at] == "!" || text[at] == "?" { return comment(text, start) }
            let isClosing = text[at] == "/"
            if isClosing { at += 1 }
            let first = at
            while at < text.count, Reader.isName(text[at]) { at += 1 }
            guard at > first else { return nil }
            let name = String(String.UnicodeScalarView(text[first..<min(at, first + 16)])).lowercased()
            var quote: Unicode.Scalar?
            // An attribute may have a > in quotes; one whose quote never ends is not believed.
            let limit = min(text.count, at + 65_536)
            var unquoted: Int?
            while at < limit {
                let one = text[at]
                if one == ">" {
                    if quote == nil { return Tag(name: name, isOpening: !isClosing, end: at + 1) }
                    if unquoted == nil { unquoted = at }
                } else if one == quote {
                    quote = nil
                } else if quote == nil, one == "\"" || one == "'" {
                    quote = one
                }
                at += 1
                steps += 1
            }
            return unquoted.map { Tag(name: name, isOpening: !isClosing, end: $0 + 1) }
        }

        private static func isName(_ scalar: Unicode.Scalar) -> Bool {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9": true
            default: false
            }
        }

        private func comment(_ text: [Unicode.Scalar], _ start: Int) -> Tag? {
            let isLong = start + 3 < text.count && text[start + 2] == "-" && text[start + 3] == "-"
            var at = start + 2
            while at < text.count {
                if text[at] == ">", !isLong || at >= start + 6 && text[at - 1] == "-" && text[at - 2] == "-" {
                    return Tag(name: "!", isOpening: false, end: at + 1)
                }
                at += 1
            }
            // One that never ends hides what is behind it, as in a browser.
            return Tag(name: "!", isOpening: false, end: text.count)
        }

        /// Behind the end of what is no text; where that never ends, behind its first tag.
        private mutating func end(of name: String, _ text: [Unicode.Scalar], _ start: Int) -> Int {
            guard !endless.contains(name) else { return start }
            let wanted = Array("</\(name)".unicodeScalars)
            var at = start
            while at + wanted.count <= text.count {
                if text[at] == "<", zip(wanted, text[at...]).allSatisfy({ $0.0 == Reader.lower($0.1) }) {
                    return tag(text, at)?.end ?? text.count
                }
                at += 1
            }
            endless.insert(name)
            return start
        }

        private static func lower(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
            (0x41...0x5A).contains(scalar.value) ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar
        }

        /// What an entity stands for, and where it ends.
        private func entity(_ text: [Unicode.Scalar], _ start: Int) -> ([Unicode.Scalar], Int) {
            let piece = text[(start + 1)...].prefix(12).prefix { $0 != ";" }
            let end = start + 1 + piece.count
            guard end < text.count, text[end] == ";", !piece.isEmpty else { return (["&"], start + 1) }
            let name = String(String.UnicodeScalarView(piece))
            if name.hasPrefix("#") {
                let digits = name.dropFirst(), isHex = digits.first == "x" || digits.first == "X"
                let value = isHex ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
                guard let value, value >= 0x20 || value == 10, let scalar = Unicode.Scalar(value) else {
                    return ([" "], end + 1)
                }
                return ([scalar], end + 1)
            }
            guard let known = Reader.names[name] else { return (["&"], start + 1) }
            return (Array(known.unicodeScalars), end + 1)
        }

        private static let names = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "copy": "©", "reg": "®",
            "yen": "¥", "euro": "€", "pound": "£", "hellip": "…", "ndash": "–", "mdash": "—", "lsquo": "‘",
            "rsquo": "’", "ldquo": "“", "rdquo": "”", "laquo": "«", "raquo": "»", "middot": "·", "bull": "•",
            "times": "×", "deg": "°", "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü",
            "szlig": "ß", "eacute": "é", "egrave": "è", "agrave": "à", "ccedil": "ç", "ntilde": "ñ", "zwnj": "",
            "zwj": "", "shy": "", "ensp": " ", "emsp": " ", "thinsp": " ",
        ]
    }
}

extension String {
    /// Behind the first place of a text.
    fileprivate func range(_ text: String) -> String.Index? {
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(text) { return index(at, offsetBy: text.count) }
            at = index(after: at)
        }
        return nil
    }
}
