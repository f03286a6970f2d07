/// A simulated call centre: callers who arrive, wait and lose patience, operators with their skills, unanswered rings,
/// holds, transfers, overflow, pauses and after-call work. The same seed gives the same day.
///
/// Callers arrive as a Poisson process whose rate follows the time of day; patience and durations are exponential,
/// which Erlang's formulas assume as well.
public struct SimulatedCentre {
    /// How large the centre and its day are. Shares are from 0 to 1.
    public struct Plan: Sendable {
        /// The same seed with the same plan gives the same events.
        public var seed: UInt64 = 1
        /// So many callers in all.
        public var calls = 1_000
        /// Callers per hour when it is busiest.
        public var callsPerHour = 240.0
        /// How many there are; at least 1 works.
        public var operators = 16
        /// Identifiers of the queues that callers choose from, without the overflow.
        public var queues = ["support", "sales"]
        /// The overflow of all of them, which everybody serves.
        public var overflowQueue = "overflow"
        /// Milliseconds.
        public var meanPatience = 120_000.0, meanTalk = 150_000.0, meanHold = 25_000.0, meanAfterCall = 20_000.0
        /// The longest after-call work, as the daemon has it configured. Milliseconds.
        public var wrapUpLimit: Int64 = 30_000
        /// A phone that is not answered rings so long. Milliseconds.
        public var ringTime: Int64 = 15_000
        /// Waiting callers go to the overflow queue, or ask to be called back, after this. Milliseconds.
        public var overflowAfter: Int64 = 90_000
        var unansweredShare = 0.05, holdShare = 0.2, transferShare = 0.06, pauseShare = 0.05,
            withheldShare = 0.04, overflowShare = 0.3,
            callbackShare = 0.1
        /// Numbers callers have: those that call again are repeat callers. Seven digits are put behind it. 0204 is
        /// valid and was for pagers, which nobody has any more.
        public var numberPrefix = "0204"
        /// The line called.
        public var line = "0300000000"

        /// A thousand calls in a centre of 16.
        public init() {}
    }

    private struct Caller {
        enum State { case between, waiting, ringing(Int), talking(Int), gone }
        var id: String
        var queue: String
        var state = State.between
        var visitStart: Int64 = 0
        /// Goes up with each change: what was planned for an older state does not happen.
        var age = 0
        var answeredAt: Int64 = 0
        var held: Int64 = 0
        var heldSince: Int64 = 0
    }

    private struct Agent {
        enum State { case free, busy, afterCall, paused }
        var id: String
        var skills: Set<String>
        var state = State.free
        var freeSince: Int64 = 0
    }

    private enum Step {
        case arrive
        case enter(Int, String)
        case losePatience(Int)
        case overflow(Int, visit: Int64)
        case answer(Int, Int, age: Int)
        case ringOut(Int, Int, age: Int)
        case hold(Int, age: Int)
        case resume(Int, age: Int)
        case finish(Int, age: Int)
        case leave(Int)
        case ready(Int, said: Bool)
        case resumeWork(Int)
        case free(Int)
    }

    private let plan: Plan
    private var random: SeededRandom
    private var agenda = Agenda<Step>()
    private var callers: [Caller] = []
    private var agents: [Agent] = []
    private var waiting: [String: [Int]] = [:]
    private var arrived = 0
    private var events: [SimulatedEvent] = []
    private var truth = SimulatedTruth()
    private var now: Int64 = 0

    /// - Returns: the events in the order of their times, and what they mean.
    public static func run(_ plan: Plan) -> (events: [SimulatedEvent], truth: SimulatedTruth) {
        var centre = SimulatedCentre(plan)
        centre.run()
        return (centre.events, centre.truth)
    }

    private init(_ plan: Plan) {
        self.plan = plan
        random = SeededRandom(seed: plan.seed)
        agents = (0..<max(1, plan.operators)).map { n in
            let skill = plan.queues[n % max(1, plan.queues.count)]
            // Every third can do everything.
            return Agent(
                id: String(101 + n),
                skills: n % 3 == 0 ? Set(plan.queues + [plan.overflowQueue]) : [skill, plan.overflowQueue])
        }
    }

    private mutating func run() {
        for agent in agents {
            let queues = agent.skills.sorted().map { "\"\($0)\"" }.joined(separator: ",")
            emit("operator.login", [("operator", agent.id), ("device", "PJSIP/\(agent.id)")], queues: queues)
        }
        agenda.add(1_000 + random.exponential(mean: gap()), .arrive)
        while let (time, step) = agenda.next() {
            now = time
            perform(step)
        }
        // Everybody has gone home a minute after the last caller.
        now += 60_000
        for agent in agents {
            emit("operator.logout", [("operator", agent.id)])
            truth.agents[agent.id, default: .init()].loggedIn = now
        }
        truth.calls = callers.count
    }

    /// The mean time to the next caller: a day has a quiet beginning and end, and two peaks.
    private func gap() -> Double {
        let profile = [0.4, 0.8, 1.0, 0.9, 0.6, 0.9, 1.0, 0.8, 0.5]
        return 3_600_000 / (plan.callsPerHour * profile[Int(now / 3_600_000) % profile.count])
    }

