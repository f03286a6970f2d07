import CallCenter
import Foundation
import Testing

/// The replies to the PBX equal those of a replay of the log, whenever the daemon was killed and whatever its clock
/// did.
@Suite struct KillTests {
    /// A daemon around the core: a log, delayed writes of the records, a clock that is read between the events.
    struct Daemon {
        struct Line {
            var event: Event
            var now: Timestamp
            var lookup: Lookup?
        }
        let policy: Policy
        let customers: [String: [CustomerCard]]
        var centre: Centre
        var log: [Line] = []
        /// What each offer was answered, and the reasoning behind it.
        var answers: [(seq: Int, key: CallKey, answer: OfferAnswer?, decision: Decision?)] = []
        var kept: (seq: Int, state: Checkpoint)?
        /// The records: what was written so far, and what waits.
        var records: [Int64: Call] = [:]
        var unwritten: [Int64: Call] = [:]
        /// Calls that left memory, as they did.
        var gone: [Int64: Call] = [:]
        var effects: [Effect] = []

        init(policy: Policy, customers: [String: [CustomerCard]]) {
            self.policy = policy
            self.customers = customers
            centre = Centre(policy: policy)
        }

        mutating func apply(_ event: Event, readAt: Timestamp) {
            let now = centre.moment(readAt)
            var event = event
            if !event.timeIsGiven { event.time = now }
            let lookup: Lookup? =
                switch Centre.lookupQuestion(event) {
                case .number(let raw?, _)?, .dialed(let raw)?: look(raw)
                default: nil
                }
            log.append(Line(event: event, now: now, lookup: lookup))
            effects.removeAll()
            let answer = centre.apply(event, seq: Int64(log.count), now: now, lookup: lookup, effects: &effects)
            remember()
            guard case .call(let id, let body) = event.body else { return }
            switch body {
            case .offered, .identified, .dialed: break
            default: return
            }
            let key = CallKey(source: event.source, call: id)
            answers.append((log.count, key, answer, centre.call(key)?.decision))
        }

        mutating func look(_ raw: String) -> Lookup {
            let calls = records.values.sorted { $0.number > $1.number }
            let candidates = (customers[raw] ?? []).map { card in
                var candidate = Candidate(customer: card)
                for call in calls where call.customer?.id == card.id {
                    guard let start = call.startedAt else { continue }
                    candidate.history.append(call.touchpoint(at: start))
                    guard let leg = call.life.legs.last(where: { $0.answeredAt != nil }), let at = leg.answeredAt else {
                        continue
                    }
                    candidate.talks.append(
                        .init(operator: leg.operator, at: at, line: call.offered?.to, number: call.lookup?.caller.e164))
                }
                candidate.history = Array(candidate.history.sorted { $0.at > $1.at }.prefix(Lookup.historyMax))
                return candidate
            }
            return Lookup(
                caller: CallerNumber(kind: .number, raw: raw, e164: raw, display: raw), candidates: candidates)
        }

        mutating func remember() {
            for case .history(let entry) in effects {
                if case .ended(let one) = entry { unwritten[one.number] = one.call }
                if case .call(let one) = entry {
                    unwritten[one.number] = one.call
                    gone[one.number] = one.call
                }
            }
        }
        mutating func write() {
            records.merge(unwritten) { $1 }
            unwritten = [:]
        }
        mutating func tick(_ now: Timestamp) {
            effects.removeAll()
            centre.tick(now, effects: &effects)
            remember()
        }
        mutating func storeCheckpoint() {
            write()
            kept = (log.count, centre.checkpoint)
        }
        mutating func kill() {
            unwritten = [:]
            centre = kept.map { Centre($0.state) } ?? Centre(policy: policy)
            effects.removeAll()
            for (i, line) in log.enumerated().dropFirst(kept?.seq ?? 0) {
                _ = centre.apply(line.event, seq: Int64(i) + 1, now: line.now, lookup: line.lookup, effects: &effects)
            }
            remember()
        }
    }

    /// A day takes some milliseconds; `SCREENPOP_DAYS` looks longer.
    static let days = UInt64(ProcessInfo.processInfo.environment["SCREENPOP_DAYS"] ?? "") ?? 600

    static let customers: [String: [CustomerCard]] = {
        var all: [String: [CustomerCard]] = [:]
        for i in 0..<8 {
            let tier = i % 4 == 0 ? "vip" : "regular", owner = i % 3 == 0 ? "\(101 + i % 3)" : nil
            all["+81900000000\(i)"] = [CustomerCard(id: Int64(i), name: "n\(i)", tier: tier, owner: owner)]
        }
        all["+819000000007"]?.append(CustomerCard(id: 70, name: "n70"))
        return all
    }()

