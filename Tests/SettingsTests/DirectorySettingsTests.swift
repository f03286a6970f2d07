import Testing

@testable import Settings

/// `[sign_in.ldap]`.
@Suite struct DirectorySettingsTests {
    private static let whole = """
        [sign_in.ldap]
        url = "ldaps://ldap.example"
        base = "ou=people,dc=example,dc=com"
        filter = "(&(objectClass=person)(uid={user}))"
        user = "cn=cti,dc=example,dc=com"
        secret_file = "/etc/screenpop/ldap"
        roles = { operator = ["cti"], supervisor = ["leads"] }
        """

    @Test func itIsRead() throws {
        let settings = try load(Self.whole), directory = try #require(settings.signIn.directory)
        #expect(directory.operator == "employeeNumber" && directory.timeout == 3_000)
        #expect(directory.roles == [.operator: ["cti"], .supervisor: ["leads"]])
        #expect(Settings().signIn.directory == nil)
        #expect(Settings().keysNeedingRestart(for: settings).contains("sign_in"))
    }

    @Test(arguments: [
        ("url = \"ldap://ldap.example\"", "unencrypted"), ("url = \"https://ldap.example\"", "needs url"),
        ("url = \"ldap://a.example ldaps://b.example\"", "unencrypted"),
        ("url = \"ldap://127.0.0.1.evil.example\"", "unencrypted"),
        ("starttls = true", "starttls and an ldaps"),
        ("filter = \"(uid=a)\"", "asks for nobody"), ("filter = \"uid={user}\"", "asks for nobody"),
        ("base = \"\"", "needs base"), ("secret_file = \"\"", "write both"), ("secret_file = \"x\"", "absolute path"),
        ("roles = {}", "needs roles"), ("roles = { boss = [\"x\"] }", "operator, supervisor and admin"),
        ("timeout = \"1m\"", "10s"), ("member_of = \"\"", "knows no groups"), ("bse = \"x\"", "did you mean \"base\"?"),
        ("group_base = \"ou=g\"\ngroup_filter = \"(member=x)\"", "group_filter"),
    ]) func whatIsWrongIsSaid(line: String, advice: String) throws {
        let key = line.prefix { $0 != " " }
        let text = Self.whole.split(separator: "\n").filter { !$0.hasPrefix("\(key) =") }.joined(separator: "\n")
        let said = try complaint(text + "\n" + line)
        #expect(said?.contains(advice) == true, "\(said ?? "nothing")")
    }
}
