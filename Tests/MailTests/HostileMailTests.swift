import Foundation
import Testing

@testable import Mail

/// Mails that nobody would write, written: each is read or refused, within its bounds and in time.
@Suite struct HostileMailTests {
    /// As the command does: on a thread with some megabytes of stack.
    static func read(_ bytes: [UInt8]) async -> MailMessage? {
        await withCheckedContinuation { waiting in
            let thread = Thread { waiting.resume(returning: MailReader.read(bytes)) }
            thread.stackSize = 64 << 20
            thread.start()
        }
    }

    @Test func whatHasNoHeaderIsNoMail() async {
        for text in ["", "\n\n\n", "hello", "\u{0}\u{1}\u{2}", "{\"a\":1}", "From x\n"] {
            #expect(await Self.read(Array(text.utf8)) == nil, "\(text)")
        }
    }

    @Test func partsWithinPartsEnd() async throws {
        var text = "From: a@b.example\nSubject: deep\nMIME-Version: 1.0\n"
        for depth in 0..<3_000 {
            text += "Content-Type: multipart/mixed; boundary=\"b\(depth)\"\n\n--b\(depth)\n"
        }
        text += "Content-Type: text/plain\n\nbottom\n"
        let mail = try #require(await Self.read(Array(text.utf8)))
        #expect(mail.subject == "deep" && mail.isCut)
    }

    @Test func tenThousandPartsAreCut() async throws {
        var text = "From: a@b.example\nSubject: wide\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        for number in 0..<10_000 { text += "--b\nContent-Disposition: attachment; filename=f\(number)\n\nx\n" }
        let mail = try #require(await Self.read(Array((text + "--b--\n").utf8)))
        #expect(mail.isCut && mail.attachments.count <= MailLimits.attachmentsMax)
    }

    @Test func longHeadersAreCut() async throws {
        let long = String(repeating: "あ", count: 200_000), many = (0..<5_000).map { "p\($0)@x.example" }
        let text = "From: a@b.example\nTo: \(many.joined(separator: ", "))\nSubject: \(long)\nReferences: "
            + String(repeating: "<i@x> ", count: 50_000) + "\n\nx\n"
        let mail = try #require(await Self.read(Array(text.utf8)))
        #expect(mail.subject.utf8.count <= MailLimits.headerBytesMax)
        #expect(mail.to.count == MailLimits.addressesMax && mail.references.count <= MailLimits.referencesMax)
    }

    /// A reader that looked from each broken tag to the end of the page would be at it for hours.
    @Test func brokenHTMLEnds() async throws {
        let bombs = [
            String(repeating: "<a href=\"", count: 10_000), String(repeating: "<style", count: 10_000),
            String(repeating: "<style>", count: 10_000), String(repeating: "<!--", count: 10_000),
            String(repeating: "&", count: 50_000), String(repeating: "<div>", count: 15_000),
            String(repeating: "<", count: 90_000),
        ]
        for bomb in bombs {
            let text = "From: a@b.example\nSubject: html\nContent-Type: text/html\n\n" + bomb
            let mail = try #require(await Self.read(Array(text.utf8)))
            #expect(mail.text.utf8.count <= MailLimits.textBytesMax, "\(bomb.prefix(12))")
        }
    }

    @Test func aMailThatIsTooLongIsReadUpToThere() async throws {
        var bytes = Array("From: a@b.example\nSubject: big\n\n".utf8)
        bytes += [UInt8](repeating: UInt8(ascii: "x"), count: MailLimits.bytesMax)
        let mail = try #require(await Self.read(bytes))
        #expect(mail.isCut && mail.subject == "big" && mail.text.utf8.count == MailLimits.textBytesMax)
    }

    /// Real mails with bytes changed, cut and repeated.
    @Test func changedMailsEndNothing() async throws {
        var random = SystemRandomNumberGenerator()
        let all = try MailMessageTests.all.map { try MailMessageTests.bytes($0.file) }
        var read = 0
        for _ in 0..<1_500 {
            guard var bytes = all.randomElement(using: &random) else { continue }
            for _ in 0..<Int.random(in: 1...20, using: &random) where !bytes.isEmpty {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: bytes[at...].prefix(40), at: at)
                default: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...60, using: &random)))
                }
            }
            guard let mail = MailReader.read(bytes) else { continue }
            read += 1
            #expect(mail.text.utf8.count <= MailLimits.textBytesMax && mail.failed.count <= MailLimits.addressesMax)
        }
        #expect(read > 500)
    }

    @Test func htmlBecomesText() {
        #expect(HTMLText.plain("a<br>b<br/>c") == "a\nb\nc")
        #expect(HTMLText.plain("1 < 2 &amp;&amp; 3 > 2 &unknown; &#65;&#x42;") == "1 < 2 && 3 > 2 &unknown; AB")
        #expect(HTMLText.plain("<p title=\"a > b\">x</p><!-- no --><p>y</p>") == "x\n\ny\n\n")
        #expect(HTMLText.plain("<STYLE>a{}</STYLE>z") == "z")
    }
}
