import CallCenter
import PhoneNumbers

/// Parses a row into a customer's fields. A bad cell is left out; a bad name or external id rejects the row.
struct ImportRow {
    struct Fault: Error, Equatable {
        var column: String
        var message: String
    }

    /// The parsed row, with its faults.
    struct Reading {
        /// The tier is empty when the row names none.
        var fields = CustomerFields(name: "")
        /// Cells that were left out.
        var badCells: [Fault] = []
        /// Cells that were accepted otherwise than written.
        var notes: [Fault] = []
        /// Columns whose cell was left out: what the record has there stays.
        var kept: Set<ImportColumns.Column> = []
        /// The same of the centre's own fields.
        var keptCustom: Set<String> = []
    }

    /// Bytes of one field, as in the event protocol.
    static let textBytesMax = 1_024
    /// Bytes of a cell that holds a list of texts.
    static let listBytesMax = 128 << 10
    /// Tags, cautions or operators of one customer.
    static let listMax = 64
    /// Numbers of one customer.
    static let phonesMax = 32

    let columns: ImportColumns
    let tiers: Set<String>
    let numbers: PhoneNumberReader
    let custom: CustomFieldReader

    /// Whether a row has nothing in it but separators and spaces.
    static func isBlank(_ values: [String]) -> Bool { values.allSatisfy { $0.allSatisfy(\.isWhitespace) } }

    /// - Throws: the reason why the whole row is rejected.
    func read(_ values: [String]) throws(Fault) -> Reading {
        if values.count > columns.places.count, values[columns.places.count...].contains(where: { !$0.isEmpty }) {
            throw Fault(
                column: "",
                message:
                    "the row has \(values.count) fields and the header \(columns.places.count): "
                    + "is a separator in a text without quotes?"
            )
        }
        var row = Reading()
        row.fields.tier = ""
        for (place, raw) in zip(columns.places, values) {
            switch place {
            case .unknown: continue
            case .custom(let name):
                do throws(Fault) {
                    let cell = try text(raw, name, manyLines: true), value: String
                    do throws(CustomFieldReader.Refused) { value = try custom.read(cell, name) } catch {
                        throw Fault(column: name, message: error.advice)
                    }
                    if !value.isEmpty { row.fields.custom[name] = value }
                } catch {
                    row.badCells.append(error)
                    row.keptCustom.insert(name)
                }
            case .known(let column):
                do throws(Fault) { try read(raw, column, &row) } catch {
                    // Name and external id identify the customer, so they must be valid.
                    if column == .name || column == .externalID { throw error }
                    row.badCells.append(error)
                    row.kept.insert(column)
                }
            }
        }
        if row.fields.name.isEmpty {
            guard let company = row.fields.company else { throw Fault(column: "name", message: "the name is empty") }
            row.fields.name = company
        }
        return row
    }

    private func read(_ raw: String, _ column: ImportColumns.Column, _ row: inout Reading) throws(Fault) {
        let isList = column == .cautions || column == .tags || column == .doNotPair
        let isPhone = column == .phone || column == .phone2 || column == .phone3
        let value = try text(
            raw, column.rawValue, manyLines: isList || isPhone || column == .address,
            bytesMax: isList ? ImportRow.listBytesMax : ImportRow.textBytesMax)
        guard !value.isEmpty else { return }
        switch column {
        case .externalID: row.fields.externalID = value
        case .name: row.fields.name = value
        case .kana: row.fields.kana = value
        case .company: row.fields.company = value
        case .phone, .phone2, .phone3: phone(value, column, &row)
        case .email:
            guard value.contains("@"), !value.contains(" ") else {
                throw Fault(column: "email", message: "\"\(value)\" is no mail address")
            }
            row.fields.email = value
        case .tier:
            let tier = ImportRow.tierWords[value] ?? value.lowercased()
            guard tiers.contains(tier) else {
                throw Fault(
                    column: "tier",
                    message: "\"\(value)\" is no tier; there are \(tiers.sorted().joined(separator: ", "))")
            }
            row.fields.tier = tier
        case .owner: row.fields.owner = NumberText.narrow(value)
        case .tags: row.fields.tags = try list(value, column)
        case .cautions: row.fields.cautions = try list(value, column)
        case .address: row.fields.address = value
        case .lineID: row.fields.lineID = value
        case .doNotPair: row.fields.doNotPair = try list(NumberText.narrow(value), column)
        }
    }

    private func phone(_ value: String, _ column: ImportColumns.Column, _ row: inout Reading) {
        let cell = PhoneCell(value, numbers)
        row.fields.phones += cell.entries
        if row.fields.phones.count > ImportRow.phonesMax {
            row.fields.phones.removeLast(row.fields.phones.count - ImportRow.phonesMax)
            row.badCells.append(
                Fault(column: column.rawValue, message: "a customer has at most \(ImportRow.phonesMax) numbers"))
        }
        for message in cell.notes { row.notes.append(Fault(column: column.rawValue, message: message)) }
        guard !cell.faults.isEmpty else { return }
        row.kept.insert(column)
        for message in cell.faults { row.badCells.append(Fault(column: column.rawValue, message: message)) }
    }

    /// customers.md names the tiers in Japanese too.
    static let tierWords = ["見込み": "prospect", "一般": "regular", "優良": "vip", "VIP": "vip", "見込": "prospect"]

    private func list(_ value: String, _ column: ImportColumns.Column) throws(Fault) -> [String] {
        let parts = ListCell.elements(value)
        guard parts.count <= ImportRow.listMax else {
            throw Fault(column: column.rawValue, message: "more than \(ImportRow.listMax) entries")
        }
        guard parts.allSatisfy({ $0.utf8.count <= ImportRow.textBytesMax }) else {
            throw Fault(column: column.rawValue, message: "has an entry longer than \(ImportRow.textBytesMax) bytes")
        }
        return parts
    }

    private func text(
        _ raw: String, _ column: String, manyLines: Bool = false, bytesMax: Int = textBytesMax
    ) throws(Fault) -> String {
        if raw.isEmpty { return raw }
        let text = ImportRow.trimmed(FormulaGuard.unguarded(raw))
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
}
