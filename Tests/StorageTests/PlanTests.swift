import CallCenter
import Foundation
import SQLite
import Testing

@testable import Storage

/// No question about one record, no search and no list reads a whole table of contacts, purchases or notes: among ten
/// million of them that takes seconds.
@Suite struct PlanTests {
    /// Tables that have rows for every contact, purchase, number or version.
    static let large = [
        "touchpoint", "customer_item", "item_version", "customer_version", "phone", "customer_identity", "call",
        "contract_end", "customer_facts", "case_version", "field_use",
    ]

    /// Steps that read a table from end to end, under the table's name or the one that the question gives it. A list in
    /// the order of an index reads along it until it has its page.
    static func scans(_ plan: [String], of sql: String) -> [String] {
        let words = sql.replacing(",", with: " , ").replacing("(", with: " ").split(whereSeparator: \.isWhitespace)
        var names: Set<String> = []
        for (place, word) in words.enumerated() where large.contains(String(word)) {
            names.insert(String(word))
            if place + 1 < words.count { names.insert(String(words[place + 1])) }
        }
        return plan.filter { step in
            let parts = step.split(separator: " ")
            return parts.count >= 2 && parts[0] == "SCAN" && names.contains(String(parts[1]))
                && !step.contains("VIRTUAL TABLE")
                && !(step.contains(" USING INDEX customer_facts_") && sql.contains(" LIMIT "))
        }
    }

    @Test func aScanIsSeenUnderEachName() {
        #expect(PlanTests.scans(["SCAN touchpoint"], of: "SELECT 1 FROM touchpoint").count == 1)
        #expect(PlanTests.scans(["SCAN t USING INDEX touchpoint_id"], of: "SELECT 1 FROM touchpoint t").count == 1)
        #expect(PlanTests.scans(["SEARCH t USING INDEX x (id=?)"], of: "SELECT 1 FROM touchpoint t").isEmpty)
        #expect(PlanTests.scans(["SCAN search_state"], of: "SELECT 1 FROM touchpoint, search_state").isEmpty)
    }

    private func filled(_ store: CustomerStore) throws -> Int64 {
        let one = try store.create(
            fields("山田 花子", phones: ["090-0000-0001"]) { $0.address = "架空県例示市" }, at: morning)
        let writer = store.writer
        for step in 0..<3 {
            let at = morning + Int64(step)
            _ = try writer.add(.note(Note(at: at, text: "水漏れ \(step)")), to: one.id, by: .command, at: at)
            var purchase = Purchase(at: DayOrTime(at), product: "商品", state: "delivered")
            purchase.order = "O\(step)"
            _ = try writer.add(.purchase(purchase), to: one.id, by: .command, at: at + 10)
        }
        _ = try writer.open(
            .promise, "電話", of: one.id, owner: nil, due: morning, by: "101", author: .command, at: morning)
        return one.id
    }

    /// Everything that the record's page, the timeline, the searches and the lists ask.
    private func ask(_ store: CustomerStore, _ id: Int64) throws {
        _ = try store.customer(id)
        _ = try store.contacts(customer: id, limit: 100)
        _ = try store.openCases(of: id)
        _ = try store.purchaseSummary(of: id, without: [])
        _ = try store.activeSince(id, gap: 86_400_000)
        for kind in CustomerItem.Kind.allCases { _ = try store.items(kind, of: id, below: nil, limit: 10) }
        let page = TimelineQuery(customer: id, channel: nil, text: "水", below: nil, limit: 10)
        #expect(try store.touchpoints(page).count == 3)
        _ = try store.timelineItems(page, now: morning + 100)
        // Before the indexes know the records, and after.
        for _ in 0..<2 {
            for text in ["花子", "0900000", "例示市", "水"] { _ = try store.search(text, limit: 5) }
            for text in ["水漏れ", "水"] { #expect(try store.searchContacts(text, limit: 5).count == 3) }
            while try store.indexSome(10) {}
            while try store.indexContacts(10) {}
        }
        while try store.refreshFacts(ListTests.rules, count: 10) {}
        for list in BuiltInList.allCases {
            for order in [nil] + ListOrder.allCases.map(Optional.init) {
                _ = try store.entries(of: .builtIn(list), ListTests.clock, order: order, limit: 5)
            }
            _ = try store.entries(of: .builtIn(list), ListTests.clock, isDone: true, limit: 5)
            _ = try store.progress(of: .builtIn(list), ListTests.clock, limit: 1_000)
        }
        _ = try store.fieldUses(from: 1, to: 2)
        try store.written(from: morning, to: morning + 100) { _, _, _, _ in }
    }

    /// Each statement that a connection has prepared, with its plan.
    private static func plans(_ database: borrowing Connection) throws(SQLiteError) -> [String: [String]] {
        var found: [String: [String]] = [:]
        for text in database.preparedTexts where !text.hasPrefix("EXPLAIN") {
            found[text] = try database.plan(of: text)
        }
        return found
    }

    @Test func nothingReadsAWholeTable() throws {
        let directory = try StateDirectory(), store = try directory.store()
        try ask(store, try filled(store))
        var plans = try store.state.withLock { try PlanTests.plans($0.database) }
        for more in [
            try store.reading { state throws(SQLiteError) in try PlanTests.plans(state.database) },
            try store.finder.withLock { try PlanTests.plans($0) },
            try store.lister.withLock { try PlanTests.plans($0) },
        ] { plans.merge(more) { one, _ in one } }
        for (text, plan) in plans { #expect(PlanTests.scans(plan, of: text).isEmpty, "\(text)") }
        #expect(plans.count > 30 && plans.keys.contains { $0.contains("contact_grams") })
    }
}
