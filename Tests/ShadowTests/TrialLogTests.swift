import CallCenter
import Engine
import EventWire
import Foundation
import SQLite
import Storage
import Testing

@testable import Shadow

/// Logs on disk: from where on they can be tried, and what is said when they cannot.
@Suite struct TrialLogTests {
    /// A state directory of its own.
    final class State {
        let directory: String
        var file: String { directory + "/new.toml" }

        init(_ config: String = "") throws {
            directory = "/tmp/screenpop shadow \(UInt32.random(in: 0...UInt32.max))"
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try ("timezone = \"UTC\"\n" + config).write(toFile: file, atomically: true, encoding: .utf8)
        }
        deinit { try? FileManager.default.removeItem(atPath: directory) }

        /// What the look-up of an offer found: nobody.
        private static let facts = LookupBytes.encode(
            Lookup(
                caller: CallerNumber(
                    kind: .number, raw: "+815000000001", e164: "+815000000001", display: "050-0000-0001")))

        /// Writes lines, one commit each, read at their times.
        func write(_ lines: [(at: Timestamp, source: String, line: String)], policy: Policy? = Policy()) throws {
            var log = try EventLog.open(directory: directory)
            if let policy { try log.adopt(policy: [UInt8](try JSONEncoder().encode(policy)), after: 0) }
            for (at, source, line) in lines {
                let facts = line.contains("call.offered") ? State.facts : []
                Array(line.utf8).withUnsafeBytes {
                    log.append(readAt: at.ms, source: source, line: $0, facts: facts)
                }
                try log.commit()
            }
        }

        func rules() throws -> TriedRules {
            try TriedRules(file: file, stateDirectory: directory, environment: [:])
        }

        func run(from: Timestamp, to: Timestamp) throws -> TrialReport {
            try ShadowRun(rules()).run(
                .init(from: from.ms, to: to.ms, queue: nil, language: "en", listMax: 10))
        }
    }

    /// 2026-11-23T00:00:00Z.
    static let monday = Timestamp(ms: 1_795_392_000_000)
    static func line(_ type: String, _ rest: String, at: Timestamp) -> (at: Timestamp, source: String, line: String) {
        (at, "pbx", #"{"type":"\#(type)",\#(rest),"time":"\#(RFC3339.string(at))"}"#)
    }
    static func offer(_ id: String, at: Timestamp) -> (at: Timestamp, source: String, line: String) {
        line("call.offered", #""call":"\#(id)","from":"+815000000001","to":"0300000000","queue":"support""#, at: at)
    }
    /// An offer each day for five days.
    static let days = (0..<5).map { offer("c\($0)", at: monday + (Int64($0) * 86_400_000 + 36_000_000)) }

    @Test func theMondayOfTheTestsIsOne() { #expect(RFC3339.string(Self.monday) == "2026-11-23T00:00:00.000Z") }

    @Test func aWholeLogIsReadFromItsBeginning() throws {
        let state = try State()
        try state.write(Self.days)
        let report = try state.run(from: Self.monday + 2 * 86_400_000, to: Self.monday + 4 * 86_400_000)
        #expect(report.decisions.made == 2 && report.decisions.alike == 2 && report.log.whole)
        // An hour behind the period is read, and no more.
        #expect(report.log.events == 4 && report.timezone == "UTC")
        #expect(report.from == "2026-11-25T00:00:00.000Z" && report.to == "2026-11-27T00:00:00.000Z")
        #expect(!report.cannotKnow.contains { $0.about == "before_the_log" })
    }

    @Test func aLogThatWasCutNamesTheFirstPossibleDay() throws {
        let state = try State()
        try state.write(Self.days)
        #expect(try LogCutter.open(directory: state.directory).cut(through: 2, before: Int64.max) == false)
        // The log begins on Wednesday at 10:00: a day later it is known who is there.
        #expect(throws: TrialError.tooEarly(firstDay: "2026-11-27", isCut: true)) {
            try state.run(from: Self.monday + 3 * 86_400_000, to: Self.monday + 4 * 86_400_000)
        }
        let report = try state.run(from: Self.monday + 4 * 86_400_000, to: Self.monday + 5 * 86_400_000)
        #expect(report.decisions.made == 1 && !report.log.whole)
        #expect(report.cannotKnow.contains { $0.about == "before_the_log" })
    }

    /// A checkpoint that is old enough says who is there: no day has to be read for it.
    @Test func aLogThatWasCutBeginsAtItsCheckpoint() throws {
        let state = try State()
        try state.write(Self.days)
        let identity = LogIdentity()
        var replay = LogReplay(policies: [], from: nil, rules: Policy())
        for (i, day) in Self.days.prefix(2).enumerated() {
            let event = try #require(
                LoggedLine(seq: Int64(i + 1), readAt: day.at, source: day.source, line: Array(day.line.utf8)).event)
            let caller = CallerNumber(
                kind: .number, raw: "+815000000001", e164: "+815000000001", display: "050-0000-0001")
            replay.apply(event, seq: Int64(i + 1), readAt: day.at, Lookup(caller: caller))
        }
        try CheckpointFile(directory: state.directory).write(
            CheckpointBytes.encode(replay.centre.checkpoint), at: 2, of: identity)
        try Connection(path: state.directory + "/events.db").run(
            "INSERT OR REPLACE INTO identity VALUES(1, '\(identity.text)', 0)")
        #expect(try LogCutter.open(directory: state.directory).cut(through: 2, before: Int64.max) == false)
        let report = try state.run(from: Self.monday + 3 * 86_400_000, to: Self.monday + 4 * 86_400_000)
        #expect(report.decisions.made == 1 && !report.log.whole && report.log.events == 2)
        // One of another log is none.
        try CheckpointFile(directory: state.directory).write(
            CheckpointBytes.encode(replay.centre.checkpoint), at: 2, of: LogIdentity())
        #expect(throws: TrialError.tooEarly(firstDay: "2026-11-27", isCut: true)) {
            try state.run(from: Self.monday + 3 * 86_400_000, to: Self.monday + 4 * 86_400_000)
        }
    }

