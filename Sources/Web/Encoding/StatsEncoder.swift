import CallCenter
import EventWire

/// The figures as JSON, by the names of metrics.md (http-api.md, `GET /v1/stats`).
enum StatsEncoder {
    /// About how many bytes it will be, rather too many than too few.
    static func size(of stats: Stats) -> Int {
        1_024 * (stats.queues.count + stats.tiers.count + 2) + 512 * stats.operators.count
    }

    static func stats(_ stats: Stats, _ language: Language, into out: inout ByteBuilder) {
        out.object { out in
            out.field("at", stats.at)
            out.field("from", stats.from)
            out.field("to", stats.to)
            out.key("centre")
            out.object { out in
                figures(stats.centre, stats.complaints, language, isLive: true, into: &out)
                out.group("outbound") { outbound(stats.outbound, into: &$0) }
            }
            out.key("queues")
            sets(stats.queues, stats.complaints, language, into: &out)
            out.key("operators")
            out.object { out in
                for (id, i) in sorted(stats.operators) {
                    out.key(text: id)
                    out.object { operatorFields(stats.operators.values[i], stats.complaints, language, into: &$0) }
                }
            }
            out.key("tiers")
            sets(stats.tiers, stats.complaints, language, into: &out)
        }
    }

    private static func sets(
        _ sets: [String: Stats.FigureSet], _ complaints: Set<String>, _ language: Language, into out: inout ByteBuilder
    ) {
        out.object { out in
            for (name, i) in sorted(sets) {
                out.key(text: name)
                set(sets.values[i], complaints, language, into: &out)
            }
        }
    }

    /// The keys in their order with their places: values are kilobytes, and sorting moves what it sorts about.
    private static func sorted<Value>(_ all: [String: Value]) -> [(key: String, place: Dictionary<String, Value>.Index)]
    {
        all.indices.map { (key: all.keys[$0], place: $0) }.sorted { $0.key < $1.key }
    }

    private static func set(
        _ set: Stats.FigureSet, _ complaints: Set<String>, _ language: Language, into out: inout ByteBuilder
    ) {
        out.object { out in figures(set, complaints, language, isLive: true, into: &out) }
    }

    /// Every figure of visits, one after the other.
    ///
    /// - Parameters:
    ///   - complaints: codes of the dispositions that are complaints.
    ///   - isLive: also what is only so now: who rings, the longest wait, the callbacks due.
    static func figures(
        _ set: Stats.FigureSet, _ complaints: Set<String>, _ language: Language, isLive: Bool,
        into out: inout some FiguresSink
    ) {
        let figures = set.figures
        out.figure("offered", figures.offered)
        out.figure("answered", figures.answered)
        out.figure("abandoned", figures.abandoned)
        out.figure("short_abandoned", figures.shortAbandoned)
        out.figure("overflowed", figures.overflowed)
        out.figure("callback", figures.callback)
        out.figure("blocked", figures.blocked)
        out.figure("unknown", figures.unknown)
        out.figure("waiting", set.waiting)
        if isLive {
            out.figure("waiting_ringing", set.ringing)
            out.figure("waiting_vip", set.waitingVIP)
            out.figure("longest_wait_ms", set.longestWait)
        }
        out.figure("asa_ms", milliseconds(figures.asa))
        out.figure("average_wait_ms", milliseconds(figures.averageWait))
        out.figure("max_wait_ms", figures.maxWait)
        out.figure("wait_p50_ms", figures.waitPercentile(50))
        out.figure("wait_p90_ms", figures.waitPercentile(90))
        out.figure("wait_p95_ms", figures.waitPercentile(95))
        out.figure("wait_p99_ms", figures.waitPercentile(99))
        out.figure("abandon_rate", figures.abandonRate(waiting: set.waitingInPeriod))
        out.group("service_level") { out in
            out.figure("threshold_ms", set.threshold)
            out.figure("variant", set.variant.rawValue)
            out.figure("negative", set.service.level(.negative))
            out.figure("ignore", set.service.level(.ignore))
            out.figure("positive", set.service.level(.positive))
            out.figure("answered", set.service.level(.answered))
            out.figure("short", set.service.level(.short))
        }
        out.figure("aht_ms", milliseconds(figures.aht))
        out.figure("talk_ms", figures.talk)
        out.figure("hold_ms", figures.hold)
        out.figure("wrap_up_ms", figures.wrapUp)
        out.figure("transfers", figures.transfers)
        out.figure("holds", figures.holds)
        out.figure("repeat_rate", figures.repeatRate)
        outcomes(figures.outcomes, complaints, into: &out)
        if isLive {
            out.figure("callbacks_due", set.callbacksDue)
            out.figure("callbacks_oldest_ms", set.callbacksOldest)
        }
        out.figure("incomplete", set.incomplete)
        out.marks(set.marks, language)
    }

    /// Up to which waits the answered are counted, for a picture of how long they waited. Milliseconds.
    static let waitBounds: [Int64] = [
        5_000, 10_000, 15_000, 20_000, 30_000, 45_000, 60_000, 90_000, 120_000, 180_000, 300_000, 600_000,
    ]

    static func figures(
        _ figures: OperatorFigures, _ complaints: Set<String>, _ marks: [FigureMark], _ language: Language,
        into out: inout some FiguresSink
    ) {
        out.figure("answered", figures.answered)
        out.figure("unanswered", figures.unanswered)
        out.figure("talk_ms", figures.talk)
        out.figure("hold_ms", figures.hold)
        out.figure("wrap_up_ms", figures.wrapUp)
        out.figure("paused_ms", figures.paused)
        out.figure("logged_in_ms", figures.loggedIn)
        out.figure("average_handle_ms", milliseconds(figures.averageHandle))
        out.figure("transfers_out", figures.transfersOut)
        out.figure("occupancy", figures.occupancy)
        outcomes(figures.outcomes, complaints, into: &out)
        out.figure("busy_ms", figures.busy)
        out.group("outbound") { outbound(figures.outbound, into: &$0) }
        out.marks(marks, language)
    }

    private static func outcomes(
        _ figures: OutcomeFigures, _ complaints: Set<String>, into out: inout some FiguresSink
    ) {
        out.counts("dispositions", figures.dispositions)
        out.figure("complaint_rate", figures.complaintRate(complaints))
        out.figure("documented_rate", figures.documentedRate)
    }

    static func outbound(_ figures: OutboundFigures, into out: inout some FiguresSink) {
        out.figure("dialed", figures.dialed)
        out.figure("reached", figures.reached)
        out.figure("talk_ms", figures.talk)
        out.figure("dialing_ms", figures.dialing)
    }

    static func operatorFields(
        _ one: Stats.OperatorSet, _ complaints: Set<String>, _ language: Language, into out: inout ByteBuilder
    ) {
        out.field("name", one.name)
        out.field("device", one.device)
        out.field("state", one.state.rawValue)
        out.field("since", one.since.ms == 0 ? nil : one.since)
        out.field("reason", one.reason)
        out.key("queues")
        if let queues = one.queues { out.value(queues) } else { out.null() }
        out.field("calls", one.calls)
        figures(one.figures, complaints, one.marks, language, into: &out)
    }

    private static func milliseconds(_ value: Double?) -> Int64? { value.map { Int64($0.rounded()) } }
}
