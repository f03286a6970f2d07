import CallCenter
import EventWire
import Storage

/// A decision that differs, with both reasonings in words.
public struct ListedDecision: Equatable, Sendable, Codable {
    /// Whose call it was, as the record was at the call.
    public struct Customer: Equatable, Sendable, Codable {
        public var id: Int64
        /// As it is in the record, for people.
        public var name: String
    }
    /// What one set of rules decided.
    public struct Side: Equatable, Sendable, Codable {
        /// `operator`, `group`, `queue` or `reject`.
        public var action: String
        /// The operator's id; nil unless the action is `operator`.
        public var `operator`: String?
        /// The group's name; nil unless the action is `group`.
        public var group: String?
        /// Of the group, in the order in which they are asked.
        public var operators: [String]?
        /// The queue's id; nil unless the action is `queue`, and for the PBX's own choice of one.
        public var queue: String?
        /// How long the operator's phone rings before the next step. Seconds.
        public var waitS: Int?
        /// As the PBX is told it; a larger one comes first.
        public var priority: Int
        /// The word that the PBX is told.
        public var reason: String
        /// Whether the caller is a VIP by these rules.
        public var vip: Bool
        /// The reasoning, a sentence a step.
        public var steps: [String]

        /// Where the call goes, in a few words: `101`, `veterans: 103, 104`, `support`, `reject`.
        public var target: String {
            if let `operator` { return `operator` }
            if let group { return "\(group): \((operators ?? []).joined(separator: ", "))" }
            return queue ?? action
        }
    }
    /// The call's id on the PBX.
    public var call: String
    /// Which PBX.
    public var source: String
    /// When it was decided: RFC 3339, UTC.
    public var at: String
    /// The queue that the call was offered to, or waits in; nil for none.
    public var queue: String?
    /// nil for a caller whom no record has.
    public var customer: Customer?
    /// The caller's tier at the call.
    public var tier: String
    /// `destination`, `wait`, `priority`, `reason`: the gravest first.
    public var differs: [String]
    /// By the rules that applied then.
    public var real: Side
    /// By the rules that are tried.
    public var new: Side

    init(_ pair: DecisionPair, _ language: Language) {
        call = pair.call.call
        source = pair.call.source
        at = RFC3339.string(pair.real.at)
        queue = pair.queue
        customer = pair.customer.map { Customer(id: $0.id, name: $0.name) }
        tier = pair.tier
        differs = pair.difference.words
        real = Side(pair.real, isVIP: pair.isVIP.real, language)
        new = Side(pair.new, isVIP: pair.isVIP.new, language)
    }

    // MARK: As a table

    /// The head of the table that `cells` are a row of.
    public static let columns = [
        "at", "call", "source", "queue", "customer", "name", "tier", "differs", "real_action", "real_to",
        "real_reason", "real_priority", "real_wait_s", "new_action", "new_to", "new_reason", "new_priority",
        "new_wait_s", "real_why", "new_why",
    ]

    /// The cells under `columns`, harmless to a spreadsheet.
    public var cells: [String] {
        let cells =
            [
                at, call, source, queue ?? "", customer.map { String($0.id) } ?? "", customer?.name ?? "", tier,
                differs.joined(separator: " "),
            ] + cells(real) + cells(new) + [real, new].map { $0.steps.joined(separator: " ") }
        return cells.map(FormulaGuard.guarded)
    }

    private func cells(_ side: Side) -> [String] {
        [
            side.action, side.target, side.reason, String(side.priority), side.waitS.map { String($0) } ?? "",
        ]
    }
}

extension ListedDecision.Side {
    init(_ decision: Decision, isVIP: Bool, _ language: Language) {
        action = Destination(decision.route.action).word
        switch decision.route.action {
        case .operator(let who, _, let wait, _):
            self.operator = who
            waitS = wait
        case .group(let name, let members, _):
            group = name
            operators = members
        case .queue(let name): queue = name
        case .reject: break
        }
        priority = decision.route.priority
        reason = decision.route.reason.rawValue
        vip = isVIP
        steps = Reasoning(language: language).sentences(decision)
    }
}
