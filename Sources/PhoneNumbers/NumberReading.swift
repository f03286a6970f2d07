import CallCenter

/// What a text that should be a number turned out to be, and how it is looked for in the records.
public struct NumberReading: Equatable, Sendable {
    /// Why a text counts as a number that identifies somebody.
    public enum Basis: Equatable, Sendable {
        /// libphonenumber calls it valid.
        case valid
        /// This expression of `[numbers] also_valid` names its range.
        case alsoValid(String)
    }

    /// What is known without the records.
    public var caller: CallerNumber
    /// What the records are asked by: E.164, or the digits of what is no telephone number. Nil for what is not looked
    /// up.
    public var key: String?
    /// What it is when a record has exactly it; nil when that changes nothing. A number that is possible and not valid
    /// identifies its customer then.
    public var ifRecorded: CallerNumber?
    /// The text that was read, narrow and without what was around it; empty when withheld.
    public var text: String
    /// Prefixes that were accepted away before it was read, in their order: `184`, or the one for an outside line.
    public var removed: [String]
    /// nil when only a record can make it a number.
    public var basis: Basis?

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
