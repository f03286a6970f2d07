/// What contacts say of a customer.
public enum CustomerStatus: String, Equatable, Hashable, Sendable, CaseIterable {
    /// No contact yet.
    case new
    /// Contacts, the last one lately.
    case active
    /// No contact for long.
    case dormant
}

/// A customer whose status is another now.
public struct StatusMove: Equatable, Sendable {
    /// Without the centre's own fields: not everybody who is warned may see each of them.
    public var customer: CustomerCard
    /// What it was.
    public var from: CustomerStatus
    /// What it is now.
    public var to: CustomerStatus

    /// Copies its arguments.
    public init(_ customer: CustomerCard, from: CustomerStatus, to: CustomerStatus) {
        self.customer = customer
        self.from = from
        self.to = to
    }
}

/// A warning, and who gets it.
public struct StatusWarning: Equatable, Sendable {
    /// What is said; it names the owner where there is one.
    public var alert: SupervisorAlert
    /// The owner, and who has the customer in a pop.
    public var operators: Set<String>
    /// Whether supervisors get it, too.
    public var isForSupervisors: Bool
}

extension Centre {
    /// So many that change at once are warned of one by one; more have one warning for supervisors and each owner.
    public static let statusMovesMax = 20

    /// The warnings that the status of customers is another now; none where the centre wants none.
    public func statusWarnings(_ moves: [StatusMove]) -> [StatusWarning] {
        guard !policy.alerts.off.contains(.statusChanged), !moves.isEmpty else { return [] }
        let words = Words(policy.pop.language)
        guard moves.count > Centre.statusMovesMax else {
            return moves.map { one in
                var operators = operators(showing: one.customer.id)
                if let owner = one.customer.owner { operators.insert(owner) }
                let text = words.say(
                    "状態が「\(words.status(one.from))」から「\(words.status(one.to))」に変わりました",
                    "Status changed from \(words.status(one.from)) to \(words.status(one.to))")
                return StatusWarning(
                    alert: warning(text, one.customer, owner: one.customer.owner), operators: operators,
                    isForSupervisors: true)
            }
        }
        let owners = Set(moves.compactMap(\.customer.owner)).sorted()
        let all = StatusWarning(
            alert: warning(
                words.say("お客様\(moves.count)名の状態が変わりました", "\(moves.count) customers have another status now")
                    + Centre.counts(moves, words), nil, owner: nil), operators: [], isForSupervisors: true)
        return [all] + owners.map { owner in
            let own = moves.filter { $0.customer.owner == owner }
            let text = words.say(
                "担当のお客様\(own.count)名の状態が変わりました", "\(own.count) of your customers have another status now")
            return StatusWarning(
                alert: warning(text + Centre.counts(own, words), nil, owner: owner), operators: [owner],
                isForSupervisors: false)
        }
    }

    private func warning(_ text: String, _ customer: CustomerCard?, owner: String?) -> SupervisorAlert {
        SupervisorAlert(
            kind: .statusChanged, call: "", source: "", queue: nil, operator: owner, from: .unavailable,
            customer: customer, tier: customer?.tier ?? Call.unknownTier, waited: 0, text: text)
    }

    /// How many went from where to where.
    private static func counts(_ moves: [StatusMove], _ words: Words) -> String {
        var parts: [String] = []
        for from in CustomerStatus.allCases {
            for to in CustomerStatus.allCases {
                let count = moves.count { $0.from == from && $0.to == to }
                guard count > 0 else { continue }
                parts.append("\(words.status(from)) → \(words.status(to)) \(count)")
            }
        }
        return ": " + parts.joined(separator: words.say("、", ", "))
    }
}

extension Words {
    func status(_ status: CustomerStatus) -> String {
        switch status {
        case .new: say("新規", "new")
        case .active: say("取引中", "active")
        case .dormant: say("休眠", "dormant")
        }
    }
}
