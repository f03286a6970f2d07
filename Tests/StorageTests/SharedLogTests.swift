import CallCenter
import Testing

@testable import Storage

/// The log as a copy of one that machines share.
@Suite struct SharedLogTests {
    let directory: StateDirectory

    init() throws { directory = try StateDirectory() }

    /// Rows as a leader appends them: one with two events, one with rules and an event.
    static func rows(after seq: Int64 = 0, epoch: Int64 = 3) throws -> [LogRow] {
        let leader = try StateDirectory()
        var log = try EventLog.open(directory: leader.path)
        if seq > 0 { try log.join(LogIdentity(), behind: seq) }
        log.epoch = epoch
        func append(_ text: String) {
            Array(text.utf8).withUnsafeBytes { log.append(readAt: 7, source: "pbx", line: $0, facts: [4]) }
        }
        append("one")
        append("two")
        var rows = log.beginCommit()?.rows ?? []
        log.endCommit()
        Array("rules".utf8).withUnsafeBytes { log.append(change: $0, kind: .policy, readAt: 8) }
        append("three")
        rows += log.beginCommit()?.rows ?? []
        return rows
    }

    @Test func aCopyHasTheRowsByteForByte() throws {
        let rows = try Self.rows()
        var log = try EventLog.open(directory: directory.path)
        let followed1 = try log.follow(rows)
        #expect(followed1)
        #expect((log.lastSeq, log.committedSeq) == (4, 4))
        let newest = try log.newestRow()
        #expect(newest?.last == 4)
        #expect(newest?.epoch == 3)
        var lines: [String] = []
        try log.replay(after: 0) { lines.append("\($0.seq) \($0.kind) \(String(decoding: $0.line, as: UTF8.self))") }
        #expect(lines == ["1 event one", "2 event two", "3 policy rules", "4 event three"])
        // Rules are found as those of a log of one machine are.
        let policies = try log.policies().map { "\($0.after) \(String(decoding: $0.policy, as: UTF8.self))" }
        #expect(policies == ["3 rules"])
        _ = consume log
        let last = try EventLog.openCopy(directory: directory.path)?.lastSeq
        #expect(last == 4)
    }

    @Test func rowsThatDoNotContinueItChangeNothing() throws {
        let rows = try Self.rows()
        var log = try EventLog.open(directory: directory.path)
        let followed2 = try log.follow([rows[1]])
        #expect(!followed2)
        let followed3 = try log.follow([rows[0]])
        #expect(followed3)
        let followed4 = try log.follow([rows[0]])
        #expect(!followed4)
        let followed5 = try log.follow([])
        #expect(followed5)
        #expect(log.lastSeq == 2)
        // Nor does one with entries of its own that are not on disk yet.
        Array("own".utf8).withUnsafeBytes { log.append(readAt: 7, source: "pbx", line: $0, facts: []) }
        let followed6 = try log.follow([rows[1]])
        #expect(!followed6)
        log.rollback()
        let followed7 = try log.follow([rows[1]])
        #expect(followed7)
    }

    @Test func aRowWithAnotherCountIsNotRead() throws {
        var row = try Self.rows()[0]
        row.last += 1
        #expect(throws: LogRowError(first: 1)) { try row.forEach { _ in } }
        row.entries.removeLast()
        #expect(throws: LogRowError(first: 1)) { try row.forEach { _ in } }
    }

    @Test func aNewMachineJoinsBehindTheSharedLogsBeginning() throws {
        let identity = LogIdentity()
        var log = try EventLog.open(directory: directory.path)
        try log.join(identity, behind: 40)
        #expect(log.identity == identity)
        let followed8 = try log.follow(try Self.rows(after: 40))
        #expect(followed8)
        #expect(log.lastSeq == 44)
    }

    @Test func thereIsNoCopyInAnEmptyFolder() throws {
        let isThere = try EventLog.openCopy(directory: directory.path) != nil
        #expect(!isThere)
    }

    // MARK: Tokens and accounts

    @Test func tokensAndAccountsFollow() throws {
        let other = try StateDirectory(), log = MemoryChangeLog(), now = Timestamp(ms: 1_000_000)
        let tokens = try TokenStore.open(directory: other.path, log: log)
        let accounts = try AccountStore.open(directory: other.path, log: log)
        let kept = try tokens.create(
            role: .admin, name: "kept", operator: nil, source: nil, expiresAt: nil, now: now)
        let revoked = try tokens.create(
            role: .admin, name: "revoked", operator: nil, source: nil, expiresAt: nil, now: now)
        _ = try tokens.revoke(revoked.token.id, now: now)
        _ = try accounts.set("101", role: .operator, name: "青木", password: "a long password", now: now)
        let session = try accounts.signIn("101", now: now)

        let followed = try TokenStore.open(directory: directory.path, log: MemoryChangeLog())
        let followedAccounts = try AccountStore.open(directory: directory.path, log: MemoryChangeLog())
        try followed.follow(log.entries)
        try followedAccounts.follow(log.entries)
        #expect(followed.verify(kept.secret, now: now)?.name == "kept")
        #expect(followed.verify(revoked.secret, now: now) == nil)
        #expect(followedAccounts.session(session.secret, now: now)?.account.operator == "101")
        #expect(followedAccounts.check("101", password: "a long password") != nil)
        try accounts.signOut(session.secret, now: now)
        try followedAccounts.follow(Array(log.entries.suffix(1)))
        #expect(followedAccounts.session(session.secret, now: now) == nil)
        // And after a restart.
        let again = try AccountStore.open(directory: directory.path, log: MemoryChangeLog())
        #expect(again.list().map(\.operator) == ["101"])
        #expect(again.session(session.secret, now: now) == nil)
    }
}
