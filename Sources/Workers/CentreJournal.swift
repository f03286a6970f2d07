import CallCenter
import Logging
import Settings
import Systemd

/// Writes an entry to the daemon's log for each alert, closed call and closed interval, with fields that `journalctl`
/// finds.
public struct CentreJournal: Sendable {
    private let logger: Logger
    private let masks: Bool
    private let clock: any Clock<Duration>

    /// - Parameter masks: hides all but the last digits of telephone numbers.
    public init(logger: Logger, masks: Bool, clock: any Clock<Duration> = ContinuousClock()) {
        self.logger = logger
        self.masks = masks
        self.clock = clock
    }

    /// The journal would drop more calls than this at once anyway: they are only counted.
    private static let callsMax = 500

    /// Logs an alert, with its position in the event log as `SEQ`. Returns at once.
    public func note(_ alert: SupervisorAlert, _ seq: Int64) {
        var fields: Logger.Metadata = ["CALL_ID": "\(alert.call)", "SEQ": "\(seq)"]
        if let queue = alert.queue { fields["QUEUE"] = "\(queue)" }
        if let who = alert.operator { fields["OPERATOR"] = "\(who)" }
        if let number = alert.from.e164 { fields["CALLER"] = "\(shown(number))" }
        logger.info("alert \(alert.kind.rawValue)", metadata: fields)
    }

    private func shown(_ number: String) -> String { masks ? Masking.mask(number: number) : number }

    // MARK: Calls

    /// Logs calls that have left memory. After a crash some may be logged again.
    public func note(closed entries: [HistoryEntry]) {
        guard entries.count <= CentreJournal.callsMax else {
            return logger.notice("\(entries.count) calls and contacts closed at once; screenpop calls lists them")
        }
        for case .call(let gone) in entries {
            let call = gone.call
            logger.info(
                "call closed", metadata: CentreJournal.fields(of: call, caller: call.lookup?.caller.e164.map(shown)))
        }
    }

    static func fields(of call: Call, caller: String?) -> Logger.Metadata {
        let life = call.life
        var fields: Logger.Metadata = [
            "CALL_ID": "\(call.key.call)", "SOURCE": "\(call.key.source)", "OUTCOME": "\(call.result ?? "not_queued")",
            "TIER": "\(call.tier)",
            "VISITS": "\(life.visits.count)", "WAIT_MS": "\(life.visits.compactMap(\.wait).reduce(0, +))",
            "TALK_MS": "\(life.legs.compactMap(\.talk).reduce(0, +))",
            "HOLD_MS": "\(life.legs.map(\.hold).reduce(0, +))",
            "WRAP_UP_MS": "\(life.legs.compactMap(\.wrapUp).reduce(0, +))",
        ]
        if let queue = life.visits.last?.queue ?? call.offered?.queue { fields["QUEUE"] = "\(queue)" }
        if let who = life.legs.last(where: { $0.answeredAt != nil })?.operator { fields["OPERATOR"] = "\(who)" }
        if let start = call.startedAt { fields["STARTED_MS"] = "\(start.ms)" }
        if let end = life.endedAt { fields["ENDED_MS"] = "\(end.ms)" }
        if let cause = life.cause { fields["CAUSE"] = "\(cause)" }
        if life.isOutbound { fields["DIRECTION"] = "outbound" }
        if let line = life.isOutbound ? call.dialed?.from : call.offered?.to { fields["LINE"] = "\(line)" }
        if let customer = call.customer { fields["CUSTOMER"] = "\(customer.id)" }
        if let reason = call.decision?.route.reason { fields["ROUTE"] = "\(reason.rawValue)" }
        if let caller { fields["CALLER"] = "\(caller)" }
        return fields
    }

    // MARK: Intervals

    /// Logs each interval when it closes, until the task is cancelled.
    ///
    /// - Parameters:
    ///   - interval: the length of an interval. Milliseconds.
    ///   - now: the time of day.
    ///   - figures: the figures from one moment up to another; nil when the engine has stopped.
    public func follow(
        _ periods: Periods, interval: Int64, now: @Sendable () -> Timestamp,
        figures: @Sendable (_ from: Timestamp, _ to: Timestamp) async -> Stats?
    ) async {
        // Intervals from before the start are in the history.
        var open = periods.startOfInterval(at: now())
        while !Task.isCancelled {
            let current = periods.startOfInterval(at: now())
            if current > open {
                if let stats = await figures(open, current) { note(interval: stats) }
                open = current
            }
            // The time of day may be set while we wait.
            try? await clock.sleep(for: .milliseconds(min(10_000, max(50, interval - (now() - current)))))
        }
    }

    /// The centre's figures in one entry, those of each queue with any in another.
    func note(interval stats: Stats) {
        logger.info("interval closed", metadata: CentreJournal.fields(of: stats.centre, stats, queue: nil))
        for (queue, set) in stats.queues.sorted(by: { $0.key < $1.key }) where !set.figures.isEmpty {
            logger.info("interval closed", metadata: CentreJournal.fields(of: set, stats, queue: queue))
        }
    }

    static func fields(of set: Stats.FigureSet, _ stats: Stats, queue: String?) -> Logger.Metadata {
        let figures = set.figures
        var fields: Logger.Metadata = [
            "FROM_MS": "\(stats.from.ms)", "TO_MS": "\(stats.to.ms)", "OFFERED": "\(figures.offered)",
            "ANSWERED": "\(figures.answered)",
            "ABANDONED": "\(figures.abandoned)", "SHORT_ABANDONED": "\(figures.shortAbandoned)",
            "OVERFLOWED": "\(figures.overflowed)",
            "CALLBACK": "\(figures.callback)", "BLOCKED": "\(figures.blocked)", "UNKNOWN": "\(figures.unknown)",
            "WAITING": "\(set.waiting)",
            "INCOMPLETE": "\(set.incomplete ? 1 : 0)",
        ]
        if let queue { fields["QUEUE"] = "\(queue)" }
        if let level = set.service.level(set.variant) {
            fields["SERVICE_LEVEL"] = "\((level * 10_000).rounded() / 10_000)"
        }
        if let asa = figures.asa { fields["ASA_MS"] = "\(Int64(asa.rounded()))" }
        return fields
    }
}
