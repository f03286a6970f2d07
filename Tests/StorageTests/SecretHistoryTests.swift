import CallCenter
import Testing

@testable import Storage

/// Who made and changed accounts and tokens, without what they open with.
@Suite struct SecretHistoryTests {
    let chief = Author("900", through: .desk)

    @Test func changesOfAccountsNameTheirAuthor() throws {
        let directory = try StateDirectory()
        let store = try AccountStore.open(
            directory: directory.path, log: MemoryChangeLog(),
            cost: Password.Cost(rounds: 2, blockSize: 1, parallelism: 1))
        _ = try store.set("101", role: .operator, name: "高橋", password: "a long secret", by: chief, now: morning)
        _ = try store.set("101", role: .supervisor, name: "高橋", password: "b long secret", by: chief, now: morning + 1)
        _ = try store.signIn("101", now: morning + 2)
        #expect(try store.endSessions(of: "101", by: .command, now: morning + 3) == 1)
        #expect(try store.remove("101", by: .command, now: morning + 4))
        let all = try store.history(limit: 10)
        #expect(all.map(\.kind) == [.accountRemoved, .sessionsEnded, .accountChanged, .accountMade])
        #expect(all.map(\.author) == [.command, .command, chief, chief])
        #expect(all.allSatisfy { $0.subject == "101" })
        #expect(all[2].fields == [
            .init(name: "role", from: "operator", to: "supervisor"), .init(name: "password", from: nil, to: "set"),
        ])
        #expect(!"\(all)".contains("secret"))
        #expect(try store.history(of: "102", limit: 10) == [])
        #expect(try store.history(below: all[1].id, limit: 1).map(\.kind) == [.accountChanged])
        // A sign-in alone, and a change by nobody, have no line.
        _ = try store.set("102", role: .operator, name: nil, password: "c long secret", now: morning + 5)
        #expect(try store.history(limit: 10).count == 4)
    }

    @Test func changesOfTokensNameTheirAuthor() throws {
        let directory = try StateDirectory()
        let store = try TokenStore.open(directory: directory.path, log: MemoryChangeLog())
        let made = try store.create(
            role: .admin, name: "wall", operator: nil, source: nil, expiresAt: nil, by: chief, now: morning)
        #expect(try store.revoke(made.token.id, by: .command, now: morning + 1))
        let all = try store.history(limit: 10)
        #expect(all.map(\.kind) == [.tokenRevoked, .tokenMade] && all.map(\.author) == [.command, chief])
        #expect(all.allSatisfy { $0.subject == made.token.id })
        #expect(all[1].fields.first == .init(name: "name", from: nil, to: "wall"))
        #expect(!"\(all)".contains(made.secret))
    }
}
