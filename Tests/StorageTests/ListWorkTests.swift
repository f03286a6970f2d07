import CallCenter
import SQLite
import Testing

@testable import Storage

/// Saved lists, what is worked off in them, and what goes with a customer.
extension ListTests {
    // MARK: Saved lists

    @Test func aSavedListHasVersionsAndAFilter() throws {
        let vip = try customer("A") { $0.tier = "vip" }, other = try customer("B") { $0.tags = ["a", "b"] }
        for one in [vip, other] { try call(one, daysAgo: 300) }
        try refresh()
        var content = CustomerList.Content(title: "Win back")
        content.of = .dormant
        content.filter.tier = "vip"
        content.assigned = ["101"]
        let made = try writer.create(list: "winback", content, by: Author("900", through: .desk), at: morning)
        #expect(made.version == 1 && made.id == 1 && made.createdBy == "900")
        for name in ["winback", "dormant"] {
            #expect(throws: EditError.listNameTaken(name)) {
                try writer.create(list: name, content, by: .command, at: morning)
            }
        }
        #expect(try entries("winback") == [vip])
        let second = try writer.edit(list: "winback", expected: 1, by: .command, at: morning + 1) { content in
            content.filter = ListFilter()
            content.filter.tag = "b"
        }
        #expect(second.version == 2)
        #expect(try entries("winback") == [other])
        #expect(throws: EditError.listConflict(second)) {
            try writer.edit(list: "winback", expected: 1, by: .command, at: morning) { $0.title = "x" }
        }
        #expect(try writer.edit(list: "winback", expected: nil, by: .command, at: morning) { _ in }.version == 2)
        let versions = try store.versions(of: second, below: nil, limit: 9)
        #expect(versions.map(\.version) == [2, 1] && versions[1].before == nil && versions[1].after == content)
        #expect(versions[1].author == Author("900", through: .desk))
        let back = try writer.restore(list: "winback", version: 1, expected: nil, by: .command, at: morning + 2)
        #expect(back.version == 3 && back.content == content)
        try writer.delete(list: "winback", expected: 3, by: .command, at: morning + 3)
        #expect(try store.list("winback") == nil)
        #expect(throws: EditError.notFound) {
            try writer.delete(list: "winback", expected: nil, by: .command, at: morning)
        }
        // Another one of the same name has a number of its own.
        #expect(try writer.create(list: "winback", content, by: .command, at: morning + 4).id == 2)
    }

    private func entries(_ name: String, isDone: Bool = false) throws -> [Int64] {
        let list = try #require(try store.list(name))
        return try store.entries(of: list, Self.clock, isDone: isDone, limit: 100).map(\.customer)
    }

    @Test func aSearchIsAList() throws {
        let a = try customer("山田 太郎") { $0.owner = "101" }, b = try customer("山田 花子"), c = try customer("鈴木")
        try call(c, daysAgo: 300)
        try call(b, daysAgo: 3)
        try refresh()
        func made(_ name: String, _ change: (inout ListFilter) -> Void) throws -> [Int64] {
            var content = CustomerList.Content(title: name)
            change(&content.filter)
            _ = try writer.create(list: name, content, by: .command, at: morning)
            return try entries(name)
        }
        #expect(try made("text") { $0.text = "山田" } == [a, b])
        #expect(try made("nobody") { $0.text = "nobody at all" } == [])
        #expect(try made("owner") { $0.owner = "101" } == [a])
        #expect(try made("new") { $0.status = .new } == [a])
        #expect(try made("active") { $0.status = .active } == [b])
        #expect(try made("dormant-ones") { $0.status = .dormant } == [c])
        try buy(c, "500", daysAgo: 2)
        try refresh()
        #expect(try made("spent") { $0.minSpent = 500_000_000 } == [c])
        #expect(try made("more") { $0.minSpent = 500_000_001 } == [])
    }

    // MARK: Working through

    private func work(
        _ customer: Int64, _ result: String?, _ list: ListSource = .builtIn(.best), at: Timestamp = morning
    ) throws -> ListWork {
        try writer.work(
            off: customer, in: list, result.map { ($0, "n") }, for: "101", own: "101", limit: 1_000, by: .command,
            at: at)
    }

    @Test func anEntryIsOnesUntilItIsWorkedOff() throws {
        let one = try customer("A"), two = try customer("B"), list = ListSource.builtIn(.best)
        for who in [one, two] { try buy(who, "10", daysAgo: 3) }
        #expect(try customers(.best) == [two, one])
        func claim(_ who: String, at: Timestamp = morning) throws -> ListWork {
            try writer.claim(one, in: list, for: who, limit: 1_000, by: .command, at: at)
        }
        #expect(try claim("101").claim == CaseClaim(by: "101", since: morning))
        #expect(throws: EditError.claimed(CaseClaim(by: "101", since: morning))) {
            try claim("102", at: morning + 999)
        }
        #expect(throws: EditError.claimed(CaseClaim(by: "101", since: morning))) {
            try writer.work(
                off: one, in: list, ("done", nil), for: "102", own: "102", limit: 1_000, by: .command, at: morning + 1)
        }
        #expect(try claim("102", at: morning + 1_000).claim?.by == "102")
        #expect(
            try writer.release(one, in: list, own: "102", limit: 1_000, by: .command, at: morning + 1_001).claim == nil)
        #expect(try store.work(of: one, in: list) == nil, "nothing is left of it")
        _ = try claim("101", at: morning + 2_000)
        let done = try work(one, "reached", at: morning + 2_001)
        #expect(done.claim == nil && done.result?.result == "reached" && done.result?.note == "n")
        #expect(try customers(.best) == [two])
        let worked = try store.entries(of: list, Self.clock, isDone: true, limit: 9)
        #expect(worked.map(\.customer) == [one] && worked[0].work.result?.by == "101")
        let progress = try store.progress(of: list, Self.clock, limit: 1_000)
        #expect(progress.open == 1 && progress.results == ["reached": 1] && progress.done == 1)
        // It is back after a time, and when somebody puts it back.
        var later = Self.clock
        later.againBefore = morning + 3_000
        #expect(try store.entries(of: list, later, limit: 9).map(\.customer) == [two, one])
        #expect(try store.entries(of: list, later, isDone: true, limit: 9).isEmpty)
        #expect(try work(one, nil).result == nil)
        #expect(try customers(.best) == [two, one])
        #expect(throws: EditError.notFound) { try work(99, "done") }
    }

    @Test func aListsWorkGoesWithIt() throws {
        let one = try customer("A") { $0.tier = "vip" }
        var content = CustomerList.Content(title: "x")
        content.filter.tier = "vip"
        let list = ListSource.saved(try writer.create(list: "x", content, by: .command, at: morning))
        _ = try work(one, "done", list)
        #expect(try entries("x") == [] && entries("x", isDone: true) == [one])
        try writer.delete(list: "x", expected: nil, by: .command, at: morning)
        #expect(throws: EditError.notFound) { try work(one, "done", list) }
        #expect(try rows("list_work") == 0)
    }

    private func rows(_ table: String) throws -> Int64? {
        try store.with { state throws(SQLiteError) in try state.database.integer("SELECT count(*) FROM \(table)") }
    }

    @Test func aDeletedCustomerIsInNoList() throws {
        let one = try customer("A")
        try buy(one, "10", daysAgo: 3)
        try agree(one, endsIn: 3)
        #expect(try customers(.best) == [one])
        _ = try work(one, "done")
        try writer.delete(one, expected: nil, by: .command, at: morning + 1)
        for list in BuiltInList.allCases { #expect(try customers(list) == [], "\(list)") }
        #expect(try entries("best", isDone: true) == [])
        #expect(try rows("customer_facts") == 0 && rows("contract_end") == 0)
        _ = try writer.undelete(one, by: .command, at: morning + 2)
        #expect(try customers(.expiring) == [one])
        #expect(try entries("best", isDone: true) == [one])
    }

    /// Who becomes a part of another is in no list, and what was worked off counts for the one who stays.
    @Test func aMergeKeepsTheWorkAndGivesItBack() throws {
        let stays = try customer("A"), other = try customer("B")
        for who in [stays, other] { try buy(who, "10", daysAgo: 3) }
        #expect(try customers(.best) == [other, stays])
        _ = try work(other, "done")
        let before = try RebuiltRecordsTests.rows(directory).filter { $0.contains("list_work") }
        let report = try writer.merge(other, into: stays, expected: nil, by: nil, at: morning + 1)
        #expect(try customers(.best) == [], "the other's result counts")
        #expect(try entries("best", isDone: true) == [stays])
        #expect(try store.facts(of: stays)?.purchases == 2 && store.facts(of: other) == nil)
        _ = try writer.undo(merge: try #require(report.merge).id, by: nil, at: morning + 2)
        #expect(try customers(.best) == [stays])
        #expect(try entries("best", isDone: true) == [other])
        #expect(try store.facts(of: stays)?.purchases == 1 && store.facts(of: other)?.purchases == 1)
        #expect(try RebuiltRecordsTests.rows(directory).filter { $0.contains("list_work") } == before)
    }

    @Test func nothingOfAnErasedCustomerIsLeft() throws {
        let one = try customer("A")
        try buy(one, "10", daysAgo: 3)
        try agree(one, endsIn: 3)
        try refresh()
        _ = try writer.work(
            off: one, in: .builtIn(.best), ("reached", "秘密の話"), for: "101", own: nil, limit: 1, by: .command,
            at: morning)
        let texts = try store.with { state throws(SQLiteError) in try state.listTexts(of: one) }
        #expect(texts == ["秘密の話"])
        _ = try writer.erase(one, reason: nil, by: .command, at: morning + 1)
        try refresh()
        for table in ["list_work", "customer_facts", "contract_end", "facts_todo"] {
            #expect(try rows(table) == 0, "\(table)")
        }
    }

    @Test func aChangeOfAListReadsBackAsItWas() throws {
        var content = CustomerList.Content(title: "休眠")
        content.of = .dormant
        content.order = .spend
        content.filter.tier = "vip"
        content.filter.tag = "t"
        content.filter.owner = "101"
        content.filter.status = .dormant
        content.filter.text = "山"
        content.filter.minSpent = -5
        content.filter.days = 9
        content.assigned = ["101", "102"]
        let changes: [RecordChange] = [
            .list(.init(id: 3, name: "x", version: 4, createdAt: morning, createdBy: nil, content: content)),
            .list(.init(id: 4, name: "y", version: 1, createdAt: morning, createdBy: "9", content: .init(title: "z"))),
            .listDeleted(id: 3, version: 5),
            .listClaim(list: -1, customer: 7, CaseClaim(by: "101", since: morning)),
            .listClaim(list: 3, customer: 7, nil),
            .listResult(list: -5, customer: 7, ListResult(result: "done", note: nil, by: "101", at: morning)),
            .listResult(list: -5, customer: 7, nil),
        ]
        let entry = ChangeEntry(at: morning, author: .command, importID: nil, changes: changes)
        #expect(try ChangeEntry(entry.bytes) == entry)
        // What is written about a customer goes with an erase; the rest has nobody's data.
        #expect(changes.map(\.belongsTo) == [nil, nil, nil, nil, nil, 7, 7])
    }

    // MARK: Before and after

    @Test func twoPeriodsAreCompared() throws {
        let one = try customer("A"), rest = try customer("B")
        for days in [20, 19] { try call(one, daysAgo: Int64(days), "answered", waited: 1, "angry") }
        try call(one, daysAgo: 5)
        try call(rest, daysAgo: 5)
        try buy(one, "10", daysAgo: 20)
        try buy(one, "20.5", daysAgo: 5)
        try buy(rest, "7", daysAgo: 5, state: "returned")
        _ = try work(one, "done")
        let found = try store.measure(
            of: .builtIn(.best), Self.clock,
            before: TimeSpan(from: morning - 30 * Self.day, to: morning - 10 * Self.day),
            after: TimeSpan(from: morning - 10 * Self.day, to: morning + 1), Self.rules)
        let before = found.list.before, after = found.list.after
        #expect(before.customers == 1 && before.calls == 2 && before.repeats == 1 && before.complaints == 2)
        #expect(before.repeatShare == 0.5 && before.purchases == 1 && before.spent == 10_000_000)
        #expect(after.calls == 1 && after.repeats == 0 && after.complaints == 0 && after.spent == 20_500_000)
        #expect(found.rest.after.calls == 1 && found.rest.after.purchases == 0 && found.rest.before.repeatShare == nil)
        #expect(found.rest.after.customers == 1 && !found.isSample)
    }
}
