import CallCenter
import SQLite

/// Reads the log in bounded pieces, for those who follow it from outside. Each piece is read over a connection of its
/// own: a reader who is slow holds neither the log nor memory.
public struct LogWindow: Sendable {
    private let path: String

    /// Entries of a piece, and the bytes of their lines: a piece ends with the entry that reaches one of them.
    public static let entriesMax = 512, bytesMax = 256 << 10
    /// Entries that are looked at for a piece; most of them may be secrets.
    private static let lookedAtMax = 4_096

    /// - Parameter directory: the state directory.
    public init(directory: String) { path = EventLog.path(directory) }

    /// Some entries.
    public struct Piece: Sendable {
        /// Events, and changes of records; of secrets and rules nothing is here.
        public var entries: [EventLog.Entry] = []
        /// The position of the last entry that was looked at.
        public var reached: Int64
    }

    /// Reads what follows a position. Blocks the thread.
    ///
    /// - Parameter limit: so many entries at most.
    /// - Returns: no entry where none follows yet.
    /// - Throws: `LogWindowError.cutOff` when entries that followed were deleted.
    public func read(after seq: Int64, limit: Int = LogWindow.entriesMax) throws(LogWindowError) -> Piece {
        var piece = Piece(reached: seq), bytes = 0, count = 0, first: Int64 = seq + 1, isWhole = true
        do throws(LogError) {
            let log = try LogFile.open(path: path)
            try log.replayInPlace(after: seq) { entry in
                if count == 0 { first = entry.seq }
                count += 1
                piece.reached = entry.seq
                switch EntryKind(source: entry.source) {
                case .event, .records:
                    piece.entries.append(EventLog.Entry(entry))
                    bytes += entry.line.count
                case .secrets, .policy: break
                }
                return piece.entries.count < limit && bytes < LogWindow.bytesMax
                    && count < LogWindow.lookedAtMax
            }
            if first > seq + 1 { isWhole = try log.isWhole() }
        } catch { throw .log(error) }
        // The positions before the first one of a whole log are of another log, and had no entries in this one.
        guard isWhole else { throw .cutOff(first: first) }
        return piece
    }

    /// The position of the newest entry; 0 for an empty log.
    public func last() throws(LogError) -> Int64 { try LogFile.open(path: path).last() }
}

/// Why a part of the log cannot be read.
public enum LogWindowError: Error, Equatable, CustomStringConvertible {
    /// Entries that followed were deleted; `first` is the position of the first that is there.
    case cutOff(first: Int64)
    /// The log cannot be read.
    case log(LogError)

    public var description: String {
        switch self {
        case .cutOff(let first): "events before \(first) are not kept any more"
        case .log(let error): "\(error)"
        }
    }
}

extension CustomerStore {
    /// The position up to which the log may still have data of a customer who was erased; nil when no erase is being
    /// carried out. Nothing up to there is passed on before.
    public func erasingThrough() throws(StoreError) -> Int64? {
        try reading { state throws(SQLiteError) in
            try state.database.integer("SELECT seq FROM erasure ORDER BY seq DESC LIMIT 1")
        }
    }
}
