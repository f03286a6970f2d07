import CallCenter
import EventWire

/// The figures as JSON, by the names of metrics.md (http-api.md, `GET /v1/stats`).
enum StatsEncoder {
    static func stats(_ stats: Stats, into out: inout ByteBuilder) {
        out.object { out in
            out.field("at", stats.at)
            out.field("from", stats.from)
            out.field("to", stats.to)
            out.key("centre")
            set(stats.centre, into: &out)
            out.key("queues")
            sets(stats.queues, into: &out)
            out.key("operators")
            out.object { out in
                for (id, one) in stats.operators.sorted(by: { $0.key < $1.key }) {
                    out.key(text: id)
                    out.object { operatorFields(one, into: &$0) }
                }
            }
            out.key("tiers")
            sets(stats.tiers, into: &out)
        }
    }

    private static func sets(_ sets: [String: Stats.FigureSet], into out: inout ByteBuilder) {
        out.object { out in
            for (name, figures) in sets.sorted(by: { $0.key < $1.key }) {
                out.key(text: name)
                set(figures, into: &out)
            }
        }
    }

    private static func set(_ set: Stats.FigureSet, into out: inout ByteBuilder) {
        let figures = set.figures
        out.object { out in
            out.field("offered", figures.offered)
            out.field("answered", figures.answered)
            out.field("abandoned", figures.abandoned)
            out.field("short_abandoned", figures.shortAbandoned)
            out.field("overflowed", figures.overflowed)
            out.field("callback", figures.callback)
            out.field("blocked", figures.blocked)
            out.field("unknown", figures.unknown)
            out.field("waiting", set.waiting)
            out.field("waiting_ringing", set.ringing)
            out.field("waiting_vip", set.waitingVIP)
            out.field("longest_wait_ms", set.longestWait)
            out.field("asa_ms", milliseconds(figures.asa))
            out.field("average_wait_ms", milliseconds(figures.averageWait))
            out.field("max_wait_ms", figures.maxWait)
            out.field("wait_p50_ms", figures.waitPercentile(50))
            out.field("wait_p90_ms", figures.waitPercentile(90))
            out.field("wait_p95_ms", figures.waitPercentile(95))
            out.field("wait_p99_ms", figures.waitPercentile(99))
            out.field("abandon_rate", figures.abandonRate(waiting: set.waiting))
            out.key("service_level")
            out.object { out in
                out.field("threshold_ms", set.threshold)
                out.field("variant", set.variant.rawValue)
                out.field("negative", set.service.level(.negative))
                out.field("ignore", set.service.level(.ignore))
                out.field("positive", set.service.level(.positive))
                out.field("answered", set.service.level(.answered))
                out.field("short", set.service.level(.short))
            }
            out.field("aht_ms", milliseconds(figures.aht))
            out.field("talk_ms", figures.talk)
            out.field("hold_ms", figures.hold)
            out.field("wrap_up_ms", figures.wrapUp)
            out.field("transfers", figures.transfers)
            out.field("holds", figures.holds)
            out.field("repeat_rate", figures.repeatRate)
            out.field("callbacks_due", set.callbacksDue)
            out.field("callbacks_oldest_ms", set.callbacksOldest)
            out.field("incomplete", set.incomplete)
        }
    }

    static func operatorFields(_ one: Stats.OperatorSet, into out: inout ByteBuilder) {
        out.field("name", one.name)
        out.field("device", one.device)
        out.field("state", one.state.rawValue)
        out.field("since", one.since.ms == 0 ? nil : one.since)
        out.field("reason", one.reason)
        out.key("queues")
        if let queues = one.queues { out.value(queues) } else { out.null() }
        out.field("calls", one.calls)
        out.field("answered", one.figures.answered)
        out.field("unanswered", one.figures.unanswered)
        out.field("talk_ms", one.figures.talk)
        out.field("hold_ms", one.figures.hold)
        out.field("wrap_up_ms", one.figures.wrapUp)
        out.field("paused_ms", one.figures.paused)
        out.field("logged_in_ms", one.figures.loggedIn)
        out.field("average_handle_ms", milliseconds(one.figures.averageHandle))
        out.field("transfers_out", one.figures.transfersOut)
        out.field("occupancy", one.figures.occupancy)
    }

    private static func milliseconds(_ value: Double?) -> Int64? { value.map { Int64($0.rounded()) } }
}
