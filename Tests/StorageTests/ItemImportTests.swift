import CallCenter
import Testing

@testable import Storage

/// Purchases, contracts, contacts and notes from a file.
@Suite struct ItemImportTests {
    let directory: StateDirectory
    let store: CustomerStore
    let writer: RecordWriter

    init() throws {
        directory = try StateDirectory()
        store = try directory.store()
        writer = RecordWriter(store, log: MemoryChangeLog())
        for (name, phone, id) in [
            ("山田 太郎", "090-0000-0001", "C1"), ("山田 花子", "090-0000-0001", "0002"), ("鈴木 一郎", "03-0000-0003", nil),
        ] as [(String, String, String?)] {
            _ = try writer.create(fields(name, phones: [phone]) { $0.externalID = id }, by: .command, at: morning)
        }
    }

    private static func options(_ kind: CustomerItem.Kind, isDryRun: Bool = false) -> CustomerImport.Options {
        var options = importOptions
        options.kind = .items(kind)
        options.isDryRun = isDryRun
        // Nine hours ahead of UTC.
        options.items.clock = { Timestamp(ms: $0 - 32_400_000) }
        return options
    }

    /// A dry run first: it counts the same, and changes nothing.
    private func load(_ kind: CustomerItem.Kind, _ text: String) throws -> CustomerImport.Report {
        let before = try items(kind), would = try store.load(text, in: directory, Self.options(kind, isDryRun: true))
        #expect(try items(kind) == before)
        let report = try store.load(text, in: directory, Self.options(kind))
        #expect(report == would)
        return report
    }

    private func items(_ kind: CustomerItem.Kind) throws -> [CustomerItem] {
        try store.exportedItems(kind, after: 0, limit: 1_000).map(\.item)
    }

    private func exported(_ kind: CustomerItem.Kind, of store: CustomerStore? = nil) throws -> String {
        var export = ItemExport(of: kind, from: store ?? self.store) { time in
            let days = Int(time.ms / 86_400_000), ms = time.ms % 86_400_000
            func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
            let clock = [ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60].map(two).joined(separator: ":")
            return "\(CivilDate(days: days).text)T\(clock).\(String(1_000 + ms % 1_000).dropFirst())Z"
        }
        var bytes: [UInt8] = []
        while let piece = try export.next() { bytes += piece }
        return String(decoding: bytes, as: UTF8.self)
    }

    // MARK: Rows

    @Test func purchasesAreRead() throws {
        let report = try load(
            .purchase,
            """
            顧客コード,購入日,商品名,数量,単価,状態,注文番号,備考
            C1,2026/11/20,ランプ,2,"6,400",発送済み,A-1,x
            C1,2026年11月21日(土) 9:05,=電池,,,,,
            """)
        #expect((report.rows, report.created, report.rejected) == (2, 2, 0), "\(report.bad)")
        #expect(report.unknownColumns == ["備考"])
        var lamp = Purchase(at: ItemTests.day(2026, 11, 20), product: "ランプ", state: "shipped")
        lamp.quantity = ExactDecimal("2")
        lamp.unitPrice = ExactDecimal("6400")
        lamp.amount = ExactDecimal("12800")
        lamp.currency = "JPY"
        lamp.order = "A-1"
        let at = Int64(CivilDate.days(year: 2026, month: 11, day: 21)) * 86_400_000 + 300_000
        let battery = Purchase(at: DayOrTime(Timestamp(ms: at)), product: "=電池", state: "ordered")
        #expect(try items(.purchase).map(\.content) == [.purchase(lamp), .purchase(battery)])
        #expect(try items(.purchase).allSatisfy { $0.customer == 1 && $0.version == 1 })
    }

