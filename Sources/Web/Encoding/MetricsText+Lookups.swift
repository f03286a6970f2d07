import CRMLookup
import Engine

extension MetricsText {
    /// How fast pops are there, and are complete; how the look-ups do.
    mutating func lookups(_ desk: LookupDesk, firstPops: Durations) {
        histogram(
            "screenpop_pop_first_seconds", "From an event's arrival to its new pop in a screen's queue.", firstPops)
        let all = desk.statuses()
        guard !all.isEmpty else { return }
        histogram(
            "screenpop_pop_full_seconds", "From a call's event to the last answer from outside on its pop.",
            desk.fullPops())
        family("screenpop_lookup_callers_total", .counter, "Callers that a look-up was asked for.")
        for one in all { sample("screenpop_lookup_callers_total", [("lookup", one.name)], Double(one.callers)) }
        family("screenpop_lookup_answers_total", .counter, "What became of them; kept: answered by an earlier answer.")
        for one in all {
            let counts = [
                ("kept", one.kept), ("found", one.found), ("not_found", one.missing), ("failed", one.failed),
                ("late", one.late),
            ]
            for (what, count) in counts {
                sample("screenpop_lookup_answers_total", [("lookup", one.name), ("result", what)], Double(count))
            }
        }
        family("screenpop_lookup_requests_total", .counter, "Requests that a look-up made.")
        for one in all { sample("screenpop_lookup_requests_total", [("lookup", one.name)], Double(one.requests)) }
        family("screenpop_lookup_failing", .gauge, "1 while a look-up is not asked, as it fails.")
        for one in all { sample("screenpop_lookup_failing", [("lookup", one.name)], one.state == .closed ? 0 : 1) }
        family("screenpop_lookup_entries", .gauge, "Answers that are kept.")
        for one in all { sample("screenpop_lookup_entries", [("lookup", one.name)], one.entries) }
    }
}
