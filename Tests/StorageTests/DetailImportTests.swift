import CallCenter
import Foundation
import Testing

@testable import Storage

/// What a record has besides name, numbers and tier, in files: imported, exported, and the same afterwards.
@Suite struct DetailImportTests {
    private static let header =
        "external_id,name,kind,company_external_id,emails,accounts,persona,preferences,consent,do_not_call,"
        + "status_reason"

    /// A company and a person of it.
    private static let file =
        header + """

            P1,見本 花子,個人,K1,b@example.jp;c@example.jp,instagram:hanako;a\\:b:x,収集家,18時以降;日中,\
            newsletter=no;recording=yes,true,引っ越し
            K1,見本商事,法人,,,,,,,,

            """

    @Test(arguments: [false, true]) func everyColumnIsRead(isDryRun: Bool) throws {
        let directory = try StateDirectory(), store = try directory.store()
        var options = importOptions
        options.isDryRun = isDryRun
        let report = try store.load(Self.file, in: directory, options)
        #expect(report.created == 2 && report.updated == 0 && report.bad == [] && report.unknownColumns == [])
        guard !isDryRun else { return #expect(try store.everybody.isEmpty) }
        let all = try store.everybody, person = try #require(all.first).fields.details
        #expect(all[1].fields.details.kind == .company && person.kind == .person)
        #expect(person.companyID == all[1].id, "its row comes behind the person's")
        #expect(person.emails == ["b@example.jp", "c@example.jp"] && all[0].fields.email == nil)
        #expect(person.accounts == [.init(service: "instagram", id: "hanako"), .init(service: "a:b", id: "x")])
        #expect(person.persona == ["収集家"] && person.preferences == ["18時以降", "日中"])
        #expect(person.consent == ["newsletter": false, "recording": true] && person.doNotCall)
        #expect(person.statusReason == "引っ越し")
        #expect(try store.load(Self.file, in: directory).unchanged == 2)
        // Without the columns everything stays; with empty cells nothing does but the kind.
        #expect(try store.load("external_id,name\nP1,見本 花子\n", in: directory).unchanged == 1)
        let emptied = try store.load(Self.header + "\nP1,見本 花子,,,,,,,,,\nK1,見本商事,,,,,,,,,\n", in: directory)
        #expect(emptied.updated == 1 && emptied.unchanged == 1)
        #expect(try store.everybody.map(\.fields.details) == [CustomerDetails(), all[1].fields.details])
    }

    @Test func aBadCellCostsTheCell() throws {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(try store.load(Self.file, in: directory).created == 2)
        let before = try store.everybody
        let bad = Self.header + "\nP1,見本 花子,robot,K9,nobody,alone,収集家,18時以降;日中,news=perhaps,maybe,引っ越し\n"
        for isDryRun in [true, false] {
            var options = importOptions
            options.isDryRun = isDryRun
            let report = try store.load(bad, in: directory, options)
            let columns = Set(report.bad.map(\.problem.column))
            #expect(
                columns == ["kind", "company_external_id", "emails", "accounts", "consent", "do_not_call"],
                "\(report.bad)")
            #expect(report.unchanged == 1 && report.badCells == 6 && report.rejected == 0)
            #expect(report.bad.contains { $0.problem.message == "no company has the external_id \"K9\"" })
        }
        #expect(try store.everybody == before, "what the record had there stays")
        let belonging = try store.load("external_id,name,kind,company_id\nK1,見本商事,company,1\n", in: directory)
        #expect(belonging.bad.map(\.problem.message) == ["a company belongs to none; only a person does"])
        // A person is no company, and neither is nobody.
        let wrong = try store.load("external_id,name,company_id\nP1,見本 花子,1\nP2,新規,99\n", in: directory)
        #expect(wrong.bad.map(\.problem.message) == ["no company has the number 1", "no company has the number 99"])
        #expect(try store.everybody.first?.fields.details.companyID == before[0].fields.details.companyID)
    }

    @Test func aFieldOfTheCentreWithTheNameOfAColumnStaysOne() throws {
        let directory = try StateDirectory(), store = try directory.store()
        var options = importOptions
        options.customFields = ["kind", "persona"]
        _ = try store.load("external_id,name,kind,persona\nA,見本,robot,x\n", in: directory, options)
        #expect(try store.everybody.first?.fields.custom == ["kind": "robot", "persona": "x"])
        let file = try store.exported(customFields: ["kind", "persona"])
        #expect(try store.load(file, in: directory, options).unchanged == 1)
    }

