import CallCenter
import Doctor
import Engine
import Glibc
import HTTPTypes
import Hummingbird
import Storage

/// `GET /metrics`: today's figures and the daemon's own health, for Prometheus.
///
/// Labels are queues, tiers, operators and outcomes, all of them few; never a caller. Figures of visits are gauges:
/// they restart at 0 with the centre's day, and a late event may reduce one. The histogram of waits restarts with the
/// day too, which Prometheus treats as a restart of the process.
struct MetricsRoutes {
    let engine: Engine
    let history: any CallHistory
    let records: CustomerStore
    let now: @Sendable () -> Timestamp
    let views: any ViewRecorder
    let alarms: @Sendable () -> [Alarm]
    let settings: WebSettings
    let feed: StatsFeed
    /// nil for a daemon that is alone.
    let cluster: @Sendable () async -> ClusterFacts?
    let webhooks: WebhookDesk
    let lookups: LookupDesk
    /// nil without TLS of its own.
    let certificate: ServerCertificate?
    let counts: ClientCounts

    func add(to router: GuardedRouter) { router.get("metrics", may: .supervisor, use: metrics) }

    private func metrics(_ request: Request, _ context: WebContext) async throws -> Response {
        let settings = self.settings
        guard
            var stats = await engine.ask({ centre, now in
                centre.stats(from: settings.dayStart(now), to: StatsFeed.end(of: now, settings.interval), now: now)
            }),
            let places = await engine.places(), let health = await engine.health()
        else { throw Problem.stopping }
        stats.add(past: try history.figures(of: stats))
        var out = MetricsText()
        visits(stats, &out)
        operators(stats, &out)
        out.family("screenpop_alarm", .gauge, "1 for each alarm that is raised.")
        for alarm in alarms() {
            out.sample("screenpop_alarm", [("queue", alarm.queue), ("kind", alarm.kind.rawValue)], 1)
        }
        try cases(&out)
        daemon(places, health, figureStreams: await feed.count, &out)
        out.cluster(await cluster())
        out.webhooks(try webhooks.list())
        out.lookups(lookups, firstPops: engine.streams.firstPops)
        out.certificate(certificate?.status)
        out.clients(counts)
        return Response(
            status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
            body: .init(byteBuffer: ByteBuffer(string: out.text)))
    }

    // MARK: Figures

    private func visits(_ stats: Stats, _ out: inout MetricsText) {
        for (label, sets) in [("queue", stats.queues), ("tier", stats.tiers)] {
            let prefix = label == "queue" ? "screenpop" : "screenpop_tier"
            let sorted = sets.sorted { $0.key < $1.key }
            func each(
                _ name: String, kind: MetricsText.Kind = .gauge, _ help: String,
                _ write: (inout MetricsText, String, [(String, String)], Stats.FigureSet) -> Void
            ) {
                out.family("\(prefix)_\(name)", kind, "\(help), by \(label).")
                for (key, set) in sorted { write(&out, "\(prefix)_\(name)", [(label, key)], set) }
            }
            each("visits_today", "Visits of today by outcome") { out, name, labels, set in
                let figures = set.figures
                let counts = [
                    ("answered", figures.answered), ("abandoned", figures.abandoned),
                    ("short_abandoned", figures.shortAbandoned),
                    ("overflowed", figures.overflowed), ("callback", figures.callback), ("blocked", figures.blocked),
                    ("unknown", figures.unknown),
                ]
                for (outcome, count) in counts { out.sample(name, labels + [("outcome", outcome)], count) }
            }
            each("offered_today", "Visits that began today") { $0.sample($1, $2, $3.figures.offered) }
            each("waiting", "Visits without an outcome now") { $0.sample($1, $2, $3.waiting) }
            each("waiting_vip", "Of those waiting, VIPs") { $0.sample($1, $2, $3.waitingVIP) }
            each("longest_wait_seconds", "Age of the oldest waiting visit") { $0.seconds($1, $2, ms: $3.longestWait) }
            each("callbacks_due", "Callers who gave up or asked to be called back, not reached since") {
                $0.sample($1, $2, $3.callbacksDue)
            }
            each("service_level_ratio", "Service level of today, by each of its variants") { out, name, labels, set in
                for variant in ServiceLevelVariant.allCases {
                    out.sample(name, labels + [("variant", variant.rawValue)], set.service.level(variant))
                }
            }
            each("answer_speed_seconds", "Average speed of answer today") {
                $0.sample($1, $2, $3.figures.asa.map { $0 / 1_000 })
            }
            each("handle_time_seconds", "Average handle time today") {
                $0.sample($1, $2, $3.figures.aht.map { $0 / 1_000 })
            }
            each("documented_ratio", "Calls answered today with a note or a disposition, of all") {
                $0.sample($1, $2, $3.figures.outcomes.documentedRate)
            }
            each("complaint_ratio", "Calls answered today whose disposition is a complaint, of those with any") {
                $0.sample($1, $2, $3.figures.outcomes.complaintRate(stats.complaints))
            }
            each("answer_wait_seconds", kind: .histogram, "Waits of those answered today") { out, name, labels, set in
                let bounds = StatsEncoder.waitBounds,
                    upTo = set.figures.waits(upTo: bounds) + [set.figures.answeredTimed]
                let sum = Double(set.figures.answeredWait) / 1_000
                out.histogram(name, labels, bounds: bounds.map { Double($0) / 1_000 }, upTo: upTo, sum: sum)
            }
            each("wait_seconds", "Percentiles of the waits of those answered today") { out, name, labels, set in
                for percent in [50.0, 90, 95, 99] {
                    out.seconds(
                        name, labels + [("percentile", "\(Int(percent))")], ms: set.figures.waitPercentile(percent))
                }
            }
        }
        out.family(
            "screenpop_outbound_calls_today", .gauge, "Calls that operators dialed today, and those that were answered."
        )
        out.sample("screenpop_outbound_calls_today", [("result", "dialed")], stats.outbound.dialed)
        out.sample("screenpop_outbound_calls_today", [("result", "reached")], stats.outbound.reached)
        out.family("screenpop_outbound_talk_seconds_today", .gauge, "Time talked today in calls that operators dialed.")
        out.sample("screenpop_outbound_talk_seconds_today", [], Double(stats.outbound.talk) / 1_000)
        out.family("screenpop_incomplete", .gauge, "1 when a link to a PBX was down today.")
        out.sample("screenpop_incomplete", [], stats.centre.incomplete ? 1 : 0)
    }

