import CallCenter

/// A decision that was made, and what other rules decide of the same call at the same moment.
struct DecisionPair: Equatable, Sendable {
    var call: CallKey
    /// The queue that the call was offered to, or waits in.
    var queue: String?
    var customer: CustomerCard?
    var tier: String
    var real: Decision
    var new: Decision
    /// Whether the caller is a VIP by the rules of then, and by the new ones.
    var isVIP: Both<Bool>
    /// The operators who know the customer, by each.
    var known: Both<[String]>
    var alerts: Both<[AlertKind]>

    var difference: RouteDifference { RouteDifference(real.route, new.route) }

    /// Up to when what really happened is what would have happened: `.max` when the PBX is told the same, `.min` when
    /// the call goes elsewhere or has another priority. When only the wait for the operator differs, everything is the
    /// same until the shorter one is over.
    var followsUntil: Timestamp {
        let difference = difference
        if difference.contains(.destination) || difference.contains(.priority) { return Timestamp(ms: .min) }
        guard difference.contains(.wait) else { return Timestamp(ms: .max) }
        let seconds = min(real.route.action.waitS ?? 0, new.route.action.waitS ?? 0)
        return real.at + Int64(seconds) * 1_000
    }
}

/// A value by the rules that applied, and by the new ones.
public struct Both<Value: Sendable>: Sendable {
    /// By the rules that applied then.
    public var real: Value
    /// By the rules that are tried.
    public var new: Value

    init(real: Value, new: Value) {
        self.real = real
        self.new = new
    }
}
extension Both: Equatable where Value: Equatable {}
extension Both: Codable where Value: Codable {}

/// In what two routes differ.
struct RouteDifference: OptionSet, Hashable, Sendable {
    let rawValue: Int
    init(rawValue: Int) { self.rawValue = rawValue }

    /// Where the call goes: which operator, which of a group in which order, which queue, or nowhere.
    static let destination = RouteDifference(rawValue: 1)
    /// The same operator, but how long that phone rings, or what is done after that.
    static let wait = RouteDifference(rawValue: 2)
    static let priority = RouteDifference(rawValue: 4)
    /// The word that the PBX is told. It does the same unless its dialplan looks at it.
    static let reason = RouteDifference(rawValue: 8)

    init(_ a: Route, _ b: Route) {
        self = []
        if Destination(a.action) != Destination(b.action) {
            insert(.destination)
        } else if a.action.waitS != b.action.waitS || a.action.fallback != b.action.fallback {
            insert(.wait)
        }
        if a.priority != b.priority { insert(.priority) }
        if a.reason != b.reason { insert(.reason) }
    }

    /// Its words in the output, the gravest first.
    var words: [String] {
        [(RouteDifference.destination, "destination"), (.wait, "wait"), (.priority, "priority"), (.reason, "reason")]
            .filter { contains($0.0) }.map(\.1)
    }
}

/// Where a call is sent.
enum Destination: Hashable, Sendable {
    case `operator`(String)
    case group(String, [String])
    case queue(String?)
    case nowhere

    init(_ action: Route.Action) {
        switch action {
        case .operator(let who, _, _, _): self = .operator(who)
        case .group(let name, let operators, _): self = .group(name, operators)
        case .queue(let queue): self = .queue(queue)
        case .reject: self = .nowhere
        }
    }

    /// Its word in the output: the action that the PBX is told.
    var word: String {
        switch self {
        case .operator: "operator"
        case .group: "group"
        case .queue: "queue"
        case .nowhere: "reject"
        }
    }
}

extension Route.Action {
    var waitS: Int? { if case .operator(_, _, let wait, _) = self { wait } else { nil } }
    var fallback: Route.Action? { if case .operator(_, _, _, let next) = self { next } else { nil } }
}
