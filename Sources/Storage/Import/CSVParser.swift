/// Splits CSV into rows (RFC 4180, and the variants of spreadsheets): quoted fields with line breaks inside, CRLF, LF
/// or CR.
///
/// Fed in chunks; buffers one row.
struct CSVParser {
    /// Bytes of one row: beyond, a quote was left open somewhere.
    static let rowBytesMax = 1 << 20

    struct Row {
        /// The file's line on which it begins, from 1.
        var line: Int
        var fields: [String]
    }

    enum Fault: Error, Equatable {
        /// A row that does not end: its first line.
        case rowTooLong(line: Int)
        /// The file ended inside quotes: the first line of the row they are in.
        case quoteLeftOpen(line: Int)
    }

    private let separator: UInt8
    private var line = 1
    private var rowLine = 1
    private var field: [UInt8] = []
    private var fields: [String] = []
    private var rowBytes = 0
    private var inQuotes = false
    /// A quote inside quotes: it ends them, unless another follows.
    private var quoteSeen = false
    private var fieldBegun = false
    private var lastWasCR = false
    private var quotedCR = false

    init(separator: UInt8) { self.separator = separator }

    mutating func feed(_ bytes: some Sequence<UInt8>, _ handle: (Row) -> Void) throws(Fault) {
        for byte in bytes {
            if lastWasCR {
                lastWasCR = false
                if byte == 0x0A { continue }
            }
            if inQuotes {
                if quoteSeen {
                    quoteSeen = false
                    if byte == UInt8(ascii: "\"") {
                        quotedCR = false
                        try append(byte)
                        continue
                    }
                    inQuotes = false
                } else if byte == UInt8(ascii: "\"") {
                    quoteSeen = true
                    continue
                } else {
                    // CRLF inside quotes is one line end, and both of its bytes are the field's.
                    if byte == 0x0D || byte == 0x0A && !quotedCR { line += 1 }
                    quotedCR = byte == 0x0D
                    try append(byte)
                    continue
                }
            }
            switch byte {
            case separator:
                try count()
                endField()
            case 0x0D, 0x0A:
                lastWasCR = byte == 0x0D
                line += 1
                endRow(handle)
            case UInt8(ascii: "\"") where !fieldBegun:
                inQuotes = true
                quotedCR = false
                fieldBegun = true
            default: try append(byte)
            }
        }
    }

    /// The file has ended: calls `handle` with the last row if it had no line end.
    mutating func finish(_ handle: (Row) -> Void) throws(Fault) {
        if inQuotes, !quoteSeen { throw .quoteLeftOpen(line: rowLine) }
        inQuotes = false
        quoteSeen = false
        if fieldBegun || !fields.isEmpty || !field.isEmpty { endRow(handle) }
    }

    private mutating func append(_ byte: UInt8) throws(Fault) {
        field.append(byte)
        fieldBegun = true
        try count()
    }

    private mutating func count() throws(Fault) {
        rowBytes += 1
        if rowBytes > CSVParser.rowBytesMax { throw .rowTooLong(line: rowLine) }
    }

    private mutating func endField() {
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        fieldBegun = false
    }

    /// Lines with nothing on them are skipped.
    private mutating func endRow(_ handle: (Row) -> Void) {
        let isBlank = fields.isEmpty && field.isEmpty && !fieldBegun
        endField()
        if !isBlank { handle(Row(line: rowLine, fields: fields)) }
        fields.removeAll(keepingCapacity: true)
        rowBytes = 0
        rowLine = line
    }
}
