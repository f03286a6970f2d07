import CallCenter
import Glibc
import SQLite

/// Changes that a file of the records, tokens or accounts was made of, and that neither it nor the log has any more:
/// the file is missing or old, and the log's beginning was deleted. A start that went on would lose them silently.
struct LostChanges: Equatable, Sendable {
    enum File: String, Sendable {
        case records = "customers.db"
        case tokens = "access.db"
        case accounts = "accounts.db"
    }
    var file: File
    var path: String
    /// The position up to which its changes are there; nil: it is missing.
    var mark: Int64?
    /// The position of the newest one that was deleted from the log; nil where that is not known.
    var cut: Int64?

    /// The name of an empty file by which an administrator says that a start goes on without them, once.
    static let acceptance = "accept-loss"

    /// What cannot be rebuilt, from what is known of each file.
    ///
    /// - Parameters:
    ///   - marks: of the files that are there: nil where a file has none.
    ///   - cut: what was deleted from the log.
    ///   - isShort: whether the log has changes, but not from its beginning on: it counts where an earlier version
    ///     deleted entries without noting which.
    static func of(
        _ marks: [File: Int64?], _ cut: LogCut, isShort: Bool, in directory: String
    ) -> [LostChanges] {
        var lost: [LostChanges] = []
        for (file, position) in [(File.records, cut.records), (.tokens, cut.tokens), (.accounts, cut.accounts)] {
            let known = marks[file], mark = known ?? nil
            // A file without a mark is of an earlier version, and has all that there was.
            if known != nil, mark == nil { continue }
            let isLost: Bool
            if let position {
                isLost = (mark ?? 0) < position
            } else {
                // Each start makes all three: one that is missing beside another was deleted.
                isLost = known == nil && isShort && !marks.isEmpty
            }
            if isLost {
                lost.append(
                    LostChanges(file: file, path: "\(directory)/\(file.rawValue)", mark: mark, cut: position))
            }
        }
        return lost
    }

    /// What the files of a directory have lost, where an administrator accepts it.
    ///
    /// - Throws: `StateFilesError` where something is lost and nobody accepts it.
    static func find(in directory: String) throws -> [LostChanges] {
        var marks: [File: Int64?] = [:]
        for file in [File.tokens, .accounts] where isThere(file, directory) {
            marks[file] = .some(try SecretProjection.mark(of: file.rawValue, in: directory))
        }
        if isThere(.records, directory) { marks[.records] = .some(try recordsMark(directory)) }
        let log = try LogFile.open(path: EventLog.path(directory))
        var hasChanges = false
        try log.changes(after: 0) { _ in
            hasChanges = true
            return false
        }
        let lost = of(marks, try log.cutOff(), isShort: try hasChanges && log.first() != 1, in: directory)
        guard lost.isEmpty || access("\(directory)/\(acceptance)", F_OK) == 0 else {
            throw StateFilesError(refusal: .lost(lost), directory: directory)
        }
        return lost
    }

    private static func isThere(_ file: File, _ directory: String) -> Bool {
        access("\(directory)/\(file.rawValue)", F_OK) == 0
    }

    private static func recordsMark(_ directory: String) throws(StoreError) -> Int64? {
        let path = CustomersDatabase.path(directory)
        do throws(SQLiteError) {
            let database = try Connection(path: path)
            let isThere = "SELECT count(*) FROM pragma_table_info('identity') WHERE name='changes_through'"
            guard try database.integer(isThere) == 1 else { return nil }
            return try database.integer("SELECT changes_through FROM identity WHERE changes_through IS NOT NULL")
        } catch { throw StoreError(error, path: path) }
    }

    /// A new log begins behind one that was moved away: what the files have of that one, no log can give again.
    static func noteEarlierLog(in directory: String, records: Int64?) throws {
        let path = EventLog.path(directory)
        let tokens = try SecretProjection.mark(of: SecretProjection.tokens, in: directory)
        let accounts = try SecretProjection.mark(of: SecretProjection.accounts, in: directory)
        do throws(SQLiteError) {
            let cut = LogCut(records: records ?? 0, tokens: tokens ?? 0, accounts: accounts ?? 0)
            try cut.write(try Connection(path: path))
        } catch { throw LogError(error, path: path) }
    }

    /// The acceptance counts for one start.
    static func useAcceptance(in directory: String) { unlink("\(directory)/\(acceptance)") }

    private var what: String {
        switch file {
        case .records: "customers, cases and other records"
        case .tokens: "tokens"
        case .accounts: "accounts"
        }
    }

    /// For the administrator.
    var sentence: String {
        let state = mark.map { "\(path) has the changes up to event \($0) only" } ?? "\(path) is not there"
        let until = cut.map { "those up to event \($0)" } ?? "older ones"
        return """
            \(state), and \(until) were deleted from the log after [retention] events: \(what) of that time cannot be \
            rebuilt
            """
    }

    var notice: String { "\(sentence). This start goes on without them, as \(LostChanges.acceptance) said" }
}
