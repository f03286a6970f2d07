import CallCenter
import Engine
import EventWire
import Storage

/// A figure with everything that it is made of: its definition, threshold and period, and the calls behind each of its
/// parts.
struct Receipt {
    /// What was asked for.
    struct Asked {
        var figure: FigureDefinition
        var split: FiguresReport.Filter
        var from: Timestamp
        var to: Timestamp
        var language: Language
    }
    /// The figure itself, as it is computed.
    struct Reckoning {
        /// A count or milliseconds; nil for none.
        var whole: Int64?
        /// A ratio; nil for none.
        var share: Double?
        var numerator: Int64?
        var denominator: Int64?
    }
    struct Part {
        var part: FigureDefinition.Part
        var lines: [(call: String, ms: Int64?)]
    }

    var asked: Asked
    var at: Timestamp
    var reckoning: Reckoning
    /// Milliseconds; nil for a figure that goes by none.
    var threshold: Int64?
    var parts: [Part]
    var marks: [FigureMark]

    /// Maximum of calls in a receipt: a month of a large centre in one object is of no use.
    static let callsMax = 50_000
}

extension CallReader {
    /// Makes a receipt: the figure and the calls behind it at one moment.
    func receipt(_ asked: Receipt.Asked) async throws -> Receipt {
        let behind = asked.figure.parts.map { part in
            Behind(
                part.what, asked.split, from: asked.figure.isLive ? nil : asked.from,
                to: asked.figure.isLive ? nil : asked.to, disposition: part.disposition)
        }
        guard
            let live = await engine.ask({ centre, now in
                var filter = CallFilter()
                filter.behind = behind
                filter.policy = centre.policy
                filter.now = now
                return (
                    filter: filter, now: now, calls: centre.callsInMemory,
                    stats: centre.stats(from: asked.from, to: asked.to, now: now),
                    figures: centre.figuresInMemory(from: asked.from, to: asked.to, now: now),
                    waiting: centre.waitingVisits(from: asked.from, to: asked.to),
                    forgottenAt: centre.figuresForgottenAt,
                    callbacks: asked.figure.isOfCallbacks ? centre.callbacks : []
                )
            })
        else { throw Problem.stopping }
        // Walked here, and not on the engine's thread.
        let inMemory = live.calls.filter { live.filter.matches($0) }
        var calls = inMemory
        if !behind.isEmpty, !asked.figure.isLive {
            calls += try history.calls(
                live.filter, below: nil, without: live.calls.numbers, limit: Receipt.callsMax + 1)
        }
        guard calls.count <= Receipt.callsMax else {
            throw Problem.bad(
                "These are more than \(Receipt.callsMax) calls: ask for a shorter time, or page through GET "
                    + "/v1/calls?figure=\(asked.figure.name)."
            )
        }
        calls.sort { $0.number > $1.number }
        let kept =
            try history.figures(from: asked.from, to: asked.to, forgottenThrough: live.forgottenAt) + [live.figures]
        let found = figures(asked, live.filter.policy, kept, live.waiting, live.stats)
        var parts: [Receipt.Part] = zip(asked.figure.parts, behind).map { part, behind in
            let lines = calls.flatMap { call in
                behind.counts(of: call, live.filter.policy, now: live.now).map {
                    (call: call.key.call, ms: part.isSum ? $0.ms : nil)
                }
            }
            return Receipt.Part(part: part, lines: lines)
        }
        var reckoning = found.reckoning
        // Of a queue and a tier at once there is no board, but the calls themselves.
        if asked.figure.isLive, asked.figure.unit == .count, let only = parts.first {
            reckoning.whole = Int64(only.lines.count)
        }
        if asked.figure.isOfCallbacks { parts = [try callbackPart(live.callbacks, asked.split, inMemory)] }
        return Receipt(
            asked: asked, at: live.now, reckoning: reckoning, threshold: found.threshold, parts: parts,
            marks: found.marks)
    }

