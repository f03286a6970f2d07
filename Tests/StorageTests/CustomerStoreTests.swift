import CallCenter
import Testing

@testable import Storage

@Suite struct CustomerStoreTests {
    let directory: StateDirectory
    let store: CustomerStore

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
    }

    @Test func aRecordComesBackAsItWasWritten() throws {
        let written = fields("山田 太郎", phones: ["090-0000-0001", "０３−００００−０００１", "101"]) {
            $0.externalID = "C1"; $0.kana = "ヤマダ"; $0.company = "例"; $0.email = "a@example.com"; $0.lineID = "U";
            $0.address = "東京\n都"
            $0.tier = "vip"; $0.owner = "101"; $0.tags = ["a", "b"]; $0.cautions = ["注意"]; $0.doNotPair = ["102"];
            $0.custom = ["plan": "", "z": "1"]
        }
        let made = try store.create(written, at: morning)
        #expect(made.fields == written)
        #expect((made.version, made.createdAt, made.updatedAt, made.lastContact) == (1, morning, morning, nil))
        #expect(try directory.store().customer(made.id) == made)
    }

    @Test func anEditOverANewerOneIsRefusedWithIt() throws {
        let made = try store.create(fields("A"), at: morning)
        let newer = try store.save(made.id, fields("B", phones: ["090-0000-0001"]), expected: 1, at: morning + 5)
        #expect((newer.version, newer.updatedAt, newer.createdAt) == (2, morning + 5, morning))
        #expect(throws: EditError.conflict(newer)) {
            try store.save(made.id, fields("C"), expected: 1, at: morning + 9)
        }
        #expect(throws: EditError.notFound) { try store.save(99, fields("C"), expected: 1, at: morning) }
        #expect(try store.customer(made.id) == newer)
    }

    @Test func anExternalIDBelongsToOne() throws {
        let one = try store.create(fields("A") { $0.externalID = "X" }, at: morning)
        #expect(throws: EditError.externalIDTaken(by: one.id)) {
            try store.create(fields("B") { $0.externalID = "X" }, at: morning)
        }
        let other = try store.create(fields("B"), at: morning)
        #expect(throws: EditError.externalIDTaken(by: one.id)) {
            try store.save(other.id, fields("B") { $0.externalID = "X" }, expected: 1, at: morning)
        }
        #expect(
            try store.save(one.id, fields("A2") { $0.externalID = "X" }, expected: 1, at: morning).fields.name == "A2")
        // A refusal leaves no transaction open.
        #expect(try store.create(fields("C"), at: morning).fields.name == "C")
        #expect(try store.count() == 3)
    }

    @Test(
        arguments: [
            ("山", [1, 2]), ("太郎", [1]), ("ヤマダ", [1]), ("例社", [2]), ("example.com", [1]), ("TARO@", [1]), ("常連", [2]),
            ("C-2", [2]),
            ("%", [3]), ("_", []), ("100%", [3]), ("\\", []),
            ("0000-0001", [1]), ("090-0000", [1]), ("０９０００００００", [1]), ("+81 90", [1]), ("0300", [2]), ("0002", [2]),
            ("いない", []),
            ("'; DROP TABLE customer; --", []),
        ] as [(String, [Int64])]) func aPartOfWhatIsWrittenFinds(text: String, ids: [Int64]) throws
    {
        _ = try store.create(
            fields("山田太郎", phones: ["090-0000-0001"]) {
                $0.kana = "ヤマダ"; $0.email = "taro@example.com"
            }, at: morning)
        _ = try store.create(
            fields("山本", phones: ["03-0000-0002"]) {
                $0.externalID = "C-2"; $0.company = "例社"; $0.tags = ["常連"]
            }, at: morning)
        _ = try store.create(fields("100%果汁"), at: morning)
        let found = try store.search(text, limit: 10)
        #expect(found.customers.map(\.id) == ids)
        #expect(found.matches == ids.count)
    }

    @Test func aLimitTellsHowManyThereAre() throws {
        for i in 0..<30 { _ = try store.create(fields("山田\(i)", phones: ["03-0000-0001"]), at: morning) }
        let byName = try store.search("山田", limit: 20), byNumber = try store.find(number: "+81300000001", limit: 7)
        #expect((byName.customers.count, byName.matches) == (20, 30))
        #expect((byNumber.customers.count, byNumber.matches) == (7, 30))
    }

    @Test func aNewerFormAndADamagedFileAreRefused() throws {
        let newer = try StateDirectory()
        _ = try newer.store()
        try SQLiteFile(newer.path + "/customers.db").run("PRAGMA user_version=99")
        #expect(throws: StoreError.newer(path: newer.path + "/customers.db", version: 99)) { try newer.store() }
        let damaged = try StateDirectory()
        _ = try damaged.file("customers.db", String(repeating: "no database ", count: 500))
        let refusal = #expect(throws: StoreError.self) { try damaged.store() }
        #expect(refusal?.description.contains("is damaged") == true)
    }
}
