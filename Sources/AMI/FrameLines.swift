import Glibc

/// The lines of one frame, as they were read: what makes a frame of them, or a reason to refuse it.
struct FrameLines {
    /// All lines and their ends, without the empty one.
    let bytes: UnsafeRawBufferPointer
    /// Where each line is in `bytes`, without its end. None is empty.
    let lines: [Range<Int>]

    /// - Parameter names: room to work in, which is used again for the next frame.
    func frame(_ names: inout HeaderNames) -> Result<AMIFrame, AMIParser.Refusal> {
        let hasControls = hasControls
        names.begin(lines.count)
        var places: [AMIFrame.Header] = []
        places.reserveCapacity(lines.count)
        for line in lines {
            guard let name = HeaderNames.name(bytes, line) else { return .failure(.notAHeader) }
            if hasControls, breaksALine((name.colon + 2)..<line.upperBound) { return .failure(.controlCharacter) }
            let place = AMIFrame.Header(
                start: UInt16(line.lowerBound), colon: UInt16(name.colon), end: UInt16(line.upperBound))
            guard names.insert(bytes, places, place, hash: name.hash) || FrameLines.isRepeated(bytes, place) else {
                return .failure(.repeatedHeader)
            }
            places.append(place)
        }
        return .success(AMIFrame(bytes: hasControls ? plain(places) : Array(bytes), places: places))
    }

    /// Headers that Asterisk repeats. Each variable of `channelvars` is a header of its own for each channel that an
    /// event is about, with what the channel is to the event before it: `DestChanVariable`, `TransfereeChanVariable`,
    /// `ParkeeChanVariable`.
    private static func isRepeated(_ bytes: UnsafeRawBufferPointer, _ header: AMIFrame.Header) -> Bool {
        let name = Int(header.start)..<Int(header.colon)
        return bytes.is("Variable", at: name) || bytes.is("Output", at: name)
            || bytes.holds("ChanVariable(", at: name)
            || bytes.is("ChanVariable", at: max(name.lowerBound, name.upperBound - 12)..<name.upperBound)
    }

    // MARK: Control characters

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

    /// Whether a line has any, besides its end.
    private var hasControls: Bool {
        var count = 0
        // Without a branch, so that the compiler looks at many bytes at once.
        for byte in bytes { count &+= FrameLines.isControl(byte) ? 1 : 0 }
        return count != lines.count * 2
    }

    private func breaksALine(_ value: Range<Int>) -> Bool { bytes[value].contains { $0 == 0x0D || $0 == 0x0A } }

    /// Copies the bytes with spaces for control characters in values.
    private func plain(_ places: [AMIFrame.Header]) -> [UInt8] {
        var copy = Array(bytes)
        for place in places {
            for i in (Int(place.colon) + 2)..<Int(place.end) where FrameLines.isControl(copy[i]) { copy[i] = 0x20 }
        }
        return copy
    }

    // MARK: What a refused frame was about

    /// Bytes of a frame that a caller cannot have written alone: a number has 79 at most.
    private static let forgedBytesMax = 200

    /// The channels that a refused frame was about. What a caller writes stands before the `Uniqueid` of the same
    /// channel, so the last one is Asterisk's.
    var channels: [String] {
        guard lines.reduce(0, { $0 + $1.count }) > FrameLines.forgedBytesMax else { return [] }
        func last(_ name: StaticString) -> String? {
            lines.last { bytes.holds(name, at: $0) }.flatMap {
                String(validating: bytes[$0].dropFirst(name.utf8CodeUnitCount), as: UTF8.self)
            }
        }
        var found: [String] = []
        for id in [last("Uniqueid: "), last("DestUniqueid: ")].compactMap(\.self)
        where !id.isEmpty && !found.contains(id) { found.append(id) }
        return found
    }
}

/// Finds a name that comes twice in one frame: a table of the names so far, by their hashes.
struct HeaderNames: Sendable {
    /// A place among the headers of the frame and one more; 0 where nothing is. Twice as many as names at least.
    private var table = [UInt16](repeating: 0, count: 128)

    /// A frame of so many lines begins.
    mutating func begin(_ lines: Int) {
        var size = 128
        while size < lines * 2 { size *= 2 }
        if size == table.count {
            table.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 0) }
        } else {
            table = [UInt16](repeating: 0, count: size)
        }
    }

    /// The name that a line begins with: printable ASCII up to a colon and a space. nil: the line is no header.
    static func name(_ bytes: UnsafeRawBufferPointer, _ line: Range<Int>) -> (colon: Int, hash: UInt32)? {
        var i = line.lowerBound, hash: UInt32 = 0
        while i < line.upperBound, bytes[i] != UInt8(ascii: ":") {
            let byte = bytes[i]
            guard byte > 0x20, byte < 0x7F else { return nil }
            hash = hash &* 31 &+ UInt32(byte)
            i += 1
        }
        guard i > line.lowerBound, i + 1 < line.upperBound, bytes[i + 1] == 0x20 else { return nil }
        return (i, hash)
    }

    /// - Parameter headers: those before `header`.
    /// - Returns: false when one of them has its name.
    mutating func insert(
        _ bytes: UnsafeRawBufferPointer, _ headers: [AMIFrame.Header], _ header: AMIFrame.Header, hash: UInt32
    ) -> Bool {
        guard let base = bytes.baseAddress else { return false }
        let mask = table.count - 1
        var slot = Int((hash &* 2_654_435_769) >> 16) & mask
        while table[slot] != 0 {
            let other = headers[Int(table[slot]) - 1]
            if other.nameCount == header.nameCount,
                memcmp(base + Int(other.start), base + Int(header.start), header.nameCount) == 0
            {
                return false
            }
            slot = (slot + 1) & mask
        }
        table[slot] = UInt16(headers.count + 1)
        return true
    }
}

extension UnsafeRawBufferPointer {
    /// Whether `range` begins with `text`.
    func holds(_ text: StaticString, at range: Range<Int>) -> Bool {
        guard range.count >= text.utf8CodeUnitCount, let baseAddress else { return false }
        return memcmp(baseAddress + range.lowerBound, text.utf8Start, text.utf8CodeUnitCount) == 0
    }

    /// Whether `range` is `text`.
    func `is`(_ text: StaticString, at range: Range<Int>) -> Bool {
        range.count == text.utf8CodeUnitCount && holds(text, at: range)
    }
}