    /// One day of a small centre: its own clock, events that come late or carry no time, ticks, clocks that are set
    /// back, kills.
    static func day(_ seed: UInt64) -> Daemon {
        var random = Seeded(seed)
        func chance(_ percent: Int, _ random: inout Seeded) -> Bool {
            Int.random(in: 0..<100, using: &random) < percent
        }
        var policy = Policy()
        policy.queueDefault.wrapUpLimit = [0, 5_000, 30_000, 1_200_000].randomElement(using: &random)!
        policy.groups["veterans"] = ["101", "103"]
        policy.routing.reservation = 3_000
        var daemon = Daemon(policy: policy, customers: customers)
        var events: [(at: Int64, event: Event)] = (101...104).map { (0, login("\($0)")) }
        for n in 0..<14 {
            var at = Int64.random(in: 1_000...400_000, using: &random)
            let id = "c\(n)", who = "\(Int.random(in: 101...104, using: &random))"
            func add(_ event: Event, within most: Int64, _ random: inout Seeded) {
                events.append((at, event))
                at += Int64.random(in: 1...most, using: &random)
            }
            add(
                offered(id, from: "+81900000000\(Int.random(in: 0..<8, using: &random))", at: at), within: 3_000,
                &random)
            add(call(id, .queued(queue: "support", position: nil, priority: nil), at: at), within: 9_000, &random)
            if chance(15, &random) {
                add(
                    call(id, .identified(.from("+81900000000\(Int.random(in: 0..<8, using: &random))")), at: at),
                    within: 3_000, &random)
            }
            if chance(80, &random) {
                add(call(id, .ringing(operator: who, device: nil), at: at), within: 4_000, &random)
                add(call(id, .answered(operator: who), at: at), within: 40_000, &random)
                if chance(20, &random) {
                    add(call(id, .transferred(to: .operator("104"), kind: .attended), at: at), within: 20_000, &random)
                }
            }
            add(call(id, .ended(by: .caller, cause: nil), at: at), within: 9_000, &random)
            if chance(40, &random) {
                add(agent(who, chance(50, &random) ? .ready : .paused(reason: nil), at: at), within: 9_000, &random)
            }
            if chance(20, &random) {
                add(agent(who, chance(50, &random) ? .busy(reason: nil) : .free, at: at), within: 9_000, &random)
            }
            if chance(20, &random) {
                let dialed = CallEvent.Dialed(
                    operator: who, to: "+81900000000\(Int.random(in: 0..<8, using: &random))", from: "+81300000000")
                add(call("d\(n)", .dialed(dialed), at: at), within: 9_000, &random)
                if chance(60, &random) { add(call("d\(n)", .answered(operator: nil), at: at), within: 9_000, &random) }
                add(call("d\(n)", .ended(by: .operator, cause: nil), at: at), within: 9_000, &random)
            }
            if chance(30, &random) { add(agent(who, .resumed, at: at), within: 9_000, &random) }
            if chance(20, &random) {
                add(event(.remark(call: id, .init(by: who, what: .final(.note("n")))), at: at), within: 9_000, &random)
            }
        }
        // A pause in which calls leave memory, and what comes then.
        events.append((2_000_000, agent("101", .resumed, at: 2_000_000)))
        events.append((2_000_100, offered("late", from: "+819000000001", at: 2_000_100)))
        // Late by the network, and not in order: up to two seconds, now and then a minute.
        let arrivals = events.map { one -> (at: Int64, event: Event) in
            (
                one.at
                    + (chance(10, &random)
                        ? Int64.random(in: 0...60_000, using: &random) : Int64.random(in: 0...2_000, using: &random)),
                one.event
            )
        }.sorted { $0.at < $1.at }
        var clock: Int64 = 0
        for (at, event) in arrivals {
            var event = event
            if chance(15, &random) { event.timeIsGiven = false }
            clock = max(clock, at)
            // Between the events the clock is looked at, but not always.
            if chance(60, &random) { daemon.tick(morning + clock - Int64.random(in: 0...5_000, using: &random)) }
            // A batch is read before a tick that is handled first; and a clock is set back.
            let readAt = morning + clock - (chance(40, &random) ? Int64.random(in: 0...15_000, using: &random) : 0)
            if chance(60, &random) { daemon.tick(morning + clock) }
            if chance(30, &random) { daemon.write() }
            daemon.centre.audience = chance(50, &random) ? .operators(["102"]) : .everybody
            daemon.apply(event, readAt: readAt)
            if chance(4, &random) { daemon.storeCheckpoint() }
            if chance(4, &random) { daemon.kill() }
        }
        return daemon
    }

    @Test func everyReasoningThatIsKeptIsTheOneThatWasGiven() {
        for seed in 1...KillTests.days {
            var live = KillTests.day(seed)
            let told = live
            // From the beginning of the log, without a tick.
            var replay = Centre(policy: live.policy), effects: [Effect] = [], kept: [Int64: Call] = [:],
                answers: [OfferAnswer?] = []
            for (i, line) in live.log.enumerated() {
                effects.removeAll()
                let answer = replay.apply(
                    line.event, seq: Int64(i) + 1, now: line.now, lookup: line.lookup, effects: &effects)
                switch line.event.body {
                case .call(_, .offered), .call(_, .identified), .call(_, .dialed): answers.append(answer)
                default: break
                }
                for case .history(.call(let one)) in effects { kept[one.number] = one.call }
            }
            #expect(answers == told.answers.map(\.answer), "seed \(seed): the replay answers otherwise")
            live.kill()
            let end = (live.log.map(\.now).max() ?? morning) + 10_000_000
            for centre in [told.centre, live.centre] {
                var centre = centre, again = replay
                centre.settle(end, effects: &effects)
                again.settle(end, effects: &effects)
                #expect(
                    centre.checkpoint == again.checkpoint,
                    "seed \(seed): \(centre.checkpoint.differences(from: again.checkpoint))")
            }
            // The last reasoning of each call, which an identification may have rebuilt.
            let last = Dictionary(told.answers.map { ($0.key, $0.decision) }, uniquingKeysWith: { $1 })
            for (key, decision) in last {
                let now = replay.call(key)?.decision ?? kept.values.first { $0.key == key }?.decision
                #expect(now == decision, "seed \(seed): \(key.call)")
            }
            // What left memory did so as the replay says, but for pops, of which there are none then.
            #expect(kept == live.gone.merging(told.gone) { $1 }, "seed \(seed)")
        }
    }
}
