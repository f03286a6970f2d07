import CallCenter
import EventWire
import Storage

/// All customers, or all of what belongs to them, as JSON Lines: an object a line, a page of the records at a time.
/// Importing it again changes nothing.
struct JSONLinesExport {
    private var customers: CustomerExport?
    private var items: ItemExport?

    /// - Parameter customFields: the centre's own fields.
    init(of kind: ImportKind, from store: CustomerStore, customFields: [String]) {
        switch kind {
        case .customers: customers = CustomerExport(from: store, customFields: customFields)
        case .items(let kind): items = ItemExport(of: kind, from: store) { RFC3339.string($0) }
        case .queueLog: break
        }
    }

    /// The next lines; nil at the end.
    mutating func next() throws(StoreError) -> ByteBuilder? {
        if let rows = try customers?.nextRows() {
            return JSONLinesExport.lines(rows) { JSONLinesExport.customer($0, into: &$1) }
        }
        if let columns = items?.columns, let rows = try items?.nextRows() {
            return JSONLinesExport.lines(rows) { JSONLinesExport.item($0, columns, into: &$1) }
        }
        return nil
    }

    private static func lines<Row>(_ rows: [Row], _ write: (Row, inout ByteBuilder) -> Void) -> ByteBuilder {
        var out = ByteBuilder(capacity: rows.count * 512)
        for row in rows {
            out.object { write(row, &$0) }
            out.append(UInt8(ascii: "\n"))
        }
        return out
    }

    /// As `GET /v1/customers/{id}` has it, without what is computed.
    private static func customer(_ row: CustomerExport.Row, into out: inout ByteBuilder) {
        out.field("id", row.record.id)
        CustomerEncoder.fields(row.record.fields, without: [], into: &out)
        out.field("company_external_id", row.companyExternalID)
        out.field("version", row.record.version)
        out.field("created_at", row.record.createdAt)
        out.field("updated_at", row.record.updatedAt)
    }

    private static func item(_ cells: [String], _ columns: [String], into out: inout ByteBuilder) {
        for (name, text) in zip(columns, cells) {
            out.key(text: name)
            if text.isEmpty {
                out.null()
            } else if let number = numbers.contains(name) ? Int64(text) : nil {
                out.value(number)
            } else {
                out.value(text)
            }
        }
    }

    private static let numbers: Set<String> = ["id", "customer", "duration_ms"]
}