    private mutating func emit(_ type: String, _ attributes: [(String, String)], queues: String? = nil) {
        events.append(
            SimulatedEvent(
                at: now, type: type, attributes: attributes.map { (name: $0.0, value: $0.1) }, number: events.count,
                queues: queues))
    }

    private mutating func perform(_ step: Step) {
        switch step {
        case .arrive: arrive()
        case .enter(let caller, let queue): enter(caller, queue)
        case .losePatience(let caller):
            switch callers[caller].state {
            case .waiting, .ringing: abandon(caller)
            case .between, .talking, .gone: break
            }
        case .overflow(let caller, let visit): if callers[caller].visitStart == visit { overflow(caller) }
        case .answer(let caller, let agent, let age): if callers[caller].age == age { answer(caller, agent) }
        case .ringOut(let caller, let agent, let age): if callers[caller].age == age { ringOut(caller, agent) }
        case .hold(let caller, let age):
            guard callers[caller].age == age else { return }
            callers[caller].heldSince = now
            truth.queues[callers[caller].queue, default: .init()].holds += 1
            emit("call.held", [("call", callers[caller].id)])
        case .resume(let caller, let age):
            guard callers[caller].age == age else { return }
            callers[caller].held += now - callers[caller].heldSince
            emit("call.resumed", [("call", callers[caller].id)])
        case .finish(let caller, let age): if callers[caller].age == age { finish(caller) }
        case .leave(let caller): emit("call.ended", [("call", callers[caller].id), ("by", "system")])
        case .ready(let agent, let said): endAfterCall(agent, said: said)
        case .resumeWork(let agent):
            emit("operator.resumed", [("operator", agents[agent].id)])
            agenda.add(now + 40, .free(agent))
        case .free(let agent): free(agent)
        }
    }

    // MARK: Callers

    private mutating func arrive() {
        let caller = callers.count, queue = plan.queues[random.among(plan.queues.count)]
        callers.append(Caller(id: String(caller), queue: queue))
        var attributes = [("call", callers[caller].id), ("to", plan.line), ("queue", queue)]
        if random.chance(plan.withheldShare) {
            attributes.append(("presentation", "restricted"))
        } else {
            let digits = String(random.among(max(1, plan.calls)))
            attributes.append(
                ("from", plan.numberPrefix + String(repeating: "0", count: max(0, 7 - digits.count)) + digits))
        }
        emit("call.offered", attributes)
        agenda.add(now + 20, .enter(caller, queue))
        arrived += 1
        if arrived < plan.calls { agenda.add(now + random.exponential(mean: gap()), .arrive) }
    }

    private mutating func enter(_ caller: Int, _ queue: String) {
        callers[caller].queue = queue
        callers[caller].state = .waiting
        callers[caller].visitStart = now
        callers[caller].age += 1
        truth.queues[queue, default: .init()].offered += 1
        emit("call.queued", [("call", callers[caller].id), ("queue", queue)])
        waiting[queue, default: []].append(caller)
        agenda.add(now + random.exponential(mean: plan.meanPatience) + 100, .losePatience(caller))
        if queue != plan.overflowQueue { agenda.add(now + plan.overflowAfter, .overflow(caller, visit: now)) }
        assign()
    }

    /// The visit ends, whatever its outcome. Returns its wait.
    private mutating func ended(_ caller: Int) -> Int64 {
        let wait = now - callers[caller].visitStart, queue = callers[caller].queue
        truth.queues[queue, default: .init()].longestWait = max(truth.queues[queue]?.longestWait ?? 0, wait)
        waiting[queue]?.removeAll { $0 == caller }
        callers[caller].age += 1
        return wait
    }

    private mutating func abandon(_ caller: Int) {
        let queue = callers[caller].queue
        if case .ringing(let agent) = callers[caller].state { agenda.add(now + 30, .free(agent)) }
        let wait = ended(caller)
        callers[caller].state = .gone
        truth.queues[queue, default: .init()].abandoned += 1
        truth.queues[queue, default: .init()].abandonedWaits.append(wait)
        emit("call.ended", [("call", callers[caller].id), ("by", "caller")])
    }

    private mutating func overflow(_ caller: Int) {
        guard case .waiting = callers[caller].state else { return }
        let queue = callers[caller].queue
        if random.chance(plan.overflowShare) {
            _ = ended(caller)
            callers[caller].state = .between
            truth.queues[queue, default: .init()].overflowed += 1
            emit("call.dequeued", [("call", callers[caller].id), ("queue", queue), ("reason", "overflow")])
            agenda.add(now + 15, .enter(caller, plan.overflowQueue))
        } else if random.chance(plan.callbackShare) {
            _ = ended(caller)
            callers[caller].state = .gone
            truth.queues[queue, default: .init()].callback += 1
            emit("call.dequeued", [("call", callers[caller].id), ("queue", queue), ("reason", "callback")])
            agenda.add(now + 250, .leave(caller))
        }
    }