    @Test func anUndoneImportLeavesNoLinks() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load("external_id,name\nP1,見本 花子\n", in: directory)
        let before = try store.everybody.map(\.fields)
        var work = CustomerImport(into: store.writer, options: importOptions)
        let report = try work.run(file: try directory.file("in.csv", Self.file), now: morning)
        #expect(report.created == 1 && report.updated == 1)
        let id = try #require(report.importID)
        _ = try store.writer.undoImport(id, by: nil, at: morning)
        #expect(try store.everybody.map(\.fields) == before)
    }

    /// Records with all that a record may have, made by chance; companies come before and behind their persons.
    private static func filled(_ store: CustomerStore, _ random: inout Seeded, areNamed: Bool) throws {
        var companies: [Int64] = []
        func words(_ alphabet: String, _ prefix: String) -> [String] {
            (0..<Int.random(in: 0...3, using: &random)).map { i in
                prefix + "\(i)" + random.text(alphabet).split(separator: " ").joined(separator: "_")
            }
        }
        for i in 0..<120 {
            let isCompany = i % 6 == 5
            let made = try store.create(
                fields("n\(i)" + random.text("ab ,;\"山'") + "z", phones: ["090-0000-\(1000 + i)"]) {
                    if areNamed || !isCompany { $0.externalID = "E\(i)" }
                    $0.email = i % 2 == 0 ? "a\(i)@example.jp" : nil
                    $0.details.kind = isCompany ? .company : .person
                    $0.details.emails = words("xyz", "m").map { $0 + "@example.jp" }
                    $0.details.accounts = words(":\\;,\"=山", "s").map { .init(service: $0, id: "i;\($0):\"x") }
                    $0.details.persona = words(",;\"、|山", "p")
                    $0.details.preferences = words("=+-@'山", "q")
                    for word in words("=:;\"山", "c") { $0.details.consent[word] = Bool.random(using: &random) }
                    $0.details.doNotCall = Bool.random(using: &random)
                    $0.details.statusReason = i % 3 == 0 ? "r" + random.text("=,\";山") + "r" : nil
                }, at: morning)
            if isCompany { companies.append(made.id) }
        }
        for record in try store.everybody where record.fields.details.kind == .person && record.id % 2 == 0 {
            var fields = record.fields
            fields.details.companyID = companies.randomElement(using: &random)
            _ = try store.save(record.id, fields, expected: record.version, at: morning)
        }
        // Numbers of records elsewhere are others than here.
        for record in try store.everybody where record.id % 7 == 1 && record.fields.details.kind == .person {
            try store.writer.delete(record.id, expected: nil, by: .command, at: morning)
        }
    }

    /// Records without their numbers: a company by its name.
    private static func contents(_ store: CustomerStore) throws -> [CustomerFields] {
        let all = try store.everybody, names = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.fields.name) })
        return all.map { record in
            var fields = record.fields
            fields.custom["company"] = fields.details.companyID.map { names[$0] ?? "nobody" }
            fields.details.companyID = nil
            return fields
        }
    }

    @Test(arguments: [true, false]) func anExportGivesEverythingBack(areNamed: Bool) throws {
        var random = Seeded("anExportGivesEverythingBack")
        let directory = try StateDirectory(), store = try directory.store()
        try Self.filled(store, &random, areNamed: areNamed)
        let before = try store.everybody, file = try store.exported()
        let again = try store.load(file, in: directory)
        #expect(again.bad == [] && again.unknownColumns == [])
        #expect((again.created, again.updated, again.unchanged) == (0, 0, before.count))
        #expect(try store.everybody == before)
        // Into an empty directory.
        let other = try StateDirectory(), empty = try other.store()
        var trial = importOptions
        trial.isDryRun = true
        let would = try empty.load(file, in: other, trial), report = try empty.load(file, in: other)
        #expect(would == report && report.created == before.count && report.bad == [])
        #expect(try Self.contents(empty) == Self.contents(store))
    }

    @Test func aFileOfAnotherCentreNamesItsOwnNumbers() throws {
        let directory = try StateDirectory(), store = try directory.store()
        _ = try store.load("external_id,name,kind\nX,他社,company\n", in: directory)
        let file =
            "record_number,name,phone,kind,company_id\n7,花子,03-0000-0101,person,1\n"
            + "1,見本商事,03-0000-0102,company,\n"
        #expect(try store.load(file, in: directory).created == 2)
        let all = try store.everybody
        #expect(all[1].fields.details.companyID == all[2].id, "1 is the row of the file and not the record")
        #expect(try store.load(file, in: directory).unchanged == 2)
    }

    private static let lines = """
        {"id":9,"external_id":"P1","name":"見本 花子","phones":[{"raw":"03-0000-0101","e164":null,"display":"x"},\
        "090-0000-0102","03-0000-0104","03-0000-0105"],"tags":["a;b","c"],"custom":{"plan":"=gold"},\
        "kind":"person","company_id":3,"company_external_id":null,"accounts":[{"service":"x","id":"h"}],\
        "consent":{"news":false},"do_not_call":true,"version":4,"created_at":"2026-11-20T00:00:00Z"}
        not json
        {"id":3,"name":"見本商事","phones":[],"kind":"company","custom":{"other":"1"},"surprise":"x"}

        {"id":4}
        """

    @Test func linesOfJSONAreRead() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let report = try store.load(Self.lines, in: directory)
        #expect(report.rows == 4 && report.created == 2 && report.rejected == 2, "\(report.bad)")
        #expect(report.unknownColumns == [])
        let problems = report.bad.map { "\($0.problem.line) \($0.problem.column)" }
        #expect(problems.sorted() == ["2 ", "3 custom.other", "3 surprise", "5 name"], "\(report.bad)")
        let all = try store.everybody, one = try #require(all.first).fields
        #expect(one.phones.map(\.raw) == ["03-0000-0101", "090-0000-0102", "03-0000-0104", "03-0000-0105"])
        #expect(one.tags == ["a;b", "c"] && one.custom == ["plan": "=gold"])
        #expect(one.details.companyID == all[1].id && one.details.doNotCall && one.details.consent == ["news": false])
        #expect(one.details.accounts == [.init(service: "x", id: "h")])
        #expect(throws: ImportError.lineTooLong(line: 2)) {
            let long = String(repeating: "x", count: JSONLinesRows.lineBytesMax)
            _ = try store.load("{\"name\":\"a\"}\n{\"name\":\"\(long)\"}\n", in: directory)
        }
    }

    @Test func aPreviewOfLinesHasTheirMembers() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let path = try directory.file("in.jsonl", Self.lines), file = open(path, O_RDONLY)
        defer { close(file) }
        let preview = try ImportPreview(descriptor: file, importOptions, records: store)
        #expect(preview.columns.map(\.column).contains("company_id") && preview.problem == nil)
        #expect(preview.rows.count == 3 && preview.columns.allSatisfy { $0.source == .heading })
    }
}
