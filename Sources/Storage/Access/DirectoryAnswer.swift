import CallCenter

/// Somebody whom a directory vouches for.
public struct DirectoryPerson: Equatable, Sendable {
    /// The operator's number.
    public var `operator`: String
    /// What may be done in the person's sessions.
    var role: Role
    /// The person's name; nil when the directory has none.
    var name: String?

    /// Copies its arguments.
    public init(operator: String, role: Role, name: String?) {
        self.operator = `operator`
        self.role = role
        self.name = name
    }
}

/// What a directory says to a name and a password.
public enum DirectoryAnswer: Equatable, Sendable {
    /// It knows the person, and the password is right.
    case person(DirectoryPerson)
    /// It knows nobody with this name and this password.
    case wrong
    /// It knows the person, who cannot sign in: why, in a part of a sentence for the log.
    case refused(String)
    /// It was not asked: why, in a part of a sentence.
    case unavailable(String)
}

extension AccountStore {
    /// Accounts of a directory have this in the place of a password's salt, and a hash that no text has: their
    /// passwords are the directory's. It is in the log as any other, so that every node knows.
    private static let outside = Array("of a directory".utf8) + [0, 1]

    /// Whether an account's password is that of a directory.
    public func isOutside(_ who: String) -> Bool {
        state.withLock { $0.memory.accounts[who]?.password.salt == AccountStore.outside }
    }

    /// The account of somebody whom a directory vouches for: made, or changed when role or name are others now; then
    /// its sessions end. One whose role and name stay is not written.
    ///
    /// - Returns: nil where an account with a password of its own has the number: that one stays as it is.
    public func adopt(_ person: DirectoryPerson, now: Timestamp) throws(StoreError) -> Account? {
        let password = Password(
            salt: AccountStore.outside, hash: Array(repeating: 0, count: 32),
            cost: .init(rounds: 16, blockSize: 1, parallelism: 1))
        return try write { memory in
            let known = memory.accounts[person.operator]
            if let known {
                guard known.password.salt == AccountStore.outside else { return (nil, nil) }
                if known.account.role == person.role, known.account.name == person.name { return (nil, known.account) }
            }
            let account = Account(
                operator: person.operator, role: person.role, name: person.name,
                createdAt: known?.account.createdAt ?? now, changedAt: now, lastSignInAt: known?.account.lastSignInAt)
            return (SecretEntry(at: now, .account(account, password)), account)
        }
    }
}
