import Glibc

/// The received lines of one frame: makes a frame of them, or returns the reason to refuse it.
struct FrameLines {
    /// All lines and their ends, without the empty one.
    let bytes: UnsafeRawBufferPointer
    /// Where each line is in `bytes`, without its end. None is empty.
    let lines: [Range<Int>]

    /// - Parameter names: working memory, reused for the next frame.
    func frame(_ names: inout HeaderNames) -> Result<AMIFrame, AMIParser.Refusal> {
        let hasControls = hasControls
        var refusal: AMIParser.Refusal?
        let places = [AMIFrame.Header](unsafeUninitializedCapacity: lines.count) { places, count in
            names.begin(lines.count)
            for line in lines {
                guard let name = HeaderName(bytes, line) else { return refusal = .notAHeader }
                if hasControls, breaksALine((name.colon + 2)..<line.upperBound) { return refusal = .controlCharacter }
                let place = AMIFrame.Header(
                    start: UInt16(truncatingIfNeeded: line.lowerBound), colon: UInt16(truncatingIfNeeded: name.colon),
                    end: UInt16(truncatingIfNeeded: line.upperBound))
                let before = UnsafeBufferPointer(rebasing: places[..<count])
                guard names.insert(bytes, before, place, hash: name.hash) || FrameLines.isRepeated(bytes, place) else {
                    return refusal = .repeatedHeader
                }
                places.initializeElement(at: count, to: place)
                count += 1
            }
        }
        if let refusal { return .failure(refusal) }
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
        guard let base = bytes.baseAddress else { return false }
        var count = 0, i = 0
        while i + 8 <= bytes.count {
            // One count for each of eight bytes, which are added up before one of them could be too large.
            var counts: UInt64 = 0
            let end = min(bytes.count - 8, i + 8 * 31)
            while i <= end {
                let word = Word.at(base + i)
                // Below 0x20 the three highest bits are clear.
                counts &+= ((word & Word.each(0xE0)).zeroBytes | (word ^ Word.each(0x7F)).zeroBytes) >> 7
                i += 8
            }
            count += Int(truncatingIfNeeded: (counts &* Word.each(1)) >> 56)
        }
        while i < bytes.count {
            if FrameLines.isControl(bytes[i]) { count += 1 }
            i += 1
        }
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

    /// From this length on a caller cannot have written the frame alone: a number has at most 79 bytes.
    private static let forgedBytesMax = 200

    /// The channels that a refused frame was about. The text of a caller precedes the `Uniqueid` of the same channel,
    /// so the last one is Asterisk's.
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
