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

    /// Hands an entry to the log. A shared log may take as long as its database is away: this does not wait for it.
    func begin(_ entry: [UInt8], _ kind: EntryKind) -> PendingChange

    /// Hands the entry of an erase to the log, as `append(erasing:_:)` does.
    func begin(erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]) -> PendingChange
}

extension ChangeLog {
    /// For a log that answers at once.
    public func begin(_ entry: [UInt8], _ kind: EntryKind) -> PendingChange {
        do throws(ChangeLogError) { return PendingChange(.kept(seq: try append(entry, kind), calls: [])) } catch {
            return PendingChange(.refused(error))
        }
    }

    /// For a log that answers at once.
    public func begin(
        erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]
    ) -> PendingChange {
        do throws(ChangeLogError) {
            let (seq, calls) = try append(erasing: erasure, entry)
            return PendingChange(.kept(seq: seq, calls: calls))
        } catch { return PendingChange(.refused(error)) }
    }

    /// For a log beside which no live state is.
    public func append(
        erasing erasure: Erasure, _ entry: @escaping @Sendable ([ErasedCall]) -> [UInt8]
    ) throws(ChangeLogError) -> (seq: Int64, calls: [ErasedCall]) { (try append(entry([]), .records), []) }
}

/// Why a change is not known to be in the log, in a sentence for whoever made it.
public struct ChangeLogError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is known of the change.
    public enum Kind: Equatable, Sendable {
        /// Nothing was written.
        case refused
        /// Nothing was written: the database of a shared log does not answer.
        case late
        /// Nothing was written: another machine appends to the log.
        case following
        /// It may be in the log, or still get there.
        case unknown
    }

    public var description: String
    /// What is known of the change.
    public var kind: Kind

    /// Copies its arguments.
    public init(_ description: String, _ kind: Kind = .refused) {
        self.description = description
        self.kind = kind
    }

    /// The fate of the change was not known when its time was over.
    static let undecided = ChangeLogError(
        """
        It is not known yet whether this was kept: the log does not answer. When it does, the change is there once, or \
        not at all. Look before you make it again.
        """, .unknown)
    /// A change before this one waits for the log.
    static let behind = ChangeLogError(
        "The log does not answer, and a change before this one waits for it. Nothing was done; try again in a moment.",
        .late)
}