    private func operators(_ stats: Stats, _ out: inout MetricsText) {
        let sorted = stats.operators.sorted { $0.key < $1.key }
        out.family("screenpop_operators", .gauge, "Operators by state.")
        for state in OperatorState.allCases {
            out.sample("screenpop_operators", [("state", state.rawValue)], sorted.count { $0.value.state == state })
        }
        func each(_ name: String, _ help: String, _ value: (OperatorFigures) -> Double?) {
            out.family(name, .gauge, help + ", by operator.")
            for (id, one) in sorted { out.sample(name, [("operator", id)], value(one.figures)) }
        }
        each("screenpop_operator_answered_today", "Calls answered today") { Double($0.answered) }
        each("screenpop_operator_unanswered_today", "Rings not answered today") { Double($0.unanswered) }
        each("screenpop_operator_talk_seconds_today", "Time talked today") { Double($0.talk) / 1_000 }
        each("screenpop_operator_outbound_dialed_today", "Calls dialed today") { Double($0.outbound.dialed) }
        each("screenpop_operator_outbound_reached_today", "Dialed calls that were answered today") {
            Double($0.outbound.reached)
        }
        each("screenpop_operator_outbound_talk_seconds_today", "Time talked today in calls that were dialed") {
            Double($0.outbound.talk) / 1_000
        }
        each("screenpop_operator_occupancy_ratio", "Occupancy of today") { $0.occupancy }
    }

    private func cases(_ out: inout MetricsText) throws {
        let counts = try records.caseCounts(settings.work().caseClock(at: now()))
        let mails = try records.replyCounts(of: nil)
        out.family("screenpop_mails", .gauge, "Mails written in cases that are not sent yet.")
        for state in MailReply.State.allCases where !state.isOver {
            out.sample("screenpop_mails", [("state", state.rawValue)], Int(mails[state] ?? 0))
        }
        try waitingMails(&out)
        out.family("screenpop_cases", .gauge, "Open cases, promises and tasks, and those that need somebody.")
        sample(counts.all, [], of: "screenpop_cases", into: &out)
        out.family(
            "screenpop_cases_by_kind", .gauge,
            "The same for each kind: cases, promises, tasks. Promises at risk are kind=promise, state=at_risk.")
        for kind in OpenCase.Kind.allCases {
            sample(counts[kind], [("kind", kind.rawValue)], of: "screenpop_cases_by_kind", into: &out)
        }
    }

