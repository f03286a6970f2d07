import PhoneNumbers

/// A cell for a telephone number, with what people and spreadsheets put into one besides: `03-1234-5678（代）`,
/// `9011110011.0`, two numbers, `なし`.
public struct PhoneCell: Equatable, Sendable {
    /// The numbers in it, in their order.
    public var entries: [PhoneEntry] = []
    /// Rejected parts, with the reason.
    public var faults: [String] = []
    /// Parts that were changed, or are not known to be valid.
    public var notes: [String] = []

    /// - Parameter value: without spaces around it, not empty.
    public init(_ value: String, _ numbers: PhoneNumberReader) {
        // Most cells are one number and nothing else.
        var digits = 0, isPlain = true
        for byte in value.utf8 {
            if PhoneCell.isDigit(byte) {
                digits += 1
            } else if !PhoneCell.isOfNumber(byte) || byte == UInt8(ascii: ".") {
                isPlain = false
            }
        }
        if isPlain, digits >= PhoneCell.digitsMin { add(value, raw: value, numbers) } else { read(value, numbers) }
    }

    private mutating func read(_ value: String, _ numbers: PhoneNumberReader) {
        var text = ImportRow.trimmed(NumberText.narrowNumber(value))
        // How a spreadsheet marks a number that is a text.
        if text.first == "'" { text.removeFirst() }
        if PhoneCell.none.contains(text.lowercased()) {
            notes.append("\(PhoneCell.shown(value)) is taken as no number")
            return
        }
        if PhoneCell.isScientific(text) {
            faults.append(
                "\(PhoneCell.shown(value)) has lost its last digits in a spreadsheet; "
                    + "format the column as text there and save it again"
            )
            return
        }
        if let whole = PhoneCell.withoutFraction(text) {
            notes.append("\(PhoneCell.shown(value)) is taken as \(whole)")
            text = whole
            add(whole, raw: whole, numbers)
            return
        }
        let pieces = text.split(whereSeparator: { "/,、;|&・".contains($0) || $0.isNewline }).map {
            ImportRow.trimmed(String($0))
        }.filter { !$0.isEmpty }
        guard pieces.count > 1 else {
            add(piece: text, raw: text == NumberText.narrowNumber(value) ? value : text, numbers)
            return
        }
        // 03/1234/5678 is one number, and 03-1234-5678 / 090-1111-2222 are two.
        let joined = pieces.joined(separator: "-")
        if !pieces.contains(where: { numbers.reading(raw: $0).basis != nil }), numbers.reading(raw: joined).basis != nil
        {
            add(joined, raw: joined, numbers)
            return
        }
        for piece in pieces { add(piece: piece, raw: piece, numbers) }
    }

    /// One number, perhaps with words around it.
    private mutating func add(piece: String, raw: String, _ numbers: PhoneNumberReader) {
        if piece.utf8.allSatisfy(PhoneCell.isOfNumber) {
            add(piece, raw: raw, numbers)
            return
        }
        let runs = PhoneCell.runs(in: piece)
        guard !runs.isEmpty else {
            // `*45` is a text of a telephone's keys, and 内線12 is not.
            if let entry = PhoneEntry(raw: raw, numbers.reading(raw: piece)) {
                append(entry, isValid: false)
            } else {
                faults.append(
                    "\(PhoneCell.shown(raw)) is no telephone number; write it as 090-1234-5678 or +81 90 1234 5678")
            }
            return
        }
        let before = entries.count
        for run in runs { add(run, raw: run, numbers) }
        if entries.count > before { notes.append("of \(PhoneCell.shown(raw)) only the number is taken") }
    }

    /// A text of digits and what stands between them.
    private mutating func add(_ text: String, raw: String, _ numbers: PhoneNumberReader) {
        let reading = numbers.reading(raw: text)
        if reading.basis == nil, text.utf8.contains(UInt8(ascii: " ")) {
            // Two numbers with nothing but a space between them.
            let parts = text.split(separator: " ").map(String.init)
            let readings = parts.map { numbers.reading(raw: $0) }
            if parts.count > 1, readings.allSatisfy({ $0.basis != nil }) {
                for (part, reading) in zip(parts, readings) {
                    if let entry = PhoneEntry(raw: part, reading) { append(entry, isValid: true) }
                }
                return
            }
        }
        let digits = text.utf8.count { $0 >= 0x30 && $0 <= 0x39 }
        guard digits >= PhoneCell.digitsMin, let entry = PhoneEntry(raw: raw, reading) else {
            faults.append(
                "\(PhoneCell.shown(raw)) is no telephone number; write it as 090-1234-5678 or +81 90 1234 5678")
            return
        }
        append(entry, isValid: reading.basis != nil)
    }

    private mutating func append(_ entry: PhoneEntry, isValid: Bool) {
        entries.append(entry)
        // What has the length of a number is one to a centre whose metadata is older than it.
        if !isValid, entry.e164 == nil {
            notes.append("\(PhoneCell.shown(entry.raw)) is no telephone number; it is kept, and found by exactly this")
        }
    }

    // MARK: Spelling

    /// Digits of the shortest extension that is kept.
    private static let digitsMin = 3

    /// Words for no number, narrow and small. Of hyphens there is one by now.
    private static let none: Set<String> = [
        "-", "--", "---", "なし", "無し", "無", "ナシ", "不明", "未登録", "未定", "非通知", "n/a", "na", "none", "nil", "null",
        "unknown", "x", "?", "0", "."
    ]

    /// `9.01111E+09`.
    private static func isScientific(_ text: String) -> Bool {
        let parts = text.split(whereSeparator: { $0 == "e" || $0 == "E" })
        guard parts.count == 2, text.first?.isNumber == true else { return false }
        return parts[0].utf8.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
            && parts[1].utf8.enumerated().allSatisfy {
                isDigit($1) || $0 == 0 && ($1 == UInt8(ascii: "+") || $1 == UInt8(ascii: "-"))
            }
    }

    /// `9011110011.0` without what a spreadsheet's number has behind its point; nil for another text.
    private static func withoutFraction(_ text: String) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.allSatisfy({ $0 == 0x30 }), parts[1].utf8.count <= 2 else { return nil }
        let whole = parts[0].drop { $0 == "+" }
        return whole.utf8.count >= 6 && whole.utf8.allSatisfy(isDigit) ? String(parts[0]) : nil
    }

    /// The parts of a text that may be a number: six digits at least.
    private static func runs(in text: String) -> [String] {
        text.split(whereSeparator: { !($0.utf8.count == 1 && $0.utf8.allSatisfy(isOfNumber)) }).compactMap { run in
            var run = run.drop { $0 != "+" && $0 != "(" && !isDigit($0) }
            if run.first == "(", !run.contains(")") { run = run.dropFirst() }
            while let last = run.last, !isDigit(last) { run.removeLast() }
            return run.utf8.count(where: isDigit) >= 6 ? ImportRow.trimmed(String(run)) : nil
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
    private static func isDigit(_ character: Character) -> Bool {
        character.utf8.count == 1 && character.utf8.allSatisfy(isDigit)
    }
    private static func isOfNumber(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "(")
            || byte == UInt8(ascii: ")")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: " ")
    }

    private static func shown(_ text: String) -> String { "\"\(text.prefix(40))\"" }
}
