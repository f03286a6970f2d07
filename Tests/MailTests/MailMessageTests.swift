import Foundation
import Testing

@testable import Mail

/// Mails as servers hand them on: what is read of each file in `Messages`.
@Suite struct MailMessageTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Messages")

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: folder.appendingPathComponent(name + ".eml")))
    }

    static func read(_ name: String) throws -> MailMessage {
        try #require(MailReader.read(try bytes(name)), "\(name) is a mail")
    }

    /// What a mail is expected to say. nil is not compared.
    struct Expected: Sendable {
        var file: String
        var from: String?
        var name: String?
        var subject: String?
        var text: String?
        var kind = MailMessage.Kind.message
        var attachments: [String] = []
        var failed: [String] = []
        var inReplyTo: String?
    }

    static let all: [Expected] = [
        .init(
            file: "iso-2022-jp", from: "hanako@customer.example", name: "山田 花子", subject: "水漏れの件",
            text: "お世話になっております。\nコーヒーメーカーの水漏れについてお尋ねします。\n\n山田"),
        .init(file: "iso-2022-jp-vendor", subject: "order", text: "① ㈱A\nｶﾅ"),
        .init(file: "iso-2022-jp-vendor-header", name: "㈱例示", subject: "注文①株 A"),
        .init(
            file: "utf8-base64", from: "taro@customer.example", name: "Taro Example", subject: "見積のお願い",
            text: "お世話になっております。\nコーヒーメーカーの水漏れについてお尋ねします。\n\n山田"),
        .init(
            file: "utf8-quoted-printable", subject: "Re: 見積",
            text: String(repeating: "価格は 12,800円=税込ですか。", count: 4)),
        .init(file: "shift-jis", name: "鈴木", subject: "①番の件", text: "髙橋様\n①番を注文します。"),
        .init(file: "euc-jp", subject: "返品", text: "返品したいです。"),
        .init(
            file: "latin1-is-windows", name: "Jürgen Müller", subject: "Preis in €", text: "Der Preis „100 €“ gilt?"),
        .init(file: "html-only", text: "Hello & welcome\n\nOrder A-1\nPrice ¥12,800\n\n山田です\nTel"),
        .init(file: "alternative", text: "Plain text wins."),
        .init(file: "alternative-empty-plain", text: "Only here."),
        .init(file: "html-meta-charset", text: "領収書をください。"),
        .init(
            file: "attachment-rfc2231", text: "See the quote.", attachments: ["見積.pdf application/pdf 400"]),
        .init(file: "attachment-rfc2047", text: "写真です。", attachments: ["故障.jpg image/jpeg 103"]),
        .init(file: "inline-image", text: "With a logo", attachments: ["logo.png image/png 64"]),
        .init(
            file: "forwarded-as-attachment", text: "Please look at this.",
            attachments: ["Invoice 7 message/rfc822 0"]),
        .init(
            file: "bounce-postfix", from: "mailer-daemon@mx.shop.example", kind: .bounce,
            attachments: ["Your order message/rfc822 0"], failed: ["gone@customer.example"],
            inReplyTo: "sent-1@shop.example"),
        .init(
            file: "bounce-exchange", text: "Delivery has failed to these recipients.", kind: .bounce,
            failed: ["gone@customer.example"], inReplyTo: "sent-2@shop.example"),
        .init(file: "bounce-exim", kind: .bounce, failed: ["gone@customer.example"]),
        .init(file: "bounce-qmail", kind: .bounce, failed: ["gone@customer.example"]),
        .init(file: "out-of-office", kind: .automatic, inReplyTo: "sent-1@shop.example"),
        .init(file: "automatic-reply-ja", name: "高橋", text: "出張中です。", kind: .automatic),
        .init(file: "read-receipt", text: "Your message was read.", kind: .automatic),
        .init(file: "newsletter", kind: .automatic),
        .init(file: "reply-with-thread", text: "Thank you, it works.", inReplyTo: "sent-1@shop.example"),
        .init(file: "reply-without-thread", subject: "RE: Re: Your order"),
        .init(file: "no-message-id", subject: "No id", text: "From an old program."),
        .init(file: "bad-date", subject: "When"),
        .init(
            file: "raw-name-in-header", from: "sato@customer.example", name: "佐藤", subject: "修理について",
            text: "修理をお願いします。"),
        .init(file: "raw-jis-subject", subject: "修理", text: "よろしく。"),
        .init(file: "unknown-charset", text: "配送日を変えてください。"),
        .init(file: "unlabelled-cp932", text: "名義変更をお願いします。電話は午後にください。"),
        .init(file: "no-closing-boundary", text: "The server was cut off in the middle of"),
        .init(file: "headers-only", subject: "Call me back please", text: ""),
        .init(file: "envelope-line", from: "taro@customer.example", subject: "From a file", text: "Text."),
        .init(file: "quoted-below", text: "Yes, please."),
        .init(file: "web-form", from: "noreply@shop.example", text: "お名前: 訪問者\n内容: 在庫はありますか。"),
        .init(file: "undisclosed", subject: "Group"),
        .init(file: "direction-marks", from: "evil@else.example", name: "supportelpmaxe.pohs", subject: "Paynow"),
        .init(file: "broken-base64", subject: "Broken"),
        .init(file: "tnef", text: "See attachment.", attachments: ["winmail.dat application/ms-tnef 54"]),
        .init(file: "signed", text: "Signed text."),
        .init(file: "sent-by-the-centre", from: "support@shop.example", name: "Support"),
    ]

    @Test(arguments: all) func aMailIsRead(_ expected: Expected) throws {
        let mail = try Self.read(expected.file)
        if let from = expected.from { #expect(mail.from?.address == from) }
        if let name = expected.name { #expect(mail.from?.name == name) }
        if let subject = expected.subject { #expect(mail.subject == subject) }
        if let text = expected.text { #expect(mail.text == text) }
        #expect(mail.kind == expected.kind)
        let attachments = mail.attachments.map { "\($0.name ?? "–") \($0.type) \($0.size)" }
        #expect(attachments == expected.attachments)
        #expect(mail.failed == expected.failed)
        if let id = expected.inReplyTo { #expect(mail.inReplyTo == id) }
        #expect(!mail.isCut)
    }

    /// Every file is in the table, and the table has thirty and more.
    @Test func everyFileIsExpectedToSaySomething() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let files = names.filter { $0.hasSuffix(".eml") }
        #expect(Set(files) == Set(Self.all.map { $0.file + ".eml" }))
        #expect(files.count >= 30)
    }

    @Test func theThreadIsRead() throws {
        let mail = try Self.read("reply-with-thread")
        #expect(mail.references == ["first@customer.example", "middle@shop.example", "sent-1@shop.example"])
        #expect(mail.cc == [.init("boss@customer.example", name: "Boss, The"), .init("other@customer.example")])
        #expect(mail.messageID == "reply-1@customer.example")
        #expect(mail.date == 1_795_654_800, "2026-11-26T10:00:00+09:00")
        #expect(try Self.read("no-message-id").messageID == nil)
        #expect(try Self.read("bad-date").date == nil)
        #expect(try Self.read("undisclosed").to == [])
        #expect(try Self.read("web-form").replyTo == [.init("visitor@customer.example")])
        #expect(try Self.read("sent-by-the-centre").to.map(\.address) == ["taro@customer.example", "new@else.example"])
    }

    /// Nothing of a mail can move a terminal's cursor or turn the direction of a line.
    @Test func noTextHasControlCharacters() throws {
        for expected in Self.all {
            let mail = try Self.read(expected.file)
            let names = mail.attachments.compactMap(\.name)
            let lines = [mail.subject, mail.from?.name ?? "", mail.messageID ?? ""] + names
            for scalar in lines.joined().unicodeScalars {
                #expect(scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value), "\(expected.file)")
            }
            for scalar in mail.text.unicodeScalars where scalar != "\n" && scalar != "\t" {
                #expect(scalar.value >= 0x20 && !(0x202A...0x202E).contains(scalar.value), "\(expected.file)")
            }
        }
    }
}
