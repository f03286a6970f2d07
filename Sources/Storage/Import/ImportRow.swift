import CallCenter
import PhoneNumbers

/// A row of a file into a customer's fields, or the reason why not.
struct ImportRow {
    struct Fault: Error, Equatable {
        var column: String
        var message: String
    }

    /// Bytes of one field, as in the event protocol.
    static let textBytesMax = 1_024
    /// Bytes of a cell that holds a list of texts.
    static let listBytesMax = 128 << 10
    /// Tags, cautions or operators of one customer.
    static let listMax = 64

    let columns: ImportColumns
    let tiers: Set<String>
    let numbers: PhoneNumberReader

    /// - Returns: what the row says; the tier is empty when it names none.
    func fields(_ values: [String]) throws(Fault) -> CustomerFields {
        if values.count > columns.places.count, values[columns.places.count...].contains(where: { !$0.isEmpty }) {
            throw Fault(column: "", message: "the row has \(values.count) fields and the header \(columns.places.count): is a separator in a text without quotes?")
        }
        var fields = CustomerFields(name: "")
        fields.tier = ""
        for (place, raw) in zip(columns.places, values) {
            switch place {
            case .unknown: continue
            case .custom(let name):
                let value = try text(raw, name, manyLines: true)
                if !value.isEmpty { fields.custom[name] = value }
            case .known(let column): try take(raw, column, &fields)
            }
        }
        if fields.name.isEmpty {
            guard let company = fields.company else { throw Fault(column: "name", message: "the name is empty") }
            fields.name = company
        }
        return fields
    }

    private func take(_ raw: String, _ column: ImportColumns.Column, _ fields: inout CustomerFields) throws(Fault) {
        let isList = column == .cautions || column == .tags || column == .doNotPair
        let value = try text(
            raw, column.rawValue, manyLines: isList || column == .address, bytesMax: isList ? ImportRow.listBytesMax : ImportRow.textBytesMax)
        guard !value.isEmpty else { return }
        switch column {
        case .externalID: fields.externalID = value
        case .name: fields.name = value
        case .kana: fields.kana = value
        case .company: fields.company = value
        case .phone, .phone2, .phone3: fields.phones.append(try phone(value, column.rawValue))
        case .email:
            guard value.contains("@"), !value.contains(" ") else { throw Fault(column: "email", message: "\"\(value)\" is no mail address") }
            fields.email = value
        case .tier:
            let tier = ImportRow.tierWords[value] ?? value.lowercased()
            guard tiers.contains(tier) else {
                throw Fault(column: "tier", message: "\"\(value)\" is no tier; there are \(tiers.sorted().joined(separator: ", "))")
            }
            fields.tier = tier
        case .owner: fields.owner = ImportRow.narrow(value)
        case .tags: fields.tags = try list(value, column)
        case .cautions: fields.cautions = try list(value, column)
        case .address: fields.address = value
        case .lineID: fields.lineID = value
        case .doNotPair: fields.doNotPair = try list(ImportRow.narrow(value), column)
        }
    }

    /// customers.md names the tiers in Japanese too.
    static let tierWords = ["見込み": "prospect", "一般": "regular", "優良": "vip", "VIP": "vip", "見込": "prospect"]

    private func phone(_ value: String, _ column: String) throws(Fault) -> PhoneEntry {
        let number = numbers.read(raw: ImportRow.narrowNumber(value))
        switch number.kind {
        case .number: return PhoneEntry(raw: value, e164: number.e164, display: number.display)
        case .withheld, .unavailable, .notANumber:
            throw Fault(column: column, message: "\"\(value)\" is no telephone number; write it as 090-1234-5678 or +81 90 1234 5678")
        }
    }

    private func list(_ value: String, _ column: ImportColumns.Column) throws(Fault) -> [String] {
        let parts = ListCell.elements(value)
        guard parts.count <= ImportRow.listMax else { throw Fault(column: column.rawValue, message: "more than \(ImportRow.listMax) entries") }
        guard parts.allSatisfy({ $0.utf8.count <= ImportRow.textBytesMax }) else {
            throw Fault(column: column.rawValue, message: "has an entry longer than \(ImportRow.textBytesMax) bytes")
        }
        return parts
    }

    private func text(_ raw: String, _ column: String, manyLines: Bool = false, bytesMax: Int = textBytesMax) throws(Fault) -> String {
        if raw.isEmpty { return raw }
        let text = ImportRow.trimmed(raw)
        guard text.utf8.count <= bytesMax else { throw Fault(column: column, message: "longer than \(bytesMax) bytes") }
        for byte in text.utf8 where byte < 0x20 || byte == 0x7F {
            if manyLines, byte == 0x0A || byte == 0x0D { continue }
            throw Fault(column: column, message: "has a control character or a line break")
        }
        return text
    }

    static func trimmed(_ text: String) -> String {
        guard let first = text.first, let last = text.last, first.isWhitespace || last.isWhitespace else { return text }
        return String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }

    /// Full-width digits, letters and signs as their narrow selves.
    static func narrow(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0xFF01...0xFF5E: out.append(Unicode.Scalar(UInt8(scalar.value - 0xFEE0)))
            case 0x3000: out.append(" ")
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// The same for a telephone number, where every kind of hyphen is the one.
    static func narrowNumber(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
        var out = String.UnicodeScalarView()
        for scalar in narrow(text).unicodeScalars {
            switch scalar.value {
            // Hyphens, dashes, minus signs and the long vowel marks that stand in for them.
            case 0xAD, 0x2D7, 0x2010...0x2015, 0x2043, 0x2212, 0x2500, 0x2501, 0x30FC, 0xFE58, 0xFE63, 0xFF70: out.append("-")
            default: out.append(scalar)
            }
        }
        return String(out)
    }
}
