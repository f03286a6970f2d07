import CPostgres

/// What one statement answered, in binary. Frees it when nobody needs it any more.
final class Answer {
    let result: OpaquePointer
    let rows: Int32

    /// - Parameter result: owned from here on.
    init(_ result: OpaquePointer) {
        self.result = result
        rows = PQntuples(result)
    }

    deinit { PQclear(result) }

    var status: ExecStatusType { PQresultStatus(result) }
    /// How many rows a statement that writes has written.
    var written: Int64 { Int64(String(cString: PQcmdTuples(result))) ?? 0 }

    var code: String? { postgres_shim_sqlstate(result).map { String(cString: $0) } }
    var severity: String { postgres_shim_severity(result).map { String(cString: $0) } ?? "" }

    /// The server's message with its detail; for an error of libpq the text of that.
    var message: String {
        guard let message = postgres_shim_message(result) else {
            return String(cString: PQresultErrorMessage(result)).onOneLine
        }
        let detail = postgres_shim_detail(result).map { ". " + String(cString: $0) } ?? ""
        return (String(cString: message) + detail).onOneLine
    }

    /// The bytes of a column; nil for NULL.
    func bytesIfAny(_ row: Int32, _ column: Int32) -> UnsafeRawBufferPointer? {
        guard row < rows, column < PQnfields(result), PQgetisnull(result, row, column) == 0 else { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
    }

    /// An integer of 2, 4 or 8 bytes, or a boolean of one.
    func integerIfAny(_ row: Int32, _ column: Int32) -> Int64? {
        guard let bytes = bytesIfAny(row, column) else { return nil }
        switch bytes.count {
        case 1: return Int64(bytes[0])
        case 2: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        default: return nil
        }
    }

    func textIfAny(_ row: Int32, _ column: Int32) -> String? {
        bytesIfAny(row, column).map { String(decoding: $0, as: UTF8.self) }
    }

    func integer(_ row: Int32, _ column: Int32) throws(PostgresError) -> Int64 {
        guard let value = integerIfAny(row, column) else { throw missing(row, column) }
        return value
    }

    func text(_ row: Int32, _ column: Int32) throws(PostgresError) -> String {
        guard let value = textIfAny(row, column) else { throw missing(row, column) }
        return value
    }

    func bytes(_ row: Int32, _ column: Int32) throws(PostgresError) -> [UInt8] {
        guard let value = bytesIfAny(row, column) else { throw missing(row, column) }
        return Array(value)
    }

    private func missing(_ row: Int32, _ column: Int32) -> PostgresError {
        let name = PQfname(result, column).map { String(cString: $0) } ?? "\(column)"
        return .refused("the answer has no value of the expected type in column \(name), row \(row)")
    }
}

extension String {
    /// Messages of libpq end with a line end, and those of several hosts have one each.
    var onOneLine: String {
        split(whereSeparator: \.isNewline).map { line in
            let words = line.split(whereSeparator: \.isWhitespace)
            return words.joined(separator: " ")
        }.joined(separator: "; ")
    }
}
