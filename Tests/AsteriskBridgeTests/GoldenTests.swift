import AsteriskBridge
import CallCenter
import Testing

/// Recordings of a real Asterisk, compared with the phones' SIP traces.
@Suite struct GoldenTests {
    /// Times by arrival and by Asterisk's own stamps were some milliseconds off the phones'.
    static let nearMs: Int64 = 60
    /// Callers send line ends, frames and invalid bytes as their numbers here: the rest of such a call is not compared.
    static let hostile: Set = ["injection", "injection-cleaned"]
    /// Asterisk reported the end only when its AGI server closed, 2 s later; or it stopped, and the caller's outcome is
    /// known after its restart.
    static let toldLate: Set = ["agi-hangup", "restart-with-calls"]
    /// The phones saw no numbers here, so the sentences cannot say which ring was whose.
    static let unnamed: Set = ["anonymous"]
    /// Asterisk told of no end at all.
    static let neverTold: Set = ["agi-silent"]

    /// The outcome of unanswered callers who did not hang up.
    static let unanswered: [String: Outcome] = ["queue-timeout": .overflowed, "restart-with-calls": .unknown]

    @Test(arguments: Floor.names + Floor.flows) func everyEventIsTakenByTheWire(name: String) throws {
        let floor = try Floor(name)
        #expect(floor.refused == [])
        #expect(!floor.lines.isEmpty)
    }

