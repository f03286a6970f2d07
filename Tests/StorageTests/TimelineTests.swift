import CallCenter
import SQLite
import Testing

@testable import Storage

/// A customer's timeline: all channels, newest first, found by the customer.
@Suite struct TimelineTests {
    let directory: StateDirectory
    let store: CustomerStore
    let writer: RecordWriter
    let desk = Author("101", through: .desk)
    let customer: Int64

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        writer = RecordWriter(store, log: MemoryChangeLog())
        customer = try writer.create(fields("山田 花子"), by: .command, at: morning).id
    }

    private func ask(
        _ channel: String? = nil, _ text: String? = nil, below: TimelinePlace? = nil, limit: Int = 100
    ) throws -> [TimelineEntry] {
        let asked = TimelineQuery(customer: customer, channel: channel, text: text, below: below, limit: limit)
        let all = try store.touchpoints(asked).map { TimelineEntry($0) } + store.timelineItems(asked, now: morning)
        return Array(all.sorted { $0.place > $1.place }.prefix(limit))
    }

    private func summary(_ entry: TimelineEntry) -> String {
        switch entry.what {
        case .touchpoint(let one): "\(one.touchpoint.channel) \(one.touchpoint.summary)"
        case .purchase(_, let one): "purchase \(one.product)"
        case .contract(_, let one, let event): "contract \(one.service) \(event)"
        case .list(let one): "list \(one.list) \(one.result.result)"
        }
    }

    /// Some of each, in the order of their times, and three at one moment.
    private func fill() throws {
        let event = Touchpoint(at: morning - 2_000, channel: "email", direction: .inbound, summary: "見積書をお願いします")
        try store.write(
            calls: [],
            touchpoints: [TouchpointEntry(id: TouchpointEntry.id(seq: 4), customer: customer, touchpoint: event)])
        var visit = Contact(at: morning - 1_000, channel: "visit")
        visit.summary = "ｺﾋﾟｰ機の点検"
        var contract = Contract(service: "保守")
        contract.signed = DayOrTime(morning - 3_000)
        contract.starts = DayOrTime(morning - 1_000)
        contract.expires = DayOrTime(morning + 1_000)
        contract.renews = .at(DayOrTime(morning))
        var purchase = Purchase(at: DayOrTime(morning - 1_000), product: "Coffee machine", state: "ordered")
        purchase.order = "A-17"
        for content in [
            .contact(visit), .contract(contract), .purchase(purchase),
            .note(Note(at: morning, text: "きかいの場所は二階")),
        ] as [CustomerItem.Content] {
            _ = try writer.add(content, to: customer, by: desk, at: morning)
        }
    }

    @Test func everyChannelIsInOneListNewestFirst() throws {
        try fill()
        #expect(
            try ask().map(summary) == [
                "contract 保守 renewed", "note きかいの場所は二階", "contract 保守 started", "purchase Coffee machine",
                "visit ｺﾋﾟｰ機の点検", "email 見積書をお願いします", "contract 保守 signed",
            ])
        for (channel, count) in [("note", 1), ("visit", 1), ("email", 1), ("purchase", 1), ("contract", 3), ("x", 0)] {
            #expect(try ask(channel).count == count, "\(channel)")
        }
        // Of another customer there is nothing.
        let other = TimelineQuery(customer: customer + 1, channel: nil, text: nil, below: nil, limit: 9)
        #expect(try store.touchpoints(other).isEmpty && store.timelineItems(other, now: morning).isEmpty)
    }

    @Test(arguments: [
        ("コピー", 1), ("ｺﾋﾟｰ", 1), ("キカイ", 1), ("場所", 1), ("ｃｏｆｆｅｅ ma", 1), ("a-17", 1), ("保守", 3), ("機", 1), ("お願い", 1),
        ("保守点検", 0), ("二階の", 0),
    ]) func aPartOfATextFindsIt(text: String, count: Int) throws {
        try fill()
        #expect(try ask(nil, text).count == count)
    }

    @Test(arguments: 1...4) func pagesHaveEverythingOnce(limit: Int) throws {
        try fill()
        var paged: [String] = [], below: TimelinePlace?
        while true {
            let page = try ask(below: below, limit: limit)
            guard let last = page.last else { break }
            paged += page.map(summary)
            below = last.place
        }
        #expect(paged == (try ask().map(summary)))
    }

    @Test func whatCameOfListsIsThere() throws {
        try fill()
        var content = CustomerList.Content(title: "春の案内")
        content.assigned = ["101"]
        let saved = try writer.create(list: "spring", content, by: desk, at: morning)
        for (n, list) in [ListSource.builtIn(.best), .saved(saved)].enumerated() {
            _ = try writer.work(
                off: customer, in: list, ("reached", "五月にまた"), for: "101", own: nil, limit: 1_000, by: desk,
                at: morning + Int64(n) + 5)
        }
        #expect(try ask().prefix(2).map(summary) == ["list spring reached", "list best reached"])
        #expect(try ask("list").count == 2 && ask("visit").count == 1)
        #expect(try ask(nil, "春の").count == 1 && ask(nil, "五月").count == 2)
        let outcomes = try store.listOutcomes(of: customer)
        #expect(outcomes.map(\.list) == ["best", "spring"] && outcomes[1].title == "春の案内")
        // Of one who is a part of another now, too.
        let other = try writer.create(fields("山田 ハナコ"), by: .command, at: morning)
        _ = try writer.merge(customer, into: other.id, expected: nil, by: "101", at: morning + 20)
        #expect(try store.listOutcomes(of: other.id).map(\.customer) == [customer, customer])
    }

    /// Among millions: what is read is the customer's own part of an index, in its order.
    @Test(arguments: [CustomerStore.touchpointsQuestion, ItemQuery.question])
    func onlyTheCustomersOwnRowsAreRead(question: String) throws {
        try SQLiteFile(directory.path + "/customers.db").with { database in
            let plan = try database.prepare("EXPLAIN QUERY PLAN " + question)
            var steps: [String] = []
            while try plan.step() { steps.append(plan.text(3) ?? "") }
            #expect(steps.count == 1 && steps[0].contains("(customer=?"), "\(steps)")
            #expect(steps[0].hasPrefix("SEARCH") && !steps[0].contains("SCAN"), "\(steps)")
            #expect(steps[0].contains("at<?") || steps[0].contains("(at,id)<"), "the place is in the index: \(steps)")
        }
    }
}
