import CallCenter
import Foundation
import SQLite
import Testing

@testable import Storage

/// Finding what was written of contacts, by any part of it, whatever happens to the contacts.
@Suite struct ContactSearchTests {
    let directory: StateDirectory
    let store: CustomerStore

    init() throws {
        directory = try StateDirectory()
        store = try CustomerStore.open(directory: directory.path)
    }

    private func note(_ text: String, of customer: Int64, at now: Timestamp) throws -> CustomerItem {
        try #require(
            try store.writer.add(.note(Note(at: now, text: text)), to: customer, by: .command, at: now))
    }

    private func found(_ text: String) throws -> [String] {
        try store.searchContacts(text, limit: 20).map(\.entry.touchpoint.summary)
    }

    static let questions: [(text: String, found: [String])] = [
        ("水漏れ", ["台所の水漏れ、部品は来週"]), ("水漏", ["台所の水漏れ、部品は来週"]),
        ("来週", ["台所の水漏れ、部品は来週"]), ("週", ["台所の水漏れ、部品は来週"]),
        ("ぶひん", []), ("ﾃﾞﾝﾜ", ["デンワで連絡"]), ("でんわ", ["デンワで連絡"]), ("LEAK", ["A leak in the hall"]),
        ("akin", ["A leak in the hall"]), ("れん", []), ("   ", []), ("%", []),
        ("絡A", []),
    ]

    @Test(arguments: questions) func everyPartIsFound(question: (text: String, found: [String])) throws {
        let one = try store.create(fields("花子"), at: morning), two = try store.create(fields("太郎"), at: morning)
        for (place, text) in ["台所の水漏れ、部品は来週", "デンワで連絡", "A leak in the hall"].enumerated() {
            _ = try note(text, of: place % 2 == 0 ? one.id : two.id, at: morning + Int64(place))
        }
        #expect(try found(question.text) == question.found, "before the index knows")
        while try store.indexContacts(2) {}
        #expect(try found(question.text) == question.found, "\(question.text)")
    }

    @Test func theNewestAreFirstAndBelongToSomebody() throws {
        let one = try store.create(fields("花子") { $0.tier = "vip" }, at: morning)
        for step in 0..<4 { _ = try note("水漏れ \(step)", of: one.id, at: morning + Int64(step)) }
        while try store.indexContacts(100) {}
        let all = try store.searchContacts("水漏れ", limit: 3)
        #expect(all.map(\.entry.touchpoint.summary) == ["水漏れ 3", "水漏れ 2", "水漏れ 1"])
        #expect(all.allSatisfy { $0.entry.customer == one.id && $0.name == "花子" && $0.tier == "vip" })
        try store.writer.delete(one.id, expected: nil, by: .command, at: morning + 9)
        #expect(try found("水漏れ").isEmpty)
        _ = try store.writer.undelete(one.id, by: .command, at: morning + 10)
        #expect(try found("水漏れ").count == 4)
    }

    /// Random changes, some of them while the index is behind: it finds what the contacts have, and nothing else.
    @Test func theIndexFollowsEveryChange() throws {
        var random = Seeded("theIndexFollowsEveryChange")
        let people = try (0..<4).map { try store.create(fields("名 \($0)"), at: morning).id }
        let texts = ["水漏れ", "電話", "水道の電話", "電話の水漏れ", ""]
        func row(_ id: Int64, _ customer: Int64) -> String {
            let text = texts.randomElement(using: &random) ?? ""
            return "(\(customer), \(5 + id % 3), \(id), 'phone', '\(text)')"
        }
        for _ in 0..<600 {
            let id = Int64.random(in: 1...30, using: &random) * (Bool.random(using: &random) ? 1 : -1)
            let customer = people.randomElement(using: &random) ?? 1
            let insert = "INSERT OR REPLACE INTO touchpoint(customer, at, id, channel, summary) VALUES"
            let change: String
            switch Int.random(in: 0..<6, using: &random) {
            // A call that turns out to be somebody else's is written there before it leaves the former customer.
            case 0:
                change = "\(insert) \(row(id, customer)); "
                    + "DELETE FROM touchpoint WHERE id=\(id) AND customer<>\(customer)"
            case 1: change = "DELETE FROM touchpoint WHERE id=\(id); \(insert) \(row(id, customer))"
            case 2: change = "UPDATE OR REPLACE touchpoint SET customer=\(customer) WHERE id=\(id)"
            case 3: change = "UPDATE touchpoint SET summary='電話' WHERE id=\(id)"
            case 4: change = "DELETE FROM touchpoint WHERE id=\(id)"
            default:
                _ = try store.indexContacts(Int.random(in: 1...9, using: &random))
                continue
            }
            try store.with { state throws(SQLiteError) in try state.database.run(change) }
        }
        for isUpToDate in [false, true] {
            if isUpToDate { while try store.indexContacts(7) {} }
            for text in ["水漏", "水漏れ", "電話", "の電話", "水"] {
                let there = try store.with { state throws(SQLiteError) in
                    try state.database.integer("SELECT count(*) FROM touchpoint WHERE instr(summary, '\(text)')>0")
                }
                #expect(try store.searchContacts(text, limit: 500).count == Int(there ?? -1), "\(text) \(isUpToDate)")
            }
        }
        // And the index itself has nothing more: what is erased leaves it.
        try store.with { state throws(SQLiteError) in try state.database.run("DELETE FROM touchpoint") }
        while try store.indexContacts(50) {}
        let left = try store.with { state throws(SQLiteError) in
            let all = try state.database.prepare("SELECT count(*) FROM contact_grams WHERE contact_grams MATCH ?")
            try all.bind(SearchText.question("水漏") ?? "", 1)
            return try all.step() ? all.int(0) : -1
        }
        #expect(left == 0)
    }

    @Test func anAddressFindsItsCustomer() throws {
        let one = try store.create(fields("花子") { $0.address = "架空県例示市 中央 1-2-3" }, at: morning)
        #expect(try store.search("例示市", limit: 5).customers.map(\.id) == [one.id])
        while try store.indexSome(10) {}
        #expect(try store.search("例示市", limit: 5).customers.map(\.id) == [one.id])
        #expect(try store.search("市中央", limit: 5).customers.map(\.id) == [one.id])
    }
}
