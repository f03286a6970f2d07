import CallCenter
import Engine
import Foundation
import Storage

/// The embedded log at the engine's seam: facts and states are kept as JSON, so that an administrator can read them.
final class EngineLogOnSQLite: EngineLog {
    private var log: EventLog
    private let encoder = JSONEncoder()
    private let decoder = JSONDecoder()

    init(directory: String) throws(LogError) { log = try EventLog.open(directory: directory) }

    var lastSeq: Int64 { log.lastSeq }

    func append(readAt: Timestamp, source: String, line: UnsafeRawBufferPointer, lookup: Lookup?) throws {
        let facts = try lookup.map { [UInt8](try encoder.encode($0)) } ?? []
        try log.append(readAt: readAt.ms, source: source, line: line, facts: facts)
    }
    func commit() throws { try log.commit() }
    func rollback() { log.rollback() }

    func line(_ seq: Int64) -> (readAt: Timestamp, source: String, line: [UInt8])? {
        guard let entry = try? log.entry(seq) else { return nil }
        return (Timestamp(ms: entry.readAt), entry.source, entry.line)
    }

    /// A checkpoint of another form is left aside: the log says everything it says.
    func checkpoint() throws -> (seq: Int64, state: Checkpoint)? {
        guard let kept = try log.checkpoint(), let state = try? decoder.decode(Checkpoint.self, from: Data(kept.state)),
            state.isCurrent
        else { return nil }
        return (kept.seq, state)
    }
    func keep(_ state: Checkpoint, at seq: Int64) throws { try log.keep(state: [UInt8](try encoder.encode(state)), at: seq) }

    func replay(after seq: Int64, _ tell: (Int64, Timestamp, String, [UInt8], Lookup?) -> Void) throws {
        try log.replay(after: seq) { entry in
            let lookup = entry.facts.isEmpty ? nil : try? decoder.decode(Lookup.self, from: Data(entry.facts))
            tell(entry.seq, Timestamp(ms: entry.readAt), entry.source, entry.line, lookup)
        }
    }
}
