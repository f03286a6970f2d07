import CallCenter
import Logging
import Synchronization
import Testing

@testable import screenpopd

/// Each closed call and each closed interval is one entry with its figures as fields.
@Suite struct CentreJournalTests {
    final class Lines: Sendable {
        let all = Mutex<[(message: String, fields: [String: String])]>([])
    }

    struct Handler: LogHandler {
        let lines: Lines
        var logLevel = Logger.Level.info
        var metadata: Logger.Metadata = [:]
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
        func log(event: LogEvent) {
            lines.all.withLock { $0.append(("\(event.message)", (event.metadata ?? [:]).mapValues { "\($0)" })) }
        }
    }

    static let start = Timestamp(ms: 1_795_392_000_000)

    /// One call that is answered after 4 s, and one that gives up after 6 s.
    static func centre() -> (Centre, [HistoryEntry]) {
        var centre = Centre(policy: Policy()), effects: [Effect] = [], seq: Int64 = 0
        func tell(_ body: Event.Body, _ ms: Int64) {
            seq += 1
            let number = CallerNumber(
                kind: .number, raw: "09000000001", e164: "+819000000001", display: "090-0000-0001")
            let time = start + ms
            _ = centre.apply(
                Event(source: "pbx", time: time, body: body), seq: seq, now: time, lookup: Lookup(caller: number),
                effects: &effects)
        }
        for (id, answered) in [("a", true), ("b", false)] {
            tell(.call(id, .offered(.init(from: "09000000001", to: "0300000000", queue: "support"))), 0)
            tell(.call(id, .queued(queue: "support", position: nil, priority: nil)), 0)
            if answered { tell(.call(id, .answered(operator: "101")), 4_000) }
            tell(.call(id, .ended(by: .caller, cause: nil)), answered ? 64_000 : 6_000)
        }
        tell(.pbxConnected, 20 * 60_000)
        return (centre, effects.compactMap { if case .history(let entry) = $0 { entry } else { nil } })
    }

    @Test func aClosedCallIsOneEntryAndItsNumberIsMasked() throws {
        let lines = Lines()
        let journal = CentreJournal(logger: Logger(label: "t") { _ in Handler(lines: lines) }, masks: true)
        journal.note(closed: Self.centre().1)
        let told = lines.all.withLock { $0 }
        #expect(told.map(\.message) == ["call closed", "call closed"])
        let answered = try #require(told.first { $0.fields["CALL_ID"] == "a" }).fields
        #expect(answered["OUTCOME"] == "answered")
        #expect(answered["QUEUE"] == "support")
        #expect(answered["OPERATOR"] == "101")
        #expect(answered["WAIT_MS"] == "4000")
        #expect(answered["TALK_MS"] == "60000")
        #expect(answered["CALLER"]?.hasSuffix("0001") == true)
        #expect(answered["CALLER"]?.contains("8190") == false)
        #expect(told.first { $0.fields["CALL_ID"] == "b" }?.fields["OUTCOME"] == "abandoned")
    }

    @Test func aStormIsCountedAndNotListed() {
        let lines = Lines()
        let journal = CentreJournal(logger: Logger(label: "t") { _ in Handler(lines: lines) }, masks: true)
        let one = Self.centre().1[0]
        journal.note(closed: Array(repeating: one, count: 501))
        #expect(
            lines.all.withLock { $0.map(\.message) } == [
                "501 calls and contacts closed at once; screenpop calls lists them"
            ])
    }

    @Test func aClosedIntervalIsAnEntryForTheCentreAndOneForEachQueue() {
        let lines = Lines()
        let journal = CentreJournal(logger: Logger(label: "t") { _ in Handler(lines: lines) }, masks: true)
        let centre = Self.centre().0
        journal.note(interval: centre.stats(from: Self.start, to: Self.start + 900_000, now: Self.start + 900_000))
        let told = lines.all.withLock { $0 }
        #expect(told.map { $0.fields["QUEUE"] } == [nil, "support"])
        for entry in told {
            #expect(entry.message == "interval closed")
            #expect(entry.fields["OFFERED"] == "2")
            #expect(entry.fields["ANSWERED"] == "1")
            #expect(entry.fields["ABANDONED"] == "1")
            #expect(entry.fields["SERVICE_LEVEL"] == "0.5")
            #expect(entry.fields["ASA_MS"] == "4000")
            #expect(entry.fields["FROM_MS"] == "\(Self.start.ms)")
        }
    }
}