    @Test(arguments: Floor.names.filter { !hostile.contains($0) }) func callsAreWhatThePhonesSaw(name: String) throws {
        let floor = try Floor(name), truth = try Truth("\(Floor.folder)/\(name).md")
        func near(_ time: Timestamp?, _ seconds: Double, _ what: String) {
            guard let time else { Issue.record("\(name): \(what) is missing, expected at \(seconds)"); return }
            let off = time.ms - Int64((truth.start + seconds) * 1000)
            #expect(abs(off) <= GoldenTests.nearMs, "\(name): \(what) is \(off) ms off")
        }
        // Calls from the trunk; what operators dial themselves does not pop.
        let told = floor.calls.filter { !$0.life.isOutbound }
        let incoming = truth.calls.filter { !Floor.phones.contains($0.from) }.sorted { $0.at < $1.at }
        #expect(told.count == incoming.count, "\(name): \(told.map(\.key.call))")
        for (call, seen) in zip(told, incoming) {
            let who = "\(name) \(call.key.call)"
            near(call.startedAt, seen.at, "\(who) offered")
            #expect(call.offered?.to == seen.dialled || call.offered?.to == nil, "\(who)")
            let answers = seen.rings.filter { $0.answeredAt != nil }
            if GoldenTests.unnamed.contains(name) || GoldenTests.neverTold.contains(name) { continue }
            let talks = call.life.legs.filter { $0.answeredAt != nil }
            #expect(
                talks.map(\.operator) == answers.map(\.who) || isConsultation(talks, answers),
                "\(who): answered by \(talks.map(\.operator))")
            for (leg, ring) in zip(talks, answers) {
                near(leg.answeredAt, ring.answeredAt ?? 0, "\(who) answered by \(leg.operator)")
            }
            if let end = seen.end {
                if !GoldenTests.toldLate.contains(name) { near(call.life.endedAt, end, "\(who) ended") }
                #expect(
                    call.life.endedBy == .caller || !seen.endedByCaller, "\(who) ended by \(call.life.endedBy as Any)")
                #expect((call.life.outcome == .answered) == !answers.isEmpty, "\(who): \(call.life.outcome as Any)")
                if answers.isEmpty, !call.life.visits.isEmpty {
                    #expect(call.life.outcome == GoldenTests.unanswered[name] ?? .abandoned, "\(who)")
                }
            } else {
                // Its end was not seen: the PBX crashed.
                #expect(call.life.isOver)
                #expect(call.life.outcome == (answers.isEmpty ? .unknown : .answered), "\(who)")
            }
            let rings = call.life.legs.filter { $0.ringAt != nil }
            // A phone that refuses at once never rang, and nothing popped for it.
            for ring in seen.rings where ring.didRing {
                #expect(
                    rings.contains { $0.operator == ring.who } || isConsultation(talks, answers),
                    "\(who): no ring at \(ring.who)")
            }
        }
    }

    /// In an attended transfer the next operator was asked before the caller was handed on: their talk with the caller
    /// begins later than the phone's.
    private func isConsultation(_ talks: [Leg], _ answers: [Truth.Ring]) -> Bool {
        talks.count == 2 && talks[0].operator == answers.first?.who && talks[0].end == .transferred
            && talks[1].ringAt == nil
    }

    @Test(arguments: Floor.names + Floor.flows) func popsComeAndGo(name: String) throws {
        let floor = try Floor(name)
        var shown: Set<String> = []
        for effect in floor.effects {
            switch effect {
            case .pop(let pop, .new): #expect(shown.insert(pop.id).inserted, "\(pop.id) came twice")
            case .pop(let pop, .update):
                #expect(shown.contains(pop.id))
                if pop.phase == .ended { shown.remove(pop.id) }
            case .popWithdrawn(let gone): #expect(shown.remove(gone.id) != nil)
            default: break
            }
        }
        if GoldenTests.neverTold.contains(name) { return }
        #expect(shown.isEmpty, "still shown when all was over: \(shown)")
    }

    /// Calls that never came to a queue, or no calls at all.
    static let withoutQueue: Set = [
        "agent-states", "feature-codes", "internal", "agi-hangup", "agi-hangup-exit", "agi-silent", "phone-gone",
    ]

    @Test(arguments: Floor.names) func theInvariantHolds(name: String) throws {
        let floor = try Floor(name)
        let now = Timestamp(ms: (floor.calls.last?.startedAt?.ms ?? 0) + 3_600_000)
        let figures = floor.centre.stats(from: Timestamp(ms: 0), to: now + 86_400_000, now: now).centre
        let sum =
            figures.figures.answered + figures.figures.abandoned + figures.figures.shortAbandoned
            + figures.figures.overflowed
            + figures.figures.callback + figures.figures.blocked + figures.figures.unknown
        #expect(figures.figures.offered == sum + figures.waiting)
        #expect(figures.waiting == 0)
        #expect(figures.figures.offered > 0 || GoldenTests.withoutQueue.contains(name))
    }

    @Test func aQueueThatTriesABusyPhoneEachSecondDoesNotFlicker() throws {
        let floor = try Floor("all-busy-then-abandon")
        let pops = floor.effects.filter { if case .pop(_, .new) = $0 { true } else { false } }
        let call = try #require(floor.calls.first)
        #expect(call.life.visits.count == 1)
        #expect(call.life.outcome == .abandoned)
        #expect(pops.count == call.life.legs.filter { $0.ringAt != nil }.count)
    }

    @Test func noCallerCanForgeAnEvent() throws {
        for name in ["injection", "injection-cleaned"] {
            let floor = try Floor(name), truth = try Truth("\(Floor.folder)/\(name).md")
            #expect(floor.calls.count <= truth.calls.count)
            #expect(
                floor.calls.allSatisfy {
                    $0.key.call.hasPrefix("179538") && $0.life.visits.allSatisfy { $0.queue == "support" }
                }, "\(name)")
            #expect(floor.lines.allSatisfy { !$0.contains("1.1\"") })
            #expect(floor.counts.refused + floor.counts.incomplete > 0)
        }
    }

    @Test func whatIsWithheldLeavesTheBridgeNowhere() throws {
        let floor = try Floor("anonymous")
        let withheld = floor.lines.filter {
            $0.contains(#""type":"call.offered""#) && $0.contains(#""presentation":"restricted""#)
        }
        #expect(withheld.count == 6)
        #expect(withheld.allSatisfy { !$0.contains("from") && !$0.contains("name") })
    }

    /// With the class `agent` alone there are fewer events, and the same calls.
    @Test(arguments: ["answered", "abandoned-in-queue", "ended-by-agent", "ring-no-answer", "two-callers-one-agent"])
    func theQueuesEventsAloneTellTheSameOutcomes(name: String) throws {
        func outcomes(_ floor: Floor) -> [String] {
            floor.calls.map {
                "\($0.life.outcome?.rawValue ?? "-") \($0.life.legs.filter { $0.answeredAt != nil }.map(\.operator))"
            }
        }
        #expect(outcomes(try Floor(name + ".agent")) == outcomes(try Floor(name)))
    }

    @Test func theSameRecordingGivesTheSameEvents() throws {
        let first = try Floor("transfer-to-queue"), second = try Floor("transfer-to-queue")
        #expect(first.lines == second.lines)
        let ids = first.lines.compactMap { $0.firstMatch(of: /"id":"([^"]+)"/).map { String($0.1) } }
        #expect(Set(ids).count == first.lines.count)
    }
}
