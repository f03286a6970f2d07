import CallCenter
import Dispatch
import Engine
import Foundation
import Storage
import Web

/// The centre as it was, replayed from the log beside the calls. One question at a time: each reads the whole log up to
/// there.
final class PastCentre: PastStates {
    private let path: String
    private let rules: Policy
    private let queue = DispatchQueue(label: "past", qos: .utility)

    /// - Parameter rules: for a log of which no rules are known.
    init(directory: String, rules: Policy) {
        path = directory + "/events.db"
        self.rules = rules
    }

    func state(until time: Timestamp?, through seq: Int64?) async throws -> PastState {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.tell(until: time, through: seq) }) }
        }
    }

    private func tell(until time: Timestamp?, through seq: Int64?) throws -> PastState {
        let log = try LogFile.open(path: path)
        let policies = try log.policies().map {
            (after: $0.after, policy: try JSONDecoder().decode(Policy.self, from: Data($0.policy)))
        }
        var replay = LogReplay(policies: policies, from: nil, rules: rules)
        replay.quiet()
        var begins: Timestamp?, last: Timestamp?
        try log.replay(after: 0) { entry in
            let line = LoggedLine(entry)
            if let seq, entry.seq > seq { return false }
            if let time, line.readAt > time { return false }
            begins = begins ?? line.readAt
            last = line.readAt
            if let event = line.event {
                replay.take(event, line, entry.facts.isEmpty ? nil : LookupBytes.decode(entry.facts))
            }
            return true
        }
        // Later rules do not hold for a moment before them.
        if time == nil { replay.finish() }
        return PastState(
            centre: replay.centre, events: replay.count, begins: begins, last: last, isWhole: try log.isWhole())
    }

    func entries(after seq: Int64, limit: Int) async throws -> [LoggedLine] {
        let path = path
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        var page: [LoggedLine] = []
                        try LogFile.open(path: path).replay(after: seq) { entry in
                            page.append(LoggedLine(entry))
                            return page.count < limit
                        }
                        return page
                    })
            }
        }
    }
}
