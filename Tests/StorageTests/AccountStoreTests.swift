import CallCenter
import Foundation
import Testing

@testable import Storage

@Suite struct AccountStoreTests {
    let directory: StateDirectory
    let accounts: AccountStore

    init() throws {
        directory = try StateDirectory()
        accounts = try AccountStore.open(directory: directory.path)
    }

    /// RFC 7914, section 12: the third vector.
    @Test func scryptIsThatOfTheRFC() throws {
        let hash: [UInt8] = [
            0x70, 0x23, 0xbd, 0xcb, 0x3a, 0xfd, 0x73, 0x48, 0x46, 0x1c, 0x06, 0xcd, 0x81, 0xfd, 0x38, 0xeb, 0xfd, 0xa8,
            0xfb, 0xba, 0x90, 0x4f, 0x8e, 0x3e,
            0xa9, 0xb5, 0x43, 0xf6, 0x54, 0x5d, 0xa1, 0xf2,
        ]
        let cost = Password.Cost(rounds: 16_384, blockSize: 8, parallelism: 1)
        #expect(Password(salt: Array("SodiumChloride".utf8), hash: hash, cost: cost).matches("pleaseletmein"))
        #expect(!Password(salt: Array("SodiumChloride".utf8), hash: hash, cost: cost).matches("pleaseletmeiN"))
    }

    @Test func twoOfTheSamePasswordAreKeptDifferently() throws {
        let cost = Password.Cost(rounds: 16, blockSize: 1, parallelism: 1)
        let a = try Password(of: "が", cost: cost), b = try Password(of: "が", cost: cost)
        #expect(a.hash != b.hash && a.salt != b.salt)
        // Composed and decomposed: か with the mark behind it.
        #expect(a.matches("\u{304B}\u{3099}"))
        #expect(!a.matches("か"))
    }

    @Test func whoKnowsThePasswordSignsInUntilItIsReset() throws {
        let made = try accounts.set("101", role: .operator, name: "佐藤", password: "correct horse", now: morning)
        #expect(
            made
                == Account(
                    operator: "101", role: .operator, name: "佐藤", createdAt: morning, changedAt: morning,
                    lastSignInAt: nil))
        #expect(accounts.check("101", password: "wrong horse") == nil)
        #expect(accounts.check("102", password: "correct horse") == nil)
        #expect(accounts.check("101", password: "correct horse")?.operator == "101")
        let session = try accounts.signIn("101", now: morning)
        #expect(accounts.session(session.secret, now: morning)?.account.name == "佐藤")
        #expect(accounts.session(session.secret + "x", now: morning) == nil)
        // A daemon that is started again knows both.
        let again = try AccountStore.open(directory: directory.path)
        #expect(again.session(session.secret, now: morning)?.account.operator == "101")
        #expect(again.account("101")?.lastSignInAt == morning)
        _ = try again.set("101", role: .operator, name: nil, password: "battery staple", now: morning + 1)
        #expect(again.session(session.secret, now: morning + 1) == nil)
        #expect(again.check("101", password: "correct horse") == nil)
        #expect(again.account("101")?.createdAt == morning)
    }

    @Test func aSessionEndsByItselfAndBySigningOut() throws {
        _ = try accounts.set("900", role: .supervisor, name: nil, password: "correct horse", now: morning)
        let first = try accounts.signIn("900", now: morning), second = try accounts.signIn("900", now: morning)
        #expect(accounts.session(first.secret, now: morning + AccountStore.sessionMs - 1) != nil)
        #expect(accounts.session(first.secret, now: morning + AccountStore.sessionMs) == nil)
        try accounts.signOut(second.secret)
        #expect(accounts.session(second.secret, now: morning) == nil)
        #expect(accounts.session(first.secret, now: morning) != nil)
        #expect(try accounts.remove("900"))
        #expect(try !accounts.remove("900"))
        #expect(accounts.session(first.secret, now: morning) == nil && accounts.list() == [])
    }

    @Test func nobodyElseMayReadTheFile() throws {
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + "/accounts.db")
        #expect((attributes[.posixPermissions] as? Int ?? 0) & 0o077 == 0)
    }
}
