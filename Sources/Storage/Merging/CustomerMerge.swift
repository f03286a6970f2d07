import CallCenter

/// Two records of one customer were made one.
public struct CustomerMerge: Equatable, Sendable {
    public var id: Int64
    /// Who stays.
    public var into: Int64
    /// Whose record became a part of the other.
    public var other: Int64
    /// When they were made one.
    public var at: Timestamp
    /// As of an `Author`.
    public var by: String?
    /// When it was taken apart again; nil while it holds.
    public var undoneAt: Timestamp?
    /// Who took it apart, as of an `Author`; nil while it holds.
    public var undoneBy: String?
}

/// What a merge does, or would do.
public struct MergeReport: Equatable, Sendable {
    /// nil for a preview.
    public var merge: CustomerMerge?
    /// Who stays, as it is with the merge.
    public var customer: CustomerRecord
    /// What the other was before.
    public var other: CustomerRecord
    /// What both have and cannot both stay: the other's is kept in its history alone.
    public var dropped: [FieldChoice]
    /// What belongs to the one who stays afterwards.
    public var moved: Moved

    /// A field of which one value had to be chosen.
    public struct FieldChoice: Equatable, Sendable {
        /// As in the record; one of the centre's own is `custom.NAME`.
        public var field: String
        /// The value that stays.
        public var kept: String
        /// The value that does not.
        public var dropped: String
    }

    /// What the other has besides its record.
    public struct Moved: Equatable, Sendable {
        /// Purchases.
        public var purchases: Int64 = 0
        /// Contracts.
        public var contracts: Int64 = 0
        /// By hand and on other channels; calls and notes are not among them.
        public var contacts: Int64 = 0
        /// Notes that belong to no call.
        public var notes: Int64 = 0
        /// Files.
        public var files: Int64 = 0
        /// Calls in the history.
        public var calls: Int64 = 0
        /// Cases and promises, open and closed.
        public var cases: Int64 = 0

        /// Nothing.
        init() {}
    }
}

extension RecordChange {
    /// A customer becomes a part of another. It has no data of either: what the one who stays is then, is a change of
    /// its own in the same entry.
    struct Merged: Equatable, Sendable {
        /// The number of the merge.
        var id: Int64
        var into: Int64
        /// The version of the one who stays that has the other's data.
        var intoVersion: Int64
        var other: Int64
        /// The version that the merge makes of the other.
        var otherVersion: Int64
    }

    /// A merge is taken apart: the other is there again, with all that came from it.
    struct Unmerged: Equatable, Sendable {
        var id: Int64
        var intoVersion: Int64
        var otherVersion: Int64
    }
}
