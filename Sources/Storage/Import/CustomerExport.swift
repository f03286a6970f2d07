import CallCenter
import SQLite

/// The customers as CSV that Excel opens in Japanese: a byte order mark, the import's columns, CRLF; what begins like a
/// formula is guarded. Importing it again changes nothing.
public struct CustomerExport: Sendable {
    /// Rows read at a time.
    static let pageRows = 1_000

    private let store: CustomerStore
    private let customFields: [String]
    private var after: Int64 = 0
    private var hasBegun = false

    /// Not the columns whose names are fields of the centre's own.
    private let columns: [ImportColumns.Column]

    /// - Parameter customFields: the centre's own fields, in the order of their columns.
    public init(from store: CustomerStore, customFields: [String]) {
        self.store = store
        self.customFields = customFields
        let taken = Set(customFields)
        columns = ImportColumns.Column.exported.filter { !taken.contains($0.rawValue) }
    }

    /// A customer with what its company is known by.
    public struct Row: Sendable {
        /// The customer, as the records have it.
        public var record: CustomerRecord
        /// The `external_id` of the company that the person belongs to.
        public var companyExternalID: String?
    }

    /// The next customers, in the order of their ids, at most `pageRows`; nil behind the last.
    public mutating func nextRows() throws(StoreError) -> [Row]? {
        let page = try store.customers(after: after, limit: CustomerExport.pageRows)
        guard let last = page.last else { return nil }
        after = last.id
        let companies = try store.externalIDs(of: Set(page.compactMap(\.fields.details.companyID)))
        return page.map { record in
            Row(record: record, companyExternalID: record.fields.details.companyID.flatMap { companies[$0] })
        }
    }

    /// The next piece of the file; nil at its end.
    public mutating func next() throws(StoreError) -> [UInt8]? {
        var out: [UInt8] = []
        if !hasBegun {
            hasBegun = true
            out += [0xEF, 0xBB, 0xBF]
            CustomerExport.row(columns.map(\.rawValue) + customFields, into: &out)
            return out
        }
        guard let page = try nextRows() else { return nil }
        for row in page {
            let cells =
                columns.map { value($0, row) } + customFields.map { row.record.fields.custom[$0] ?? "" }
            CustomerExport.row(cells, into: &out)
        }
        return out
    }

    private func value(_ column: ImportColumns.Column, _ row: Row) -> String {
        let fields = row.record.fields, details = fields.details
        func phone(_ place: Int) -> String { fields.phones.count > place ? fields.phones[place].raw : "" }
        return switch column {
        case .externalID: fields.externalID ?? ""
        case .name: fields.name
        case .kana: fields.kana ?? ""
        case .company: fields.company ?? ""
        case .phone: phone(0)
        case .phone2: phone(1)
        // What there is no column for stands with the last one.
        case .phone3: fields.phones.dropFirst(2).map(\.raw).joined(separator: " / ")
        case .email: fields.email ?? ""
        case .tier: fields.tier
        case .owner: fields.owner ?? ""
        case .tags: ListCell.text(fields.tags)
        case .cautions: ListCell.text(fields.cautions)
        case .address: fields.address ?? ""
        case .lineID: fields.lineID ?? ""
        case .doNotPair: ListCell.text(fields.doNotPair)
        case .phone4, .phone5, .phone6, .email2, .email3, .familyName, .givenName, .familyKana, .givenKana, .address2,
            .address3, .address4, .address5:
            ""
        case .kind: details.kind.rawValue
        case .companyExternalID: row.companyExternalID ?? ""
        case .companyID: details.companyID.map { String($0) } ?? ""
        case .recordNumber: String(row.record.id)
        case .emails: ListCell.text(details.emails)
        case .accounts: ListCell.text(details.accounts.map { DetailCell.text($0) })
        case .persona: ListCell.text(details.persona)
        case .preferences: ListCell.text(details.preferences)
        case .consent: DetailCell.text(details.consent)
        case .doNotCall: details.doNotCall ? "true" : ""
        case .statusReason: details.statusReason ?? ""
        }
    }

    /// Also of other exports.
    static func row(_ values: [String], into out: inout [UInt8]) {
        for (i, value) in values.enumerated() {
            if i > 0 { out.append(UInt8(ascii: ",")) }
            let bytes = Array(FormulaGuard.guarded(value).utf8)
            guard
                bytes.contains(where: {
                    // A semicolon and a tab part cells too where the machine's language has it so.
                    $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: ";") || $0 == 0x09 || $0 == UInt8(ascii: "\"")
                        || $0 == 0x0A || $0 == 0x0D
                })
            else {
                out += bytes
                continue
            }
            out.append(UInt8(ascii: "\""))
            for byte in bytes {
                if byte == UInt8(ascii: "\"") { out.append(byte) }
                out.append(byte)
            }
            out.append(UInt8(ascii: "\""))
        }
        out += [0x0D, 0x0A]
    }
}

extension CustomerStore {
    /// The `external_id` of each of these that has one.
    func externalIDs(of ids: Set<Int64>) throws(StoreError) -> [Int64: String] {
        guard !ids.isEmpty else { return [:] }
        return try with { state throws(SQLiteError) in
            let one = try state.database.prepare("SELECT external_id FROM customer WHERE id=?")
            var found: [Int64: String] = [:]
            for id in ids {
                try one.bind(id, 1)
                if try one.step(), let external = one.text(0) { found[id] = external }
                one.reset()
            }
            return found
        }
    }
}
