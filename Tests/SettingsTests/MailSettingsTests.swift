import CallCenter
import Testing

@testable import Settings

/// `[mail]`: mails that operators write.
@Suite struct MailSettingsTests {
    @Test func allKeysAreRead() throws {
        let settings = try load(
            """
            [mail]
            from = "Support@Example.com"
            from_name = "サポート窓口"
            program = ["/usr/bin/msmtp", "-o", "a", "-o", "b", "-f", "{from}"]
            timeout = "20s"
            tries = 3
            review = true
            review_queues = ["support"]
            review_operators = ["105"]
            """)
        #expect(settings.mail.from == "support@example.com" && settings.mail.domain == "example.com")
        #expect(settings.mail.fromName == "サポート窓口" && settings.mail.timeout == 20_000 && settings.mail.tries == 3)
        #expect(settings.mail.program == ["/usr/bin/msmtp", "-o", "a", "-o", "b", "-f", "{from}"])
        #expect(settings.mail.isReviewed && settings.mail.reviewedQueues == ["support"])
        #expect(settings.mail.reviewedOperators == ["105"])
        #expect(Settings(timezone: "UTC").keysNeedingRestart(for: settings).contains("mail"))
        #expect(Settings(timezone: "UTC").mail.from == nil, "no mail is written unless somebody says from whom")
    }

    @Test(arguments: [
        ("from = \"support\"", "plain mail address"), ("from = \"-f@example.com\"", "plain mail address"),
        ("from = \"a b@example.com\"", "plain mail address"), ("program = [\"sendmail\"]", "a path and its arguments"),
        ("program = []", "a path and its arguments"), ("from_name = \"a\\nb\"", "one line"),
        ("tries = 0", "from 1 to 100"),
    ]) func whatIsWrongIsSaid(text: String, advice: String) throws {
        #expect(try complaint("[mail]\n\(text)")?.contains(advice) == true, "\(text)")
    }
}
