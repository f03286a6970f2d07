import PhoneNumbers
import Settings
import Synchronization

/// The current number rules, shared by all threads and changed by a reload.
public final class NumberRulesInForce: Sendable {
    private let rules: Mutex<NumberRules>
    /// Incremented with each change, so that a look-up needs no lock.
    private let changes = Atomic(0)

    /// These rules, until `adopt`.
    public init(_ rules: NumberRules) { self.rules = Mutex(rules) }

    /// To be read on any thread.
    public var now: NumberRules { rules.withLock { $0 } }
    var generation: Int { changes.load(ordering: .acquiring) }

    /// The rules after a reload. Readers compare them at the next number.
    public func adopt(_ new: NumberRules) {
        let isChanged = rules.withLock { rules in
            defer { rules = new }
            return rules != new
        }
        if isChanged { changes.add(1, ordering: .releasing) }
    }
}

extension NumberRules {
    /// - Parameter started: what only a restart changes.
    public init(_ settings: Settings, started: Settings? = nil) {
        let fixed = started ?? settings
        self.init(
            region: fixed.region, language: fixed.policy.pop.language.rawValue, alsoValid: settings.numbers.alsoValid,
            outsidePrefix: settings.numbers.outsidePrefix)
    }
}
