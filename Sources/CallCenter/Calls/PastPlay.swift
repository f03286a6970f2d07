/// Plays what happened on past days, in its order, in a centre of its own.
///
/// The rules of calls, operators and after-call work are those of the live centre, and nothing of the live centre is
/// touched: what is long over is no pop, no alert and no callback for anybody now.
public struct PastPlay: Sendable {
    /// How late an event may be that nobody told at its time. Milliseconds.
    private static let lateMax: Int64 = 2 * 86_400_000
    /// How long figures of operators wait: a mark books a state up to `Operator.spentMax` back, and is folded when no
    /// earlier one can come. Milliseconds.
    private static let heldMax: Int64 = lateMax + Operator.spentMax + 2 * 86_400_000
    private static let hour: Int64 = 3_600_000

    private var centre: Centre
    private var seq: Int64 = 0
    /// The time of the newest event.
    private var now = Timestamp(ms: .min)
    private var foldedAt = Timestamp(ms: 0)
    /// Calls that are over and that no later event changes, in the order in which they left.
    private var done: [Call] = []
    private var operators: [String: [Timestamp: OperatorFigures]] = [:]

    /// - Parameter policy: the rules by which it is counted.
    public init(policy: Policy) {
        centre = Centre(policy: policy)
        centre.audience = .operators([])
    }

    /// - Parameters:
    ///   - event: no earlier than the one before, but for the end of a call that nobody told at its time.
    ///   - lookup: who the caller is now.
    public mutating func apply(_ event: Event, lookup: Lookup?) {
        seq += 1
        now = max(now, event.time)
        var effects: [Effect] = []
        // Where it went stands in the events that follow, and not in the rules of today.
        let usual = Decision(
            at: event.time, route: Route(action: .queue(nil), priority: 0, reason: .noOperator), steps: [])
        _ = centre.apply(event, seq: seq, now: now, lookup: lookup, following: usual, effects: &effects)
        if now - foldedAt > PastPlay.hour {
            centre.foldOperators(before: now - PastPlay.lateMax)
            foldedAt = now
        }
        collect(effects)
    }

    /// The calls that are over by now, oldest first; each is given once.
    public mutating func takeCalls() -> [Call] {
        defer { done = [] }
        return done
    }

    /// The figures of operators that no later event changes; each interval is given once.
    public mutating func takeOperators() -> [String: [Timestamp: OperatorFigures]] {
        let end = now - PastPlay.heldMax
        let ready = operators.mapValues { $0.filter { $0.key < end } }.filter { !$0.value.isEmpty }
        guard !ready.isEmpty else { return [:] }
        operators = operators.mapValues { $0.filter { $0.key >= end } }.filter { !$0.value.isEmpty }
        return ready
    }

    /// There are no more events: all calls that are over leave, and all figures up to a time.
    ///
    /// - Parameter last: up to when what happened is known.
    public mutating func finish(at last: Timestamp) {
        let last = max(now, last)
        var effects: [Effect] = []
        centre.settle(last + 2 * Centre.lingerMax + PastPlay.heldMax, effects: &effects)
        collect(effects)
        // A state that lasts is booked as far back as one that ends.
        let edge = (last - Operator.spentMax).interval(centre.policy.grain)
        let nothing = Timestamp(ms: 0)
        collect(centre.figuresInMemory(from: nothing, to: edge, now: nothing))
        collect(centre.figuresInMemory(from: edge, to: Timestamp(ms: .max), now: last))
        now = Timestamp(ms: .max)
    }

    private mutating func collect(_ figures: PastFigures) {
        for (who, parts) in figures.operators {
            for (start, part) in parts { operators[who, default: [:]][start, default: .init()] += part }
        }
    }

    private mutating func collect(_ effects: [Effect]) {
        for effect in effects {
            guard case .history(let entry) = effect else { continue }
            switch entry {
            case .call(let shared): if shared.call.life.isOver { done.append(shared.call) }
            case .figures(let past): collect(past)
            case .ended, .touchpoint, .remark: break
            }
        }
    }
}

extension Call {
    /// The call as the history has it when it was not seen live: without a decision, answers to the PBX and pops, which
    /// nobody got, and without what the look-up knows of today.
    package func past(number: Int64) -> Call {
        var found = lookup
        found?.incidents = nil
        for i in found?.candidates.indices ?? 0..<0 {
            found?.candidates[i].history = []
            found?.candidates[i].talks = []
            found?.candidates[i].cases = []
            found?.candidates[i].dealings = nil
            found?.candidates[i].complaints = nil
            found?.candidates[i].company = nil
        }
        return Call(
            key: key, number: number, facts: facts, life: life, offered: offered, lookup: found, ranking: ranking,
            decision: nil, alerts: [], transferredFrom: nil, isRepeat: isRepeat, lastHeard: life.endedAt ?? lastHeard,
            remarks: [])
    }

    /// Whether the daemon received it while it went on: nobody at a desk has anything to finish of another one.
    public var wasHeardLive: Bool { firstHeard != nil }
}
