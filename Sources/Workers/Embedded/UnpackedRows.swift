import CallCenter
import Engine
import Foundation
import Storage

/// Rows of a shared log, unpacked for the engine and for the records.
public struct UnpackedRows: Sendable {
    /// For the engine.
    public var followed: FollowedRows
    /// Changes of records, and of tokens, accounts and sessions, in order.
    public private(set) var changes: [EventLog.Entry] = []
    /// Whether a customer is erased by one of them.
    public var hasErase: Bool { changes.contains(where: \.isErase) }

    /// Decodes every entry, on this thread.
    ///
    /// - Throws: `LogRowError` when a row is not one that this program wrote.
    public init(_ rows: [LogRow]) throws {
        var entries: [LoggedEvent] = [], policies: [Int64: Policy] = [:], changes: [EventLog.Entry] = []
        for row in rows {
            try row.forEach { entry in
                let at = Timestamp(ms: entry.readAt), kind = EntryKind(source: entry.source)
                entries.append(
                    LoggedEvent(
                        seq: entry.seq, readAt: at, source: entry.source, line: entry.line,
                        lookup: entry.facts.isEmpty ? nil : LookupBytes.decode(entry.facts)))
                switch kind {
                case .event: break
                case .records, .secrets: changes.append(EventLog.Entry(entry))
                case .policy:
                    // Rules of a newer version that this one cannot read: those before them stay in force here.
                    policies[entry.seq] = try? JSONDecoder().decode(Policy.self, from: Data(entry.line))
                }
            }
        }
        self.changes = changes
        followed = FollowedRows(rows: rows.map(SharedRow.init), entries: entries, policies: policies)
    }
}

extension SharedRow {
    init(_ row: LogRow) {
        self.init(
            first: row.first, last: row.last, epoch: row.epoch, readAt: Timestamp(ms: row.readAt),
            changes: row.changes, entries: row.entries)
    }
}