    /// The newest lost call of each caller who waits to be called back.
    private func callbackPart(_ due: [Callback], _ split: FiguresReport.Filter, _ live: [Call]) throws -> Receipt.Part {
        var lines: [(call: String, ms: Int64?)] = []
        for one in due {
            guard let newest = one.calls.max(by: { $0.at < $1.at }), split.queue == nil || split.queue == newest.queue,
                split.tier == nil || split.tier == newest.tier
            else { continue }
            if let id = try live.first(where: { $0.number == newest.call })?.key.call
                ?? history.call(number: newest.call)?.key.call
            {
                lines.append((id, nil))
            }
        }
        return Receipt.Part(part: .callbacks, lines: lines)
    }

    private func figures(
        _ asked: Receipt.Asked, _ policy: Policy, _ kept: [PastFigures], _ waiting: [Ledger.Place], _ stats: Stats
    ) -> (reckoning: Receipt.Reckoning, threshold: Int64?, marks: [FigureMark]) {
        let split = asked.split
        let isOutbound = ["dialed", "reached"].contains(asked.figure.name)
        let grouping: FiguresReport.Grouping =
            split.operator != nil || isOutbound
            ? .operator : split.queue != nil ? .queue : split.tier != nil ? .tier : split.line != nil ? .line : .centre
        var report = FiguresReport(policy: policy, by: grouping, filter: split, bounds: [asked.from, asked.to])
        for past in kept { report.add(past) }
        report.add(waiting: waiting)
        let rows = report.rows
        if grouping == .operator {
            var sum = OperatorFigures()
            for case .operator(let one) in rows.map(\.figures) { sum += one }
            return (
                Receipt.Reckoning(asked.figure, sum, complaints: policy.complaints), nil,
                stats.centre.marks.filter { $0.word != "unknown_outcomes" }
            )
        }
        var set = FiguresReport.emptySet(policy, split)
        if case .visits(let found)? = rows.first?.figures {
            set = found
        } else {
            set.marks = stats.centre.marks.filter { $0.word != "unknown_outcomes" }
        }
        let now = split.queue.map { stats.queues[$0] } ?? split.tier.map { stats.tiers[$0] } ?? stats.centre
        let queue = split.queue.map(policy.queue) ?? policy.queueDefault
        let threshold: Int64? =
            switch asked.figure.threshold {
            case .serviceLevel?: set.threshold
            case .shortAbandon?: queue.shortAbandon
            case nil: nil
            }
        let reckoning = Receipt.Reckoning(asked.figure, set, now: now, complaints: policy.complaints)
        return (reckoning, threshold, set.marks)
    }
}

extension FigureDefinition.Part {
    /// The lost calls of callers who wait to be called back: no count of visits.
    static let callbacks = FigureDefinition.Part(callbacks: ())
}

