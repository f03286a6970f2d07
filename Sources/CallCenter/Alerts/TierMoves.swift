/// Customers whose tier an import, or its undoing, changed: how many by owner, and the first of them.
public struct TierMoves: Equatable, Sendable {
    /// A customer whose tier is another now.
    public struct Move: Equatable, Sendable {
        /// The customer's id.
        var customer: Int64
        /// The operator whose customer it is afterwards.
        public var owner: String?
        /// The tier before.
        var from: String
        /// The tier afterwards.
        var to: String

        /// nil when the tier is the same.
        public init?(_ customer: Int64, owner: String?, from: String, to: String) {
            guard from != to else { return nil }
            self.customer = customer
            self.owner = owner
            self.from = from
            self.to = to
        }
    }

    struct Way: Hashable, Sendable {
        var from: String
        var to: String
    }

    /// By owner; under nil those whom nobody owns.
    private(set) var counts: [String?: [Way: Int]] = [:]
    /// The first of them, by which operators who have one on the screen are found.
    private(set) var first: [Move] = []

    /// Moves that are kept one by one.
    static let firstMax = 10_000

    /// No moves.
    public init() {}

    /// Whether no tier changed.
    public var isEmpty: Bool { counts.isEmpty }

    /// Counts a move; nil adds nothing.
    public mutating func add(_ move: Move?) {
        guard let move else { return }
        counts[move.owner, default: [:]][Way(from: move.from, to: move.to), default: 0] += 1
        if first.count < TierMoves.firstMax { first.append(move) }
    }

    /// Adds what another import, or another part of this one, changed.
    public mutating func add(_ others: TierMoves) {
        for (owner, ways) in others.counts { counts[owner, default: [:]].merge(ways, uniquingKeysWith: +) }
        first += others.first.prefix(max(0, TierMoves.firstMax - first.count))
    }
}

/// The warnings of an import: one for all, one for each owner, and those about customers who are on a screen.
public struct TierMoveAlerts: Sendable {
    /// To supervisors.
    public var all: SupervisorAlert
    /// To the operator that each names.
    public var owners: [SupervisorAlert] = []
    /// To these operators.
    public var shown: [(alert: SupervisorAlert, operators: Set<String>)] = []
}

extension Centre {
    /// Ways that a summary lists; the rest is in the sum alone.
    private static let waysMax = 4

    /// - Parameter isUndo: an import was undone.
    /// - Returns: nil where nothing changed, and where the centre wants none.
    public func tierAlerts(_ moves: TierMoves, isUndo: Bool) -> TierMoveAlerts? {
        guard !policy.alerts.off.contains(.tierChanged), !moves.isEmpty else { return nil }
        var total: [TierMoves.Way: Int] = [:]
        for ways in moves.counts.values { total.merge(ways, uniquingKeysWith: +) }
        var found = TierMoveAlerts(all: summary(total, of: nil, isUndo: isUndo))
        for owner in moves.counts.keys.compactMap({ $0 }).sorted() {
            found.owners.append(summary(moves.counts[owner] ?? [:], of: owner, isUndo: isUndo))
        }
        for move in moves.first {
            guard let one = onScreen(move.customer) else { continue }
            var card = one.card
            card.tier = move.to
            card.owner = move.owner
            guard let alert = tierAlert(card, from: move.from) else { continue }
            found.shown.append((alert, one.operators))
        }
        return found
    }

    private func summary(_ ways: [TierMoves.Way: Int], of owner: String?, isUndo: Bool) -> SupervisorAlert {
        let words = Words(policy.pop.language), count = ways.values.reduce(0, +)
        let sorted = ways.sorted { a, b in
            a.value != b.value ? a.value > b.value : (a.key.from, a.key.to) < (b.key.from, b.key.to)
        }
        let list = sorted.prefix(Centre.waysMax).map { way, count in
            let from = words.tier(way.from), to = words.tier(way.to)
            return words.say("\(from)→\(to) \(count)名", "\(from) → \(to) \(count)")
        }.joined(separator: words.say("、", ", "))
        let whose = owner == nil ? words.say("お客様", "customers") : words.say("担当のお客様", "your customers")
        let text = words.say(
            "\(isUndo ? "取り込みの取り消し" : "取り込み")により\(whose)\(count)名の区分が変わりました（\(list)）",
            "\(isUndo ? "Undoing an import" : "An import") changed the tier of \(count) \(owner == nil ? "" : "of ")"
                + "\(whose): \(list)")
        return SupervisorAlert(
            kind: .tierChanged, call: "", source: "", queue: nil, operator: owner, from: .unavailable, customer: nil,
            tier: Call.unknownTier, waited: 0, text: text)
    }

    /// A customer whom somebody has on the screen, as one of those calls knows them; nil for one who is on none.
    private func onScreen(_ customer: Int64) -> (card: CustomerCard, operators: Set<String>)? {
        var found: (card: CustomerCard, operators: Set<String>)?
        for call in calls(withCandidate: customer) {
            let operators = call.operatorsWithIt
            guard !operators.isEmpty,
                var card = call.lookup?.candidates.first(where: { $0.customer.id == customer })?.customer
            else { continue }
            // Not everybody who is warned may see each of the centre's own fields.
            card.custom = [:]
            found = (card, operators.union(found?.operators ?? []))
        }
        return found
    }
}
