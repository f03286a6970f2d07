import CallCenter
import EventWire
import Engine
import Simulation

@testable import Shadow

/// A Monday morning.
let morning = Timestamp(ms: 1_795_392_000_000)
/// The day around it.
let day = (morning - 3_600_000)..<(morning + 23 * 3_600_000)

func event(_ body: Event.Body, at ms: Int64) -> Event { Event(source: "pbx", time: morning + ms, body: body) }
func call(_ id: String, _ body: CallEvent, at ms: Int64) -> Event { event(.call(id, body), at: ms) }
func agent(_ id: String, _ body: OperatorEvent, at ms: Int64) -> Event { event(.operator(id, body), at: ms) }
func offered(_ id: String, from: String = "+815000000001", at ms: Int64) -> Event {
    call(id, .offered(.init(from: from, to: "+81300000000", queue: "support")), at: ms)
}
func queued(_ id: String, at ms: Int64) -> Event {
    call(id, .queued(queue: "support", position: nil, priority: nil), at: ms)
}
func ringing(_ id: String, _ who: String, at ms: Int64) -> Event {
    call(id, .ringing(operator: who, device: nil), at: ms)
}
func answered(_ id: String, _ who: String, at ms: Int64) -> Event { call(id, .answered(operator: who), at: ms) }
func ended(_ id: String, at ms: Int64) -> Event { call(id, .ended(by: .caller, cause: nil), at: ms) }
func login(_ id: String, at ms: Int64 = 0) -> Event {
    agent(id, .login(name: nil, device: "PJSIP/\(id)", queues: nil), at: ms)
}

/// Events in the order in which they were read, with what was looked up.
struct Recording {
    struct Line {
        var event: Event
        var readAt: Timestamp
        var lookup: Lookup?
    }
    var lines: [Line] = []

    init(_ events: [Event], world: [String: Candidate] = [:], blocked: Set<String> = []) {
        lines = events.map { event in
            var lookup: Lookup?
            if case .number(let raw?, _)? = Centre.lookupQuestion(event) {
                lookup = Lookup(
                    caller: CallerNumber(kind: .number, raw: raw, e164: raw, display: raw),
                    candidates: world[raw].map { [$0] } ?? [], blocked: blocked.contains(raw))
            }
            return Line(event: event, readAt: event.time, lookup: lookup)
        }
    }

    /// A simulated day of a centre with customers of every kind.
    ///
    /// - Parameter late: events are read up to so many milliseconds late, in another order.
    static func simulated(seed: UInt64, calls: Int = 150, late: Int64 = 0) throws -> Recording {
        var plan = SimulatedCentre.Plan()
        plan.seed = seed
        plan.calls = calls
        plan.operators = 7
        plan.callsPerHour = 120
        var recording = Recording([])
        for one in SimulatedCentre.run(plan).events {
            let time = morning + one.at
            let line = Array(one.line(source: "pbx", run: "r", time: RFC3339.string(time)).utf8)
            let event = try line.withUnsafeBytes {
                try EventDecoder.decode($0, defaultSource: "pbx", readAt: time)
            }.event
            recording.lines.append(Line(event: event, readAt: time, lookup: lookup(event, at: time)))
        }
        var random = SeededRandom(seed: seed)
        for i in recording.lines.indices where late > 0 {
            recording.lines[i].readAt = recording.lines[i].readAt + Int64.random(in: 0...late, using: &random)
        }
        recording.lines.sort { ($0.readAt, $0.event.id ?? "") < ($1.readAt, $1.event.id ?? "") }
        return recording
    }

    private static func lookup(_ event: Event, at time: Timestamp) -> Lookup? {
        guard case .call(_, .offered(let offered)) = event.body else { return nil }
        guard let raw = offered.from else { return Lookup(caller: .withheld) }
        let number = Int(raw.suffix(4)) ?? 0
        // Callers who call again: every eighth number is used by many.
        let digits = 1_000 + number % 40
        let caller = CallerNumber(
            kind: .number, raw: raw, e164: "+8120400\(digits)", display: raw)
        guard digits % 3 != 0 else { return Lookup(caller: caller) }
        var card = CustomerCard(id: Int64(digits), name: "客\(digits)")
        card.tier = ["vip", "regular", "gold", "prospect"][digits % 4]
        if digits % 5 < 3 { card.owner = "\(101 + digits % 7)" }
        var candidate = Candidate(customer: card)
        if digits % 2 == 0 {
            candidate.talks = [.init(operator: "\(101 + digits % 6)", at: time - 20 * 86_400_000)]
        }
        return Lookup(caller: caller, candidates: [candidate])
    }

    /// The trial of new rules on this recording.
    func trial(
        _ rules: Policy, real: [(after: Int64, policy: Policy)] = [(0, Policy())], period: Range<Timestamp> = day,
        queue: String? = nil
    ) -> Tried {
        var trial = Trial(policies: real, rules: rules, period: period, queue: queue)
        let found = Found()
        trial.onDifference = { found.pairs.append($0) }
        for (i, line) in lines.enumerated() {
            let logged = LoggedLine(seq: Int64(i) + 1, readAt: line.readAt, source: "pbx", line: [])
            trial.apply(line.event, logged, line.lookup)
        }
        let end = (lines.last?.readAt ?? morning) + 600_000
        let figures = trial.finish(at: end)
        return Tried(trial: trial, figures: figures, pairs: found.pairs)
    }

    private final class Found { var pairs: [DecisionPair] = [] }

    struct Tried {
        var trial: Trial
        var figures: TrialFigures
        var pairs: [DecisionPair]
        var tally: Tally { figures.tally }

        /// The figures of the queue `support`.
        func support() -> FiguresRow? { figures.rows(by: .queue).first { $0.name == "support" } }
    }
}

/// A customer of an operator.
func customer(_ id: Int64 = 1, tier: String = "regular", owner: String? = nil) -> Candidate {
    Candidate(customer: CustomerCard(id: id, name: "山田", tier: tier, owner: owner))
}

extension Policy {
    /// The default rules with changes.
    static func with(_ change: (inout Policy) -> Void) -> Policy {
        var policy = Policy()
        change(&policy)
        return policy
    }
}
