import CallCenter
import Testing

@testable import Storage

@Suite struct ImportRowTests {
    @Test(arguments: ["\r\n", "\n", "\r"]) func everyLineEnd(end: String) throws {
        let directory = try StateDirectory(), store = try directory.store()
        let text = ["name,phone,address", "A,090-0000-0001,\"x\(end)y\"", "", "B,not a number,", "C,090-0000-0003,z"]
            .joined(separator: end)
        let report = try store.load(text, in: directory)
        #expect(report.created == 3)
        #expect(report.bad.map { "\($0.problem.line) \($0.problem.column)\($0.isRow ? " row" : "")" } == ["5 phone"])
        #expect(try store.everybody.map(\.fields.address) == ["x\(end)y", nil, "z"])
    }

    @Test(arguments: [",", ";", "\t"]) func everySeparator(separator: String) throws {
        let directory = try StateDirectory(), store = try directory.store()
        let rows = [
            ["", ""], ["name", "phone", "tags"],
            ["山田", "09000000001", "\"a\(separator == "\t" ? ";" : separator);b\""],
        ]
        let report = try store.load(
            rows.map { $0.count == 2 ? "" : $0.joined(separator: separator) }.joined(separator: "\n"), in: directory)
        #expect(report.created == 1)
        let one = try #require(try store.everybody.first)
        #expect(one.fields.name == "山田")
        #expect(one.fields.phones.first?.e164 == "+819000000001")
    }

    static let written = [
        "090-0000-0001", "０９００００００００１", "090‐0000‑0001", "090–0000—0001", "090―0000−0001", "090ー0000ｰ0001",
        "090－0000-0001",
        "090\u{AD}0000﹣0001", "090﹘0000⁃0001", "090─0000━0001", "+81 (0)90-0000-0001", "＋８１　９０　００００　０００１",
        "(090) 0000 0001",
    ]

    @Test(arguments: written)
    func everyWayToWriteANumber(raw: String) throws {
        let directory = try StateDirectory(), store = try directory.store()
        let report = try store.load("name,phone\nA,\(raw)\n", in: directory)
        #expect(report.bad == [])
        let phone = try #require(try store.everybody.first?.fields.phones.first)
        #expect(phone == PhoneEntry(raw: raw, e164: "+819000000001", display: "090-0000-0001"))
    }

    @Test func badCellsAndRowsAreToldByTheFilesLineAndColumn() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let report = try store.load(
            """
            name,phone,email,tier,tags
            A,12,,,
            "B
            two",,,,
            C,,nomail,,
            D,,,gold,
            ,,,,
            E,,,,"x
            y"
            F,,,,a,b
            G,101,,,
            H,,,優良,
            ,090-0000-0001,,,
            """, in: directory)
        #expect(
            report.bad.map { "\($0.problem.line) \($0.problem.column)\($0.isRow ? " row" : "")" } == [
                "2 phone", "3 name row", "5 email", "6 tier", "10  row", "13 name row",
            ])
        #expect((report.rows, report.created, report.rejected, report.badCells) == (9, 6, 3, 3))
        #expect(try store.everybody.map(\.fields.name) == ["A", "C", "D", "E", "G", "H"])
        #expect(
            try store.everybody.map(\.fields.tier) == ["regular", "regular", "regular", "regular", "regular", "vip"])
        #expect(try store.everybody[3].fields.tags == ["x", "y"])
        #expect(try store.everybody[4].fields.phones == [PhoneEntry(raw: "101", e164: nil, display: "101")])
    }

    /// A spreadsheet saves rows that once had something in them.
    @Test func rowsOfNothingButSeparatorsAreNoRows() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let report = try store.load(",,\nname,phone,email\nA,,\n,,\n , \u{3000},\n\"\",,\nB,,\n,,\n", in: directory)
        #expect((report.rows, report.created, report.rejected) == (2, 2, 0))
        #expect(report.bad == [])
    }

    /// What the record has under a cell that cannot be read stays.
    @Test func aBadCellEmptiesNothing() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load(
            "external_id,name,phone,phone2,email,tier,tags,plan\nA1,山田,090-1234-5678,03-1234-5678,a@example.com,vip,x,"
                + "gold\n",
            in: directory)
        let before = try store.everybody
        let many = (0...64).map { "t\($0)" }.joined(separator: ";"), long = String(repeating: "x", count: 2_000)
        let report = try store.load(
            "external_id,name,phone,phone2,email,tier,tags,plan\nA1,山田,内線12,03-1234-5678,nomail,gold,\(many),\(long)\n",
            in: directory)
        #expect((report.updated, report.unchanged, report.badCells, report.rejected) == (1, 0, 5, 0))
        #expect(try store.everybody.map(\.fields.phones) == [[entry("03-1234-5678"), entry("090-1234-5678")]])
        #expect(try store.everybody[0].fields.email == before[0].fields.email)
        #expect(try store.everybody[0].fields.tags == ["x"])
        #expect(try store.everybody[0].fields.tier == "vip")
        #expect(try store.everybody[0].fields.custom == ["plan": "gold"])
    }

    @Test func aQuoteLeftOpenIsTold() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let report = try store.load("name,address\nA,x\nB,\"open\nC,y\nD,z\n", in: directory)
        #expect(report.bad.map(\.problem.line) == [3])
        #expect(try store.everybody.map(\.fields.name) == ["A"])
        #expect(throws: ImportError.rowTooLong(line: 1)) { try store.load("\"name,address\nA,x\n", in: directory) }
        let endless = "name,address\nA,x\nB,\"" + String(repeating: "y", count: 2 << 20)
        #expect(throws: ImportError.rowTooLong(line: 3)) { try store.load(endless, in: directory) }
        #expect(throws: ImportError.rowTooLong(line: 2)) {
            try store.load("name\n" + String(repeating: ",", count: 2 << 20), in: directory)
        }
    }

    @Test func unknownColumnsAreReportedAndConfiguredOnesKept() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let report = try store.load("Shoe Size, 氏名 ,plan,記念日,\n42,山田,gold,11月20日,x\n", in: directory)
        #expect(report.unknownColumns == ["Shoe Size"])
        let one = try #require(try store.everybody.first)
        #expect(one.fields.name == "山田")
        #expect(one.fields.custom == ["plan": "gold", "記念日": "11月20日"])
    }

    @Test func theFirstLineHasToNameTheColumnsOnce() throws {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(throws: ImportError.noNameColumn(found: ["phone", "memo"])) {
            try store.load("phone,memo\n090-0000-0001,x\n", in: directory)
        }
        #expect(throws: ImportError.columnTwice("氏名")) { try store.load("name,氏名\nA,B\n", in: directory) }
    }

    @Test func japaneseTextsStayAsTheyAre() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load("name,担当,組合せ不可,company,区分\n　山田　太郎　,マネージャー,スーパーバイザー、１０２,スーパー（株）,見込み\n", in: directory)
        let one = try #require(try store.everybody.first).fields
        #expect(one.name == "山田　太郎")
        #expect(one.owner == "マネージャー")
        #expect(one.doNotPair == ["スーパーバイザー", "102"])
        #expect(one.company == "スーパー（株）")
        #expect(one.tier == "prospect")
    }

    @Test func aCompanyIsItsOwnName() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load("name,company\n,株式会社例\n", in: directory)
        #expect(try store.everybody.first?.fields.name == "株式会社例")
    }
}