    @Test func contractsContactsAndNotesAreRead() throws {
        _ = try load(.contract, "external_id,契約名,金額,契約開始日,契約終了日,自動更新\nC1,保守,\"¥1,000\",2026-01-01,2026-12-31,はい\n")
        var contract = Contract(service: "保守")
        contract.amount = ExactDecimal("1000")
        contract.currency = "JPY"
        contract.starts = ItemTests.day(2026, 1, 1)
        contract.expires = ItemTests.day(2026, 12, 31)
        contract.renews = .yes
        #expect(try items(.contract).map(\.content) == [.contract(contract)])

        _ = try load(.contact, "external_id,対応日時,手段,方向,内容,時間（分）,担当\nC1,2026-11-20 14:30,訪問,,\"一行\n二行\",1.5,１０１\n")
        let day = Int64(CivilDate.days(year: 2026, month: 11, day: 20)) * 86_400_000
        var contact = Contact(at: Timestamp(ms: day + 5 * 3_600_000 + 30 * 60_000), channel: "visit")
        contact.summary = "一行\n二行"
        contact.duration = 90_000
        contact.operator = "101"
        #expect(try items(.contact).map(\.content) == [.contact(contact)])

        _ = try load(.note, "external_id,at,メモ,seconds\nC1,2026-11-20,\"犬が\t好き\",2.5\n")
        var note = Note(at: Timestamp(ms: day - 32_400_000), text: "犬が\t好き")
        note.spent = 2_500
        #expect(try items(.note).map(\.content) == [.note(note)])
        // Contacts and notes are in the customer's history, as those recorded by hand.
        let asked = TimelineQuery(customer: 1, channel: nil, text: nil, below: nil, limit: 9)
        #expect(try store.touchpoints(asked).map(\.touchpoint.channel) == ["visit", "note"])
    }

