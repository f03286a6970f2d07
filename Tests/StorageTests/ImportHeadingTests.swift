import Foundation
import Testing

@testable import Storage

/// Files of other programs: their headings are known, or somebody says what they are; and workbooks.
@Suite struct ImportHeadingTests {
    /// What a file of one customer comes to.
    static func one(
        _ text: String, map: [String: String] = [:]
    ) throws -> (fields: CustomerFields, report: CustomerImport.Report) {
        let directory = try StateDirectory(), store = try directory.store()
        var options = importOptions
        options.map = map
        let report = try store.load(text, in: directory, options)
        return (try #require(try store.everybody.first).fields, report)
    }

    @Test func googleContacts() throws {
        let (new, report) = try Self.one(
            """
            First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Last Name,Organization Name,Labels,\
            E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value,\
            Address 1 - Formatted
            花子,,見本,ハナコ,ミホン,見本商事,* myContacts,Work,hanako@example.jp,h2@example.jp,Mobile,090-0000-0101,\
            03-0000-0102,"東京都千代田区
            見本町1-2"
            """)
        #expect(new.name == "見本 花子" && new.kana == "ミホン ハナコ" && new.company == "見本商事")
        #expect(new.email == "hanako@example.jp" && new.details.emails == ["h2@example.jp"])
        #expect(new.phones.map(\.raw) == ["090-0000-0101", "03-0000-0102"])
        #expect(new.address == "東京都千代田区\n見本町1-2")
        #expect(report.unknownColumns == ["Middle Name", "Labels", "E-mail 1 - Label", "Phone 1 - Label"])
        let (old, _) = try Self.one(
            "Name,Given Name,Family Name,Organization 1 - Name,E-mail 1 - Value,Phone 1 - Value\n"
                + "Hanako Example,Hanako,Example,Example Ltd,hanako@example.com,090-0000-0101\n")
        #expect(old.name == "Hanako Example" && old.company == "Example Ltd")
    }

    @Test func outlook() throws {
        let (one, report) = try Self.one(
            """
            First Name,Last Name,Company,Business Street,Business City,Business Postal Code,Home Street,Business Phone,\
            Home Phone,Mobile Phone,E-mail Address,E-mail 2 Address
            Hanako,Example,Example Ltd,1 Sample Road,Sampletown,100-0000,5 Home Road,03-0000-0101,03-0000-0102,\
            090-0000-0103,hanako@example.com,second@example.com
            """)
        #expect(one.name == "Hanako Example" && one.address == "1 Sample Road Sampletown 100-0000")
        #expect(one.phones.map(\.raw) == ["03-0000-0101", "03-0000-0102", "090-0000-0103"])
        #expect(one.email == "hanako@example.com" && one.details.emails == ["second@example.com"])
        #expect(report.unknownColumns == ["Home Street"])
    }

    @Test(arguments: [
        (
            "hubspot",
            "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Associated Company,Street Address,"
                + "City",
            "501,花子,見本,hanako@example.jp,03-0000-0101,090-0000-0102,見本商事,見本町1-2,千代田区", "501", "見本町1-2 千代田区"
        ),
        (
            "kintone", "レコード番号,会社名,部署名,担当者名,電話番号,メールアドレス,郵便番号,住所",
            "501,見本商事,営業,見本 花子,03-0000-0101,hanako@example.jp,100-0000,見本町1-2", "501", "100-0000 見本町1-2"
        ),
        (
            "zoho", "Record Id,Account Name,Contact Name,Email,Phone,Mobile,Mailing Street,Mailing City",
            "501,見本商事,見本 花子,hanako@example.jp,03-0000-0101,090-0000-0102,見本町1-2,千代田区", "501", "見本町1-2 千代田区"
        ),
        (
            "salesforce", "Contact ID,First Name,Last Name,Account Name,Phone,Mobile,Email,Mailing Street",
            "501,花子,見本,見本商事,03-0000-0101,090-0000-0102,hanako@example.jp,見本町1-2", "501", "見本町1-2"
        ),
        (
            "yayoi", "得意先コード,得意先名１,フリガナ,会社名,郵便番号,住所１,住所２,ＴＥＬ,Ｅメール",
            "0501,見本 花子,ミホン ハナコ,見本商事,100-0000,千代田区,見本町1-2,03-0000-0101,hanako@example.jp", "0501",
            "100-0000 千代田区見本町1-2"
        ),
        (
            "freee", "取引先コード,取引先名,取引先名（カナ）,会社名,郵便番号,都道府県,電話番号,メールアドレス",
            "501,見本 花子,ミホン ハナコ,見本商事,100-0000,東京都,03-0000-0101,hanako@example.jp", "501", "100-0000 東京都"
        ),
    ]) func programs(name: String, header: String, row: String, id: String, address: String) throws {
        let (one, report) = try Self.one(header + "\n" + row + "\n")
        #expect(one.name == "見本 花子" && one.company == "見本商事" && one.externalID == id, "\(name)")
        #expect(one.email == "hanako@example.jp" && one.phones.first?.raw == "03-0000-0101", "\(name)")
        #expect(one.address == address, "\(name)")
        #expect(report.rejected == 0 && report.badCells == 0, "\(name)")
    }

    @Test func somebodySaysWhatTheHeadingsAre() throws {
        let text = "本人,連絡先,区分,契約\n見本 花子,090-0000-0101,優良,gold\n"
        let (one, report) = try Self.one(text, map: ["本人": "name", "連絡先": "phone", "区分": "", "契約": "plan"])
        #expect(one.name == "見本 花子" && one.phones.count == 1 && one.custom == ["plan": "gold"])
        // It was said to be left out, so it is no surprise.
        #expect(one.tier == "regular" && report.unknownColumns == [])
        #expect(throws: ImportError.noSuchHeading("氏名")) { try Self.one(text, map: ["本人": "name", "氏名": "kana"]) }
        #expect(throws: ImportError.noSuchColumn("nom")) { try Self.one(text, map: ["本人": "nom"]) }
        #expect(throws: ImportError.columnTwice("連絡先")) { try Self.one(text, map: ["本人": "name", "連絡先": "name"]) }
        // Without a name there is no customer.
        #expect(throws: ImportError.self) { try Self.one(text) }
    }

    @Test func importingItAgainChangesNothing() throws {
        let directory = try StateDirectory(), store = try directory.store()
        let text = """
            First Name,Last Name,Email,E-mail 2 Address,Phone Number,Mobile,City,Street Address
            花子,見本,a@example.jp,b@example.jp,03-0000-0101,090-0000-0102,千代田区,見本町1-2

            """
        #expect(try store.load(text, in: directory).created == 1)
        let before = try store.everybody
        #expect(try store.load(text, in: directory).unchanged == 1)
        #expect(try store.everybody == before)
        // Another address is added to those that the record has.
        let more = try store.load(text.replacing("b@example.jp", with: "c@example.jp"), in: directory)
        #expect(more.updated == 1)
        #expect(try store.everybody.first?.fields.details.emails == ["b@example.jp", "c@example.jp"])
    }

    @Test(arguments: [false, true]) func aWorkbook(isDryRun: Bool) throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("SpreadsheetTests/Workbooks/customers.xlsx")
        let directory = try StateDirectory(), store = try directory.store()
        var options = importOptions
        options.isDryRun = isDryRun
        options.map = ["入会日": "記念日"]
        let report = try store.load([UInt8](Data(contentsOf: file)), in: directory, options)
        #expect(report.sheet == "顧客" && report.encoding == nil)
        #expect(report.rows == 3 && report.created == 3 && report.unknownColumns == ["備考"])
        guard !isDryRun else {
            #expect(try store.everybody.isEmpty)
            return
        }
        let all = try store.everybody
        #expect(all.map(\.fields.name) == ["見本 花子", "見本 太郎", "Sample & <Co>"])
        #expect(all.map(\.fields.externalID) == ["C-0001", "2", "C-0004"])
        #expect(all[0].fields.address == "東京都千代田区見本町1-2" && all[0].fields.custom == ["記念日": "2024-04-01"])
        #expect(all[1].fields.custom == ["記念日": "2025-12-31 23:59"])
        #expect(all[2].fields.phones.map(\.raw) == ["03-0000-0104"])
    }

    @Test func aDamagedWorkbookIsSaidToBeOne() throws {
        let directory = try StateDirectory(), store = try directory.store()
        #expect(throws: ImportError.workbook(.protectedOrOld)) {
            try store.load([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], in: directory)
        }
        #expect(try store.everybody.isEmpty)
    }
}
