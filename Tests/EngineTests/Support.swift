import CallCenter
import EventWire
import Foundation
import Synchronization
import Testing

@testable import Engine

/// A Monday morning.
let morning = Timestamp(ms: 1_795_392_000_000)

/// A log in memory whose disk can be made to fail.
final class MemoryLog: SharedEngineLog {
    struct Failure: Error {}
    var refusesCommits = false
    var refusesAppends = false
    var refusesReplay = false
    var refusesCheckpoints = false
    func heal() { (refusesCommits, refusesAppends, refusesReplay) = (false, false, false) }
    var slow: SlowDisk?
    var disk: FailingDisk?
    private(set) var lines: [MemoryLine] = []
    private(set) var rules: [(after: Int64, policy: Policy)] = []
    private var collectedRules: [(after: Int64, policy: Policy)] = []
    private(set) var kept: (seq: Int64, state: Checkpoint)?
    private(set) var commits = 0
    private var committed = 0
    private(set) var checkpoints = CheckpointStatus()
    /// Lines that were read back one by one.
    private(set) var lookedUp = 0

    var lastSeq: Int64 { Int64(lines.count) }
    var committedSeq: Int64 { Int64(committed) }
    var checkpointedSeq: Int64 { kept?.seq ?? 0 }

    func append(readAt: Timestamp, source: String, line: UnsafeRawBufferPointer, lookup: Lookup?) throws {
        if refusesAppends { throw Failure() }
        lines.append(
            .init(line: LoggedLine(seq: lastSeq + 1, readAt: readAt, source: source, line: Array(line)), lookup: lookup)
        )
    }
    func append(change bytes: UnsafeRawBufferPointer, _ kind: ChangeKind, readAt: Timestamp) {
        let line = LoggedLine(seq: lastSeq + 1, readAt: readAt, source: "\u{0}\(kind)", line: Array(bytes))
        lines.append(.init(line: line, lookup: nil))
    }
    func beginCommit(_ done: @escaping @Sendable () -> Void) { if let slow { slow.hold(done) } else { done() } }
    func finishCommit() throws { try commit() }
    func commit() throws {
        guard committed != lines.count || !collectedRules.isEmpty else { return }
        if refusesCommits || disk?.refuses.load(ordering: .relaxed) == true { throw Failure() }
        commits += 1
        committed = lines.count
        rules += collectedRules
        collectedRules = []
    }
    func rollback() {
        lines.removeLast(lines.count - committed)
        collectedRules = []
    }
    func line(_ seq: Int64) -> LoggedLine? {
        lookedUp += 1
        return lines.indices.contains(Int(seq) - 1) ? lines[Int(seq) - 1].line : nil
    }
    func writeCheckpoint(_ state: Checkpoint, at seq: Int64, after ready: @escaping @Sendable () throws -> Void) -> Bool
    {
        guard (try? ready()) != nil, !refusesCheckpoints else {
            checkpoints.failures += 1
            checkpoints.problem = "no room"
            return true
        }
        kept = (seq, state)
        checkpoints.checkpointedSeq = seq
        checkpoints.problem = nil
        return true
    }
    func forgetCheckpoint() {
        kept = nil
        checkpoints = CheckpointStatus()
    }
    // MARK: As a log that machines share: a row's bytes are lines.

    private(set) var epoch: Int64 = 0
    private(set) var sharedRules: [Policy] = []
    private var followed: [SharedRow] = []

    func lead(epoch: Int64) { self.epoch = epoch }
    func append(policy: Policy, readAt: Timestamp) throws {
        sharedRules.append(policy)
        let line = LoggedLine(seq: lastSeq + 1, readAt: readAt, source: "\u{0}policy", line: [])
        lines.append(.init(line: line, lookup: nil))
    }
    func beginFollowing(_ rows: [SharedRow], _ done: @escaping @Sendable () -> Void) -> Bool {
        guard rows.first?.first == lastSeq + 1 else { return false }
        followed = rows
        done()
        return true
    }
    func finishFollowing() throws {
        defer { followed = [] }
        if refusesCommits { throw Failure() }
        for entry in followed.flatMap(\.lines) {
            lines.append(
                .init(
                    line: LoggedLine(seq: lastSeq + 1, readAt: entry.readAt, source: "pbx", line: entry.line),
                    lookup: nil))
        }
        committed = lines.count
    }

    func cut(through seq: Int64, before time: Timestamp) -> Bool { false }
    func finishCheckpoint() {}
    func append(policy: Policy, after seq: Int64) throws { collectedRules.append((seq, policy)) }
    func adopt(_ policy: Policy, after seq: Int64) throws {
        if refusesCommits { throw Failure() }
        rules.append((seq, policy))
    }
    var opening: @Sendable () throws -> any LogReader {
        let lines = Array(lines.prefix(committed)), rules = rules, kept = kept, refuses = refusesReplay
        return {
            if refuses { throw Failure() }
            return MemoryReader(lines: lines, rules: rules, kept: kept)
        }
    }
}

