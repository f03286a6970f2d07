import CRMLookup
import CallCenter
import Engine
import Ingest
import Logging
import PhoneNumbers
import Settings
import Synchronization
import Web
import Workers

/// The look-ups outside, with what they read, and as the interface has them.
struct LookupWiring: Sendable {
    let lookups: Lookups
    /// Lets a read wait for them; nil where none is to be waited for.
    let waiting: EventSocket.Parts.Waiting?

    init(
        _ plans: [LookupPlan], engine: Engine, directories: ThreadDirectories, numbers: NumberRulesInForce,
        logger: Logger
    ) throws(LookupWrong) {
        let made = try Lookups(
            plans, engine: engine,
            knows: { id in
                defer { directories.rest() }
                return directories.lookup(.externalID(id))?.candidates.isEmpty == false
            }, read: { PhoneNumberReader(numbers.now).reading(raw: $0).recorded }, logger: logger)
        lookups = made
        guard let wait = plans.map(\.wait).max(), wait > 0 else {
            waiting = nil
            return
        }
        let gate = LookupGate(
            made, wait: wait, lookup: directories.lookup, rest: directories.rest, threads: BlockingThreads(1))
        waiting = { batch, done in gate.begin(batch, done) }
    }

    var desk: LookupDesk {
        var desk = LookupDesk()
        desk.statuses = { [lookups] in lookups.statuses }
        desk.trials = { [lookups] caller in await lookups.trials(caller) }
        desk.fullPops = { [lookups] in lookups.fullPops }
        return desk
    }
}

/// The look-ups, which are made after the engine that tells them of callers.
final class LookupHolder: Sendable {
    private let lookups = Mutex<Lookups?>(nil)

    func set(_ made: Lookups) { lookups.withLock { $0 = made } }

    func note(_ seen: CallerSeen) { lookups.withLock { $0 }?.note(seen) }
}

extension Settings {
    /// Changed rules, with the look-ups that run: others need a restart.
    func inForce(_ policy: Policy) -> Policy {
        var policy = policy
        policy.outside = self.policy.outside
        return policy
    }
}
