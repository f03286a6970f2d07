import CallCenter
import Foundation
import SQLite
import Synchronization
import Testing

@testable import Storage

/// Finding customers, with and without the index.
@Suite struct SearchTests {
    let directory: StateDirectory
    let store: CustomerStore

    init() throws {
        directory = try StateDirectory()
        store = try CustomerStore.open(directory: directory.path)
    }

    func add(_ name: String, _ change: (inout CustomerFields) -> Void = { _ in }) throws -> Int64 {
        var fields = CustomerFields(name: name)
        change(&fields)
        return try store.create(fields, at: morning).id
    }
    func found(_ text: String) throws -> [Int64] { try store.search(text, limit: 20).customers.map(\.id) }

    static let questions: [(text: String, who: [Int])] = [
        ("山田", [0]), ("太郎", [0]), ("田太", [0]), ("山", [0, 1]), ("山田太郎", [0]),
            ("山田　太郎", [0]), ("やまだ", [0]), ("ﾔﾏﾀﾞ", [0]),
        ("ヤマダ", [0]),
        ("example", [1]), ("EXAMPLE", [1]), ("Ｅｘａｍｐｌｅ", [1]), ("例社", [1]), ("C-2", [1]), ("090-1234", [0]),
        ("0901234", [0]), ("1234", [0]), ("+8190", [0]),
        ("9012345678", [0]), ("紹介", [2]), ("100%", [2]), ("%", [2]), ("_", []), ("\"", []), ("*", []), ("OR", [2]),
        ("müller", [2]), ("MÜLLER", [2]), ("鈴木", []), ("   ", []),
        // No phrase goes from one text into the next.
        ("郎ヤ", []),
    ]

    func people() throws -> [Int64] {
        [
            try add("山田 太郎") {
                $0.kana = "ヤマダ タロウ"
                $0.phones = [PhoneEntry(raw: "090-1234-5678", e164: "+819012345678", display: "090-1234-5678")]
            },
            try add("山本 次郎") {
                $0.externalID = "C-2"
                $0.company = "例社"
                $0.email = "jiro@example.com"
            },
            try add("100% Müller for all") { $0.tags = ["紹介"] },
        ]
    }

    @Test(arguments: questions) func everyPartIsFound(question: (text: String, who: [Int])) throws {
        let ids = try people()
        while try store.indexSome(2) {}
        #expect(try found(question.text) == question.who.map { ids[$0] }, "\(question.text)")
    }

    @Test(arguments: ["山田", "太郎", "1234", "0901234", "例社", "100%", "C-2"]) func whatIsNotIndexedYetIsFoundToo(
        text: String
    ) throws {
        _ = try people()
        let before = try found(text)
        #expect(!before.isEmpty)
        while try store.indexSome(1) { #expect(try found(text) == before) }
        #expect(try found(text) == before)
    }

    /// A phrase costs the square of its length: whoever sends a page of text must not hold the search for a minute.
    @Test func ofALongTextTheBeginningIsSearchedFor() throws {
        let id = try add(String(repeating: "x", count: 300))
        while try store.indexSome(10) {}
        #expect(try found(String(repeating: "x", count: 20_000)) == [id])
        #expect(try found(String(repeating: "x", count: 199) + "y") == [])
    }

    @Test func aRecordThatChangesIsFoundByWhatItIsNow() throws {
        let id = try add("山田 太郎")
        while try store.indexSome(10) {}
        var fields = CustomerFields(name: "鈴木 太郎")
        for expected in 1...3 {
            fields.name = "鈴木 \(expected)郎"
            _ = try store.save(id, fields, expected: Int64(expected), at: morning)
            // Before the index knows, and after.
            #expect(try found("山田") == [] && found("\(expected)郎") == [id])
            while try store.indexSome(10) {}
            #expect(try found("山田") == [] && found("\(expected)郎") == [id] && found("鈴木") == [id])
        }
    }

    @Test func whatAnImportAddsAndChangesIsFound() throws {
        func load(_ rows: String) throws {
            _ = try store.load("external_id,name,phone\n\(rows)", in: directory)
            while try store.indexSome(100) {}
        }
        try load("1,山田 太郎,090-0000-0001\n2,佐藤 花子,090-0000-0002\n")
        #expect(try found("山田").count == 1 && found("00000002").count == 1)
        try load("1,中村 太郎,090-0000-0003\n")
        #expect(
            try found("山田").isEmpty && found("中村").count == 1 && found("0000003").count == 1 && found("0000001").isEmpty
        )
    }

    @Test func onlySoManyAreCounted() throws {
        for i in 0..<(CustomerStore.matchesMax + 5) { _ = try add("山田 \(i)") }
        while try store.indexSome(500) {}
        let answer = try store.search("山田", limit: 12)
        #expect(answer.customers.count == 12 && answer.matches == CustomerStore.matchesMax)
    }

    /// When most of its entries are of records as they were, the index starts again from empty.
    @Test func theIndexDoesNotGrowForEver() throws {
        let id = try add("山田 太郎")
        while try store.indexSome(10) {}
        try store.with { state throws(SQLiteError) in
            try state.database.run(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 10100) INSERT INTO "
                    + "search_doc(customer, version) SELECT 1, -i FROM n"
            )
        }
        // Nothing is behind: it is left alone.
        #expect(try !store.indexSome(10))
        _ = try store.save(id, CustomerFields(name: "山本 太郎"), expected: 1, at: morning)
        while try store.indexSome(10) {}
        #expect(try found("太郎") == [id] && found("山田") == [])
        #expect(
            try store.with { state throws(SQLiteError) in try state.database.integer("SELECT count(*) FROM search_doc")
            } == 1)
    }

    /// The index is written by another thread: a record is in the index or scanned, at every moment.
    @Test(.timeLimit(.minutes(2))) func nothingIsMissedWhileTheIndexIsWritten() throws {
        let isIndexed = Atomic(false), store = store
        for n in 0..<400 { _ = try add("Sought \(n)") }
        let indexer = Thread {
            while (try? store.indexSome(1)) == true {}
            isIndexed.store(true, ordering: .sequentiallyConsistent)
        }
        indexer.start()
        while !isIndexed.load(ordering: .sequentiallyConsistent) {
            #expect(try store.search("Sought", limit: 1).matches == 400)
        }
    }
}
