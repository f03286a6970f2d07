/// Which of a workbook's cell formats show a number as a date or a time.
final class CellFormats: XMLHandler {
    /// What a format shows.
    enum Shows: Equatable { case number, moment }

    let fault: SheetError? = nil
    private var codes: [Int: String] = [:]
    private var numbers: [Int] = []
    private var isInCellFormats = false

    static func read(_ parts: ZipParts, folder: String) throws(SheetError) -> [Shows] {
        guard let part = try parts.part(folder + "styles.xml") else { return [] }
        let formats = CellFormats()
        try XMLPieces.parse(part, formats)
        return formats.numbers.map { number in
            if let code = formats.codes[number] { return shows(code) }
            return builtIn.contains(where: { $0.contains(number) }) ? .moment : .number
        }
    }

    /// Formats that have numbers and no code: dates and times of ECMA-376, 18.8.30, those of Japan, China and Korea
    /// too.
    private static let builtIn = [14...22, 27...36, 45...47, 50...58]

    /// Whether a format's code shows a date or a time: it has a letter for one outside of quotes and brackets.
    static func shows(_ code: String) -> Shows {
        var isQuoted = false, isBracketed = false, isEscaped = false, letters = ""
        for character in code {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isQuoted = character != "\""
            } else if isBracketed {
                isBracketed = character != "]"
            } else {
                switch character {
                case "\"": isQuoted = true
                case "[": isBracketed = true
                case "\\", "_", "*": isEscaped = true
                // Another section is for negative numbers, or for texts.
                case ";": return shows(letters: letters)
                default: letters.append(contentsOf: character.lowercased())
                }
            }
        }
        return shows(letters: letters)
    }

    private static func shows(letters: String) -> Shows {
        // Parts of a second are the only digits beside a time.
        let hasDigits = letters.contains("#") || letters.contains("0") && !letters.contains("s")
        guard letters != "general", !hasDigits else { return .number }
        return letters.contains { "ymdhsge".contains($0) } ? .moment : .number
    }

    func begin(_ name: String, _ attributes: XMLAttributes) {
        switch name {
        case "numFmt":
            if let id = attributes["numFmtId"].flatMap({ Int($0) }) { codes[id] = attributes["formatCode"] ?? "" }
        case "cellXfs": isInCellFormats = true
        case "xf": if isInCellFormats { numbers.append(attributes["numFmtId"].flatMap { Int($0) } ?? 0) }
        default: break
        }
    }
    func end(_ name: String) { if name == "cellXfs" { isInCellFormats = false } }
    func text(_ bytes: UnsafeRawBufferPointer) {}
}
