import CallCenter
import PhoneNumbers

/// What an import of a queue log needs to know of the centre.
public struct QueueLogRules: Sendable {
    /// The rules by which the calls are counted: those of today.
    public var policy = Policy()
    /// Which PBX the file is of: the source of its events.
    public var source = "asterisk"
    /// When a local clock shows a time, for times that are written as one. Milliseconds since 1970-01-01T00:00.
    public var clock: @Sendable (Int64) -> Timestamp = { Timestamp(ms: $0) }
    /// Calls of the source that are in memory.
    public var liveCalls: Set<String> = []
    /// Intervals of operators that live events made, and that are in memory.
    public var liveIntervals: [String: Set<Timestamp>] = [:]

    /// A centre with the default rules, in UTC, without live calls.
    public init() {}

    func isLive(_ who: String, at start: Timestamp) -> Bool { liveIntervals[who]?.contains(start) ?? false }
}

/// Reads a queue log in bounded memory, plays it in a centre of its own (`PastPlay`), and writes the calls that are
/// over into the history.
struct QueueLogImport: ~Copyable {
    /// How far back a line may be of the one before: Asterisk's threads write within a second. Milliseconds.
    private static let orderMax: Int64 = 60_000
    /// How far ahead of the daemon's clock a line may be. Milliseconds.
    private static let aheadMax: Int64 = 86_400_000
    private static let eventsAtOnce = 4_096
    /// Calls of one transaction and one entry of the log.
    private static let chunkCalls = 2_000

    private let writer: RecordWriter
    private let rules: QueueLogRules
    private let run: ImportRun?
    private let now: Timestamp
    private let numbers: PhoneNumberReader
    private let customers: CustomerReader
    private var events: QueueLogEvents
    private var play: PastPlay
    /// Events that an event of an earlier time may still precede, in the order of their times.
    private var waiting: [Event] = []
    /// How many may wait before those are played that can be.
    private var waitingMax = QueueLogImport.eventsAtOnce
    private var calls: [Call] = []
    private var operators: [String: [Timestamp: OperatorFigures]] = [:]
    private var newest = Timestamp(ms: .min)
    private var part: Int64 = 0
    private var isToldOfSource = false

    init(
        into writer: RecordWriter, _ options: CustomerImport.Options, _ run: ImportRun?, at now: Timestamp
    ) throws(ImportError) {
        do throws(StoreError) { customers = try CustomerReader(directory: writer.store.directory) } catch {
            throw .store(error)
        }
        self.writer = writer
        rules = options.queueLog
        self.run = run
        self.now = now
        numbers = PhoneNumberReader(options.numbers)
        events = QueueLogEvents(source: options.queueLog.source, named: options.map)
        play = PastPlay(policy: options.queueLog.policy)
    }

    // MARK: Lines

    mutating func read(_ text: Substring, at line: Int, _ report: inout CustomerImport.Report) {
        report.rows += 1
        do throws(ImportRow.Fault) {
            let read = try QueueLogLine(text, clock: rules.clock)
            guard read.time <= now + QueueLogImport.aheadMax else {
                throw ImportRow.Fault(column: "time", message: "it is ahead of the daemon's clock")
            }
            guard newest.ms == .min || read.time >= newest - QueueLogImport.orderMax else {
                throw ImportRow.Fault(
                    column: "time",
                    message: "it is before the line before: give files in the order of their times, the oldest first")
            }
            newest = max(newest, read.time)
            try events.read(read, at: line)
            if let remark = events.remark { report.warn(.init(column: "", message: remark), line: line) }
        } catch { report.note(error, line: line, isRow: true) }
        for event in events.takeEvents() { wait(event) }
        guard waiting.count >= waitingMax else { return }
        playWaiting(before: newest - QueueLogEvents.ringMax - QueueLogImport.orderMax)
        waitingMax = waiting.count + QueueLogImport.eventsAtOnce
    }

    private mutating func wait(_ event: Event) {
        var i = waiting.count
        while i > 0, event.time < waiting[i - 1].time { i -= 1 }
        waiting.insert(event, at: i)
    }

    private mutating func playWaiting(before end: Timestamp) {
        let ready = waiting.firstIndex { $0.time >= end } ?? waiting.count
        for event in waiting[..<ready] { play.apply(event, lookup: lookup(event)) }
        waiting.removeFirst(ready)
        customers.rest()
        collect()
    }

    private mutating func collect() {
        calls += play.takeCalls()
        // Each interval comes once.
        for (who, parts) in play.takeOperators() { operators[who, default: [:]].merge(parts) { $1 } }
    }

    /// Who calls, as the records know today.
    private func lookup(_ event: Event) -> Lookup? {
        guard case .number(let raw, let presentation) = Centre.lookupQuestion(event) else { return nil }
        let reading = numbers.reading(raw: raw, presentation: presentation)
        return (try? customers.lookup(reading)) ?? Lookup(caller: reading.caller)
    }

    // MARK: Writing

    var isFull: Bool { calls.count >= QueueLogImport.chunkCalls }

    /// Writes the calls that are over.
    mutating func write(_ report: inout CustomerImport.Report) throws(ImportError) {
        while !calls.isEmpty || !operators.isEmpty {
            let some = Array(calls.prefix(QueueLogImport.chunkCalls))
            calls.removeFirst(some.count)
            let figures = operators
            operators = [:]
            let written: RecordWriter.PastWritten
            do throws(EditError) {
                written = try writer.write(
                    past: some, operators: figures, rules, of: run, part: part, at: now)
            } catch { throw ImportError(error) }
            part += 1
            report.created += written.created
            report.unchanged += written.known
            guard let other = written.fromElsewhere, !isToldOfSource else { continue }
            isToldOfSource = true
            let message =
                "call \(other.id) is known of source \"\(other.source)\": where that is the same PBX, undo this import "
                + "and say that source"
            report.warn(.init(column: "call", message: message), line: 1)
        }
    }

    /// The file is at its end.
    mutating func finish(_ report: inout CustomerImport.Report) throws(ImportError) {
        let open = events.finish(at: newest)
        for event in events.takeEvents() { wait(event) }
        playWaiting(before: Timestamp(ms: .max))
        play.finish(at: newest)
        collect()
        for (id, line) in open {
            let message = "call \(id) has not ended in this file: it is left out, and comes with one that has its end"
            report.warn(.init(column: "", message: message), line: line)
        }
        try write(&report)
    }
}

/// Lines of a text that comes in pieces.
struct TextLines {
    private var rest: [UInt8] = []
    private var isTooLong = false
    /// Of the file, from 1: that of the newest line.
    private(set) var number = 0

    /// Calls `handle` with each line that is whole, nil for one that is too long.
    mutating func feed(_ bytes: [UInt8], isLast: Bool, _ handle: (Substring?, Int) -> Void) {
        var from = bytes.startIndex
        while let end = bytes[from...].firstIndex(of: 10) {
            append(bytes[from..<end])
            hand(handle)
            from = end + 1
        }
        append(bytes[from...])
        if isLast, !rest.isEmpty || isTooLong { hand(handle) }
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) {
        if rest.count + bytes.count > QueueLogLine.bytesMax {
            isTooLong = true
            rest = []
        } else if !isTooLong {
            rest += bytes
        }
    }

    private mutating func hand(_ handle: (Substring?, Int) -> Void) {
        number += 1
        if rest.last == 13 { rest.removeLast() }
        handle(isTooLong ? nil : String(decoding: rest, as: UTF8.self)[...], number)
        rest = []
        isTooLong = false
    }
}
