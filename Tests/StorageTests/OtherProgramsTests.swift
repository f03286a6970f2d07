import Foundation
import Testing

@testable import Storage

/// Files with the complete heading rows that eight other programs export, and invented people: what is known of them,
/// and what is left out. Those of Japanese programs are in Shift_JIS, as these write them.
@Suite struct OtherProgramsTests {
    struct Exported: Sendable, CustomTestStringConvertible {
        var file: String
        var name: String
        var company, kana, id: String?
        var emails, phones: [String]
        var address: String
        var unmapped: [String]

        var testDescription: String { file }

        init(
            _ file: String, name: String, company: String?, kana: String?, id: String?, emails: [String],
            phones: [String], address: String, unmapped: [String]
        ) {
            self.file = file
            self.name = name
            self.company = company
            self.kana = kana
            self.id = id
            self.emails = emails
            self.phones = phones
            self.address = address
            self.unmapped = unmapped
        }

        var bytes: [UInt8] {
            get throws {
                let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                return [UInt8](try Data(contentsOf: folder.appendingPathComponent("Exports/\(file).csv")))
            }
        }
    }

    static let files: [Exported] = [
        Exported(
            "google-contacts", name: "見本 花子", company: "見本商事", kana: "ミホン ハナコ", id: nil,
            emails: ["hanako@example.jp", "h2@example.jp"], phones: ["090-0000-0101", "03-0000-0102"],
            address: "見本町1-2\n千代田区, 東京都 100-0000\nJP",
            unmapped: [
                "Middle Name", "Phonetic Middle Name", "Name Prefix", "Name Suffix", "Nickname", "File As",
                "Organization Title", "Organization Department", "Birthday", "Notes", "Photo", "Labels",
                "E-mail 1 - Label", "E-mail 2 - Label", "Phone 1 - Label", "Phone 2 - Label", "Address 1 - Label",
                "Address 1 - Street", "Address 1 - City", "Address 1 - PO Box", "Address 1 - Region",
                "Address 1 - Postal Code", "Address 1 - Country", "Address 1 - Extended Address",
                "Website 1 - Label", "Website 1 - Value"
            ]),
        Exported(
            "outlook", name: "見本 花子", company: "見本商事", kana: "ミホン ハナコ", id: nil,
            emails: ["hanako@example.jp", "h2@example.jp"], phones: ["03-0000-0102", "090-0000-0101"],
            address: "見本町1-2 千代田区東京都 100-0000",
            unmapped: [
                "Middle Name", "Title", "Suffix", "Nickname", "Car Phone", "Primary Phone", "Pager", "Business Fax",
                "Home Fax", "Other Fax", "Company Main Phone", "Callback", "Radio Phone", "Telex", "TTY/TDD Phone",
                "IMAddress", "Job Title", "Department", "Office Location", "Manager's Name", "Assistant's Name",
                "Assistant's Phone", "Company Yomi", "Business Country/Region", "Home Street", "Home City",
                "Home State", "Home Postal Code", "Home Country/Region", "Other Street", "Other City", "Other State",
                "Other Postal Code", "Other Country/Region", "Personal Web Page", "Spouse", "Schools", "Hobby",
                "Location", "Web Page", "Birthday", "Anniversary", "Notes"
            ]),
        Exported(
            "hubspot", name: "見本 花子", company: "見本商事", kana: nil, id: "501",
            emails: ["hanako@example.jp"], phones: ["03-0000-0102", "090-0000-0101"],
            address: "見本町1-2 千代田区東京都 100-0000",
            unmapped: [
                "Contact owner", "Last Activity Date", "Lead Status", "Marketing contact status", "Create Date",
                "Job Title", "Country/Region", "Lifecycle Stage", "Associated Company IDs"
            ]),
        Exported(
            "kintone", name: "見本 花子", company: "見本商事", kana: nil, id: "501",
            emails: ["hanako@example.jp"], phones: ["03-0000-0102"],
            address: "1000000 東京都千代田区見本町1-2",
            unmapped: [
                "更新者", "作成者", "更新日時", "作成日時", "部署名", "FAX", "備考", "顧客ランク"
            ]),
        Exported(
            "zoho", name: "見本 花子", company: "見本商事", kana: nil, id: "zcrm_501",
            emails: ["hanako@example.jp", "h2@example.jp"], phones: ["03-0000-0102", "090-0000-0101"],
            address: "見本町1-2 千代田区東京都 100-0000",
            unmapped: [
                "Contact Owner.id", "Contact Owner", "Lead Source", "Account Name.id", "Title", "Department", "Fax",
                "Date of Birth", "Assistant", "Asst Phone", "Email Opt Out", "Created By", "Created Time",
                "Modified Time", "Other Street", "Other City", "Other State", "Other Zip", "Mailing Country",
                "Other Country", "Description", "Skype ID", "Twitter"
            ]),
        Exported(
            "salesforce", name: "見本 花子", company: "見本商事", kana: nil, id: "0030000000000AB",
            emails: ["hanako@example.jp"], phones: ["03-0000-0102", "090-0000-0101"],
            address: "見本町1-2 千代田区東京都 100-0000",
            unmapped: [
                "Salutation", "Title", "Mailing Country", "Fax", "Account Owner", "Account ID", "Email Opt Out",
                "Lead Source", "Last Activity"
            ]),
        Exported(
            "yayoi", name: "見本商事", company: nil, kana: "ミホンショウジ", id: "0501",
            emails: ["hanako@example.jp"], phones: ["03-0000-0102"],
            address: "100-0000 東京都千代田区見本町1-2",
            unmapped: [
                "得意先名２", "略称", "ＦＡＸ", "ホームページ", "担当者名", "締グループ", "回収方法", "取引区分", "単価種類", "掛率", "請求先コード", "備考"
            ]),
        Exported(
            "freee", name: "見本商事", company: nil, kana: "ミホンショウジ", id: "K501",
            emails: ["info@example.jp", "hanako@example.jp"], phones: ["03-0000-0102"],
            address: "100-0000 東京都千代田区見本町1-2 見本ビル3階",
            unmapped: [
                "取引先ID", "ショートカット1", "ショートカット2", "正式名称", "敬称", "国内外区分", "担当者氏名", "適格請求書発行事業者", "登録番号", "入金期日",
                "振込手数料負担", "検索可否"
            ]),
    ]

