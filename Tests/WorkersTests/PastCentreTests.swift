import CallCenter
import Engine
import Synchronization
import Testing

@testable import Workers

/// The state of a moment past is what the log says up to there.
@Suite struct PastCentreTests {
    private struct Failure: Error, Equatable {}

    /// A log in memory.
    private final class MemoryLog: PastLog {
        let lines: [LoggedLine]
        let rules: [(after: Int64, policy: Policy)]
        let isCut: Bool

        init(_ lines: [LoggedLine], rules: [(after: Int64, policy: Policy)] = [], isCut: Bool = false) {
            self.lines = lines
            self.rules = rules
            self.isCut = isCut
        }
        func policies() throws -> [(after: Int64, policy: Policy)] { rules }
        func isWhole() throws -> Bool { !isCut }
        func replay(after seq: Int64, _ handle: (LoggedLine, Lookup?) -> Bool) throws {
            for line in lines where line.seq > seq { guard handle(line, nil) else { return } }
        }
    }

    /// A call that is offered, answered a minute later and ends a minute after that.
    private static let lines = [
        #"{"type":"call.offered","call":"a","from":"09000000001","to":"0300000000","queue":"support"}"#,
        #"{"type":"call.answered","call":"a","operator":"101"}"#,
        #"{"type":"call.ended","call":"a"}"#,
    ].enumerated().map { number, text in
        LoggedLine(
            seq: Int64(number) + 1, readAt: morning + Int64(number) * 60_000, source: "pbx", line: Array(text.utf8))
    }

    private static func past(isCut: Bool = false) -> PastCentre {
        PastCentre(rules: Policy()) { MemoryLog(lines, isCut: isCut) }
    }

    @Test func itEndsAtATime() async throws {
        let then = try await Self.past().state(until: morning + 90_000, through: nil)
        #expect(then.events == 2 && then.begins == morning && then.last == morning + 60_000 && then.isWhole)
        #expect(then.centre.call(CallKey(source: "pbx", call: "a"))?.life.isOver == false)
    }

    @Test func itEndsAtAPlaceOfTheLog() async throws {
        let then = try await Self.past().state(until: nil, through: 1)
        #expect(then.events == 1 && then.last == morning)
    }

    @Test func withoutALimitItIsTheEndOfTheLog() async throws {
        let then = try await Self.past(isCut: true).state(until: nil, through: nil)
        #expect(then.events == 3 && !then.isWhole)
        #expect(then.centre.call(CallKey(source: "pbx", call: "a"))?.life.isOver == true)
    }

    /// Rules that were configured later do not hold for a moment before them.
    @Test func theRulesAreThoseOfTheTime() async throws {
        var later = Policy()
        later.alerts.dormantDays = 7
        let past = PastCentre(rules: Policy()) { [later] in
            MemoryLog(Self.lines, rules: [(after: 0, policy: Policy()), (after: 2, policy: later)])
        }
        let before = try await past.state(until: morning + 60_000, through: nil)
        let after = try await past.state(until: nil, through: nil)
        #expect(before.centre.policy.alerts.dormantDays == Policy().alerts.dormantDays)
        #expect(after.centre.policy.alerts.dormantDays == 7)
    }

    @Test func linesComeInPages() async throws {
        let past = Self.past()
        #expect(try await past.entries(after: 0, limit: 2).map(\.seq) == [1, 2])
        #expect(try await past.entries(after: 2, limit: 2).map(\.seq) == [3])
        #expect(try await past.entries(after: 3, limit: 2).isEmpty)
    }

    @Test func aLogThatCannotBeOpenedIsTold() async {
        let past = PastCentre(rules: Policy()) { throw Failure() }
        await #expect(throws: Failure.self) { try await past.state(until: nil, through: nil) }
        await #expect(throws: Failure.self) { try await past.entries(after: 0, limit: 1) }
    }
}