    // MARK: Rings and talks

    /// The caller who waits longest, at the operator who is free longest.
    private mutating func assign() {
        for queue in plan.queues + [plan.overflowQueue] {
            while let caller = waiting[queue]?.first {
                let able = agents.indices.filter { agents[$0].state == .free && agents[$0].skills.contains(queue) }
                guard let agent = able.min(by: { agents[$0].freeSince < agents[$1].freeSince }) else { break }
                waiting[queue]?.removeFirst()
                agents[agent].state = .busy
                callers[caller].state = .ringing(agent)
                callers[caller].age += 1
                // A moment after the queue, or after the state that made the operator free.
                now += 2
                emit("call.ringing", [("call", callers[caller].id), ("operator", agents[agent].id)])
                let age = callers[caller].age
                if random.chance(plan.unansweredShare) {
                    agenda.add(now + plan.ringTime, .ringOut(caller, agent, age: age))
                } else {
                    agenda.add(now + 1_000 + random.exponential(mean: 3_000), .answer(caller, agent, age: age))
                }
            }
        }
    }

    private mutating func answer(_ caller: Int, _ agent: Int) {
        let queue = callers[caller].queue, wait = ended(caller)
        callers[caller].state = .talking(agent)
        callers[caller].answeredAt = now
        callers[caller].held = 0
        truth.queues[queue, default: .init()].answered += 1
        truth.queues[queue, default: .init()].answeredWaits.append(wait)
        truth.agents[agents[agent].id, default: .init()].answered += 1
        emit("call.answered", [("call", callers[caller].id), ("operator", agents[agent].id)])
        let age = callers[caller].age
        var end = now + 500 + random.exponential(mean: plan.meanTalk)
        if random.chance(plan.holdShare) {
            let held = end, length = random.exponential(mean: plan.meanHold)
            agenda.add(held, .hold(caller, age: age))
            agenda.add(held + length, .resume(caller, age: age))
            end = held + length + 100 + random.exponential(mean: plan.meanTalk / 3)
        }
        agenda.add(end, .finish(caller, age: age))
    }

    private mutating func ringOut(_ caller: Int, _ agent: Int) {
        truth.agents[agents[agent].id, default: .init()].unanswered += 1
        emit("call.unanswered", [("call", callers[caller].id), ("operator", agents[agent].id), ("reason", "timeout")])
        callers[caller].state = .waiting
        callers[caller].age += 1
        waiting[callers[caller].queue, default: []].insert(caller, at: 0)
        // Away for a while; the phone is tried again after that.
        agenda.add(now + 45_000, .free(agent))
        assign()
    }

    private mutating func finish(_ caller: Int) {
        guard case .talking(let agent) = callers[caller].state else { return }
        let queue = callers[caller].queue, hold = callers[caller].held, talk = now - callers[caller].answeredAt - hold
        callers[caller].age += 1
        let isTransferred = queue != plan.overflowQueue && random.chance(plan.transferShare)
        let afterCall = random.exponential(mean: plan.meanAfterCall), wrapUp = min(afterCall, plan.wrapUpLimit)
        truth.queues[queue, default: .init()].talk += talk
        truth.queues[queue, default: .init()].hold += hold
        truth.queues[queue, default: .init()].wrapUp += wrapUp
        truth.agents[agents[agent].id, default: .init()].talk += talk
        truth.agents[agents[agent].id, default: .init()].hold += hold
        truth.agents[agents[agent].id, default: .init()].wrapUp += wrapUp
        if isTransferred, let next = plan.queues.first(where: { $0 != queue }) {
            callers[caller].state = .between
            truth.queues[queue, default: .init()].transfers += 1
            emit("call.transferred", [("call", callers[caller].id), ("queue", next), ("kind", "blind")])
            agenda.add(now + 10, .enter(caller, next))
        } else {
            callers[caller].state = .gone
            emit("call.ended", [("call", callers[caller].id), ("by", random.chance(0.7) ? "caller" : "operator")])
        }
        agents[agent].state = .afterCall
        agenda.add(now + wrapUp, .ready(agent, said: afterCall < plan.wrapUpLimit))
    }

    // MARK: Operators

    /// - Parameter said: the operator says so; otherwise the limit ended it.
    private mutating func endAfterCall(_ agent: Int, said: Bool) {
        if said { emit("operator.ready", [("operator", agents[agent].id)]) }
        if said, random.chance(plan.pauseShare) {
            now += 25
            emit("operator.paused", [("operator", agents[agent].id), ("reason", "break")])
            agents[agent].state = .paused
            let length = 1_000 + random.exponential(mean: 300_000)
            truth.agents[agents[agent].id, default: .init()].paused += length
            agenda.add(now + length, .resumeWork(agent))
        } else {
            agenda.add(now + 40, .free(agent))
        }
    }

    private mutating func free(_ agent: Int) {
        agents[agent].state = .free
        agents[agent].freeSince = now
        assign()
    }
}