    @Test(arguments: files) func theHeadingsAreKnown(_ one: Exported) throws {
        let directory = try StateDirectory(), store = try directory.store()
        var trial = importOptions
        trial.isDryRun = true
        let would = try store.load(one.bytes, in: directory, trial), report = try store.load(one.bytes, in: directory)
        #expect(would == report && report.created == 1 && report.bad == [] && report.rejected == 0, "\(report.bad)")
        #expect(report.unknownColumns == one.unmapped)
        let isJapanese = one.file == "kintone" || one.file == "yayoi"
        #expect(report.encoding == TextEncoding(named: isJapanese ? "shift_jis" : "utf-8"))
        let record = try #require(try store.everybody.first).fields
        #expect(record.name == one.name && record.company == one.company && record.kana == one.kana)
        #expect(record.externalID == one.id)
        #expect([record.email].compactMap { $0 } + record.details.emails == one.emails)
        #expect(record.phones.map(\.raw) == one.phones)
        #expect(record.address == one.address)
        #expect(record.details.doNotCall == (one.file == "salesforce"))
        #expect(record.details.kind == (one.file == "freee" ? .company : .person))
        #expect(record.tags == (one.file == "zoho" ? ["得意先"] : []))
        // Imported again, nothing changes: also those who have no number of their own in the file.
        #expect(try store.load(one.bytes, in: directory).unchanged == 1)
    }

    /// The page shows the same, and what is left out can be said.
    @Test func whatIsLeftOutCanBeMapped() throws {
        let directory = try StateDirectory(), store = try directory.store()
        var options = importOptions
        options.map = ["備考": "cautions", "顧客ランク": "plan"]
        let kintone = try #require(Self.files.first { $0.file == "kintone" })
        let report = try store.load(kintone.bytes, in: directory, options)
        #expect(report.created == 1 && !report.unknownColumns.contains("備考"))
        let record = try #require(try store.everybody.first).fields
        #expect(record.cautions == ["火曜は不在"] && record.custom == ["plan": "A"])
    }
}
