import CallCenter
import Testing

@testable import Storage

/// The database of the log goes away: people sign in all the same, tokens are looked up, and other changes are refused.
@Suite struct SignInWithoutLogTests {
    let directory: StateDirectory
    let log = AwayLog()
    let accounts: AccountStore
    let tokens: TokenStore

    init() throws {
        directory = try StateDirectory()
        accounts = try AccountStore.open(
            directory: directory.path, log: log, cost: .init(rounds: 16, blockSize: 1, parallelism: 1),
            answering: .milliseconds(100))
        tokens = try TokenStore.open(directory: directory.path, log: log, answering: .milliseconds(100))
        _ = try accounts.set("101", role: .operator, name: nil, password: "correct horse", now: morning)
    }

    private func again() throws -> AccountStore { try AccountStore.open(directory: directory.path, log: log) }

    @Test func aTokenThatWaitsForTheLogStopsNoLookUp() async throws {
        let known = try tokens.create(
            role: .operator, name: "n", operator: "101", source: nil, expiresAt: nil, now: morning)
        log.become(.waits)
        #expect(throws: StoreError.unwritten(.undecided)) {
            try tokens.create(role: .operator, name: "m", operator: "101", source: nil, expiresAt: nil, now: morning)
        }
        #expect(throws: StoreError.unwritten(.behind)) { try tokens.revoke(known.token.id) }
        #expect(tokens.verify(known.secret, now: morning)?.name == "n")
        #expect(tokens.list().map(\.name) == ["n"])
        log.comeBack()
        #expect(await soon { tokens.list().map(\.name).sorted() == ["m", "n"] })
        #expect(try tokens.revoke(known.token.id))
        #expect(tokens.verify(known.secret, now: morning) == nil)
        #expect(try TokenStore.open(directory: directory.path, log: log).list().map(\.name) == ["m"])
    }

    @Test func whoSignsInIsSignedInAtOnce() async throws {
        let second = OneTimeCode.newSecret()
        let codes = try #require(
            try accounts.setSecondFactor(
                of: "101", secret: second, code: OneTimeCode.code(second, step: OneTimeCode.step(at: morning)),
                now: morning))
        log.become(.waits)
        #expect(try accounts.use(code: codes[0], of: "101", now: morning) == .right)
        #expect(try accounts.use(code: codes[0], of: "101", now: morning) == .wrong, "each is taken once")
        let first = try accounts.signIn("101", now: morning)
        log.become(.refuses(AwayLog.late))
        let other = try accounts.signIn("101", now: morning + 1)
        #expect(accounts.session(first.secret, now: morning + 2)?.account.operator == "101")
        #expect(accounts.session(other.secret, now: morning + 2) != nil)
        // Whoever changes who may sign in is refused.
        #expect(throws: StoreError.self) {
            try accounts.set("102", role: .operator, name: nil, password: "battery staple", now: morning)
        }
        #expect(accounts.account("102") == nil)
        let before = log.entries.count
        log.comeBack()
        #expect(await soon { log.entries.count == before + 3 })
        #expect(await soon { (try? again())?.session(other.secret, now: morning + 2) != nil })
        #expect(try again().session(first.secret, now: morning + 2) != nil)
        #expect(try again().secondFactor(of: "101")?.recoveryCodesLeft == codes.count - 1)
        let decoded = try SecretEntry.decode(Array(log.entries.dropFirst(before)))
        #expect(decoded.count == 3)
        guard case .recoveryCodeUsed = decoded[0].entry.change else {
            Issue.record("the order is another one: \(decoded.map(\.entry.change))")
            return
        }
    }

    @Test func aSessionThatTheLogNeverHadEndsBySigningOut() async throws {
        log.become(.refuses(AwayLog.late))
        let own = try accounts.signIn("101", now: morning)
        try accounts.signOut(own.secret, now: morning + 1)
        #expect(accounts.session(own.secret, now: morning + 2) == nil)
        log.comeBack()
        // The next change comes behind what was late.
        _ = try accounts.set("102", role: .operator, name: nil, password: "battery staple", now: morning)
        #expect(accounts.session(own.secret, now: morning + 2) == nil)
        #expect(try again().session(own.secret, now: morning + 2) == nil)
    }

    @Test func aSessionThatIsInTheLogStaysWhenItsEndIsRefused() throws {
        let own = try accounts.signIn("101", now: morning)
        log.become(.refuses(AwayLog.late))
        #expect(throws: StoreError.unwritten(AwayLog.late)) { try accounts.signOut(own.secret, now: morning + 1) }
        #expect(accounts.session(own.secret, now: morning + 2) != nil)
    }

    /// What is in no log is not in force where another node leads.
    @Test func aNodeThatLosesTheLeadEndsThem() async throws {
        log.become(.waits)
        let first = try accounts.signIn("101", now: morning)
        log.become(.refuses(AwayLog.late))
        let other = try accounts.signIn("101", now: morning + 1)
        log.lose(ChangeLogError("another node leads", .unknown))
        #expect(await soon { accounts.session(first.secret, now: morning + 2) == nil })
        #expect(accounts.session(other.secret, now: morning + 2) == nil)
        #expect(log.entries.count == 1)
    }

    @Test func aPasswordThatIsSetEndsWhatWasLateBeforeIt() async throws {
        log.become(.refuses(AwayLog.late))
        let own = try accounts.signIn("101", now: morning)
        log.comeBack()
        _ = try accounts.set("101", role: .operator, name: nil, password: "battery staple", now: morning + 1)
        #expect(accounts.session(own.secret, now: morning + 2) == nil)
        #expect(try again().session(own.secret, now: morning + 2) == nil)
    }
}