    @Test func timesThatTheLogDoesNotHave() throws {
        let state = try State()
        #expect(throws: TrialError.noLog(directory: state.directory)) { try ShadowRun(state.rules()) }
        try state.write([])
        #expect(throws: TrialError.empty(directory: state.directory)) { try ShadowRun(state.rules()) }
        try state.write(Self.days, policy: nil)
        #expect(throws: TrialError.tooLate(logEnds: "2026-11-27T10:00:00.000Z")) {
            try state.run(from: Self.monday + 30 * 86_400_000, to: Self.monday + 31 * 86_400_000)
        }
        #expect(throws: TrialError.tooEarly(firstDay: "2026-11-23", isCut: false)) {
            try state.run(from: Self.monday - 30 * 86_400_000, to: Self.monday - 29 * 86_400_000)
        }
        // A part of it is there.
        let report = try state.run(from: Self.monday - 86_400_000, to: Self.monday + 86_400_000)
        #expect(report.decisions.made == 1)
    }

    /// Changes of records are entries too, and no events.
    @Test func entriesOfRecordsArePassedOver() throws {
        let state = try State()
        let entry = Self.offer("x", at: Self.monday + 36_000_001)
        try state.write([Self.days[0], (entry.at, "\0records", entry.line), (entry.at, "pbx", "no event")])
        let report = try state.run(from: Self.monday, to: Self.monday + 86_400_000)
        #expect(report.decisions.made == 1 && report.log.events == 1)
    }

    /// More entries than are read at once.
    @Test func aLogIsReadInPages() throws {
        let state = try State()
        var log = try EventLog.open(directory: state.directory)
        let count = TrialLog.pageMax * 2 + 1
        for i in 0..<count {
            let at = Self.monday + Int64(i)
            Array(#"{"type":"ping","source":"pbx"}"#.utf8).withUnsafeBytes {
                log.append(readAt: at.ms, source: "pbx", line: $0, facts: [])
            }
        }
        try log.commit()
        var pages: [Int64] = []
        let report = try ShadowRun(state.rules()).run(
            .init(from: Self.monday.ms, to: Self.monday.ms + 900_000, queue: nil, language: "ja", listMax: 0),
            progress: { done, _ in pages.append(done) })
        #expect(report.log.events == count && pages.last == Int64(count) && pages.count == 3)
    }

    /// The sentence is the daemon's own, and so is the status.
    @Test func aWrongFileIsRefused() throws {
        let state = try State("[routing]\nreservation = \"10\"\n")
        do {
            _ = try state.rules()
            Issue.record("it was read")
        } catch let error as TriedRules.Wrong {
            #expect(error.exitStatus == 78)
            #expect(error.description.hasPrefix("\(state.file):3: routing.reservation is \"10\";"), "\(error)")
        }
    }

    @Test func daysAreThoseOfTheFile() throws {
        let state = try State("day_start = \"06:00\"\n")
        let rules = try state.rules()
        #expect(rules.dayStart == "06:00" && rules.date(at: Self.monday) == "2026-11-22")
        #expect(rules.firstDay(from: Self.monday) == "2026-11-23")
        #expect(rules.firstDay(from: Self.monday + 6 * 3_600_000) == "2026-11-23")
        #expect(rules.firstDay(from: Self.monday + 6 * 3_600_000 + 1) == "2026-11-24")
        #expect(rules.stateDirectory == state.directory)
    }

    /// Decisions that differ are listed as far as that was asked for, and each is passed on.
    @Test func theReportIsADocument() throws {
        let state = try State("[alerts]\nrepeat_calls = 2\n[routing]\nabandoned_credit = \"0s\"\n")
        let at = Self.monday + 36_000_000
        var lines: [(at: Timestamp, source: String, line: String)] = []
        for i in 0..<3 {
            let start = at + Int64(i) * 120_000
            lines.append(Self.offer("c\(i)", at: start))
            lines.append(Self.line("call.queued", #""call":"c\#(i)","queue":"support""#, at: start))
            lines.append(Self.line("call.ended", #""call":"c\#(i)","by":"caller""#, at: start + 45_000))
        }
        try state.write(lines)
        var passed: [ListedDecision] = []
        let report = try ShadowRun(state.rules()).run(
            .init(from: Self.monday.ms, to: Self.monday.ms + 86_400_000, queue: nil, language: "en", listMax: 1),
            each: { passed.append($0) })
        // The credit for the waits in vain is gone.
        #expect(passed.map(\.call) == ["c1", "c2"] && report.leftOff == 1)
        let first = try #require(passed.first)
        #expect(report.differing == [first])
        #expect(first.differs == ["priority"] && first.real.priority == 2 && first.new.priority == 0)
        #expect(first.real.steps.contains { $0.contains("Priority +2 for the time waited in vain") })
        #expect(first.cells.count == ListedDecision.columns.count)
        #expect(report.rules.map(\.key).contains("routing.abandoned_credit"))
        let warned = try #require(report.warnings.first { $0.kind == "repeat_caller" })
        #expect(warned.calls == Both(real: 1, new: 2))
        #expect(report.centre.real.abandoned == 3 && report.centre.standing.abandoned == 1)
        let encoded = try JSONEncoder().encode(report)
        #expect(try JSONDecoder().decode(TrialReport.self, from: encoded) == report)
    }
}
