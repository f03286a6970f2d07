import CallCenter
import HTTPTypes
import Logging
import Storage

/// Checks passwords and codes of accounts, no faster than `SignInLimit` allows.
struct SignInGate: Sendable {
    let accounts: AccountStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    private let limit = Mutexed(SignInLimit())

    /// The account whose password this is, and whose code, where it has a second factor.
    ///
    /// - Parameters:
    ///   - code: of the authenticator, or a recovery code. Each is taken once.
    ///   - address: where the attempt comes from.
    /// - Throws: `Problem` 401 for a wrong password or code, with `second_factor` when the password was right; 429 when
    ///   there were too many wrong attempts.
    func check(_ who: String, password: String, code: String?, from address: String) async throws -> Account {
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
        guard let account = try await BlockingThreads.passwords.run({ accounts.check(who, password: password) }) else {
            logger.notice("a wrong password at the desk", metadata: ["OPERATOR": "\(who.prefix(64))"])
            throw Problem(.unauthorized, "Operator number or password is wrong.")
        }
        if accounts.secondFactor(of: who) != nil {
            guard let code, !code.isEmpty else {
                limit.change { $0.withdrawn(keys) }
                throw SignInGate.refused("needed", "A code of the authenticator is needed, or a recovery code.")
            }
            try use(code, of: who, now)
        }
        limit.change { $0.succeeded(keys) }
        return account
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
