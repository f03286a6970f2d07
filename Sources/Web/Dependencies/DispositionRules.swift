import CallCenter
import Settings

/// Which dispositions a call may have, and whether it needs one.
struct DispositionRules {
    let policy: Policy
    let desk: Settings.Desk

    /// The queue that decides: where the call was last.
    static func queue(of call: Call) -> String? { call.life.visits.last?.queue ?? call.offered?.queue }

    /// There is something to choose for this call.
    func hasAny(for call: Call) -> Bool {
        if policy.dispositions.isEmpty { return !desk.dispositions.isEmpty }
        return policy.dispositions.contains { $0.isFor(DispositionRules.queue(of: call)) }
    }

    /// After-call work of this call ends with a disposition.
    func needsOne(_ call: Call) -> Bool {
        let isRequired =
            desk.isDispositionRequired
            || DispositionRules.queue(of: call).map { policy.queue($0).dispositionRequired } ?? false
        return isRequired && hasAny(for: call)
    }

    /// What a call may come out as, where after-call work ends with one of these; nil where any word is taken.
    func wanted(of call: Call) -> [String]? {
        guard needsOne(call) else { return nil }
        if policy.dispositions.isEmpty { return desk.dispositions }
        return policy.dispositions.filter { $0.isFor(DispositionRules.queue(of: call)) }.map(\.code)
    }
}
