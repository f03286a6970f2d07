import CRMLookup
import Testing

@testable import Settings

@Suite struct LookupSettingsTests {
    private static let own = """
        [[lookup]]
        name = "crm"
        url = "https://crm.example/find?n={number}"
        answer = { records = "items" }
        field = [{ label = "Name", path = "name" }]
        """

    @Test func requestsOfOnesOwnNeedNoPreset() throws {
        let settings = try load(Self.own)
        let plan = try #require(settings.lookups.first)
        #expect(plan.budget == 500 && plan.timeout == 3_000 && plan.wait == 0)
        #expect(plan.numbers == [.e164, .national])
        #expect(plan.answer.records == "items" && plan.fields.map(\.label) == ["Name"])
        #expect(settings.policy.outside.map(\.name) == ["crm"])
        #expect(Settings().keysNeedingRestart(for: settings).contains("lookup"))
    }

    @Test func whatTheFileSaysCountsMoreThanThePreset() throws {
        let text = """
            [[lookup]]
            name = "sales"
            preset = "kintone"
            values = { base = "https://a.example", app = "1", field = "tel" }
            secret_file = "/s"
            numbers = ["digits"]
            [[lookup.field]]
            label = "Memo"
            path = "memo.value"
            """
        let plan = try #require(try load(text).lookups.first)
        #expect(plan.name == "sales" && plan.title == "kintone")
        #expect(plan.numbers == [.digits])
        #expect(plan.fields.map(\.label) == ["Memo"])
        #expect(plan.request.headers == ["X-Cybozu-API-Token": "{secret}"])
    }

    @Test(arguments: [
        ("url = \"https://{number}.example\"", "write the machine's name"),
        ("url = \"ftp://crm.example/{number}\"", "is no address"),
        ("url = \"https://crm.example/{nmber}\"", "there is no {nmber}"),
        ("url = \"https://crm.example/{values.app}\"", "it needs a value \"app\""),
        ("url = \"https://crm.example/{secret}\"", "has no secret_file"),
        ("auth = \"bearer\"", "has no secret_file"),
        ("wait = \"200ms\"", "\"150ms\""),
        ("numbers = [\"e165\"]", "\"national_hyphens\""),
        ("preset = \"siebel\"", "known are dynamics"),
        ("secret_file = \"x\"", "absolute path"),
        ("body = '{\"a\":}'", "body is no JSON"),
        ("headers = { Host = \"x\" }", "no header that can be set"),
        ("external_id = \"a..b\"", "a dot with no name"),
        ("budgett = \"1s\"", "did you mean \"budget\"?"),
    ]) func whatIsWrongIsSaid(line: String, advice: String) throws {
        let key = line.prefix { $0 != " " }
        let text = Self.own.split(separator: "\n").filter { !$0.hasPrefix("\(key) =") }.joined(separator: "\n")
        let said = try complaint(text + "\n" + line)
        #expect(said?.contains(advice) == true, "\(said ?? "nothing")")
    }

    @Test func otherKindsHaveKeysOfTheirOwn() throws {
        let field = "\nfield = [{ label = \"Name\", path = \"name\" }]"
        let sql = try #require(
            try load(
                """
                [[lookup]]
                name = "erp"
                kind = "sql"
                database = "host=db.example dbname=erp user=cti"
                query = "SELECT name FROM person WHERE tel = {number}"
                """ + field
            ).lookups.first)
        #expect(sql.kind == .sql && sql.sql.query.hasSuffix("{number}"))
        let ldap = try #require(
            try load(
                """
                [[lookup]]
                name = "staff"
                kind = "ldap"
                url = "ldap://ldap.example"
                starttls = true
                ca_file = "/etc/ssl/own.pem"
                base = "dc=example,dc=com"
                scope = "one"
                filter = "(mobile={number})"
                """ + field
            ).lookups.first)
        #expect(ldap.ldap.startTLS && ldap.ldap.scope == .one && ldap.ldap.authorities == "/etc/ssl/own.pem")
        let wrong = "[[lookup]]\nname = \"a\"\nkind = \"odbc\"" + field
        #expect(try complaint(wrong)?.contains("\"carddav\"") == true)
    }

    @Test func twoOfOneNameAreRefused() throws {
        #expect(try complaint(Self.own + "\n" + Self.own)?.contains("there is one with this name already") == true)
    }
}