struct MemoryLine: Sendable {
    var line: LoggedLine
    var lookup: Lookup?
}

extension SharedRow {
    /// A row as `MemoryLog` has it.
    init(_ lines: [String], after seq: Int64, epoch: Int64 = 1, readAt: Timestamp = morning) {
        self.init(
            first: seq + 1, last: seq + Int64(lines.count), epoch: epoch, readAt: readAt, changes: 0,
            entries: Array(lines.joined(separator: "\n").utf8))
    }
    var lines: [(line: [UInt8], readAt: Timestamp)] {
        entries.split(separator: UInt8(ascii: "\n")).map { (Array($0), readAt) }
    }
}

extension FollowedRows {
    init(_ row: SharedRow, policies: [Int64: Policy] = [:], lookups: [Int64: Lookup] = [:]) {
        var entries: [LoggedEvent] = []
        for (index, entry) in row.lines.enumerated() {
            let seq = row.first + Int64(index)
            entry.line.withUnsafeBytes {
                entries.append(
                    LoggedEvent(seq: seq, readAt: entry.readAt, source: "pbx", line: $0, lookup: lookups[seq]))
            }
        }
        self.init(rows: [row], entries: entries, policies: policies)
    }
}

/// What is committed of a log in memory, as it was when it was opened.
final class MemoryReader: LogReader {
    let lines: [MemoryLine]
    let rules: [(after: Int64, policy: Policy)]
    let kept: (seq: Int64, state: Checkpoint)?

    init(lines: [MemoryLine], rules: [(after: Int64, policy: Policy)], kept: (seq: Int64, state: Checkpoint)?) {
        self.lines = lines
        self.rules = rules
        self.kept = kept
    }

    var lastSeq: Int64 { Int64(lines.count) }
    func checkpoint() throws -> (seq: Int64, state: Checkpoint)? { kept }
    func policies() throws -> [(after: Int64, policy: Policy)] { rules }
    func replay(after seq: Int64, stateFrom: Int64, _ handle: (LoggedEvent) throws -> Void) throws {
        for one in lines.dropFirst(Int(seq)) {
            let line = one.line
            try line.line.withUnsafeBytes {
                try handle(
                    LoggedEvent(
                        seq: line.seq, readAt: line.readAt, source: line.source, line: $0,
                        lookup: line.seq > stateFrom ? one.lookup : nil, idOnly: line.seq <= stateFrom))
            }
        }
    }
}

/// A disk whose commits come back when it is told.
final class SlowDisk: Sendable {
    private let held = Mutex<[@Sendable () -> Void]>([])
    private let isOver = Atomic<Bool>(false)
    var isWaiting: Bool { held.withLock { !$0.isEmpty } }

    func hold(_ done: @escaping @Sendable () -> Void) {
        if isOver.load(ordering: .relaxed) { done() } else { held.withLock { $0.append(done) } }
    }
    func comeBack() {
        isOver.store(true, ordering: .relaxed)
        for done in held.withLock({ $0 }) { done() }
    }
}

/// A disk that refuses while it is told to, from whatever thread.
final class FailingDisk: Sendable {
    let refuses = Atomic<Bool>(false)
}

/// Work for another thread, which runs when a test says so.
final class HeldWork: Sendable {
    private let held = Mutex<[@Sendable () -> Void]>([])
    var isWaiting: Bool { held.withLock { !$0.isEmpty } }

    func append(_ work: @escaping @Sendable () -> Void) { held.withLock { $0.append(work) } }
    func run() {
        let all = held.withLock { held in
            defer { held = [] }
            return held
        }
        for work in all { work() }
    }
}

/// The customers that a test's outside world knows, by number; counts the questions.
final class World: CallerDirectory {
    var cards: [String: [CustomerCard]] = [:]
    private(set) var questions = 0

    func rest() {}
    func lookup(_ question: Centre.LookupQuestion) -> Lookup {
        questions += 1
        guard case .number(let raw?, .allowed) = question else { return Lookup(caller: .unavailable) }
        return Lookup(
            caller: CallerNumber(kind: .number, raw: raw, e164: raw, display: raw),
            candidates: (cards[raw] ?? []).map { Candidate(customer: $0) })
    }
}

