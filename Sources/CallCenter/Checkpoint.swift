/// The whole state of a centre at one log position, to start from without reading the log from its beginning.
public struct Checkpoint: Equatable, Sendable, Codable {
    /// Schema version of the stored state; raised with each change of it. A new property is read as empty from an older
    /// checkpoint.
    public static let version = 4
    /// The oldest schema version that is read. Older checkpoints counted by other rules: they are ignored, and the log
    /// is replayed instead.
    public static let oldest = 3

    private var form = Checkpoint.version
    var policy: Policy
    var operators: [String: Operator]
    var ledger: Ledger
    var callers: CallerMemory
    var gaps: [Centre.LinkGap]
    var skews: [ClockSkew]
    var clocks: [SourceClock]
    /// nil when there are none.
    var partialSnapshots: [String: Centre.PartialSnapshot]?
    /// In the order of their numbers.
    var calls: [Call]
    /// Those of them that are over, oldest end first.
    var lingering: [Int64]
    var forgottenAt: Timestamp
    private var ahead: Ahead
    var aheadOfLog: Timestamp? { ahead.at }

    /// The state of `aheadOfLog`. A replay of the same log does not have it, and its state counts as equal.
    private struct Ahead: Equatable, Sendable, Codable {
        var at: Timestamp?
        static func == (_: Ahead, _: Ahead) -> Bool { true }
    }

    /// The checkpoint has a schema version that this program does not read.
    public struct UnsupportedVersion: Error, Equatable, CustomStringConvertible {
        /// The schema version that the file has.
        let form: Int
        public var description: String {
            "the checkpoint has form \(form), and this version reads \(Checkpoint.oldest) to \(Checkpoint.version)"
        }
    }

    public init(from decoder: any Decoder) throws {
        let kept = try decoder.container(keyedBy: CodingKeys.self)
        let found = try kept.decode(Int.self, forKey: .form)
        guard Checkpoint.oldest...Checkpoint.version ~= found else { throw UnsupportedVersion(form: found) }
        policy = try kept.decode(Policy.self, forKey: .policy)
        operators = try kept.decode([String: Operator].self, forKey: .operators)
        ledger = try kept.decode(Ledger.self, forKey: .ledger)
        callers = try kept.decode(CallerMemory.self, forKey: .callers)
        gaps = try kept.decode([Centre.LinkGap].self, forKey: .gaps)
        partialSnapshots = try kept.decodeIfPresent([String: Centre.PartialSnapshot].self, forKey: .partialSnapshots)
        calls = try kept.decode([Call].self, forKey: .calls)
        lingering = try kept.decode([Int64].self, forKey: .lingering)
        forgottenAt = try kept.decode(Timestamp.self, forKey: .forgottenAt)
        // Since version 4.
        skews = try kept.decodeIfPresent([ClockSkew].self, forKey: .skews) ?? []
        clocks = try kept.decodeIfPresent([SourceClock].self, forKey: .clocks) ?? []
        ahead = try kept.decodeIfPresent(Ahead.self, forKey: .ahead) ?? Ahead(at: nil)
    }

    init(of centre: Centre) {
        policy = centre.policy
        operators = centre.operators
        ledger = centre.ledger
        callers = centre.callers
        gaps = centre.gaps
        skews = centre.skews
        clocks = centre.clocks
        partialSnapshots = centre.partialSnapshots.isEmpty ? nil : centre.partialSnapshots
        // Sorted by number: calls are large, and sorting the calls themselves would move each several times on the
        // engine's thread.
        calls = centre.calls.numbers.sorted().compactMap { centre.calls[$0] }
        lingering = Array(centre.lingering[centre.lingeringFrom...])
        forgottenAt = centre.forgottenAt
        ahead = Ahead(at: centre.aheadOfLog)
    }
}

extension Checkpoint {
    /// The names of the properties that differ, for a person who looks for the cause.
    public func differences(from other: Checkpoint) -> [String] {
        var found: [String] = []
        if policy != other.policy { found.append("rules") }
        for id in Set(operators.keys).union(other.operators.keys).sorted() where operators[id] != other.operators[id] {
            found.append("operator \(id)")
        }
        if ledger != other.ledger { found.append("figures") }
        if callers != other.callers { found.append("callers") }
        if gaps != other.gaps { found.append("gaps in the link to a PBX") }
        if skews != other.skews || clocks != other.clocks { found.append("clocks of PBXs") }
        if calls != other.calls {
            let mine = Dictionary(uniqueKeysWithValues: calls.map { ($0.number, $0) }),
                theirs = Dictionary(uniqueKeysWithValues: other.calls.map { ($0.number, $0) })
            for number in Set(mine.keys).union(theirs.keys).sorted() where mine[number] != theirs[number] {
                found.append("call \((mine[number] ?? theirs[number])?.key.call ?? "")")
            }
        }
        return found
    }
}

extension Centre {
    /// The state as it is now, as a value to be stored. Copies no call: copies are made when one changes.
    public var checkpoint: Checkpoint { Checkpoint(of: self) }

    /// The centre as it was when the checkpoint was made.
    public init(_ checkpoint: Checkpoint) {
        self.init(policy: checkpoint.policy)
        operators = checkpoint.operators
        ledger = checkpoint.ledger
        callers = checkpoint.callers
        gaps = checkpoint.gaps
        skews = checkpoint.skews
        clocks = checkpoint.clocks
        partialSnapshots = checkpoint.partialSnapshots ?? [:]
        lingering = checkpoint.lingering
        forgottenAt = checkpoint.forgottenAt
        aheadOfLog = checkpoint.aheadOfLog
        for (id, one) in operators { if let pending = one.pendingWrapUp { wrapUpsDue.add(id, due: pending.due) } }
        for call in checkpoint.calls {
            calls[call.number] = call
            callIndex.add(call.key, number: call.number)
            callIndex.addFurther(of: call)
            if !call.life.isOver { open.insert(call.number) }
            for pop in call.pops { onScreen[pop.operator, default: []].insert(call.number) }
            if let customer = call.customer?.id { byCustomer[customer, default: []].append(call.number) }
            let booking = Booking(of: call)
            // A checkpoint of an older version has not counted remarks; for calls that have left memory they stay
            // uncounted.
            if checkpoint.ledger.isWithoutOutcomes { ledger.replace(nil, by: booking.written, policy: policy) }
            booked[call.number] = booking
        }
    }

    /// Takes reconfigured rules and thresholds; they hold from here on.
    public mutating func adopt(_ policy: Policy) { self.policy = policy }
}

extension Centre.Booking {
    /// The ledger entries of a call: a function of the call alone.
    init(of call: Call) {
        let numberIsKnown = call.numberIsKnown
        visits = call.entries(numberIsKnown: numberIsKnown)
        written = call.outcomeEntry
        outcome = CallerMemory.Outcome(of: call)
        if numberIsKnown, let start = call.startedAt {
            self.call = CallEntry(line: call.line, tier: call.tier, at: start, isRepeat: call.isRepeat)
        }
    }
}
