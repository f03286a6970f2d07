import CallCenter
import Testing

@testable import Storage

/// A customer's status is another: by a contact, and by the time without one; each said once.
@Suite struct StatusMoveTests {
    private let day: Int64 = 86_400_000

    @Test func aContactAndTheTimeChangeIt() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let one = try store.create(fields("A") { $0.owner = "101" }, at: morning)
        func contact(_ seq: Int64, at time: Timestamp) throws {
            let touchpoint = Touchpoint(at: time, channel: "mail", summary: "x")
            try store.write(
                calls: [],
                touchpoints: [
                    TouchpointEntry(id: TouchpointEntry.id(seq: seq), customer: one.id, touchpoint: touchpoint)
                ])
            while try store.refreshFacts(ListTests.rules, count: 10) {}
        }
        func moves(_ since: Timestamp, _ now: Timestamp) throws -> [String] {
            try store.statusMoves(since: since, now: now, dormantAfter: 180 * day, limit: 10).map {
                "\($0.customer.id) \($0.customer.owner ?? "") \($0.from) \($0.to)"
            }
        }
        #expect(try moves(morning, morning) == [])
        try contact(1, at: morning)
        #expect(try moves(morning, morning + 1) == ["\(one.id) 101 new active"])
        #expect(try moves(morning + 1, morning + 2) == [], "said once")
        try contact(2, at: morning + day)
        #expect(try moves(morning + 2, morning + day + 1) == [], "it was active before")
        let late = morning + 181 * day
        #expect(try moves(late - 5, late) == [])
        #expect(try moves(late, late + 1) == ["\(one.id) 101 active dormant"])
        #expect(try moves(late + 1, late + 2) == [])
        try contact(3, at: late + day)
        #expect(try moves(late + 2, late + day + 1) == ["\(one.id) 101 dormant active"])
    }

    @Test func anErasedCustomerHasNone() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let one = try store.create(fields("A"), at: morning)
        try store.write(
            calls: [],
            touchpoints: [
                TouchpointEntry(
                    id: TouchpointEntry.id(seq: 1), customer: one.id,
                    touchpoint: Touchpoint(at: morning, channel: "mail", summary: "x"))
            ])
        while try store.refreshFacts(ListTests.rules, count: 10) {}
        _ = try store.writer.erase(one.id, reason: nil, by: .command, at: morning)
        #expect(try store.statusMoves(since: morning, now: morning + 1, dormantAfter: day, limit: 10) == [])
    }
}
