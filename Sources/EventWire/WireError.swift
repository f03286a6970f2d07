/// Why a line was refused, as its sender is told.
public struct WireError: Error, Equatable, Sendable {
    /// The stable words of protocol.md.
    public enum Code: String, Equatable, Sendable, CaseIterable {
        /// Not a JSON object.
        case malformed
        case tooLong = "too_long"
        case missingField = "missing_field"
        case invalidField = "invalid_field"
        case unknownType = "unknown_type"
        case forbidden
        case unavailable
    }

    public var code: Code
    /// The attribute concerned: `from`, or `calls[3].state` inside a snapshot.
    public var field: String?
    /// What to change, in a sentence. It quotes no value of the line, so it cannot contain a caller's number.
    public var message: String
    /// The event's own id, when it had a valid one.
    public var id: String?
    /// The event's call, when it had a valid one.
    public var call: String?

    public init(_ code: Code, field: String? = nil, message: String, id: String? = nil, call: String? = nil) {
        self.code = code
        self.field = field
        self.message = message
        self.id = id
        self.call = call
    }

    /// For a line beyond `WireLimits.lineBytesMax`.
    public static var lineTooLong: WireError {
        WireError(
            .tooLong, message: "The line is longer than 65536 bytes; send one event a line and end each with a newline."
        )
    }
}
