import CallCenter
import Testing

@testable import Storage

/// Who may be one customer: while somebody types, and as a list.
@Suite struct DuplicateTests {
    struct Names: Sendable {
        var a, b: String
        var isSame: Bool
    }

    @Test(arguments: [
        Names(a: "斎藤 一郎", b: "齋藤　一郎", isSame: true), Names(a: "髙橋 花子", b: "高橋花子", isSame: true),
        Names(a: "ﾔﾏﾀﾞ ﾀﾛｳ", b: "やまだ たろう", isSame: true), Names(a: "Mary Example", b: "example, MARY", isSame: true),
        Names(a: "Jon Smithson", b: "John Smithson", isSame: true), Names(a: "山田 太郎", b: "山田 一郎", isSame: false),
        Names(a: "Ann Li", b: "Ann Lo", isSame: false), Names(a: "John Smith", b: "Joan Smyth", isSame: false),
    ]) func namesAreComparedInOneSpelling(_ names: Names) {
        #expect(Likeness.isSameName((names.a, nil), (names.b, nil)) == names.isSame)
    }

    @Test func aReadingMakesNamesTheSame() {
        #expect(Likeness.isSameName(("山田 太郎", "ヤマダ タロウ"), ("やまだたろう", "やまだ たろう")))
        #expect(!Likeness.isSameName(("山田 太郎", "ヤマダ タロウ"), ("山田 太朗", "ヤマダ タオ")))
    }

    @Test(arguments: [
        ("東京都千代田区丸の内1丁目2番3号", "東京都千代田区丸の内1-2-3 サンプルビル5階"),
        ("大阪市北区4番地5", "大阪市北区 ４−５"), ("1 Example Road", "1 example road"),
    ]) func addressesAreComparedUpToTheirNumber(_ a: String, _ b: String) {
        #expect(!Likeness.address(a).isEmpty)
        #expect(Likeness.address(a) == Likeness.address(b), "\(a), \(b)")
    }

    @Test func otherAddressesAreOthers() {
        #expect(Likeness.address("東京都港区1-2-3") != Likeness.address("東京都港区1-2-4"))
        #expect(Likeness.address("東京都港区").isEmpty)
        #expect(Likeness.company("株式会社サンプル") == Likeness.company("サンプル（株）"))
        #expect(Likeness.company("株式会社") == Likeness.name("株式会社"))
    }

    private struct Sample {
        let directory: StateDirectory
        let store: CustomerStore

        init() throws {
            directory = try StateDirectory()
            store = try directory.store()
            let all = [
                fields("斎藤 一郎", phones: ["090-0000-0001"]) { $0.address = "東京都港区1-2-3" },
                fields("齋藤一郎") { $0.address = "東京都港区１丁目２番３号 サンプル荘" },
                fields("斎藤 花子", phones: ["090-0000-0001"]),
                fields("Mary Example") {
                    $0.email = "mary@example.net"
                    $0.company = "Sample Ltd."
                },
                fields("M. Example") { $0.details.emails = ["mary@example.net"] },
                fields("Example, Mary") { $0.company = "sample" },
                fields("Somebody Else", phones: ["03-0000-0009"]) { $0.lineID = "U1" },
                fields("Another") { $0.details.accounts = [.init(service: "line", id: "U1")] },
            ]
            for (i, one) in all.enumerated() { _ = try store.create(one, at: morning + Int64(i)) }
        }
    }

    @Test func whoIsTypedInIsWarnedOf() throws {
        let sample = try Sample()
        var probe = DuplicateProbe(name: "斎藤 一郎")
        #expect(try sample.store.duplicates(of: probe, limit: 9).isEmpty, "a name alone says nothing")
        probe.numbers = ["+819000000001"]
        let byNumber = try sample.store.duplicates(of: probe, limit: 9)
        #expect(byNumber.map(\.customer.id) == [1, 3] && byNumber.map(\.isSameName) == [true, false])
        probe.numbers = []
        probe.address = "東京都港区1-2-3"
        let byAddress = try sample.store.duplicates(of: probe, limit: 9)
        #expect(byAddress.map(\.customer.id) == [1, 2])
        #expect(byAddress.allSatisfy { $0.reasons == [.nameAndAddress] })
        probe.except = 1
        #expect(try sample.store.duplicates(of: probe, limit: 9).map(\.customer.id) == [2])
    }

    @Test func allAreListedTheLikeliestFirst() throws {
        let sample = try Sample(), list = DuplicateList(sample.store)
        func listed() throws -> [String] {
            try list.pairs().map { "\($0.first) \($0.second) \($0.reasons.map(\.rawValue).joined(separator: "+"))" }
        }
        #expect(try listed() == ["1 2 name_address", "4 6 name_company", "1 3 number", "4 5 email", "7 8 account"])
        _ = try sample.store.writer.merge(2, into: 1, expected: nil, by: nil, at: morning + 20)
        #expect(try listed().first == "4 6 name_company", "the list is made again when a record changes")
    }

    @Test func colleaguesAndTheirCompanyAreNone() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let firm = try store.create(
            fields("株式会社サンプル", phones: ["03-0000-0001"]) { $0.details.kind = .company }, at: morning)
        for name in ["佐藤", "鈴木"] {
            _ = try store.create(
                fields(name, phones: ["03-0000-0001"]) { $0.details.companyID = firm.id }, at: morning + 1)
        }
        #expect(try DuplicateList(store).pairs().isEmpty)
    }
}
