/// Splits the bytes of a manager connection into frames, strictly: a caller writes into its own number what it likes, line ends included, and
/// must not be able to write an event. Fed in chunks; holds one frame.
///
/// Lines end with CRLF and with nothing else. A frame is refused, and counted, when a line of it is no `Name: value`, when a value has a
/// control character or is no UTF-8, or when a header comes twice that Asterisk writes once.
public struct AMIParser: Sendable {
    /// Bytes of one frame; Asterisk's longest have some thousand.
    static let frameBytesMax = 65_536
    /// Headers that Asterisk repeats.
    static let repeated: Set<String> = ["ChanVariable", "DestChanVariable", "Variable", "Output"]

    public enum Part: Equatable, Sendable {
        /// `Asterisk Call Manager/11.0.0`: the beginning of a connection.
        case banner(String)
        case frame(AMIFrame)
        case refused(Refusal)
    }

    public enum Refusal: String, Equatable, Sendable, CaseIterable {
        case notAHeader = "a line is no header"
        case controlCharacter = "a value has a control character"
        case notUTF8 = "a value is no UTF-8"
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
        tell(AMIParser.frame(lines))
    }

    private static func frame(_ lines: [[UInt8]]) -> Part {
        var headers: [(name: String, value: String)] = []
        var seen: Set<String> = []
        for line in lines {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0, line.count > colon + 1, line[colon + 1] == 0x20,
                line[..<colon].allSatisfy({ $0 > 0x20 && $0 < 0x7F })
            else { return .refused(.notAHeader) }
            let value = line[(colon + 2)...]
            guard value.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return .refused(.controlCharacter) }
            guard let text = String(validating: value, as: UTF8.self) else { return .refused(.notUTF8) }
            let name = String(decoding: line[..<colon], as: UTF8.self)
            guard seen.insert(name).inserted || repeated.contains(name) || name.hasPrefix("ChanVariable(") else { return .refused(.repeatedHeader) }
            headers.append((name, text))
        }
        return .frame(AMIFrame(headers: headers))
    }
}
