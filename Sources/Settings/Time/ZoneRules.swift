/// The offset of local time from UTC at any moment, from a TZif file (RFC 8536); leap seconds are left out as in POSIX.
///
/// Read by our own code, as Foundation's time zones link ICU: thirty megabytes for one subtraction.
public struct ZoneRules: Equatable, Sendable {
    private struct Change: Equatable {
        /// Seconds since 1970, UTC.
        let at: Int64
        let offset: Int64
    }

    private let changes: [Change]
    /// Before the first change, and always in a zone without one.
    private let first: Int64
    /// After the last change.
    private let rest: PosixZone?

    static let utc = ZoneRules(changes: [], first: 0, rest: nil)

    private init(changes: [Change], first: Int64, rest: PosixZone?) {
        self.changes = changes
        self.first = first
        self.rest = rest
    }

    /// Seconds to add to UTC for local time; east is positive.
    ///
    /// - Parameter at: seconds since 1970, UTC.
    public func offset(at time: Int64) -> Int64 {
        guard let last = changes.last else { return rest?.offset(at: time) ?? first }
        if time >= last.at { return rest?.offset(at: time) ?? last.offset }
        // The last change that is not after the time.
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at <= time { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : changes[low - 1].offset
    }

    /// The moment in `(from, to]` at which the offset becomes that of `to`. The two lie less than a day apart.
    func change(after from: Int64, upTo to: Int64) -> Int64 {
        let wanted = offset(at: to)
        var (before, at) = (from, to)
        while at - before > 1 {
            let middle = before + (at - before) / 2
            if offset(at: middle) == wanted { at = middle } else { before = middle }
        }
        return at
    }

    // MARK: The file

    /// Nil when the bytes are no TZif file.
    public init?(tzif bytes: [UInt8]) {
        var reader = Reader(bytes: bytes)
        guard var header = reader.header() else { return nil }
        var wide = false
        if header.version >= UInt8(ascii: "2") {
            // The same again with eight bytes a time, which is the one to read.
            guard reader.skip(header.size(timeBytes: 4)), let second = reader.header() else { return nil }
            header = second
            wide = true
        }
        guard header.types > 0, let times = reader.numbers(header.times, bytes: wide ? 8 : 4),
            let indices = reader.numbers(header.times, bytes: 1), let offsets = reader.offsets(header.types)
        else { return nil }
        var changes: [Change] = []
        for (time, index) in zip(times, indices) {
            guard offsets.indices.contains(Int(index)), time > changes.last?.at ?? .min else { return nil }
            changes.append(Change(at: time, offset: offsets[Int(index)]))
        }
        var rest: PosixZone?
        if wide {
            guard reader.skip(header.characters + header.leaps * 12 + header.standards + header.universals),
                let footer = reader.footer()
            else { return nil }
            if !footer.isEmpty {
                guard let zone = PosixZone(footer) else { return nil }
                rest = zone
            }
        }
        self.init(changes: changes, first: offsets[0], rest: rest)
    }

    private struct Header {
        let version: UInt8
        let universals, standards, leaps, times, types, characters: Int

        func size(timeBytes: Int) -> Int {
            times * timeBytes + times + types * 6 + characters + leaps * (timeBytes + 4) + standards + universals
        }
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func skip(_ count: Int) -> Bool {
            guard count <= bytes.count - at else { return false }
            at += count
            return true
        }

        /// A signed number, its most significant byte first.
        mutating func number(bytes count: Int) -> Int64? {
            guard count <= bytes.count - at else { return nil }
            defer { at += count }
            // A single byte is an index or a flag, and has no sign.
            if count == 1 { return Int64(bytes[at]) }
            var number = Int64(Int8(bitPattern: bytes[at]))
            for byte in bytes[(at + 1)..<(at + count)] { number = number << 8 | Int64(byte) }
            return number
        }

        mutating func numbers(_ count: Int, bytes width: Int) -> [Int64]? {
            guard count * width <= bytes.count - at else { return nil }
            return (0..<count).compactMap { _ in number(bytes: width) }
        }

        mutating func header() -> Header? {
            guard bytes.count - at >= 44, bytes[at..<(at + 4)].elementsEqual("TZif".utf8) else { return nil }
            let version = bytes[at + 4]
            at += 20
            guard let counts = numbers(6, bytes: 4), counts.allSatisfy({ (0...1_000_000).contains($0) }) else {
                return nil
            }
            return Header(
                version: version, universals: Int(counts[0]), standards: Int(counts[1]), leaps: Int(counts[2]),
                times: Int(counts[3]),
                types: Int(counts[4]), characters: Int(counts[5]))
        }

        /// The offsets of the types of local time; whether one is daylight saving and what it is called matters to
        /// nobody here.
        mutating func offsets(_ count: Int) -> [Int64]? {
            guard count * 6 <= bytes.count - at else { return nil }
            return (0..<count).compactMap { _ in
                defer { at += 2 }
                return number(bytes: 4)
            }
        }

        /// The rule for all the time after the last change, between two line feeds.
        mutating func footer() -> String? {
            let lineFeed = UInt8(ascii: "\n")
            guard at < bytes.count, bytes[at] == lineFeed, let end = bytes[(at + 1)...].firstIndex(of: lineFeed) else {
                return nil
            }
            return String(decoding: bytes[(at + 1)..<end], as: UTF8.self)
        }
    }
}
