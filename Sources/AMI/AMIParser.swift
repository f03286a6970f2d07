import Glibc

/// Splits the bytes of a manager connection into frames. It is strict, because a caller can write line ends into the
/// caller id and must not be able to forge an event. Fed in chunks; buffers one frame.
///
/// Lines end with CRLF and nothing else. A frame is refused, and counted, when a line is no `Name: value`, when a value
/// contains half a line end, or when a header occurs twice that Asterisk writes once. Other characters in a value can
/// forge nothing: control characters become spaces, and bytes that are no UTF-8 become U+FFFD.
///
/// A busy PBX writes more than ten megabytes a second. So line ends are found with `memchr`, a frame is copied once,
/// and no strings are made here. `FrameLines` makes a frame of lines.
public struct AMIParser: Sendable {
    /// Maximum of bytes in one frame; Asterisk's longest have some thousand.
    static let frameBytesMax = 65_536

    /// What the bytes of a connection consist of.
    public enum Part: Equatable, Sendable {
        /// `Asterisk Call Manager/11.0.0`: the beginning of a connection.
        case banner(String)
        /// A frame that passed all checks.
        case frame(AMIFrame)
        /// A frame was dropped; the connection goes on with the next one.
        case refused(Refusal)
        /// Follows a refusal: the channels that the refused frame was about, and whether it reported the end of the
        /// first.
        case suspect([String], isEnd: Bool)
    }

    /// Why a frame is dropped. The raw value is a part of a sentence for the log.
    public enum Refusal: String, Equatable, Sendable, CaseIterable {
        /// A line without a colon and a space behind a name.
        case notAHeader = "a line is no header"
        /// A carriage return or a line feed alone: a caller may have written it.
        case controlCharacter = "a value has half a line end in it"
        /// A header that Asterisk writes once in a frame.
        case repeatedHeader = "a header comes twice"
        /// More than 65,536 bytes.
        case tooLong = "the frame is too long"
    }

    /// What was read of the frame that is not complete yet.
    private var held: [UInt8] = []
    /// The ranges of its complete lines, without line ends.
    private var lines: [Range<Int>] = []
    /// Where in it the next line begins.
    private var lineStart = 0
    /// The current frame is too long: its lines are dropped up to the empty one that ends it.
    private var isOverlong = false
    private var names = HeaderNames()

    /// At the beginning of a connection; each connection needs its own parser.
    public init() {}

    /// - Parameter handle: each part, and how many bytes of `chunk` it took to complete it.
    public mutating func feed(_ chunk: [UInt8], _ handle: (Part, Int) -> Void) {
        chunk.withUnsafeBytes { feed($0, handle) }
    }

    /// - Parameter handle: each part, and how many bytes of `chunk` it took to complete it.
    public mutating func feed(_ chunk: ArraySlice<UInt8>, _ handle: (Part, Int) -> Void) {
        chunk.withUnsafeBytes { feed($0, handle) }
    }

    /// - Parameter handle: each part, and how many bytes of `chunk` it took to complete it.
    public mutating func feed(_ chunk: UnsafeRawBufferPointer, _ handle: (Part, Int) -> Void) {
        // Moved out of `self`, which is changed while the bytes are read.
        var bytes = held
        held = []
        let before = bytes.count
        bytes.append(contentsOf: chunk)
        let frameStart = bytes.withUnsafeBytes { split($0, from: before) { handle($0, $1 - before) } }
        bytes.removeFirst(frameStart)
        held = bytes
    }

    /// Splits `bytes`, which begin with the buffered ones, into frames.
    ///
    /// - Parameters:
    ///   - searched: up to this offset all line ends are known.
    ///   - handle: called with each part and the offset after it.
    /// - Returns: the offset of the first incomplete frame.
    private mutating func split(
        _ bytes: UnsafeRawBufferPointer, from searched: Int, _ handle: (Part, Int) -> Void
    ) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        var frameStart = 0, lineStart = lineStart, at = searched
        while let found = memchr(base + at, 0x0A, bytes.count - at) {
            let newline = UnsafeRawPointer(found) - base
            at = newline + 1
            // A line feed alone is part of its line.
            guard newline > lineStart, bytes[newline - 1] == 0x0D else { continue }
            let line = lineStart..<(newline - 1)
            lineStart = at
            if at - frameStart > AMIParser.frameBytesMax { isOverlong = true }
            if isOverlong {
                guard line.isEmpty else { continue }
                handle(.refused(.tooLong), at)
            } else if lines.isEmpty, bytes.holds("Asterisk Call Manager/", at: line) {
                handle(.banner(String(decoding: bytes[line], as: UTF8.self)), at)
            } else if !line.isEmpty {
                lines.append((line.lowerBound - frameStart)..<(line.upperBound - frameStart))
                continue
            } else {
                endFrame(UnsafeRawBufferPointer(rebasing: bytes[frameStart..<newline - 1])) { handle($0, at) }
            }
            lines.removeAll(keepingCapacity: true)
            isOverlong = false
            frameStart = at
        }
        if bytes.count - frameStart > AMIParser.frameBytesMax { isOverlong = true }
        if isOverlong {
            lines.removeAll(keepingCapacity: true)
            // The last two bytes tell whether the line is empty, and whether its end has begun.
            lineStart = max(lineStart, bytes.count - 2)
            frameStart = lineStart
        }
        self.lineStart = lineStart - frameStart
        return frameStart
    }

    private mutating func endFrame(_ bytes: UnsafeRawBufferPointer, _ handle: (Part) -> Void) {
        // Asterisk builds for its own test suite send TestEvent, with repeated headers by design.
        guard let first = lines.first, !bytes.is("Event: TestEvent", at: first) else { return }
        let frame = FrameLines(bytes: bytes, lines: lines)
        switch frame.frame(&names) {
        case .success(let frame): handle(.frame(frame))
        case .failure(let refusal):
            handle(.refused(refusal))
            let channels = frame.channels
            if !channels.isEmpty { handle(.suspect(channels, isEnd: bytes.is("Event: Hangup", at: first))) }
        }
    }
}

extension AMIParser.Refusal: Error {}
