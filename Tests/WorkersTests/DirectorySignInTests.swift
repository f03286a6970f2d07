import Foundation
import Settings
import Storage
import Testing

@testable import Workers

/// What groups make of a person, without a server.
@Suite struct DirectoryRolesTests {
    private static func roles() -> DirectoryRoles {
        var settings = Settings.SignIn.Directory()
        settings.roles = [
            .operator: ["operators"], .supervisor: ["Leads", "cn=sales, ou=Groups, dc=example, dc=com"],
            .admin: ["it\\,admins", "a=b"],
        ]
        return DirectoryRoles(settings)
    }

    @Test(arguments: [
        (["cn=operators,ou=groups,dc=example,dc=com"], Role.operator),
        (["OPERATORS"], .operator),
        (["cn=operators,ou=g,dc=e", "cn=leads,ou=g,dc=e"], .supervisor),
        (["CN=Sales,OU=groups,DC=example,DC=com"], .supervisor),
        (["cn=a=b,ou=g"], .admin),
    ]) func theHighestRoleCounts(groups: [String], role: Role) {
        #expect(Self.roles().role(of: groups) == role)
    }

    @Test(arguments: [
        [], ["cn=guests,ou=groups,dc=example,dc=com"], ["cn=guests,ou=operators,dc=example"], ["operator"],
        ["cn=x\\,cn=operators,ou=g"], ["sales"], [""],
    ]) func othersHaveNone(groups: [String]) {
        #expect(Self.roles().role(of: groups) == nil)
    }

    @Test func nothingThatIsTypedIsSyntax() {
        #expect(DirectoryRoles.filled("(uid={user})", user: "*") == "(uid=\\2a)")
        let both = DirectoryRoles.filled("(|(uid={user})(mail={user}))", user: "a)(b")
        #expect(both == "(|(uid=a\\29\\28b)(mail=a\\29\\28b))")
        // What one place brings in is no place of another.
        #expect(DirectoryRoles.filled("(member={dn})", user: "x", dn: "cn={user}") == "(member=cn={user})")
    }

    @Test func theNameOfAGroupIsItsFirstPart() {
        #expect(DirectoryRoles.name(of: "cn=a\\,b,ou=g") == "a,b")
        #expect(DirectoryRoles.name(of: "cn=a+x=1,ou=g") == "a")
        #expect(DirectoryRoles.name(of: "leads") == "leads")
    }
}

/// People who sign in with their passwords of a directory: a real slapd.
@Suite(.enabled(if: DirectoryServer.isThere, DirectoryServer.missing)) struct DirectorySignInTests {
    private static func directory(
        _ change: (inout Settings.SignIn.Directory) -> Void = { _ in }
    ) throws -> DirectorySignIn {
        var settings = Settings.SignIn.Directory()
        settings.url = try DirectoryServer.shared.url
        settings.base = DirectoryServer.people
        settings.groupBase = "ou=groups,dc=example,dc=com"
        settings.roles = [.operator: ["operators"], .supervisor: ["leads"]]
        change(&settings)
        return DirectorySignIn(settings)
    }

    @Test func whoIsInAGroupSignsIn() async throws {
        let directory = try Self.directory()
        let taro = await directory.check("taro", password: "correct horse", byNumber: false)
        #expect(taro == .person(DirectoryPerson(operator: "101", role: .operator, name: "架空 太郎")))
        let hanako = await directory.check("hanako", password: "battery staple", byNumber: false)
        #expect(hanako == .person(DirectoryPerson(operator: "900", role: .supervisor, name: nil)))
        #expect(await directory.check("101", password: "correct horse", byNumber: true) == taro)
    }

    @Test(arguments: [
        ("taro", "wrong"), ("nobody", "correct horse"), ("taro", ""), ("", "correct horse"), ("*", "correct horse"),
        ("taro)(uid=*", "correct horse"), ("taro", "correct horse\0"), ("101", "correct horse"),
    ]) func othersDoNot(who: String, password: String) async throws {
        #expect(await (try Self.directory()).check(who, password: password, byNumber: false) == .wrong)
    }

    @Test func whoIsInNoGroupIsRefused() async throws {
        let answer = await (try Self.directory()).check("guest", password: "open sesame", byNumber: false)
        guard case .refused(let why) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(why.contains("none of the groups of uid=guest"))
    }

    @Test func whoIsNotTheOnlyOneIsRefused() async throws {
        let directory = try Self.directory { $0.filter = "(|(uid={user})(sn=Example))" }
        let answer = await directory.check("taro", password: "correct horse", byNumber: false)
        #expect(answer == .refused("the directory has several entries for taro"))
    }

    @Test func theOneWhoSearchesHasAPassword() async throws {
        let path = NSTemporaryDirectory() + "screenpop-signin-\(UUID().uuidString)"
        try DirectoryServer.searcherPassword.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let directory = try Self.directory { settings in
            settings.url = (try? DirectoryServer.shared.secureURL) ?? ""
            settings.authorities = (try? DirectoryServer.shared.certificate) ?? ""
            settings.user = DirectoryServer.searcher
            settings.secretFile = path
        }
        let answer = await directory.check("taro", password: "correct horse", byNumber: false)
        #expect(answer == .person(DirectoryPerson(operator: "101", role: .operator, name: "架空 太郎")))
        try "wrong".write(toFile: path, atomically: true, encoding: .utf8)
        guard case .unavailable(let why) = await directory.check("taro", password: "correct horse", byNumber: false)
        else {
            Issue.record("a wrong password of the one who searches is nobody's wrong password")
            return
        }
        #expect(why.contains(DirectoryServer.searcher))
    }

    @Test func aDirectoryThatIsSilentOrAwayIsUnavailableInTime() async throws {
        let silent = try LookupServer { _ in .silence }
        for port in [silent.port, 1] {
            let directory = try Self.directory { settings in
                settings.url = "ldap://127.0.0.1:\(port)"
                settings.timeout = 200
            }
            let began = ContinuousClock.now
            let answer = await directory.check("taro", password: "correct horse", byNumber: false)
            guard case .unavailable = answer else {
                Issue.record("\(answer)")
                continue
            }
            #expect(began.duration(to: .now) < .seconds(10))
        }
    }
}
