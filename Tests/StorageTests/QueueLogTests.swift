import PhoneNumbers
import Testing

@testable import CallCenter
@testable import Storage

/// Asterisk's queue_log as history: calls and figures of past days.
@Suite struct QueueLogTests {
    let directory: StateDirectory
    let store: CustomerStore
    let log = MemoryChangeLog()
    let writer: RecordWriter

    /// A week before: seconds since 1970, on the boundary of an interval.
    static let day = morning.ms / 1_000 - 7 * 86_400

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        writer = RecordWriter(store, log: log)
        let hanako = fields("Hanako Example", phones: ["03-0000-0101"]) { $0.tier = "vip" }
        _ = try writer.create(hanako, by: .command, at: morning)
    }

    static var options: CustomerImport.Options {
        var options = importOptions
        options.kind = .queueLog
        options.queueLog.policy.queueDefault.wrapUpLimit = 0
        return options
    }

    func load(_ text: String, _ options: CustomerImport.Options = options) throws -> CustomerImport.Report {
        var work = CustomerImport(into: writer, options: options)
        return try work.run(file: try directory.file("queue_log", Array(text.utf8)), now: morning)
    }

    /// Lines with seconds after `day`.
    static func lines(_ all: [String]) -> String {
        all.map { line in
            let parts = line.split(separator: "|", maxSplits: 1)
            return "\(day + (Int64(parts[0]) ?? 0))|\(parts[1])\n"
        }.joined()
    }

    static let usual = lines([
        "0|NONE|NONE|NONE|QUEUESTART|", "1|MANAGER|support|PJSIP/101|ADDMEMBER|",
        "1|MANAGER|support|Local/102@agents/n|ADDMEMBER|PAUSED", "10|1.1|support|NONE|ENTERQUEUE||0300000101|1",
        "25|1.1|support|Local/102@agents/n|RINGNOANSWER|5000", "40|1.1|support|PJSIP/101|CONNECT|30|1.2|5",
        "100|1.1|support|PJSIP/101|COMPLETECALLER|30|60|1", "200|2.1|support|NONE|ENTERQUEUE||0300000102|1",
        "245|2.1|support|NONE|ABANDON|1|1|45", "299|3.1|support|NONE|DID|0300000000",
        "300|3.1|support|NONE|ENTERQUEUE||0300000103|1", "360|3.1|support|NONE|EXITWITHTIMEOUT|1|1|60",
        "360|3.1|sales|NONE|ENTERQUEUE||0300000103|1", "370|3.1|sales|PJSIP/101|CONNECT|10|3.2|4",
        "430|3.1|sales|PJSIP/101|BLINDTRANSFER|500|default|10|60|1", "500|MANAGER|support|PJSIP/101|REMOVEMEMBER|",
        "1600|NONE|NONE|NONE|CONFIGRELOAD|",
    ])

    func figures(_ store: CustomerStore? = nil) throws -> PastFigures {
        try (store ?? self.store).figures(
            from: Timestamp(ms: 0), to: morning, forgottenThrough: morning, without: [])
    }
    func sums(_ store: CustomerStore? = nil) throws -> [String: QueueFigures] {
        var sums = PastFigures(forgottenAt: morning)
        for (place, cell) in try figures(store).queues {
            sums.add(cell, at: .init(start: Timestamp(ms: 0), queue: place.queue, tier: "", line: ""))
        }
        return Dictionary(uniqueKeysWithValues: sums.queues.map { ($0.key.queue, $0.value) })
    }
    func operators(_ store: CustomerStore? = nil) throws -> [String: OperatorFigures] {
        try figures(store).operators.mapValues { $0.values.reduce(into: .init()) { $0 += $1 } }
    }
    func calls() throws -> [Call] {
        var found: [Call] = []
        try store.calls(below: nil, customer: nil) { call in
            found.append(call)
            return true
        }
        return found
    }

    // MARK: Figures

    @Test func figuresAreThoseOfTheDefinitions() throws {
        let report = try load(Self.usual)
        #expect((report.rows, report.created, report.unchanged, report.rejected) == (17, 3, 0, 0), "\(report.bad)")
        #expect(report.warnings.isEmpty, "\(report.warnings)")
        let sums = try sums(), support = try #require(sums["support"]), sales = try #require(sums["sales"])
        #expect((support.offered, support.answered, support.abandoned, support.overflowed) == (3, 1, 1, 1))
        #expect((support.answeredWait, support.endedWait, support.talk) == (30_000, 135_000, 60_000))
        #expect((support.answeredWithin, support.abandonedWithin) == (0, 0), "later than 20 s")
        #expect((sales.offered, sales.answered, sales.answeredWithin, sales.transfers) == (1, 1, 1, 1))
        #expect((sales.answeredWait, sales.talk) == (10_000, 60_000))
        let places = try figures().queues.keys.filter { $0.queue == "support" }
        #expect(Set(places.map(\.tier)) == ["vip", "unknown"] && Set(places.map(\.line)) == ["", "0300000000"])
        #expect(Set(places.map(\.start)) == [Timestamp(ms: Self.day * 1_000)])
        let all = try operators(), first = try #require(all["101"]), second = try #require(all["102"])
        #expect((first.answered, first.unanswered, first.transfersOut, first.talk) == (2, 0, 1, 120_000))
        #expect((first.loggedIn, first.paused, first.wrapUp) == (499_000, 0, 0))
        #expect((second.answered, second.unanswered, second.loggedIn, second.paused) == (0, 1, 1_599_000, 1_594_000))
    }

    @Test func theHistoryHasTheCallsWithTheirTimes() throws {
        _ = try load(Self.usual)
        let calls = try calls().sorted { $0.key.call < $1.key.call }
        #expect(calls.map(\.key.call) == ["1.1", "2.1", "3.1"] && calls.allSatisfy { $0.key.source == "asterisk" })
        #expect(calls.map(\.result) == ["answered", "abandoned", "answered"])
        #expect(calls.map { $0.startedAt?.ms } == [10, 200, 300].map { (Self.day + $0) * 1_000 })
        #expect(calls.allSatisfy { $0.decision == nil && $0.given.isEmpty && !$0.wasHeardLive && !$0.isPartial })
        #expect(calls[2].life.endedAt == Timestamp(ms: (Self.day + 430) * 1_000), "nothing is known after a transfer")
        let contacts = try store.contacts(customer: 1, limit: 9)
        #expect(contacts.map(\.touchpoint.operator) == ["101"] && contacts.map(\.id) == [calls[0].number])
        #expect(try store.call(number: calls[1].number)?.key.call == "2.1")
    }

    @Test func whatAFileSaysTwiceIsThereOnce() throws {
        let would = try load(Self.usual, { var dry = Self.options; dry.isDryRun = true; return dry }())
        #expect(would.created == 3 && would.importID == nil)
        #expect(try calls().isEmpty && figures().isEmpty)
        _ = try load(Self.usual)
        let figures = try sums(), operators = try operators()
        let again = try load(Self.usual)
        #expect((again.created, again.unchanged, again.rejected) == (0, 3, 0))
        #expect(try sums() == figures && self.operators() == operators && calls().count == 3)
    }

    /// Agents, queues and outcomes at random, counted by the fields of the lines alone.
    @Test func anyFileGivesWhatItsLinesSay() throws {
        var random = Seeded("queue log"), lines: [(at: Int64, line: String)] = []
        var free = [Int64](repeating: .min, count: 4)
        var counts: [String: [Int64]] = [:], people: [String: [Int64]] = [:]
        func count(_ queue: String, _ place: Int, _ by: Int64 = 1) {
            counts[queue, default: .init(repeating: 0, count: 6)][place] += by
        }
        func person(_ who: Int, _ place: Int, _ by: Int64 = 1) {
            people["\(101 + who)", default: .init(repeating: 0, count: 4)][place] += by
        }
        // Longer than marks and figures are in memory.
        let began: Int64 = -20 * 86_400
        for who in 0..<4 { lines.append((began, "\(began)|MANAGER|support|PJSIP/\(101 + who)|ADDMEMBER|")) }
        for i in 0..<1_200 {
            var at = began + Int64(i) * 1_800 + Int64.random(in: 1...1_500, using: &random)
            let id = "\(at).\(i)"
            func add(_ rest: String) { lines.append((at, "\(at)|\(id)|\(rest)")) }
            for visit in 0..<2 {
                let queue = ["support", "sales"].randomElement(using: &random)!, entered = at
                add("\(queue)|NONE|ENTERQUEUE||03000001\(i % 90 + 10)|1")
                count(queue, 0)
                if Bool.random(using: &random) {
                    let who = Int.random(in: 0..<4, using: &random), rang = Int64.random(in: 1...9, using: &random)
                    at += rang + 1
                    if free[who] < at - rang {
                        add("\(queue)|PJSIP/\(101 + who)|RINGNOANSWER|\(rang * 1_000)")
                        person(who, 1)
                    }
                }
                at += Int64.random(in: 0...40, using: &random)
                let outcome = Int.random(in: 0..<10, using: &random), wait = at - entered
                if outcome < 6, let who = free.indices.first(where: { free[$0] < entered }) {
                    add("\(queue)|PJSIP/\(101 + who)|CONNECT|\(wait)|x|\(min(wait, 3))")
                    count(queue, 1)
                    count(queue, 4, wait * 1_000)
                    let talk = Int64.random(in: 0...200, using: &random)
                    at += talk
                    free[who] = at
                    person(who, 0)
                    person(who, 2, talk * 1_000)
                    let end = ["COMPLETEAGENT|\(wait)|\(talk)|1", "BLINDTRANSFER|500|d|\(wait)|\(talk)|1"]
                    let isMoved = Int.random(in: 0..<5, using: &random) == 0
                    add("\(queue)|PJSIP/\(101 + who)|\(end[isMoved ? 1 : 0])")
                    if isMoved { person(who, 3) }
                    break
                } else if outcome < 8 || visit == 1 {
                    add("\(queue)|NONE|ABANDON|1|1|\(wait)")
                    count(queue, 2)
                    break
                }
                add("\(queue)|NONE|EXITWITHTIMEOUT|1|1|\(wait)")
                count(queue, 3)
                at += Int64.random(in: 0...5, using: &random)
            }
        }
        let end = lines.reduce(0) { max($0, $1.at) } + 1_000
        lines.append((end, "\(end)|NONE|NONE|NONE|CONFIGRELOAD|"))
        let sorted = lines.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        let texts = sorted.map(\.element.line)
        // A part of it first, as a file that has grown since.
        _ = try load(Self.lines(Array(texts.prefix(Int.random(in: 4..<texts.count, using: &random)))))
        let report = try load(Self.lines(texts))
        #expect(report.created + report.unchanged == 1_200 && report.rejected == 0, "\(report.bad)")
        for (queue, sum) in try sums() where queue != Ledger.wholeCentre {
            let said = try #require(counts[queue])
            let found = [sum.offered, sum.answered, sum.abandoned, sum.overflowed].map { Int64($0) }
            #expect(found == Array(said[..<4]) && sum.answeredWait == said[4], "\(queue)")
            #expect(sum.offered == sum.answered + sum.abandoned + sum.overflowed)
        }
        for (who, sum) in try operators() {
            let found = [Int64(sum.answered), Int64(sum.unanswered), sum.talk, Int64(sum.transfersOut)]
            #expect(found == people[who], "\(who)")
            #expect(sum.loggedIn == (end - began) * 1_000, "\(who)")
        }
        #expect(try operators().count == 4)
    }

    // MARK: What is there already

    @Test func callsThatTheDaemonHeardAreNotCountedAgain() throws {
        var options = Self.options
        options.queueLog.liveCalls = ["1.1"]
        options.queueLog.liveIntervals = ["101": [Timestamp(ms: Self.day * 1_000)]]
        // It began a second later.
        let kept = archived(1, customer: nil, from: Timestamp(ms: (Self.day + 299) * 1_000))[0]
        try store.write(
            calls: [CallRow(Self.named("2.1", "asterisk", kept)), CallRow(Self.named("3.1", "default", kept))],
            touchpoints: [])
        let report = try load(Self.usual, options)
        #expect((report.created, report.unchanged) == (1, 2))
        #expect(try operators().keys.sorted() == ["102"], "101 is known of that interval")
        let hint = try #require(report.warnings.first?.message)
        #expect(hint.contains("source \"default\""), "\(report.warnings)")
    }

    private static func named(_ id: String, _ source: String, _ call: Call) -> Call {
        Call(
            key: CallKey(source: source, call: id), number: call.number + (id == "2.1" ? 0 : 4_096), facts: call.facts,
            life: call.life, offered: call.offered, lookup: call.lookup, ranking: call.ranking, decision: nil,
            alerts: [], transferredFrom: nil, isRepeat: false, lastHeard: call.lastHeard, remarks: [])
    }

    @Test func anImportIsUndoneAsAWhole() throws {
        let first = try load(Self.usual)
        let later = Self.lines([
            "700|4.1|support|NONE|ENTERQUEUE||0300000101|1", "710|4.1|support|NONE|ABANDON|1|1|10",
        ])
        _ = try load(later)
        let undone = try writer.undoImport(try #require(first.importID), by: nil, at: morning)
        #expect(undone.deleted == 3)
        #expect(try calls().map(\.key.call) == ["4.1"])
        #expect(try sums()["support"]?.offered == 1 && operators().isEmpty)
        #expect(try store.contacts(customer: 1, limit: 9).count == 1)
        #expect(throws: EditError.nothingToUndo) {
            _ = try writer.undoImport(first.importID ?? 0, by: nil, at: morning)
        }
        #expect(try load(Self.usual).created == 3, "and it can be imported again")
    }

    @Test func theLogMakesTheSameRowsAgain() throws {
        let undone = try load(Self.usual)
        _ = try writer.undoImport(try #require(undone.importID), by: nil, at: morning)
        _ = try load(Self.usual)
        let other = try StateDirectory(), rebuilt = try other.store()
        try rebuilt.apply(log.entries)
        func rows(_ directory: StateDirectory) throws -> [String] {
            try SQLiteFile(directory.path + "/customers.db").with { database in
                var found: [String] = []
                for question in [
                    "SELECT number, id, source, started, hex(record) FROM call ORDER BY number",
                    "SELECT customer, at, id, operator, number FROM touchpoint ORDER BY id",
                    "SELECT start, queue, tier, line, forgotten_at, hex(figures) FROM queue_figures",
                    "SELECT start, operator, forgotten_at, hex(figures), '' FROM operator_figures",
                    "SELECT import, number, '', '', '' FROM past_call",
                ] {
                    let all = try database.prepare(question)
                    while try all.step() { found.append((0..<5).map { all.text($0) ?? "" }.joined(separator: "|")) }
                }
                return found
            }
        }
        #expect(try rows(other) == rows(directory))
        #expect(try rows(directory).count > 10)
    }

    // MARK: Lines

    @Test func aBrokenLineIsNamedAndTheOthersAreTaken() throws {
        let broken = Self.usual + "x|4.1|support|NONE|ENTERQUEUE||1|1\n\nfive\n"
            + Self.lines([
                "1700|4.1|support|NONE|CONNECT|1|2|3", "1701|NONE|support|NONE|ENTERQUEUE||1|1",
                "1702|5.1|support|NONE|ENTERQUEUE||\u{1}|1", "100|6.1|support|NONE|ENTERQUEUE||1|1",
                "9000000|7.1|support|NONE|ENTERQUEUE||1|1",
                "1703|8.1|\(String(repeating: "s", count: 129))|NONE|ABANDON|",
            ]) + String(repeating: "long", count: 3_000) + "\n"
        let report = try load(broken)
        let bad = report.bad.map(\.problem)
        #expect(report.created == 3 && report.rejected == 9, "\(bad)")
        #expect(bad.map(\.line) == [18, 20, 21, 22, 23, 24, 25, 26, 27])
        let said = [
            "\"x\" is no time", "a line has a time", "CONNECT names no agent", "the line names no call",
            "control characters", "before the line before", "ahead of the daemon's clock", "longer than 128 bytes",
            "longer than 8192 bytes",
        ]
        for (problem, words) in zip(bad, said) { #expect(problem.message.contains(words), "\(problem)") }
    }

    @Test func whatCannotBeCountedIsSaid() throws {
        let report = try load(
            Self.lines([
                "0|0.1|support|PJSIP/101|COMPLETEAGENT|1|2|1", "1|1.1|support|NONE|ENTERQUEUE||1|1",
                "5|1.1|support|PJSIP/101|CONNECT|4|x|1", "6|NONE|NONE|NONE|MYEVENT|", "7|NONE|NONE|NONE|MYEVENT|",
            ]))
        #expect((report.created, report.rejected) == (0, 0))
        #expect(report.warnings.map(\.line) == [1, 2, 4])
        let said = ["0.1 did not enter a queue", "1.1 has not ended", "MYEVENT is no event"]
        for (warning, words) in zip(report.warnings, said) { #expect(warning.message.contains(words)) }
        #expect(try operators()["101"]?.talk == 2_000, "what is known of the operator up to the last line")
    }

    @Test func aCallThatMayComeBackIsLeftForTheNextFile() throws {
        let first = [
            "1|1.1|support|NONE|ENTERQUEUE||1|1", "5|1.1|support|NONE|EXITWITHTIMEOUT|1|1|4",
            "9|2.1|support|NONE|ENTERQUEUE||1|1", "19|2.1|support|NONE|EXITWITHKEY|3|1",
        ]
        let early = try load(Self.lines(first))
        #expect(early.created == 0 && early.warnings.map(\.line) == [1, 3])
        let later = try load(
            Self.lines(
                first + ["20|2.1|sales|NONE|ENTERQUEUE||1|1", "30|2.1|sales|NONE|ABANDON|1|1|10"]
                    + ["1000|NONE|NONE|NONE|CONFIGRELOAD|"]))
        #expect(later.created == 2 && later.warnings.isEmpty, "\(later.warnings)")
        #expect(try sums()["support"]?.overflowed == 2 && sums()["sales"]?.abandoned == 1)
    }

    @Test func callsThatAsteriskLostHaveNoOutcomeThatIsInvented() throws {
        _ = try load(
            Self.lines([
                "1|1.1|support|NONE|ENTERQUEUE||1|1", "2|2.1|support|NONE|ENTERQUEUE||1|1",
                "5|2.1|support|PJSIP/101|CONNECT|3|x|1", "60|NONE|NONE|NONE|QUEUESTART|",
                "70|3.1|support|NONE|ENTERQUEUE||1|1", "80|3.1|support|NONE|ABANDON|1|1|10",
                // And one of which no line comes any more.
                "90|4.1|support|NONE|ENTERQUEUE||1|1", "90000|NONE|NONE|NONE|CONFIGRELOAD|",
            ]))
        let support = try #require(try sums()["support"])
        #expect((support.offered, support.unknown, support.answered, support.abandoned) == (4, 2, 1, 1))
        #expect(try operators()["101"]?.talk == 55_000)
    }

    @Test func timesOfADatabaseAndNamesOfAgents() throws {
        var options = Self.options
        options.queueLog.clock = { Timestamp(ms: $0 - 32_400_000) }
        options.map = ["Taro Yamada": "101"]
        let date = CivilDate(days: Int(Self.day / 86_400)).text
        let report = try load(
            "\(date) 09:00:00.250000|1.1|support|NONE|ENTERQUEUE||1|1\n"
                + "\(date) 09:00:10.5|1.1|support|Taro Yamada|CONNECT|10|x|2\n"
                + "\(date)T09:01:10|1.1|support|Taro Yamada|COMPLETECALLER|10|60|1\r\n", options)
        #expect(report.created == 1 && report.rejected == 0, "\(report.bad)")
        let call = try #require(try calls().first), midnight = Self.day / 86_400 * 86_400_000
        #expect(call.startedAt?.ms == midnight + 250 && call.life.visits.first?.wait == 10_250)
        #expect(call.life.legs.map(\.operator) == ["101"])
    }

    @Test(arguments: [
        ("PJSIP/101", "101"), ("SIP/8007", "8007"), ("Local/101@agents/n", "101"), ("Local/FMPR-101@from-queue", "101"),
        ("Local/LC-101#@x", "101"), ("Agent/1001", "1001"), ("Taro Yamada", "Taro Yamada"), ("101", "101"),
    ]) func anAgentIsTheOperatorThatTheBridgeNames(_ agent: String, _ id: String) {
        #expect(QueueLogAgent.operatorID(agent) == id)
    }

    @Test func pausesAreOfAllQueuesOfAnAgent() throws {
        _ = try load(
            Self.lines([
                "0|MANAGER|a|PJSIP/101|ADDMEMBER|", "0|MANAGER|b|PJSIP/101|ADDMEMBER|",
                "10|NONE|a|PJSIP/101|PAUSE|lunch", "20|NONE|b|PJSIP/101|PAUSE|lunch", "50|NONE|a|PJSIP/101|UNPAUSE|",
                "60|NONE|NONE|PJSIP/101|PAUSEALL|", "80|NONE|NONE|PJSIP/101|UNPAUSEALL|",
                "90|MANAGER|a|PJSIP/101|REMOVEMEMBER|", "100|MANAGER|b|PJSIP/101|REMOVEMEMBER|",
                "200|NONE|NONE|NONE|CONFIGRELOAD|",
            ]))
        let one = try #require(try operators()["101"])
        #expect((one.loggedIn, one.paused) == (100_000, 50_000))
    }

    // MARK: Erasing

    @Test func anErasedCallerIsInNoEntryAndInNoCall() throws {
        _ = try load(Self.usual)
        let before = try sums()
        _ = try writer.erase(1, reason: nil, by: .command, at: morning)
        let work = try #require(try store.unfinishedErasures().first), traces = try store.traces(of: work)
        #expect(traces.calls.map(\.key.call) == ["1.1"])
        var erasure = work.erasure
        erasure.add(traces.calls)
        try store.erase(calls: traces.touched, by: erasure)
        let rewritten = try log.entries.map { entry in
            try entry.line.withUnsafeBytes { try work.applied(toChange: $0) } ?? entry.line
        }
        let records = try rewritten.flatMap { try ChangeEntry($0).changes }.compactMap { change -> [UInt8]? in
            if case .pastCall(let one) = change { one.record } else { nil }
        }
        #expect(records.count == 3, "a call stays")
        for record in try records + calls().map({ CallBytes.encode($0) }) {
            #expect(!String(decoding: record, as: UTF8.self).contains("0300000101"))
            #expect(!String(decoding: record, as: UTF8.self).contains("Hanako"))
        }
        #expect(try sums() == before)
    }
}
