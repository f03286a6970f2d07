/// Why a line was refused, as its sender is told.
public struct WireError: Error, Equatable, Sendable {
    /// The stable words of protocol.md.
    public enum Code: String, Equatable, Sendable, CaseIterable {
        /// Not a JSON object.
        case malformed
        /// More than `WireLimits.lineBytesMax` bytes. The rest of the line is skipped, and the connection goes on.
        case tooLong = "too_long"
        /// The type needs this attribute; `field` names it.
        case missingField = "missing_field"
        /// An attribute has a value that it cannot have, or is there twice; `field` names it.
        case invalidField = "invalid_field"
        /// A `type` that the protocol does not have.
        case unknownType = "unknown_type"
        /// The sender may not push events, or not for this source (`[ingest]`).
        case forbidden
        /// The event is not on disk; the sender sends it again later with the same `id`.
        case unavailable
    }

    /// What is wrong, for programs.
    public var code: Code
    /// The attribute concerned: `from`, or `calls[3].state` inside a snapshot.
    public var field: String?
    /// What to change, in a sentence. It quotes no value of the line, so it cannot contain a caller's number.
    public var message: String
    /// The event's own id, when it had a valid one.
    public var id: String?
    /// The event's call, when it had a valid one.
    public var call: String?

    /// Copies its arguments; the meaning of each is at its property.
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
