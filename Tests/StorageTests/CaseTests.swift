import CallCenter
import Testing

@testable import Storage

@Suite struct CaseTests {
    @Test func whatIsPromisedIsThereUntilItIsDone() throws {
        let directory = try StateDirectory()
        let store = try CustomerStore.open(directory: directory.path)
        var fields = CustomerFields(name: "鈴木 花子")
        fields.phones = [PhoneEntry(raw: "090-0000-0002", e164: "+819000000002", display: "090-0000-0002")]
        let who = try store.create(fields, at: morning)
        #expect(try store.open(.promise, "請求書", of: who.id + 1, owner: nil, due: nil, by: nil, at: morning) == nil)
        let later = try #require(
            try store.open(.case, "見積もり", of: who.id, owner: "102", due: nil, by: "101", at: morning))
        let first = try #require(
            try store.open(.promise, "請求書", of: who.id, owner: "101", due: morning + 1_000, by: "101", at: morning))
        #expect(first.customerName == "鈴木 花子" && first.createdBy == "101" && first.closedAt == nil)
        // The most pressing first; what has no time is last.
        #expect(try store.openCases(of: who.id).map(\.id) == [first.id, later.id])
        #expect(try store.openCases(owner: "102", limit: 10).map(\.title) == ["見積もり"])
        // The next pop knows.
        let reader = try CustomerReader(directory: directory.path)
        var caller = CallerNumber.unavailable
        caller.kind = .number
        caller.e164 = "+819000000002"
        #expect(try reader.lookup(caller).candidates.first?.cases.map(\.title) == ["請求書", "見積もり"])
        reader.rest()
        let closed = try #require(try store.close(first.id, by: "101", at: morning + 5))
        #expect(closed.closedAt == morning + 5 && closed.closedBy == "101")
        #expect(try store.close(first.id, by: "102", at: morning + 9)?.closedBy == "101", "closed once")
        #expect(try store.close(99, by: nil, at: morning) == nil)
        #expect(try reader.lookup(caller).candidates.first?.cases.map(\.title) == ["見積もり"])
        reader.rest()
        _ = try store.close(later.id, by: nil, at: morning)
        #expect(try reader.lookup(caller).candidates.first?.cases == [])
    }
}
