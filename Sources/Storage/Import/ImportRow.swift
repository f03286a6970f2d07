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
        /// nil when the row names none.
        var kind: CustomerDetails.Kind?
        /// Mail addresses of columns that a file of another program has; those of `emails` are in the fields.
        var moreMails: [String] = []
        /// The company that the customer belongs to.
        var company = Company.unsaid
        /// What rows of the file name this one by.
        var recordNumber: Int64?
        /// Texts that make up others.
        fileprivate var parts: [ImportColumns.Column: String] = [:]
    }

    /// The company of a person, as a row names it.
    enum Company: Equatable {
        /// The file does not say it, or the cell could not be read: what the record has stays.
        case unsaid
        case none
        case externalID(String)
        /// The `record_number` of the company's row or, in a file without such numbers, the record's own number.
        case number(Int64)
        /// A company that there is.
        case found(Int64)

        /// The column that names it.
        var column: ImportColumns.Column { if case .number = self { .companyID } else { .companyExternalID } }
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
        combine(&row)
        requirePerson(&row)
        if row.fields.name.isEmpty {
            guard let company = row.fields.company else { throw Fault(column: "name", message: "the name is empty") }
            row.fields.name = company
        }
        return row
    }

    private func read(_ raw: String, _ column: ImportColumns.Column, _ row: inout Reading) throws(Fault) {
        let isList = column.isList
        let isPhone = column.isPhone
        let value = try text(
            raw, column.rawValue, manyLines: isList || isPhone || column == .address || column.whole == .address,
            bytesMax: isList ? ImportRow.listBytesMax : ImportRow.textBytesMax)
        guard !value.isEmpty else { return }
        switch column {
        case .externalID: row.fields.externalID = value
        case .name: row.fields.name = value
        case .kana: row.fields.kana = value
        case .company: row.fields.company = value
        case .phone, .phone2, .phone3, .phone4, .phone5, .phone6: phone(value, column, &row)
        case .email, .email2, .email3:
            guard value.contains("@"), !value.contains(" ") else {
                throw Fault(column: column.rawValue, message: "\"\(value)\" is no mail address")
            }
            if column == .email { row.fields.email = value } else { row.moreMails.append(value) }
        case .familyName, .givenName, .familyKana, .givenKana, .address2, .address3, .address4, .address5:
            row.parts[column] = value
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
        case .kind, .companyExternalID, .companyID, .recordNumber, .emails, .accounts, .persona, .preferences,
            .consent, .doNotCall, .statusReason:
            try detail(value, column, &row)
        }
    }

    /// Makes texts of their parts, where the row has no whole one.
    private func combine(_ row: inout Reading) {
        guard !row.parts.isEmpty || row.moreMails.first != nil else { return }
        func person(_ family: ImportColumns.Column, _ given: ImportColumns.Column) -> String? {
            let family = row.parts[family], given = row.parts[given]
            guard let family, let given else { return family ?? given }
            // In Japanese the family comes first.
            return ImportRow.isJapanese(family + given) ? "\(family) \(given)" : "\(given) \(family)"
        }
        if row.fields.name.isEmpty { row.fields.name = person(.familyName, .givenName) ?? "" }
        if row.fields.kana == nil { row.fields.kana = person(.familyKana, .givenKana) }
        // In the order of the file's columns.
        var address = ""
        for case .known(let column) in columns.places {
            let part = column == .address ? row.fields.address : column.whole == .address ? row.parts[column] : nil
            guard let part else { continue }
            let isJoined =
                address.isEmpty || ImportRow.isJapanese(address.suffix(1)) && ImportRow.isJapanese(part.prefix(1))
            address += isJoined ? part : " " + part
        }
        if address.utf8.count > ImportRow.textBytesMax {
            row.badCells.append(
                Fault(column: "address", message: "its parts are longer than \(ImportRow.textBytesMax) bytes together"))
            row.kept.insert(.address)
            row.fields.address = nil
        } else if !address.isEmpty {
            row.fields.address = address
        }
        // The first of several addresses is the one that is shown.
        if row.fields.email == nil, !row.moreMails.isEmpty, !row.kept.contains(.email) {
            row.fields.email = row.moreMails.removeFirst()
        }
    }

    private static func isJapanese(_ text: some StringProtocol) -> Bool {
        text.unicodeScalars.contains { (0x3040...0x30FF).contains($0.value) || (0x3400...0x9FFF).contains($0.value) }
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

    func list(_ value: String, _ column: ImportColumns.Column) throws(Fault) -> [String] {
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
