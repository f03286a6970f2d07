/// Bytes in another format.
struct Malformed: Error {}

/// Writes fields one after the other: counts and numbers as LEB128 varints, signed ones zigzag; a text as its byte
/// count and the bytes; an optional after a byte 0 or 1.
struct PackedWriter {
    var bytes: [UInt8] = []

    mutating func byte(_ byte: UInt8) { bytes.append(byte) }
    mutating func unsigned(_ number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
    mutating func count(_ count: Int) { unsigned(UInt64(max(0, count))) }
    mutating func signed(_ number: Int64) { unsigned(UInt64(bitPattern: (number << 1) ^ (number >> 63))) }
    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            count(utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }
    mutating func bytes(_ raw: UnsafeRawBufferPointer) {
        count(raw.count)
        bytes.append(contentsOf: raw)
    }
    mutating func blob(_ list: [UInt8]) { list.withUnsafeBytes { bytes($0) } }
    mutating func optional(_ text: String?) {
        byte(text == nil ? 0 : 1)
        if let text { self.text(text) }
    }
    mutating func optional(_ number: Int64?) {
        byte(number == nil ? 0 : 1)
        if let number { signed(number) }
    }
    mutating func optional<Value>(_ value: Value?, _ write: (inout PackedWriter, Value) -> Void) {
        byte(value == nil ? 0 : 1)
        if let value { write(&self, value) }
    }
    mutating func list<Element>(_ list: [Element], _ write: (inout PackedWriter, Element) -> Void) {
        count(list.count)
        for element in list { write(&self, element) }
    }
}

/// Reads what `PackedWriter` wrote; bytes that it did not write are `Malformed`, whatever they are.
struct PackedReader {
    let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var isAtEnd: Bool { at == bytes.count }
    /// How many bytes were read.
    var offset: Int { at }

    mutating func byte() throws(Malformed) -> UInt8 {
        guard at < bytes.count else { throw Malformed() }
        at += 1
        return bytes[at - 1]
    }
    mutating func unsigned() throws(Malformed) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try byte()
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw Malformed()
    }
    /// Nothing is allocated by it: a damaged count runs into the end of the bytes.
    mutating func count() throws(Malformed) -> Int {
        let count = try unsigned()
        guard count <= UInt64(Int32.max) else { throw Malformed() }
        return Int(count)
    }
    mutating func signed() throws(Malformed) -> Int64 {
        let number = try unsigned()
        return Int64(bitPattern: number >> 1) ^ -Int64(bitPattern: number & 1)
    }
    mutating func text() throws(Malformed) -> String {
        let count = try count()
        guard bytes.count - at >= count else { throw Malformed() }
        defer { at += count }
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[at..<(at + count)]), as: UTF8.self)
    }
    /// Bytes where they are: valid as long as those that are read.
    mutating func slice() throws(Malformed) -> UnsafeRawBufferPointer {
        let count = try count()
        guard bytes.count - at >= count else { throw Malformed() }
        defer { at += count }
        return UnsafeRawBufferPointer(rebasing: bytes[at..<(at + count)])
    }
    mutating func byteList() throws(Malformed) -> [UInt8] { [UInt8](try slice()) }
    /// Leaves a text or bytes out.
    mutating func skip() throws(Malformed) { _ = try slice() }
    mutating func optionalText() throws(Malformed) -> String? { try byte() == 0 ? nil : try text() }
    mutating func optionalSigned() throws(Malformed) -> Int64? { try byte() == 0 ? nil : try signed() }
    mutating func word<Word: RawRepresentable>() throws(Malformed) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try text()) else { throw Malformed() }
        return word
    }
    mutating func optionalWord<Word: RawRepresentable>() throws(Malformed) -> Word? where Word.RawValue == String {
        try byte() == 0 ? nil : try word()
    }
    mutating func optional<Value>(_ read: (inout PackedReader) throws(Malformed) -> Value) throws(Malformed) -> Value? {
        try byte() == 0 ? nil : try read(&self)
    }
    mutating func list<Element>(_ read: (inout PackedReader) throws(Malformed) -> Element) throws(Malformed)
        -> [Element]
    {
        var list: [Element] = []
        for _ in 0..<(try count()) { list.append(try read(&self)) }
        return list
    }
    mutating func texts() throws(Malformed) -> [String] { try list { from throws(Malformed) in try from.text() } }
    /// A text that was written as one that may be missing, and must not be.
    mutating func some() throws(Malformed) -> String {
        guard let text = try optionalText() else { throw Malformed() }
        return text
    }
    mutating func someWord<Word: RawRepresentable>() throws(Malformed) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try some()) else { throw Malformed() }
        return word
    }
}

extension [UInt8] {
    /// Reads packed fields; what is left over is malformed.
    func reading<Value>(_ read: (inout PackedReader) throws(Malformed) -> Value) throws(Malformed) -> Value {
        let result: Result<Value, Malformed> = withUnsafeBytes { raw in
            var from = PackedReader(bytes: raw)
            do throws(Malformed) {
                let value = try read(&from)
                return from.isAtEnd ? .success(value) : .failure(Malformed())
            } catch { return .failure(error) }
        }
        return try result.get()
    }
}
