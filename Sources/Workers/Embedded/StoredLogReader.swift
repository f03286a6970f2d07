import CallCenter
import Dispatch
import Engine
import Foundation
import Logging
import Storage

/// Reads the embedded log, over connections of its own.
final class StoredLogReader: LogReader {
    private let path: String
    private let log: LogFile
    private let file: CheckpointFile
    private let logger: Logger?

    init(directory: String, logger: Logger? = nil) throws {
        path = directory + "/events.db"
        log = try LogFile.open(path: path)
        file = CheckpointFile(directory: directory)
        self.logger = logger
    }

    var lastSeq: Int64 { get throws { try log.last() } }

    func line(_ seq: Int64) -> LoggedLine? { (try? log.entry(seq)).flatMap { $0 }.map(LoggedLine.init) }

    func policies() throws -> [(after: Int64, policy: Policy)] {
        try log.policies().map { ($0.after, try JSONDecoder().decode(Policy.self, from: Data($0.policy))) }
    }

    /// A checkpoint that cannot be read is ignored: the log contains the same state, as far as no events were deleted.
    func checkpoint() throws -> (seq: Int64, state: Checkpoint)? {
        guard let kept = file.read() else { return nil }
        do { return (kept.seq, try CheckpointBytes.decode(kept.state)) } catch {
            logger?.warning("the checkpoint cannot be read, and the log is read from its beginning: \(error)")
            return nil
        }
    }

    // MARK: Replay

    /// Entries that are passed on at once, and the bytes of their lines: a batch is some hundred kilobytes at most, but
    /// for a line that is longer by itself.
    static let batchMax = 256, batchBytesMax = 65_536
    /// Batches that wait at most.
    static let batchesMax = 8

    /// Reads, unpacks and decodes on another thread, while this one uses what was decoded before.
    func replay(after seq: Int64, stateFrom: Int64, _ handle: (LoggedEvent) throws -> Void) throws {
        let batches = HandOver<LoggedEvent>(batchesMax: StoredLogReader.batchesMax), reading = DispatchGroup()
        DispatchQueue(label: "log reader").async(group: reading) { [path] in
            batches.end(Result { try StoredLogReader.read(path, after: seq, stateFrom: stateFrom, into: batches) })
        }
        // No thread goes on reading after an error of `handle`.
        defer {
            batches.stop()
            reading.wait()
        }
        while let batch = try batches.next() { for entry in batch { try handle(entry) } }
    }

    private static func read(
        _ path: String, after seq: Int64, stateFrom: Int64, into batches: HandOver<LoggedEvent>
    ) throws {
        var batch: [LoggedEvent] = [], bytes = 0, isWanted = true
        func passOn() {
            isWanted = batches.add(batch)
            batch = []
            bytes = 0
        }
        // What was read before an error is used.
        defer { if isWanted, !batch.isEmpty { passOn() } }
        try LogFile.open(path: path).replayInPlace(after: seq) { entry in
            let idOnly = entry.seq <= stateFrom
            batch.append(
                LoggedEvent(
                    seq: entry.seq, readAt: Timestamp(ms: entry.readAt), source: entry.source, line: entry.line,
                    lookup: idOnly || entry.facts.isEmpty ? nil : LookupBytes.decode(entry.facts), idOnly: idOnly))
            bytes += entry.line.count
            if batch.count >= batchMax || bytes >= batchBytesMax { passOn() }
            return isWanted
        }
    }
}

extension LoggedLine {
    init(_ entry: EventLog.Entry) {
        self.init(seq: entry.seq, readAt: Timestamp(ms: entry.readAt), source: entry.source, line: entry.line)
    }
}
