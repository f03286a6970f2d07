import CallCenter

/// A generator that gives the same numbers for the same seed: a failing property prints its seed.
struct Seeded: RandomNumberGenerator {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }
    /// splitmix64 (Steele, Lea, Flood 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The same for the same figures: a dictionary alone is shown in any order.
extension OutcomeFigures: CustomStringConvertible {
    public var description: String {
        "\(answeredCalls) \(documented) \(dispositions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })"
    }
}

/// A Monday morning.
let morning = Timestamp(ms: 1_795_392_000_000)

func event(_ body: Event.Body, at ms: Int64, source: String = "pbx") -> Event {
    Event(source: source, time: morning + ms, body: body)
}
func call(_ id: String, _ body: CallEvent, at ms: Int64) -> Event { event(.call(id, body), at: ms) }
func agent(_ id: String, _ body: OperatorEvent, at ms: Int64) -> Event { event(.operator(id, body), at: ms) }
func offered(_ id: String, from: String? = "+815000000001", queue: String? = "support", at ms: Int64) -> Event {
    call(id, .offered(.init(from: from, to: "+81300000000", queue: queue)), at: ms)
}
func login(_ id: String, queues: [String]? = nil, at ms: Int64 = 0) -> Event {
    agent(id, .login(name: nil, device: "PJSIP/\(id)", queues: queues), at: ms)
}

/// The customers that a test's outside world knows, by number.
typealias World = [String: [CustomerCard]]

/// A centre with a log: applies events as the daemon would.
struct Floor {
    var centre: Centre
    var world: World
    var seq: Int64 = 0
    var effects: [Effect] = []
    /// Daemon time is event time, unless a test says otherwise.
    var now: Timestamp?

    init(policy: Policy = Policy(), world: World = [:]) {
        centre = Centre(policy: policy)
        self.world = world
    }

    @discardableResult
    mutating func apply(_ event: Event) -> OfferAnswer? {
        seq += 1
        effects.removeAll()
        let lookup: Lookup? =
            switch Centre.lookupQuestion(event) {
            case .number(let raw?, .allowed)?, .dialed(let raw)?:
                Lookup(
                    caller: CallerNumber(kind: .number, raw: raw, e164: raw, display: raw),
                    candidates: (world[raw] ?? []).map { Candidate(customer: $0) })
            case .number?: Lookup(caller: .withheld)
            case .customer(let id)?:
                Lookup(
                    caller: .unavailable,
                    candidates: world.values.joined().filter { $0.id == id }.map { Candidate(customer: $0) })
            default: nil
            }
        return centre.apply(event, seq: seq, now: now ?? event.time, lookup: lookup, effects: &effects)
    }
    mutating func apply(_ events: [Event]) { for event in events { apply(event) } }

    mutating func stats(after ms: Int64) -> Stats {
        var settled: [Effect] = []
        centre.settle(morning + ms, effects: &settled)
        return centre.stats(from: morning - 86_400_000, to: morning + 2 * 86_400_000, now: morning + ms)
    }

    /// New pops of the last event, as `operator phase`.
    var pops: [String] {
        effects.compactMap { effect in
            if case .pop(let pop, let change) = effect {
                return "\(change.rawValue) \(pop.operator) \(pop.phase.rawValue)"
            }
            if case .popWithdrawn(let gone) = effect { return "withdrawn \(gone.operator) \(gone.reason.rawValue)" }
            return nil
        }
    }
}