extension Receipt.Reckoning {
    /// Of visits.
    ///
    /// - Parameter now: the same of this moment, for what is only so now.
    init(_ figure: FigureDefinition, _ set: Stats.FigureSet, now: Stats.FigureSet?, complaints: Set<String>) {
        if let made = Receipt.Reckoning(figure, set.figures.outcomes, complaints) {
            self = made
            return
        }
        let f = set.figures, s = set.service
        func count(_ number: Int?) { whole = number.map(Int64.init) }
        func average(_ sum: Int64, _ count: Int, _ value: Double?) {
            (numerator, denominator, whole) = (sum, Int64(count), value.map { Int64($0.rounded()) })
        }
        func ratio(_ part: Int, _ whole: Int, _ value: Double?) {
            (numerator, denominator, share) = (Int64(part), Int64(whole), value)
        }
        switch figure.name {
        case "offered": count(f.offered)
        case "answered": count(f.answered)
        case "abandoned": count(f.abandoned)
        case "short_abandoned": count(f.shortAbandoned)
        case "overflowed": count(f.overflowed)
        case "callback": count(f.callback)
        case "blocked": count(f.blocked)
        case "unknown": count(f.unknown)
        case "transfers": count(f.transfers)
        case "holds": count(f.holds)
        case "waiting": count(now?.waiting ?? 0)
        case "waiting_ringing": count(now?.ringing ?? 0)
        case "waiting_vip": count(now?.waitingVIP ?? 0)
        case "longest_wait_ms": whole = now?.longestWait ?? 0
        case "callbacks_due": count(now?.callbacksDue ?? 0)
        case "callbacks_oldest_ms": whole = now?.callbacksOldest
        case "asa_ms": average(f.answeredWait, f.answeredTimed, f.asa)
        case "average_wait_ms": average(f.endedWait, f.endedTimed, f.averageWait)
        case "aht_ms": average(f.talk + f.hold + f.wrapUp, f.handled, f.aht)
        case "max_wait_ms": whole = f.maxWait
        case "wait_p50_ms": whole = f.waitPercentile(50)
        case "wait_p90_ms": whole = f.waitPercentile(90)
        case "wait_p95_ms": whole = f.waitPercentile(95)
        case "wait_p99_ms": whole = f.waitPercentile(99)
        case "talk_ms": whole = f.talk
        case "hold_ms": whole = f.hold
        case "wrap_up_ms": whole = f.wrapUp
        case "abandon_rate":
            ratio(
                f.abandoned, f.offered - f.shortAbandoned - set.waitingInPeriod,
                f.abandonRate(waiting: set.waitingInPeriod))
        case "repeat_rate": ratio(f.callsRepeat, f.callsKnown, f.repeatRate)
        case "service_level":
            guard let variant = figure.variant else { return }
            let (part, all) = s.shares(variant)
            ratio(part, all, s.level(variant))
        default: break
        }
    }

    /// Of what was written of calls; nil for another figure.
    private init?(_ figure: FigureDefinition, _ outcomes: OutcomeFigures, _ complaints: Set<String>) {
        switch figure.name {
        case "answered_calls": whole = Int64(outcomes.answeredCalls)
        case "documented": whole = Int64(outcomes.documented)
        case "undocumented": whole = Int64(outcomes.answeredCalls - outcomes.documented)
        case "without_disposition": whole = Int64(outcomes.answeredCalls - outcomes.withDisposition)
        case "complaints": whole = Int64(outcomes.complaints(complaints))
        case "documented_rate":
            (numerator, denominator) = (Int64(outcomes.documented), Int64(outcomes.answeredCalls))
            share = outcomes.documentedRate
        case "complaint_rate":
            (numerator, denominator) = (Int64(outcomes.complaints(complaints)), Int64(outcomes.withDisposition))
            share = outcomes.complaintRate(complaints)
        default:
            guard let code = figure.parts.first?.disposition else { return nil }
            whole = Int64(outcomes.dispositions[code] ?? 0)
        }
    }

    /// Of an operator, or what all of them dialed.
    init(_ figure: FigureDefinition, _ one: OperatorFigures, complaints: Set<String>) {
        if let made = Receipt.Reckoning(figure, one.outcomes, complaints) {
            self = made
            return
        }
        switch figure.name {
        case "answered": whole = Int64(one.answered)
        case "unanswered": whole = Int64(one.unanswered)
        case "transfers_out": whole = Int64(one.transfersOut)
        case "dialed": whole = Int64(one.outbound.dialed)
        case "reached": whole = Int64(one.outbound.reached)
        case "talk_ms": whole = one.talk
        case "hold_ms": whole = one.hold
        case "wrap_up_ms": whole = one.wrapUp
        case "paused_ms": whole = one.paused
        case "outbound_talk_ms": whole = one.outbound.talk
        case "average_handle_ms":
            (numerator, denominator) = (one.handle, Int64(one.answered))
            whole = one.averageHandle.map { Int64($0.rounded()) }
        case "occupancy":
            (numerator, denominator) = (one.occupied, one.present)
            share = one.occupancy
        default: break
        }
    }
}
