import CallCenter
import PhoneNumbers
import Testing

@testable import Storage

/// What people and spreadsheets write into a cell for a number.
@Suite struct PhoneCellTests {
    struct Case: CustomTestStringConvertible {
        var cell: String, keys: [String], faults: Int, notes: Int
        init(_ cell: String, _ keys: [String], faults: Int = 0, notes: Int = 0) {
            (self.cell, self.keys, self.faults, self.notes) = (cell, keys, faults, notes)
        }
        var testDescription: String { cell }
    }

    static let tokyo = "+81312345678", mobile = "+819012345678"

    static let cases: [Case] = [
        Case("03-1234-5678", [tokyo]), Case("９０１２３４５６７８", [mobile]), Case("9012345678", [mobile]),
        Case("312345678", [tokyo]),
        Case("9012345678.0", [mobile], notes: 1), Case("9012345678.00", [mobile], notes: 1),
        Case("09012345678.0", [mobile], notes: 1),
        Case("90.1234.5678", [mobile]), Case("'09012345678", [mobile]), Case("9.01234E+09", [], faults: 1),
        Case("9.01234E9", [], faults: 1),
        Case("9,01234e+09", [], faults: 1), Case("03-1234-5678(代)", [tokyo], notes: 1),
        Case("03-1234-5678（代表）", [tokyo], notes: 1),
        Case("(03)1234-5678（代）", [tokyo], notes: 1), Case("03-1234-5678 内線12", [tokyo], notes: 1),
        Case("内線12", [], faults: 1),
        Case("TEL:03-1234-5678", [tokyo], notes: 1), Case("携帯 090-1234-5678", [mobile], notes: 1),
        Case("〒", [], faults: 1),
        Case("なし", [], notes: 1), Case("無し", [], notes: 1), Case("-", [], notes: 1), Case("－", [], notes: 1),
        Case("ー", [], notes: 1), Case("不明", [], notes: 1),
        Case("n/a", [], notes: 1), Case("N/A", [], notes: 1), Case("未登録", [], notes: 1),
        Case("not a number", [], faults: 1), Case("12", [], faults: 1),
        Case("03-1234-5678 / 090-1234-5678", [tokyo, mobile]), Case("03-1234-5678／090-1234-5678", [tokyo, mobile]),
        Case("03-1234-5678、090-1234-5678", [tokyo, mobile]), Case("03-1234-5678\n090-1234-5678", [tokyo, mobile]),
        Case("03-1234-5678 090-1234-5678", [tokyo, mobile]), Case("03 1234 5678", [tokyo]),
        Case("03/1234/5678", [tokyo]),
        Case("TEL 03-1234-5678 FAX 03-1234-5679", [tokyo, "+81312345679"], notes: 1),
        Case("03-1234-5678(代) / なし", [tokyo], faults: 1, notes: 1),
        Case("03-1234-5678/12", [tokyo], faults: 1), Case("4711", ["4711"], notes: 1),
        Case("20012345", ["+8120012345"]),
        Case("0000000000", ["+81000000000"]), Case("12345678901234567", ["12345678901234567"], notes: 1),
        Case("+81 90-1234-5678", [mobile]),
        Case("sip:+819012345678@pbx.example", [mobile], notes: 1), Case("\u{202A}090-1234-5678\u{202C}", [mobile])
    ]

    @Test(arguments: cases) func whatACellSays(_ one: Case) {
        let reader = PhoneNumberReader(region: "JP", language: "en"), cell = PhoneCell(one.cell, reader)
        #expect(cell.entries.map(\.key) == one.keys)
        #expect((cell.faults.count, cell.notes.count) == (one.faults, one.notes), "\(cell.faults) \(cell.notes)")
        // What is kept can be written back: it is read as the same again.
        for entry in cell.entries { #expect(PhoneCell(entry.raw, reader).entries == [entry]) }
    }

    @Test(arguments: ["9011110011.0", "03-1234-5678(代)", "内線12", "なし", "-", "不明", "n/a", "9.01111E+09"])
    func noCellLosesItsCustomer(cell: String) throws {
        let directory = try StateDirectory(), store = try directory.store()
        let report = try store.load("name,phone\n山田太郎,\(cell)\n", in: directory)
        #expect((report.rows, report.created, report.rejected) == (1, 1, 0))
        #expect(report.badCells + report.warningCount > 0)
        #expect(
            (report.bad.map(\.problem) + report.warnings).allSatisfy {
                $0.line == 2 && $0.column == "phone" && $0.message.contains(cell)
            })
    }

    @Test func allNumbersOfACellAreKept() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let file = "name,phone,phone2\nA,03-1234-5678 / 090-1234-5678,080-1234-5678\n"
        _ = try store.load(file, in: directory)
        #expect(
            try store.everybody.first?.fields.phones.map(\.e164) == ["+81312345678", "+819012345678", "+818012345678"])
        #expect(try store.load(file, in: directory).unchanged == 1)
    }
}
