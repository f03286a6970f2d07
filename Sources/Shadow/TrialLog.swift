import CallCenter
import Engine
import Foundation
import Glibc
import Storage

/// Why a log cannot be read, or does not reach as far as it would have to.
public enum TrialError: Error, Equatable, Sendable {
    /// There is no log in this directory.
    case noLog(directory: String)
    /// This user may not read it.
    case notAllowed(directory: String)
    /// It has no event.
    case empty(directory: String)
    /// The period begins before the log does, or too soon after: the date of the first possible day.
    case tooEarly(firstDay: String, isCut: Bool)
    /// The period begins after the end of the log, which is at this moment (RFC 3339).
    case tooLate(logEnds: String)
    /// It cannot be read; the sentence says why.
    case unreadable(String)
}

/// The log of a state directory, read beside the daemon that writes it.
final class TrialLog {
    /// Of a log whose beginning was removed, this much is read before the first day that can be tried: who is logged
    /// in, and who called before. Milliseconds.
    static let runUp: Int64 = 86_400_000
    /// Entries that are read at once. In between nothing keeps the daemon from beginning its write-ahead log again.
    static let pageMax = 20_000

    private let log: LogFile
    private let directory: String
    let begins: Timestamp
    let ends: Timestamp
    let first: Int64
    let last: Int64
    let isWhole: Bool
    let policies: [(after: Int64, policy: Policy)]

    init(directory: String) throws(TrialError) {
        self.directory = directory
        let path = directory + "/events.db"
        guard access(path, R_OK) == 0 else {
            throw errno == ENOENT || errno == ENOTDIR
                ? .noLog(directory: directory) : .notAllowed(directory: directory)
        }
        do {
            let log = try LogFile.open(path: path)
            let last = try log.last()
            var begins: (seq: Int64, at: Timestamp)?
            try log.replay(after: 0) { entry in
                begins = (entry.seq, Timestamp(ms: entry.readAt))
                return false
            }
            guard let begins, let newest = try log.entry(last) else { throw TrialError.empty(directory: directory) }
            first = begins.seq
            self.begins = begins.at
            self.last = last
            ends = Timestamp(ms: newest.readAt)
            isWhole = try log.isWhole()
            policies = try log.policies().map { ($0.after, try JSONDecoder().decode(Policy.self, from: Data($0.policy)))
            }
            self.log = log
        } catch let error as TrialError { throw error } catch {
            // Reading beside the daemon takes more than reading the file: SQLite's shared memory is written too.
            throw access(path, W_OK) == 0 && access(directory, W_OK) == 0
                ? .unreadable("\(error)") : .notAllowed(directory: directory)
        }
    }

    /// The state to start from, and its log position: nil is the empty state, at the beginning of the log.
    ///
    /// A whole log is read from its beginning, as every rule then applies from there. Of a log whose beginning was
    /// removed the checkpoint is used when it is old enough, and otherwise the first day is read to learn who is there.
    func start(from: Timestamp, _ rules: TriedRules) throws(TrialError) -> (seq: Int64, state: Checkpoint)? {
        guard from <= ends else { throw .tooLate(logEnds: timeText(ends)) }
        if isWhole { return nil }
        if let kept = checkpoint(notAfter: from) { return kept }
        guard begins + TrialLog.runUp <= from else {
            throw .tooEarly(firstDay: rules.firstDay(from: begins + TrialLog.runUp), isCut: true)
        }
        return nil
    }

    /// The checkpoint, if it is of this log and its newest event was read by then.
    private func checkpoint(notAfter time: Timestamp) -> (seq: Int64, state: Checkpoint)? {
        guard let kept = CheckpointFile(directory: directory).read(), kept.seq >= first - 1, kept.seq <= last,
            let own = try? log.identity(), kept.log == own
        else { return nil }
        let at = (try? log.entry(kept.seq)).flatMap { $0 }.map { Timestamp(ms: $0.readAt) } ?? begins
        guard at <= time, let state = try? CheckpointBytes.decode(kept.state) else {
            return nil
        }
        return (kept.seq, state)
    }

    /// Calls `handle` with each event after `seq` that was read up to `time`, in order.
    ///
    /// - Parameter page: called now and then with the newest position.
    func read(
        after seq: Int64, through time: Timestamp, page: (Int64) -> Void,
        _ handle: (Event, LoggedLine, Lookup?) -> Void
    ) throws(TrialError) {
        var at = seq, isOver = false
        while !isOver {
            var count = 0
            do {
                try log.replay(after: at) { entry in
                    guard entry.readAt <= time.ms else {
                        isOver = true
                        return false
                    }
                    at = entry.seq
                    count += 1
                    TrialLog.pass(entry, handle)
                    return count < TrialLog.pageMax
                }
            } catch { throw .unreadable("\(error)") }
            if count < TrialLog.pageMax { isOver = true }
            page(at)
        }
    }

    /// Entries that are no events, such as changes of records, are passed over: their source begins with U+0000.
    private static func pass(_ entry: EventLog.Entry, _ handle: (Event, LoggedLine, Lookup?) -> Void) {
        guard entry.source.utf8.first != 0 else { return }
        let line = LoggedLine(
            seq: entry.seq, readAt: Timestamp(ms: entry.readAt), source: entry.source, line: entry.line)
        guard let event = line.event else { return }
        handle(event, line, entry.facts.isEmpty ? nil : LookupBytes.decode(entry.facts))
    }
}
