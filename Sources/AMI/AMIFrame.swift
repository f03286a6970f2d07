import Glibc

/// One frame of the manager protocol: an event or a response, as `Name: value` lines.
///
/// It stores the received bytes and the offsets of the headers. A string is only made of a value that is read: a frame
/// has twenty to thirty headers, and of most frames one or two are read.
public struct AMIFrame: Equatable, Sendable {
    /// The offsets of a header in `bytes`. A frame has at most `AMIParser.frameBytesMax` bytes, so 16 bits are enough.
    struct Header: Equatable, Sendable {
        var start: UInt16
        /// Offset of the colon in `bytes`; the value begins two bytes after it.
        var colon: UInt16
        var end: UInt16

        var nameCount: Int { Int(colon) - Int(start) }
    }

    /// The lines without the empty one at the end; control characters in values have been replaced by spaces.
    let bytes: [UInt8]
    let places: [Header]

    init(bytes: [UInt8], places: [Header]) {
        self.bytes = bytes
        self.places = places
    }

    /// A frame from given headers, for tests.
    init(headers: [(name: String, value: String)]) {
        var bytes: [UInt8] = [], places: [Header] = []
        for header in headers {
            let start = bytes.count
            bytes += header.name.utf8
            let colon = bytes.count
            bytes += ": ".utf8
            bytes += header.value.utf8
            places.append(Header(start: UInt16(start), colon: UInt16(colon), end: UInt16(bytes.count)))
            bytes += "\r\n".utf8
        }
        self.init(bytes: bytes, places: places)
    }

    /// All headers in their order, names as Asterisk writes them.
    public var headers: [(name: String, value: String)] {
        places.map { (text(Int($0.start), Int($0.colon)), value($0)) }
    }

    /// The value of a header that occurs at most once; nil when it is not there.
    public subscript(name: StaticString) -> String? { place(of: name, from: 0).map { value(places[$0]) } }

    /// The value of a header whose name is known only at run time.
    public func value(named name: String) -> String? {
        var name = name
        return name.withUTF8 { name in
            UnsafeRawBufferPointer(name).baseAddress.flatMap { place(of: $0, count: name.count, from: 0) }
        }.map { value(places[$0]) }
    }

    /// nil for a response.
    public var event: String? {
        // It is the first header of every event.
        guard let first = places.first else { return nil }
        return named(first, "Event") ? value(first) : self["Event"]
    }

    /// Whether every one of these headers is there. Quickest where they are in the order of the frame.
    public func has(_ names: [StaticString]) -> Bool {
        var next = 0
        for name in names {
            guard let found = place(of: name, from: next) else { return false }
            next = found + 1
        }
        return true
    }

    /// A channel variable that `channelvars` in manager.conf exports
    /// (`ChanVariable: CALLERID(pres)=allowed`), or that was asked for.
    public func variable(_ name: StaticString) -> String? {
        let count = name.utf8CodeUnitCount
        return bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            for header in places where named(header, "ChanVariable") || named(header, "Variable") {
                let start = Int(header.colon) + 2
                guard Int(header.end) - start > count, bytes[start + count] == UInt8(ascii: "="),
                    memcmp(base + start, name.utf8Start, count) == 0
                else { continue }
                return text(start + count + 1, Int(header.end))
            }
            return nil
        }
    }

    /// Plausible seconds: up to the year 9999, so that microseconds cannot overflow.
    private static let seconds: Range<Int64> = 1..<253_402_300_800

    /// `timestampevents`: microseconds since 1970; nil when Asterisk does not send it.
    public var timestampUs: Int64? {
        guard let place = place(of: "Timestamp", from: 0) else { return nil }
        var seconds: Int64 = 0, micros: Int64 = 0, i = Int(places[place].colon) + 2
        let end = Int(places[place].end)
        // `1795389227.287874`: digits, a full stop, six digits.
        guard end - i >= 8, end - i <= 24, bytes[end - 7] == UInt8(ascii: ".") else { return nil }
        while i < end - 7 {
            guard let digit = digit(i) else { return nil }
            seconds = seconds * 10 + digit
            i += 1
        }
        i += 1
        while i < end {
            guard let digit = digit(i) else { return nil }
            micros = micros * 10 + digit
            i += 1
        }
        guard AMIFrame.seconds.contains(seconds) else { return nil }
        return seconds * 1_000_000 + micros
    }

    private func digit(_ i: Int) -> Int64? {
        let byte = bytes[i]
        return byte >= 0x30 && byte <= 0x39 ? Int64(byte - 0x30) : nil
    }

    // MARK: Looking

    private func place(of name: StaticString, from first: Int) -> Int? {
        place(of: UnsafeRawPointer(name.utf8Start), count: name.utf8CodeUnitCount, from: first)
    }

    /// Looks from `first` to the end, and then before it.
    private func place(of name: UnsafeRawPointer, count: Int, from first: Int) -> Int? {
        bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nil }
            return places.withUnsafeBufferPointer { places in
                for i in first..<max(first, places.count)
                where places[i].nameCount == count && memcmp(base + Int(places[i].start), name, count) == 0 { return i }
                for i in 0..<min(first, places.count)
                where places[i].nameCount == count && memcmp(base + Int(places[i].start), name, count) == 0 { return i }
                return nil
            }
        }
    }

    private func named(_ header: Header, _ name: StaticString) -> Bool {
        guard header.nameCount == name.utf8CodeUnitCount else { return false }
        return bytes.withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            return memcmp(base + Int(header.start), name.utf8Start, name.utf8CodeUnitCount) == 0
        }
    }

    private func value(_ header: Header) -> String { text(Int(header.colon) + 2, Int(header.end)) }

    /// Bytes that are no UTF-8 become U+FFFD.
    private func text(_ start: Int, _ end: Int) -> String {
        bytes.withUnsafeBufferPointer { bytes in
            String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
        }
    }
}
