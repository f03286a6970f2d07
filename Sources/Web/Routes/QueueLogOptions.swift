import CallCenter
import Engine
import Settings
import Storage

/// What `POST /v1/imports?kind=queue_log` needs to know of the centre, now.
struct QueueLogOptions {
    let engine: Engine
    let settings: WebSettings

    /// - Throws: for a zone that there is not, and a source that is none.
    func rules(_ query: Query) async throws -> QueueLogRules {
        var rules = QueueLogRules()
        if let source = query.text("source") {
            guard !source.isEmpty, source.utf8.count <= 128, !source.unicodeScalars.contains(where: { $0.value < 0x20 })
            else { throw Problem.bad("source is the name of the PBX as its events have it, of 1 to 128 bytes.") }
            rules.source = source
        }
        if let name = query.text("zone") {
            guard let periods = Periods(zoneNamed: name) else {
                throw Problem.bad("zone: \(Periods.problem(ofZone: name) ?? "there is no such time zone").")
            }
            rules.clock = { periods.time(atClock: $0) }
        } else if let periods = settings.periods {
            rules.clock = { periods.time(atClock: $0) }
        }
        let source = rules.source
        guard
            let live = await engine.ask({ centre, now in
                (
                    policy: centre.policy, calls: centre.callsInMemory,
                    figures: centre.figuresInMemory(from: Timestamp(ms: 0), to: Timestamp(ms: .max), now: now)
                )
            })
        else { throw Problem.stopping }
        rules.policy = live.policy
        rules.liveCalls = Set(live.calls.lazy.filter { $0.key.source == source }.map(\.key.call))
        rules.liveIntervals = live.figures.operators.mapValues { Set($0.keys) }
        return rules
    }
}
