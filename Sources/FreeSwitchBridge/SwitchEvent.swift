import CallCenter

/// An event of FreeSWITCH's event socket.
public struct SwitchEvent: Sendable {
    private let fields: [String: String]

    /// Headers by name, with decoded values.
    public init(fields: [String: String]) { self.fields = fields }

    /// Reads the body of a `text/event-json` frame.
    ///
    /// - Returns: nil for what is no event.
    public init?(json bytes: some Collection<UInt8>) {
        guard case .object(let values)? = SwitchJSON.read(bytes), values["Event-Name"]?.text != nil else { return nil }
        fields = values.compactMapValues(\.text)
    }

    /// Reads headers with percent-encoded values: the answer to `connect` on a dialplan's socket, `event plain`.
    public init(plain text: some StringProtocol) {
        var fields: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            fields[String(line[..<colon])] = SwitchEvent.decoded(value)
        }
        self.fields = fields
    }

    /// nil for a header that is not there or empty.
    public subscript(_ name: String) -> String? {
        guard let value = fields[name], !value.isEmpty else { return nil }
        return value
    }

    /// When it happened on the PBX; FreeSWITCH's clock for this has steps of about 20 milliseconds.
    public var time: Timestamp? {
        fields["Event-Date-Timestamp"].flatMap(Int64.init).map { Timestamp(ms: $0 / 1_000) }
    }
    /// `Event-Name`, such as `CHANNEL_ANSWER`; empty without it.
    public var name: String { fields["Event-Name"] ?? "" }

    /// Unix seconds, as recordings have it.
    var arrived: Double? { fields["_arrived"].flatMap(Double.init) }

    /// Percent-encoded bytes as text; bytes that are no UTF-8 become U+FFFD.
    static func decoded(_ text: some StringProtocol) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(2), as: UTF8.self)
            if byte == UInt8(ascii: "%"), rest.count >= 2, let code = UInt8(digits, radix: 16) {
                bytes.append(code)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
