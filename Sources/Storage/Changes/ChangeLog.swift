import CallCenter

/// The log, as the writers of records need it.
///
/// Every change is an entry of the log before anybody may see it (docs/architecture.md): a writer validates it against
/// the records, appends it here, and then commits it to the records. A start applies what is in the log and not in the
/// records.
///
/// See also `append(erasing:_:)`: an erase changes the live state at its position.
public protocol ChangeLog: Sendable {
    /// Appends an entry, and returns when it is on disk. Blocks the thread: not for the engine's.
    ///
    /// - Returns: the entry's position.
    /// - Throws: `ChangeLogError` when the log cannot be written now; nothing was appended.
    func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64

    /// Appends the entry of an erase, applies the erase to the live state at the entry's position, and returns when the
    /// entry is on disk.
    ///
    /// - Parameter entry: makes the entry's bytes, with the calls in the live state that are the customer's.
    /// - Returns: the entry's position, and these calls.
    func append(
        erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]
    ) throws(ChangeLogError) -> (seq: Int64, calls: [ErasedCall])
}

extension ChangeLog {
    /// For a log beside which no live state is.
    public func append(
        erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]
    ) throws(ChangeLogError) -> (seq: Int64, calls: [ErasedCall]) { (try append(entry([]), .records), []) }
}

/// Why a change was refused by the log: nothing was written, and trying again later may do.
public struct ChangeLogError: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}
