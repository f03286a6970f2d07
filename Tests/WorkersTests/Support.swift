import CallCenter
import Foundation
import Logging
import Storage
import Synchronization
import Testing

@testable import Workers

/// A Monday morning.
let morning = Timestamp(ms: 1_795_392_000_000)

/// What was logged, entry by entry.
final class LogLines: Sendable {
    struct Line: Equatable, Sendable {
        var level: Logger.Level
        var message: String
        var fields: [String: String]
    }
    private let lines = Mutex<[Line]>([])

    var all: [Line] { lines.withLock { $0 } }
    var messages: [String] { all.map(\.message) }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LogLines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            let line = Line(
                level: event.level, message: "\(event.message)", fields: (event.metadata ?? [:]).mapValues { "\($0)" })
            lines.lines.withLock { $0.append(line) }
        }
    }
}

/// A clock that stands still until a test moves it.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration
        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (a: Instant, b: Instant) -> Bool { a.offset < b.offset }
    }
    private struct Sleeper {
        var number: Int
        var due: Instant
        var continuation: CheckedContinuation<Void, any Error>
    }
    private struct State {
        var now = Instant(offset: .zero)
        var last = 0
        var cancelled: Set<Int> = []
        var sleepers: [Sleeper] = []
    }
    private let state = Mutex(State())

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let number = state.withLock { state in
            state.last += 1
            return state.last
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state -> Result<Void, any Error>? in
                    if state.cancelled.contains(number) { return .failure(CancellationError()) }
                    if deadline <= state.now { return .success(()) }
                    state.sleepers.append(Sleeper(number: number, due: deadline, continuation: continuation))
                    return nil
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            let found = state.withLock { state -> Sleeper? in
                state.cancelled.insert(number)
                guard let index = state.sleepers.firstIndex(where: { $0.number == number }) else { return nil }
                return state.sleepers.remove(at: index)
            }
            found?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Waits until somebody sleeps.
    ///
    /// - Returns: for how long.
    @discardableResult
    func sleeper() async -> Duration {
        while true {
            if let found = state.withLock({ state in state.sleepers.first.map { $0.due.offset - state.now.offset } }) {
                return found
            }
            await Task.yield()
        }
    }

    /// Moves on to the end of the sleep that somebody has begun, or begins.
    ///
    /// - Returns: how long it was.
    @discardableResult
    func endSleep() async -> Duration {
        let length = await sleeper()
        let due = state.withLock { state in
            state.now = state.now.advanced(by: length)
            let due = state.sleepers.filter { $0.due <= state.now }
            state.sleepers.removeAll { $0.due <= state.now }
            return due
        }
        for one in due { one.continuation.resume() }
        return length
    }
}

/// A queue whose time a test moves; its jobs run on the thread of the test.
final class ManualQueue: WorkQueue {
    private struct State {
        var now: Int64 = 0
        var jobs: [(at: Int64, job: @Sendable () -> Void)] = []
    }
    private let state = Mutex(State())

    var now: Int64 { state.withLock { $0.now } }
    var isEmpty: Bool { state.withLock { $0.jobs.isEmpty } }
    func run(after milliseconds: Int64, _ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(($0.now + milliseconds, job)) }
    }
    func runAndWait(_ job: () -> Void) { job() }

    /// Moves on, and runs what becomes due on the way, each job at its time.
    func advance(by milliseconds: Int64) {
        let end = now + milliseconds
        while true {
            let next = state.withLock { state -> (@Sendable () -> Void)? in
                guard let index = state.jobs.indices.min(by: { state.jobs[$0].at < state.jobs[$1].at }),
                    state.jobs[index].at <= end
                else { return nil }
                state.now = max(state.now, state.jobs[index].at)
                return state.jobs.remove(at: index).job
            }
            guard let next else { break }
            next()
        }
        state.withLock { $0.now = end }
    }
}

/// A state directory that is gone with the test.
final class StateDirectory: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "screenpop-workers-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A centre whose events a test tells.
struct Day {
    private(set) var centre = Centre(policy: Policy())
    private(set) var effects: [Effect] = []
    private var seq: Int64 = 0

    /// - Parameter ms: after `morning`.
    mutating func apply(_ body: Event.Body, _ ms: Int64, from raw: String = "09000000001") {
        seq += 1
        let number = CallerNumber(
            kind: .number, raw: raw, e164: "+81\(raw.dropFirst())", display: raw)
        let time = morning + ms
        _ = centre.apply(
            Event(source: "pbx", time: time, body: body), seq: seq, now: time, lookup: Lookup(caller: number),
            effects: &effects)
    }

    /// A call that is answered after 4 s and talks for a minute.
    mutating func answeredCall(_ id: String, at ms: Int64 = 0) {
        apply(.call(id, .offered(.init(from: "09000000001", to: "0300000000", queue: "support"))), ms)
        apply(.call(id, .queued(queue: "support", position: nil, priority: nil)), ms)
        apply(.call(id, .answered(operator: "101")), ms + 4_000)
        apply(.call(id, .ended(by: .caller, cause: nil)), ms + 64_000)
    }

    var history: [HistoryEntry] { effects.compactMap { if case .history(let entry) = $0 { entry } else { nil } } }
}
