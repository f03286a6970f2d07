/// Some entries of the log, packed into one row of its table, as they are copied from one machine to another.
///
/// Machines that share a log have the same rows: a row is copied byte for byte.
public struct LogRow: Equatable, Sendable {
    /// The positions of its first entry and its last one.
    public var first: Int64
    /// The position of its last entry.
    public var last: Int64
    /// Which leadership has appended it; 0 on a machine that shares its log with no other.
    public var epoch: Int64
    /// When its newest entry was read, in milliseconds since 1970.
    public var readAt: Int64
    /// How many of its entries are no events.
    public var changes: Int64
    /// The entries, as `Burst` packs them.
    public var entries: [UInt8]

    /// Copies its arguments.
    public init(first: Int64, last: Int64, epoch: Int64, readAt: Int64, changes: Int64, entries: [UInt8]) {
        self.first = first
        self.last = last
        self.epoch = epoch
        self.readAt = readAt
        self.changes = changes
        self.entries = entries
    }

    init(_ burst: Burst, epoch: Int64) {
        self.init(
            first: burst.first, last: burst.last, epoch: epoch, readAt: burst.newestReadAt, changes: burst.changes,
            entries: burst.bytes)
    }

    /// Calls `handle` with each entry, in order; its bytes are valid until it returns.
    ///
    /// - Throws: `LogRowError` when the row is not one that this program wrote.
    public func forEach(_ handle: (EventLog.EntryInPlace) -> Void) throws(LogRowError) {
        var count: Int64 = 0
        do {
            try entries.withUnsafeBytes { bytes in
                try Burst.readInPlace(bytes, first: first, from: first) { entry in
                    count += 1
                    handle(entry)
                    return true
                }
            }
        } catch { throw LogRowError(first: first) }
        guard count == last - first + 1 else { throw LogRowError(first: first) }
    }
}

/// A row of the log that cannot be read.
public struct LogRowError: Error, Equatable, CustomStringConvertible {
    /// The position of its first entry.
    public var first: Int64
    public var description: String { "the row of the log at position \(first) cannot be read" }
}
