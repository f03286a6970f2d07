import Engine
import Storage
import Synchronization

/// The log of a state directory whose daemon does not run, for changes.
final class LogOfOne: ChangeLog {
    private let log: Mutex<EventLog>

    init(_ log: consuming sending EventLog) { self.log = Mutex(log) }

    /// The end of the log.
    var last: Int64 { log.withLock { $0.lastSeq } }

    func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
        let result: Result<Int64, LogError> = log.withLock { log in
            entry.withUnsafeBytes { log.append(change: $0, kind: kind, readAt: Engine.now().ms) }
            do throws(LogError) { try log.commit() } catch { return .failure(error) }
            return .success(log.committedSeq)
        }
        do throws(LogError) { return try result.get() } catch { throw ChangeLogError("\(error)") }
    }
}
