import CallCenter
import Foundation
import Testing

@testable import Storage

/// Codes of authenticators, and what is stored of them.
@Suite struct SecondFactorTests {
    static let secret = Array("12345678901234567890".utf8)

    /// RFC 6238, appendix B, the rows of SHA-1; RFC 4226, appendix D, for six digits.
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"), (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ] as [(Int64, String)]) func codesAreThoseOfTheRFC(seconds: Int64, code: String) {
        let step = OneTimeCode.step(at: Timestamp(ms: seconds * 1_000))
        #expect(OneTimeCode.code(Self.secret, step: step, digits: 8) == code)
        #expect(OneTimeCode.code(Self.secret, step: step) == String(code.suffix(6)))
    }

    @Test func countersAreThoseOfTheRFC() {
        let codes = [
            "755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
        ]
        for (counter, code) in codes.enumerated() {
            #expect(OneTimeCode.code(Self.secret, step: Int64(counter)) == code)
        }
    }

    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"),
        ("foobar", "MZXW6YTBOI"),
    ]) func lettersAreThoseOfTheRFC(text: String, letters: String) {
        #expect(OneTimeCode.base32(Array(text.utf8)) == letters)
    }

    @Test func aSecretIsShownInGroupsAndAsAnAddress() {
        #expect(OneTimeCode.grouped(Array("foobar".utf8)) == "MZXW 6YTB OI")
        #expect(
            OneTimeCode.uri(Array("foobar".utf8), account: "佐 1")
                == "otpauth://totp/screenpop:%E4%BD%90%201?secret=MZXW6YTBOI&issuer=screenpop&algorithm=SHA1"
                + "&digits=6&period=30")
        #expect(OneTimeCode.newSecret().count == 20 && OneTimeCode.newSecret() != OneTimeCode.newSecret())
    }

    @Test func aTelephonesClockMayBeOneStepOff() {
        let step = OneTimeCode.step(at: morning)
        for off in Int64(-3)...3 {
            let code = OneTimeCode.code(Self.secret, step: step + off)
            let found = OneTimeCode.step(of: code, Self.secret, near: morning)
            #expect(found == (abs(off) <= 1 ? step + off : nil), "\(off)")
        }
        for wrong in ["", "12345", "1234567", "abcdef", "１２３４５６"] {
            #expect(OneTimeCode.step(of: wrong, Self.secret, near: morning) == nil)
        }
    }

    /// An account that is made without its password's hash, which takes long.
    private func account(_ who: String, in store: AccountStore) throws {
        let cost = Password.Cost(rounds: 16, blockSize: 1, parallelism: 1)
        let account = Account(
            operator: who, role: .operator, name: nil, createdAt: morning, changedAt: morning, lastSignInAt: nil)
        let password = try Password(of: "correct horse", cost: cost)
        try store.write { _ in (SecretEntry(at: morning, .account(account, password)), ()) }
    }

    private func code(_ secret: [UInt8], _ time: Timestamp) -> String {
        OneTimeCode.code(secret, step: OneTimeCode.step(at: time))
    }

    @Test func eachCodeIsTakenOnceAndARestartKnowsIt() throws {
        let directory = try StateDirectory(), store = try AccountStore.open(directory: directory.path)
        try account("101", in: store)
        let secret = OneTimeCode.newSecret()
        #expect(try store.use(code: "123456", of: "101", now: morning) == .noFactor)
        #expect(try store.setSecondFactor(of: "101", secret: secret, code: "000000", now: morning) == nil)
        let unknown = try store.setSecondFactor(of: "9", secret: secret, code: code(secret, morning), now: morning)
        #expect(unknown == nil)
        let codes = try #require(
            try store.setSecondFactor(of: "101", secret: secret, code: code(secret, morning), now: morning))
        #expect(codes.count == 10 && Set(codes).count == 10)
        #expect(store.secondFactor(of: "101")?.recoveryCodesLeft == 10)
        // The one that it was set up with is used.
        #expect(try store.use(code: code(secret, morning), of: "101", now: morning) == .used)
        let next = code(secret, morning + 30_000)
        #expect(try store.use(code: next, of: "101", now: morning + 1) == .right)
        let again = try AccountStore.open(directory: directory.path)
        #expect(try again.use(code: next, of: "101", now: morning + 30_000) == .used)
        #expect(try again.use(code: "000000", of: "101", now: morning + 60_000) == .wrong)
        // Typed in capitals and without the hyphen.
        let typed = codes[3].uppercased().replacing("-", with: " ")
        #expect(try again.use(code: typed, of: "101", now: morning) == .right)
        #expect(try again.use(code: codes[3], of: "101", now: morning) == .wrong)
        #expect(try AccountStore.open(directory: directory.path).secondFactor(of: "101")?.recoveryCodesLeft == 9)
        #expect(try again.removeSecondFactor(of: "101", now: morning))
        #expect(try !again.removeSecondFactor(of: "101", now: morning))
        #expect(try AccountStore.open(directory: directory.path).secondFactor(of: "101") == nil)
    }

    @Test func sessionsAreListedAndEnded() throws {
        let directory = try StateDirectory(), store = try AccountStore.open(directory: directory.path)
        try account("101", in: store)
        try account("102", in: store)
        let long = String(repeating: "é", count: 300)
        let first = try store.signIn("101", from: .init(address: "10.0.0.7", agent: long), now: morning)
        let second = try store.signIn("101", now: morning + 1), other = try store.signIn("102", now: morning + 2)
        let listed = store.sessions(of: "101", now: morning + 3)
        #expect(listed.map(\.openedAt) == [morning + 1, morning])
        #expect(listed[1].origin.address == "10.0.0.7" && listed[1].origin.agent?.utf8.count == 200)
        #expect(listed[1].id == store.sessionID(ofSecret: first.secret) && listed[1].id.count == 16)
        #expect(store.sessions(now: morning + 3).count == 3)
        #expect(store.sessions(now: morning + AccountStore.sessionMs + 3) == [])
        // Nobody ends another's by the own account.
        let othersID = store.sessionID(ofSecret: other.secret)
        #expect(try !store.endSession(othersID, of: "101", now: morning + 3))
        #expect(try store.endSessions(of: "101", allBut: second.secret, now: morning + 3) == 1)
        #expect(store.session(first.secret, now: morning + 3) == nil)
        let again = try AccountStore.open(directory: directory.path)
        #expect(again.sessions(now: morning + 3) == store.sessions(now: morning + 3))
        #expect(again.session(second.secret, now: morning + 3) != nil)
        #expect(try again.endSession(othersID, now: morning + 4))
        #expect(try again.endSessions(of: "101", now: morning + 4) == 1)
        #expect(try again.endSessions(of: "101", now: morning + 4) == 0)
        #expect(try AccountStore.open(directory: directory.path).sessions(now: morning + 4) == [])
    }

    /// Another machine, and a rebuild, come to the same by the entries alone.
    @Test func entriesMakeTheSame() throws {
        let log = MemoryChangeLog(), one = try StateDirectory(), two = try StateDirectory()
        let store = try AccountStore.open(directory: one.path, log: log)
        try account("101", in: store)
        let secret = OneTimeCode.newSecret()
        let codes = try #require(
            try store.setSecondFactor(of: "101", secret: secret, code: code(secret, morning), now: morning))
        _ = try store.use(code: codes[0], of: "101", now: morning)
        _ = try store.use(code: code(secret, morning + 30_000), of: "101", now: morning)
        let kept = try store.signIn("101", from: .init(address: "::1", agent: "curl"), now: morning)
        _ = try store.signIn("101", now: morning)
        _ = try store.endSessions(of: "101", allBut: kept.secret, now: morning)
        let other = try AccountStore.open(directory: two.path, log: MemoryChangeLog())
        try other.follow(log.entries)
        for copy in [other, try AccountStore.open(directory: two.path, log: MemoryChangeLog())] {
            #expect(copy.sessions(now: morning) == store.sessions(now: morning))
            #expect(copy.sessions(now: morning).first?.origin == .init(address: "::1", agent: "curl"))
            #expect(copy.secondFactor(of: "101")?.recoveryCodesLeft == 9)
            #expect(try copy.use(code: code(secret, morning + 30_000), of: "101", now: morning) == .used)
        }
        // Only hashes of recovery codes are in the log.
        let bytes = log.entries.flatMap(\.line)
        #expect(!String(decoding: bytes, as: UTF8.self).contains(codes[0]))
    }
}
