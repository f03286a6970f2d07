/// What a reply says (protocol.md, "Replies"), for a client of the event socket.
public enum ReplyLine: Equatable, Sendable {
    /// The event is on disk.
    case taken
    /// It is not; nil for a code that this version does not know.
    case refused(WireError.Code?)

    /// Reads the line as `ReplyEncoder` writes it; nil for anything else.
    public static func read(_ line: UnsafeRawBufferPointer) -> ReplyLine? {
        if has(#"{"ok":true"#, in: line, at: 0) { return .taken }
        guard has(#"{"ok":false"#, in: line, at: 0) else { return nil }
        // Texts before it, the event's id and its call, have their quotes escaped.
        guard let code = text(behind: #""error":{"code":""#, in: line) else { return .refused(nil) }
        return .refused(WireError.Code(rawValue: code))
    }

    /// The same for a line that is a `String`.
    public static func read(_ line: String) -> ReplyLine? {
        var line = line
        return line.withUTF8 { read(UnsafeRawBufferPointer($0)) }
    }

    /// What stands between a mark and the next quote.
    private static func text(behind mark: StaticString, in line: UnsafeRawBufferPointer) -> String? {
        guard let start = line.indices.first(where: { has(mark, in: line, at: $0) }) else { return nil }
        let rest = line[(start + mark.utf8CodeUnitCount)...]
        return String(decoding: rest.prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }

    private static func has(_ mark: StaticString, in line: UnsafeRawBufferPointer, at start: Int) -> Bool {
        guard line.count - start >= mark.utf8CodeUnitCount else { return false }
        for i in 0..<mark.utf8CodeUnitCount where line[start + i] != mark.utf8Start[i] { return false }
        return true
    }
}
