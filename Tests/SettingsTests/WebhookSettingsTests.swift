import CallCenter
import Testing

@testable import Settings

/// `[[webhook]]`: who is told of events.
@Suite struct WebhookSettingsTests {
    @Test func eachIsATable() throws {
        let settings = try load(
            """
            [[webhook]]
            name = "crm"
            url = "https://crm.example/hooks"
            types = ["call.ended", "case.late"]
            queues = ["support"]
            tiers = ["vip"]
            key_file = "/etc/screenpop/key"
            template = '{"text": "{type}"}'
            role = "supervisor"
            tries = 3
            timeout = "2s"
            [[webhook]]
            name = "chat"
            url = "http://127.0.0.1:9/x"
            """)
        #expect(settings.webhooks.map(\.name) == ["crm", "chat"])
        let crm = settings.webhooks[0]
        #expect(crm.types == ["call.ended", "case.late"] && crm.queues == ["support"] && crm.tiers == ["vip"])
        #expect(crm.keyFile == "/etc/screenpop/key" && crm.template == #"{"text": "{type}"}"#)
        #expect(crm.role == .supervisor && crm.tries == 3 && crm.timeout == 2_000)
        #expect(settings.webhooks[1].types.isEmpty && settings.webhooks[1].tries == 20)
        #expect(Settings(timezone: "UTC").keysNeedingRestart(for: settings).contains("webhook"))
    }

    @Test(arguments: [
        ("name = \"a\"", "has no url"), ("url = \"https://a.example/\"", "has no name"),
        ("name = \"a b\"\nurl = \"https://a.example/\"", "write a name of a to z"),
        ("name = \"a\"\nurl = \"ftp://a.example/\"", "begins with https://"),
        ("name = \"a\"\nurl = \"https://a.example/\"\ntypes = [\"call.endet\"]", "did you mean \"call.ended\"?"),
        ("name = \"a\"\nurl = \"https://a.example/\"\ntries = 0", "from 1 to 100"),
        ("name = \"a\"\nurl = \"https://a.example/\"\nkey_file = \"key\"", "an absolute path"),
        ("name = \"a\"\nurl = \"https://a.example/\"\ncontent_type = \"json\"", "application/json"),
        (
            "name = \"a\"\nurl = \"https://a.example/\"\n[[webhook]]\nname = \"a\"\nurl = \"https://b.example/\"",
            "with this name already"
        ),
    ]) func whatIsWrongIsSaid(text: String, advice: String) throws {
        #expect(try complaint("[[webhook]]\n\(text)")?.contains(advice) == true, "\(text)")
    }
}
