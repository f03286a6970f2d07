import CallCenter
import HTTPTypes
import Logging
import Storage

/// Asks a directory about a name and a password.
///
/// - Parameter byNumber: the name is an operator's number, that of an account that signed in before.
public typealias DirectoryCheck = @Sendable (
    _ who: String, _ password: String, _ byNumber: Bool
) async -> DirectoryAnswer

/// Checks passwords and codes of accounts, no faster than `SignInLimit` allows.
struct SignInGate: Sendable {
    let accounts: AccountStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    /// nil: the accounts are the daemon's own.
    let directory: DirectoryCheck?
    private let limit = Mutexed(SignInLimit())

    init(
        accounts: AccountStore, now: @escaping @Sendable () -> Timestamp, logger: Logger,
        directory: DirectoryCheck? = nil
    ) {
        self.accounts = accounts
        self.now = now
        self.logger = logger
        self.directory = directory
    }

    /// The account whose password this is, and whose code, where it has a second factor.
    ///
    /// - Parameters:
    ///   - code: of the authenticator, or a recovery code. Each is taken once.
    ///   - address: where the attempt comes from.
    ///   - isOwn: `who` is the account that has signed in, which shows again whose it is.
    /// - Throws: `Problem` 401 for a wrong password or code, with `second_factor` when the password was right; 429 when
    ///   there were too many wrong attempts.
    func check(_ who: String, password: String, code: String?, from address: String, isOwn: Bool = false)
        async throws -> Account
    {
        let keys = [SignInLimit.Key.operator(who), .address(address)], now = self.now()
        let wait = limit.value.wait(keys, now: now)
        if wait > 0 {
            throw Problem(
                .tooManyRequests, "Too many wrong tries; the next one in \((wait + 999) / 1_000) s.",
                headers: [.retryAfter: String((wait + 999) / 1_000)]
            ) { $0.field("retry_after_ms", wait) }
        }
        // Counted before the check, so that parallel attempts count as many.
        limit.change { $0.failed(keys, now: now) }
        let accounts = self.accounts
        let own = try await BlockingThreads.passwords.run { accounts.check(who, password: password) }
        var found = own
        if found == nil { found = try await outside(who, password: password, isOwn: isOwn, keys) }
        guard let account = found else {
            logger.notice("a wrong password at the desk", metadata: ["OPERATOR": "\(who.prefix(64))"])
            throw Problem(.unauthorized, "Operator number or password is wrong.")
        }
        if accounts.secondFactor(of: account.operator) != nil {
            guard let code, !code.isEmpty else {
                limit.change { $0.withdrawn(keys) }
                throw SignInGate.refused("needed", "A code of the authenticator is needed, or a recovery code.")
            }
            try use(code, of: account.operator, now)
        }
        limit.change { $0.succeeded(keys) }
        return account
    }

    /// The account of somebody whom the directory vouches for; nil for a wrong name or password.
    ///
    /// An account with a password of its own is asked of nobody else: it is what is left when the directory is away.
    private func outside(
        _ who: String, password: String, isOwn: Bool, _ keys: [SignInLimit.Key]
    ) async throws -> Account? {
        // A name without a password would be an anonymous bind, which succeeds.
        guard let directory, !password.isEmpty else { return nil }
        guard accounts.account(who) == nil || accounts.isOutside(who) else { return nil }
        switch await directory(who, password, isOwn) {
        case .wrong: return nil
        case .refused(let why):
            logger.notice("a sign-in that the directory's groups do not allow: \(why)")
            return nil
        case .unavailable(let why):
            limit.change { $0.withdrawn(keys) }
            logger.error("nobody of the directory can sign in: \(why)")
            throw Problem(.serviceUnavailable, "The directory cannot be asked now; accounts of the daemon's own can.")
        case .person(let person):
            guard !isOwn || person.operator == who else { return nil }
            let before = accounts.account(person.operator)
            if let account = try accounts.adopt(person, now: now()) {
                if before?.role != account.role {
                    logger.notice("operator \(account.operator) of the directory signs in as \(account.role.rawValue)")
                }
                return account
            }
            logger.error(
                "operator \(person.operator) of the directory has an account with a password of its own; remove one")
            return nil
        }
    }

    private func use(_ code: String, of who: String, _ now: Timestamp) throws {
        switch try accounts.use(code: code.filter { !$0.isWhitespace }, of: who, now: now) {
        case .right, .noFactor: return
        case .used: throw SignInGate.refused("used", "This code was used already: wait for the next one.")
        case .wrong:
            logger.notice("a wrong code at the desk", metadata: ["OPERATOR": "\(who.prefix(64))"])
            throw SignInGate.refused("wrong", "This code is wrong.")
        }
    }

    private static func refused(_ why: String, _ detail: String) -> Problem {
        Problem(.unauthorized, detail) { $0.field("second_factor", why) }
    }
}

extension Problem {
    static let factorMissing = Problem(
        .unauthorized, "This account needs a second factor: sign in again, and set it up.")
}
