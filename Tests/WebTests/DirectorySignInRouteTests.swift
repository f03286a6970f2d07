import CallCenter
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import Settings
@testable import Storage
@testable import Web

/// Signing in with a directory behind the accounts: what each answer of it means.
@Suite struct DirectorySignInRouteTests {
    /// A directory that a test decides.
    private final class Directory: Sendable {
        let asked = Mutex<[String]>([])
        let answer = Mutex(DirectoryAnswer.wrong)

        func set(_ next: DirectoryAnswer) { answer.withLock { $0 = next } }
        var count: Int { asked.withLock { $0.count } }
    }

    private static func routes(_ directory: Directory) throws -> Routes {
        let routes = try Routes { parts in
            parts.directory = { who, _, byNumber in
                directory.asked.withLock { $0.append(byNumber ? "number \(who)" : who) }
                return directory.answer.withLock { $0 }
            }
        }
        let admin = Account(
            operator: "900", role: .admin, name: nil, createdAt: routes.clock.now, changedAt: routes.clock.now,
            lastSignInAt: nil)
        let hash = try Password(of: SignInTests.password, cost: .init(rounds: 16, blockSize: 1, parallelism: 1))
        try routes.parts.accounts.write { _ in (SecretEntry(at: admin.createdAt, .account(admin, hash)), ()) }
        return routes
    }

    private static func person(_ who: String = "101", _ role: Role = .operator) -> DirectoryAnswer {
        .person(DirectoryPerson(operator: who, role: role, name: "Taro Example"))
    }

    @Test func somebodyOfTheDirectorySignsInWithoutAnAccount() async throws {
        let directory = Directory(), routes = try Self.routes(directory)
        directory.set(Self.person())
        let answer = try await SignInTests.signIn(routes, "taro", password: "of the directory")
        #expect(answer.status == 200 && answer.json["operator"] as? String == "101")
        #expect(answer.json["name"] as? String == "Taro Example")
        #expect(routes.parts.accounts.isOutside("101"))
        // Whatever is typed, nothing is the password of that account here.
        #expect(routes.parts.accounts.check("101", password: "of the directory") == nil)
        let own = try SignInTests.cookie(answer)
        #expect(try await routes.ask(.get, "/v1/session", headers: own, token: "").status == 200)
        // Again, with nothing new: the session stays.
        #expect(try await SignInTests.signIn(routes, "taro", password: "of the directory").status == 200)
        #expect(try await routes.ask(.get, "/v1/session", headers: own, token: "").status == 200)
        // Another role: sessions of before end.
        directory.set(Self.person("101", .supervisor))
        let other = try await SignInTests.signIn(routes, "taro", password: "of the directory")
        #expect(other.json["role"] as? String == "supervisor")
        #expect(try await routes.ask(.get, "/v1/session", headers: own, token: "").status == 401)
    }

    @Test func accountsOfTheDaemonsOwnStayWhatTheyAre() async throws {
        let directory = Directory(), routes = try Self.routes(directory)
        directory.set(.unavailable("it is away"))
        #expect(try await SignInTests.signIn(routes, "900").status == 200)
        // A wrong password of such an account is asked of nobody else.
        directory.set(Self.person("900"))
        #expect(try await SignInTests.signIn(routes, "900", password: "wrong horse").status == 401)
        #expect(directory.count == 0)
        // And somebody of the directory with the number of one gets nothing of it.
        #expect(try await SignInTests.signIn(routes, "taro", password: "of the directory").status == 401)
        #expect(directory.count == 1)
        #expect(routes.parts.accounts.account("900")?.role == .admin)
        #expect(try await SignInTests.signIn(routes, "900").status == 200)
    }

    @Test func anEmptyPasswordIsNotAsked() async throws {
        let directory = Directory(), routes = try Self.routes(directory)
        directory.set(Self.person())
        #expect(try await SignInTests.signIn(routes, "taro", password: "").status == 401)
        #expect(directory.count == 0)
    }

    @Test func guessesAreLimitedAsThoseOfPasswords() async throws {
        let directory = Directory(), routes = try Self.routes(directory)
        for _ in 0..<SignInLimit.freeOfOperator {
            #expect(try await SignInTests.signIn(routes, "taro", password: "wrong").status == 401)
        }
        #expect(try await SignInTests.signIn(routes, "taro", password: "wrong").status == 429)
        #expect(directory.count == SignInLimit.freeOfOperator)
    }

    @Test func whoIsInNoGroupAndADirectoryThatIsAway() async throws {
        let directory = Directory(), routes = try Self.routes(directory)
        directory.set(.refused("no group"))
        let refused = try await SignInTests.signIn(routes, "taro", password: "of the directory")
        #expect(refused.status == 401 && !refused.text.contains("no group"))
        directory.set(.unavailable("ldaps://ldap.example is away"))
        for _ in 0..<10 {
            let away = try await SignInTests.signIn(routes, "taro", password: "of the directory")
            #expect(away.status == 503 && !away.text.contains("ldap.example"))
        }
    }

    @Test func itsPasswordIsChangedInTheDirectory() async throws {
        let directory = Directory(), routes = try Self.routes(directory)
        directory.set(Self.person())
        let own = try SignInTests.cookie(try await SignInTests.signIn(routes, "taro", password: "of the directory"))
        let changed = try await routes.ask(
            .put, "/v1/account/password", #"{"password":"of the directory","new_password":"a new long one"}"#,
            headers: own, token: "")
        #expect(changed.status == 409 && changed.detail.contains("change it there"))
        // A second factor is the daemon's, and whose it is is asked of the directory by number.
        let begun = try await routes.ask(
            .post, "/v1/account/second-factor", #"{"password":"of the directory"}"#, headers: own, token: "")
        #expect(begun.status == 201, "\(begun.text)")
        #expect(directory.asked.withLock { $0.last } == "number 101")
    }
}
