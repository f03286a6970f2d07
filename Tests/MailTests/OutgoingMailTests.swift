import Testing

@testable import Mail

/// Mails that the centre writes: whoever reads them reads what was written, and nothing else stands in their headers.
@Suite struct OutgoingMailTests {
    private func mail(_ change: (inout OutgoingMail) -> Void = { _ in }) -> OutgoingMail {
        var one = OutgoingMail(
            from: .init("support@example.com", name: "サポート窓口"), to: .init("hanako@example.com", name: "山田 花子"),
            subject: "Re: 水漏れの件", text: "明日10時に伺います。\n\n佐藤", messageID: "a.b.screenpop@example.com",
            inReplyTo: "x@client.example", references: ["w@client.example", "x@client.example"], date: 1_795_392_000)
        change(&one)
        return one
    }

    private func text(_ one: OutgoingMail) throws -> String { String(decoding: try #require(one.bytes), as: UTF8.self) }

    @Test func whatIsWrittenIsRead() throws {
        let bytes = try #require(mail().bytes), read = try #require(MailReader.read(bytes))
        #expect(read.from == .init("support@example.com", name: "サポート窓口"))
        #expect(read.to == [.init("hanako@example.com", name: "山田 花子")])
        #expect(read.subject == "Re: 水漏れの件" && read.messageID == "a.b.screenpop@example.com")
        #expect(read.inReplyTo == "x@client.example" && read.references == ["w@client.example", "x@client.example"])
        #expect(read.text == "明日10時に伺います。\n\n佐藤" && read.date == 1_795_392_000 && read.kind == .message)
    }

    @Test func theHeadersAreOnce() throws {
        let written = try text(mail()), end = try #require(written.firstRange(of: "\n\n"))
        let headers = written.prefix(upTo: end.lowerBound)
        for name in ["From:", "To:", "Subject:", "Date:", "Message-Id:", "MIME-Version:", "Content-Type:"] {
            let count = headers.split(separator: "\n").count { $0.lowercased().hasPrefix(name.lowercased()) }
            #expect(count == 1, "\(name) in \(headers)")
        }
        #expect(!headers.contains("\r") && headers.utf8.allSatisfy { $0 < 0x80 })
        #expect(headers.split(separator: "\n").allSatisfy { $0.utf8.count <= 998 })
        #expect(headers.contains("base64") && headers.contains("utf-8"))
    }

    @Test func aLineEndBeginsNoHeader() throws {
        let injected = mail {
            $0.subject = "a\nBcc: thief@example.com\r\nX-A: b"
            $0.from.name = "b\nBcc: thief@example.com"
            $0.to.name = "c\"\r\nBcc: thief@example.com"
            $0.references = ["x@y>\nBcc: thief@example.com", "ok@y"]
            $0.inReplyTo = "x@y\nBcc: thief@example.com"
        }
        let written = try text(injected)
        #expect(!written.split(separator: "\n").contains { $0.lowercased().hasPrefix("bcc") || $0.hasPrefix("X-A") })
        let read = try #require(MailReader.read(Array(written.utf8)))
        #expect(read.to.map(\.address) == ["hanako@example.com"] && read.references == ["ok@y"])
        #expect(read.cc.isEmpty && read.subject.contains("thief@example.com"), "it is only text")
    }

    @Test func linesThatProgramsReadAreText() throws {
        let body = "From here on\n.\n..\n" + String(repeating: "long ", count: 300) + "\nend = 100%"
        let written = try text(mail { $0.text = body })
        #expect(written.contains("quoted-printable"))
        #expect(written.split(separator: "\n").allSatisfy { $0.utf8.count <= 998 })
        let read = try #require(MailReader.read(Array(written.utf8)))
        #expect(read.text.hasPrefix("From here on\n.\n..\nlong long ") && read.text.hasSuffix("\nend = 100%"))
    }

    @Test func nobodyAndNothingIsNoMail() {
        #expect(mail { $0.to.address = "" }.bytes == nil && mail { $0.from.address = "x" }.bytes == nil)
        #expect(mail { $0.messageID = "no id" }.bytes == nil && mail { $0.messageID = "a@b>\nX: y" }.bytes == nil)
        #expect(mail { $0.subject = "" }.bytes != nil)
    }
}
