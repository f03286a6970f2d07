import CallCenter
import Foundation
import Testing

@testable import Storage

@Suite struct TokenStoreTests {
    let directory: StateDirectory
    let tokens: TokenStore

    init() throws {
        directory = try StateDirectory()
        tokens = try TokenStore.open(directory: directory.path)
    }

    @Test func aTokenOpensUntilItIsRevoked() throws {
        let made = try tokens.create(
            role: .operator, name: "席 101", operator: "101", source: nil, expiresAt: nil, now: morning)
        #expect(made.secret.hasPrefix("sp_"))
        #expect(made.secret.count >= 40)
        #expect(tokens.verify(made.secret, now: morning)?.operator == "101")
        #expect(tokens.verify(made.secret + "x", now: morning) == nil)
        #expect(tokens.verify("", now: morning) == nil)
        #expect(try tokens.revoke(made.token.id))
        #expect(try !tokens.revoke(made.token.id))
        #expect(tokens.verify(made.secret, now: morning) == nil)
        #expect(tokens.list() == [])
        #expect(try TokenStore.open(directory: directory.path).verify(made.secret, now: morning) == nil)
    }

    @Test func aTokenEndsAtItsTime() throws {
        let made = try tokens.create(
            role: .supervisor, name: "wall", operator: nil, source: nil, expiresAt: morning + 1_000, now: morning)
        #expect(tokens.verify(made.secret, now: morning + 999)?.role == .supervisor)
        #expect(tokens.verify(made.secret, now: morning + 1_000) == nil)
        let again = try TokenStore.open(directory: directory.path)
        #expect(again.verify(made.secret, now: morning + 999)?.name == "wall")
        #expect(again.verify(made.secret, now: morning + 1_000) == nil)
    }

    @Test func everythingButItselfIsListedAndKept() throws {
        let wish: [(Role, String?, String?)] = [
            (.operator, "101", nil), (.supervisor, nil, nil), (.admin, nil, nil), (.ingest, nil, "pbx2"),
        ]
        var made: [(secret: String, token: Token)] = []
        for (i, one) in wish.enumerated() {
            made.append(
                try tokens.create(
                    role: one.0, name: "n\(i)", operator: one.1, source: one.2, expiresAt: nil, now: morning + Int64(i))
            )
        }
        #expect(tokens.list() == made.map(\.token))
        _ = tokens.verify(made[1].secret, now: morning + 120_000)
        // Within a minute the time is not noted again.
        _ = tokens.verify(made[1].secret, now: morning + 130_000)
        var expected = made.map(\.token)
        expected[1].lastUsedAt = morning + 120_000
        #expect(try TokenStore.open(directory: directory.path).list() == expected)
    }

    /// An id that begins with `-` would be an option on the command line.
    @Test func idsCanBeTyped() throws {
        for _ in 0..<200 {
            let id = try tokens.create(
                role: .admin, name: "x", operator: nil, source: nil, expiresAt: nil, now: morning
            ).token.id
            #expect(id.count == 12)
            #expect(id.allSatisfy { $0.isHexDigit })
        }
        #expect(Set(tokens.list().map(\.id)).count == 200)
    }

    @Test func onlyAHashIsOnTheDiskAndNobodyElseMayReadIt() throws {
        let secrets = try (0..<20).map {
            try tokens.create(role: .admin, name: "t\($0)", operator: nil, source: nil, expiresAt: nil, now: morning)
                .secret
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: directory.path).filter {
            $0.hasPrefix("access.db")
        }
        #expect(files.contains("access.db"))
        for file in files {
            let path = directory.path + "/" + file
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            for secret in secrets {
                #expect(bytes.range(of: Data(secret.utf8)) == nil)
                #expect(bytes.range(of: Data(secret.dropFirst(3).utf8)) == nil)
            }
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        }
    }
}
