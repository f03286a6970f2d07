/// Parameters of a statement in PostgreSQL's binary format, in one buffer.
struct Parameters {
    /// Never empty: libpq takes an empty value only with an address.
    private(set) var bytes: [UInt8] = [0]
    /// Where each parameter is in `bytes`; nil for NULL.
    private(set) var places: [Range<Int>?] = []

    private static let int8: UInt32 = 20
    private static let bytea: UInt32 = 17

    mutating func reserve(_ count: Int) { bytes.reserveCapacity(bytes.count + count) }

    mutating func add(_ value: Int64?) {
        guard let value else { return places.append(nil) }
        let start = bytes.count
        write(value)
        places.append(start..<bytes.count)
    }

    /// A parameter of the type `integer`.
    mutating func add(_ value: Int32) {
        let start = bytes.count
        write(value)
        places.append(start..<bytes.count)
    }

    mutating func add(_ text: String?) {
        guard let text else { return places.append(nil) }
        let start = bytes.count
        bytes.append(contentsOf: text.utf8)
        places.append(start..<bytes.count)
    }

    mutating func add(_ value: [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: value)
        places.append(start..<bytes.count)
    }

    /// `bigint[]`.
    mutating func add(_ values: some Collection<Int64>) {
        let start = bytes.count
        begin(count: values.count, of: Parameters.int8)
        for value in values {
            write(Int32(8))
            write(value)
        }
        places.append(start..<bytes.count)
    }

    /// `bytea[]`.
    mutating func add(_ values: some Collection<[UInt8]>) {
        let start = bytes.count
        begin(count: values.count, of: Parameters.bytea)
        for value in values {
            write(Int32(value.count))
            bytes.append(contentsOf: value)
        }
        places.append(start..<bytes.count)
    }

    /// An array's header: dimensions, whether it has NULLs, the type of an element; length and lower bound.
    private mutating func begin(count: Int, of type: UInt32) {
        write(Int32(1))
        write(Int32(0))
        write(Int32(bitPattern: type))
        write(Int32(count))
        write(Int32(1))
    }

    private mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}

/// A statement that a session prepares at its first use.
struct Statement: Sendable {
    /// Unique in the module; empty for a statement that is sent as text each time.
    let name: String
    let sql: String

    init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    /// Not prepared: for what runs once in a session.
    static func once(_ sql: String) -> Statement { Statement("", sql) }

    func callAsFunction(_ fill: (inout Parameters) -> Void = { _ in }) -> Call {
        var parameters = Parameters()
        fill(&parameters)
        return Call(statement: self, parameters: parameters)
    }
}

/// A statement with its parameters.
struct Call {
    let statement: Statement
    let parameters: Parameters
}
