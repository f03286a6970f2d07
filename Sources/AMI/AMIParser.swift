/// Splits the bytes of a manager connection into frames, strictly: a caller writes into its own number what it likes,
/// line ends included, and must not be able to write an event. Fed in chunks; holds one frame.
///
/// Lines end with CRLF and with nothing else. A frame is refused, and counted, when a line of it is no `Name: value`,
/// when a value has half a line end in it, or when a header comes twice that Asterisk writes once. Whatever else
/// stands in a value forges nothing: control characters become spaces, and what is no UTF-8 becomes U+FFFD.
public struct AMIParser: Sendable {
    /// Bytes of one frame; Asterisk's longest have some thousand.
    static let frameBytesMax = 65_536
    /// Headers that Asterisk repeats. Each variable of `channelvars` is a header of its own for each channel that an
    /// event is about, with what the channel is to the event before it: `DestChanVariable`, `TransfereeChanVariable`,
    /// `ParkeeChanVariable`.
    private static func isRepeated(_ name: String) -> Bool {
        name == "Variable" || name == "Output" || name.hasSuffix("ChanVariable") || name.hasPrefix("ChanVariable(")
    }

    public enum Part: Equatable, Sendable {
        /// `Asterisk Call Manager/11.0.0`: the beginning of a connection.
        case banner(String)
        case frame(AMIFrame)
        case refused(Refusal)
        /// Behind a refusal: the channels that the refused frame was about, and whether it told of the end of the first.
        case suspect([String], isEnd: Bool)
    }

    public enum Refusal: String, Equatable, Sendable, CaseIterable {
        case notAHeader = "a line is no header"
        case controlCharacter = "a value has half a line end in it"
        case repeatedHeader = "a header comes twice"
        case tooLong = "the frame is too long"
    }

    private var line: [UInt8] = []
    private var lines: [[UInt8]] = []
    private var bytes = 0
    private var isOverlong = false

    public init() {}

    /// - Parameter tell: each part, and how many bytes of `chunk` it took to complete it.
    public mutating func feed(_ chunk: some Collection<UInt8>, _ tell: (Part, Int) -> Void) {
        var count = 0
        for byte in chunk {
            count += 1
            bytes += 1
            if bytes > AMIParser.frameBytesMax, !isOverlong {
                isOverlong = true
                lines = []
            }
            line.append(byte)
            // Only the last two bytes are kept of what is refused anyway.
            if isOverlong, line.count > 2 { line.removeFirst(line.count - 2) }
            guard byte == 0x0A, line.count >= 2, line[line.count - 2] == 0x0D else { continue }
            line.removeLast(2)
            endLine { tell($0, count) }
        }
    }

    private mutating func endLine(_ tell: (Part) -> Void) {
        defer { line.removeAll(keepingCapacity: true) }
        if lines.isEmpty, !isOverlong, line.starts(with: "Asterisk Call Manager/".utf8) {
            bytes = 0
            return tell(.banner(String(decoding: line, as: UTF8.self)))
        }
        guard line.isEmpty else {
            if !isOverlong { lines.append(line) }
            return
        }
        defer {
            lines.removeAll(keepingCapacity: true)
            bytes = 0
            isOverlong = false
        }
        if isOverlong { return tell(.refused(.tooLong)) }
        // Asterisk built for its own test suite tells of itself, with headers that come twice by design.
        if lines.isEmpty || lines[0].elementsEqual("Event: TestEvent".utf8) { return }
        let part = AMIParser.frame(lines)
        tell(part)
        guard case .refused = part else { return }
        let channels = AMIParser.channels(lines)
        let isEnd = lines[0].elementsEqual("Event: Hangup".utf8)
        if !channels.isEmpty { tell(.suspect(channels, isEnd: isEnd)) }
    }

    /// Bytes of a frame that a caller cannot have written alone: a number has 79 at most.
    private static let forgedBytesMax = 200

    /// The channels that a refused frame was about. What a caller writes stands before the `Uniqueid` of the same
    /// channel, so the last one is Asterisk's.
    private static func channels(_ lines: [[UInt8]]) -> [String] {
        guard lines.reduce(0, { $0 + $1.count }) > forgedBytesMax else { return [] }
        func last(_ name: String) -> String? {
            lines.last { $0.starts(with: name.utf8) }.flatMap {
                String(validating: $0.dropFirst(name.utf8.count), as: UTF8.self)
            }
        }
        var found: [String] = []
        for id in [last("Uniqueid: "), last("DestUniqueid: ")].compactMap(\.self)
        where !id.isEmpty && !found.contains(id) { found.append(id) }
        return found
    }

    private static func frame(_ lines: [[UInt8]]) -> Part {
        var headers: [(name: String, value: String)] = []
        var seen: Set<String> = []
        for line in lines {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line.count > colon + 1,
                line[colon + 1] == 0x20,
                line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { return .refused(.notAHeader) }
            let value = line[(colon + 2)...]
            var hasControls = false
            for byte in value where byte < 0x20 || byte == 0x7F {
                if byte == 0x0D || byte == 0x0A { return .refused(.controlCharacter) }
                hasControls = true
            }
            let text =
                hasControls
                ? String(decoding: value.map { $0 < 0x20 || $0 == 0x7F ? 0x20 : $0 }, as: UTF8.self)
                : String(decoding: value, as: UTF8.self)
            let name = String(decoding: line[..<colon], as: UTF8.self)
            guard seen.insert(name).inserted || isRepeated(name) else { return .refused(.repeatedHeader) }
            headers.append((name, text))
        }
        return .frame(AMIFrame(headers: headers))
    }
}