    private func waitingMails(_ out: inout MetricsText) throws {
        let now = now(), counts = try MailCounts(records, settings.work(), at: now, mayApprove: true)
        let places = [("inbox", counts.inbox), ("approval", counts.approval ?? WaitingMails())]
        out.family(
            "screenpop_waiting_mails", .gauge,
            "Mails that wait for somebody: in the inbox, and for approval. late: for longer than mails_late_after.")
        for (place, mails) in places {
            out.sample("screenpop_waiting_mails", [("place", place), ("state", "open")], Int(mails.open))
            out.sample("screenpop_waiting_mails", [("place", place), ("state", "late")], Int(mails.late))
        }
        out.family("screenpop_waiting_mails_oldest_seconds", .gauge, "Age of the oldest of them; 0 without any.")
        for (place, mails) in places {
            out.seconds(
                "screenpop_waiting_mails_oldest_seconds", [("place", place)],
                ms: mails.oldest.map { max(0, now - $0) } ?? 0)
        }
    }

    private func sample(
        _ tally: CaseTally, _ labels: [(String, String)], of name: String, into out: inout MetricsText
    ) {
        out.sample(name, labels + [("state", "open")], Int(tally.open))
        for delay in CaseDelay.allCases {
            out.sample(name, labels + [("state", delay.rawValue)], Int(tally.delays[delay] ?? 0))
        }
    }

    // MARK: The daemon

    private func daemon(
        _ places: (last: Int64, committed: Int64), _ health: EngineHealth, figureStreams: Int, _ out: inout MetricsText
    ) {
        func one(_ name: String, _ kind: MetricsText.Kind, _ help: String, _ value: Double?) {
            out.family(name, kind, help)
            out.sample(name, [], value)
        }
        out.family("screenpop_build_info", .gauge, "Which version runs.")
        out.sample("screenpop_build_info", [("version", self.settings.version)], 1)
        one("screenpop_events_total", .counter, "Events in the log.", Double(places.committed))
        one("screenpop_log_writable", .gauge, "0 while the disk refuses.", engine.isLogWritable ? 1 : 0)
        one(
            "screenpop_commit_failures_total", .counter, "Bursts of events that could not be written.",
            Double(health.failures))
        one(
            "screenpop_checkpoint_failures_total", .counter, "Checkpoints that could not be kept.",
            Double(health.checkpointFailures))
        one(
            "screenpop_checkpoint_behind", .gauge, "Events behind the newest checkpoint, which a start has to apply.",
            Double(health.behindCheckpoint))
        out.histogram("screenpop_event_lag_seconds", "From an event's time at the PBX to its arrival.", health.lags)
        out.histogram("screenpop_commit_seconds", "What a commit of the log took.", health.commits)
        out.histogram("screenpop_answer_seconds", "From an event's arrival to its reply.", health.answers)
        out.histogram(
            "screenpop_pop_seconds", "From an event's arrival to its pop on a screen's socket.",
            engine.streams.popWrites)
        one(
            "screenpop_engine_queue", .gauge, "Reads of events and questions that wait for the engine.",
            Double(engine.depth))
        one(
            "screenpop_history_queue", .gauge, "Calls and figures that wait to be written into the history.",
            Double(history.backlog))
        let views = self.views.status
        one(
            "screenpop_views_total", .counter, "Views of customers' records that were written since the start.",
            Double(views.written))
        one("screenpop_views_queue", .gauge, "Views that wait to be written.", Double(views.backlog))
        one(
            "screenpop_views_dropped_total", .counter,
            "Views of pops that were not written, as too many waited; the event log has the pops.",
            Double(views.dropped))
        one("screenpop_views_writable", .gauge, "0 while views cannot be written.", views.problem == nil ? 1 : 0)
        one(
            "screenpop_event_connections", .gauge, "Connections that push events.",
            Double(self.settings.eventConnections()))
        one("screenpop_streams", .gauge, "Streams of pops that are open.", Double(engine.streams.count))
        one("screenpop_figure_streams", .gauge, "Streams of figures that are open.", Double(figureStreams))
        one(
            "process_start_time_seconds", .gauge, "When the daemon started, since 1970.",
            Double(self.settings.startedAt.ms) / 1_000)
        one("process_resident_memory_bytes", .gauge, "Resident memory.", MetricsRoutes.residentMemory)
    }

    /// nil where there is no /proc.
    private static var residentMemory: Double? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return nil }
        let fields = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self).split(
            separator: " ")
        return fields.count > 1 ? Double(fields[1]).map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) } : nil
    }
}
