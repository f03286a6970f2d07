import CallCenter

/// The result of parsing a caller id, and the key for the look-up in the records.
public struct NumberReading: Equatable, Sendable {
    /// Why a text counts as a number that identifies somebody.
    public enum Basis: Equatable, Sendable {
        /// libphonenumber calls it valid.
        case valid
        /// This expression of `[numbers] also_valid` names its range.
        case alsoValid(String)
    }

    /// The number, as parsed without the records.
    public var caller: CallerNumber
    /// The look-up key: E.164, or the digits of a text that is no telephone number. nil: no look-up.
    public var key: String?
    /// The number if a record contains exactly this text; nil when that changes nothing. A number that is possible but
    /// not valid then identifies its customer.
    public var ifRecorded: CallerNumber?
    /// The text that was read, narrow and without what was around it; empty when withheld.
    public var text: String
    /// Prefixes that were removed before parsing, in order: `184`, or the one for an outside line.
    public var removed: [String]
    /// nil when only a record can make it a number.
    public var basis: Basis?

    /// Copies its arguments; without the optional ones it is a text that no record has to be asked for.
    public init(
        _ caller: CallerNumber, key: String? = nil, ifRecorded: CallerNumber? = nil, text: String = "",
        removed: [String] = [], basis: Basis? = nil
    ) {
        self.caller = caller
        self.key = key
        self.ifRecorded = ifRecorded
        self.text = text
        self.removed = removed
        self.basis = basis
    }

    /// The number as far as it can be read at all: for what somebody typed, where the records say whether it exists.
    public var recorded: CallerNumber { ifRecorded ?? caller }
}