final class Kept: HistorySink {
    private let entries = Mutex<[HistoryEntry]>([])
    var ended: [String] {
        entries.withLock { $0.compactMap { if case .ended(let one) = $0 { one.call.key.call } else { nil } } }
    }
    var calls: [String] {
        entries.withLock { $0.compactMap { if case .call(let one) = $0 { one.call.key.call } else { nil } } }
    }
    private let place = Mutex<Int64?>(nil)
    var through: Int64? {
        get { place.withLock { $0 } }
        set { place.withLock { $0 = newValue } }
    }
    /// Removes all entries, as one does that cannot be written.
    var isFull: Bool {
        get { full.withLock { $0 } }
        set { full.withLock { $0 = newValue } }
    }
    private let full = Mutex(false)
    private let lacks = Mutex(false)
    var lacksEntries: Bool { lacks.withLock { $0 } && !isFull }
    func beginReplay() { lacks.withLock { $0 = false } }
    func replayFailed() { lacks.withLock { $0 = true } }
    func enqueue(_ new: [HistoryEntry], through seq: Int64) {
        if isFull { lacks.withLock { $0 = true } } else { entries.withLock { $0 += new } }
        reached.withLock { $0 = max($0, seq) }
    }
    /// The log position up to which entries were added.
    let reached = Mutex<Int64>(0)
    func writeBeside() throws {}
    func flush(through seq: Int64) throws { through = seq }
}

/// What was answered, line by line.
final class Answers: Sendable {
    private let all = Mutex<[String]>([])
    var lines: [String] { all.withLock { $0 } }
    func append(_ reply: ByteBuilder) {
        let lines = reply.text.split(separator: "\n").map(String.init)
        all.withLock { $0 += lines }
    }
}

func batch(_ lines: [String], readAt: Timestamp = morning, to answers: Answers) -> EventBatch {
    var batch = EventBatch(readAt: readAt) { answers.append($0) }
    for line in lines { Array(line.utf8).withUnsafeBytes { batch.append(.line($0), defaultSource: "pbx") } }
    return batch
}

/// The engine without its thread.
struct Bench {
    let log: MemoryLog
    let world: World
    let kept = Kept()
    let streams = Streams(epoch: 7)
    let alerts = Answers()
    var core: EngineCore

    /// - Parameter through: the place up to which the history is complete.
    init(
        log: MemoryLog = MemoryLog(), world: World = World(), policy: Policy = Policy(), through: Int64? = nil,
        role: LogRole = .alone
    ) throws {
        kept.through = through
        self.log = log
        self.world = world
        core = try EngineCore(
            Engine.Parts(
                policy: policy, log: log, directory: world, history: kept, role: role,
                retention: 86_400_000, onAlert: { _, _ in },
                beside: { $0() }),
            streams: streams)
    }

    /// The replies to lines that come in one batch.
    @discardableResult
    mutating func send(_ lines: String..., readAt: Timestamp = morning) -> [String] { send(lines, readAt: readAt) }
    @discardableResult
    mutating func send(_ lines: [String], readAt: Timestamp = morning) -> [String] {
        let answers = Answers()
        core.process([batch(lines, readAt: readAt, to: answers)])
        core.finish()
        restore()
        return answers.lines
    }

    /// Makes a state again that a failed commit has spoiled.
    mutating func restore() {
        if let work = core.beginRestoring() { core.endRestoring(Result { try work() }) }
    }

    /// Figures and screens, as text to compare.
    func snapshot(at now: Timestamp) -> [String] {
        var centre = core.centre, effects: [Effect] = []
        centre.settle(now, effects: &effects)
        let stats = centre.stats(from: morning - 86_400_000, to: morning + 2 * 86_400_000, now: now)
        let sets =
            [("centre", stats.centre)] + (stats.queues.sorted { $0.key < $1.key })
            + (stats.tiers.sorted { $0.key < $1.key })
        let figures = sets.map {
            "\($0.0) \($0.1.figures) \($0.1.service) \($0.1.waiting) \($0.1.ringing) \($0.1.longestWait) "
                + "\($0.1.callbacksDue)"
        }
        let operators = stats.operators.sorted { $0.key < $1.key }.map {
            "\($0.key) \($0.value.state) \($0.value.figures) \($0.value.calls)"
        }
        let pops = centre.operators.keys.sorted().flatMap { who in
            centre.livePops(of: who, at: now).map { pop in
                // Contains the time of the first event, which differs when the event was resent.
                var pop = pop
                pop.id = ""
                return "\(who) \(pop)"
            }
        }
        return figures + operators + pops
    }
}

func time(_ ms: Int64) -> String { RFC3339.string(morning + ms) }

/// SplitMix64. A test prints its seed; `SCREENPOP_SEED` repeats the run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ name: String) {
        state =
            ProcessInfo.processInfo.environment["SCREENPOP_SEED"].flatMap(UInt64.init)
            ?? UInt64.random(in: 0...UInt64.max)
        print("\(name): SCREENPOP_SEED=\(state)")
    }

    /// The run of one seed.
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
