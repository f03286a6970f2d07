import Testing

@testable import Command
@testable import Mail

/// What a mail server does goes by the exit status of `screenpop contact mail`.
@Suite struct ContactMailTests {
    @Test func aMailIsReturnedOnlyWhereItWillNeverBeRight() {
        #expect(ContactMail.exitStatus(of: .unreachable(address: "a", reason: "b")) == 75)
        #expect(ContactMail.exitStatus(of: .cutOff(address: "a")) == 75)
        #expect(ContactMail.exitStatus(of: .refused(status: 503, detail: "")) == 75)
        // The centre's to mend: the mail waits.
        for status in [401, 403, 404, 405, 429, 500] {
            #expect(ContactMail.exitStatus(of: .refused(status: status, detail: "")) == 75)
        }
        #expect(ContactMail.exitStatus(of: .refused(status: 400, detail: "")) == 65)
        #expect(ContactMail.exitStatus(of: .refused(status: 413, detail: "")) == 65)
        #expect(ContactMail.exitStatus(of: .local("no mail")) == 65)
    }

    @Test func theDaemonGetsWhatWasRead() throws {
        let text = "From: \"H. Example\" <Hanako@Customer.example>\nTo: support@shop.example\nSubject: Leak\n"
            + "Date: Thu, 26 Nov 2026 10:00:00 +0900\nMessage-ID: <a@b>\nReferences: <x@y> <z@y>\n\nIt leaks.\n"
        let mail = MailJSON(try #require(MailReader.read(Array(text.utf8))))
        #expect(mail.from?.address == "hanako@customer.example" && mail.from?.name == "H. Example")
        #expect(mail.date == "2026-11-26T01:00:00Z" && mail.messageID == "a@b")
        #expect(mail.references == ["x@y", "z@y"] && mail.text == "It leaks." && mail.kind == "message")
    }
}
