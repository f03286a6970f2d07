import CallCenter
import SQLite

/// What an account signs in with besides its password.
struct SecondFactor: Equatable, Sendable {
    /// Shared with the authenticator: the one secret that is kept as it is, as codes are computed from it.
    var secret: [UInt8]
    var since: Timestamp
    /// The step of the newest code that was used: that one and older ones are not taken again.
    var lastStep: Int64
    /// The hashes of recovery codes that were not used.
    var recovery: [[UInt8]]
}

/// What came of a code.
public enum CodeCheck: Equatable, Sendable {
    /// It is the code of now, or of a step beside it; it is used up.
    case right
    /// It is no code of this account.
    case wrong
    /// A code that was used already: the authenticator shows the next one within half a minute.
    case used
    /// The account has no second factor.
    case noFactor
}

extension AccountStore {
    static let secondFactorSchema = """
        ALTER TABLE session ADD COLUMN address TEXT;
        ALTER TABLE session ADD COLUMN agent TEXT;
        CREATE TABLE second_factor(
          operator TEXT PRIMARY KEY, secret BLOB NOT NULL, since INTEGER NOT NULL, last_step INTEGER NOT NULL,
          recovery BLOB NOT NULL) STRICT, WITHOUT ROWID
        """

    /// Bytes of a recovery code's hash.
    private static let hashBytes = 32

    static func readSecondFactors(_ database: borrowing Connection) throws(SQLiteError) -> [String: SecondFactor] {
        let all = try database.prepare("SELECT operator, secret, since, last_step, recovery FROM second_factor")
        var found: [String: SecondFactor] = [:]
        while try all.step() {
            let hashes = all.withBytes(4) { Array($0) }
            found[all.text(0) ?? ""] = SecondFactor(
                secret: all.withBytes(1) { Array($0) }, since: Timestamp(ms: all.int(2)), lastStep: all.int(3),
                recovery: stride(from: 0, to: hashes.count - hashBytes + 1, by: hashBytes).map {
                    Array(hashes[$0..<$0 + hashBytes])
                })
        }
        return found
    }

    static func write(
        _ factor: SecondFactor, of who: String, _ database: borrowing Connection
    ) throws(SQLiteError) {
        let write = try database.prepare("INSERT OR REPLACE INTO second_factor VALUES(?,?,?,?,?)")
        try write.bind(who, 1)
        try write.bind(factor.secret, 2)
        try write.bind(factor.since.ms, 3)
        try write.bind(factor.lastStep, 4)
        try write.bind(factor.recovery.flatMap { $0 }, 5)
        try write.run()
    }

    /// Since when an account has a second factor, and how many recovery codes are left; nil without one.
    public func secondFactor(of who: String) -> (since: Timestamp, recoveryCodesLeft: Int)? {
        guard let found = state.withLock({ $0.memory.factors[who] }) else { return nil }
        return (found.since, found.recovery.count)
    }

    /// Gives an account a second factor, in place of the one it has, when a code shows that the authenticator has the
    /// secret.
    ///
    /// - Returns: the recovery codes, of which only hashes are stored; nil for a wrong code, or an unknown account.
    public func setSecondFactor(
        of who: String, secret: [UInt8], code: String, by author: Author? = nil, now: Timestamp
    ) throws(StoreError) -> [String]? {
        guard let step = OneTimeCode.step(of: code, secret, near: now) else { return nil }
        let codes = OneTimeCode.newRecoveryCodes()
        let factor = SecondFactor(
            secret: secret, since: now, lastStep: step, recovery: codes.map(OneTimeCode.recoveryHash))
        return try write { memory in
            guard memory.has(account: who) else { return (nil, nil) }
            return (SecretEntry(at: now, .secondFactor(operator: who, factor), by: author), codes)
        }
    }

    /// False when there was none.
    public func removeSecondFactor(
        of who: String, by author: Author? = nil, now: Timestamp
    ) throws(StoreError) -> Bool {
        try write { memory in
            guard memory.factors[who] != nil else { return (nil, false) }
            return (SecretEntry(at: now, .secondFactorRemoved(operator: who), by: author), true)
        }
    }

    /// Uses a code of the authenticator, or a recovery code. Each is taken once.
    public func use(code: String, of who: String, now: Timestamp) throws(StoreError) -> CodeCheck {
        let hash = OneTimeCode.recoveryHash(code)
        return try write(mayBeLate: true) { memory in
            guard let factor = memory.factors[who] else { return (nil, .noFactor) }
            if let step = OneTimeCode.step(of: code, factor.secret, near: now) {
                guard step > factor.lastStep else { return (nil, .used) }
                return (SecretEntry(at: now, .codeUsed(operator: who, step: step)), .right)
            }
            guard factor.recovery.contains(hash) else { return (nil, .wrong) }
            return (SecretEntry(at: now, .recoveryCodeUsed(operator: who, hash: hash)), .right)
        }
    }
}
