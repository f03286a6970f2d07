import CallCenter
import SQLite

/// A change of the block list: what a number's entry was, and what it is. nil: the number is not blocked.
struct BlockChange: Equatable, Sendable {
    /// Counts the changes of the whole list, from 1 on.
    var version: Int64
    /// E.164.
    var number: String
    var before: BlockedNumber?
    var after: BlockedNumber?
}

/// A version of the block list: who changed the entry of a number, and what it was and became.
public struct BlockVersion: Equatable, Sendable {
    /// Counts the changes of the whole list.
    public var version: Int64
    /// When it was made.
    public var at: Timestamp
    /// Who made it.
    public var author: Author
    /// E.164.
    public var number: String
    /// nil: it was not blocked.
    public var before: BlockedNumber?
    /// nil: it is not blocked any more.
    public var after: BlockedNumber?
}

/// The table of the versions of the block list. `before` and `after` are packed entries; NULL: not blocked. Changes of
/// earlier versions of the daemon have no row.
enum BlockTables {
    static let schema = """
        CREATE TABLE blocked_version(
          version INTEGER PRIMARY KEY, number TEXT NOT NULL, at INTEGER NOT NULL, who TEXT, through TEXT NOT NULL, \
        before BLOB, after BLOB) STRICT;
        CREATE INDEX blocked_version_number ON blocked_version(number, version)
        """
}

extension BlockedNumber {
    /// Without the number.
    var packed: [UInt8] {
        var out = PackedWriter()
        out.text(display)
        out.optional(reason)
        out.signed(since.ms)
        return out.bytes
    }

    init(number: String, packed bytes: [UInt8]) throws(Malformed) {
        self = try bytes.reading { from throws(Malformed) in
            BlockedNumber(
                number: number, display: try from.text(), reason: try from.optionalText(),
                since: Timestamp(ms: try from.signed()))
        }
    }
}

extension PackedWriter {
    mutating func blockChange(_ one: BlockChange) {
        signed(one.version)
        text(one.number)
        optional(one.before) { $0.blob($1.packed) }
        optional(one.after) { $0.blob($1.packed) }
    }
}

extension PackedReader {
    mutating func blockChange() throws(Malformed) -> BlockChange {
        let version = try signed(), number = try text()
        return BlockChange(
            version: version, number: number,
            before: try optional { from throws(Malformed) in
                try BlockedNumber(number: number, packed: try from.byteList())
            },
            after: try optional { from throws(Malformed) in
                try BlockedNumber(number: number, packed: try from.byteList())
            })
    }
}

extension CustomerStore {
    /// The versions of the block list, newest first.
    ///
    /// - Parameters:
    ///   - number: E.164: those of this number alone; nil for all.
    ///   - below: only versions below this one; nil for the newest.
    public func blockVersions(
        of number: String? = nil, below: Int64? = nil, limit: Int
    ) throws(StoreError) -> [BlockVersion] {
        try with { state throws(SQLiteError) in
            try state.blockVersions(of: number, below: below ?? .max, limit: limit)
        }
    }
}

extension CustomerStore.State {
    borrowing func blockVersions(
        of number: String?, below: Int64, limit: Int
    ) throws(SQLiteError) -> [BlockVersion] {
        let all = try database.prepare(
            """
            SELECT version, number, at, who, through, before, after FROM blocked_version
            WHERE version<?1 AND (?2 IS NULL OR number=?2) ORDER BY version DESC LIMIT ?3
            """)
        try all.bind(below, 1)
        try all.bind(number, 2)
        try all.bind(Int64(limit), 3)
        var found: [BlockVersion] = []
        while try all.step() {
            let number = all.text(1) ?? ""
            found.append(
                BlockVersion(
                    version: all.int(0), at: Timestamp(ms: all.int(2)), author: all.author(3),
                    number: number,
                    before: all.isNull(5) ? nil : try unpacked(number, all.withBytes(5) { Array($0) }),
                    after: all.isNull(6) ? nil : try unpacked(number, all.withBytes(6) { Array($0) })))
        }
        return found
    }

    private borrowing func unpacked(_ number: String, _ bytes: [UInt8]) throws(SQLiteError) -> BlockedNumber {
        do throws(Malformed) { return try BlockedNumber(number: number, packed: bytes) } catch {
            throw SQLiteError(code: LogTables.damaged, message: "a version of the block list cannot be read")
        }
    }

    /// The change that makes an entry of the block list what it is to be; nil when it is that already.
    borrowing func blockChange(of number: String, to after: BlockedNumber?) throws(SQLiteError) -> BlockChange? {
        let before = try CustomerStore.blocked(self, number: number).first
        guard before != after else { return nil }
        let newest = try database.integer("SELECT coalesce(max(version), 0) FROM blocked_version") ?? 0
        return BlockChange(version: newest + 1, number: number, before: before, after: after)
    }

    borrowing func apply(_ one: BlockChange, _ origin: Origin) throws(SQLiteError) {
        if let after = one.after { try block(after) } else { try unblock(one.number) }
        let note = try database.prepare("INSERT OR REPLACE INTO blocked_version VALUES(?,?,?,?,?,?,?)")
        try note.bind(one.version, 1)
        try note.bind(one.number, 2)
        try note.bind(origin.at.ms, 3)
        try note.bind(origin.author.who, 4)
        try note.bind(origin.author.through.rawValue, 5)
        try note.bind(one.before?.packed, 6)
        try note.bind(one.after?.packed, 7)
        try note.run()
    }

    /// A number that belonged to an erased customer alone: its entry, and what it ever was.
    borrowing func eraseBlocking(of number: String) throws(SQLiteError) {
        try unblock(number)
        let delete = try database.prepare("DELETE FROM blocked_version WHERE number=?")
        try delete.bind(number, 1)
        try delete.run()
    }
}
