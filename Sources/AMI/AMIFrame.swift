/// One frame of the manager protocol: an event or a response, as `Name: value` lines.
public struct AMIFrame: Equatable, Sendable {
    /// In their order, names as Asterisk writes them.
    public let headers: [(name: String, value: String)]

    init(headers: [(name: String, value: String)]) { self.headers = headers }

    public static func == (a: AMIFrame, b: AMIFrame) -> Bool {
        a.headers.elementsEqual(b.headers) { $0.name == $1.name && $0.value == $1.value }
    }

    /// The value of a header that occurs at most once; nil when it is not there.
    public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

    /// nil for a response.
    public var event: String? { self["Event"] }

    /// A channel variable that `channelvars` in manager.conf exports (`ChanVariable: CALLERID(pres)=allowed`), or that was asked for.
    public func variable(_ name: String) -> String? {
        for header in headers where header.name == "ChanVariable" || header.name == "Variable" {
            if header.value.hasPrefix(name + "=") { return String(header.value.dropFirst(name.count + 1)) }
        }
        return nil
    }

    /// What can be a time: up to the year 9999, which leaves the microseconds far from an overflow.
    private static let seconds: Range<Int64> = 1..<253_402_300_800

    /// `timestampevents`: microseconds since 1970; nil when Asterisk does not send it.
    public var timestampUs: Int64? {
        guard let text = self["Timestamp"] else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 6, let s = Int64(parts[0]), let us = Int64(parts[1]),
            AMIFrame.seconds.contains(s), us >= 0
        else { return nil }
        return s * 1_000_000 + us
    }
}
