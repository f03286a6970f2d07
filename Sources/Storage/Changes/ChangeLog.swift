/// The log, as the writers of records need it.
///
/// Every change is an entry of the log before anybody may see it (docs/architecture.md): a writer validates it against
/// the records, appends it here, and then commits it to the records. A start applies what is in the log and not in the
/// records.
public protocol ChangeLog: Sendable {
    /// Appends an entry, and returns when it is on disk. Blocks the thread: not for the engine's.
    ///
    /// - Returns: the entry's position.
    /// - Throws: `ChangeLogError` when the log cannot be written now; nothing was appended.
    func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64
}

/// Why a change was refused by the log: nothing was written, and trying again later may do.
public struct ChangeLogError: Error, Equatable, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}
