import CallCenter
import Testing

@testable import Storage

/// An import is repeatable.
@Suite struct ImportRepeatTests {
    static let file = """
        external_id,name,phone,phone2,email,tier,owner,tags,cautions,plan
        C1,山田太郎,090-0000-0001,03-0000-0001,taro@example.com,vip,101,a;b,"怒りっぽい、注意",gold
        ,佐藤花子,090-0000-0002,,,,,,,
        ,鈴木一郎,,,ichiro@example.com,,,,,
        ,名前だけ,,,,,,,,
        ,名前だけ,,,,,,x,,
        C2,無電話,,,,,,,,
        """

    @Test func theSecondTimeNothingChanges() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let first = try store.load(Self.file, in: directory)
        #expect((first.created, first.updated, first.unchanged, first.rejected) == (6, 0, 0, 0))
        let before = try store.everybody
        for _ in 0..<2 {
            let again = try store.load(Self.file, in: directory)
            #expect((again.created, again.updated, again.unchanged) == (0, 0, 6))
        }
        #expect(try store.everybody == before)
    }

    @Test func aChangedRowUpdatesItsCustomer() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load(Self.file, in: directory)
        let report = try store.load(
            Self.file.replacing("C1,山田太郎", with: "C1,山田次郎").replacing(
                "佐藤花子,090-0000-0002,,,", with: "佐藤花子,090-0000-0002,,,vip"),
            in: directory)
        #expect((report.created, report.updated, report.unchanged) == (0, 2, 4))
        #expect(try store.everybody.map(\.fields.name).prefix(2) == ["山田次郎", "佐藤花子"])
        #expect(try store.everybody[1].fields.tier == "vip")
        #expect(try store.everybody[1].version == 2)
    }

    @Test func whatTheFileHasNoColumnForStays() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load(Self.file, in: directory)
        let before = try #require(try store.everybody.first)
        #expect(try store.load("external_id,name\nC1,山田太郎\n", in: directory).unchanged == 1)
        #expect(try store.load("external_id,name,phone\nC1,山田太郎,090-0000-0009\n", in: directory).updated == 1)
        var expected = before.fields
        expected.phones[0] = entry("090-0000-0009")
        #expect(try store.everybody.first?.fields == expected)
    }

    @Test func anEmptyCellEmptiesButTheTierStays() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load(Self.file, in: directory)
        _ = try store.load("external_id,name,email,tier,tags,plan\nC1,山田太郎,,,,\n", in: directory)
        let one = try #require(try store.everybody.first).fields
        #expect(one.email == nil)
        #expect(one.tags == [])
        #expect(one.custom == [:])
        #expect(one.tier == "vip")
        #expect(one.owner == "101")
    }

    @Test func aDryRunTellsWhatWouldBeAndChangesNothing() throws {
        let directory = try StateDirectory(), store = try directory.store()
        var dry = importOptions
        dry.isDryRun = true
        let would = try store.load(Self.file, in: directory, dry)
        #expect(would.created == 6)
        #expect(try store.count() == 0)
        #expect(try store.load(Self.file, in: directory) == would)
        let before = try store.everybody
        #expect(try store.load(Self.file.replacing("taro@", with: "jiro@"), in: directory, dry).updated == 1)
        #expect(try store.everybody == before)
    }

    /// What is in by an earlier transaction of the same file counts, and so do records that a row changes for a later
    /// one.
    @Test func aDryRunCountsAcrossTransactions() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load("external_id,name,phone\nX1,旧名,090-1234-5678\n,佐藤,03-1234-5678\n0042,零,\n", in: directory)
        var rows = (0..<6_000).map { "X\($0),N\($0)," }
        // Again what stood more than a transaction before: the same, another name, one without an id, one that lost its
        // zeros.
        rows += ["X0,N0,", "X2,別名,", ",佐藤,03-1234-5678", ",新,080-1234-5678", ",新,080-1234-5678", "42,零,", "X1,N1,"]
        let file = "external_id,name,phone\n" + rows.joined(separator: "\n")
        var dry = importOptions
        dry.isDryRun = true
        let before = try store.everybody, would = try store.load(file, in: directory, dry)
        #expect(try store.everybody == before)
        #expect(try store.load(file, in: directory) == would)
        #expect((would.created, would.updated, would.unchanged, would.zerosRestored) == (6_000, 2, 5, 1))
    }

    @Test func aRandomFileIsCountedAlikeByADryRun() throws {
        var random = Seeded("aRandomFileIsCountedAlikeByADryRun")
        let directory = try StateDirectory(), store = try directory.store()
        var dry = importOptions
        dry.isDryRun = true
        for _ in 0..<5 {
            let rows = (0..<7_000).map { _ in
                let n = Int.random(in: 0..<400, using: &random)
                let id = ["", "\(n)", "00\(n)", "E\(n)"].randomElement(using: &random)!
                let phone = ["", "090-1234-\(5000 + n)", "なし"].randomElement(using: &random)!
                let mail = Bool.random(using: &random) ? "" : "m\(n)@example.com"
                return "\(id),N\(n / 2),\(phone),\(mail)"
            }
            let file = "external_id,name,phone,email\n" + rows.joined(separator: "\n")
            let would = try store.load(file, in: directory, dry)
            #expect(try store.load(file, in: directory) == would)
        }
    }

    @Test func cancellingKeepsWhatIsIn() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let rows = (0..<12_000).map { "X\($0),N\($0)" }.joined(separator: "\n")
        let path = try directory.file("long.csv", "external_id,name\n" + rows)
        var work = CustomerImport(into: store.writer, options: importOptions)
        var told: [Int] = []
        #expect(throws: ImportError.cancelled) {
            try work.run(file: path, now: morning, progress: { told.append($0.rows) }, isCancelled: { told.count == 1 })
        }
        #expect(told == [5_000])
        #expect(try store.count() == 5_000)
        let rest = try work.run(file: path, now: morning)
        #expect((rest.created, rest.unchanged) == (7_000, 5_000))
    }
}
