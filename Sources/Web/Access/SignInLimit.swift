import CallCenter

/// Rate limit for sign-ins: after a few wrong passwords the next attempt has to wait, longer each time. By operator and
/// by address, so that neither one account nor one machine can be tried fast.
struct SignInLimit: Sendable {
    /// Wrong attempts without a wait: people mistype, and many operators may share an address.
    static let freeOfOperator = 5, freeOfAddress = 50
    /// The first wait after them, doubled by each further attempt. Milliseconds.
    static let firstWaitMs: Int64 = 5_000
    static let waitMaxMs: Int64 = 900_000
    /// Wrong attempts are forgotten after this time. Milliseconds.
    static let forgottenAfterMs: Int64 = 3_600_000
    /// Maximum of remembered keys; beyond it the oldest are removed.
    static let keysMax = 10_000

    /// What attempts are counted by.
    enum Key: Hashable, Sendable {
        case `operator`(String)
        case address(String)

        var free: Int {
            switch self {
            case .operator: SignInLimit.freeOfOperator
            case .address: SignInLimit.freeOfAddress
            }
        }
    }

    private struct Tries {
        var count: Int
        var lastAt: Timestamp
    }
    private var tries: [Key: Tries] = [:]

    /// How long the next attempt has to wait; 0 for not at all. Milliseconds.
    func wait(_ keys: [Key], now: Timestamp) -> Int64 {
        keys.map { key in
            guard let one = tries[key], one.count >= key.free, now - one.lastAt < SignInLimit.forgottenAfterMs else {
                return 0
            }
            let pause = min(SignInLimit.firstWaitMs << Int64(min(one.count - key.free, 20)), SignInLimit.waitMaxMs)
            return max(0, pause - (now - one.lastAt))
        }.max() ?? 0
    }

    mutating func failed(_ keys: [Key], now: Timestamp) {
        if tries.count >= SignInLimit.keysMax {
            tries = tries.filter { now - $0.value.lastAt < SignInLimit.forgottenAfterMs }
            if tries.count >= SignInLimit.keysMax,
                let oldest = tries.min(by: { $0.value.lastAt < $1.value.lastAt })?.key
            {
                tries[oldest] = nil
            }
        }
        for key in keys {
            let old = tries[key].flatMap { now - $0.lastAt < SignInLimit.forgottenAfterMs ? $0.count : nil } ?? 0
            tries[key] = Tries(count: old + 1, lastAt: now)
        }
    }

    /// Takes an attempt back that was counted and is none: a right password whose code has not been sent yet. Other
    /// wrong attempts stay, or whoever knows the password could try codes without a wait.
    mutating func withdrawn(_ keys: [Key]) {
        for key in keys { tries[key]?.count -= 1 }
    }

    /// Removes the operator's wrong attempts. Those of the address stay, except this one: others may guess from there.
    mutating func succeeded(_ keys: [Key]) {
        for key in keys {
            switch key {
            case .operator: tries[key] = nil
            case .address: tries[key]?.count -= 1
            }
        }
    }
}
