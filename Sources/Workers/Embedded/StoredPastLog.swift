import CallCenter
import Engine
import Foundation
import Storage

/// Implements `PastLog` with the embedded log.
public final class StoredPastLog: PastLog {
    private let log: LogFile

    /// - Parameter directory: the state directory.
    public init(directory: String) throws { log = try LogFile.open(path: directory + "/events.db") }

    /// The oldest position that the log in a state directory keeps; nil for an empty one.
    public static func oldest(in directory: String) throws -> Int64? {
        try LogFile.open(path: directory + "/events.db").first()
    }

    /// All policies that ever applied, oldest first. Blocks for the disk.
    public func policies() throws -> [(after: Int64, policy: Policy)] {
        try log.policies().map { ($0.after, try JSONDecoder().decode(Policy.self, from: Data($0.policy))) }
    }

    /// Blocks for the disk. Of a change of records only its place is passed on, with an empty line.
    public func replay(after seq: Int64, _ handle: (LoggedLine, Lookup?) -> Bool) throws {
        try log.replay(after: seq) { entry in
            // Changes of records may be large, and are no events: their place is passed on, and nothing of them.
            if entry.kind != .event {
                return handle(
                    LoggedLine(
                        seq: entry.seq, readAt: Timestamp(ms: entry.readAt), source: entry.source, line: []), nil)
            }
            return handle(LoggedLine(entry), entry.facts.isEmpty ? nil : LookupBytes.decode(entry.facts))
        }
    }

    /// Whether no entry was deleted. Blocks for the disk.
    public func isWhole() throws -> Bool { try log.isWhole() }
}