    @Test(arguments: [
        ("C1,,,,2026-11-20,p", 1, ""), (",3,,,2026-11-20,p", 3, ""), (",,山田花子,090-0000-0001,2026-11-20,p", 2, ""),
        (",,,03-0000-0003,2026-11-20,p", 3, ""), ("2,,山田 花子,,2026-11-20,p", 2, ""),
        ("C1,3,鈴木 一郎,,2026-11-20,p", 1, ""),
        // What an export of another centre may say of somebody.
        (",3,佐藤,,2026-11-20,p", 0, "customer 3 is somebody else than the row names"),
        ("X9,3,鈴木 一郎,,2026-11-20,p", 3, ""), ("X9,3,,,2026-11-20,p", 0, "customer 3 is somebody else"),
        ("X9,,,,2026-11-20,p", 0, "no customer has the external_id \"X9\""),
        ("2,,,,2026-11-20,p", 0, "\"0002\" is somebody's: a spreadsheet drops leading zeros"),
        (",77,,,2026-11-20,p", 0, "there is no customer 77"),
        (",,,090-0000-0001,2026-11-20,p", 0, "several customers have the number \"090-0000-0001\" (1, 2)"),
        (",,,090-0000-0009,2026-11-20,p", 0, "no customer has the number"),
        (",,,,2026-11-20,p", 0, "names no customer"),
        (",鈴木,,,2026-11-20,p", 0, "not the number of a customer's record"),
        ("C1,,,,,p", 0, "at is empty"), ("C1,,,,3/4/2026,p", 0, "is no date"), ("C1,,,,2026-02-30,p", 0, "is no date"),
        ("C1,,,,2026-11-20,", 0, "product is empty"), ("C1,,,,2026-11-20,p,x", 0, "the row has 7 fields"),
    ] as [(String, Int64, String)]) func aRowNamesItsCustomer(row: String, customer: Int64, refusal: String) throws {
        let report = try load(.purchase, "external_id,customer,name,phone,at,product\n\(row)\n")
        #expect(try items(.purchase).map(\.customer) == (customer == 0 ? [] : [customer]), "\(report.bad)")
        #expect(report.rejected == (refusal.isEmpty ? 0 : 1))
        #expect(report.bad.map(\.problem.line) == (refusal.isEmpty ? [] : [2]))
        if let bad = report.bad.first { #expect(bad.isRow && bad.problem.message.contains(refusal), "\(bad)") }
    }

    @Test func aBadCellCostsTheCell() throws {
        let report = try load(
            .purchase, "external_id,at,product,quantity,amount,state\nC1,2026-11-20,p,-1,\"1,5\",lost\n")
        #expect((report.created, report.badCells, report.rejected) == (1, 3, 0))
        #expect(report.bad.map(\.problem.column) == ["quantity", "amount", "state"])
        let contact = try load(.contact, "external_id,at,channel\nC1,2999-01-01,visit\nC1,2026-11-20,note\n")
        #expect((contact.created, contact.rejected) == (0, 2))
        #expect(contact.bad.map(\.problem.column) == ["at", "channel"])
    }

    @Test func whatAFileCannotBe() throws {
        #expect(throws: ImportError.noColumn("product", of: .items(.purchase), found: ["at", "phone"])) {
            try load(.purchase, "at,phone\n")
        }
        #expect(throws: ImportError.self) { try load(.note, "at,text\n2026-11-20,x\n") }
        #expect(throws: ImportError.columnTwice("AT")) { try load(.note, "at,AT,text,phone\n") }
        var options = Self.options(.note)
        options.map = ["a": "product"]
        #expect(throws: ImportError.noSuchColumnOf(.items(.note), "product")) {
            try store.load("a,at,text,phone\n", in: directory, options)
        }
    }

    // MARK: Again

    static let files: [(CustomerItem.Kind, String)] = [
        (
            .purchase,
            """
            external_id,at,product,quantity,unit_price,amount,currency,order,state
            C1,2026-11-20,p,2,6.40,,EUR,A-1,ordered
            C1,2026-11-20,p,2,6.40,,EUR,,ordered
            C1,2026-11-20,p,2,6.40,,EUR,,ordered
            0002,2026-11-20T09:00:00.123Z,p,,,-100,JPY,,returned
            """
        ),
        (
            .contract,
            """
            external_id,service,signed,starts,expires,renews
            C1,保守,,2026-01-01,2026-12-31,2027-01-01
            C1,保守,,2027-01-01,2027-12-31,false
            C1,回線,,,,
            """
        ),
        (
            .contact,
            """
            external_id,at,channel,direction,summary,duration_ms,operator
            C1,2026-11-20,visit,,朝,,101
            C1,2026-11-20,visit,,夜,,101
            C1,2026-11-20 14:00,phone,inbound,x,60000,102
            """
        ),
        (
            .note,
            """
            external_id,at,text,seconds,operator
            C1,2026-11-20,a,1.250,101
            C1,2026-11-20,b,,101
            C1,2026-11-20,b,,101
            """
        ),
    ]

    @Test(arguments: ItemImportTests.files.indices) func theSecondTimeNothingChanges(file: Int) throws {
        let (kind, text) = Self.files[file]
        let first = try load(kind, text), before = try items(kind)
        #expect((first.created, first.rejected, first.badCells) == (before.count, 0, 0), "\(first.bad)")
        for _ in 0..<2 {
            let again = try load(kind, text)
            #expect((again.created, again.updated, again.unchanged) == (0, 0, before.count))
        }
        // Nor by what the export says of them, here or with other numbers.
        let export = try exported(kind)
        #expect(try load(kind, export).unchanged == before.count)
        #expect(try items(kind) == before)
        let other = try StateDirectory(), records = try other.store()
        for name in ["x", "y"] { _ = try records.create(fields(name), at: morning) }
        for one in try store.everybody { _ = try records.create(one.fields, at: morning) }
        let taken = try records.load(export, in: other, Self.options(kind))
        #expect((taken.created, taken.rejected, taken.badCells) == (before.count, 0, 0), "\(taken.bad)")
        let there = try records.exportedItems(kind, after: 0, limit: 100).map(\.item)
        #expect(there.map(\.content) == before.map(\.content))
        #expect(there.map(\.customer) == before.map { $0.customer + 2 })
        #expect(try records.load(export, in: other, Self.options(kind)).unchanged == before.count)
    }

    @Test func noCellOfAnExportIsAFormula() throws {
        for text in ["=1+1", "+1", "-1", "@x", "'=1", "a\n=b"] {
            let note = Note(at: morning, text: text)
            _ = try writer.add(.note(note), to: 1, by: .command, at: morning)
        }
        let export = try exported(.note)
        #expect(export.contains("'=1+1") && export.contains("''=1"))
        #expect(try load(.note, export).unchanged == 6)
    }

    @Test func aRowWithTheKeyOfAnItemChangesIt() throws {
        _ = try load(.purchase, "external_id,at,product,order,state\nC1,2026-11-20,p,A-1,ordered\n")
        let later = try load(.purchase, "external_id,at,product,order,state\nC1,2026-11-20,p,A-1,shipped\n")
        #expect((later.created, later.updated) == (0, 1))
        // A file without a column leaves what the purchase has there.
        #expect(try load(.purchase, "external_id,at,product,order\nC1,2026-11-20,p,A-1\n").unchanged == 1)
        #expect(try load(.purchase, "external_id,at,product,order\nC1,2026-11-20,p,A-2\n").created == 1)
        guard case .purchase(let one)? = try items(.purchase).first?.content else { throw Malformed() }
        #expect(one.state == "shipped" && one.order == "A-1")
        // By its number everything may change but one thing.
        let moved = try load(.purchase, "id,external_id,at,product\n1,C1,2026-11-22,p\n")
        #expect((moved.updated, moved.created) == (1, 0))
        // The number of another one is none.
        let strange = try load(.purchase, "id,external_id,at,product\n1,C1,2026-10-01,q\n1,0002,2026-11-22,p\n")
        #expect((strange.updated, strange.created) == (0, 2))
    }

    // MARK: Undo

    @Test func anImportIsUndoneAsAWhole() throws {
        let rows = "C1,2026-11-20,p,A-1,ordered\nC1,2026-11-20,q,A-2,ordered\n"
        _ = try load(.purchase, "external_id,at,product,order,state\n" + rows)
        let before = try items(.purchase)
        var work = CustomerImport(into: writer, options: Self.options(.purchase), by: "101", name: "in.csv")
        let file = try directory.file(
            "in.csv",
            """
            external_id,at,product,order,state,quantity
            C1,2026-11-20,p,A-1,shipped,2
            C1,2026-11-20,q,A-2,shipped,2
            C1,2026-11-21,r,,,
            C1,2026-11-22,s,,,
            """)
        let report = try work.run(file: file, now: morning + 1), id = try #require(report.importID)
        #expect((report.created, report.updated) == (2, 2))
        #expect(try store.importRun(id)?.kind == .items(.purchase))
        // Somebody goes on with two of them.
        for (index, state) in [(1, "delivered"), (3, "returned")] {
            let item = try items(.purchase)[index]
            guard case .purchase(var one) = item.content else { throw Malformed() }
            one.state = state
            _ = try writer.save(
                item: item.id, of: 1, .purchase(one), expected: item.version, by: .command, at: morning + 2)
        }
        let undone = try writer.undoImport(id, by: "102", at: morning + 3)
        #expect(undone == .init(deleted: 1, restored: 1, keptInPart: 2))
        let after = try items(.purchase)
        #expect(after.count == 3 && after[0].content == before[0].content)
        guard case .purchase(let second) = after[1].content, case .purchase(let last) = after[2].content else {
            throw Malformed()
        }
        #expect(second.state == "delivered" && second.quantity == nil)
        #expect(last.product == "s" && last.state == "returned")
        #expect(throws: EditError.nothingToUndo) { try writer.undoImport(id, by: nil, at: morning + 4) }
    }

    /// Beside other changes, for the test that rebuilds records from their log.
    static func play(
        _ writer: RecordWriter, _ step: Int, _ random: inout Seeded, in directory: StateDirectory, at now: Timestamp
    ) throws {
        let kind = CustomerItem.Kind.allCases[step % 4], (_, text) = files[Int(kind.rawValue) - 1]
        let names = ["C1": "E\(Int.random(in: 0..<30, using: &random))", "0002": "E\(step % 30)"]
        let file = names.reduce(text) { $0.replacing($1.key + ",", with: $1.value + ",") }
        var work = CustomerImport(into: writer, options: options(kind), by: "101", name: "in.csv")
        let report = try work.run(file: try directory.file("items.csv", file), now: now)
        if Bool.random(using: &random), let id = report.importID {
            _ = try writer.undoImport(id, by: "102", at: now + 1)
        }
    }
}
