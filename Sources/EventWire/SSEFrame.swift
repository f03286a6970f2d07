/// Frames of a stream of Server-Sent Events (WHATWG HTML, section 9.2).
public enum SSEFrame {
    /// `id: …`, `event: …` and one line of `data: …`.
    ///
    /// - Parameters:
    ///   - id: what a client sends back as `Last-Event-ID`; line breaks and NUL in it, which the format cannot carry,
    ///     are left out.
    ///   - data: writes JSON with this builder's own methods, which leave no raw newline in it.
    public static func event(
        _ name: StaticString, id: String?, into out: inout ByteBuilder, data: (inout ByteBuilder) -> Void
    ) {
        if let id {
            out.append("id: ")
            for byte in id.utf8 where byte != 0x0A && byte != 0x0D && byte != 0 { out.append(byte) }
            out.append(UInt8(ascii: "\n"))
        }
        out.append("event: ")
        out.append(name)
        out.append("\ndata: ")
        let start = out.count
        data(&out)
        assert(!out.bytes[start...].contains(0x0A), "data with a raw newline would be cut there")
        out.append("\n\n")
    }

    /// A line that clients ignore: the heartbeat.
    public static func comment(_ text: StaticString = "", into out: inout ByteBuilder) {
        out.append(": ")
        out.append(text)
        out.append("\n\n")
    }

    /// How long a client waits before it comes back. Milliseconds.
    public static func retry(_ ms: Int64, into out: inout ByteBuilder) {
        out.append("retry: ")
        out.append(decimal: ms)
        out.append("\n\n")
    }
}
