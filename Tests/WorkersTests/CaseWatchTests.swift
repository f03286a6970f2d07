import CallCenter
import Foundation
import Settings
import Synchronization
import Testing

@testable import Storage
@testable import Workers

/// Rules about cases on records: each fires once for each reason, and a case opens again when its customer is in touch.
@Suite struct CaseWatchTests {
    /// A log that only counts.
    private final class Log: ChangeLog {
        private let last = Mutex<Int64>(0)
        func append(_ entry: [UInt8], _ kind: EntryKind) throws(ChangeLogError) -> Int64 {
            last.withLock { last in
                last += 1
                return last
            }
        }
    }

    private let directory: URL
    private let writer: RecordWriter
    private let customer: Int64

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("case-watch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        writer = RecordWriter(try CustomerStore.open(directory: directory.path), log: Log())
        customer = try writer.create(CustomerFields(name: "鈴木"), by: .command, at: morning).id
    }

    private func watch(_ rules: [EscalationRule], reopenWithin: Int64 = 0) -> CaseWatch {
        var cases = Settings.Cases()
        cases.reopenWithin = reopenWithin
        return CaseWatch(writer: writer, clock: { [cases] in WorkClock(cases, nil, rules) }, logger: LogLines().logger)
    }

    private func open(_ title: String, owner: String? = nil, due: Timestamp? = nil) throws -> CustomerCase {
        try #require(
            try writer.open(
                .case, title, of: customer, owner: owner, due: due, by: nil, author: .command, at: morning))
    }

    @Test func aRuleFiresOnceForEachReason() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let one = try open("水漏れ", owner: "101", due: morning + 10_000), other = try open("未定", owner: "102")
        let watch = watch([
            EscalationRule(
                name: "late", condition: .overdue, after: 5_000, priority: .urgent, owner: "900", alarm: true)
        ])
        #expect(try watch.look(at: morning + 14_999).fired.isEmpty)
        let (fired, changed) = try watch.look(at: morning + 15_000)
        #expect(fired.map(\.one.id) == [one.id] && changed == [customer])
        let line = try #require(fired.first?.line)
        #expect(line.note.text == "late: 水漏れ (900)" && line.note.to == .supervisors && line.at == morning + 15_000)
        #expect(line.note.caseID == one.id && line.note.customer == customer)
        let kept = try writer.store.messages(MessageFilter(), below: nil, limit: 9)
        #expect(kept.map(\.id) == [line.id], "kept for who comes later, and for other nodes")
        let now = try #require(try writer.store.customerCase(one.id))
        #expect(now.owner == "900" && now.details.priority == .urgent && now.version == 2)
        #expect(now.progressAt == morning, "a rule is no progress")
        #expect(try writer.store.versions(ofCase: one.id, below: nil, limit: 9)?.first?.author.through == .rule)
        #expect(try watch.look(at: morning + 99_000).fired.isEmpty, "for one reason once")
        #expect(try writer.store.customerCase(other.id)?.version == 1)
        // Another due time is another reason.
        _ = try writer.edit(case: one.id, by: .command, at: morning + 100_000) { $0.due = morning + 200_000 }
        #expect(try watch.look(at: morning + 204_999).fired.isEmpty)
        #expect(try watch.look(at: morning + 205_000).fired.map(\.one.id) == [one.id])
    }

    @Test func whatNobodyHasIsSomebodysAfterwards() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let one = try open("水漏れ")
        let watch = watch([EscalationRule(name: "nobody", condition: .unowned, after: 1_000, owner: "900")])
        #expect(try watch.look(at: morning + 999).fired.isEmpty)
        #expect(try watch.look(at: morning + 1_500).fired.count == 1)
        #expect(try writer.store.customerCase(one.id)?.owner == "900")
        _ = try writer.edit(case: one.id, by: .command, at: morning + 5_000) { $0.owner = nil }
        #expect(try watch.look(at: morning + 5_999).fired.isEmpty)
        #expect(try watch.look(at: morning + 6_500).fired.count == 1)
        // A trial over the past finds both.
        let rule = EscalationRule(name: "nobody", condition: .unowned, after: 1_000)
        let moments = try writer.store.moments(of: try #require(try writer.store.customerCase(one.id)))
        #expect(rule.firings(moments, until: morning + 9_000) { $1 + $0 } == [morning + 1_000, morning + 6_000])
    }

    /// Otherwise it would be late for nobody: what waits for its customer is not stalled, and nobody's next thing.
    @Test func aCaseWaitsNoLongerWhenItsCustomerWasInTouch() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let one = try open("a"), watch = watch([])
        _ = try writer.edit(case: one.id, by: .command, at: morning + 1_000) { one in
            one.details.waitingSince = morning + 1_000
        }
        func contact(_ at: Int64, _ direction: TouchpointRecorded.Direction, _ channel: String = "letter") throws {
            var contact = Contact(at: morning + at, channel: channel)
            contact.direction = direction
            _ = try writer.add(.contact(contact), to: customer, by: .command, at: morning + at)
        }
        try contact(900, .inbound)
        try contact(1_500, .outbound)
        try contact(1_600, .inbound, "email")
        #expect(try watch.look(at: morning + 2_000).changed.isEmpty, "before it waited, by us, or about another case")
        try contact(3_000, .inbound)
        #expect(try watch.look(at: morning + 4_000).changed == [customer])
        let now = try #require(try writer.store.customerCase(one.id))
        #expect(now.details.waitingSince == nil)
        #expect(now.progressAt == morning + 1_000, "what the customer does is no progress")
        #expect(try watch.look(at: morning + 5_000).changed.isEmpty)
    }

    @Test func aCaseOpensAgainWhenItsCustomerIsInTouch() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let first = try open("a"), second = try open("b"), watch = watch([], reopenWithin: 50_000)
        func contact(_ at: Int64, _ direction: TouchpointRecorded.Direction) throws {
            var contact = Contact(at: morning + at, channel: "letter")
            contact.direction = direction
            _ = try writer.add(.contact(contact), to: customer, by: .command, at: morning + at)
        }
        try contact(900, .inbound)
        _ = try writer.close(first.id, by: nil, author: .command, at: morning + 1_000)
        _ = try writer.close(second.id, by: nil, author: .command, at: morning + 2_000)
        try contact(3_000, .outbound)
        #expect(try watch.look(at: morning + 3_500).changed.isEmpty, "before it was closed, or by us")
        try contact(4_000, .inbound)
        #expect(try watch.look(at: morning + 52_001).changed.isEmpty, "too late")
        #expect(try watch.look(at: morning + 4_500).changed == [customer])
        let again = try #require(try writer.store.customerCase(second.id))
        #expect(again.closedAt == nil && again.details.reopened == 1, "the one that was closed last")
        #expect(try writer.store.customerCase(first.id)?.closedAt != nil)
        #expect(try watch.look(at: morning + 4_600).changed.isEmpty, "the contact is about the one that is open")
        // Closed again, the contact before it opens neither.
        _ = try writer.close(second.id, by: nil, author: .command, at: morning + 5_000)
        #expect(try watch.look(at: morning + 5_500).changed.isEmpty)
    }
}
