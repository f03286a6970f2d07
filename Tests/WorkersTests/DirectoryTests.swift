import CallCenter
import Logging
import PhoneNumbers
import Storage
import Synchronization
import Testing

@testable import Workers

/// Callers are looked up by the rules that are in force, each thread over a connection of its own.
@Suite struct DirectoryTests {
    private static func records(_ directory: StateDirectory) throws {
        let store = try CustomerStore.open(directory: directory.path)
        var fields = CustomerFields(name: "山田 太郎")
        let number = PhoneNumberReader(region: "JP", language: "en").reading(raw: "090-1234-5678").recorded
        fields.phones = [PhoneEntry(raw: "090-1234-5678", e164: number.e164, display: number.display)]
        _ = try RecordWriter(store, log: Positions()).create(fields, by: .command, at: morning)
    }
    /// A log that is nothing but positions.
    private final class Positions: ChangeLog {
        private let last = Mutex<Int64>(0)
        func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
            last.withLock { last in
                last += 1
                return last
            }
        }
    }
    private static let question = Centre.LookupQuestion.number("09012345678", .allowed)

    @Test func aCallerIsFoundByTheNumber() throws {
        let directory = try StateDirectory()
        try Self.records(directory)
        let callers = try CustomerDirectory(
            directory: directory.path, rules: NumberRulesInForce(NumberRules(region: "JP")), logger: LogLines().logger)
        let found = callers.lookup(Self.question)
        #expect(found.caller.e164 == "+819012345678")
        #expect(found.candidates.map(\.customer.name) == ["山田 太郎"])
    }

    /// A reload reaches every thread that looks up, without a lock for each question.
    @Test func rulesThatAreConfiguredAnewHoldForTheNextQuestion() throws {
        let directory = try StateDirectory()
        try Self.records(directory)
        let rules = NumberRulesInForce(NumberRules(region: "JP"))
        let callers = try CustomerDirectory(directory: directory.path, rules: rules, logger: LogLines().logger)
        let before = rules.generation
        rules.adopt(NumberRules(region: "JP"))
        #expect(rules.generation == before, "the same rules are no change")
        rules.adopt(NumberRules(region: "DE"))
        #expect(rules.generation == before + 1)
        #expect(callers.lookup(Self.question).caller.e164 != "+819012345678")
    }

    @Test func eachThreadOpensTheRecordsOnce() throws {
        let directory = try StateDirectory()
        try Self.records(directory)
        let opened = Mutex(0), path = directory.path
        let all = ThreadDirectories {
            opened.withLock { $0 += 1 }
            return try CustomerDirectory(
                directory: path, rules: NumberRulesInForce(NumberRules(region: "JP")), logger: LogLines().logger)
        }
        for _ in 0..<3 { #expect(all.lookup(Self.question)?.candidates.count == 1) }
        all.rest()
        #expect(opened.withLock { $0 } == 1)
    }

    /// Records that cannot be opened leave the question to the engine, whose own directory says what is wrong.
    @Test func recordsThatCannotBeOpenedLeaveTheQuestionToTheEngine() {
        let opened = Mutex(0)
        let all = ThreadDirectories {
            opened.withLock { $0 += 1 }
            throw StoreError.busy(path: "customers.db")
        }
        for _ in 0..<3 { #expect(all.lookup(Self.question) == nil) }
        #expect(opened.withLock { $0 } == 1, "it is not tried again for every caller of a storm")
    }
}
